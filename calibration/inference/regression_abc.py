"""Regression ABC: the posterior from the rows of a table whose summaries are near.

Rows near the observation are weighted by Epanechnikov's kernel and moved along a local linear
regression to where they would lie had their summaries been those observed (Beaumont, Zhang and
Balding 2002, Genetics 162, 2025). Networks and particles come from different halves of the
table, each half serving both ways, so that no row is judged by a network that has seen it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from calibration.inference.learned_summaries import NETWORKS, Summaries, learn
from calibration.inference.prior import Array

SHARE = 0.15
"""Share of a half's rows that are near."""
FEWEST = 400
_RIDGE = 1e-3


class Particles(NamedTuple):
    """Hold a weighted sample of scores.

    Parameters
    ----------
    scores
        The sample (M, D).
    weights
        Weights (M,) that add up to one.
    """

    scores: Array
    weights: Array

    def levels(self, truth: Array) -> Array:
        """Return the probability of scores below those given (D,), never 0 or 1."""
        below = self.weights @ (self.scores < truth)
        least = 0.5 / len(self.weights)
        return np.asarray(np.clip(below, least, 1.0 - least))


@dataclass(frozen=True)
class _Half:
    """Hold the networks of one half and the particles of the other."""

    summarise: Summaries
    summaries: Array
    scores: Array

    def particles(self, at: Array) -> Particles:
        """Return the particles given an observation's summaries (D,)."""
        spread = self.summaries.std(axis=0)
        apart = (self.summaries - at) / np.where(spread > 0.0, spread, 1.0)
        distance = np.einsum("ij,ij->i", apart, apart)
        count = min(len(distance) - 1, max(FEWEST, int(SHARE * len(distance))))
        near = np.argpartition(distance, count)[: count + 1]
        # In the table's order, so that sums do not depend on how rows were parted.
        near.sort()
        width = distance[near].max()
        weights = 1.0 - distance[near] / width if width > 0.0 else np.ones(len(near))
        near, weights = near[weights > 0.0], weights[weights > 0.0]
        weights = weights / weights.sum()
        design = np.column_stack([np.ones(len(near)), apart[near]])
        weighted = design.T * weights
        ridge = np.diag([0.0] + [_RIDGE] * apart.shape[1])
        slopes = np.linalg.solve(weighted @ design + ridge, weighted @ self.scores[near])
        return Particles(self.scores[near] - apart[near] @ slopes[1:], weights)


@dataclass(frozen=True)
class Regression:
    """Give the posterior of scores for any vector of statistics: what :func:`fit` returns."""

    halves: tuple[_Half, ...]

    def particles(self, statistics: Array) -> Iterator[Particles]:
        """Yield the particles for each row of statistics (N, K)."""
        places = [half.summarise(statistics) for half in self.halves]
        for rows in zip(*places, strict=True):
            found = [half.particles(at) for half, at in zip(self.halves, rows, strict=True)]
            yield Particles(
                np.concatenate([part.scores for part in found]),
                np.concatenate([part.weights for part in found]) / len(found),
            )


def fit(
    statistics: Array, scores: Array, seed: int, *, networks: int = NETWORKS, workers: int = 1
) -> Regression:
    """Learn summaries from a table and keep it for regression.

    Parameters
    ----------
    statistics
        One row a run (N, K).
    scores
        Normal scores of parameters and of derived quantities (N, D).
    seed, networks, workers
        As in :func:`calibration.inference.learned_summaries.learn`.
    """
    halves = np.array_split(np.arange(len(scores)), 2)
    parts = []
    for number, (learners, others) in enumerate((halves, halves[::-1])):
        summarise = learn(
            statistics[learners],
            scores[learners],
            seed + number * networks,
            networks=networks,
            workers=workers,
        )
        parts.append(_Half(summarise, summarise(statistics[others]), scores[others]))
    return Regression(tuple(parts))
