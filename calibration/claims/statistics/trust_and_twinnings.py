"""Ties: how trust grows, is handed on and is lost, what begins ties, and what they are made into.

Made into, that is: twinnings, links of universities and Confucius Institutes.
"""

from __future__ import annotations

import numpy as np

from calibration.claims.statistics.statistic import (
    UNDEFINED,
    Parts,
    least_lead,
    mean,
    ratio,
    share_of,
    slope,
    statistic,
    sums_by_group,
)
from calibration.run_reading import Reading
from sim.core import enums as k
from sim.core.calendar import MONTHS_A_YEAR, month_index
from sim.core.state import Array


@statistic(unit="share", value=ratio)
def ties_lost_at_turnover(reading: Reading) -> Parts:
    """Return the share of living ties that a change of governor breaks."""
    lost = reading.is_local(reading.events(k.TIE_LOST))
    return lost.sum(), reading.w.place["exposed"][: reading.w.run["local_offices"][0]].sum()


@statistic(unit="trust", value=mean)
def best_trust(reading: Reading, countries: list[str]) -> Parts:
    """Return the trust of localities in the actor they trust most, at the end of the run."""
    there = np.isin(reading.country_of, reading.rows_named("country", countries))
    return (reading.w.place["trust"][: reading.localities][there].mean(),)


@statistic(unit="trust", value=least_lead)
def trust_by_contact(reading: Reading) -> Parts:
    """Tell by how much ties with repeated, recent contact lead others in trust.

    Mean trust of localities' ties of at least four meetings with the last one in the past two
    years. Its lead is the lesser of two: over ties as recent with one meeting, and over ties of
    as many meetings with no contact for five years.
    """
    ties = reading.local_ties
    # Personal and institutional trust each suffice.
    trust = 1.0 - (1.0 - ties["personal"]) * (1.0 - ties["institutional"])
    often, once = ties["visits"] >= 4, ties["visits"] == 1
    idle = reading.end - ties["latest"]
    recent = idle < 2 * MONTHS_A_YEAR
    long_idle = idle >= 5 * MONTHS_A_YEAR
    return sums_by_group(trust, (often & recent, once & recent, often & long_idle))


def _attendance(reading: Reading) -> tuple[Array, Array]:
    """Return the months of forums (F,) and who attended (F, L).

    Left out are forums with less than a year of the run before or after them.
    """
    months = np.unique(reading.events(k.FORUM)["month"])
    whole = (months - MONTHS_A_YEAR >= reading.start) & (months + MONTHS_A_YEAR <= reading.end + 1)
    months = months[whole]
    trips = reading.journeys[reading.journeys["initiator"] == k.CHINA]
    came = np.zeros((len(months), reading.localities), dtype=bool)
    for row, month in zip(came, months, strict=True):
        row[trips["place"][trips["month"] == month]] = True
    return months, came


@statistic(unit="ties per forum", value=ratio)
def ties_after_forums(reading: Reading) -> Parts:
    """Tell how many new ties with provinces a forum gives to the units that attend.

    Ties begun in the year from the forum less those of the year before, for units that attend,
    beyond the same difference for the other units of their country; added up over units.
    """
    months, came = _attendance(reading)
    ties = reading.local_ties[reading.local_ties["kind"] == k.PROVINCE]
    length = reading.end - reading.start + 2
    begun = np.zeros((length, reading.localities), dtype=np.int32)
    np.add.at(begun, (ties["since"] - reading.start + 1, ties["place"]), 1)
    begun = begun.cumsum(axis=0)
    at = months - reading.start
    change = begun[at + MONTHS_A_YEAR] - 2 * begun[at] + begun[at - MONTHS_A_YEAR]
    # Sums by country follow from localities standing in order of country.
    first = reading.w.country["first"]
    away = np.add.reduceat(~came, first, axis=1, dtype=np.int64)
    usual = np.add.reduceat(np.where(came, 0, change), first, axis=1)
    usual = np.repeat(usual / np.maximum(1, away), reading.w.country["count"], axis=1)
    return (change - usual)[came].sum(), len(months)


@statistic(unit="share per unit of security ties", value=ratio)
def twinnings_by_security(reading: Reading) -> Parts:
    """Tell how twinning of known pairs varies with the country's security ties to China.

    Slope over ties of provinces with localities of being twinned (0 or 1) on security ties (0-1),
    given how often and for how long the two have met.
    """
    ties = reading.local_ties
    ties = ties[(ties["kind"] == k.PROVINCE) & (ties["since"] != ties["twinned"])]
    if len(ties) < 4:
        return UNDEFINED
    return slope(
        (ties["twinned"] >= 0).astype(np.float64),
        reading.w.country["security"][ties["country"]],
        np.log(np.maximum(1, ties["visits"])),
        ties["since"].astype(np.float64),
    )


@statistic(unit="share", value=ratio)
def twinnings_after_contact(reading: Reading) -> Parts:
    """Return the share of twinnings between a province and a unit that had met before."""
    return share_of(reading.twinned["since"] < reading.twinned["twinned"])


@statistic(unit="share", value=ratio)
def twinnings_at_behest(reading: Reading) -> Parts:
    """Return the share of twinnings at the behest of a firm of the province."""
    return share_of(reading.twinned["firm_request_of"] >= 0)


@statistic(unit="share", value=ratio)
def university_links_of_twins(reading: Reading, within: int = 36) -> Parts:
    """Return the share of twinned pairs whose universities link within some months.

    Pairs twinned that long before the end of the run.
    """
    twinned = reading.twinned[reading.twinned["twinned"] <= reading.end - within]
    wait = twinned["university"] - twinned["twinned"]
    return share_of((wait > 0) & (wait <= within))


@statistic(unit="share per log contact", value=ratio)
def institutes_by_contact(reading: Reading, before: str) -> Parts:
    """Tell how Confucius Institutes go where localities had contact with China before.

    Slope over localities of hosting an institute opened from a month on (0 or 1) on
    log(1 + visits and journeys before it), within countries and given the economy.
    """
    month = month_index(before)
    opened = reading.events(k.CONFUCIUS_INSTITUTE)
    opened = reading.by_locality(opened[opened["month"] >= month])
    groups = (reading.local_visits, reading.journeys)
    contact = sum(reading.by_locality(rows[rows["month"] < month]) for rows in groups)
    size = np.exp(reading.economy)
    columns = [np.log1p(contact), (opened > 0).astype(np.float64), reading.economy, size]
    cause, outcome, *controls = (reading.within_countries(column) for column in columns)
    return slope(outcome, cause, *controls)
