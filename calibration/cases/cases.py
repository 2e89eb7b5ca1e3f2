"""The documented cases and events, as data.

``cases.csv`` has a row for each case the report names and ``case_events.csv`` one for each dated or
undated event; both give the passage they rest on. Kinds, levels and results are coded by this
project; the choices are in ``docs/calibration.md``.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from sim.calendar import month_index
from sim.errors import InputError, nearest_name

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


@cache
def load_cases(path: Path = CASES) -> dict[str, Case]:
    """Return the documented cases by their identity.

    Raises
    ------
    InputError
        If a row is not valid.
    """
    found: dict[str, Case] = {}
    for line, row in _rows(path):
        case = Case(
            **{k: v for k, v in row.items() if k not in ("case", "localities")},
            id=row["case"],
            localities=_codes(row["localities"]),
        )
        _check(path, line, "depth", case.depth, DEPTHS)
        if case.id in found:
            raise InputError(f"{case.id!r} stands twice", file=path, line=line, field="case")
        if case.depth == "deep":
            _check_window(path, line, case)
        found[case.id] = case
    return found


@cache
def load_events(path: Path = EVENTS, cases: Path = CASES) -> tuple[CaseEvent, ...]:
    """Return the documented events in the order of the table.

    Raises
    ------
    InputError
        If a row is not valid or names no case.
    """
    known = load_cases(cases)
    return tuple(_event(path, line, row, known) for line, row in _rows(path))


def deep_cases() -> dict[str, Case]:
    """Return the cases that the report studies, by identity."""
    return {name: case for name, case in load_cases().items() if case.depth == "deep"}


def _event(path: Path, line: int, row: dict[str, str], cases: dict[str, Case]) -> CaseEvent:
    _check(path, line, "case", row["case"], tuple(cases))
    _check(path, line, "precision", row["precision"], PRECISIONS)
    _check(path, line, "initiator", row["initiator"], INITIATORS)
    _check(path, line, "level", row["level"], LEVELS)
    _check(path, line, "channel", row["channel"], CHANNELS)
    if row["kind"] == "failure":
        _check(path, line, "result", row["result"], WAYS)
    value = row["value_usd_m"]
    try:
        number = float(value) if value else None
    except ValueError:
        raise InputError(
            f"{value!r} is no number", file=path, line=line, field="value_usd_m"
        ) from None
    event = CaseEvent(
        **{k: v for k, v in row.items() if k not in ("locality", "value_usd_m")},
        localities=_codes(row["locality"]),
        value=number,
    )
    try:
        _ = event.month
    except ValueError:
        raise InputError(
            f"{event.date!r} is no date", file=path, line=line, field="date", allowed="YYYY-MM-DD"
        ) from None
    return event


def _check(path: Path, line: int, field: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        words = ", ".join(allowed) if len(allowed) < 12 else None
        raise InputError(
            f"{value!r} is not accepted",
            file=path,
            line=line,
            field=field,
            allowed=words,
            nearest=nearest_name(value, allowed),
        )


def _check_window(path: Path, line: int, case: Case) -> None:
    try:
        first, last = case.window
    except ValueError:
        first, last = 1, 0
    if first > last or len(case.localities) != 1:
        raise InputError(
            "a deep case has one locality and two months in order",
            file=path,
            line=line,
            field="since",
        )


def _codes(text: str) -> tuple[str, ...]:
    return tuple(code for code in text.split(";") if code)


def _rows(path: Path) -> list[tuple[int, dict[str, str]]]:
    """Return the rows of a table with their lines."""
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            return [(n, dict(row)) for n, row in enumerate(csv.DictReader(stream), start=2)]
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", file=path) from error
