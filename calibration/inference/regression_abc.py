"""Regression ABC: the posterior from the rows of a table whose summaries are near.

Rows near the observation are weighted by Epanechnikov's kernel and moved along a local linear
regression to where they would lie had their summaries been those observed (Beaumont, Zhang and
Balding 2002, Genetics 162, 2025). Networks and particles come from different halves of the
table, each half serving both ways, so that no row is judged by a network that has seen it.

Intervals are recalibrated on rows that served nothing else. Rodrigues, Prangle and Sisson (2018,
Comput. Stat. Data Anal. 126, 53): where the true values of spare rows lie in their posteriors says
how levels claimed compare with levels kept. Each parameter's levels are bent by the Beta
distribution fitted to those of the spare rows, a smooth curve of two numbers, so that little of
the spare rows' own chance enters. The dependence between parameters stays as it was.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from calibration.inference.learned_summaries import NETWORKS, Summaries, learn
from calibration.inference.prior import Array

SHARE = 0.15
"""Share of a half's rows that are near."""
FEWEST = 400
_RIDGE = 1e-3
_EDGE = 1e-12
"""How near to 0 and 1 a level may come, so that its normal score is finite."""


class Particles(NamedTuple):
    """Hold a weighted sample of scores (M, D), with weights (M,) that add up to one."""

    scores: Array
    weights: Array

    def levels(self, truth: Array) -> Array:
        """Return the probability of scores below those given (D,), never 0 or 1."""
        below = self.weights @ (self.scores < truth)
        least = 0.5 / len(self.weights)
        return np.asarray(np.clip(below, least, 1.0 - least))


class _Half(NamedTuple):
    """Hold the networks of one half, and the particles of the other with their spread."""

    summarise: Summaries
    summaries: Array
    scores: Array
    spread: Array

    def particles(self, at: Array) -> Particles:
        """Return the particles given an observation's summaries (D,)."""
        apart = (self.summaries - at) / self.spread
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


class Regression(NamedTuple):
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
    """Learn summaries from a table of statistics (N, K) and keep it for regression.

    Scores (N, D) are normal scores of parameters and of derived quantities; the rest is as in
    :func:`calibration.inference.learned_summaries.learn`.
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
        summaries = summarise(statistics[others])
        spread = summaries.std(axis=0)
        spread = np.where(spread > 0.0, spread, 1.0)
        parts.append(_Half(summarise, summaries, scores[others], spread))
    return Regression(tuple(parts))


class Recalibration(NamedTuple):
    """Bend levels: the level ``p`` claimed is really Beta(``a``, ``b``)'s probability up to ``p``.

    ``a`` and ``b`` are of each score (D,); both are one where the claimed levels hold.
    """

    a: Array
    b: Array

    @classmethod
    def learned(cls, levels: Array) -> Recalibration:
        """Return the recalibration from the levels (N, D) of spare rows' true scores."""
        fitted = np.array([_likeliest_beta(column) for column in levels.T])
        return cls(fitted[:, 0], fitted[:, 1])

    def levels(self, claimed: Array) -> Array:
        """Return the levels (..., D) that those claimed stand for."""
        from scipy.special import betainc

        return np.asarray(betainc(self.a, self.b, claimed))

    def particles(self, found: Particles) -> Particles:
        """Return the particles moved to where their levels hold; their ranks stay."""
        from scipy.special import betaincinv, ndtri

        moved = np.empty_like(found.scores)
        for j, scores in enumerate(found.scores.T):
            order = np.argsort(scores, kind="stable")
            ordered, heights = scores[order], found.weights[order]
            levels = np.clip(np.cumsum(heights) - 0.5 * heights, _EDGE, 1.0 - _EDGE)
            bent = betaincinv(self.a[j], self.b[j], levels)
            at, aim = ndtri(levels), ndtri(np.clip(bent, _EDGE, 1.0 - _EDGE))
            # Beyond the ends, go on as a normal distribution would.
            beyond = np.minimum(aim - at[0], 0.0) + np.maximum(aim - at[-1], 0.0)
            moved[order, j] = np.interp(aim, at, ordered) + ordered.std() * beyond
        return Particles(moved, found.weights)


def _likeliest_beta(levels: Array) -> tuple[float, float]:
    """Return the Beta distribution most likely to give levels."""
    from scipy.optimize import minimize
    from scipy.special import betaln

    logs = np.log(levels).mean(), np.log1p(-levels).mean()

    def loss(at: Array) -> float:
        a, b = np.exp(at)
        return float(betaln(a, b) - (a - 1.0) * logs[0] - (b - 1.0) * logs[1])

    found = minimize(loss, np.zeros(2), method="L-BFGS-B", bounds=[(-2.0, 2.0)] * 2)
    a, b = np.exp(found.x)
    return float(a), float(b)
