"""Measures of the two cases that the report studies.

Twinnings and deals of a deep case are always told, its visits counted or dated in part. Where a
number of months is not defined, because nothing came, it is the length of the case, and another
measure tells whether anything came.
"""

from __future__ import annotations

import numpy as np

from calibration.cases import observed_events as r
from calibration.cases.targets.measure_registry import Found, of_record, of_run, share_true
from sim.core import enums as k
from sim.core.state import Array

DEALS = (r.LOCAL_DEAL, r.CENTRAL_DEAL, r.ACQUISITION)
_FIRST_YEAR = 2000


def _case(name: str) -> r.DeepCase:
    return r.studied()[r.case_number(name)]


def _mine(rows: Array, case: str, *kinds: int) -> Array:
    of_kind = (rows["kind"] >= min(kinds)) & (rows["kind"] <= max(kinds))
    return np.asarray(rows[(rows["case"] == r.case_number(case)) & of_kind])


def _trips(rows: Array, case: str) -> Array:
    """Return the case's dated visits, either way."""
    trips = _mine(rows, case, r.VISIT, r.JOURNEY)
    return np.asarray(trips[trips["dated"]])


def _years(rows: Array, case: str) -> Array:
    """Return the years of the case's dated visits, either way."""
    months = _trips(rows, case)["month"]
    return _FIRST_YEAR + months[months >= 0] // 12


def _months_to(rows: Array, case: str, *kinds: int) -> float:
    """Return the months from the first contact to the first of some kinds, at least none."""
    deep, months = _case(case), _mine(rows, case, *kinds)["month"]
    months = months[months >= 0]
    since = deep.first + months_to_contact(rows, case)
    return float(max(0, months.min() - since) if len(months) else deep.last - deep.first + 1)


@of_run(unit="visits")
def visits_received(found: Found, case: str) -> float:
    """Count the Chinese visits in a deep case's total."""
    return float(len(_mine(found.rows, case, r.VISIT)))


@of_run(unit="visits")
def journeys_made(found: Found, case: str) -> float:
    """Count the visits to China in a deep case's total, those of the national executive too."""
    deep, state = _case(case), found.reading.events(k.STATE_VISIT)
    within = (state["month"] >= deep.first) & (state["month"] <= deep.last)
    central = (within & (state["country"] == deep.country)).sum()
    return float(len(_mine(found.rows, case, r.JOURNEY)) + central)


@of_run(unit="visits")
def visits_either_way(found: Found, case: str) -> float:
    """Count the visits either way in a deep case's total."""
    return float(len(_mine(found.rows, case, r.VISIT, r.JOURNEY)))


@of_run(unit="share")
def share_of_journeys(found: Found, case: str) -> float:
    """Return the share of visits to China among the visits of both totals; a half without any."""
    out, into = journeys_made(found, case), visits_received(found, case)
    return out / (out + into) if out + into else 0.5


@of_record(unit="months")
def months_to_contact(rows: Array, case: str) -> float:
    """Count the months from the case's first to the first contact told."""
    deep, months = _case(case), _mine(rows, case, r.VISIT, r.JOURNEY)["month"]
    months = months[months >= 0]
    return float(max(0, months.min() - deep.first) if len(months) else deep.last - deep.first)


@of_record(unit="twinnings")
def twinnings(rows: Array, case: str) -> float:
    """Count the twinnings signed, a given one too."""
    return float(len(_mine(rows, case, r.TWINNING)))


@of_record(unit="months")
def months_to_twinning(rows: Array, case: str) -> float:
    """Count the months from the first contact told to the first twinning."""
    return _months_to(rows, case, r.TWINNING)


@of_record(unit="deals")
def deals(rows: Array, case: str) -> float:
    """Count the deals formed, acquisitions among them."""
    return float(len(_mine(rows, case, *DEALS)))


@of_record(unit="deals")
def deals_in_local_power(rows: Array, case: str) -> float:
    """Count the deals that the locality decided."""
    return float(len(_mine(rows, case, r.LOCAL_DEAL)))


@of_record(unit="memoranda")
def memoranda(rows: Array, case: str) -> float:
    """Count the memoranda told."""
    return float(len(_mine(rows, case, r.MEMORANDUM)))


@of_record(unit="visits")
def dated_visits(rows: Array, case: str, first: int, last: int) -> float:
    """Count the dated visits either way from one year to another."""
    years = _years(rows, case)
    return float(((years >= first) & (years <= last)).sum())


@of_record(unit="share")
def share_with_twin(rows: Array, case: str) -> float:
    """Return the share of dated visits either way with the province twinned first, or its firms.

    It is a half without any visit, and none are with a twin where nothing was twinned.
    """
    twinned = _mine(rows, case, r.TWINNING)
    if not len(twinned):
        return 0.0
    return share_true(
        _trips(rows, case)["province"] == twinned["province"][twinned["month"].argmin()]
    )


@of_record(unit="years")
def quiet_years(rows: Array, case: str, years: list[int]) -> float:
    """Count those of certain years without a dated visit."""
    return float((~np.isin(years, _years(rows, case))).sum())


@of_record(unit="years")
def longest_quiet(rows: Array, case: str, first: int, last: int) -> float:
    """Count the years of the longest time without a dated visit."""
    years = _years(rows, case)
    inside = np.unique(years[(years >= first) & (years <= last)])
    return float(np.diff(np.concatenate([[first - 1], inside, [last + 1]])).max() - 1)
