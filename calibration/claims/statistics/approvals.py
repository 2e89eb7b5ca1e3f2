"""Approval: which memoranda are approved, who wins tenders, what executives derail."""

from __future__ import annotations

import numpy as np

from calibration.claims.statistics.association import within_strata
from calibration.claims.statistics.statistic import Array, Parts, ratio, statistic
from calibration.run_reading import MONTHS_A_YEAR, Reading
from sim.core import enums as k

PERIOD = 5 * MONTHS_A_YEAR
"""Months of a stratum in time."""


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
        rows = rows[np.isin(rows["sector"], reading.sector_rows(sectors))]
    rows = reading.chosen(rows, field="signed", since=since, countries=countries)
    return float((rows["approved"] >= 0).sum()), float(len(rows))


def _national_since(reading: Reading) -> Array:
    """Return the first month of a national approval by actor and country (A, C)."""
    shape = (len(reading.w.actor), reading.countries)
    first = np.full(shape, reading.end + 1, dtype=np.int64)
    projects = reading.projects
    rows = projects[(projects["level"] == k.CENTRAL) & (projects["approved"] >= 0)]
    np.minimum.at(first, (rows["firm"], rows["country"]), rows["approved"])
    return first


@statistic(unit="share", value=ratio)
def approval_by_endorsement(reading: Reading) -> Parts:
    """Compare approval of local memoranda of firms with and without a national agreement.

    The agreement is in the country and was approved before the memorandum was signed. The
    difference is taken within countries and periods of five years.
    """
    rows = reading.memoranda[reading.memoranda["level"] == k.LOCAL]
    endorsed = _national_since(reading)[rows["firm"], rows["country"]] < rows["signed"]
    stratum = (rows["signed"] // PERIOD) * reading.countries + rows["country"]
    return within_strata(endorsed, rows["approved"] >= 0, stratum)


@statistic(unit="share", value=ratio)
def tenders_lost_by_tie(reading: Reading) -> Parts:
    """Compare the share of approved projects lost to rivals with and without established ties.

    A tie is established if the unit had met the firm or its home province a year before the
    approval. The difference is taken within countries.
    """
    projects, tie_of = reading.projects, reading.w.tie_of
    rows = projects[(projects["awarded"] >= 0) | (projects["stage"] == k.LOST)]
    home = reading.w.actor["home"][rows["firm"]]
    early = np.zeros(len(rows), dtype=bool)
    for actor in (rows["firm"], home):
        tie = np.where(actor >= 0, tie_of[actor, rows["place"]], -1)
        since = reading.w.tie["since"][tie]
        early |= (tie >= 0) & (since <= rows["approved"] - MONTHS_A_YEAR)
    return within_strata(early, rows["stage"] == k.LOST, rows["country"])


@statistic(unit="share", value=ratio)
def local_projects_derailed(
    reading: Reading, countries: list[str], since: str | None = None
) -> Parts:
    """Return the share of projects in local power that the national executive derailed.

    Projects with a memorandum signed from a month on.
    """
    projects = reading.projects
    rows = projects[(projects["level"] == k.LOCAL) & (projects["signed"] >= 0)]
    rows = reading.chosen(rows, field="signed", since=since, countries=countries)
    return float((rows["stage"] == k.VETOED).sum()), float(len(rows))
