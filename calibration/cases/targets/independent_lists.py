"""Measures of lists that others coded: large records of finance, and twinnings.

They take the lists alone, so that those of a run, of a rival without agents and the real ones are
measured alike. A share of nothing is a half.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from scipy.stats import rankdata

from calibration.cases.targets.measure_registry import of_lists
from calibration.external.lists import LAGS, LARGE, PERCENTILES, YEARS, Lists, positions, sectors
from sim.core.state import Array
from sim.world import load_world


def _share(part: Array, whole: Array) -> float:
    return float(part.sum() / whole.sum()) if whole.sum() else 0.5


def _by_country(lists: Lists) -> Array:
    return np.asarray(lists.by_year[LARGE].sum(axis=1))


def _largest(counts: Array, number: int) -> float:
    """Return the share of the largest counts in all."""
    return _share(np.sort(counts)[-number:], counts)


def _rows(index: dict[str, int], codes: list[str]) -> list[int]:
    return [index[code] for code in codes]


@cache
def _places() -> tuple[Array, Array, Array]:
    """Return of each unit its country, whether it is a capital, and its rank by population.

    The rank is within the country, from 0 for the smallest to 1 for the largest.
    """
    table = positions().localities
    country = table["iso3"].map(positions().country).to_numpy()
    population, rank = table["population"].to_numpy(), np.full(len(table), 0.5)
    for c in np.unique(country):
        there = np.flatnonzero(country == c)
        if len(there) > 1:
            rank[there] = (rankdata(population[there]) - 1.0) / (len(there) - 1.0)
    return country, table["capital"].to_numpy() == 1, rank


@of_lists(unit="records")
def large_records(lists: Lists) -> float:
    """Count the large records, before the list is cut to the length of the real one."""
    return float(lists.found[LARGE])


@of_lists(unit="share")
def records_in(lists: Lists, countries: list[str]) -> float:
    """Return the share of certain countries in the large records."""
    found = _by_country(lists)
    return _share(found[_rows(positions().country, countries)], found)


@of_lists(unit="countries")
def countries_with_records(lists: Lists) -> float:
    """Count the countries with a large record."""
    return float((_by_country(lists) > 0).sum())


@of_lists(unit="countries")
def effective_countries(lists: Lists) -> float:
    """Return the number of countries alike that would be as concentrated as the large records."""
    found = _by_country(lists)
    return float(found.sum() ** 2 / (found**2).sum()) if found.any() else 0.0


@of_lists(unit="share")
def records_of_years(lists: Lists, first: int, last: int) -> float:
    """Return the share of certain years in the large records."""
    years = lists.by_year[LARGE].sum(axis=0)
    return _share(years[first - YEARS[0] : last + 1 - YEARS[0]], years)


@of_lists(unit="share")
def units_with_records(lists: Lists) -> float:
    """Return the share of units with a large record confined to them."""
    return float((lists.by_place[LARGE] > 0).mean())


@of_lists(unit="share")
def records_in_capitals(lists: Lists) -> float:
    """Return the share of the units of capitals in large records confined to one unit."""
    found = lists.by_place[LARGE]
    return _share(found[_places()[1]], found)


@of_lists(unit="rank")
def rank_by_population(lists: Lists) -> float:
    """Return the mean rank by population, within their country, of the units of large records.

    From 0 for the smallest to 1 for the largest; a half if there are none.
    """
    found = lists.by_place[LARGE]
    return _share(found * _places()[2], found)


@of_lists(unit="index")
def gini_over_units(lists: Lists) -> float:
    """Return the Gini coefficient of large records over all units; a half if there are none."""
    found = np.sort(lists.by_place[LARGE])
    if not found.any():
        return 0.5
    rank = np.arange(1, len(found) + 1)
    return float((2.0 * rank - len(found) - 1.0) @ found / (len(found) * found.sum()))


@of_lists(unit="share")
def records_in_top_units(lists: Lists, units: int) -> float:
    """Return the share of so many units, those with most, in records confined to one unit."""
    return _largest(lists.by_place[LARGE], units)


@of_lists(unit="share")
def records_in_first_units(lists: Lists) -> float:
    """Return the share of each country's unit with most in records confined to one unit."""
    found, country = lists.by_place[LARGE], _places()[0]
    most = np.zeros(country.max() + 1, dtype=np.int64)
    np.maximum.at(most, country, found)
    return _share(most, found)


@of_lists(unit="share")
def records_of_sector(lists: Lists, sector: str) -> float:
    """Return the share of a group of sectors in the large records."""
    return _share(lists.by_sector[:, sectors().names.index(sector)], lists.by_sector)


@of_lists(unit="years")
def years_taken(lists: Lists, lag: str, percentile: int) -> float:
    """Return a percentile of the years that large records took; six if none was completed."""
    return float(lists.lags[LAGS.index(lag), PERCENTILES.index(percentile)])


@of_lists(unit="share")
def twinnings_in(lists: Lists, countries: list[str]) -> float:
    """Return the share of certain countries in the twinnings."""
    found = lists.twinnings_by_country
    return _share(found[_rows(positions().country, countries)], found)


@of_lists(unit="countries")
def countries_twinned(lists: Lists) -> float:
    """Count the countries with a twinning."""
    return float((lists.twinnings_by_country > 0).sum())


@of_lists(unit="share")
def twinnings_of(lists: Lists, provinces: list[str]) -> float:
    """Return the share of certain Chinese provinces in the twinnings."""
    found = lists.twinnings_by_province
    return _share(found[_rows(positions().province, provinces)], found)


@of_lists(unit="share")
def twinnings_of_coast(lists: Lists) -> float:
    """Return the share of China's coastal provinces in the twinnings."""
    coastal = load_world().provinces["coastal"].to_numpy() == 1
    return _share(lists.twinnings_by_province[coastal], lists.twinnings_by_province)


@of_lists(unit="share")
def twinnings_of_top_provinces(lists: Lists, provinces: int) -> float:
    """Return the share of so many Chinese provinces, those with most, in the twinnings."""
    return _largest(lists.twinnings_by_province, provinces)


@of_lists(unit="provinces")
def provinces_twinned(lists: Lists) -> float:
    """Count the Chinese provinces with a twinning."""
    return float((lists.twinnings_by_province > 0).sum())
