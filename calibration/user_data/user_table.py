"""Read a table of counts or values by country or locality that a user brings.

The columns are ``unit`` (ISO 3166-1 code of three letters or ISO 3166-2 code), ``count`` or
``value``, and optionally ``year`` and ``sector``; ``name``, ``note`` and ``source`` may stand in
the file and are not read. Several rows about one unit add up. Lists in the layouts of others
are read by :mod:`calibration.user_data.layouts`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from calibration.user_data.layouts import LAYOUTS, Listed, known_layout, layout_of, read_listed
from sim.core.errors import InputError, Near, folded, nearest_name
from sim.core.state import Array
from sim.core.table_reader import Column, UserTable, read_table
from sim.core.table_reader.opening import open_table
from sim.report.phrases import catalogue
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
    layout
        Layout of a published list (:data:`calibration.user_data.layouts.LAYOUTS`); None for the
        columns above.
    where
        Of a published list, ``COLUMN=VALUE``: only such rows count.
    least
        Of a published list, the amount in US$ million below which neither rows nor the runs' deals
        count; by default the layout's.
    records
        With ``gcdf-adm1``, the table of records, which has their years.
    level
        ``as-is``; ``scaled`` multiplies what the runs have, so that they have as much as the table
        on average; ``thinned`` leaves a share of it out by chance.
    """

    outcome: str | None = None
    first: int | None = None
    last: int | None = None
    complete: bool = False
    by: str | None = None
    within: tuple[str, ...] = ()
    layout: str | None = None
    where: tuple[str, ...] = ()
    least: float | None = None
    records: str | Path | None = None
    level: str = "as-is"

    @property
    def bound(self) -> float:
        """Return the amount in US$ million below which nothing counts."""
        usual = known_layout(self.layout).least if self.layout else 0.0
        return usual if self.least is None else self.least


def read_observed(
    path: str | Path,
    world: World,
    request: ComparisonRequest | None = None,
    years: tuple[int, int] = (2000, 2020),
    *,
    value: bool = False,
) -> Listed:
    """Return the rows of a user's table that are asked for, with their level and units.

    ``years`` are the first and the last that the model is run for: rows of others are set aside.
    ``value`` asks a published list for amounts. InputError tells all that is wrong with the file,
    its columns and cells, with lines.
    """
    asked = request or ComparisonRequest()
    if asked.layout is None:
        listed = _own(Path(path), world)
    else:
        more = None if asked.records is None else Path(asked.records)
        listed = read_listed(Path(path), world, known_layout(asked.layout), asked.by, value,
                             asked.where, asked.bound, more)  # fmt: skip
    home = {code: code for code in world.countries["iso3"]}
    home |= dict(zip(world.localities["code"], world.localities["iso3"], strict=True))
    if asked.within:
        listed.keep(listed.rows["unit"].map(home).isin(asked.within), "asked")
    if "year" in listed.rows:
        listed.keep(listed.rows["year"].between(asked.first or 0, asked.last or 9999), "asked")
        listed.keep(listed.rows["year"] >= years[0], "early")
        listed.keep(listed.rows["year"] <= years[1], "late")
    rows, file = listed.rows, listed.file
    if not len(rows):
        words = catalogue()["set_aside_labels"]
        aside = ", ".join(f"{count:,} {words[reason]}" for reason, count in listed.aside.items())
        names = ", ".join(one["name"] for one in listed.unknown.get("unresolved", [])[:3])
        names = f"; names such as {names}" if names else ""
        raise InputError(f"no row is left to compare: {aside}{names}", file=file.path)
    country = rows["unit"].map(home)
    level = _level(file, np.where(rows["unit"] == country, COUNTRY, LOCALITY), rows.index, asked.by)
    listed.rows = rows.assign(unit=country) if level == COUNTRY else rows
    codes = world.countries["iso3"] if level == COUNTRY else world.localities["code"]
    listed.level, listed.units = level, tuple(codes[codes.isin(listed.rows["unit"])])
    return listed


def _own(path: Path, world: World) -> Listed:
    """Return the rows of a table in the columns of this module."""
    columns = _columns(world)
    opened = open_table(path, (*(column.name for column in columns), *NOT_READ))
    if "unit" not in opened.names and (layout := layout_of(path)) is not None:
        raise InputError(
            f"has the columns of a published list ({LAYOUTS[layout].title})",
            file=path,
            argument="layout",
            allowed=f"{layout!r}, or none and the columns {COLUMNS}",
            nearest=layout,
        )
    header = f"{COLUMNS}; {', '.join(NOT_READ)} may stand in the file unread"
    file = read_table(path, columns, opened=opened, unread=NOT_READ, header=header)
    measures = [name for name in (COUNT, VALUE) if name in file.cells]
    if file.cells and len(measures) != 1:
        said = "count and value cannot both be compared" if measures else "this column is missing"
        file.fault(said, line=1, field="count or value", allowed=COLUMNS)
    file.refuse()
    (measure,) = measures
    known = [name for name in ("unit", "year", "sector") if name in file.values]
    rows = pd.DataFrame({name: file.values[name] for name in known})
    rows["amount"] = np.array(file.values[measure], dtype=np.float64)
    return Listed(file, rows, measure)


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


def _level(file: UserTable, levels: Array, rows: pd.Index[int], by: str | None) -> str:
    """Return the level at which the rows, by number in the file, can be compared."""
    first = str(levels[0])
    for row, level in zip(rows, levels, strict=True):
        if by == LOCALITY and level == COUNTRY:
            file.fault(
                "a country cannot be compared by locality",
                row=int(row),
                field="unit",
                allowed="ISO 3166-2 codes",
            )
        if by is None and level != first:
            file.fault(
                f"this unit is a {level}, the one on {file.place(int(rows[0]))} a {first}",
                row=int(row),
                field="unit",
                allowed="either countries or localities; by country, localities are added up",
            )
    file.refuse()
    return by if by is not None else first
