"""Travel: trips that closed borders prevent, meetings held online instead, gifts in a pandemic."""

from __future__ import annotations

import math

from sim.core import decisions as d
from sim.core import enums as k
from sim.core.jit import rule
from sim.core.rng import draw
from sim.rules.basics import exponential_arrival, record, total_trust
from sim.rules.ties import meet


@rule
def close_borders(w, t):
    """Call off the trips that closed borders prevent; some meetings are held online.

    Every trip of the month passes here, whoever planned it: it takes place as planned with the
    chance that the travel signal gives, online with a share ``outreach.virtual`` of the rest.
    """
    if w.signal[t, k.SIGNAL.travel] >= 1.0:
        return
    for a in range(len(w.actor)):
        actor = w.actor[a]
        if actor.trip_place >= 0 and actor.kind != k.ASSOCIATION:
            if is_prevented(w, a, actor.trip_place, k.CHINA, t):
                actor.trip_place = -1
                actor.invited_to = -1
    for g in range(len(w.governor)):
        governor = w.governor[g]
        if governor.trip_actor >= 0 and is_prevented(w, governor.trip_actor, g, k.LAC, t):
            governor.trip_actor = -1
            governor.trip_host = -1
            governor.trip_forum = -1
    for c in range(len(w.country)):
        country = w.country[c]
        a = country.trip_actor
        if a >= 0 and is_prevented(w, a, country.centre, k.LAC, t):
            country.trip_actor = -1


@rule
def is_prevented(w, a, place, traveller, t):
    """Tell whether a trip is prevented this month; hold the meeting online if both sides do."""
    travel = w.signal[t, k.SIGNAL.travel]
    decision = d.TRIP_PREVENTED if traveller == k.CHINA else d.JOURNEY_PREVENTED
    u = draw(w.run, decision, w.actor[a].key, w.place[place].key, t)
    if u < travel:
        return False
    p = w.par[0]
    if u < travel + (1.0 - travel) * p.outreach_virtual:
        row = w.tie_of[a, place]
        cause = w.tie[row].event if row >= 0 else w.run[0].signal_event
        sector = w.actor[a].trip_sector if traveller == k.CHINA else -1
        event = record(
            w, k.VIRTUAL_MEETING, t, a, place, traveller, sector, 0, 0.0, cause, 0, 0
        )  # fmt: skip
        meet(w, a, place, t, p.tie_contact * p.tie_virtual, traveller, event)
    return True


@rule
def donate(w, a, t):
    """Let a province or firm send help to a place that it knows, the more trusted the likelier.

    Provinces and firms gave masks and cameras where they had ties (report, sections c and e,
    fn 89, fn 106). A gift is a contact of a kind of its own, worth a meeting
    online, and shapes views of China.
    """
    p = w.par[0]
    actor = w.actor[a]
    chance = p.donation_rate * w.signal[t, k.SIGNAL.relief]
    if chance <= 0.0 or draw(w.run, d.DONATION, actor.key, 0, t) >= chance:
        return
    best = math.inf
    chosen = -1
    row = actor.first_tie
    while row >= 0:
        tie = w.tie[row]
        trust = total_trust(tie)
        if trust >= p.tie_alive:
            u = draw(w.run, d.DONATION, actor.key, w.place[tie.place].key, t)
            arrival = exponential_arrival(u, trust, best)
            if arrival < best:
                best = arrival
                chosen = row
        row = tie.of_actor
    if chosen >= 0:
        tie = w.tie[chosen]
        event = record(
            w, k.DONATION, t, a, tie.place, k.CHINA, -1, 0, 0.0, tie.event, 0, 0
        )  # fmt: skip
        w.country[tie.country].gifts += 1
        meet(w, a, tie.place, t, p.tie_contact * p.tie_virtual, k.CHINA, event)
