"""Read one CSV file of a world and turn its cells into numbers, months and text."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path

from sim.calendar import month_index
from sim.errors import InputError, nearest_name
from sim.world.fields import Field, Table

NO_MONTH = -9999
"""Stands for a blank month."""

Value = str | int | float

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_INTEGER = re.compile(r"[+-]?\d{1,15}", re.ASCII)
_DATE = re.compile(r"\d{4}(-(0[1-9]|1[0-2]))?", re.ASCII)


@dataclass(frozen=True)
class Sheet:
    """Hold one file's cells by column.

    Parameters
    ----------
    table
        Its description.
    path
        Its file.
    lines
        For each row the line of the file on which it ends, from 1.
    cells
        For each column the cells as written, one per row.
    values
        For each column the cells' values, one per row.
    """

    table: Table
    path: Path
    lines: list[int]
    cells: dict[str, list[str]]
    values: dict[str, list[Value]]

    def error(
        self,
        message: str,
        *,
        row: int | None = None,
        field: str | None = None,
        allowed: str | None = None,
        nearest: str | None = None,
    ) -> InputError:
        """Return an error that points at a row of this file."""
        line = None if row is None else self.lines[row]
        return InputError(
            message, file=self.path, line=line, field=field, allowed=allowed, nearest=nearest
        )


def read_sheet(table: Table, path: Path, content: bytes) -> Sheet:
    """Return the sheet written in ``content``.

    Raises
    ------
    InputError
        If the text, the header, the shape or a cell is wrong.
    """
    names, rows, lines = _split(table, path, _decode(path, content))
    columns = [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _ in names]
    cells = {name: columns[names.index(name)] for name in table.columns}
    sheet = Sheet(table, path, lines, cells, {})
    for described in table.fields:
        sheet.values[described.name] = _column(sheet, described)
    return sheet


def _decode(path: Path, content: bytes) -> str:
    try:
        decoded = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise InputError(
            "the text is not valid UTF-8", file=path, line=line, allowed="a CSV file in UTF-8"
        ) from error
    if "\0" in decoded:
        line = decoded.count("\n", 0, decoded.index("\0")) + 1
        raise InputError("the text holds a null character", file=path, line=line)
    return decoded


def _split(table: Table, path: Path, decoded: str) -> tuple[list[str], list[list[str]], list[int]]:
    """Return the header, the rows and the line on which each row ends."""
    reader = csv.reader(io.StringIO(decoded, newline=""), strict=True)
    rows: list[list[str]] = []
    lines: list[int] = []
    try:
        names = next(reader, None)
        if not names:
            header = ",".join(table.columns)
            raise InputError("the file is empty", file=path, line=1, allowed=f"the header {header}")
        _check_header(table, path, names)
        for row in reader:
            if len(row) != len(names):
                said = f"the row has {len(row)} cells" if row else "the line is blank"
                raise InputError(
                    said, file=path, line=reader.line_num, allowed=f"{len(names)} cells"
                )
            rows.append(row)
            lines.append(reader.line_num)
    except csv.Error as error:
        raise InputError(
            f"the CSV text is broken ({error})", file=path, line=max(reader.line_num, 1)
        ) from error
    if not rows and not table.may_be_empty:
        raise InputError("the file has no rows", file=path, line=1, allowed="at least one row")
    return names, rows, lines


def _check_header(table: Table, path: Path, names: list[str]) -> None:
    fail = partial(InputError, file=path, line=1, allowed=", ".join(table.columns))
    missing = [name for name in table.columns if name not in names]
    extra = [name for name in names if name not in table.columns]
    repeated = [name for name in names if names.count(name) > 1]
    if missing:
        raise fail(
            "this column is missing", field=missing[0], nearest=nearest_name(missing[0], extra)
        )
    if extra:
        raise fail(
            f"there is no such column in {table.name}.csv",
            field=extra[0] or "(a column without a name)",
            nearest=nearest_name(extra[0], table.columns),
        )
    if repeated:
        raise fail("this column occurs twice", field=repeated[0])


def _column(sheet: Sheet, described: Field) -> list[Value]:
    """Return a column's values; point at the first bad cell."""
    parse = _parser(described)
    values: list[Value] = []
    for row, cell in enumerate(sheet.cells[described.name]):
        try:
            if cell:
                values.append(parse(cell))
            elif described.required:
                raise ValueError("the cell is blank")
            else:
                values.append(blank(described))
        except ValueError as error:
            raise sheet.error(
                str(error),
                row=row,
                field=described.name,
                allowed=described.in_words(),
                nearest=nearest_name(cell, described.allowed) if cell else None,
            ) from None
    return values


def blank(described: Field) -> Value:
    """Return the value that stands for a blank cell of a field."""
    if described.kind == "month":
        return NO_MONTH
    return math.nan if described.kind in ("number", "integer", "flag") else ""


def _parser(described: Field) -> Callable[[str], Value]:
    if described.kind == "month":
        return _month
    if described.kind == "flag":
        return _flag
    if described.kind in ("number", "integer"):
        whole = described.kind == "integer"
        return partial(_number, whole=whole, low=described.low, high=described.high)
    pattern = _DATE if described.kind == "date" else None
    if described.pattern:
        pattern = re.compile(described.pattern)
    return partial(_text, pattern=pattern, allowed=frozenset(described.allowed))


@lru_cache(maxsize=4096)
def _month(cell: str) -> int:
    index = month_index(cell)
    if cell != cell.strip():
        raise ValueError(f"{cell!r} is not a month of the form YYYY-MM")
    return index


def _flag(cell: str) -> int:
    if cell not in ("0", "1"):
        raise ValueError(f"{cell!r} is neither 0 nor 1")
    return int(cell)


def _number(cell: str, *, whole: bool, low: float | None, high: float | None) -> int | float:
    if not (_INTEGER if whole else _NUMBER).fullmatch(cell):
        raise ValueError(f"{cell!r} is not {'a whole number' if whole else 'a number'}")
    value = int(cell) if whole else float(cell)
    if low is not None and value < low:
        raise ValueError(f"{cell} is too small")
    if not math.isfinite(value) or (high is not None and value > high):
        raise ValueError(f"{cell} is too large")
    return value


def _text(cell: str, *, pattern: re.Pattern[str] | None, allowed: frozenset[str]) -> str:
    if cell != cell.strip():
        raise ValueError(f"{cell!r} has spaces around it")
    if allowed and cell not in allowed:
        raise ValueError(f"{cell!r} is not known here")
    if pattern is not None and not pattern.fullmatch(cell):
        raise ValueError(f"{cell!r} has the wrong form")
    return cell
