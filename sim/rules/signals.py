"""Signals: the policy of China's centre, funds, forums. China's centre does not command (M25)."""

from __future__ import annotations

import math

from sim.core import decisions as d
from sim.core import enums as k
from sim.core.jit import rule
from sim.core.rng import draw
from sim.rules.basics import elastic, exponential_arrival, logistic, record

DEBT_TERM = 120.0
"""Months in which a country pays its debt back (assumption: loans of ten years)."""


@rule
def read_policy(w, t):
    """Set this month's factor of Chinese outreach from the policy emphasis (M28).

    factor = emphasis ** signals.policy
    """
    p = w.par[0]
    head = w.run[0]
    head.deals_now = 0
    head.success *= 1.0 - p.learning_forgetting
    head.median_will = logistic(p.office_will_centre)
    emphasis = w.signal[t, k.SIGNAL.policy_emphasis]
    head.outreach = elastic(emphasis, p.signals_policy)
    if t > head.start and emphasis != w.signal[t - 1, k.SIGNAL.policy_emphasis]:
        head.signal_event = record(
            w, k.POLICY_SIGNAL, t, -1, -1, k.CHINA, -1, 0, 0.0, head.signal_event, 0, 0
        )


@rule
def favour_country(w, t):
    """Pick the country Beijing favours this month; without coordination there is none (M25)."""
    w.run[0].favoured = -1
    if w.par[0].signals_coordination <= 0.0:
        return
    best = math.inf
    for c in range(len(w.country)):
        country = w.country[c]
        if country.recognises == 1:
            weight = math.exp(country.market)
            arrival = exponential_arrival(
                draw(w.run, d.FAVOURED_COUNTRY, country.key, 0, t), weight, best
            )
            if arrival < best:
                best = arrival
                w.run[0].favoured = c


@rule
def call_forum(w, t):
    """Announce every forum held this month (M29)."""
    head = w.run[0]
    head.forum = -1
    head.forums = 0
    for f in range(len(w.forum)):
        forum = w.forum[f]
        if forum.month == t:
            if head.forums == 0:
                head.forum = f
            head.forums += 1
            # The forum's own key keeps apart the identities of two forums in one month.
            forum.event = record(
                w, k.FORUM, t, forum.host, -1, k.CHINA, -1, forum.key, 0.0, head.signal_event, 0, 0
            )
            w.event[head.events - 1].project = 0


@rule
def read_country_signals(w, c, t):
    """Set a country's authority, strain and fiscal stress for this month, and its places'."""
    country = w.country[c]
    country.authority = w.authority[t, c]
    for i in range(country.first, country.first + country.count):
        w.place[i].added_authority = w.added_authority[t, i]
    country.strain = w.strain[t, c]
    country.fiscal = w.fiscal[t, c]
    country.debt *= 1.0 - 1.0 / DEBT_TERM
