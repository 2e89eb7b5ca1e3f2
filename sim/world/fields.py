"""The words in which the world's tables are described: fields, tables, rules."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

COUNTRY = "countries.iso3"
LOCALITY = "localities.code"
PROVINCE = "provinces.code"
SECTOR = "sectors.code"

Kind = Literal["text", "number", "integer", "flag", "month", "date"]


@dataclass(frozen=True)
class Field:
    """Describe one column.

    Parameters
    ----------
    name
        Header of the column.
    kind
        ``text``; ``number`` (float64); ``integer`` and ``flag`` (0 or 1), int64 if
        required, else float64 with NaN for blank; ``month`` (YYYY-MM, int64 months
        since January 2000, ``NO_MONTH`` for blank); ``date`` (YYYY or YYYY-MM, text).
    meaning
        What the column says, with its unit.
    required
        Whether a blank cell is an error.
    low, high
        Smallest and largest number allowed.
    allowed
        The words allowed in a text column; empty allows any.
    pattern
        Regular expression that the whole cell must match.
    refers
        Table and column in which the value must occur, as ``"countries.iso3"``.
    """

    name: str
    kind: Kind
    meaning: str
    required: bool = True
    low: float | None = None
    high: float | None = None
    allowed: tuple[str, ...] = ()
    pattern: str = ""
    refers: str = ""

    def in_words(self) -> str:
        """Say in a few words what a cell may hold."""
        said = {
            "text": "text",
            "number": "a number",
            "integer": "a whole number",
            "flag": "0 or 1",
            "month": "a month as YYYY-MM",
            "date": "a date as YYYY or YYYY-MM",
        }[self.kind]
        if self.allowed:
            said = ", ".join(self.allowed)
        elif self.refers:
            table, column = self.refers.split(".")
            said = f"one of the column {column} in {table}.csv"
        elif self.pattern:
            said = f"text of the form {self.pattern}"
        if self.low is not None and self.high is not None:
            said += f" from {self.low:g} to {self.high:g}"
        elif self.low is not None:
            said += f" of at least {self.low:g}"
        return said if self.required else f"{said}, or blank"


@dataclass(frozen=True)
class Given:
    """Require ``then`` to be filled (or blank) where ``when`` holds one of ``values``."""

    when: str
    values: tuple[str, ...]
    then: str
    filled: bool


@dataclass(frozen=True)
class Each:
    """Require a row here for each row of another table.

    ``refers`` names the other table's column, ``column`` the one here; with ``by`` (a
    month, YYYY-MM) the row's ``start`` must not be later.
    """

    refers: str
    column: str
    by: str = ""


@dataclass(frozen=True)
class Spans:
    """Forbid overlapping periods among the rows that agree on the ``group`` columns.

    ``start`` is the first month of a period, ``end`` the first month after it; a blank
    ``end`` leaves the period open.
    """

    group: tuple[str, ...]


@dataclass(frozen=True)
class Levels:
    """Hold levels over time to what another table declares of each series.

    Parameters
    ----------
    table
        Table that declares each series, with its ``low``, ``high`` and ``default``.
    series
        Column, here and there, that names the series.
    value
        Column here that holds the level.
    since
        Month, as YYYY-MM, from which each series without a default must have a level.
    """

    table: str
    series: str
    value: str
    since: str


@dataclass(frozen=True)
class Table:
    """Describe one CSV file: ``name`` plus ``.csv``.

    Parameters
    ----------
    name
        Name of the file, without ``.csv``, and of the attribute of the world.
    meaning
        What one row is.
    fields
        Its columns.
    key
        Columns that together identify a row.
    ascending
        Columns whose groups list their ``start`` months in order.
    unique
        Further sets of columns whose values may not repeat.
    complete
        Column whose ``allowed`` words must each have a row.
    each, given, levels, spans, ordered, differ
        Rules; ``ordered`` names two month columns of which the first must be earlier,
        ``differ`` two columns that may not be equal.
    may_be_empty
        Whether a header alone is enough.
    """

    name: str
    meaning: str
    fields: tuple[Field, ...]
    key: tuple[str, ...]
    ascending: tuple[str, ...] = ()
    unique: tuple[tuple[str, ...], ...] = ()
    complete: str = ""
    each: tuple[Each, ...] = ()
    given: tuple[Given, ...] = ()
    levels: Levels | None = None
    spans: Spans | None = None
    ordered: tuple[str, str] | None = None
    differ: tuple[str, str] | None = None
    may_be_empty: bool = False
    _by_name: dict[str, Field] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Index the fields by name."""
        object.__setattr__(self, "_by_name", {f.name: f for f in self.fields})

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the names of the columns in their usual order."""
        return tuple(f.name for f in self.fields)

    def __getitem__(self, name: str) -> Field:
        """Return the field of that name."""
        return self._by_name[name]


def text(name: str, meaning: str, *allowed: str, blank: bool = False) -> Field:
    """Describe a text column, limited to ``allowed`` if any are given."""
    return Field(name, "text", meaning, required=not blank, allowed=allowed)


def coded(name: str, meaning: str, pattern: str) -> Field:
    """Describe a text column whose cells match a regular expression."""
    return Field(name, "text", meaning, pattern=pattern)


def link(name: str, refers: str, meaning: str, *, blank: bool = False) -> Field:
    """Describe a column whose values occur in another table."""
    return Field(name, "text", meaning, required=not blank, refers=refers)


def number(
    name: str,
    meaning: str,
    low: float | None = 0.0,
    high: float | None = None,
    *,
    blank: bool = False,
) -> Field:
    """Describe a column of numbers."""
    return Field(name, "number", meaning, required=not blank, low=low, high=high)


def share(name: str, meaning: str, *, blank: bool = False) -> Field:
    """Describe a column of numbers from 0 to 1."""
    return number(name, meaning, 0.0, 1.0, blank=blank)


def integer(
    name: str, meaning: str, low: float, high: float | None = None, *, blank: bool = False
) -> Field:
    """Describe a column of whole numbers."""
    return Field(name, "integer", meaning, required=not blank, low=low, high=high)


def flag(name: str, meaning: str, *, blank: bool = False) -> Field:
    """Describe a column of 0 and 1."""
    return Field(name, "flag", meaning, required=not blank)


def month(name: str, meaning: str, *, blank: bool = False) -> Field:
    """Describe a column of months."""
    return Field(name, "month", meaning, required=not blank)


def source(name: str = "source", of: str = "the row's figures") -> Field:
    """Describe a column that says where something comes from."""
    return Field(name, "text", f"Where {of} come from.")


def slug(name: str, meaning: str) -> Field:
    """Describe a column of short lower-case codes."""
    return coded(name, meaning, "[a-z0-9][a-z0-9_-]*")


def country(name: str = "iso3") -> Field:
    """Describe a column of countries."""
    return link(name, COUNTRY, "Country, ISO 3166-1 alpha-3.")


def start(meaning: str = "First month.") -> Field:
    """Describe the column in which a period starts."""
    return month("start", meaning)


def end(meaning: str = "First month after; blank if still open.") -> Field:
    """Describe the column in which a period ends."""
    return month("end", meaning, blank=True)
