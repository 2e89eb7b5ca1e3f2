"""Finance, construction and resistance: what happens to projects once they are agreed."""

from __future__ import annotations

import numpy as np

from calibration.claims.statistics.statistic import (
    Array,
    Parts,
    difference_of_ratios,
    ratio,
    statistic,
)
from calibration.run_reading import Reading
from sim.core import enums as k


@statistic(unit="months", value=ratio)
def months_lost_in_construction(reading: Reading, since: str | None = None) -> Parts:
    """Return the months a work stands still, per work begun.

    Works with a national part in their money: not those paid by a loan to the locality itself.
    """
    rows = reading.projects[reading.projects["started"] >= 0]
    rows = rows[(rows["finance"] != k.LOCAL_LOAN) & (rows["channel"] != k.BY_ACQUISITION)]
    rows = reading.chosen(rows, field="started", since=since)
    last = np.where(rows["ended"] >= 0, rows["ended"], reading.end)
    return float((last - rows["started"] - rows["built"]).sum()), float(len(rows))


@statistic(unit="share", value=ratio)
def direct_share_of_loans(reading: Reading, since: str | None = None) -> Parts:
    """Return the share of loans for locally decided projects that go to the locality itself."""
    rows = reading.projects[reading.projects["awarded"] >= 0]
    rows = rows[(rows["level"] == k.LOCAL) & (rows["needs_loan"] == 1)]
    rows = reading.chosen(rows, field="awarded", since=since)
    return float((rows["finance"] == k.LOCAL_LOAN).sum()), float(len(rows))


@statistic(unit="share", value=ratio)
def direct_loans_per_local_deal(reading: Reading) -> Parts:
    """Return the share of local deals that a loan to the locality itself pays for."""
    direct = reading.local_deals["finance"] == k.LOCAL_LOAN
    return float(direct.sum()), float(len(reading.local_deals))


def _signed(reading: Reading) -> Array:
    return reading.projects[reading.projects["signed"] >= 0]


def _shares(part: Array, whole: Array, first: Array, second: Array) -> Parts:
    """Return the parts of the difference of two shares, given counts and two groups of cells."""
    return (
        float(part[first].sum()),
        float(whole[first].sum()),
        float(part[second].sum()),
        float(whole[second].sum()),
    )


@statistic(unit="share", value=difference_of_ratios)
def cancelled_by_visibility(reading: Reading) -> Parts:
    """Compare visible with inconspicuous sectors by the share of projects backlash ends.

    Projects with a memorandum: the third of sectors most exposed to the public less the third
    least exposed.
    """
    ended = reading.events(k.CANCELLATION)
    before = reading.field_of(ended["cause0"], "kind")
    ended = ended[(before == k.BACKLASH) | (before == k.REFERENDUM)]
    sectors = reading.w.sector
    visible = sectors["visibility"]
    part = np.bincount(ended["sector"], minlength=len(sectors))
    whole = np.bincount(_signed(reading)["sector"], minlength=len(sectors))
    low, high = np.quantile(visible, (1.0 / 3.0, 2.0 / 3.0))
    return _shares(part, whole, visible >= high, visible <= low)


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
    return _shares(part, whole, small, ~small)


@statistic(unit="backlashes per project", value=difference_of_ratios)
def backlash_by_deal_size(reading: Reading) -> Parts:
    """Compare large with small projects of a sector by the backlashes they meet.

    Backlashes per project with a memorandum: larger less smaller than the sector's median size.
    """
    median = reading.w.sector["value"]
    met, rows = reading.events(k.BACKLASH), _signed(reading)
    parts = [
        np.bincount((group["value"] > median[group["sector"]]).astype(np.int64), minlength=2)
        for group in (met, rows)
    ]
    return _shares(parts[0], parts[1], np.array([1]), np.array([0]))
