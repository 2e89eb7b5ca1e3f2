"""Read a table that a user brings and check every cell of it against its column."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sim.core.errors import InputError, Near, nearest_name, refuse
from sim.core.table_reader.columns import Column, Value, read_cells
from sim.core.table_reader.numbers import Decimals
from sim.core.table_reader.opening import Opened, open_table


@dataclass
class UserTable:
    """Hold one table's cells by column, and all that is wrong with them.

    ``cells`` has for each column the cells as written, a blank as an empty text; ``values``
    what they mean, of a wrong cell as of a blank one; ``wrong`` the rows whose cells are wrong.
    ``lines`` has for each row the line of the file on which it ends, from 1, and is None where
    a file has no lines. It is ``whole`` if all rows and columns could be read, be their cells
    right or wrong.
    """

    path: Path
    digest: str
    lines: list[int] | None
    cells: dict[str, list[Any]] = field(default_factory=dict)
    values: dict[str, list[Value]] = field(default_factory=dict)
    wrong: dict[str, Collection[int]] = field(default_factory=dict)
    faults: list[InputError] = field(default_factory=list)
    whole: bool = True

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(next(iter(self.cells.values()), ()))

    def place(self, row: int) -> str:
        """Return where a row stands, in words."""
        return f"row {row + 1}" if self.lines is None else f"line {self.lines[row]}"

    def fault(
        self,
        message: str,
        *,
        row: int | None = None,
        line: int | None = None,
        field: str | None = None,
        allowed: str | None = None,
        nearest: Near = None,
    ) -> None:
        """Add a fault of this file, at a row or line if one is given."""
        if row is not None and self.lines is not None:
            line = self.lines[row]
        if row is not None and self.lines is None:
            field = f"{field}, {self.place(row)}"
        self.faults.append(
            InputError(
                message, file=self.path, line=line, field=field, allowed=allowed, nearest=nearest
            )
        )

    def rows(self, *columns: str) -> Iterator[tuple[Any, ...]]:
        """Yield each row's number and its values, where those of all the columns are right."""
        if not all(name in self.values for name in columns):
            return
        wrong = set().union(*(self.wrong[name] for name in columns))
        for row, values in enumerate(zip(*(self.values[name] for name in columns), strict=True)):
            if row not in wrong:
                yield (row, *values)

    def refuse(self) -> None:
        """Raise all that is wrong, if anything is."""
        if self.faults:
            refuse(self.faults)


def read_table(
    path: Path,
    columns: Sequence[Column],
    *,
    content: bytes | None = None,
    opened: Opened | None = None,
    unread: Sequence[str] | None = (),
    header: str = "",
    may_be_empty: bool = False,
) -> UserTable:
    """Return a table with all that is wrong with it.

    The path is that of a CSV or Parquet file, in any form that
    :mod:`sim.core.table_reader.opening` knows, ``content`` or ``opened`` what it holds if it
    was read before. Columns ``unread`` may stand in the file besides; None lets any. ``header``
    says in words which columns it may have. A header alone is enough if it ``may_be_empty``.
    """
    known = [column.name for column in columns]
    opened = opened or open_table(path, (*known, *(unread or ())), content)
    sheet = UserTable(path, opened.digest, opened.lines, faults=opened.faults)
    sheet.whole = not opened.faults
    if not opened.names and opened.faults:
        return sheet
    _check_header(sheet, opened, columns, unread, header)
    found = {name: opened.columns[i] for i, name in enumerate(opened.names)}
    if not any(found.values()) and not sheet.faults and not may_be_empty:
        sheet.fault("the file has no rows", line=1, allowed="at least one row")
    _read_columns(sheet, found, [column for column in columns if column.name in found])
    return sheet


def _read_columns(sheet: UserTable, found: dict[str, list[Any]], columns: Sequence[Column]) -> None:
    """Add the columns' cells and values, and what is wrong with them line by line."""
    numbers = [found[c.name] for c in columns if c.kind in ("number", "integer")]
    decimals = Decimals.shown_by(c for cells in numbers for c in cells if isinstance(c, str))
    faults: list[tuple[int, str, Column]] = []
    for column in columns:
        cells = found[column.name]
        values, wrong = read_cells(column, cells, decimals)
        sheet.cells[column.name] = ["" if cell is None else cell for cell in cells]
        sheet.values[column.name], sheet.wrong[column.name] = values, wrong
        faults += [(row, said, column) for row, said in wrong.items()]
    for row, said, column in sorted(faults, key=lambda fault: fault[0]):
        cell = found[column.name][row]
        beside = {name: cells[row] for name, cells in found.items()}
        near = column.close_to(cell, beside) if cell not in (None, "") else None
        sheet.fault(said, row=row, field=column.name, allowed=column.in_words(), nearest=near)


def _check_header(
    sheet: UserTable,
    opened: Opened,
    columns: Sequence[Column],
    unread: Sequence[str] | None,
    words: str,
) -> None:
    """Add what is wrong with the names of the columns."""
    known = [column.name for column in columns]
    allowed = words or ", ".join(c.name if c.present else f"{c.name} (optional)" for c in columns)
    if unread and not words:
        allowed += f"; {', '.join(unread)} may stand in the file unread"
    first = 1 if opened.lines is not None else None
    extra = [name for name in opened.names if name not in (*known, *(unread or ()))]

    def fault(message: str, name: str, others: Sequence[str] = ()) -> None:
        sheet.faults.append(
            InputError(
                message,
                file=sheet.path,
                line=first,
                field=name or "(a column without a name)",
                allowed=allowed,
                nearest=nearest_name(name, others),
            )
        )

    for column in columns:
        if column.present and column.name not in opened.names:
            sheet.whole = False
            fault("this column is missing", column.name, extra)
    for name in dict.fromkeys(extra if unread is not None else ()):
        fault("there is no such column", name, [n for n in known if n not in opened.names])
    for name in dict.fromkeys(opened.names if unread is not None else known):
        if opened.names.count(name) > 1:
            fault("this column occurs twice", name)
