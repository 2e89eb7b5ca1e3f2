"""Columns of a table: what a cell may hold, and what is wrong with one that does not."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from pydantic_core import SchemaValidator, ValidationError, core_schema

from sim.core.calendar import month_index, month_name
from sim.core.errors import Near, nearest_name
from sim.core.table_reader.numbers import Decimals, Unread

NO_MONTH = -9999
"""Stands for a blank month."""

Kind = Literal["text", "number", "integer", "flag", "month", "date"]
Value = str | int | float
"""What a cell means: text, a number, or a month counted from January 2000."""

LONGEST = 200
"""Most characters of a name or code."""
LONGEST_SOURCE = 1000
"""Most characters of a source."""

_NOUNS = {
    "text": "text",
    "number": "a number",
    "integer": "a whole number",
    "flag": "0 or 1",
    "month": "a month as YYYY-MM",
    "date": "a date as YYYY or YYYY-MM",
}
_DATE = re.compile(r"(\d{4})(-(0[1-9]|1[0-2]))?", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


@dataclass(frozen=True)
class Column:
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
        Smallest and largest number allowed; of a month its number, of a date its year.
    allowed
        The words allowed in a text column; empty allows any.
    pattern
        Regular expression that the whole cell must match.
    refers
        Table and column in which the value must occur, as ``"countries.iso3"``.
    longest
        Most characters of a text.
    lettered
        Whether a text must hold letters.
    present
        Whether a file must have the column.
    words
        What a cell may hold, in words; made from the rest if empty.
    unknown
        What is said of a word that is not allowed.
    nearest
        Returns the allowed word that another one most likely means, or None, given its row too;
        by default the word most alike.
    """

    name: str
    kind: Kind
    meaning: str = ""
    required: bool = True
    low: float | None = None
    high: float | None = None
    allowed: tuple[str, ...] = ()
    pattern: str = ""
    refers: str = ""
    longest: int = LONGEST
    lettered: bool = False
    present: bool = True
    words: str = ""
    unknown: str = "is not known here"
    nearest: Callable[[str, Mapping[str, Any]], Near] | None = None

    def in_words(self) -> str:
        """Say in a few words what a cell may hold."""
        said = self.words or self._kind_in_words()
        return said if self.required else f"{said}, or blank"

    def _kind_in_words(self) -> str:
        said = _NOUNS[self.kind]
        if self.allowed:
            said = ", ".join(self.allowed)
        elif self.refers:
            table, column = self.refers.split(".")
            said = f"one of the column {column} in {table}.csv"
        elif self.pattern:
            said = f"text of the form {self.pattern}"
        elif self.kind == "text" and (self.lettered or self.longest != LONGEST):
            said = f"text with letters, at most {self.longest} characters"
        low, high = (None if end is None else self._shown(end) for end in (self.low, self.high))
        if low is not None and high is not None:
            said += f" from {low} to {high}"
        elif low is not None:
            said += f" of at least {low}"
        return said

    def _shown(self, end: float) -> str:
        """Return an end of the range as it would stand in a cell."""
        return month_name(int(end)) if self.kind == "month" else f"{end:g}"

    def blank(self) -> Value:
        """Return the value that stands for a blank cell."""
        if self.kind == "month":
            return NO_MONTH
        return math.nan if self.kind in ("number", "integer", "flag") else ""

    def close_to(self, cell: object, row: Mapping[str, Any]) -> Near:
        """Return the allowed word that a cell most likely means in its row, or None."""
        if self.nearest is not None:
            return self.nearest(str(cell), row)
        return nearest_name(str(cell)[:LONGEST], self.allowed) if self.allowed else None


def read_cells(
    column: Column, cells: Sequence[Any], decimals: Decimals
) -> tuple[list[Value], dict[int, str]]:
    """Return what cells mean, of a wrong one as of a blank, and what is wrong with others, by row.

    Cells are text as written, numbers, or None for a blank; ``decimals`` says how the file
    writes decimals. A fault is a sentence without subject.
    """
    given = [None if cell in (None, "") else _meant(column, cell, decimals) for cell in cells]
    faults: dict[int, str] = {}
    try:
        values = _validator(column).validate_python(given)
    except ValidationError as error:
        for one in error.errors(include_url=False):
            row = int(one["loc"][0])
            faults[row] = _fault_text(column, cells[row], given[row], one["type"])
        right = [value for row, value in enumerate(given) if row not in faults]
        rest = iter(_validator(column).validate_python(right))
        values = [None if row in faults else next(rest) for row in range(len(given))]
    blank = column.blank()
    return [blank if value is None else value for value in values], faults


def _meant(column: Column, cell: Any, decimals: Decimals) -> Any:
    """Return a cell's value, or what is wrong with its form."""
    if column.kind in ("number", "integer"):
        return decimals.read(cell, column.low, column.high) if isinstance(cell, str) else cell
    if column.kind == "flag":
        return {"0": 0, "1": 1}.get(str(cell), Unread(f"{cell!r} is neither 0 nor 1"))
    if isinstance(cell, float):
        return Unread(f"{cell!r} is not {_NOUNS[column.kind]}")
    if column.kind == "month":
        return _month(str(cell))
    return str(cell) if column.allowed or column.pattern else _text(column, str(cell))


@lru_cache(maxsize=4096)
def _month(cell: str) -> int | Unread:
    try:
        return month_index(cell)
    except ValueError as error:
        return Unread(str(error))


def _text(column: Column, cell: str) -> str | Unread:
    """Return a free text, or what is wrong with it."""
    if column.kind == "date":
        found = _DATE.fullmatch(cell)
        if found is None:
            return Unread(f"{cell!r} has the wrong form")
        year = int(found.group(1))
        if not (column.low or 0) <= year <= (column.high or math.inf):
            return Unread(f"{cell} is too {'early' if year < (column.low or 0) else 'late'}")
    elif _CONTROL.search(cell):
        return Unread("holds a line break or another control character")
    elif cell[0] in "=+-@":
        return Unread(f"begins with {cell[0]!r}, which spreadsheets take for a formula")
    elif column.lettered and not any(map(str.isalpha, cell)):
        return Unread(f"{cell[:LONGEST]!r} holds no letters")
    return cell


@lru_cache(maxsize=512)
def _validator(column: Column) -> SchemaValidator:
    """Return what checks a list of values and tells of all that are wrong."""
    low, high = column.low, column.high
    if column.kind == "number":
        one: Any = core_schema.float_schema(strict=True, ge=low, le=high, allow_inf_nan=False)
    elif column.kind in ("integer", "month"):
        ends = [None if end is None else int(end) for end in (low, high)]
        one = core_schema.int_schema(ge=ends[0], le=ends[1])
    elif column.kind == "flag":
        one = core_schema.int_schema()
    elif column.allowed:
        one = core_schema.literal_schema(list(column.allowed))
    else:
        pattern = f"^(?:{column.pattern})$" if column.pattern else None
        one = core_schema.str_schema(strict=True, max_length=column.longest, pattern=pattern)
    one = one if column.required else core_schema.nullable_schema(one)
    return SchemaValidator(core_schema.list_schema(one))


def _fault_text(column: Column, cell: Any, value: Any, kind: str) -> str:
    """Return in words what is wrong with a cell."""
    if value is None:
        return "the cell is blank"
    if isinstance(value, Unread):
        return value.message
    if kind in ("greater_than_equal", "less_than_equal"):
        ends = ("early", "late") if column.kind == "month" else ("small", "large")
        return f"{cell} is too {ends[kind == 'less_than_equal']}"
    if kind == "finite_number":
        return f"{cell} is too large" if isinstance(cell, str) else f"{cell} is not a number"
    if kind == "string_too_long":
        return f"holds {len(value):,} characters, beginning {value[:40]!r}"
    if kind == "literal_error":
        return f"{cell!r} {column.unknown}"
    if kind == "string_pattern_mismatch":
        return f"{cell!r} has the wrong form"
    return f"{cell!r} is not {_NOUNS[column.kind]}"
