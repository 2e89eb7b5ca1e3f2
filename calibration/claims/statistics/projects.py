"""Projects: how many deals, who decides and approves them, and what comes of them later."""

from __future__ import annotations

import numpy as np

from calibration.claims.statistics.statistic import (
    Parts,
    difference_of_ratios,
    least_ratio,
    ratio,
    share_of,
    slope,
    statistic,
    sums_by_group,
    within_strata,
    yearly,
)
from calibration.run_reading import Reading
from sim.core import enums as k
from sim.core.calendar import MONTHS_A_YEAR
from sim.core.state import Array

VISITS_PER_DEAL = 10.0
"""How many visits count as much as one deal in a measure of activity: their ratio in the report's
case of many visits."""
STRATUM = 5 * MONTHS_A_YEAR
"""Months of a stratum in time."""


@yearly(unit="deals a year", field="dealt")
def local_deals(reading: Reading) -> Array:
    """Count deals that localities decided on, a year."""
    return reading.local_deals


@yearly(unit="deals a year", field="dealt")
def negotiated_deals(reading: Reading) -> Array:
    """Count deals that a government negotiated, local or national, a year."""
    return reading.negotiated


@yearly(unit="projects a year", field="proposed")
def projects_proposed(reading: Reading) -> Array:
    """Count projects that localities, or visitors to them, proposed, a year."""
    return np.asarray(reading.projects[reading.projects["channel"] < k.BY_EXECUTIVE])


@yearly(unit="acquisitions a year", field="dealt")
def acquisitions(reading: Reading) -> Array:
    """Count acquisitions that closed, a year."""
    return np.asarray(reading.deals[reading.deals["channel"] == k.BY_ACQUISITION])


@statistic(unit="deals per visit", value=ratio)
def deals_per_visit(
    reading: Reading, since: str | None = None, localities: list[str] | None = None
) -> Parts:
    """Return local deals per visit of a Chinese delegation to a locality."""
    deals = reading.chosen(reading.local_deals, field="dealt", since=since, localities=localities)
    visits = reading.chosen(reading.local_visits, since=since, localities=localities)
    return len(deals), len(visits)


@statistic(unit="log activity per unit of authority", value=ratio)
def local_activity_by_authority(reading: Reading) -> Parts:
    """Tell how local activity rises with a locality's authority index, at equal economy.

    Slope over localities of log(1 + local deals + visits / 10) on the index (0-1), given the
    economies of the locality and of the country and the recognition of Beijing.
    """
    activity = reading.by_locality(reading.local_deals)
    activity = activity + reading.by_locality(reading.local_visits) / VISITS_PER_DEAL
    home = reading.country_of
    market, recognised = reading.w.country["market"][home], reading.recognised.mean(axis=0)[home]
    index = reading.local_authority
    return slope(np.log1p(activity), index, reading.economy, market, recognised)


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
    return sums_by_group(deals, (high, ~high), contacts)


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
    return sums_by_group(size, [rows["level"] == level for level in (k.LOCAL, k.CENTRAL)])


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
    return ((deals - expected) ** 2).sum(), expected.sum()


@statistic(unit="share", value=ratio)
def local_share_of_deals(reading: Reading, countries: list[str], since: str | None = None) -> Parts:
    """Return the share of negotiated deals that localities decided on."""
    rows = reading.chosen(reading.negotiated, field="dealt", since=since, countries=countries)
    return share_of(rows["level"] == k.LOCAL)


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
    rows = reading.negotiated
    levels = [rows["level"] == level for level in (k.LOCAL, k.CENTRAL)]
    return sums_by_group(reading.w.sector["technology"][rows["sector"]], levels)


@statistic(unit="share", value=ratio)
def direct_entry_of_technology(reading: Reading) -> Parts:
    """Return the share of technology firms' local deals that the firm proposed on a visit.

    The proposal is its own, made in the month in which it visited the unit.
    """
    deals = reading.local_deals
    deals = deals[reading.w.actor["technology"][deals["firm"]] == 1]
    own = (deals["channel"] == k.FIRM) & (deals["actor"] == deals["firm"])
    own &= reading.field_of(deals["cause0"], "kind") == k.VISIT_TO_LAC
    own &= reading.field_of(deals["cause0"], "month") == deals["proposed"]
    return share_of(own)


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
    ordered = reading.first_met[rows["actor"], rows["place"]] < rows["proposed"]
    return share_of(ordered & ((rows["awarded"] < 0) | (rows["signed"] < rows["awarded"])))


@statistic(unit="share", value=ratio)
def approval_of_memoranda(
    reading: Reading,
    since: str | None = None,
    countries: list[str] | None = None,
    sectors: list[str] | None = None,
    local: bool = True,
) -> Parts:
    """Return the share of memoranda decided on that were approved.

    Memoranda in local power, or all. Those not approved were refused, derailed or lapsed.
    """
    rows = reading.memoranda
    if local:
        rows = rows[rows["level"] == k.LOCAL]
    if sectors is not None:
        rows = rows[np.isin(rows["sector"], reading.rows_named("sector", sectors))]
    rows = reading.chosen(rows, field="signed", since=since, countries=countries)
    return share_of(rows["approved"] >= 0)


@statistic(unit="share", value=ratio)
def approval_by_endorsement(reading: Reading) -> Parts:
    """Compare approval of local memoranda of firms with and without a national agreement.

    The agreement is in the country and was approved before the memorandum was signed. The
    difference is taken within countries and periods of five years.
    """
    central = reading.projects[reading.projects["level"] == k.CENTRAL]
    central = central[central["approved"] >= 0]
    shape = (len(reading.w.actor), reading.countries)
    first = np.full(shape, reading.end + 1, dtype=np.int64)
    np.minimum.at(first, (central["firm"], central["country"]), central["approved"])
    rows = reading.memoranda[reading.memoranda["level"] == k.LOCAL]
    endorsed = first[rows["firm"], rows["country"]] < rows["signed"]
    stratum = (rows["signed"] // STRATUM) * reading.countries + rows["country"]
    return within_strata(endorsed, rows["approved"] >= 0, stratum)


@statistic(unit="share", value=ratio)
def tenders_lost_by_tie(reading: Reading) -> Parts:
    """Compare the share of approved projects lost to rivals with and without established ties.

    A tie is established if the unit had met the firm or its home province a year before the
    approval. The difference is taken within countries.
    """
    projects = reading.projects
    rows = projects[(projects["awarded"] >= 0) | (projects["stage"] == k.LOST)]
    early = np.zeros(len(rows), dtype=bool)
    for actor in (rows["firm"], reading.w.actor["home"][rows["firm"]]):
        since = reading.first_met[actor, rows["place"]]
        early |= (actor >= 0) & (since <= rows["approved"] - MONTHS_A_YEAR)
    return within_strata(early, rows["stage"] == k.LOST, rows["country"])


@statistic(unit="share", value=ratio)
def local_projects_derailed(
    reading: Reading, countries: list[str], since: str | None = None
) -> Parts:
    """Return the share of projects in local power that the national executive derailed.

    Projects with a memorandum signed from a month on.
    """
    rows = reading.signed[reading.signed["level"] == k.LOCAL]
    rows = reading.chosen(rows, field="signed", since=since, countries=countries)
    return share_of(rows["stage"] == k.VETOED)


@statistic(unit="months", value=ratio)
def months_lost_in_construction(reading: Reading, since: str | None = None) -> Parts:
    """Return the months a work stands still, per work begun.

    Works with a national part in their money: not those paid by a loan to the locality itself.
    """
    rows = reading.projects[reading.projects["started"] >= 0]
    rows = rows[(rows["finance"] != k.LOCAL_LOAN) & (rows["channel"] != k.BY_ACQUISITION)]
    rows = reading.chosen(rows, field="started", since=since)
    last = np.where(rows["ended"] >= 0, rows["ended"], reading.end)
    return (last - rows["started"] - rows["built"]).sum(), len(rows)


@statistic(unit="share", value=ratio)
def direct_share_of_loans(reading: Reading, since: str | None = None) -> Parts:
    """Return the share of loans for locally decided projects that go to the locality itself."""
    rows = reading.projects[reading.projects["awarded"] >= 0]
    rows = rows[(rows["level"] == k.LOCAL) & (rows["needs_loan"] == 1)]
    rows = reading.chosen(rows, field="awarded", since=since)
    return share_of(rows["finance"] == k.LOCAL_LOAN)


@statistic(unit="share", value=ratio)
def direct_loans_per_local_deal(reading: Reading) -> Parts:
    """Return the share of local deals that a loan to the locality itself pays for."""
    return share_of(reading.local_deals["finance"] == k.LOCAL_LOAN)


@statistic(unit="share", value=difference_of_ratios)
def cancelled_by_visibility(reading: Reading) -> Parts:
    """Compare visible with inconspicuous sectors by the share of projects backlash ends.

    Projects with a memorandum: the third of sectors most exposed to the public less the third
    least exposed.
    """
    ended = reading.events(k.CANCELLATION)
    before = reading.field_of(ended["cause0"], "kind")
    ended = ended[(before == k.BACKLASH) | (before == k.REFERENDUM)]
    visible = reading.w.sector["visibility"]
    part, whole = (
        np.bincount(rows["sector"], minlength=len(visible)) for rows in (ended, reading.signed)
    )
    low, high = np.quantile(visible, (1.0 / 3.0, 2.0 / 3.0))
    return sums_by_group(part, (visible >= high, visible <= low), whole)


@statistic(unit="share", value=difference_of_ratios)
def voted_down_by_size(reading: Reading) -> Parts:
    """Compare small with large localities by the share of approved projects struck down by vote.

    Small are those with less than the median economy over approved projects, which gives both
    groups as many projects.
    """
    part = reading.by_locality(reading.events(k.REFERENDUM))
    whole = reading.by_locality(reading.projects[reading.projects["approved"] >= 0])
    median = np.median(np.repeat(reading.economy, whole)) if whole.any() else 0.0
    small = reading.economy < median
    return sums_by_group(part, (small, ~small), whole)


@statistic(unit="backlashes per project", value=difference_of_ratios)
def backlash_by_deal_size(reading: Reading) -> Parts:
    """Compare large with small projects of a sector by the backlashes they meet.

    Backlashes per project with a memorandum: larger less smaller than the sector's median size.
    """
    median = reading.w.sector["value"]
    met, signed = (
        rows["value"] > median[rows["sector"]]
        for rows in (reading.events(k.BACKLASH), reading.signed)
    )
    return met.sum(), signed.sum(), (~met).sum(), (~signed).sum()
