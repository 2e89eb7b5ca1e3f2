"""Score predictions of counts or values by unit against what was observed, beside naive ones.

Shapes: U units, R draws from a predictive distribution, B resamples. Predictive distributions are
given by draws (R, U). What a score would be if the model were true is found by taking each draw in
turn for the observation: so chance within a run, which moves units together, is accounted for.
Intervals of scores are 95 % intervals from resampling units; predictive ones hold 90 % of runs.

References
----------
Czado, Gneiting and Held (2009), Predictive model assessment for count data, Biometrics 65: the
nonrandomized PIT of counts. Gneiting and Raftery (2007), Strictly proper scoring rules, JASA 102:
the continuous ranked probability score. Säilynoja, Bürkner and Vehtari (2022), Statistics and
Computing 32: checks of uniformity by distribution functions.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from scipy.stats import rankdata

from calibration.rivals import RivalPrediction
from sim.core.state import Array
from sim.engine.outcomes import gini, ratio

Record = dict[str, Any]

MODEL = "model"
RESAMPLES, LEVEL = 2000, 0.95
_SEED = 64
GRID = np.linspace(0.0, 1.0, 41)
"""Levels at which distribution functions of PIT values are compared."""
BINS = np.linspace(0.0, 1.0, 11)
TOPS = (5, 10)
LEVELS = (0.5, 0.9)
"""Levels of the predictive intervals whose coverage is reported."""


class UnitPredictions(NamedTuple):
    """Hold observations (U,), what each run has (R, U), and predictions by name, the model's first.

    Resampling keeps together units of the same number in ``groups`` (U,).
    """

    observed: Array
    runs: Array
    predictions: Mapping[str, RivalPrediction]
    groups: Array


def spread(values: Array, observed: float | None = None) -> Record:
    """Return median and 90 % interval of values (R,), and where an observation lies in them.

    ``p`` is the chance of a value as far out, on either side; ``inside`` tells whether the
    observation is in the interval.
    """
    known = values[~np.isnan(values)]
    if not len(known):
        return dict.fromkeys(("median", "q05", "q95", "p", "inside"))
    low, middle, high = (float(q) for q in np.quantile(known, (0.05, 0.5, 0.95)))
    found: Record = {"median": middle, "q05": low, "q95": high}
    if observed is not None and not np.isnan(observed):
        ends = pit_bounds(known[:, None], np.array([observed]))
        pit = float(ends[0][0] + ends[1][0]) / 2.0
        found |= {"p": min(1.0, 2.0 * min(pit, 1.0 - pit)), "inside": low <= observed <= high}
    return found


def totals(observed: Array, runs: Array, names: list[Any]) -> list[Record]:
    """Return what was observed (N,) beside what the runs have (R, N), by name."""
    return [
        {"name": name, "observed": float(seen), **spread(values, float(seen))}
        for name, seen, values in zip(names, observed, runs.T, strict=True)
    ]


def estimate(values: Array) -> Record:
    """Return the first of the values and the percentile interval of the others, resampled.

    Resamples in which the value is not defined are left out, unless they are so many that they
    reach into the interval; then there is none.
    """
    sample, drawn = float(values[0]), values[1:]
    unknown, low, high = np.isnan(drawn), np.nan, np.nan
    if not np.isnan(sample) and unknown.mean() <= (1.0 - LEVEL) / 2.0:
        low, high = np.quantile(drawn[~unknown], ((1.0 - LEVEL) / 2.0, (1.0 + LEVEL) / 2.0))
    return {"value": sample, "low": float(low), "high": float(high)}


# --- ranks


@cache
def _multiplicities(groups: int, times: int) -> Array:
    """Return how often each group is drawn in each resample, the sample itself first."""
    rng = np.random.default_rng(_SEED)
    drawn = rng.multinomial(groups, np.full(groups, 1.0 / groups), size=times)
    return np.concatenate([np.ones((1, groups)), drawn])


def resampled(groups: Array, times: int = RESAMPLES) -> Array:
    """Return how often each unit is in each resample (B + 1, U); the first is the sample.

    Groups, given by their number (U,) from 0, are drawn as a whole.
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
    a, b = (of - (weights * of).sum(axis=1, keepdims=True) / total for of in (x, y))
    together = (weights * a * b).sum(axis=1)
    variances = (weights * a * a).sum(axis=1) * (weights * b * b).sum(axis=1)
    # A constant leaves rounding errors behind.
    small = variances <= 1e-18 * total[:, 0] ** 6
    return np.where(small, np.nan, together / np.sqrt(np.where(small, 1.0, variances)))


def rank_scores(case: UnitPredictions) -> dict[str, Record]:
    """Return of every prediction how well it ranks the units.

    ``rank`` is Spearman's correlation with what was observed, and ``model_minus`` how much better
    the model's is; of the model ``if_true`` tells what it would be if the model were true.
    """
    weights = resampled(case.groups)
    seen = weighted_ranks(case.observed, weights)
    found = {
        name: correlations(weighted_ranks(one.mean, weights), seen, weights)
        for name, one in case.predictions.items()
    }
    return {
        name: {"rank": estimate(values), "model_minus": estimate(found[MODEL] - values)}
        if name != MODEL
        else {"rank": estimate(values), "if_true": _ranks_if_true(case.runs)}
        for name, values in found.items()
    }


def _ranks_if_true(runs: Array) -> Record:
    """Return the rank correlations of each run with the mean of the others."""
    once, total = np.ones((1, runs.shape[1])), runs.sum(axis=0)
    ranks = ((weighted_ranks(total - run, once), weighted_ranks(run, once)) for run in runs)
    return spread(np.array([float(correlations(*pair, once)[0]) for pair in ranks]))


# --- calibration


def pit_bounds(draws: Array, observed: Array) -> tuple[Array, Array]:
    """Return the ends of each unit's PIT (U,): that of a count lies anywhere between them.

    The observation counts as one more draw, so that the PIT of an exchangeable one is uniform.
    """
    below, equal = (draws < observed).sum(axis=0), (draws == observed).sum(axis=0)
    one_more = len(draws) + 1
    return below / one_more, (below + equal + 1) / one_more


def pits_of_draws(draws: Array) -> tuple[Array, Array]:
    """Return the ends of the PIT (R, U) of every draw among all of them."""
    low, high = (rankdata(draws, method, axis=0) for method in ("min", "max"))
    return (low - 1) / len(draws), high / len(draws)


def pit_function(low: Array, high: Array, at: Array = GRID) -> Array:
    """Return the mean distribution function at levels ``at`` of PITs with ends (..., U)."""
    width = (high - low)[..., None]
    inside = np.clip((at - low[..., None]) / width, 0.0, 1.0)
    mean: Array = inside.mean(axis=-2)
    return mean


def coverage(low: Array, high: Array, level: float) -> Array:
    """Return the share of units whose PIT lies within the central interval of a level (...)."""
    ends = np.array([(1.0 - level) / 2.0, (1.0 + level) / 2.0])
    return np.diff(pit_function(low, high, ends), axis=-1)[..., 0]


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


def calibration_scores(case: UnitPredictions) -> Record:
    """Return how well predictive distributions are calibrated.

    ``function`` is the mean distribution function of the PIT at the levels of ``levels``,
    ``shares`` its histogram; of the model ``low`` and ``high`` are the 90 % bands of both if it
    were true, and ``p`` the chance of a function as far from the diagonal. ``score`` is the mean
    ranked probability score, ``model_minus`` the model's minus another's (below zero: the model
    is better).
    """
    by_unit, found = {}, {}
    weights = resampled(case.groups)
    for name, one in case.predictions.items():
        if one.draws is None:
            continue
        ends = pit_bounds(one.draws, case.observed)
        by_unit[name] = ranked_probability_score(one.draws, case.observed)
        function = pit_function(*ends)
        found[name] = {
            "function": function.tolist(),
            "shares": np.diff(pit_function(*ends, BINS)).tolist(),
            "departure": float(departure(function)),
            "coverage": {f"{100.0 * level:.0f}": float(coverage(*ends, level)) for level in LEVELS},
            "score": float(by_unit[name].mean()),
        }
        if name != MODEL:
            means = (weights @ (by_unit[MODEL] - by_unit[name])) / weights.sum(axis=1)
            found[name]["model_minus"] = estimate(means)
    found[MODEL] |= _calibration_if_true(case.runs, found[MODEL]["departure"])
    return {"levels": GRID.tolist(), "predictions": found}


def _calibration_if_true(runs: Array, departed: float) -> Record:
    """Return the bands of a true model's PIT, and how often it departs as far as was found."""
    ends = pits_of_draws(runs)
    functions, shares = pit_function(*ends), np.diff(pit_function(*ends, BINS))
    farther = int((departure(functions) >= departed).sum())
    covered = {f"{100.0 * level:.0f}": spread(coverage(*ends, level)) for level in LEVELS}
    band: Record = {"p": (1 + farther) / (1 + len(runs)), "coverage_if_true": covered}
    for name, values in (("function", functions), ("shares", shares)):
        low, high = np.quantile(values, (0.05, 0.95), axis=0)
        band |= {f"{name}_low": low.tolist(), f"{name}_high": high.tolist()}
    return band


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


def concentration_scores(case: UnitPredictions) -> list[Record]:
    """Return each measure of concentration: as observed, as the runs have it, and as rivals do.

    A rival has that of the total shared out by its means, or where nothing can be, of the means.
    """
    observed = concentration(case.observed)
    found: list[Record] = [
        {"measure": name, "observed": value, "predictions": {}} for name, value in observed.items()
    ]
    for name, one in case.predictions.items():
        shared = one.mean[None] if one.thinned is None else one.thinned
        drawn = [concentration(draw) for draw in shared]
        for row in found:
            values = np.array([values[row["measure"]] for values in drawn])
            spanned = spread(values, row["observed"] if name == MODEL else None)
            if one.thinned is None:
                # Means touch every unit; that says nothing.
                middle = spanned["median"] if row["measure"] != "touched" else None
                spanned |= {"median": middle, "q05": None, "q95": None}
            row["predictions"][name] = spanned
    return found
