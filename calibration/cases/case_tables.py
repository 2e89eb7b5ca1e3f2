"""The documented cases and events, as data.

``cases.csv`` has a row for each case the report names and ``case_events.csv`` one for each dated or
undated event; both give the passage they rest on. Kinds, levels and results are coded by this
project; the choices are in ``docs/calibration.md``.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from sim.core.calendar import month_index
from sim.core.errors import nearest_name
from sim.core.table_reader import UserTable, read_table
from sim.world.fields import month, number, slug, source, text

CASES = Path(__file__).with_name("cases.csv")
EVENTS = Path(__file__).with_name("case_events.csv")

DEPTHS = ("deep", "named", "aside", "background")
"""How closely the report looks at a case: studied, told of, mentioned, or no case at all."""

PRECISIONS = ("day", "month", "year", "decade", "none")
INITIATORS = ("china", "lac", "unknown")
LEVELS = ("local", "central", "none")
CHANNELS = (
    "province",
    "organisation",
    "embassy",
    "firm",
    "bank",
    "association",
    "university",
    "none",
)
WAYS = ("backlash", "referendum", "veto", "withheld", "lapse")
"""How something failed: the results of events of the kind ``failure``."""


@dataclass(frozen=True)
class Case:
    """Hold one documented case.

    Parameters
    ----------
    id, name, country
        Identity, name and ISO 3166 alpha-3 code; the background has no country.
    localities
        ISO 3166-2 codes; none for a case of a national government.
    depth
        One of :data:`DEPTHS`.
    since, until
        First and last month of a deep case, as in ``2005-06``; else empty.
    initiator, chinese_actors, office_holders, aligned, decides, outcome
        What the report says of them, coded or in a few words; empty if nothing.
    source
        Passage of the report.
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


@dataclass(frozen=True)
class CaseEvent:
    """Hold one documented event.

    Parameters
    ----------
    id, case
        Identity and the case it belongs to.
    date, precision
        Date to its precision, one of :data:`PRECISIONS`; empty if none is known.
    country, localities
        Codes; none for events above countries.
    kind, result
        What it was and what came of it; the result of a ``failure`` is one of :data:`WAYS`.
    channel, level, initiator
        Who acted for China, who decided, who began.
    lac_actor, chinese_actor, sector
        As the report names them.
    value
        US$ million, None if not stated.
    note, source
        Choices made in coding the event; passage of the report.
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
    lac_actor: str
    chinese_actor: str
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


_CASE = slug("case", "Identity.")
_MONTH = "a month as YYYY-MM; of a deep case both, in order"
_CASE_COLUMNS = (
    _CASE,
    text("name", "Name."),
    text("country", "Code.", blank=True),
    text("localities", "Codes.", blank=True),
    text("depth", "Depth.", *DEPTHS),
    *(month(name, _MONTH, blank=True) for name in ("since", "until")),
    text("initiator", "Who began.", *INITIATORS, blank=True),
    *(
        text(name, "As the report has it.", blank=True)
        for name in ("chinese_actors", "office_holders", "aligned", "decides", "outcome")
    ),
    source(),
)
_EVENT_COLUMNS = (
    text("id", "Identity."),
    _CASE,
    text("date", "Date.", blank=True),
    text("precision", "Precision.", *PRECISIONS),
    text("country", "Code.", blank=True),
    text("locality", "Codes.", blank=True),
    text("kind", "Kind."),
    text("result", "Result."),
    text("channel", "Channel.", *CHANNELS),
    text("level", "Level.", *LEVELS),
    text("initiator", "Who began.", *INITIATORS),
    *(
        text(name, "As the report has it.", blank=True)
        for name in ("lac_actor", "chinese_actor", "sector")
    ),
    number("value_usd_m", "US$ million.", blank=True),
    text("note", "Choices made.", blank=True),
    source(),
)


@cache
def load_cases(path: Path = CASES) -> dict[str, Case]:
    """Return the documented cases by their identity.

    Raises
    ------
    InputError
        If rows are not valid.
    """
    sheet = read_table(path, _CASE_COLUMNS)
    _check_unique(sheet, "case")
    found: dict[str, Case] = {}
    for line, row in enumerate(_rows(sheet)):
        fields = {name: cell for name, cell in row.items() if name not in ("case", "localities")}
        case = Case(**fields, id=row["case"], localities=_codes(row["localities"]))
        if case.depth == "deep":
            _check_window(sheet, line, case)
        found[case.id] = case
    sheet.refuse()
    return found


@cache
def load_events(path: Path = EVENTS, cases: Path = CASES) -> tuple[CaseEvent, ...]:
    """Return the documented events in the order of the table.

    Raises
    ------
    InputError
        If rows are not valid or name no case.
    """
    known = load_cases(cases)
    sheet = read_table(path, _EVENT_COLUMNS)
    _check_unique(sheet, "id")
    events = []
    for line, row in enumerate(_rows(sheet)):
        _check(sheet, line, "case", row["case"], tuple(known))
        if row["kind"] == "failure":
            _check(sheet, line, "result", row["result"], WAYS)
        value = float(sheet.values["value_usd_m"][line])
        event = CaseEvent(
            **{k: v for k, v in row.items() if k not in ("locality", "value_usd_m")},
            localities=_codes(row["locality"]),
            value=None if math.isnan(value) else value,
        )
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


def _check(sheet: UserTable, row: int, field: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        words = ", ".join(allowed) if len(allowed) < 12 else None
        near = nearest_name(value, allowed)
        sheet.fault(f"{value!r} is not accepted", row=row, field=field, allowed=words, nearest=near)


def _check_unique(sheet: UserTable, column: str) -> None:
    first: dict[str, int] = {}
    for row, value in sheet.rows(column):
        if first.setdefault(value, row) != row:
            sheet.fault(f"{value!r} stands twice", row=row, field=column)


def _check_window(sheet: UserTable, row: int, case: Case) -> None:
    try:
        first, last = case.window
    except ValueError:
        first, last = 1, 0
    if first > last or len(case.localities) != 1:
        said = "a deep case has one locality and two months in order"
        sheet.fault(said, row=row, field="since")


def _codes(text: str) -> tuple[str, ...]:
    return tuple(code for code in text.split(";") if code)


def _rows(sheet: UserTable) -> Iterator[dict[str, str]]:
    """Yield the rows of a table that could be read, as written."""
    if not sheet.whole:
        sheet.refuse()
    for row in range(len(sheet)):
        yield {name: str(cells[row]) for name, cells in sheet.cells.items()}
