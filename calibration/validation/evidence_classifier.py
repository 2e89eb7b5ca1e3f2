"""Tell two models apart by what would be on record, and say which of them a record is like.

A logistic regression is taught by runs of both models, parameters free on both sides, and gives any
record its log odds of being the right model's. It is taught by half of the runs and scores the
other half, several times over. What runs of the other model score, when held out, is what the
score would be were that model true.

References
----------
Pudlo et al. (2016), Reliable ABC model choice via random forests, *Bioinformatics* 32(6). Friedman
(2003), On multivariate goodness-of-fit and two-sample testing, on tests by a classifier's scores.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from typing import NamedTuple, TypeVar

import numpy as np

from calibration.inference.prior import Array
from calibration.scaling import Scaling

LEVEL = 0.05
_FARTHEST = 4.0
"""Scaled statistics are held within this, so that no single one decides."""
_PENALTY = 0.01
"""Inverse strength of the ridge."""

_Given = TypeVar("_Given")
_Found = TypeVar("_Found")


class Classifier(NamedTuple):
    """Hold a scaling of statistics, and slopes (K,) on scaled ones with their constant."""

    scaling: Scaling
    slopes: Array
    constant: float

    @classmethod
    def taught(cls, right: Array, wrong: Array) -> Classifier:
        """Return the classifier of runs (N, K) of the right model and (M, K) of another."""
        from sklearn.linear_model import LogisticRegression

        runs = np.concatenate([right, wrong])
        scaling = Scaling.of(runs)
        ridge = LogisticRegression(
            C=_PENALTY, class_weight="balanced", solver="newton-cholesky", max_iter=500
        )
        ridge.fit(_held(scaling(runs)), np.arange(len(runs)) < len(right))
        return cls(scaling, ridge.coef_[0], float(ridge.intercept_[0]))

    def log_odds(self, records: Array) -> Array:
        """Return the log odds (N,) that records (N, K) are the right model's."""
        return np.asarray(self.constant + _held(self.scaling(records)) @ self.slopes)


def _held(scaled: Array) -> Array:
    """Return scaled statistics (N, K) held within bounds."""
    return np.asarray(np.clip(scaled, -_FARTHEST, _FARTHEST))


class Scores(NamedTuple):
    """Hold held-out log odds of runs of both models (N,) (M,), a record's, and mean slopes (K,)."""

    right: Array
    wrong: Array
    record: float
    slopes: Array

    @property
    def p(self) -> float:
        """Return how often a run of the other model looks as right as the record or more."""
        return float((1 + (self.wrong >= self.record).sum()) / (1 + len(self.wrong)))

    @property
    def p_right(self) -> float:
        """Return how often a run of the right model looks as wrong as the record or more."""
        return float((1 + (self.right <= self.record).sum()) / (1 + len(self.right)))

    @property
    def power(self) -> float:
        """Return the share of the right model's runs that reject the other."""
        most = int(np.ceil(LEVEL * (1 + len(self.wrong)))) - 2
        if most < 0:
            return 0.0
        # The largest number of runs at least as right that still makes for less than the level.
        return float((self.right > np.sort(self.wrong)[::-1][most]).mean())


def in_threads(
    judge: Callable[[_Given], _Found], given: Iterable[_Given], workers: int
) -> list[_Found]:
    """Return what each of some comparisons finds, made by a number of threads."""
    from threadpoolctl import threadpool_limits

    # Matrices are small: more threads than one for each would only wait for each other.
    with threadpool_limits(1), ThreadPoolExecutor(workers) as pool:
        return list(pool.map(judge, given))


def held_out_scores(right: Array, wrong: Array, record: Array, seed: int, repeats: int) -> Scores:
    """Return the scores of finite runs (N, K) and (M, K) of two models, and of a record (K,).

    Each time, either half is scored by what the other has taught. The record, which teaches
    nothing, is scored by one of both classifiers, as often as any run: so under the other model its
    score is distributed like that of the runs.
    """
    scores = np.zeros(len(right)), np.zeros(len(wrong))
    slopes, of_record = np.zeros(right.shape[1]), 0.0
    for number, fold in product(range(repeats), (0, 1)):
        rng = np.random.default_rng([seed, number])
        halves = [rng.permutation(len(runs)) % 2 for runs in (right, wrong)]
        taught = Classifier.taught(right[halves[0] != fold], wrong[halves[1] != fold])
        for found, runs, half in zip(scores, (right, wrong), halves, strict=True):
            found[half == fold] += taught.log_odds(runs[half == fold]) / repeats
        if number % 2 == fold:
            of_record += float(taught.log_odds(record[None, :])[0]) / repeats
        slopes += taught.slopes / (2 * repeats)
    return Scores(*scores, of_record, slopes)
