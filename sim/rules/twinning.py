"""Twinning: the friendship body clears it, a province and a locality sign it."""

from __future__ import annotations

import math

from sim.core import decisions as d
from sim.core import enums as k
from sim.core.jit import rule
from sim.core.rng import draw
from sim.rules.basics import (
    YEAR,
    count_success,
    elastic,
    exponential_arrival,
    hands_of,
    is_centre,
    record,
    waiting_time,
)
from sim.rules.outreach import chosen_country, chosen_place
from sim.rules.pairs import remember
from sim.rules.ties import open_tie, twinning_readiness


@rule
def clear_twinning(w, a, t):
    """Let the friendship body propose and clear at most one twinning this month.

    It controls twinning (report, fn 9; section a) and has a capacity of its own: of ``r`` requests
    expected a month it clears ``c * (1 - exp(-r / c))``. Requests follow from the readiness of all
    provinces' ties as last tended; which pair is cleared, from each one's readiness.
    """
    p = w.par[0]
    capacity = p.twinning_capacity / YEAR
    if w.actor[a].mission != k.FRIENDSHIP or capacity <= 0.0:
        return
    ready = 0.0
    for b in range(w.run[0].provinces):
        ready += p.twinning_unprompted + w.actor[b].readiness
    requests = p.twinning_rate * elastic(w.signal[t, k.SIGNAL.policy_emphasis], p.signals_policy)
    requests *= ready
    chance = capacity * (1.0 - math.exp(-requests / capacity))
    if draw(w.run, d.TWINNING_CLEARED, w.actor[a].key, 0, t) >= chance:
        return
    best = math.inf
    chosen = -1
    for b in range(w.run[0].provinces):
        weight = p.twinning_unprompted + w.actor[b].readiness
        arrival = exponential_arrival(draw(w.run, d.TWINNING, w.actor[b].key, 0, t), weight, best)
        if arrival < best:
            best = arrival
            chosen = b
    if chosen >= 0:
        twin_province(w, chosen, a, t)


@rule
def twin_province(w, a, body, t):
    """Let a province twin: with whom it is most ready to, rarely one never met before (M16)."""
    cold = w.par[0].twinning_unprompted
    best = math.inf
    chosen = -1
    if cold > 0.0:
        best = exponential_arrival(draw(w.run, d.TWINNING, w.actor[a].key, 1, t), cold, best)
    row = w.actor[a].first_tie
    while row >= 0:
        weight = twinning_readiness(w, row, t - 1)
        if weight > 0.0:
            key = w.place[w.tie[row].place].key
            arrival = exponential_arrival(
                draw(w.run, d.TWINNING, w.actor[a].key, key, t), weight, best
            )
            if arrival < best:
                best = arrival
                chosen = row
        row = w.tie[row].of_actor
    if chosen < 0:
        country = chosen_country(w, a, t)
        if country < 0:
            return
        place = chosen_place(w, a, country, t)
        if place < 0 or is_centre(w, place) or w.tie_of[a, place] >= 0:
            return
        chosen = open_tie(w, a, place, t, k.CHINA)
    sign_twinning(w, a, chosen, t, requested_by_firm(w, chosen, t), body)


@rule
def requested_by_firm(w, row, t):
    """Return what tips the scale for a twinning beside the tie: a firm's request, or policy.

    Where a firm asked for it, its request does in a share behest / (1 + behest) of the cases (M17).
    """
    tie = w.tie[row]
    if tie.asking >= 0 and tie.behest >= t - 1:
        behest = w.par[0].twinning_behest
        u = draw(w.run, d.TWINNING_BEHEST, w.actor[tie.actor].key, w.place[tie.place].key, t)
        if u * (1.0 + behest) < behest:
            tie.firm_request_of = tie.asking
            return w.tie[w.tie_of[tie.asking, tie.place]].event
    return w.run[0].signal_event


@rule
def sign_twinning(w, a, row, t, reason, body):
    """Sign a twinning: a contact in itself, and faster consolidation from then on.

    ``reason`` is the event that led to it, beside the latest event of the tie and that of the
    body that cleared it, -1 if none, where it knows the place.
    """
    tie = w.tie[row]
    place = tie.place
    known = w.tie_of[body, place] if body >= 0 else -1
    broker = w.tie[known].event if known >= 0 else 0
    if broker != 0:
        tie.hands |= hands_of(w, body, place)
    tie.twinned = t
    tie.event = record(w, k.TWINNING, t, a, place, k.CHINA, -1, 0, 0.0, tie.event, reason, broker)
    count_success(w, a)
    if tie.first_event == 0:
        tie.first_event = tie.event
    tie.personal += w.par[0].tie_contact * (1.0 - tie.personal)
    remember(w, row)
    u = draw(w.run, d.UNIVERSITY_LINK, w.actor[a].key, w.place[tie.place].key, t)
    tie.university = t + waiting_time(u, w.par[0].twinning_university)
    w.actor[a].next_university = min(w.actor[a].next_university, tie.university)
