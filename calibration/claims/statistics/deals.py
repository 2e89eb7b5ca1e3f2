"""Deals: how many, where, decided by whom, and what comes of contacts."""

from __future__ import annotations

import numpy as np

from calibration.claims.statistics.association import slope
from calibration.claims.statistics.statistic import (
    Array,
    Parts,
    difference_of_ratios,
    least_ratio,
    mean,
    ratio,
    statistic,
)
from calibration.run_reading import Reading
from sim.core import enums as k

VISITS_PER_DEAL = 10.0
"""How many visits count as much as one deal in a measure of activity: their ratio in the report's
case of many visits."""


@statistic(unit="deals a year", value=mean)
def local_deals(
    reading: Reading,
    since: str | None = None,
    until: str | None = None,
    countries: list[str] | None = None,
    localities: list[str] | None = None,
) -> Parts:
    """Count deals that localities decided on, a year."""
    rows = reading.chosen(
        reading.local_deals,
        field="dealt",
        since=since,
        until=until,
        countries=countries,
        localities=localities,
    )
    return (len(rows) / reading.years_from(since, until),)


@statistic(unit="deals a year", value=mean)
def negotiated_deals(
    reading: Reading, since: str | None = None, countries: list[str] | None = None
) -> Parts:
    """Count deals that a government negotiated, local or national, a year."""
    rows = reading.chosen(reading.negotiated, field="dealt", since=since, countries=countries)
    return (len(rows) / reading.years_from(since),)


@statistic(unit="projects a year", value=mean)
def projects_proposed(
    reading: Reading, localities: list[str], since: str | None = None, until: str | None = None
) -> Parts:
    """Count projects that localities, or visitors to them, proposed, a year."""
    rows = reading.projects[reading.projects["channel"] < k.BY_EXECUTIVE]
    rows = reading.chosen(rows, field="proposed", since=since, until=until, localities=localities)
    return (len(rows) / reading.years_from(since, until),)


@statistic(unit="acquisitions a year", value=mean)
def acquisitions(
    reading: Reading,
    since: str | None = None,
    until: str | None = None,
    localities: list[str] | None = None,
) -> Parts:
    """Count acquisitions that closed, a year."""
    bought = reading.deals[reading.deals["channel"] == k.BY_ACQUISITION]
    rows = reading.chosen(bought, field="dealt", since=since, until=until, localities=localities)
    return (len(rows) / reading.years_from(since, until),)


@statistic(unit="deals per visit", value=ratio)
def deals_per_visit(
    reading: Reading,
    since: str | None = None,
    localities: list[str] | None = None,
) -> Parts:
    """Return local deals per visit of a Chinese delegation to a locality."""
    deals = reading.chosen(reading.local_deals, field="dealt", since=since, localities=localities)
    visits = reading.chosen(reading.local_visits, since=since, localities=localities)
    return float(len(deals)), float(len(visits))


@statistic(unit="log activity per unit of authority", value=ratio)
def local_activity_by_authority(reading: Reading) -> Parts:
    """Tell how local activity rises with a country's authority index, at equal economy.

    Slope over localities of log(1 + local deals + visits / 10) on the index (0-1), given the
    economies of the locality and of the country.
    """
    activity = reading.by_locality(reading.local_deals)
    activity = activity + reading.by_locality(reading.local_visits) / VISITS_PER_DEAL
    home = reading.country_of
    market = reading.w.country["market"][home]
    return slope(np.log1p(activity), reading.authority[home], reading.economy, market)


@statistic(unit="deals per contact", value=difference_of_ratios)
def conversion_by_authority(reading: Reading) -> Parts:
    """Compare the deals that come of contacts in the third of countries with most authority.

    Deals that began at localities, whoever decides, per visit to a locality or journey of a
    governor: that third less the other two thirds.
    """
    high = reading.authority > np.quantile(reading.authority, 2.0 / 3.0)
    began = reading.deals["channel"] != k.BY_ACQUISITION
    deals = reading.by_country(reading.deals[began & ~reading.arose_at_centre])
    contacts = reading.by_country(reading.local_visits) + reading.by_country(reading.own_journeys)
    return (
        float(deals[high].sum()),
        float(contacts[high].sum()),
        float(deals[~high].sum()),
        float(contacts[~high].sum()),
    )


@statistic(unit="log deals per unit of authority", value=ratio)
def central_deals_by_authority(reading: Reading) -> Parts:
    """Tell how deals that begin at national governments vary with local authority.

    Slope over countries of log(1 + such deals) on effective authority, which consolidation
    lowers, given the economy and the executives' recognition of Beijing.
    """
    months = slice(reading.start, reading.end + 1)
    effective = reading.w.series[months, :, 4].mean(axis=0)
    deals = reading.by_country(reading.deals[reading.arose_at_centre])
    recognised = reading.recognised.mean(axis=0)
    return slope(np.log1p(deals), effective, reading.w.country["market"], recognised)


@statistic(unit="factors of ten", value=difference_of_ratios)
def size_by_level(reading: Reading) -> Parts:
    """Compare the size of projects decided locally and centrally where own revenue is low.

    Mean log10 of size relative to the sector's median, locally less centrally decided, in the
    half of countries whose units raise least revenue of their own.
    """
    projects, country = reading.projects, reading.w.country
    little = country["own_revenue"] <= np.median(country["own_revenue"])
    rows = projects[little[projects["country"]]]
    size = np.log10(rows["value"] / reading.w.sector["value"][rows["sector"]])
    parts: list[float] = []
    for level in (k.LOCAL, k.CENTRAL):
        mine = rows["level"] == level
        parts += [float(size[mine].sum()), float(mine.sum())]
    return tuple(parts)


@statistic(unit="variance per deal expected", value=ratio)
def dispersion_of_deals(reading: Reading) -> Parts:
    """Tell how unevenly visits turn into deals, relative to chance alone.

    Squared difference of each visited locality's local deals from the number its visits would
    give at the common rate, per deal expected. Chance gives one.
    """
    visits = reading.by_locality(reading.local_visits)
    deals = reading.by_locality(reading.local_deals)[visits > 0]
    visits = visits[visits > 0]
    expected = visits * (deals.sum() / max(1, int(visits.sum())))
    return float(((deals - expected) ** 2).sum()), float(expected.sum())


@statistic(unit="share", value=ratio)
def local_share_of_deals(reading: Reading, countries: list[str], since: str | None = None) -> Parts:
    """Return the share of negotiated deals that localities decided on."""
    rows = reading.chosen(reading.negotiated, field="dealt", since=since, countries=countries)
    return float((rows["level"] == k.LOCAL).sum()), float(len(rows))


@statistic(unit="share", value=least_ratio)
def level_that_fits(reading: Reading, high: list[str], low: list[str]) -> Parts:
    """Return the share of negotiated deals decided at the level that fits the country.

    The lesser of the local share in one group of countries and the national share in another.
    """
    local, deals = local_share_of_deals(reading, low)
    return (*local_share_of_deals(reading, high), deals - local, deals)


@statistic(unit="share", value=difference_of_ratios)
def technology_share_by_level(reading: Reading) -> Parts:
    """Compare the share of technology among deals decided locally and centrally."""
    parts: list[float] = []
    for level in (k.LOCAL, k.CENTRAL):
        rows = reading.negotiated[reading.negotiated["level"] == level]
        parts += [float(reading.w.sector["technology"][rows["sector"]].sum()), float(len(rows))]
    return tuple(parts)


def _of_technology_firms(reading: Reading) -> Array:
    deals = reading.local_deals
    theirs: Array = deals[reading.w.actor["technology"][deals["firm"]] == 1]
    return theirs


@statistic(unit="share", value=ratio)
def direct_entry_of_technology(reading: Reading) -> Parts:
    """Return the share of technology firms' local deals that the firm proposed on a visit.

    The proposal is its own, made in the month in which it visited the unit.
    """
    deals = _of_technology_firms(reading)
    own = (deals["channel"] == k.FIRM) & (deals["actor"] == deals["firm"])
    cause = reading.field_of(deals["cause0"], "kind") == k.VISIT_TO_LAC
    own &= cause & (reading.field_of(deals["cause0"], "month") == deals["proposed"])
    return float(own.sum()), float(len(deals))


@statistic(unit="share", value=ratio)
def sequence_of_technology(reading: Reading) -> Parts:
    """Return the share of technology firms' first local projects that keep to the usual sequence.

    A meeting in an earlier month, then the firm's proposal, then the memorandum, and in a later
    month the contract, if it gets that far; the first project that a firm proposes to a unit.
    """
    projects, w = reading.projects, reading.w
    mine = (projects["channel"] == k.FIRM) & (projects["initiator"] == k.CHINA)
    rows = projects[mine & (projects["level"] == k.LOCAL)]
    rows = rows[w.actor["technology"][rows["actor"]] == 1]
    # Projects stand in the order of their proposal.
    _, first = np.unique(rows["actor"] * len(w.place) + rows["place"], return_index=True)
    rows = rows[first]
    row = w.tie_of[rows["actor"], rows["place"]]
    ordered = (row >= 0) & (w.tie["since"][row] < rows["proposed"])
    ordered &= (rows["awarded"] < 0) | (rows["signed"] < rows["awarded"])
    return float(ordered.sum()), float(len(rows))
