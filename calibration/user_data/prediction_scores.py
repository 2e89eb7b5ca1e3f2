"""Scores of predictions of counts or values by unit against what was observed.

Shapes: U units, R draws from a predictive distribution, B resamples. Predictive distributions are
given by draws (R, U). What a score would be if the model were true is found by taking each draw in
turn for the observation: so chance within a run, which moves units together, is accounted for.

References
----------
Czado, Gneiting and Held (2009), Predictive model assessment for count data, Biometrics 65: the
nonrandomized PIT of counts. Gneiting and Raftery (2007), Strictly proper scoring rules, JASA 102:
the continuous ranked probability score. Säilynoja, Bürkner and Vehtari (2022), Statistics and
Computing 32: checks of uniformity by distribution functions.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from sim.core.state import Array
from sim.engine.outcomes import gini, ratio

RESAMPLES = 2000
_SEED = 64
GRID = np.linspace(0.0, 1.0, 41)
"""Levels at which distribution functions of PIT values are compared."""
BINS = 10
TOPS = (5, 10)


# --- ranks


@cache
def _multiplicities(groups: int, times: int) -> Array:
    """Return how often each group is drawn in each resample, the sample itself first."""
    rng = np.random.default_rng(_SEED)
    drawn = rng.multinomial(groups, np.full(groups, 1.0 / groups), size=times)
    return np.concatenate([np.ones((1, groups)), drawn])


def resampled(groups: Array, times: int = RESAMPLES) -> Array:
    """Return how often each unit is in each resample (B + 1, U); the first is the sample.

    Parameters
    ----------
    groups
        Number of the group of each unit (U,), from 0; groups are drawn as a whole.
    times
        Number of resamples, B.
    """
    weights: Array = _multiplicities(int(groups.max()) + 1, times)[:, groups]
    return weights


def weighted_ranks(values: Array, weights: Array) -> Array:
    """Return mid-ranks of values (U,) in resamples with multiplicities ``weights`` (B, U)."""
    _, level = np.unique(values, return_inverse=True)
    order = np.argsort(level, kind="stable")
    starts = np.flatnonzero(np.diff(level[order], prepend=-1))
    within = np.add.reduceat(weights[:, order], starts, axis=1)
    middle = np.cumsum(within, axis=1) - within + (within + 1.0) / 2.0
    ranks: Array = middle[:, level]
    return ranks


def correlations(x: Array, y: Array, weights: Array) -> Array:
    """Return Pearson's correlation of x and y (B, U) under weights (B, U); nan if constant."""
    total = weights.sum(axis=1, keepdims=True)

    def centred(values: Array) -> Array:
        result: Array = values - (weights * values).sum(axis=1, keepdims=True) / total
        return result

    a, b = centred(x), centred(y)
    together = (weights * a * b).sum(axis=1)
    spread = (weights * a * a).sum(axis=1) * (weights * b * b).sum(axis=1)
    # A constant leaves rounding errors behind.
    small = spread <= 1e-18 * total[:, 0] ** 6
    return np.where(small, np.nan, together / np.sqrt(np.where(small, 1.0, spread)))


def partial(xy: Array, xz: Array, yz: Array) -> Array:
    """Return the correlation of x and y given z, from the three correlations."""
    left = (1.0 - xz**2) * (1.0 - yz**2)
    known = left > 1e-12
    return np.where(known, (xy - xz * yz) / np.sqrt(np.where(known, left, 1.0)), np.nan)


# --- calibration


def pit_bounds(draws: Array, observed: Array) -> tuple[Array, Array]:
    """Return the ends of each unit's PIT (U,): that of a count lies anywhere between them.

    The observation counts as one more draw, so that the PIT of an exchangeable one is uniform.
    """
    below = (draws < observed).sum(axis=0)
    equal = (draws == observed).sum(axis=0)
    one_more = len(draws) + 1
    return below / one_more, (below + equal + 1) / one_more


def pits_of_draws(draws: Array) -> tuple[Array, Array]:
    """Return the ends of the PIT (R, U) of every draw among all of them."""
    ordered = np.sort(draws, axis=0)
    low = np.empty(draws.shape)
    high = np.empty(draws.shape)
    for unit in range(draws.shape[1]):
        column = ordered[:, unit]
        low[:, unit] = np.searchsorted(column, draws[:, unit], "left")
        high[:, unit] = np.searchsorted(column, draws[:, unit], "right")
    return low / len(draws), high / len(draws)


def pit_function(low: Array, high: Array, at: Array = GRID) -> Array:
    """Return the mean distribution function of PIT values at some levels (..., levels).

    Parameters
    ----------
    low, high
        Ends of the PIT (..., U).
    at
        Levels from 0 to 1.
    """
    width = (high - low)[..., None]
    inside = np.clip((at - low[..., None]) / width, 0.0, 1.0)
    mean: Array = inside.mean(axis=-2)
    return mean


def pit_shares(low: Array, high: Array, bins: int = BINS) -> Array:
    """Return the share of PIT values in each of equally wide bins (..., bins)."""
    return np.diff(pit_function(low, high, np.linspace(0.0, 1.0, bins + 1)), axis=-1)


def coverage(low: Array, high: Array, level: float) -> Array:
    """Return the share of units whose PIT lies within the central interval of a level (...)."""
    ends = np.array([(1.0 - level) / 2.0, (1.0 + level) / 2.0])
    found = pit_function(low, high, ends)
    return np.asarray(found[..., 1] - found[..., 0])


def departure(function: Array) -> Array:
    """Return the largest distance of distribution functions (..., levels) from the uniform."""
    return np.asarray(np.abs(function - GRID).max(axis=-1))


def ranked_probability_score(draws: Array, observed: Array) -> Array:
    """Return the continuous ranked probability score of each unit (U,), lower is better.

    The estimate from draws is the fair one: it does not favour many draws.
    """
    count = len(draws)
    ordered = np.sort(draws, axis=0)
    weights = 2.0 * np.arange(count) - count + 1.0
    apart = (weights[:, None] * ordered).sum(axis=0) / (count * (count - 1.0))
    return np.asarray(np.abs(draws - observed).mean(axis=0) - apart)


# --- concentration


def concentration(values: Array) -> dict[str, float]:
    """Return how concentrated non-negative values (U,) are, by the name of the measure.

    ``gini``, ``top5`` and ``top10`` (shares of the largest units, where there are more) and
    ``touched`` (share of units with anything); nan where all values are zero.
    """
    total, ordered = float(values.sum()), np.sort(values)[::-1]
    found = {"gini": gini(values) if total else float("nan")}
    for top in TOPS:
        if top < len(values):
            found[f"top{top}"] = ratio(float(ordered[:top].sum()), total)
    return found | {"touched": float((values > 0).mean())}


def concentrations(draws: Array) -> dict[str, Array]:
    """Return :func:`concentration` of each draw (R,), by the name of the measure."""
    rows = [concentration(draw) for draw in draws]
    return {name: np.array([row[name] for row in rows]) for name in rows[0]}


# --- naive predictions


def naive_mean(predictor: Array, observed: Array) -> Array:
    """Return the observed total shared out in proportion to a predictor (U,).

    It is shared out equally where the predictor is zero everywhere.
    """
    if not predictor.any():
        return np.full(len(observed), observed.mean())
    return np.asarray(observed.sum() * predictor / predictor.sum())


def naive_draws(mean: Array, observed: Array, count: int) -> Array:
    """Return draws (R, U) of counts around naive means.

    Counts are negative binomial, with the dispersion that makes the observed counts likeliest:
    a benefit of hindsight that the model does not have.

    Parameters
    ----------
    mean
        Means (U,).
    observed
        Observed counts (U,).
    count
        Number of draws.
    """
    from scipy.optimize import minimize_scalar
    from scipy.stats import nbinom

    # Where a predictor is zero, a mean of zero would exclude what may have been observed.
    level = np.maximum(mean, 1e-6 * max(float(mean.mean()), 1e-6))

    def unlikely(log_size: float) -> float:
        size = np.exp(log_size)
        return -float(nbinom.logpmf(observed, size, size / (size + level)).sum())

    size = float(np.exp(minimize_scalar(unlikely, bounds=(-6.0, 8.0), method="bounded").x))
    rng = np.random.default_rng(_SEED)
    drawn = rng.negative_binomial(size, size / (size + level), size=(count, len(mean)))
    return drawn.astype(np.float64)
