"""Read a table of counts or values by country or locality that a user brings.

The columns are ``unit`` (ISO 3166-1 code of three letters or ISO 3166-2 code), ``count`` or
``value``, and optionally ``year`` and ``sector``; ``name``, ``note`` and ``source`` may stand in
the file and are not read. Several rows about one unit add up.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sim.core.errors import InputError, Near, folded, nearest_name
from sim.core.state import Array
from sim.core.table_reader import Column, UserTable, read_table
from sim.world import World
from sim.world.names import PlaceNames

COUNTRY, LOCALITY = "country", "locality"
LEVELS = (COUNTRY, LOCALITY)
COUNT, VALUE = "count", "value"
NOT_READ = ("name", "note", "source")
COLUMNS = "unit, year (optional), sector (optional), and count or value"
LARGEST = 1e15
_WORDS = {
    "unit": "an ISO 3166-1 code of three letters or an ISO 3166-2 code of the world's tables",
    "year": "a year of four digits; leave the column out where years are not known",
    "sector": "{}; leave the column out where they are not known",
    COUNT: "a whole number from 0, without marks between thousands",
    VALUE: "an amount in US$ million from 0, without marks between thousands",
}
"""What a cell may hold, by column."""


@dataclass(frozen=True)
class ComparisonRequest:
    """Say how a table is to be compared.

    Parameters
    ----------
    outcome
        The model's outcome; by default ``deals`` for counts, ``deal_value_usd_m`` for values.
    first, last
        First and last year compared; by default those of the table, or of the scenario where
        the table has no years.
    complete
        Whether units that are not in the table have nothing; else only those in it are compared.
    by
        ``country`` adds localities up.
    within
        Countries to keep to; all if empty.
    """

    outcome: str | None = None
    first: int | None = None
    last: int | None = None
    complete: bool = False
    by: str | None = None
    within: tuple[str, ...] = ()


@dataclass(frozen=True)
class ObservedTable:
    """Hold what a user's table says of the years and countries asked for.

    ``measure`` is ``count`` or ``value``, ``level`` is ``country`` or ``locality``, ``units`` are
    the codes that occur, in the world's order. ``rows`` are those of the file but ``left_out`` of
    other years and countries: ``unit``, ``amount`` (of values in US$ million) and, where the file
    has them, ``year`` and ``sector`` (code). ``digest`` is the SHA-256 of the file.
    """

    file: Path
    digest: str
    measure: str
    level: str
    units: tuple[str, ...]
    rows: pd.DataFrame
    left_out: int


def read_observed(
    path: str | Path,
    world: World,
    request: ComparisonRequest | None = None,
    years: tuple[int, int] = (2000, 2020),
) -> ObservedTable:
    """Return the rows of a user's table that are asked for.

    ``years`` are the first and the last that the model is run for where the request names none.
    InputError tells all that is wrong with the file, its columns and cells, with lines.
    """
    asked = request or ComparisonRequest()
    file = read_table(Path(path), _columns(world), unread=NOT_READ)
    measures = [name for name in (COUNT, VALUE) if name in file.cells]
    if file.cells and len(measures) != 1:
        said = "count and value cannot both be compared" if measures else "this column is missing"
        file.fault(said, line=1, field="count or value", allowed=COLUMNS)
    file.refuse()
    (measure,) = measures
    known = [name for name in ("unit", "year", "sector") if name in file.values]
    rows = pd.DataFrame({name: file.values[name] for name in known})
    rows["amount"] = np.array(file.values[measure], dtype=np.float64)
    home = {code: code for code in world.countries["iso3"]}
    home |= dict(zip(world.localities["code"], world.localities["iso3"], strict=True))
    country = rows["unit"].map(home)
    keep = country.isin(asked.within) if asked.within else pd.Series(True, rows.index)
    if "year" in rows:
        _check_years(file, rows["year"][keep], asked, years)
        keep &= rows["year"].between(asked.first or -np.inf, asked.last or np.inf)
    if not keep.any():
        raise InputError("no row is left of the years and countries asked for", file=file.path)
    level = _level(file, np.where(rows["unit"] == country, COUNTRY, LOCALITY), keep, asked.by)
    if level == COUNTRY:
        rows["unit"] = country
    codes = world.countries["iso3"] if level == COUNTRY else world.localities["code"]
    units = tuple(codes[codes.isin(rows["unit"][keep])])
    left_out = int((~keep).sum())
    return ObservedTable(file.path, file.digest, measure, level, units, rows[keep], left_out)


def _columns(world: World) -> tuple[Column, ...]:
    """Return what the columns may hold."""
    sectors = tuple(world.sectors["code"])
    places = cache(lambda: PlaceNames.of(world.tables))
    codes = {
        folded(name): code
        for column in ("name", "code")
        for name, code in zip(world.sectors[column], sectors, strict=True)
    }

    def nearest_unit(cell: str, row: Mapping[str, Any]) -> Near:
        others = [other for name, other in row.items() if name != "unit" and other]
        return places().suggest(cell, beside=others)

    def nearest_sector(cell: str, _: object) -> str | None:
        text = folded(cell)
        found = text if text in codes else nearest_name(text, codes)
        return codes[found] if found is not None else None

    return (
        Column(
            "unit",
            "text",
            allowed=(*world.countries["iso3"], *world.localities["code"]),
            words=_WORDS["unit"],
            unknown="is no country or locality of this world",
            nearest=nearest_unit,
        ),
        Column("year", "integer", low=1000, high=9999, present=False, words=_WORDS["year"]),
        Column(
            "sector",
            "text",
            allowed=sectors,
            present=False,
            words=_WORDS["sector"].format(", ".join(sorted(sectors))),
            unknown="is no sector of this world",
            nearest=nearest_sector,
        ),
        Column(COUNT, "integer", low=0, high=LARGEST, present=False, words=_WORDS[COUNT]),
        Column(VALUE, "number", low=0.0, high=LARGEST, present=False, words=_WORDS[VALUE]),
    )


def _level(file: UserTable, levels: Array, keep: pd.Series, by: str | None) -> str:
    """Return the level at which the rows can be compared."""
    kept = np.flatnonzero(keep)
    first = str(levels[kept[0]])
    for row in kept:
        if by == LOCALITY and levels[row] == COUNTRY:
            file.fault(
                "a country cannot be compared by locality",
                row=int(row),
                field="unit",
                allowed="ISO 3166-2 codes",
            )
        if by is None and levels[row] != first:
            file.fault(
                f"this unit is a {levels[row]}, the one on {file.place(int(kept[0]))} a {first}",
                row=int(row),
                field="unit",
                allowed="either countries or localities; by country, localities are added up",
            )
    file.refuse()
    return by if by is not None else first


def _check_years(
    file: UserTable, found: pd.Series, asked: ComparisonRequest, years: tuple[int, int]
) -> None:
    """Refuse rows whose years are neither run nor left out."""
    # A limit that was asked for leaves rows out; where there is none, all must be run.
    early = (found < years[0]) & (asked.first is None)
    late = (found > years[1]) & (asked.last is None)
    for row in found.index[early | late]:
        file.fault(
            f"{found[row]} is outside the years of the scenario",
            row=int(row),
            field="year",
            allowed=f"{years[0]} to {years[1]}; a first and a last year leave others out, and "
            "a later last year runs the scenario on",
        )
    file.refuse()
