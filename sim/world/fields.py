"""The words in which the world's tables are described: fields, tables, rules."""

from __future__ import annotations

from dataclasses import dataclass, field

from sim.core.calendar import month_index
from sim.core.table_reader.columns import LONGEST_SOURCE, Column

COUNTRY = "countries.iso3"
LOCALITY = "localities.code"
PROVINCE = "provinces.code"
SECTOR = "sectors.code"

FIRST_SERIES = month_index("1990-01")
"""First month in which a period of a series may start."""
FIRST_HISTORY = month_index("1800-01")
LAST_MONTH = month_index("2100-12")


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
class TableSchema:
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
        A column and the words in it that must each have a row.
    each, given, levels, spans, ordered, differ
        Rules; ``ordered`` names two month columns of which the first must be earlier,
        ``differ`` two columns that may not be equal.
    may_be_empty
        Whether a header alone is enough.
    of_runs
        Whether runs depend on it. A table of which none does may be missing, and does not count in
        the world's digest.
    every_year
        Column whose values must each have a row for every ``year`` from the first that is
        simulated to the last of the table.
    """

    name: str
    meaning: str
    fields: tuple[Column, ...]
    key: tuple[str, ...]
    ascending: tuple[str, ...] = ()
    unique: tuple[tuple[str, ...], ...] = ()
    complete: tuple[str, tuple[str, ...]] | None = None
    each: tuple[Each, ...] = ()
    given: tuple[Given, ...] = ()
    levels: Levels | None = None
    spans: Spans | None = None
    ordered: tuple[str, str] | None = None
    differ: tuple[str, str] | None = None
    may_be_empty: bool = False
    of_runs: bool = True
    every_year: str = ""
    _by_name: dict[str, Column] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Index the fields by name."""
        object.__setattr__(self, "_by_name", {f.name: f for f in self.fields})

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the names of the columns in their usual order."""
        return tuple(f.name for f in self.fields)

    def __getitem__(self, name: str) -> Column:
        """Return the field of that name."""
        return self._by_name[name]


def text(name: str, meaning: str, *allowed: str, blank: bool = False) -> Column:
    """Describe a text column, limited to ``allowed`` if any are given."""
    return Column(name, "text", meaning, required=not blank, allowed=allowed)


def coded(name: str, meaning: str, pattern: str) -> Column:
    """Describe a text column whose cells match a regular expression."""
    return Column(name, "text", meaning, pattern=pattern)


def link(name: str, refers: str, meaning: str, *, blank: bool = False) -> Column:
    """Describe a column whose values occur in another table."""
    return Column(name, "text", meaning, required=not blank, refers=refers)


def number(
    name: str,
    meaning: str,
    low: float | None = 0.0,
    high: float | None = None,
    *,
    blank: bool = False,
) -> Column:
    """Describe a column of numbers."""
    return Column(name, "number", meaning, required=not blank, low=low, high=high)


def share(name: str, meaning: str, *, blank: bool = False) -> Column:
    """Describe a column of numbers from 0 to 1."""
    return number(name, meaning, 0.0, 1.0, blank=blank)


def integer(
    name: str, meaning: str, low: float, high: float | None = None, *, blank: bool = False
) -> Column:
    """Describe a column of whole numbers."""
    return Column(name, "integer", meaning, required=not blank, low=low, high=high)


def flag(name: str, meaning: str, *, blank: bool = False) -> Column:
    """Describe a column of 0 and 1."""
    return Column(name, "flag", meaning, required=not blank)


def month(name: str, meaning: str, *, blank: bool = False, since: int = FIRST_HISTORY) -> Column:
    """Describe a column of months, none before ``since``."""
    ends = (since, LAST_MONTH)
    return Column(name, "month", meaning, not blank, *ends)


def source(name: str = "source", of: str = "the row's figures", *, blank: bool = False) -> Column:
    """Describe a column that says where something comes from."""
    meaning = f"Where {of} come from."
    return Column(name, "text", meaning, required=not blank, longest=LONGEST_SOURCE, lettered=True)


def slug(name: str, meaning: str) -> Column:
    """Describe a column of short lower-case codes."""
    return coded(name, meaning, "[a-z0-9][a-z0-9_-]*")


def country(name: str = "iso3") -> Column:
    """Describe a column of countries."""
    return link(name, COUNTRY, "Country, ISO 3166-1 alpha-3.")


def start(meaning: str = "First month.", since: int = FIRST_SERIES) -> Column:
    """Describe the column in which a period starts."""
    return month("start", meaning, since=since)


def end(meaning: str = "First month after; blank if still open.") -> Column:
    """Describe the column in which a period ends."""
    return month("end", meaning, blank=True, since=FIRST_SERIES)
