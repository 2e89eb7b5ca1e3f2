"""Rules that tie rows and tables of a world together."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import lru_cache
from itertools import pairwise

from sim.calendar import month_index, month_name
from sim.errors import nearest_name
from sim.world.fields import Field, Levels
from sim.world.reading import NO_MONTH, Sheet, Value

_OPEN = 10**9
"""Stands for the end of an open period; later than any month."""


def check_sheet(sheet: Sheet) -> None:
    """Check the rules that a table can break on its own.

    Raises
    ------
    InputError
        At the first row that breaks one.
    """
    for columns in (sheet.table.key, *sheet.table.unique):
        _check_unique(sheet, columns)
    _check_complete(sheet)
    _check_given(sheet)
    _check_ordered(sheet)
    _check_differ(sheet)
    _check_ascending(sheet)
    _check_spans(sheet)


def check_links(sheet: Sheet, sheets: Mapping[str, Sheet]) -> None:
    """Check that a table's values occur in the tables they refer to, and the reverse.

    Raises
    ------
    InputError
        At the first value that does not, or for the first row that nothing answers.
    """
    for described in sheet.table.fields:
        if described.refers:
            _check_refers(sheet, described, sheets)
    _check_each(sheet, sheets)
    _check_levels(sheet, sheets)


def _groups(sheet: Sheet, columns: tuple[str, ...]) -> dict[tuple[Value, ...], list[int]]:
    """Return the rows of each combination of the columns' values, in file order."""
    groups: dict[tuple[Value, ...], list[int]] = {}
    rows = zip(*(sheet.values[column] for column in columns), strict=True)
    for row, values in enumerate(rows):
        groups.setdefault(values, []).append(row)
    return groups


def _said(sheet: Sheet, columns: tuple[str, ...], row: int) -> str:
    return ", ".join(sheet.cells[column][row] for column in columns)


def _check_unique(sheet: Sheet, columns: tuple[str, ...]) -> None:
    for rows in _groups(sheet, columns).values():
        if len(rows) > 1:
            raise sheet.error(
                f"{_said(sheet, columns, rows[1])} is already on line {sheet.lines[rows[0]]}",
                row=rows[1],
                field=", ".join(columns),
                allowed="each only once",
            )


def _check_complete(sheet: Sheet) -> None:
    column = sheet.table.complete
    for value in sheet.table[column].allowed if column else ():
        if value not in sheet.cells[column]:
            raise sheet.error(
                f"there is no row for {value!r}",
                field=column,
                allowed=f"one row for each of {', '.join(sheet.table[column].allowed)}",
            )


def _check_given(sheet: Sheet) -> None:
    for rule in sheet.table.given:
        for row, value in enumerate(sheet.cells[rule.when]):
            if value in rule.values and bool(sheet.cells[rule.then][row]) != rule.filled:
                needed = sheet.table[rule.then].in_words().removesuffix(", or blank")
                raise sheet.error(
                    f"does not go with {rule.when} {value}",
                    row=row,
                    field=rule.then,
                    allowed=needed if rule.filled else "blank",
                )


def _check_ordered(sheet: Sheet) -> None:
    if sheet.table.ordered is None:
        return
    first, last = sheet.table.ordered
    pairs = zip(sheet.values[first], sheet.values[last], strict=True)
    for row, (begins, ends) in enumerate(pairs):
        if ends != NO_MONTH and not begins < ends:  # type: ignore[operator]
            raise sheet.error(
                f"{sheet.cells[last][row]} is not after {first} {sheet.cells[first][row]}",
                row=row,
                field=last,
                allowed=f"a month after {first}, or blank",
            )


def _check_differ(sheet: Sheet) -> None:
    if sheet.table.differ is None:
        return
    one, other = sheet.table.differ
    for row, value in enumerate(sheet.cells[one]):
        if value == sheet.cells[other][row]:
            raise sheet.error(
                f"{value} is also the row's {one}",
                row=row,
                field=other,
                allowed=f"another than {one}",
            )


def _check_ascending(sheet: Sheet) -> None:
    if not sheet.table.ascending:
        return
    starts = sheet.values["start"]
    for rows in _groups(sheet, sheet.table.ascending).values():
        for before, after in pairwise(rows):
            if starts[after] < starts[before]:  # type: ignore[operator]
                raise sheet.error(
                    f"{sheet.cells['start'][after]} comes after {sheet.cells['start'][before]} "
                    f"of line {sheet.lines[before]}",
                    row=after,
                    field="start",
                    allowed=f"rows in order of start within one {sheet.table.ascending[0]}",
                )


def _check_spans(sheet: Sheet) -> None:
    if sheet.table.spans is None:
        return
    starts = [int(value) for value in sheet.values["start"]]
    ends = [_OPEN if end == NO_MONTH else int(end) for end in sheet.values["end"]]
    group = sheet.table.spans.group
    for rows in _groups(sheet, group).values():
        rows.sort(key=starts.__getitem__)
        for before, after in pairwise(rows):
            if starts[after] < ends[before]:
                raise sheet.error(
                    f"the period overlaps that of line {sheet.lines[before]}",
                    row=after,
                    field="start",
                    allowed=f"one period at a time for {_said(sheet, group, after)}",
                )


def _check_refers(sheet: Sheet, described: Field, sheets: Mapping[str, Sheet]) -> None:
    table, column = described.refers.split(".")
    known = set(sheets[table].cells[column])
    for row, value in enumerate(sheet.cells[described.name]):
        if value and value not in known:
            raise sheet.error(
                f"{value!r} is not in {table}.csv",
                row=row,
                field=described.name,
                allowed=described.in_words(),
                nearest=nearest_name(value, known),
            )


@lru_cache(maxsize=8)
def _by(month: str) -> int:
    return month_index(month) if month else _OPEN


def _check_each(sheet: Sheet, sheets: Mapping[str, Sheet]) -> None:
    for rule in sheet.table.each:
        table, column = rule.refers.split(".")
        starts = sheet.values["start"] if rule.by else [0] * len(sheet.lines)
        pairs = zip(sheet.cells[rule.column], starts, strict=True)
        answered = {value for value, start in pairs if int(start) <= _by(rule.by)}
        for value in sheets[table].cells[column]:
            if value not in answered:
                when = f" that starts by {month_name(_by(rule.by))}" if rule.by else ""
                raise sheet.error(
                    f"there is no row for {value!r}{when}",
                    field=rule.column,
                    allowed=f"at least one row for each {column} of {table}.csv",
                )


def _check_levels(sheet: Sheet, sheets: Mapping[str, Sheet]) -> None:
    """Check levels against the range and the default that another table declares."""
    rule = sheet.table.levels
    if rule is None:
        return
    declared = sheets[rule.table]
    rows = _groups(sheet, (rule.series,))
    names = (rule.series, "low", "high", "default")
    for number, (name, low, high, default) in enumerate(
        zip(*(declared.values[column] for column in names), strict=True)
    ):
        if not low <= high or float(default) < low or float(default) > high:
            raise declared.error(
                f"{low} to {high} is no range, or default {default} is outside it",
                row=number,
                field="low, high, default",
                allowed="low below high, and a default between them or blank",
            )
        of_series = rows.get((name,), [])
        for row in of_series:
            if not low <= sheet.values[rule.value][row] <= high:
                raise sheet.error(
                    f"{sheet.cells[rule.value][row]} is out of the range of {name}",
                    row=row,
                    field=rule.value,
                    allowed=f"{low:g} to {high:g}",
                )
        if math.isnan(float(default)):
            _check_covered(sheet, rule, str(name), of_series)


def _check_covered(sheet: Sheet, rule: Levels, name: str, rows: list[int]) -> None:
    """Check that the periods of a series leave no month out."""
    at = month_index(rule.since)
    for row in sorted(rows, key=lambda row: int(sheet.values["start"][row])):
        if int(sheet.values["start"][row]) > at:
            break
        end = int(sheet.values["end"][row])
        at = _OPEN if end == NO_MONTH else end
    if at < _OPEN:
        raise sheet.error(
            f"{name} has no level in {month_name(at)}",
            field=rule.series,
            allowed=f"a level for every month from {rule.since}, the last without an end, or a "
            f"default in {rule.table}.csv",
        )
