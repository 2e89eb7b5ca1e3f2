"""Read a table of counts or values by country or locality that a user brings.

The columns are ``unit`` (ISO 3166-1 code of three letters or ISO 3166-2 code), ``count`` or
``value``, and optionally ``year`` and ``sector``; ``name``, ``note`` and ``source`` may stand in
the file and are not read. Several rows about one unit add up.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from calibration.against.cells import Cells, refuse_other_marks
from sim.errors import InputError, nearest_name
from sim.state import Array

if TYPE_CHECKING:
    from sim.world import World

COUNTRY, LOCALITY = "country", "locality"
LEVELS = (COUNTRY, LOCALITY)
COUNT, VALUE = "count", "value"
READ = ("unit", "year", "sector", COUNT, VALUE)
NOT_READ = ("name", "note", "source")
COLUMNS = "unit, year (optional), sector (optional), and count or value"
LARGEST = 1e15

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_YEAR = re.compile(r"\d{4}", re.ASCII)
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
        A CSV file in UTF-8 with commas between cells and a line of names.
    world
        The tables whose countries, localities and sectors it may name.
    scope
        What of it is wanted.

    Raises
    ------
    InputError
        If the file cannot be read, a column is missing or unknown, or a cell is wrong: the
        first such cell, with its line.
    """
    wanted = scope if scope is not None else Scope()
    file = Cells(Path(path), COLUMNS)
    measure = _check_header(file)
    codes, countries, levels = _units(file, world)
    years = _years(file) if file.has("year") else None
    sectors = _sectors(file, world) if file.has("sector") else None
    amounts = np.array(_amounts(file, measure), dtype=np.float64)
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


def _check_header(file: Cells) -> str:
    """Return which measure the table holds: ``count`` or ``value``."""
    refuse_other_marks(file.path, file.names)
    fail = partial(InputError, file=file.path, line=1, allowed=COLUMNS)
    known = (*READ, *NOT_READ)
    for name in file.names:
        if name not in known:
            raise fail(
                "there is no such column; name, note and source may stand in the file unread",
                field=name or "(a column without a name)",
                nearest=nearest_name(name, known),
            )
        if file.names.count(name) > 1:
            raise fail("this column occurs twice", field=name)
    if not file.has("unit"):
        raise fail("this column is missing", field="unit")
    measures = [name for name in (COUNT, VALUE) if file.has(name)]
    if len(measures) != 1:
        said = "count and value cannot both be compared" if measures else "this column is missing"
        raise fail(said, field="count or value")
    return measures[0]


# --- the cells


def _folded(text: str) -> str:
    """Return a text without accents and capitals."""
    parts = unicodedata.normalize("NFKD", text)
    return "".join(c for c in parts if not unicodedata.combining(c)).casefold()


def _nearest_code(cell: str, names: Mapping[str, str]) -> str | None:
    """Return the code that a cell most likely means, given codes by names and codes."""
    wanted = _folded(cell)
    found = wanted if wanted in names else nearest_name(wanted, names)
    return names[found] if found is not None else None


def _units(file: Cells, world: World) -> tuple[list[str], list[str], list[str]]:
    """Return each row's code, its country and its level."""
    home = dict(zip(world.countries["iso3"], world.countries["iso3"], strict=True))
    home |= dict(zip(world.localities["code"], world.localities["iso3"], strict=True))
    countries = set(world.countries["iso3"])
    codes = file.column("unit")
    for row, cell in enumerate(codes):
        if cell in home:
            continue
        if not cell:
            raise file.error("the cell is blank", row, "unit", _UNIT)
        message = f"{cell!r} is no country or locality of this world"
        nearest = _nearest_code(cell, _unit_names(world))
        raise file.error(message, row, "unit", _UNIT, nearest)
    levels = [COUNTRY if code in countries else LOCALITY for code in codes]
    return codes, [home[code] for code in codes], levels


def _unit_names(world: World) -> dict[str, str]:
    """Return the code of every unit by all it may be called; countries win over localities."""
    tables = (
        (world.localities, ("name", "code"), "code"),
        (world.countries, ("name", "iso2", "iso3"), "iso3"),
    )
    return dict(
        pair
        for table, columns, code in tables
        for column in columns
        for pair in _pairs(table[column], table[code])
    )


def nearest_country(text: str, world: World) -> str | None:
    """Return the code of the country that a text most likely means, by any of its names."""
    countries = set(world.countries["iso3"])
    names = _unit_names(world).items()
    return _nearest_code(text, {name: code for name, code in names if code in countries})


def _pairs(names: Iterable[str], codes: Iterable[str]) -> list[tuple[str, str]]:
    return [(_folded(name), code) for name, code in zip(names, codes, strict=True)]


def _level(file: Cells, levels: Sequence[str], keep: Array, by: str | None) -> str:
    """Return the level at which the rows can be compared."""
    kept = np.flatnonzero(keep)
    first = levels[int(kept[0])]
    for row in kept:
        level = levels[int(row)]
        if by == LOCALITY and level == COUNTRY:
            raise file.error(
                "a country cannot be compared by locality", int(row), "unit", "ISO 3166-2 codes"
            )
        if by is None and level != first:
            raise file.error(
                f"this unit is a {level}, the one on line {file.lines[int(kept[0])]} a {first}",
                int(row),
                "unit",
                "either countries or localities; --by country adds localities up",
            )
    return by if by is not None else first


def _years(file: Cells) -> Array:
    """Return each row's year."""
    cells = file.column("year")
    for row, cell in enumerate(cells):
        if not _YEAR.fullmatch(cell):
            said = f"{cell!r} is not a year" if cell else "the cell is blank"
            allowed = "a year of four digits; leave the column out where years are not known"
            raise file.error(said, row, "year", allowed)
    return np.array([int(cell) for cell in cells], dtype=np.int64)


def _check_years(file: Cells, years: Array, keep: Array, scope: Scope) -> None:
    """Refuse the first row whose year is neither run nor left out."""
    first, last = scope.years
    # A limit that was asked for leaves rows out; where there is none, all must be run.
    early = (years < first) & (scope.first is None)
    late = (years > last) & (scope.last is None)
    outside = keep & (early | late)
    if outside.any():
        row = int(np.flatnonzero(outside)[0])
        raise file.error(
            f"{years[row]} is outside the years of the scenario",
            row,
            "year",
            f"{first} to {last}; --from and --to leave other years out, and "
            "--to runs the scenario on",
        )


def _sectors(file: Cells, world: World) -> list[str]:
    """Return each row's sector."""
    codes = set(world.sectors["code"])
    cells = file.column("sector")
    for row, cell in enumerate(cells):
        if cell in codes:
            continue
        names = dict(
            [
                *_pairs(world.sectors["name"], world.sectors["code"]),
                *_pairs(world.sectors["code"], world.sectors["code"]),
            ]
        )
        said = f"{cell!r} is no sector of this world" if cell else "the cell is blank"
        allowed = f"{', '.join(sorted(codes))}; leave the column out where they are not known"
        raise file.error(said, row, "sector", allowed, _nearest_code(cell, names) if cell else None)
    return cells


def _amounts(file: Cells, measure: str) -> list[float]:
    """Return each row's count or value."""
    check: Callable[[str], str | None] = _wrong_count if measure == COUNT else _wrong_value
    allowed = (
        "a whole number from 0, without marks between thousands"
        if measure == COUNT
        else "an amount in US$ million from 0, with a point before decimals"
    )
    cells = file.column(measure)
    for row, cell in enumerate(cells):
        wrong = check(cell)
        if wrong is not None:
            raise file.error(wrong, row, measure, allowed)
    return [float(cell) for cell in cells]


def _wrong_value(cell: str) -> str | None:
    """Return what is wrong with a cell that should hold an amount."""
    if not cell:
        return "the cell is blank"
    if not _NUMBER.fullmatch(cell):
        return f"{cell!r} is not a number"
    if float(cell) < 0.0:
        return f"{cell} is below zero"
    return f"{cell} is too large" if float(cell) > LARGEST else None


def _wrong_count(cell: str) -> str | None:
    """Return what is wrong with a cell that should hold a count."""
    wrong = _wrong_value(cell)
    if wrong is None and not float(cell).is_integer():
        return f"{cell} is not a whole number"
    return wrong
