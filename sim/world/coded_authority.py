"""An index of local authority coded for this model, year by year: an alternative to compare with.

It is a weighted mean of named components between 0 and 1. Two of them, powers abroad and own
revenue, were coded from the report whose claims the model is to explain; so it is not the default
(:mod:`sim.world.authority`).

References
----------
Database of Political Institutions (2012): the ``dpi`` columns. Myers, M. (2020), *Going Local*:
authority over foreign policy, deals and own revenue as what sets decentralised countries apart
("actors and avenues").
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.core.calendar import EPOCH_YEAR
from sim.world.tables import NO_MONTH, World

FIRST_YEAR = EPOCH_YEAR
LAST_YEAR = 2035

WEIGHTS: dict[str, float] = {
    "elected": 0.20,
    "experience": 0.10,
    "federal": 0.10,
    "institutions": 0.15,
    "foreign_powers": 0.25,
    "own_revenue": 0.20,
}
"""Weight of each component; free: assumed, with most on what the report names.

elected
    Share of the year's months in which local heads are elected.
experience
    Years of elected heads up to the middle of the year over ``EXPERIENCE_YEARS``, at most 1.
federal
    1 in a federation.
institutions
    Mean of the DPI codes at hand, each divided by its highest value.
foreign_powers
    Own powers of first-level units in foreign relations.
own_revenue
    Share of revenue over ``REVENUE_HIGH``, at most 1.
"""
EXPERIENCE_YEARS = 20.0
"""Years after which elected heads are fully established; assumed, five terms of four years."""
REVENUE_HIGH = 0.4
"""Subnational share of revenue that counts as full; assumed, just above the region's highest."""

_DPI_HIGH = {"dpi_state": 2.0, "dpi_muni": 2.0, "dpi_auton": 1.0, "dpi_author": 1.0}


def coded_authority(world: World) -> pd.DataFrame:
    """Return the authority of first-level units by country and year.

    There is one row per country (in file order) and year from 2000 to 2035, with ``iso3``,
    ``year``, ``index`` in [0, 1] and the components of ``WEIGHTS`` in [0, 1]. NaN marks what is
    unknown; the weights of the known components then make up the whole.
    """
    countries = world.countries
    years = np.arange(FIRST_YEAR, LAST_YEAR + 1)
    shape = (len(countries), len(years))
    components = {name: np.broadcast_to(c, shape) for name, c in _components(world, years).items()}
    return pd.DataFrame(
        {
            "iso3": np.repeat(countries["iso3"].to_numpy(dtype=object), len(years)).astype(str),
            "year": np.tile(years, len(countries)),
            "index": _weighted_mean(components).ravel(),
            **{name: component.ravel() for name, component in components.items()},
        }
    )


def _components(world: World, years: NDArray[np.int64]) -> dict[str, NDArray[np.float64]]:
    """Return each component, shaped (countries, years) or (countries, 1)."""
    countries = world.countries
    elected, experience = _elections(countries["elected_since"].to_numpy()[:, None], years)
    revenue = countries["own_revenue"].to_numpy() / REVENUE_HIGH
    return {
        "elected": elected,
        "experience": experience,
        "federal": countries["federal"].to_numpy(dtype=np.float64)[:, None],
        "institutions": _institutions(countries)[:, None],
        "foreign_powers": countries["foreign_powers"].to_numpy()[:, None],
        "own_revenue": np.minimum(revenue, 1.0)[:, None],
    }


def _elections(
    since: NDArray[np.int64], years: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the share of each year with elected heads, and the years of them so far.

    ``since`` holds months since January 2000, shaped (countries, 1).
    """
    january = (years - FIRST_YEAR) * 12
    ever = since != NO_MONTH
    elected = np.where(ever, np.clip((january + 12 - since) / 12, 0.0, 1.0), 0.0)
    so_far = np.where(ever, (january + 6 - since) / 12, 0.0)
    return elected, np.clip(so_far / EXPERIENCE_YEARS, 0.0, 1.0)


def _institutions(countries: pd.DataFrame) -> NDArray[np.float64]:
    """Return the mean of the DPI codes at hand per country, NaN where there are none."""
    codes = np.stack([countries[name].to_numpy() / high for name, high in _DPI_HIGH.items()])
    known = ~np.isnan(codes)
    count = known.sum(axis=0)
    total = np.where(known, codes, 0.0).sum(axis=0)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def _weighted_mean(components: dict[str, NDArray[np.float64]]) -> NDArray[np.float64]:
    """Return the mean of the known components by their weights."""
    stacked = np.stack([components[name] for name in WEIGHTS])
    weights = np.array(list(WEIGHTS.values()))[:, None, None]
    known = ~np.isnan(stacked)
    total: NDArray[np.float64] = np.where(known, stacked * weights, 0.0).sum(axis=0)
    share: NDArray[np.float64] = np.where(known, weights, 0.0).sum(axis=0)
    mean: NDArray[np.float64] = total / share
    return mean
