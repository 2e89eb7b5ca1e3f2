"""Rules that tie rows and tables of a world together; each adds what it finds to the faults."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import pairwise
from typing import Any

from sim.core.calendar import EPOCH_YEAR, month_index, month_name
from sim.core.errors import folded, nearest_name
from sim.core.table_reader import NO_MONTH, Column, UserTable
from sim.world.names import BOTH, PlaceNames
from sim.world.table_schemas import Levels, TableSchema

_OPEN = 10**9
"""Stands for the end of an open period; later than any month."""


Fault = tuple[int | None, str, str, str]
"""Row, field, what is wrong, and what is allowed."""


def check_sheet(table: TableSchema, sheet: UserTable) -> None:
    """Check the rules that a table can break on its own, where its cells are right."""
    _check_complete(table, sheet)
    for check in (_repeats, _given, _disordered, _alike, _descents, _overlaps):
        _add(sheet, check(table, sheet))


def check_links(
    table: TableSchema, sheets: Mapping[str, UserTable], names: Callable[[], PlaceNames]
) -> None:
    """Check that a table's values occur in the tables they refer to, and the reverse."""
    sheet = sheets[table.name]
    for column in table.fields:
        if column.refers:
            _check_refers(sheet, column, sheets, names)
    _add(sheet, _unanswered(table, sheet, sheets))
    _check_levels(table, sheet, sheets)
    if not sheet.faults:
        _add(sheet, _years_left_out(table, sheet))


def _add(sheet: UserTable, faults: Iterable[Fault]) -> None:
    for row, field, said, allowed in faults:
        sheet.fault(said, row=row, field=field, allowed=allowed)


def _groups(
    sheet: UserTable, columns: tuple[str, ...], alike: Callable[[str], str] = str
) -> dict[tuple[Any, ...], list[int]]:
    """Return the rows of each combination of the columns' values, in file order.

    Texts of which ``alike`` returns the same are the same.
    """
    groups: dict[tuple[Any, ...], list[int]] = {}
    for row, *values in sheet.rows(*columns):
        same = tuple(alike(value) if isinstance(value, str) else value for value in values)
        groups.setdefault(same, []).append(row)
    return groups


def _key_text(sheet: UserTable, columns: tuple[str, ...], row: int) -> str:
    return ", ".join(str(sheet.cells[column][row]) for column in columns)


def _repeats(table: TableSchema, sheet: UserTable) -> Iterator[Fault]:
    for columns in (table.key, *table.unique):
        alike = str if columns is table.key else folded
        for first, *others in _groups(sheet, columns, alike).values():
            for row in others:
                said = f"{_key_text(sheet, columns, row)} is already on {sheet.place(first)}"
                yield row, ", ".join(columns), said, "each only once"


def _check_complete(table: TableSchema, sheet: UserTable) -> None:
    if table.complete is None or not sheet.whole:
        return
    column, words = table.complete
    given = sheet.cells[column]
    more = [word for word in given if word not in words]
    for value in words:
        if value not in given:
            near = nearest_name(value, more)
            sheet.fault(
                f"there is no row for {value!r}",
                row=given.index(near) if near in given else None,
                field=column,
                allowed=f"one row for each of {', '.join(words)}; others may come on top",
                nearest=value if near else None,
            )


def _given(table: TableSchema, sheet: UserTable) -> Iterator[Fault]:
    for rule in table.given:
        for row, value, _ in sheet.rows(rule.when, rule.then):
            if value in rule.values and bool(sheet.cells[rule.then][row]) != rule.filled:
                needed = table[rule.then].in_words().removesuffix(", or blank")
                said = f"does not go with {rule.when} {value}"
                yield row, rule.then, said, needed if rule.filled else "blank"


def _disordered(table: TableSchema, sheet: UserTable) -> Iterator[Fault]:
    first, last = table.ordered or ("", "")
    for row, begins, ends in sheet.rows(first, last):
        if ends != NO_MONTH and not begins < ends:
            said = f"{sheet.cells[last][row]} is not after {first} {sheet.cells[first][row]}"
            yield row, last, said, f"a month after {first}, or blank"


def _alike(table: TableSchema, sheet: UserTable) -> Iterator[Fault]:
    one, other = table.differ or ("", "")
    for row, value, second in sheet.rows(one, other):
        if value == second:
            yield row, other, f"{value} is also the row's {one}", f"another than {one}"


def _descents(table: TableSchema, sheet: UserTable) -> Iterator[Fault]:
    if not table.ascending:
        return
    starts = {row: start for row, *_, start in sheet.rows(*table.ascending, "start")}
    cells, allowed = sheet.cells.get("start", []), f"one {table.ascending[0]}"
    for rows in _groups(sheet, table.ascending).values():
        for before, after in pairwise(row for row in rows if row in starts):
            if starts[after] < starts[before]:
                said = f"{cells[after]} comes after {cells[before]} of {sheet.place(before)}"
                yield after, "start", said, f"rows in order of start within {allowed}"


def _periods(sheet: UserTable, group: tuple[str, ...]) -> dict[str, list[tuple[int, int, int]]]:
    """Return start, end and row of each period in order of start, by what they belong to."""
    periods: dict[str, list[tuple[int, int, int]]] = {}
    for row, *_, start, end in sheet.rows(*group, "start", "end"):
        last = _OPEN if end == NO_MONTH else end
        periods.setdefault(_key_text(sheet, group, row), []).append((start, last, row))
    return {name: sorted(found) for name, found in periods.items()}


def _overlaps(table: TableSchema, sheet: UserTable) -> Iterator[Fault]:
    for name, periods in _periods(sheet, table.spans).items() if table.spans else ():
        for (_, end, before), (start, _, after) in pairwise(periods):
            if start < end:
                said = f"the period overlaps that of {sheet.place(before)}"
                yield after, "start", said, f"one period at a time for {name}"


def _years_left_out(table: TableSchema, sheet: UserTable) -> Iterator[Fault]:
    """Yield the years that a yearly series leaves out, from the first simulated to the last."""
    column = table.every_year
    if not column or not sheet.whole:
        return
    rows = {(name, int(year)): row for row, name, year in sheet.rows(column, "year")}
    last = max((year for _, year in rows), default=0)
    allowed = f"a row for every year from {EPOCH_YEAR} to {last}, the last of the table; "
    allowed += "0 where there is nothing"
    for name in dict.fromkeys(name for name, _ in rows):
        for year in range(EPOCH_YEAR, last + 1):
            if (name, year) not in rows:
                before = rows.get((name, year - 1))
                yield before, f"{column}, year", f"there is no row for {name!r} in {year}", allowed


def _check_refers(
    sheet: UserTable,
    column: Column,
    sheets: Mapping[str, UserTable],
    names: Callable[[], PlaceNames],
) -> None:
    table, key = column.refers.split(".")
    if not sheets[table].whole:
        return
    known = set(sheets[table].cells[key])
    for row, value in sheet.rows(column.name):
        if value and value not in known:
            near = names().suggest(value, (table,)) if table in BOTH else nearest_name(value, known)
            sheet.fault(
                f"{value!r} is not in {table}.csv",
                row=row,
                field=column.name,
                allowed=column.in_words(),
                nearest=near,
            )


@lru_cache(maxsize=8)
def _by(month: str) -> int:
    return month_index(month) if month else _OPEN


def _unanswered(
    table: TableSchema, sheet: UserTable, sheets: Mapping[str, UserTable]
) -> Iterator[Fault]:
    for rule in table.each:
        other, column = rule.refers.split(".")
        if not (sheet.whole and sheets[other].whole):
            continue
        late = (
            {row for row, start in sheet.rows("start") if start > _by(rule.by)} if rule.by else ()
        )
        cells = enumerate(sheet.cells[rule.column])
        answered = {value for row, value in cells if row not in late}
        allowed = f"at least one row for each {column} of {other}.csv"
        for value in sheets[other].cells[column]:
            if value and value not in answered:
                when = f" that starts by {month_name(_by(rule.by))}" if rule.by else ""
                yield None, rule.column, f"there is no row for {value!r}{when}", allowed


def _check_levels(table: TableSchema, sheet: UserTable, sheets: Mapping[str, UserTable]) -> None:
    """Check levels against the range and the default that another table declares."""
    rule = table.levels
    if rule is None or not sheet.whole:
        return
    declared = sheets[rule.table]
    levels = list(sheet.rows(rule.series, rule.value))
    periods = _periods(sheet, (rule.series,))
    for row, name, low, high, default in declared.rows(rule.series, "low", "high", "default"):
        if low > high or default < low or default > high:
            declared.fault(
                "the range is empty, or the default outside it",
                row=row,
                field="default, low, high",
                allowed="low below high, and a default between them or blank",
            )
        for at, series, level in levels:
            if series == name and not low <= level <= high:
                sheet.fault(
                    f"{level:g} is out of the range of {name}",
                    row=at,
                    field=rule.value,
                    allowed=f"{low:g} to {high:g}",
                )
        if math.isnan(default):
            _check_covered(sheet, rule, name, periods.get(name, []))


def _check_covered(
    sheet: UserTable, rule: Levels, name: str, periods: list[tuple[int, int, int]]
) -> None:
    """Check that the periods of a series leave no month out."""
    at = month_index(rule.since)
    for start, end, _ in periods:
        if start > at:
            break
        at = max(at, end)
    if at < _OPEN:
        sheet.fault(
            f"{name} has no level in {month_name(at)}",
            field=rule.series,
            allowed=f"a level for every month from {rule.since}, the last without an end, or a "
            f"default in {rule.table}.csv",
        )
