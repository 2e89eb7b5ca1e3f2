"""The files with which a world of one's own begins, and what its README says of every table."""

from __future__ import annotations

from collections.abc import Iterator

from sim.core.errors import InputError
from sim.core.table_reader.columns import Column
from sim.world.enlargement import enlarged_tables
from sim.world.table_schemas import TABLES, TableSchema

README = "README.md"
OF_RULES = ("signals",)
"""Tables whose rows the rules read, wherever they are applied."""
OF_SENDER = (
    *("sectors", "provinces", "province_sectors", "firms", "firm_sectors"),
    *("organisations", "banks", "envelopes"),
)
STARTS = {
    "lac": tuple(TABLES),
    "sender": (*OF_SENDER, *OF_RULES),
    "empty": OF_RULES,
}
"""The tables that keep the shipped rows, by what a world starts from; of others only the header."""
_HEAD = """# Tables of a world

A world is this folder: one CSV file a table. Replace the rows by those of your region, then:

    paradiplomacy world check DIR       every fault at once, with file, line and what is allowed
    paradiplomacy world codes DIR       the codes that scenarios may name
    paradiplomacy run baseline --world DIR

Fill sides, sectors, countries and localities first: most other tables refer to them. Every row
says in its source where its figures come from: write "assumption" where that is the truth.
The values of the parameters were fitted to the shipped world alone; runs on other tables say that
they are not calibrated.

- Files are UTF-8, with commas between cells and the names of the columns on the first line; the
  order of columns is free.
- Months are written YYYY-MM. `start` is the first month of a period, `end` the first month after.
- A blank cell means unknown or not applicable, and stands only where the table below says so.
- Shares and levels without a unit go from 0 to 1. Money is in US dollars of the year.
- In names of columns and outcomes `lac` stands for the region reached out to, `china` for the
  sender.
"""


def starting_files(start: str, times: int = 1) -> dict[str, bytes]:
    """Return the files of a new world, by name, its README among them.

    It starts with one of :data:`STARTS`, each country and actor of the shipped world there so
    many times. InputError if a world without countries is to be multiplied, or the number is
    out of range.
    """
    if times != 1 and start != "lac":
        raise InputError(
            "multiplies the shipped countries, which are left out",
            argument="times",
            allowed="1, or another with a start from lac",
        )
    kept = enlarged_tables(times)
    files = {
        f"{name}.csv": kept[f"{name}.csv"]
        if name in STARTS[start]
        else (",".join(table.columns) + "\n").encode()
        for name, table in TABLES.items()
    }
    return {README: handbook().encode(), **files}


def handbook() -> str:
    """Return what every table and column holds, and its rules, as the reader declares them."""
    return _HEAD + "".join(f"\n{part}\n" for part in map(_of_table, TABLES.values()))


def _of_table(table: TableSchema) -> str:
    rows = [f"| `{c.name}` | {_cell(_allowed(c))} | {_cell(c.meaning)} |" for c in table.fields]
    lines = [
        f"## {table.name}.csv",
        "",
        f"{table.meaning} {_needed(table)}",
        "",
        *("| column | holds | meaning |", "|---|---|---|", *rows),
        "",
        *(f"- {rule}" for rule in _rules(table)),
    ]
    return "\n".join(lines)


def _allowed(column: Column) -> str:
    return f"`{column.in_words()}`" if column.pattern else column.in_words()


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _needed(table: TableSchema) -> str:
    if not table.of_runs:
        return "No run depends on it: the file may be missing."
    return "The header alone is enough." if table.may_be_empty else "It needs rows."


def _rules(table: TableSchema) -> Iterator[str]:
    """Yield the rules that rows obey, in words."""
    for columns in (table.key, *table.unique):
        yield f"{_listed(columns)}: no two rows have the same."
    if table.complete:
        column, words = table.complete
        yield f"`{column}`: a row for each of {', '.join(words)}; others may come on top."
    for each in table.each:
        other, column = each.refers.split(".")
        when = f" that starts by {each.by}" if each.by else ""
        yield f"`{each.column}`: a row{when} for each `{column}` of {other}.csv."
    for given in table.given:
        filled = "filled" if given.filled else "blank"
        yield f"`{given.then}` is {filled} where `{given.when}` is {' or '.join(given.values)}."
    if table.ordered:
        yield f"`{table.ordered[0]}` is before `{table.ordered[1]}`."
    if table.differ:
        yield f"{_listed(table.differ)} differ."
    if table.ascending:
        yield f"Rows of one {_listed(table.ascending)} stand in the order of `start`."
    if table.spans:
        yield f"Periods of one {_listed(table.spans)} don't overlap."
    if table.levels:
        rule = table.levels
        yield (
            f"`{rule.value}` lies between `low` and `high` of its `{rule.series}` in "
            f"{rule.table}.csv; one without a `default` there has a level in every month from "
            f"{rule.since} on."
        )
    if table.every_year:
        yield f"Every `{table.every_year}` has a row for each `year`, from 2000 to the last."


def _listed(columns: tuple[str, ...]) -> str:
    return ", ".join(f"`{column}`" for column in columns)
