"""How much authority each country leaves to its first-level units.

The Regional Authority Index is over 0 to 30 points of self-rule and shared rule a tier; the model
takes it over the highest score of the world's table. It measures rules, not politics: what a
national executive takes away is the consolidation of ``executives.csv``. A country that the index
gives no first tier, or does not cover, leaves its units no authority.

References
----------
Hooghe, L., Marks, G., Schakel, A. and others (2016), *Measuring Regional Authority*, Oxford
University Press; version 3 of the country scores, April 2021.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.core.calendar import EPOCH_YEAR
from sim.world.coded_authority import FIRST_YEAR, LAST_YEAR, coded_authority
from sim.world.positions import Positions
from sim.world.tables import World

__all__ = [
    "FIRST_YEAR",
    "INDICES",
    "LAST_YEAR",
    "Agreement",
    "agreement",
    "authority_index",
    "monthly_authority",
]

Index = tuple[NDArray[np.float64], NDArray[np.float64]]
COMPARED = 2010
"""Year of the scores to which the coded index is compared."""


def monthly_authority(world: World, at: Positions, months: int, index: str = "rai") -> Index:
    """Return the authority of first-level units by month, for so many months from January 2000.

    The first array is the index of each country's units, (T, C) in [0, 1], the second what is
    added to it in a locality, (T, L) in [-1, 1]. The index is one of ``INDICES``: ``rai``, the
    Regional Authority Index, or ``coded``, the index coded for this model. ``at`` says where
    rows stand.
    """
    return INDICES[index](world, at, months)


def _regional(world: World, at: Positions, months: int) -> Index:
    table = world.regional_authority
    highest = float(table["score"].max())
    own = table["locality"] != ""
    countries = np.zeros((months, len(at.country)))
    _hold(table[~own], "iso3", at.country, highest, countries)
    localities = countries[:, [at.country[iso3] for iso3 in at.localities["iso3"]]]
    general = localities.copy()
    _hold(table[own], "locality", at.locality, highest, localities)
    return countries, np.ascontiguousarray(localities - general)


def _hold(
    table: pd.DataFrame, column: str, at: dict[str, int], highest: float, target: Any
) -> None:
    """Write each score, over the highest, into the months from its start on."""
    rows = table.sort_values("start")
    names, starts, scores = (rows[c].tolist() for c in (column, "start", "score"))
    for name, start, score in zip(names, starts, scores, strict=True):
        target[max(0, start) :, at[name]] = score / highest


def _coded(world: World, at: Positions, months: int) -> Index:
    index = coded_authority(world).pivot(index="year", columns="iso3", values="index")
    years = np.minimum(EPOCH_YEAR + np.arange(months) // 12, LAST_YEAR)
    countries = index.loc[years, list(at.country)].to_numpy(dtype=np.float64, copy=True)
    return countries, np.zeros((months, len(at.locality)))


INDICES: dict[str, Callable[[World, Positions, int], Index]] = {"rai": _regional, "coded": _coded}
"""The indices of authority that a scenario may choose."""


def authority_index(world: World, index: str = "rai") -> pd.DataFrame:
    """Return the mean authority of each country's units by year.

    There is one row per country (in file order) and year from 2000 to 2035: ``iso3``, ``year``
    and ``index`` in [0, 1].
    """
    years = np.arange(FIRST_YEAR, LAST_YEAR + 1)
    at = Positions(world)
    monthly = monthly_authority(world, at, 12 * len(years), index)[0]
    yearly = monthly.reshape(len(years), 12, -1).mean(axis=1)
    return pd.DataFrame(
        {
            "iso3": np.repeat(list(at.country), len(years)).astype(str),
            "year": np.tile(years, len(at.country)),
            "index": yearly.T.ravel(),
        }
    )


class Agreement(NamedTuple):
    """Say how far the coded index agrees with the Regional Authority Index over countries."""

    scores: str
    countries: int
    pearson: float
    spearman: float


def agreement(world: World) -> list[Agreement]:
    """Return how far the coded index agrees with the Regional Authority Index in 2010.

    With the countries' scores, which add up their tiers, over all countries that have one, and with
    the scores of first-level units that runs take, over those of which units have some.
    """

    def in_2010(index: str) -> NDArray[np.float64]:
        frame = authority_index(world, index)
        return frame.loc[frame["year"] == COMPARED, "index"].to_numpy(dtype=np.float64)

    coded, units = in_2010("coded"), in_2010("rai")
    all_tiers = world.countries["rai_score"].to_numpy(dtype=np.float64)
    scores = {"all tiers of a country": all_tiers, "first tier": np.where(units > 0, units, np.nan)}
    return [_agreement(name, coded, score) for name, score in scores.items()]


def _agreement(name: str, coded: NDArray[np.float64], score: NDArray[np.float64]) -> Agreement:
    pair = pd.DataFrame({"coded": coded, "score": score}).dropna()
    pearson, spearman = (float(t.corr().to_numpy()[0, 1]) for t in (pair, pair.rank()))
    return Agreement(name, len(pair), pearson, spearman)
