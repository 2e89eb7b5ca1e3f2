"""Diplomacy: whom a country recognises, China's embassy and its ambassadors."""

from __future__ import annotations

from sim.core import decisions as d
from sim.core import enums as k
from sim.core.jit import rule
from sim.core.rng import draw
from sim.rules.basics import record
from sim.rules.pairs import forget


@rule
def review_recognition(w, c, t):
    """Switch recognition by the scenario's order, the calendar, or past it by chance.

    An order ends the country's calendar of recognition.
    """
    country = w.country[c]
    if country.recognition_order >= 0:
        order = w.intervention[country.recognition_order]
        country.recognition_order = -1
        country.next_recognition = country.last_recognition
        switch_recognition(w, c, t, int(order.value), order.event)
        return
    if country.next_recognition < country.last_recognition:
        entry = w.recognition[country.next_recognition]
        if entry.month <= t:
            country.next_recognition += 1
            switch_recognition(w, c, t, entry.recognises, 0)
        return
    if country.recognises == 1 or t <= country.recognition_until:
        return
    u = draw(w.run, d.RECOGNITION_SWITCHES, country.key, 0, t)
    if u < w.par[0].recognition_switch_rate:
        switch_recognition(w, c, t, 1, 0)


@rule
def switch_recognition(w, c, t, recognises, cause):
    """Switch recognition; China's embassy opens, or closes and its personal trust is lost.

    What is left of an embassy's ties is institutional trust, from which it starts again if it
    returns.
    """
    country = w.country[c]
    if country.recognises == recognises:
        return
    country.recognises = recognises
    record(
        w, k.RECOGNITION_SWITCH, t, country.embassy, country.centre, k.LAC, -1, 0, 0.0, cause,
        country.office_event, 0,
    )  # fmt: skip
    if recognises == 0:
        recall_envoys(w, country.embassy, 1.0, t)


@rule
def rotate_ambassador(w, a, t):
    """Recall the ambassador now and then; the embassy's personal trust fades."""
    p = w.par[0]
    embassy = w.actor[a]
    if w.country[embassy.country].recognises == 0:
        return
    u = draw(w.run, d.AMBASSADOR_LEAVES, embassy.key, 0, t)
    if u >= 1.0 / p.turnover_ambassador_tenure:
        return
    centre = w.country[embassy.country].centre
    record(w, k.AMBASSADOR_ROTATION, t, a, centre, k.CHINA, -1, 0, 0.0, 0, 0, 0)
    recall_envoys(w, a, p.turnover_fade * (1.0 - p.turnover_transition), t)


@rule
def recall_envoys(w, a, lost, t):
    """Let the persons of all ties of an actor leave; institutional trust stays."""
    row = w.actor[a].first_tie
    while row >= 0:
        tie = w.tie[row]
        forget(w, row, lost, t)
        row = tie.of_actor
