"""The record: what is told of events, in one form for the report and for a run.

A statistic of the record is computed by one function from either, so that like is compared with
like. Only kinds that the model has too are kept.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np

from calibration.cases.case_tables import WAYS, CaseEvent, focal_cases, load_cases, load_events
from calibration.external.lists import positions
from sim.core import enums as k
from sim.core.state import Array

KINDS = (
    "visit_to_lac",
    "visit_to_china",
    "twinning",
    "university_link",
    "memorandum",
    "deal_local",
    "deal_central",
    "acquisition",
    "failure",
)
VISIT, JOURNEY, TWINNING, LINK, MEMORANDUM = range(5)
LOCAL_DEAL, CENTRAL_DEAL, ACQUISITION, FAILURE = range(5, 9)

BACKLASH, REFERENDUM, VETO, WITHHELD, LAPSE = range(5)

ROW = np.dtype(
    [
        ("kind", "i1"),
        ("place", "i4"),
        ("country", "i4"),
        ("month", "i4"),
        ("channel", "i1"),
        ("province", "i1"),
        ("way", "i1"),
        ("case", "i1"),
        ("dated", "?"),
        ("mayor", "?"),
        ("exact", "?"),
        ("value", "f4"),
    ]
)
"""One event told. ``place`` is a locality or -1, ``month`` counts from January 2000 (-1: unknown),
``channel`` is one of :data:`sim.core.enums.ACTOR_TYPES` or -1, ``province`` the number of the
Chinese province that acted, itself or by a firm of its, or -1, ``way`` one of
:data:`calibration.cases.case_tables.WAYS` or -1, ``case`` the number of a deep case or -1. An
event of a deep case that is not ``dated`` is only counted in the case's totals. ``mayor`` tells of
an event with a city, ``exact`` that not only the year is known; ``value`` is US$ million, 0 if not
stated."""

LAST_MONTH = 251
"""December 2020; the record ends there."""

_CHANNEL = {name: number for number, name in enumerate(k.ACTOR_TYPES)} | {
    # A university's delegation stands beside its province's: the model has no universities.
    "university": k.PROVINCE,
    "none": -1,
}


class DeepCase(NamedTuple):
    """Hold a deep case's locality as a code and as a number, and its first and last month."""

    id: str
    locality: str
    place: int
    country: int
    first: int
    last: int


@cache
def studied() -> tuple[DeepCase, ...]:
    """Return the deep cases in the order of the table."""
    number = positions()
    return tuple(
        DeepCase(name, code, number.locality[code], number.country[case.country], *case.window)
        for name, case in focal_cases().items()
        for code in case.localities
    )


def case_number(name: str) -> int:
    """Return the number of a deep case; a KeyError if there is none of this name."""
    return {case.id: number for number, case in enumerate(studied())}[name]


@cache
def recorded() -> Array:
    """Return the report's record as rows of :data:`ROW`.

    A visit to several localities is one row for each of them; a deal in several is one row, in the
    first. Visits by delegations of a national government are left out, as are events before 2000
    and those of the background, which have no place.
    """
    rows = [row for event in load_events() for row in _rows(event)]
    found = np.array(rows, dtype=ROW)
    found.flags.writeable = False
    return found


def _rows(event: CaseEvent) -> list[tuple[float, ...]]:
    kind, month = _kind(event), event.month
    if kind is None or (month is not None and not 0 <= month <= LAST_MONTH):
        return []
    if load_cases()[event.case].depth == "background":
        return []
    number = positions()
    case = next((i for i, deep in enumerate(studied()) if deep.id == event.case), -1)
    way = WAYS.index(event.result) if event.kind == "failure" else -1
    places = [number.locality[code] for code in event.localities] or [-1]
    if kind not in (VISIT, JOURNEY):
        places = places[:1]
    when = -1 if month is None else month
    country, channel = number.country[event.country], _CHANNEL[event.channel]
    province = number.province.get(event.province, -1)
    told = (country, when, channel, province, way, case, True, event.tier == "mayor",
            event.precision in ("month", "day"), event.value or 0.0)  # fmt: skip
    return [(kind, place, *told) for place in places]


def _kind(event: CaseEvent) -> int | None:
    """Return the record's kind of an event, None if it has none."""
    if event.kind == "deal":
        return LOCAL_DEAL if event.level == "local" else CENTRAL_DEAL
    central_trip = event.kind in ("visit_to_lac", "visit_to_china") and event.level == "central"
    if event.kind not in KINDS or central_trip:
        return None
    return KINDS.index(event.kind)
