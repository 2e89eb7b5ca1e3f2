"""Who takes the initiative: journeys to China, and how they compare with visits."""

from __future__ import annotations

import numpy as np

from calibration.claims.statistics.statistic import (
    Array,
    Parts,
    difference_of_ratios,
    mean,
    ratio,
    smaller_share,
    statistic,
)
from calibration.run_reading import MONTHS_A_YEAR, Reading
from sim.core import enums as k


@statistic(unit="journeys a year", value=mean)
def own_journeys(
    reading: Reading, since: str | None = None, countries: list[str] | None = None
) -> Parts:
    """Count governors' journeys to China of their own accord, a year."""
    rows = reading.chosen(reading.own_journeys, since=since, countries=countries)
    return (len(rows) / reading.years_from(since),)


@statistic(unit="share", value=ratio)
def governors_share_of_journeys(reading: Reading, since: str | None = None) -> Parts:
    """Return the share of governors in all journeys to China on Latin American initiative.

    The others are journeys of national executives.
    """
    local = len(reading.chosen(reading.own_journeys, since=since))
    central = len(reading.chosen(reading.events(k.STATE_VISIT), since=since))
    return float(local), float(local + central)


@statistic(unit="share", value=ratio)
def share_of_own_journeys(reading: Reading) -> Parts:
    """Return the share of governors' own journeys in all visits either way at the local level."""
    own = len(reading.own_journeys)
    return float(own), float(own + len(reading.local_visits))


@statistic(unit="share", value=smaller_share)
def mixture_of_initiators(reading: Reading) -> Parts:
    """Return the share of the side that began fewer of the local deals."""
    side = reading.local_deals["initiator"]
    return float((side == k.LAC).sum()), float((side == k.CHINA).sum())


def _seen(reading: Reading, trips: Array, who: str, rows: Array) -> Array:
    """Tell of each project whether a trip of the same month shares one of its fields.

    Parameters
    ----------
    who
        The field: ``actor`` or ``place``.
    """
    width = int(max(len(reading.w.actor), len(reading.w.place)))
    table = np.zeros((reading.end + 1, width), dtype=bool)
    table[trips["month"], trips[who]] = True
    found: Array = table[rows["proposed"], rows[who]]
    return found


@statistic(unit="deals per trip", value=difference_of_ratios)
def quick_deals_per_trip(reading: Reading, within: int = MONTHS_A_YEAR) -> Parts:
    """Compare trips to China with visits received by the deals that come of them within a year.

    A deal comes of a trip if its project was proposed there in the month of the trip by the side
    that travelled. Deals per journey of a governor, less deals per visit to a locality.
    """
    local = reading.is_local(reading.projects)
    quick = (reading.projects["dealt"] >= 0) & local
    quick &= reading.projects["dealt"] - reading.projects["proposed"] <= within
    deals = reading.projects[quick & (reading.projects["channel"] < k.BY_EXECUTIVE)]
    parts: list[float] = []
    for trips, side in ((reading.own_journeys, k.LAC), (reading.local_visits, k.CHINA)):
        mine = deals[deals["initiator"] == side]
        came = _seen(reading, trips, "place", mine)
        parts += [float(came.sum()), float(len(trips))]
    return tuple(parts)


@statistic(unit="share", value=ratio)
def visits_without_proposal(reading: Reading) -> Parts:
    """Return the share of provinces' visits to localities that leave no proposal behind.

    A proposal counts if the visitor makes it in the month of the visit; a delegation is on one
    trip a month.
    """
    visits = reading.local_visits
    visits = visits[reading.kind_of(visits["actor"]) == k.PROVINCE]
    proposals = reading.projects[reading.projects["initiator"] == k.CHINA]
    made = np.zeros((reading.end + 1, len(reading.w.actor)), dtype=bool)
    made[proposals["proposed"], proposals["actor"]] = True
    return float((~made[visits["month"], visits["actor"]]).sum()), float(len(visits))
