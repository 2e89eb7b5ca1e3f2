"""Powers: what a governor or a mayor may decide on, and who therefore goes there."""

from __future__ import annotations

import math

from sim.core import decisions as d
from sim.core import enums as k
from sim.core.jit import rule
from sim.core.rng import draw
from sim.rules.basics import authority_at, is_centre, logistic

REFERENCE_VALUE = 100.0
"""US$ million; sizes enter as factors of ten of it."""


@rule
def tens(value):
    """Return the size of a deal in factors of ten of the reference size."""
    return math.log10(value / REFERENCE_VALUE)


@rule
def local_power(w, place, sector, value):
    """Return the chance that a project is in an office's own power (M01-M03, M36).

    logistic(slope * (authority - threshold - sector * (central - 1/2) - size * tens(value)
    + revenue * (own revenue - 1/2)))

    A mayor decides in municipal sectors only, needs ``authority.municipal_margin`` more, and has
    no part in the unit's revenue (report, section d: Cochabamba).
    """
    p = w.par[0]
    margin = (
        authority_at(w, place)
        - p.authority_threshold
        - p.authority_sector * (w.sector[sector].central - 0.5)
        - p.authority_size * tens(value)
    )
    if w.place[place].tier == k.CITY:
        if w.sector[sector].municipal == 0 or p.authority_municipal <= 0.0:
            return 0.0
        return logistic(p.authority_slope * (margin - p.authority_municipal_margin))
    margin += p.authority_revenue * (w.country[w.place[place].country].own_revenue - 0.5)
    return logistic(p.authority_slope * margin)


@rule
def is_worth_a_trip(w, a, place, t):
    """Decide whether a delegation leaves for an office, rarely for one that can decide nothing.

    A share ``outreach.powerless`` of (1 - authority) of the office stays at home: activity is where
    local leaders have a say over foreign affairs and deals (report, actors and avenues; M01).
    """
    if is_centre(w, place):
        return True
    u = draw(w.run, d.TRIP_WORTHWHILE, w.actor[a].key, w.place[place].key, t)
    return u >= w.par[0].outreach_powerless * (1.0 - authority_at(w, place))
