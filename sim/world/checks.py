"""Rules that tie rows and tables of a world together; each adds what it finds to the faults."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import lru_cache
from itertools import pairwise
from typing import Any

from sim.core.calendar import EPOCH_YEAR, month_index, month_name
from sim.core.errors import folded, nearest_name
from sim.core.table_reader import NO_MONTH, Column, UserTable
from sim.world.fields import Levels, TableSchema
from sim.world.names import BOTH, PlaceNames

_OPEN = 10**9
"""Stands for the end of an open period; later than any month."""


def check_sheet(table: TableSchema, sheet: UserTable) -> None:
    """Check the rules that a table can break on its own, where its cells are right."""
    _check_unique(sheet, table.key)
    for columns in table.unique:
        _check_unique(sheet, columns, alike=folded)
    _check_complete(table, sheet)
    _check_given(table, sheet)
    _check_ordered(table, sheet)
    _check_differ(table, sheet)
    _check_ascending(table, sheet)
    _check_spans(table, sheet)


def check_links(
    table: TableSchema, sheets: Mapping[str, UserTable], names: Callable[[], PlaceNames]
) -> None:
    """Check that a table's values occur in the tables they refer to, and the reverse."""
    sheet = sheets[table.name]
    for column in table.fields:
        if column.refers:
            _check_refers(sheet, column, sheets, names)
    _check_each(table, sheet, sheets)
    _check_levels(table, sheet, sheets)
    if not sheet.faults:
        _check_every_year(table, sheet)


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


def _check_unique(
    sheet: UserTable, columns: tuple[str, ...], alike: Callable[[str], str] = str
) -> None:
    for first, *others in _groups(sheet, columns, alike).values():
        for row in others:
            sheet.fault(
                f"{_key_text(sheet, columns, row)} is already on {sheet.place(first)}",
                row=row,
                field=", ".join(columns),
                allowed="each only once",
            )


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


def _check_given(table: TableSchema, sheet: UserTable) -> None:
    for rule in table.given:
        for row, value, _ in sheet.rows(rule.when, rule.then):
            if value in rule.values and bool(sheet.cells[rule.then][row]) != rule.filled:
                needed = table[rule.then].in_words().removesuffix(", or blank")
                sheet.fault(
                    f"does not go with {rule.when} {value}",
                    row=row,
                    field=rule.then,
                    allowed=needed if rule.filled else "blank",
                )


def _check_ordered(table: TableSchema, sheet: UserTable) -> None:
    if table.ordered is None:
        return
    first, last = table.ordered
    for row, begins, ends in sheet.rows(first, last):
        if ends != NO_MONTH and not begins < ends:
            sheet.fault(
                f"{sheet.cells[last][row]} is not after {first} {sheet.cells[first][row]}",
                row=row,
                field=last,
                allowed=f"a month after {first}, or blank",
            )


def _check_differ(table: TableSchema, sheet: UserTable) -> None:
    if table.differ is None:
        return
    one, other = table.differ
    for row, value, second in sheet.rows(one, other):
        if value == second:
            sheet.fault(
                f"{value} is also the row's {one}",
                row=row,
                field=other,
                allowed=f"another than {one}",
            )


def _check_ascending(table: TableSchema, sheet: UserTable) -> None:
    if not table.ascending:
        return
    starts = {row: start for row, *_, start in sheet.rows(*table.ascending, "start")}
    for rows in _groups(sheet, table.ascending).values():
        for before, after in pairwise(row for row in rows if row in starts):
            if starts[after] < starts[before]:
                sheet.fault(
                    f"{sheet.cells['start'][after]} comes after {sheet.cells['start'][before]} "
                    f"of {sheet.place(before)}",
                    row=after,
                    field="start",
                    allowed=f"rows in order of start within one {table.ascending[0]}",
                )


def _periods(sheet: UserTable, group: tuple[str, ...]) -> dict[str, list[tuple[int, int, int]]]:
    """Return start, end and row of each period in order of start, by what they belong to."""
    periods: dict[str, list[tuple[int, int, int]]] = {}
    for row, *_, start, end in sheet.rows(*group, "start", "end"):
        last = _OPEN if end == NO_MONTH else end
        periods.setdefault(_key_text(sheet, group, row), []).append((start, last, row))
    return {name: sorted(found) for name, found in periods.items()}


def _check_spans(table: TableSchema, sheet: UserTable) -> None:
    if table.spans is None:
        return
    for name, periods in _periods(sheet, table.spans.group).items():
        for (_, end, before), (start, _, after) in pairwise(periods):
            if start < end:
                sheet.fault(
                    f"the period overlaps that of {sheet.place(before)}",
                    row=after,
                    field="start",
                    allowed=f"one period at a time for {name}",
                )


def _check_every_year(table: TableSchema, sheet: UserTable) -> None:
    """Check that a yearly series leaves no year out, from the first simulated to the last given."""
    column = table.every_year
    if not column or not sheet.whole:
        return
    rows = {(name, int(year)): row for row, name, year in sheet.rows(column, "year")}
    last = max((year for _, year in rows), default=0)
    for name in dict.fromkeys(name for name, _ in rows):
        missing = [y for y in range(EPOCH_YEAR, last + 1) if (name, y) not in rows]
        for year in missing:
            sheet.fault(
                f"there is no row for {name!r} in {year}",
                row=rows.get((name, year - 1)),
                field=f"{column}, year",
                allowed=f"a row for every year from {EPOCH_YEAR} to {last}, the last of the table; "
                "0 where there is nothing",
            )


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


def _check_each(table: TableSchema, sheet: UserTable, sheets: Mapping[str, UserTable]) -> None:
    for rule in table.each:
        other, column = rule.refers.split(".")
        if not (sheet.whole and sheets[other].whole):
            continue
        late = (
            {row for row, start in sheet.rows("start") if start > _by(rule.by)} if rule.by else ()
        )
        cells = enumerate(sheet.cells[rule.column])
        answered = {value for row, value in cells if row not in late}
        for value in sheets[other].cells[column]:
            if value and value not in answered:
                when = f" that starts by {month_name(_by(rule.by))}" if rule.by else ""
                sheet.fault(
                    f"there is no row for {value!r}{when}",
                    field=rule.column,
                    allowed=f"at least one row for each {column} of {other}.csv",
                )


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
