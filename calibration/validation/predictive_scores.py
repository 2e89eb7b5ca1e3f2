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
from typing import NamedTuple

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


class ScoreScale(NamedTuple):
    """Hold the scale on which targets are scored, and each one's kernel width (K,) on it.

    It is the same for all models that are compared.
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
    """Return the log score of each target of each record (M, K), given a model's rows (N, K).

    The rows are in random order: each half teaches the regression by which the other half's rows
    are chosen. Targets at the places of a cluster are foretold together, from those of all others.
    """
    rows, records = scale.scaling(statistics), scale.scaling(records)
    halves = np.array_split(np.arange(len(rows)), 2)
    groups = [np.asarray(cluster) for cluster in clusters]
    density = np.zeros(records.shape)
    for learners, others in (halves, halves[::-1]):
        for inside in groups:
            known = np.setdiff1d(np.arange(rows.shape[1]), inside)
            design = with_constant(rows[learners][:, known])
            ridge = np.diag([0.0] + [_RIDGE] * len(known))
            slopes = np.linalg.solve(
                design.T @ design + ridge, design.T @ rows[learners][:, inside]
            )
            near, at = (with_constant(of[:, known]) @ slopes for of in (rows[others], records))
            for j, target in enumerate(inside):
                density[:, target] += 0.5 * _density(
                    near[:, j], rows[others, target], at[:, j], records[:, target],
                    scale.width[target],
                )  # fmt: skip
    wide = np.exp(-0.5 * (records / _WIDE) ** 2) / (_WIDE * np.sqrt(2.0 * np.pi))
    return np.asarray(np.log((1.0 - _ELSEWHERE) * density + _ELSEWHERE * wide))


def _density(
    predicted: Array, values: Array, for_records: Array, records: Array, width: float
) -> Array:
    """Return the density (M,) at each record among the rows for which the same is predicted.

    ``predicted`` and ``values`` are the rows' (N,), ``for_records`` and ``records`` the records'
    (M,); ``width`` is the kernel's.
    """
    count = min(len(predicted) - 1, max(FEWEST_NEAR, int(NEAR * len(predicted))))
    apart = np.abs(predicted[None, :] - for_records[:, None])
    reach = np.partition(apart, count, axis=1)[:, count : count + 1]
    falling = np.maximum(1.0 - (apart / np.maximum(reach, 1e-300)) ** 2, 0)
    weights = np.where(reach > 0.0, falling, 1)
    weights = weights / weights.sum(axis=1, keepdims=True)
    kernel = np.exp(-0.5 * ((records[:, None] - values[None, :]) / width) ** 2)
    return np.asarray((weights * kernel).sum(axis=1) / (width * np.sqrt(2.0 * np.pi)))
