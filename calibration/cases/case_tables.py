"""The documented cases and events, as data.

``cases.csv`` has a row for each case the report names and ``case_events.csv`` one for each dated or
undated event; both give the passage they rest on. Kinds, levels and results are coded by this
project; the choices are in ``docs/calibration.md``.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from calibration.external.lists import positions
from sim.core.calendar import month_index
from sim.core.enums import ACTOR_TYPES
from sim.core.errors import nearest_name
from sim.core.table_reader import Column, UserTable, read_table
from sim.world.table_schemas import column

CASES = Path(__file__).with_name("cases.csv")
EVENTS = Path(__file__).with_name("case_events.csv")

DEPTHS = ("deep", "named", "aside", "background")
"""How closely the report looks at a case: studied, told of, mentioned, or no case at all."""

WAYS = ("backlash", "referendum", "veto", "withheld", "lapse")
"""How something failed: the results of events of the kind ``failure``."""


class Case(NamedTuple):
    """Hold one documented case.

    The country is an ISO 3166 alpha-3 code, empty for the background; localities are ISO 3166-2
    codes, none for a case of a national government. ``since`` and ``until`` are first and last
    month of a deep case, as in ``2005-06``. The rest is what the report says, coded or in a few
    words, and the passage; empty if nothing.
    """

    id: str
    name: str
    country: str
    localities: tuple[str, ...]
    depth: str
    since: str
    until: str
    initiator: str
    chinese_actors: str
    office_holders: str
    aligned: str
    decides: str
    outcome: str
    source: str

    @property
    def window(self) -> tuple[int, int]:
        """Return the first and last month of a deep case, from January 2000."""
        return month_index(self.since), month_index(self.until)


class CaseEvent(NamedTuple):
    """Hold one documented event.

    The date is to its precision, empty if none is known; country and localities are empty for
    events above countries. ``kind`` and ``result`` are what it was and what came of it, ``channel``
    who acted for China, ``level`` who decided, ``tier`` whose office it was with, empty if none is
    told, ``province`` the code of the Chinese province that the Chinese side is of, empty if none
    is told, ``value`` US$ million, None if not stated. ``note`` tells of choices made in coding.
    The head of a first-level unit is a governor, whatever the title.
    """

    id: str
    case: str
    date: str
    precision: str
    country: str
    localities: tuple[str, ...]
    kind: str
    result: str
    channel: str
    level: str
    initiator: str
    tier: str
    lac_actor: str
    chinese_actor: str
    province: str
    sector: str
    value: float | None
    note: str
    source: str

    @property
    def month(self) -> int | None:
        """Return the month from January 2000; January where only the year is known."""
        if self.precision in ("decade", "none"):
            return None
        return month_index(self.date[:7] if len(self.date) > 4 else f"{self.date}-01")


def _texts(names: str) -> tuple[Column, ...]:
    return tuple(
        column(name, meaning="As the report has it.", blank=True) for name in names.split()
    )


_WHO = ("china", "lac", "unknown")
_CHANNELS = (*ACTOR_TYPES, "university", "none")
_MONTH = "a month as YYYY-MM; of a deep case both, in order"
_CASE_COLUMNS = (
    column("case", "slug", "Identity."),
    column("name", "text", "Name."),
    column("depth", "text", "Depth.", *DEPTHS),
    column("initiator", "text", "Who began.", *_WHO, blank=True),
    column("since", "month", _MONTH, blank=True),
    column("until", "month", _MONTH, blank=True),
    *_texts("country localities chinese_actors office_holders aligned decides outcome"),
    column("source", "source"),
)
_EVENT_COLUMNS = (
    column("case", "slug", "Case."),
    *(column(name, "text", "As coded.") for name in ("id", "kind", "result")),
    column("precision", "text", "Precision.", "day", "month", "year", "decade", "none"),
    column("channel", "text", "Channel.", *_CHANNELS),
    column("level", "text", "Level.", "local", "central", "none"),
    column("initiator", "text", "Who began.", *_WHO),
    column("tier", "text", "Whose office.", "governor", "mayor", blank=True),
    *_texts("date country locality lac_actor chinese_actor province sector note"),
    column("value_usd_m", "number", "US$ million.", blank=True),
    column("source", "source"),
)


@cache
def load_cases(path: Path = CASES) -> dict[str, Case]:
    """Return the documented cases by their identity; an InputError if rows are not valid."""
    sheet = read_table(path, _CASE_COLUMNS)
    found: dict[str, Case] = {}
    for line, row in _rows(sheet, "case"):
        case = Case(id=row.pop("case"), localities=_codes(row.pop("localities")), **row)
        if case.depth == "deep":
            _check_window(sheet, line, case)
        found[case.id] = case
    sheet.refuse()
    return found


@cache
def load_events(path: Path = EVENTS, cases: Path = CASES) -> tuple[CaseEvent, ...]:
    """Return the documented events in the order of the table.

    An InputError tells that rows are not valid or name no case.
    """
    known = load_cases(cases)
    sheet = read_table(path, _EVENT_COLUMNS)
    events = []
    for line, row in _rows(sheet, "id"):
        _check(sheet, line, "case", row["case"], tuple(known))
        if row["kind"] == "failure":
            _check(sheet, line, "result", row["result"], WAYS)
        if row["province"]:
            _check(sheet, line, "province", row["province"], tuple(positions().province))
        del row["value_usd_m"]
        value = float(sheet.values["value_usd_m"][line])
        amount, codes = None if math.isnan(value) else value, _codes(row.pop("locality"))
        event = CaseEvent(localities=codes, value=amount, **row)
        try:
            _ = event.month
        except ValueError:
            said = f"{event.date!r} is no date"
            sheet.fault(said, row=line, field="date", allowed="YYYY-MM-DD, or less of it")
        events.append(event)
    sheet.refuse()
    return tuple(events)


def focal_cases() -> dict[str, Case]:
    """Return the cases that the report studies, by identity."""
    return {name: case for name, case in load_cases().items() if case.depth == "deep"}


def _rows(sheet: UserTable, identity: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield number and cells of the rows of a table that could be read, each identity once."""
    first: dict[str, int] = {}
    for row, value in sheet.rows(identity):
        if first.setdefault(value, row) != row:
            sheet.fault(f"{value!r} stands twice", row=row, field=identity)
    if not sheet.whole:
        sheet.refuse()
    for row in range(len(sheet)):
        yield row, {name: str(cells[row]) for name, cells in sheet.cells.items()}


def _codes(given: str) -> tuple[str, ...]:
    return tuple(code for code in given.split(";") if code)


def _check(sheet: UserTable, row: int, field: str, value: str, allowed: Sequence[str]) -> None:
    if value not in allowed:
        words = ", ".join(allowed) if len(allowed) < 12 else None
        near = nearest_name(value, allowed)
        sheet.fault(f"{value!r} is not accepted", row=row, field=field, allowed=words, nearest=near)


def _check_window(sheet: UserTable, row: int, case: Case) -> None:
    try:
        first, last = case.window
    except ValueError:
        first, last = 1, 0
    if first > last or len(case.localities) != 1:
        said = "a deep case has one locality and two months in order"
        sheet.fault(said, row=row, field="since")
