"""Lists that others made of China's finance and twinnings in the region, as counts.

``counts.csv`` and ``lags.csv`` hold their figures, ``sources.csv`` where these come from,
``sectors.csv`` how their sectors fit the model's. What the figures mean, and what they leave out,
is said in ``docs/calibration.md``.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from sim.core.calendar import month_index
from sim.core.state import Array
from sim.core.table_reader import Column, UserTable, read_table
from sim.world import load_world
from sim.world.positions import Positions
from sim.world.table_schemas import column

HERE = Path(__file__).resolve().parent

RECORDS = ("records", "infrastructure", "large")
"""Lists of official finance, the later ones parts of the first."""
ALL, INFRASTRUCTURE, LARGE = range(3)
YEARS = range(2000, 2015)
LAST_RECORD = month_index("2014-12")
LAST_TWINNING = month_index("2016-09")
LARGE_FROM = 10.0
"""US$ million from which on a record is large."""

LAGS = ("commit_to_completion", "start_to_completion")
PERCENTILES = (10, 25, 50, 75, 90)


class Lists(NamedTuple):
    """Hold what the lists tell; all counts are int64.

    ``by_year`` (3, C, Y) counts the records of each of :data:`RECORDS` by country and year,
    ``by_place`` (3, L) those confined to one unit by that unit, ``by_sector`` (C, G) large ones by
    country and group of sectors (:func:`sectors`). ``found`` (3,) is how many records there are
    before a list is cut to the length of the real one. ``lags`` (2, 5) are :data:`PERCENTILES` of
    the years that large records took, by :data:`LAGS`. ``twinnings_by_country`` (C,) and
    ``twinnings_by_province`` (P,) count those by September 2016.
    """

    by_year: Array
    by_place: Array
    by_sector: Array
    found: Array
    lags: Array
    twinnings_by_country: Array
    twinnings_by_province: Array


class Sectors(NamedTuple):
    """Hold the groups of sectors: names, each sector's group (S,), whether it builds (S,)."""

    names: tuple[str, ...]
    group: Array
    works: Array


@cache
def positions() -> Positions:
    """Return the numbers that the shipped world gives to countries, localities and provinces."""
    return Positions(load_world())


@cache
def sectors() -> Sectors:
    """Return the groups of sectors, in the order of the table."""
    columns = (
        column("sector", "slug", "Group."),
        column("sectors", "text", "The model's sectors."),
        column("works", "flag", "Whether it builds."),
        column("purposes", "text", "The list's sectors."),
    )
    number = positions().sector
    sheet = read_table(HERE / "sectors.csv", columns)
    sheet.refuse()
    names = tuple(str(name) for name in sheet.values["sector"])
    group, works = np.full(len(number), -1), np.zeros(len(number), dtype=bool)
    for row, members, builds in sheet.rows("sectors", "works"):
        at = [number[code] for code in str(members).split(";")]
        group[at], works[at] = row, builds == 1
    if (group < 0).any():
        raise ValueError("sectors.csv lacks a sector of the model")
    return Sectors(names, group, works)


def empty_lists() -> Lists:
    """Return lists without a record."""
    at = positions()
    countries, kinds = len(at.country), len(RECORDS)
    return Lists(
        np.zeros((kinds, countries, len(YEARS)), dtype=np.int64),
        np.zeros((kinds, len(at.locality)), dtype=np.int64),
        np.zeros((countries, len(sectors().names)), dtype=np.int64),
        np.zeros(kinds, dtype=np.int64),
        np.zeros((len(LAGS), len(PERCENTILES))),
        np.zeros(countries, dtype=np.int64),
        np.zeros(len(at.province), dtype=np.int64),
    )


@cache
def observed_lists() -> Lists:
    """Return the real lists; an InputError if their tables are not valid."""
    found = empty_lists()
    at, names = positions(), sectors().names
    sheet = read_table(HERE / "counts.csv", _count_columns())
    fields = ("list", "unit", "year", "sector", "count")
    for _, kind, unit, year, sector, count in sheet.rows(*fields):
        if kind == "twinnings":
            places = at.country if unit in at.country else at.province
            by_unit = found[-2] if places is at.country else found[-1]
            by_unit[places[unit]] += count
        elif sector:
            found.by_sector[at.country[unit], names.index(sector)] += count
        elif unit in at.country:
            found.by_year[RECORDS.index(kind), at.country[unit], int(year) - YEARS[0]] += count
        else:
            found.by_place[RECORDS.index(kind), at.locality[unit]] += count
    sheet.refuse()
    found.found[:] = found.by_year.sum(axis=(1, 2))
    for _, lag, percentile, years in _lag_sheet().rows("lag", "percentile", "years"):
        found.lags[LAGS.index(lag), PERCENTILES.index(percentile)] = years
    for part in found:
        part.flags.writeable = False
    return found


@cache
def dated_records() -> tuple[int, ...]:
    """Return of how many large records each lag is known."""
    known = {lag: int(records) for _, lag, records in _lag_sheet().rows("lag", "records")}
    return tuple(known[lag] for lag in LAGS)


@cache
def _lag_sheet() -> UserTable:
    columns = (
        column("list", "text", "The list.", RECORDS[LARGE]),
        column("lag", "text", "From what to what.", *LAGS),
        column("percentile", "integer", "Percentile over the records.", low=1, high=99),
        column("years", "number", "Years."),
        column("records", "integer", "Records with both dates exactly known.", low=1),
        column("source", "slug", "Row of sources.csv."),
    )
    sheet = read_table(HERE / "lags.csv", columns)
    sheet.refuse()
    return sheet


def _count_columns() -> tuple[Column, ...]:
    return (
        column("list", "text", "The list.", *RECORDS, "twinnings"),
        column("unit", meaning="ISO 3166-1 or ISO 3166-2 code, in China too."),
        column(
            "year", "integer", "Year of the commitment.", low=YEARS[0], high=YEARS[-1], blank=True
        ),
        column("sector", "text", "Group of sectors.", *sectors().names, blank=True),
        column("count", "integer", "Records.", low=1),
        column("source", "slug", "Row of sources.csv."),
    )
