"""The files with which a world of one's own begins, and what its README says of every table."""

from __future__ import annotations

from pathlib import Path

from sim.core.errors import InputError
from sim.world.enlargement import enlarged_tables
from sim.world.table_schemas import TABLES

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
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        undefined=StrictUndefined,
        trim_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["cell"] = lambda text: text.replace("|", "\\|")
    environment.filters["listed"] = lambda columns: ", ".join(f"`{column}`" for column in columns)
    return environment.get_template("handbook.md").render(tables=TABLES.values())
