"""How well a model, refitted to the rest of the record, foretells each target.

A target is foretold from the targets of all other clusters. A linear regression over a table's
rows predicts it from them, and the rows for which nearly the same is predicted are what the model
expects beside such a record: its posterior predictive distribution, the parameters fitted to the
rest and left uncertain as the rest leaves them. The log of its density at the observed value is
the score. Nothing is judged by what it was fitted to, and whatever is discrete stays so up to the
kernel's width.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from calibration.inference.learned_summaries import with_constant
from calibration.inference.prior import Array
from calibration.scaling import Scaling

NEAR = 0.2
"""Share of a half's rows for which nearly the same is predicted."""
FEWEST_NEAR = 50
_RIDGE = 10.0
_NARROWEST = 0.1
"""Least width of a kernel, in standard deviations of the target."""
_ELSEWHERE = 0.01
_WIDE = 3.0
"""A share of one in a hundred of each density is a normal three times as wide as the target varies,
so that no score is without bounds."""


@dataclass(frozen=True)
class ScoreScale:
    """Hold on which scale targets are scored, the same for all models that are compared.

    Parameters
    ----------
    scaling
        Of the targets.
    width
        Of each target's kernel (K,), on that scale.
    """

    scaling: Scaling
    width: Array

    @classmethod
    def of(cls, statistics: Array) -> ScoreScale:
        """Return the scale of a table of targets (N, K)."""
        scaling = Scaling.of(statistics)
        scaled = scaling(statistics)
        near = max(FEWEST_NEAR, NEAR * len(scaled))
        # Silverman's rule, for as many rows as are near.
        width = 0.9 * scaled.std(axis=0) * near**-0.2
        return cls(scaling, np.maximum(width, _NARROWEST))


def log_scores(
    statistics: Array, records: Array, clusters: Iterable[Sequence[int]], scale: ScoreScale
) -> Array:
    """Return the log score of each target of each record (M, K).

    Each half of the rows teaches the regression by which the other half's rows are chosen.

    Parameters
    ----------
    statistics
        Rows of a model's table (N, K), in random order.
    records
        What is to be foretold (M, K).
    clusters
        Places of the targets that are foretold together, from those of all other clusters.
    scale
        On which they are scored.
    """
    rows, asked = scale.scaling(statistics), scale.scaling(records)
    groups = [np.asarray(cluster) for cluster in clusters]
    halves = np.array_split(np.arange(len(rows)), 2)
    density = np.zeros(asked.shape)
    for learners, others in (halves, halves[::-1]):
        for inside in groups:
            known = np.setdiff1d(np.arange(rows.shape[1]), inside)
            slopes = _slopes(rows[learners][:, known], rows[learners][:, inside])
            said, wanted = (with_constant(of[:, known]) @ slopes for of in (rows[others], asked))
            for j, target in enumerate(inside):
                density[:, target] += 0.5 * _density(
                    said[:, j], rows[others, target], wanted[:, j], asked[:, target],
                    scale.width[target],
                )  # fmt: skip
    wide = np.exp(-0.5 * (asked / _WIDE) ** 2) / (_WIDE * np.sqrt(2.0 * np.pi))
    return np.asarray(np.log((1.0 - _ELSEWHERE) * density + _ELSEWHERE * wide))


def _slopes(known: Array, targets: Array) -> Array:
    """Return the coefficients (1 + known, targets) of a ridge regression, the constant first."""
    design = with_constant(known)
    ridge = np.diag([0.0] + [_RIDGE] * known.shape[1])
    return np.asarray(np.linalg.solve(design.T @ design + ridge, design.T @ targets))


def _density(said: Array, values: Array, wanted: Array, at: Array, width: float) -> Array:
    """Return the density (M,) at each record's value among the rows of which the same is said.

    Parameters
    ----------
    said, values
        What is predicted for the rows, and their values (N,).
    wanted, at
        What is predicted for the records, and their values (M,).
    width
        Of the kernel.
    """
    count = min(len(said) - 1, max(FEWEST_NEAR, int(NEAR * len(said))))
    apart = np.abs(said[None, :] - wanted[:, None])
    reach = np.partition(apart, count, axis=1)[:, count : count + 1]
    weights = np.where(
        reach > 0.0, np.maximum(1.0 - (apart / np.maximum(reach, 1e-300)) ** 2, 0), 1
    )
    weights = weights / weights.sum(axis=1, keepdims=True)
    kernel = np.exp(-0.5 * ((at[:, None] - values[None, :]) / width) ** 2)
    return np.asarray((weights * kernel).sum(axis=1) / (width * np.sqrt(2.0 * np.pi)))
