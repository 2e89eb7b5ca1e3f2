"""Measures of dated events against the clocks of local offices, and of authority where they are.

Where there is nothing to count, a share is a half and a number of months half a term of four years.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, partial

import numpy as np

from calibration.cases.observed_events import JOURNEY, KINDS, LAST_MONTH, VISIT
from calibration.cases.office_clocks import clocks
from calibration.cases.targets.measure_registry import of_record, share_true
from calibration.external.lists import positions
from sim.core.state import Array
from sim.world import load_world
from sim.world.authority import monthly_authority

_YEAR, _HALF_TERM, _LONGEST = 12, 24.0, 60
_of_dated = partial(of_record, of="dated")


def _trips(rows: Array) -> Array:
    return np.asarray(rows[(rows["kind"] == VISIT) | (rows["kind"] == JOURNEY)])


def _of_kind(rows: Array, kind: str, least: float = 0.0) -> Array:
    return np.asarray(rows[(rows["kind"] == KINDS.index(kind)) & (rows["value"] >= least)])


@_of_dated(unit="share")
def visits_in_first_year(rows: Array) -> float:
    """Return the share of dated visits in the first twelve months of a head's time in office."""
    return share_true(clocks().of(clocks().since, _trips(rows)) < _YEAR)


@_of_dated(unit="share")
def visits_after_change(rows: Array) -> float:
    """Return the share of visits after a change of head, of those within twelve months of one."""
    trips = _trips(rows)
    since = clocks().of(clocks().since, trips) < _YEAR
    until = clocks().of(clocks().until, trips)
    return share_true(since[since | ((until >= 0) & (until <= _YEAR))])


@_of_dated(unit="months")
def months_in_office(rows: Array, kinds: Sequence[str]) -> float:
    """Return the mean of the months that heads have been in office at dated events, at most 60.

    Where one party rules for decades, the calendar knows of no change of appointed heads.
    """
    chosen = np.isin(rows["kind"], [KINDS.index(kind) for kind in kinds])
    since = clocks().of(clocks().since, rows[chosen])
    return float(np.minimum(since, _LONGEST).mean()) if len(since) else _HALF_TERM


@_of_dated(unit="share")
def aligned_heads(rows: Array, kinds: Sequence[str]) -> float:
    """Return the share of heads of the executive's bloc at dated events, where that is known."""
    chosen = np.isin(rows["kind"], [KINDS.index(kind) for kind in kinds])
    aligned = clocks().of(clocks().aligned, rows[chosen])
    return share_true(aligned[aligned >= 0])


@_of_dated(unit="0-1")
def authority_at_deals(rows: Array, least: float) -> float:
    """Return the mean authority of the places of dated deals in local power of a least value."""
    deals = _of_kind(rows, "deal_local", least)
    index = _authority()[np.clip(deals["month"], 0, LAST_MONTH), deals["place"]]
    return float(index.mean()) if len(deals) else 0.5


@cache
def _authority() -> Array:
    """Return the authority of each locality by month (T, L)."""
    countries, added = monthly_authority(load_world(), positions(), LAST_MONTH + 1)
    home = positions().localities["iso3"].map(positions().country).to_numpy()
    return np.clip(countries[:, home] + added, 0.0, 1.0)
