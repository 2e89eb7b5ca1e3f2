"""Rivals without agents: what size, recognition and authority foretell alone.

Every rival is one count regression. The mean of a place in a year is in proportion to what the
rival takes as given and to powers of what it knows, fitted; counts scatter around it as a negative
binomial. A rival that is fitted has seen the counts that it is held against, or those of other
places, which no run of the model has.

References
----------
Cameron and Trivedi (2013), *Regression Analysis of Count Data*, on negative binomial regression.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import gammaln

from calibration.external import lists as x
from sim.core.calendar import EPOCH_YEAR
from sim.core.state import Array
from sim.world import load_world
from sim.world.authority import monthly_authority
from sim.world.positions import Positions

if TYPE_CHECKING:
    import pandas as pd

    from sim.world import World

Known = dict[str, Array]
"""What is known beforehand of places by year, by name (U, Y)."""

_LEAST = {"recognition": 0.02, "authority": 0.02}
"""What stands for less, since a mean of zero excludes any count; else a millionth of the mean."""
_FLOOR, _CEILING, _MOST = -25.0, 40.0, 1e15
_FOLDS = 10
_SIZES = (-6.0, 8.0)


class Rival(NamedTuple):
    """Say what a rival takes as given, to the power one, and of what it fits the powers."""

    given: tuple[str, ...] = ()
    fitted: tuple[str, ...] = ()


RIVALS: dict[str, Rival] = {
    "population": Rival(("population",)),
    "gdp": Rival(("gdp",)),
    "population_recognition": Rival(("population", "recognition")),
    "gdp_recognition": Rival(("gdp", "recognition")),
    "gdp_authority": Rival(("gdp", "authority")),
    "size": Rival(fitted=("log_gdp",)),
    "size_recognition": Rival(("recognition",), ("log_gdp",)),
    "regression": Rival(fitted=("log_gdp", "authority", "recognition")),
    "persistence": Rival(("earlier",)),
}
AGAINST = tuple(name for name in RIVALS if name != "persistence")
"""Rivals that foretell what places have in all, from what is known of them."""
OF_LISTS = ("size", "size_recognition", "regression", "persistence")
"""Rivals that draw lists."""


def known(world: World, units: Sequence[str], years: Sequence[int]) -> Known:
    """Return what is known of units, by ISO 3166-1 code or by ISO 3166-2 code, in some years.

    ``population``, ``gdp`` and ``log_gdp`` are those of the world's tables and the same in all
    years; ``authority`` is the index in [0, 1], ``recognition`` the share of the year in which
    Beijing was recognised; ``year`` counts decades.
    """
    at, months = Positions(world), 12 * (max(years) + 1 - EPOCH_YEAR)
    countries, added = monthly_authority(world, at, months)
    recognised = _recognised(world, at, months)
    chosen = [year - EPOCH_YEAR for year in years]

    def yearly(monthly: Array) -> Array:
        return np.asarray(monthly.reshape(-1, 12).mean(axis=1)[chosen])

    found: dict[str, list[Array]] = {}
    sizes = {**_sizes(world.countries, "iso3"), **_sizes(world.localities, "code")}
    for unit in units:
        iso3, population, gdp = sizes[unit]
        home, own = at.country[iso3], at.locality.get(unit)
        authority = countries[:, home] + (0.0 if own is None else added[:, own])
        row = {
            "population": np.full(len(chosen), population),
            "gdp": np.full(len(chosen), gdp),
            "log_gdp": np.full(len(chosen), np.log(gdp + 1.0)),
            "authority": np.clip(yearly(authority), 0.0, 1.0),
            "recognition": yearly(recognised[:, home]),
            "year": (np.array(years) - 2010.0) / 10.0,
        }
        for name, values in row.items():
            found.setdefault(name, []).append(values)
    return {name: np.array(rows, dtype=np.float64) for name, rows in found.items()}


def _sizes(table: pd.DataFrame, code: str) -> dict[str, tuple[str, float, float]]:
    columns = (table[name].tolist() for name in (code, "iso3", "population", "gdp_usd_m"))
    return {unit: (iso3, people, gdp) for unit, iso3, people, gdp in zip(*columns, strict=True)}


def _recognised(world: World, at: Positions, months: int) -> Array:
    """Return whether Beijing was recognised by month and country (T, C)."""
    found = np.zeros((months, len(at.country)))
    rows = world.recognition.sort_values("start")
    columns = (rows[name].tolist() for name in ("iso3", "start", "recognises"))
    for iso3, start, whom in zip(*columns, strict=True):
        found[max(0, start) :, at.country[iso3]] = whom == "PRC"
    return found


def over_years(known: Known) -> Known:
    """Return the means over the years (U, 1)."""
    return {name: values.mean(axis=1, keepdims=True) for name, values in known.items()}


class CountModel(NamedTuple):
    """Hold a fitted rival.

    ``slopes`` are the constant's and those of the columns (1 + F,), ``covariance`` is theirs, and
    ``log_size`` the logarithm of the size with its standard error. The variance of a count is mean
    + mean**2 / size. Columns are ``names``, less ``centre`` and over ``scale`` (F,).
    """

    rival: Rival
    names: tuple[str, ...]
    centre: Array
    scale: Array
    slopes: Array
    covariance: Array
    log_size: tuple[float, float]

    @property
    def size(self) -> float:
        """Return the size of the negative binomial."""
        return float(np.exp(self.log_size[0]))

    def mean(self, known: Known) -> Array:
        """Return the expected counts (U, Y)."""
        columns, offset = _design(self.rival, self.names, known)
        line = self.slopes[0] + (columns - self.centre) / self.scale @ self.slopes[1:] + offset
        return np.asarray(np.exp(np.clip(line, _FLOOR, _CEILING)).reshape(_shape(known)))

    def drawn(self, rng: np.random.Generator) -> CountModel:
        """Return the model at slopes and size drawn from their uncertainty."""
        slopes = rng.multivariate_normal(self.slopes, self.covariance)
        value, error = self.log_size
        log_size = float(np.clip(value + error * rng.standard_normal(), *_SIZES))
        return self._replace(slopes=slopes, log_size=(log_size, error))

    def weights(self, known: Known, rng: np.random.Generator) -> Array:
        """Return expected counts (U, Y) with the scatter of places, of gamma distributions."""
        scatter = rng.gamma(self.size, 1.0 / self.size, _shape(known))
        return np.asarray(np.minimum(self.mean(known) * scatter, _MOST))

    def counts(self, known: Known, rng: np.random.Generator) -> Array:
        """Return counts (U, Y) drawn around the expected ones."""
        return rng.poisson(self.weights(known, rng))


def _shape(known: Known) -> tuple[int, int]:
    """Return the numbers of places and of years."""
    rows, years = next(iter(known.values())).shape
    return int(rows), int(years)


def _design(rival: Rival, names: Sequence[str], known: Known) -> tuple[Array, Array]:
    """Return columns (N, F), and the logarithm of what is given (N,), of all cells."""
    cells = int(np.prod(_shape(known)))
    columns = np.array([known[name].ravel() for name in names]).reshape(len(names), cells).T
    offset = np.zeros(cells)
    for name in rival.given:
        value = known[name].ravel()
        least = _LEAST.get(name, 1e-6 * max(float(value.mean()), 1e-9))
        offset += np.log(np.maximum(value, least))
    return columns, offset


def fit(rival: Rival, known: Known, counts: Array) -> CountModel:
    """Fit a rival to counts or amounts (U, Y) at places and years of which so much is known.

    With several years it has a trend too. The means are those of a Poisson regression, so that they
    add up to what was counted, and the size is the likeliest beside them. Slopes are held towards
    zero by a normal of standard deviation one for standardised columns: a handful of counts would
    else send them to infinity. Their errors are the sandwich's, which allow for the scatter.
    """
    names = rival.fitted + (("year",) if counts.shape[1] > 1 else ())
    columns, offset = _design(rival, names, known)
    centre, scale = columns.mean(axis=0), columns.std(axis=0)
    scale = np.where(scale > 0.0, scale, 1.0)
    columns = (columns - centre) / scale
    seen, exposure = counts.ravel().astype(np.float64), np.exp(offset)
    slopes = np.array([np.log(max(seen.sum(), 1e-3) / exposure.sum())])
    if names and not seen.any():
        slopes = np.r_[slopes, np.zeros(len(names))]
    elif names:
        slopes = _poisson_slopes(columns, seen, exposure)
    design = np.column_stack([np.ones(len(seen)), columns])
    mean = exposure * np.exp(np.clip(design @ slopes, _FLOOR, _CEILING))

    def loss(log_size: float) -> float:
        return -float(_log_mass(seen, mean, np.exp(log_size)).sum())

    best = float(minimize_scalar(loss, bounds=_SIZES, method="bounded").x)
    curve = (loss(best + 0.1) - 2.0 * loss(best) + loss(best - 0.1)) / 0.1**2
    held = np.diag(np.r_[1e-6, np.ones(len(names))])
    bread = np.linalg.inv(design.T @ (mean[:, None] * design) + held)
    scatter = (mean + mean**2 / np.exp(best))[:, None]
    covariance = bread @ (design.T @ (scatter * design)) @ bread
    log_size = best, float(1.0 / np.sqrt(max(curve, 1.0)))
    return CountModel(rival, names, centre, scale, slopes, covariance, log_size)


def _poisson_slopes(columns: Array, counts: Array, exposure: Array) -> Array:
    """Return the constant and the slopes (1 + F,) of a Poisson regression with exposures (N,)."""
    from sklearn.linear_model import PoissonRegressor

    weights = exposure / exposure.mean()
    model = PoissonRegressor(alpha=1.0 / weights.sum(), solver="newton-cholesky", max_iter=500)
    model.fit(columns, counts / weights, sample_weight=weights)
    return np.asarray(np.r_[model.intercept_ - np.log(exposure.mean()), model.coef_])


def _log_mass(counts: Array, mean: Array, size: float) -> Array:
    """Return the log of a negative binomial; of amounts, which need not be whole, the like."""
    log = gammaln(counts + size) - gammaln(size) - gammaln(counts + 1.0)
    return np.asarray(
        log + size * np.log(size / (size + mean)) + counts * np.log(mean / (size + mean))
    )


class RivalPrediction(NamedTuple):
    """Hold what is foretold of places: the mean (U,), and draws (R, U) of counts, else None.

    ``thinned`` (R, U) shares out the whole total by the means, every occurrence for itself.
    """

    mean: Array
    draws: Array | None
    thinned: Array | None


def rival_prediction(
    name: str, known: Known, observed: Array, groups: Array, runs: int, *, counts: bool = True
) -> RivalPrediction:
    """Return what a rival of :data:`AGAINST` foretells of places.

    One that fits powers foretells each place from others: places of the same number in ``groups``
    (U,) are left out together. The others share out what was observed (U,) in all, and the scatter
    of their draws is that which suits it best. Amounts that are no ``counts`` have no draws.
    """
    rival, rng = RIVALS[name], np.random.default_rng([64, list(RIVALS).index(name)])
    fold = np.zeros(len(groups), dtype=np.int64)
    if rival.fitted:
        fold = rng.permutation(int(groups.max()) + 1)[groups] % _FOLDS
    mean, draws = np.zeros(len(observed)), np.zeros((runs, len(observed)), dtype=np.int64)
    for out in np.unique(fold):
        mine = fold == out
        others = ~mine if rival.fitted else mine
        inside, outside = ({n: v[of] for n, v in known.items()} for of in (mine, others))
        model = fit(rival, outside, observed[others, None])
        mean[mine] = model.mean(inside)[:, 0]
        for run in range(runs if counts else 0):
            one = model.drawn(rng) if rival.fitted else model
            draws[run, mine] = one.counts(inside, rng)[:, 0]
    if not counts:
        return RivalPrediction(mean, None, None)
    return RivalPrediction(
        mean, draws, rng.multinomial(int(observed.sum()), _shares(mean), size=runs)
    )


# --- lists that others made of the region


class ListCells(NamedTuple):
    """Hold what is known of what the lists count, and each unit's country (L,).

    By country and year (C, Y), by unit (L, 1), of countries' twinnings (C, 1) and of Chinese
    provinces' (P, 1).
    """

    by_year: Known
    by_place: Known
    ties: Known
    provinces: Known
    home: Array


class ListRival(NamedTuple):
    """Hold a rival fitted to the lists: one count regression for each of :class:`ListCells`."""

    by_year: CountModel
    by_place: CountModel
    ties: CountModel
    provinces: CountModel

    def draw(self, rng: np.random.Generator) -> x.Lists:
        """Return lists as long as the real ones, at a draw of what the fits leave open.

        Of the records they hold the large ones, which alone are targets. Of sectors and lags no
        rival says anything, so they are drawn as the real lists have them in all.
        """
        real, found, cells = x.observed_lists(), x.empty_lists(), list_cells()
        found.found[x.LARGE] = rng.poisson(real.found[x.LARGE])
        years = _drawn_years(self.by_year.drawn(rng), real.by_year[x.LARGE], rng)
        found.by_year[x.LARGE] = years
        confined = _part(years.sum(axis=1), real.by_place[x.LARGE].sum(), rng)
        weights = self.by_place.drawn(rng).weights(cells.by_place, rng)[:, 0]
        for country, count in enumerate(confined):
            mine = np.flatnonzero(cells.home == country)
            found.by_place[x.LARGE, mine] = rng.multinomial(count, _shares(weights[mine]))
        mix = rng.dirichlet(1.0 + real.by_sector.sum(axis=0))
        found.by_sector[:] = rng.multinomial(years.sum(axis=1), mix)
        found.lags[:] = _drawn_lags(real.lags, rng)
        for part, model, known in (
            (found.twinnings_by_country, self.ties, cells.ties),
            (found.twinnings_by_province, self.provinces, cells.provinces),
        ):
            shares = _shares(model.drawn(rng).weights(known, rng)[:, 0])
            part[:] = rng.multinomial(real.twinnings_by_country.sum(), shares)
        return found


def _shares(weights: Array) -> Array:
    """Return weights over their sum; equal ones if all are zero."""
    total = float(weights.sum())
    return np.asarray(weights / total) if total else np.full(len(weights), 1.0 / len(weights))


def _part(counts: Array, size: int, rng: np.random.Generator) -> Array:
    """Return counts of the same shape of so many of what is counted, chosen by chance."""
    drawn = rng.multivariate_hypergeometric(counts.ravel(), int(size), method="marginals")
    return np.asarray(drawn.reshape(counts.shape))


def _drawn_years(model: CountModel, real: Array, rng: np.random.Generator) -> Array:
    """Return as many records by country and year (C, Y) as there are, drawn year after year."""
    cells, counts = dict(list_cells().by_year), np.zeros_like(real)
    by_year = rng.multinomial(int(real.sum()), _shares(model.mean(cells).sum(axis=0)))
    for year, count in enumerate(by_year):
        cells["earlier"] = earlier(counts, float(real.mean()))
        one = {name: values[:, [year]] for name, values in cells.items()}
        counts[:, year] = rng.multinomial(count, _shares(model.weights(one, rng)[:, 0]))
    return counts


def earlier(counts: Array, pooled: float) -> Array:
    """Return the mean count of the years before each year (C, Y), one more year of all among them.

    ``counts`` are by country and year (C, Y), ``pooled`` is their mean.
    """
    before = np.cumsum(counts, axis=1) - counts
    return np.asarray((before + pooled) / (1.0 + np.arange(counts.shape[1])))


def _drawn_lags(real: Array, rng: np.random.Generator) -> Array:
    """Return percentiles of as many lags as are known, lognormal as the real ones (2, 5)."""
    quarter, middle, three_quarters = np.log(real[:, 1:4]).T
    spread = (three_quarters - quarter) / 1.349
    return np.array([
        np.percentile(rng.lognormal(m, s, size), x.PERCENTILES)
        for m, s, size in zip(middle, spread, x.dated_records(), strict=True)
    ])  # fmt: skip


@cache
def list_cells() -> ListCells:
    """Return what is known of what the lists count, in the shipped world."""
    world, at, real = load_world(), x.positions(), x.observed_lists()
    countries, places = list(at.country), list(at.locality)
    by_year, records = known(world, countries, x.YEARS), real.by_year[x.LARGE]
    by_year["earlier"] = earlier(records, float(records.mean()))
    ties = over_years(known(world, countries, range(x.YEARS[0], 2017)))
    before = records.sum(axis=1, keepdims=True)
    ties["earlier"] = (before + before.mean()) / 2.0
    provinces = {"log_gdp": np.log(world.provinces[["gdp_usd_bn"]].to_numpy(dtype=np.float64))}
    home = np.array([at.country[iso3] for iso3 in at.localities["iso3"]])
    return ListCells(by_year, over_years(known(world, places, x.YEARS)), ties, provinces, home)


@cache
def list_rival(name: str) -> ListRival:
    """Return a rival of :data:`OF_LISTS`, fitted to the real lists.

    Persistence knows no places: it carries on what countries had, year after year, and lets units
    and provinces have equal chances.
    """
    rival, real, cells = RIVALS[name], x.observed_lists(), list_cells()
    carries = "earlier" in rival.given
    provinces = Rival(fitted=() if carries else ("log_gdp",))
    return ListRival(
        fit(rival, cells.by_year, real.by_year[x.LARGE]),
        fit(Rival() if carries else rival, cells.by_place, real.by_place[x.LARGE][:, None]),
        fit(rival, cells.ties, real.twinnings_by_country[:, None]),
        fit(provinces, cells.provinces, real.twinnings_by_province[:, None]),
    )
