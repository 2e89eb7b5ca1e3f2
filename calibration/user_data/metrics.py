"""Mark predictions by unit against observations, beside naive predictions: the parts of a record.

Every function returns what JSON knows or can be made to. Intervals of scores are 95 % intervals
from resampling units; predictive intervals hold 90 % of runs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from calibration.claims.effect_inference import estimate
from calibration.user_data import prediction_scores
from sim.core.state import Array

Record = dict[str, Any]
Predictions = Mapping[str, tuple[Array, Array | None]]
"""Mean (U,) and draws (R, U) of each prediction; None where it has no distribution."""

MODEL = "model"
SIZE = "gdp"
WITHIN = (0.5, 0.9)
"""Levels of the predictive intervals whose coverage is told."""
FEWEST_GROUPS = 8


@dataclass(frozen=True)
class Comparand:
    """Hold what is set against each other, with U units and R runs.

    Parameters
    ----------
    observed
        What the table has (U,).
    runs
        What each run has (R, U).
    predictors
        Naive predictors (U,) by name.
    groups
        Number of the group of each unit (U,), which resampling keeps together.
    counts
        Whether these are counts; naive predictions have distributions for counts only.
    """

    observed: Array
    runs: Array
    predictors: dict[str, Array]
    groups: Array
    counts: bool

    def predictions(self) -> Predictions:
        """Return mean (U,) and draws (R, U) of every prediction, the model's first."""
        found: dict[str, tuple[Array, Array | None]] = {}
        found[MODEL] = (self.runs.mean(axis=0), self.runs)
        for name, values in self.predictors.items():
            mean = prediction_scores.naive_mean(values, self.observed)
            many = max(len(self.runs), 400)
            draws = (
                prediction_scores.naive_draws(mean, self.observed, many) if self.counts else None
            )
            found[name] = (mean, draws)
        return found


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
        ends = prediction_scores.pit_bounds(known[:, None], np.array([observed]))
        pit = float(ends[0][0] + ends[1][0]) / 2.0
        found |= {"p": min(1.0, 2.0 * min(pit, 1.0 - pit)), "inside": low <= observed <= high}
    return found


def rank_marks(case: Comparand, means: dict[str, Array]) -> dict[str, Record]:
    """Return of every prediction how well it ranks the units.

    ``rank`` is Spearman's correlation with what was observed, ``partial`` the same given GDP,
    and ``model_minus`` how much better the model's is; of the model ``if_true`` tells what both
    would be if the model were true.
    """
    weights = prediction_scores.resampled(case.groups)
    seen = prediction_scores.weighted_ranks(case.observed, weights)
    ranks = {name: prediction_scores.weighted_ranks(mean, weights) for name, mean in means.items()}
    size = prediction_scores.weighted_ranks(case.predictors[SIZE], weights)
    with_size = prediction_scores.correlations(size, seen, weights)
    direct = {
        name: prediction_scores.correlations(rank, seen, weights) for name, rank in ranks.items()
    }
    marks: dict[str, Record] = {}
    for name, rank in ranks.items():
        given = prediction_scores.partial(
            direct[name], prediction_scores.correlations(rank, size, weights), with_size
        )
        marks[name] = {
            "rank": estimate(direct[name])._asdict(),
            "partial": None if name == SIZE else estimate(given)._asdict(),
            "model_minus": (
                None if name == MODEL else estimate(direct[MODEL] - direct[name])._asdict()
            ),
        }
    marks[MODEL]["if_true"] = _ranks_if_true(case)
    return marks


def _ranks_if_true(case: Comparand) -> Record:
    """Return the rank correlations that the model would have if it were true."""
    runs, once = case.runs, np.ones((1, case.runs.shape[1]))
    size = prediction_scores.weighted_ranks(case.predictors[SIZE], once)
    total = runs.sum(axis=0)
    found = []
    for run in runs:
        rank = prediction_scores.weighted_ranks((total - run) / max(len(runs) - 1, 1), once)
        seen = prediction_scores.weighted_ranks(run, once)
        xy, xz, yz = (
            prediction_scores.correlations(a, b, once)
            for a, b in ((rank, seen), (rank, size), (size, seen))
        )
        found.append((float(xy[0]), float(prediction_scores.partial(xy, xz, yz)[0])))
    rank_, partial_ = np.array(found).T
    return {"rank": spread(rank_), "partial": spread(partial_)}


def calibration_marks(case: Comparand, predictions: Predictions) -> Record:
    """Return how well predictive distributions are calibrated.

    ``function`` is the mean distribution function of the PIT at the levels of ``levels``,
    ``shares`` its histogram; of the model ``low`` and ``high`` are the 90 % bands of both if it
    were true, and ``p`` the chance of a function as far from the diagonal. ``score`` is the mean
    ranked probability score, ``model_minus`` the model's minus another's (below zero: the model
    is better).
    """
    by_unit, marks = {}, {}
    weights = prediction_scores.resampled(case.groups)
    for name, (_, draws) in predictions.items():
        if draws is None:
            continue
        low, high = prediction_scores.pit_bounds(draws, case.observed)
        by_unit[name] = prediction_scores.ranked_probability_score(draws, case.observed)
        function = prediction_scores.pit_function(low, high)
        marks[name] = {
            "function": function.tolist(),
            "shares": prediction_scores.pit_shares(low, high).tolist(),
            "departure": float(prediction_scores.departure(function)),
            "coverage": {
                f"{100.0 * w:.0f}": float(prediction_scores.coverage(low, high, w)) for w in WITHIN
            },
            "score": float(by_unit[name].mean()),
        }
        if name != MODEL:
            apart = by_unit[MODEL] - by_unit[name]
            means = (weights @ apart) / weights.sum(axis=1)
            marks[name]["model_minus"] = estimate(means)._asdict()
    marks[MODEL] |= _calibration_if_true(case.runs, marks[MODEL]["departure"])
    return {"levels": prediction_scores.GRID.tolist(), "predictions": marks}


def _calibration_if_true(runs: Array, found: float) -> Record:
    """Return the bands of a true model's PIT, and how often it departs as far as was found."""
    low, high = prediction_scores.pits_of_draws(runs)
    functions, shares = (
        prediction_scores.pit_function(low, high),
        prediction_scores.pit_shares(low, high),
    )
    farther = int((prediction_scores.departure(functions) >= found).sum())
    covered = {f"{100.0 * w:.0f}": spread(prediction_scores.coverage(low, high, w)) for w in WITHIN}
    band: Record = {"p": (1 + farther) / (1 + len(runs)), "coverage_if_true": covered}
    for name, values in (("function", functions), ("shares", shares)):
        ends = np.quantile(values, (0.05, 0.95), axis=0)
        band |= {f"{name}_low": ends[0].tolist(), f"{name}_high": ends[1].tolist()}
    return band


def concentration_marks(case: Comparand, predictions: Predictions) -> list[Record]:
    """Return each measure of concentration: as observed, as the runs have it, and naively.

    A naive prediction without a distribution has the concentration of its means.
    """
    observed = prediction_scores.concentration(case.observed)
    found: list[Record] = [
        {"measure": name, "observed": value, "predictions": {}} for name, value in observed.items()
    ]
    for name, (mean, draws) in predictions.items():
        drawn = prediction_scores.concentrations(draws if draws is not None else mean[None])
        for row in found:
            values = drawn[row["measure"]]
            marked = spread(values, row["observed"] if name == MODEL else None)
            if draws is None:
                # Means touch every unit; that says nothing.
                known = row["measure"] != "touched"
                marked |= {"median": marked["median"] if known else None, "q05": None, "q95": None}
            row["predictions"][name] = marked
    return found


def totals(observed: Array, runs: Array, names: list[Any]) -> list[Record]:
    """Return what was observed (N,) beside what the runs have (R, N), by name."""
    return [
        {"name": name, "observed": float(seen), **spread(runs[:, i], float(seen))}
        for i, (name, seen) in enumerate(zip(names, observed, strict=True))
    ]
