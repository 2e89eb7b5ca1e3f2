"""Measures of the two cases that the report studies.

Twinnings and deals of a deep case are always told, its visits counted or dated in part. Where a
number of months is not defined, because nothing came, it is the length of the case, and another
measure tells whether anything came.
"""

from __future__ import annotations

import numpy as np

from calibration.cases.observed_events import (
    ACQUISITION,
    CENTRAL_DEAL,
    JOURNEY,
    LINK,
    LOCAL_DEAL,
    MEMORANDUM,
    TWINNING,
    VISIT,
    DeepCase,
    case_number,
    studied,
)
from calibration.cases.targets.measure import Found, of_record, of_run
from sim.core import enums as k
from sim.core.calendar import month_index
from sim.core.state import Array

DEALS = (LOCAL_DEAL, CENTRAL_DEAL, ACQUISITION)
_FIRST_YEAR = 2000


def _case(name: str) -> DeepCase:
    return studied()[case_number(name)]


def _mine(rows: Array, case: str, *kinds: int) -> Array:
    of_kind = (rows["kind"] >= min(kinds)) & (rows["kind"] <= max(kinds))
    return np.asarray(rows[(rows["case"] == case_number(case)) & of_kind])


def _dated_years(rows: Array, case: str) -> Array:
    """Return the years of the case's dated visits, either way."""
    trips = _mine(rows, case, VISIT, JOURNEY)
    return _FIRST_YEAR + trips["month"][trips["dated"] & (trips["month"] >= 0)] // 12


def _length(case: str) -> int:
    return _case(case).last - _case(case).first + 1


def _first(rows: Array, since: int, otherwise: float) -> float:
    """Return the months from a month to the first of some rows, none if that came before."""
    months = rows["month"][rows["month"] >= 0]
    return float(max(0, months.min() - since)) if len(months) else otherwise


def _contact(rows: Array, case: str) -> int:
    """Return the month of the first contact, the case's last month if there is none."""
    first = _case(case).first
    return first + int(_first(_mine(rows, case, VISIT, JOURNEY), first, _length(case) - 1))


@of_run(unit="visits")
def visits_received(found: Found, case: str) -> float:
    """Count the Chinese visits in a deep case's total."""
    return float(len(_mine(found.rows, case, VISIT)))


@of_run(unit="visits")
def journeys_made(found: Found, case: str) -> float:
    """Count the visits to China in a deep case's total, those of the national executive too."""
    deep, state = _case(case), found.reading.events(k.STATE_VISIT)
    within = (state["month"] >= deep.first) & (state["month"] <= deep.last)
    central = (within & (state["country"] == deep.country)).sum()
    return float(len(_mine(found.rows, case, JOURNEY)) + central)


@of_run(unit="visits")
def visits_either_way(found: Found, case: str) -> float:
    """Count the visits either way in a deep case's total."""
    return float(len(_mine(found.rows, case, VISIT, JOURNEY)))


@of_run(unit="share")
def share_of_journeys(found: Found, case: str) -> float:
    """Return the share of visits to China among the visits of both totals; a half without any."""
    out, into = journeys_made(found, case), visits_received(found, case)
    return out / (out + into) if out + into else 0.5


@of_record(unit="months")
def months_to_contact(rows: Array, case: str) -> float:
    """Count the months from the case's first to the first contact told."""
    return float(_contact(rows, case) - _case(case).first)


@of_record(unit="0/1")
def twinned(rows: Array, case: str) -> float:
    """Tell whether a twinning was signed."""
    return float(len(_mine(rows, case, TWINNING)) > 0)


@of_record(unit="months")
def months_to_twinning(rows: Array, case: str) -> float:
    """Count the months from the first contact told to the first twinning."""
    since = _contact(rows, case)
    return _first(_mine(rows, case, TWINNING), since, float(_length(case)))


@of_record(unit="0/1")
def dealt(rows: Array, case: str) -> float:
    """Tell whether a deal was formed."""
    return float(len(_mine(rows, case, *DEALS)) > 0)


@of_record(unit="months")
def months_to_deal(rows: Array, case: str) -> float:
    """Count the months from the first contact told to the first deal."""
    return _first(_mine(rows, case, *DEALS), _contact(rows, case), float(_length(case)))


@of_record(unit="deals")
def deals(rows: Array, case: str) -> float:
    """Count the deals formed, acquisitions among them."""
    return float(len(_mine(rows, case, *DEALS)))


@of_record(unit="deals")
def deals_in_local_power(rows: Array, case: str) -> float:
    """Count the deals that the locality decided."""
    return float(len(_mine(rows, case, LOCAL_DEAL)))


@of_record(unit="memoranda")
def memoranda(rows: Array, case: str) -> float:
    """Count the memoranda told."""
    return float(len(_mine(rows, case, MEMORANDUM)))


@of_record(unit="0/1")
def university_linked(rows: Array, case: str, since: str, until: str) -> float:
    """Tell whether a university link between two months is told."""
    months = _mine(rows, case, LINK)["month"]
    return float(((months >= month_index(since)) & (months <= month_index(until))).any())


@of_record(unit="visits")
def dated_visits(rows: Array, case: str, first: int, last: int) -> float:
    """Count the dated visits either way from one year to another."""
    years = _dated_years(rows, case)
    return float(((years >= first) & (years <= last)).sum())


@of_record(unit="share")
def dated_share_of_journeys(rows: Array, case: str) -> float:
    """Return the share of visits to China among dated visits; a half if there are none."""
    trips = _mine(rows, case, VISIT, JOURNEY)
    trips = trips[trips["dated"]]
    return float((trips["kind"] == JOURNEY).mean()) if len(trips) else 0.5


@of_record(unit="years")
def quiet_years(rows: Array, case: str, years: list[int]) -> float:
    """Count those of certain years without a dated visit."""
    return float((~np.isin(years, _dated_years(rows, case))).sum())


@of_record(unit="years")
def longest_quiet(rows: Array, case: str, first: int, last: int) -> float:
    """Count the years of the longest time without a dated visit."""
    years = _dated_years(rows, case)
    inside = np.unique(years[(years >= first) & (years <= last)])
    return float(np.diff(np.concatenate([[first - 1], inside, [last + 1]])).max() - 1)
