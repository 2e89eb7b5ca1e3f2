"""The shipped world several times over, to measure how run time grows with the world.

Every country, with its localities and their map, and every actor stand in it so many times;
sectors, signals and forums stand once. Copies have the figures and the history of the original, and
free codes that mean nothing.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Collection, Iterator
from itertools import product
from string import ascii_uppercase

from sim.core.errors import InputError
from sim.world.table_schemas import COUNTRY, LOCALITY, PROVINCE, TABLES, TableSchema
from sim.world.tables import SHIPPED, World, load_world

_ONCE = ("sectors", "signals", "signal_levels", "forums")
_SLUGS = ("firms.code", "organisations.code", "banks.code")
_NAME = "name"

Renaming = dict[str, Callable[[str], str]]
"""What becomes of a cell in a copy, by the column that declares it."""


def enlarged_tables(times: int) -> dict[str, bytes]:
    """Return the files of the shipped world, by name, with each country and actor so many times.

    With ``times`` 1 every file is as it is. Further names stand for the originals only.

    InputError if ``times`` is below 1 or there are not enough two-letter codes for so many
    countries.
    """
    world = load_world()
    renamings = list(_renamings(world, times))
    files = {f"{name}.csv": (SHIPPED / f"{name}.csv").read_bytes() for name in TABLES}
    for name, table in TABLES.items():
        if table.of_runs and name not in _ONCE:
            files[f"{name}.csv"] += b"".join(_copies(table, files[f"{name}.csv"], renamings))
    return files


def _copies(table: TableSchema, content: bytes, renamings: list[Renaming]) -> Iterator[bytes]:
    """Yield the rows of a table as they stand in each copy."""
    alone = {columns[0] for columns in table.unique if len(columns) == 1}
    header, *rows = csv.reader(io.StringIO(content.decode(), newline=""))
    for renaming in renamings:
        rules = []
        for column in map(table.__getitem__, header):
            rule = renaming.get(column.refers or f"{table.name}.{column.name}")
            rules.append(rule or renaming[_NAME] if column.name in alone else rule)
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows(
            [rule(cell) if rule and cell else cell for rule, cell in zip(rules, row, strict=True)]
            for row in rows
        )
        yield text.getvalue().encode()


def _renamings(world: World, times: int) -> Iterator[Renaming]:
    """Yield what becomes of codes and names in each copy but the first, the original."""
    countries = world.countries["iso3"].tolist()
    codes = [*world.localities["code"], *world.provinces["code"]]
    prefixes = dict.fromkeys([*world.countries["iso2"], *(code[:2] for code in codes)])
    most = len(ascii_uppercase) ** 2 // len(prefixes)
    if not 1 <= times <= most:
        raise InputError(
            f"{times} is out of range",
            argument="times",
            allowed=f"1 to {most}, as far as two-letter codes go",
        )
    free2, free3 = _free(2, prefixes), _free(3, countries)
    width = int(world.grid["col"].max()) + 2
    for number in range(2, times + 1):
        two = dict(zip(prefixes, free2, strict=False))
        three = dict(zip(countries, free3, strict=False))
        yield _renaming(number, two, three, width * (number - 1))


def _renaming(number: int, two: dict[str, str], three: dict[str, str], right: int) -> Renaming:
    """Return the rules of one copy; its map lies so many columns to the right."""

    def coded(code: str) -> str:
        return two[code[:2]] + code[2:]

    return {
        COUNTRY: three.__getitem__,
        "countries.iso2": two.__getitem__,
        LOCALITY: coded,
        "cities.code": coded,
        PROVINCE: coded,
        "grid.col": lambda column: str(int(column) + right),
        _NAME: lambda name: f"{name} {number}",
        **dict.fromkeys(_SLUGS, lambda code: f"{code}-{number}"),
    }


def _free(length: int, taken: Collection[str]) -> Iterator[str]:
    """Yield the codes of so many letters that are not taken."""
    codes = ("".join(letters) for letters in product(ascii_uppercase, repeat=length))
    return (code for code in codes if code not in taken)
