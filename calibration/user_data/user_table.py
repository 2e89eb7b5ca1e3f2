"""Read a table of counts or values by country or locality that a user brings.

The columns are ``unit`` (ISO 3166-1 code of three letters or ISO 3166-2 code), ``count`` or
``value``, and optionally ``year`` and ``sector``; ``name``, ``note`` and ``source`` may stand in
the file and are not read. Several rows about one unit add up.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from sim.core.errors import InputError, folded, nearest_name
from sim.core.state import Array
from sim.core.table_reader import Column, UserTable, read_table
from sim.world.names import PlaceNames

if TYPE_CHECKING:
    from sim.world import World

COUNTRY, LOCALITY = "country", "locality"
LEVELS = (COUNTRY, LOCALITY)
COUNT, VALUE = "count", "value"
NOT_READ = ("name", "note", "source")
COLUMNS = "unit, year (optional), sector (optional), and count or value"
LARGEST = 1e15

_UNIT = "an ISO 3166-1 code of three letters or an ISO 3166-2 code of the world's tables"


@dataclass(frozen=True)
class Listed:
    """Hold the rows of a user's table, N of them.

    Parameters
    ----------
    file
        Where it was read from.
    digest
        SHA-256 of the file.
    measure
        ``count`` or ``value``.
    level
        What the units are: ``country`` or ``locality``.
    units
        Codes that occur, in the world's order.
    unit
        Position of each row's unit in ``units`` (N,).
    year
        Year of each row (N,); None if the file has no such column.
    sector
        Code of each row's sector (N,); None if the file has no such column.
    amount
        Count, or value in US$ million, of each row (N,).
    left_out
        Rows of other years or countries than those asked for.
    """

    file: Path
    digest: str
    measure: str
    level: str
    units: tuple[str, ...]
    unit: Array
    year: Array | None
    sector: Array | None
    amount: Array
    left_out: int


@dataclass(frozen=True)
class Scope:
    """Say what of a table is wanted.

    Parameters
    ----------
    by
        ``country`` adds localities up to their countries; None keeps the table's own level.
    first, last
        First and last year wanted; None for no limit.
    within
        Codes of the countries wanted; all if empty.
    years
        First and last year that the model can be run for without being asked to.
    """

    by: str | None = None
    first: int | None = None
    last: int | None = None
    within: tuple[str, ...] = ()
    years: tuple[int, int] = (2000, 2020)


def read_listed(path: str | Path, world: World, scope: Scope | None = None) -> Listed:
    """Return the rows of a user's table that are wanted.

    Parameters
    ----------
    path
        A table, as :mod:`sim.core.table_reader` reads it.
    world
        The tables whose countries, localities and sectors it may name.
    scope
        What of it is wanted.

    Raises
    ------
    InputError
        If the file cannot be read, a column is missing or unknown, or a cell is wrong:
        all that is, with lines.
    """
    wanted = scope if scope is not None else Scope()
    file = read_table(Path(path), _columns(world), unread=NOT_READ)
    measures = [name for name in (COUNT, VALUE) if name in file.cells]
    if file.cells and len(measures) != 1:
        said = "count and value cannot both be compared" if measures else "this column is missing"
        file.fault(said, line=1, field="count or value", allowed=COLUMNS)
    file.refuse()
    (measure,) = measures
    codes, countries, levels = _units(file, world)
    years = np.array(file.values["year"], dtype=np.int64) if "year" in file.values else None
    sectors = file.values.get("sector")
    amounts = np.array(file.values[measure], dtype=np.float64)
    keep = np.ones(len(amounts), dtype=bool)
    if wanted.within:
        keep &= np.isin(countries, wanted.within)
    if years is not None:
        _check_years(file, years, keep, wanted)
        keep &= years >= (wanted.first if wanted.first is not None else years.min())
        keep &= years <= (wanted.last if wanted.last is not None else years.max())
    if not keep.any():
        raise InputError("no row is left of the years and countries asked for", file=file.path)
    level = _level(file, levels, keep, wanted.by)
    names = np.array(countries if level == COUNTRY else codes)[keep]
    table = world.countries["iso3"] if level == COUNTRY else world.localities["code"]
    units = tuple(code for code in table if code in set(names))
    order = {code: i for i, code in enumerate(units)}
    return Listed(
        file=file.path,
        digest=file.digest,
        measure=measure,
        level=level,
        units=units,
        unit=np.array([order[name] for name in names], dtype=np.int64),
        year=None if years is None else years[keep],
        sector=None if sectors is None else np.array(sectors)[keep],
        amount=amounts[keep],
        left_out=int((~keep).sum()),
    )


_MEASURES = (
    Column(
        COUNT,
        "integer",
        low=0,
        high=LARGEST,
        present=False,
        words="a whole number from 0, without marks between thousands",
    ),
    Column(
        VALUE,
        "number",
        low=0.0,
        high=LARGEST,
        present=False,
        words="an amount in US$ million from 0, without marks between thousands",
    ),
)


def _columns(world: World) -> tuple[Column, ...]:
    """Return what the columns may hold."""
    units = (*world.countries["iso3"], *world.localities["code"])
    sectors = tuple(world.sectors["code"])
    places = cache(lambda: PlaceNames.of(world.tables))
    names = dict(pair for name in ("name", "code") for pair in _pairs(world.sectors[name], sectors))
    return (
        Column(
            "unit",
            "text",
            allowed=units,
            words=_UNIT,
            unknown="is no country or locality of this world",
            nearest=lambda cell, row: places().suggest(
                cell, beside=[other for name, other in row.items() if name != "unit" and other]
            ),
        ),
        Column(
            "year",
            "integer",
            low=1000,
            high=9999,
            present=False,
            words="a year of four digits; leave the column out where years are not known",
        ),
        Column(
            "sector",
            "text",
            allowed=sectors,
            present=False,
            words=f"{', '.join(sorted(sectors))}; leave the column out where they are not known",
            unknown="is no sector of this world",
            nearest=lambda cell, _: _nearest_code(cell, names),
        ),
        *_MEASURES,
    )


# --- the cells


def _nearest_code(cell: str, names: Mapping[str, str]) -> str | None:
    """Return the code that a cell most likely means, given codes by names and codes."""
    wanted = folded(cell)
    found = wanted if wanted in names else nearest_name(wanted, names)
    return names[found] if found is not None else None


def _units(file: UserTable, world: World) -> tuple[list[str], list[str], list[str]]:
    """Return each row's code, its country and its level."""
    home = dict(zip(world.countries["iso3"], world.countries["iso3"], strict=True))
    countries = set(home)
    home |= dict(zip(world.localities["code"], world.localities["iso3"], strict=True))
    codes = [str(code) for code in file.values["unit"]]
    levels = [COUNTRY if code in countries else LOCALITY for code in codes]
    return codes, [home[code] for code in codes], levels


def _pairs(names: Iterable[str], codes: Iterable[str]) -> list[tuple[str, str]]:
    return [(folded(name), code) for name, code in zip(names, codes, strict=True)]


def _level(file: UserTable, levels: Sequence[str], keep: Array, by: str | None) -> str:
    """Return the level at which the rows can be compared."""
    kept = np.flatnonzero(keep)
    first = levels[int(kept[0])]
    for row in kept:
        level = levels[int(row)]
        if by == LOCALITY and level == COUNTRY:
            file.fault(
                "a country cannot be compared by locality",
                row=int(row),
                field="unit",
                allowed="ISO 3166-2 codes",
            )
        if by is None and level != first:
            file.fault(
                f"this unit is a {level}, the one on {file.place(int(kept[0]))} a {first}",
                row=int(row),
                field="unit",
                allowed="either countries or localities; by country, localities are added up",
            )
    file.refuse()
    return by if by is not None else first


def _check_years(file: UserTable, years: Array, keep: Array, scope: Scope) -> None:
    """Refuse rows whose years are neither run nor left out."""
    first, last = scope.years
    # A limit that was asked for leaves rows out; where there is none, all must be run.
    early = (years < first) & (scope.first is None)
    late = (years > last) & (scope.last is None)
    outside = keep & (early | late)
    for row in np.flatnonzero(outside):
        file.fault(
            f"{years[row]} is outside the years of the scenario",
            row=int(row),
            field="year",
            allowed=f"{first} to {last}; a first and a last year leave others out, and "
            "a later last year runs the scenario on",
        )
    file.refuse()
