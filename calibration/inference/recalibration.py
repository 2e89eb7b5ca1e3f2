"""Recalibrate intervals on rows that served nothing else.

Rodrigues, Prangle and Sisson (2018, Comput. Stat. Data Anal. 126, 53): where the true values of
spare rows lie in their posteriors says how levels claimed compare with levels kept. Each
parameter's levels are bent by the Beta distribution fitted to those of the spare rows, a smooth
curve of two numbers, so that little of the spare rows' own chance enters. The dependence between
parameters stays as it was.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from calibration.inference.prior import Array
from calibration.inference.regression_abc import Particles

_EDGE = 1e-12
"""How near to 0 and 1 a level may come, so that its normal score is finite."""


@dataclass(frozen=True)
class Recalibration:
    """Bend levels: the level ``p`` claimed is really Beta(``a``, ``b``)'s probability up to ``p``.

    Parameters
    ----------
    a, b
        Of each score (D,); both are one where the claimed levels hold.
    """

    a: Array
    b: Array

    @classmethod
    def none(cls, count: int) -> Recalibration:
        """Return the recalibration that changes nothing."""
        return cls(np.ones(count), np.ones(count))

    @classmethod
    def learned(cls, levels: Array) -> Recalibration:
        """Return the recalibration from the levels (N, D) of spare rows' true scores."""
        fitted = np.array([_beta(levels[:, j]) for j in range(levels.shape[1])])
        return cls(fitted[:, 0], fitted[:, 1])

    def levels(self, claimed: Array) -> Array:
        """Return the levels (..., D) that those claimed stand for."""
        from scipy.special import betainc

        return np.asarray(betainc(self.a, self.b, claimed))

    def particles(self, found: Particles) -> Particles:
        """Return the particles moved to where their levels hold; their ranks stay."""
        moved = np.empty_like(found.scores)
        for j in range(found.scores.shape[1]):
            moved[:, j] = self._moved(found.scores[:, j], found.weights, j)
        return Particles(moved, found.weights)

    def _moved(self, scores: Array, weights: Array, j: int) -> Array:
        from scipy.special import betaincinv, ndtri

        order = np.argsort(scores, kind="stable")
        ordered, heights = scores[order], weights[order]
        levels = np.cumsum(heights) - 0.5 * heights
        wanted = betaincinv(self.a[j], self.b[j], np.clip(levels, _EDGE, 1.0 - _EDGE))
        at = ndtri(np.clip(levels, _EDGE, 1.0 - _EDGE))
        aim = ndtri(np.clip(wanted, _EDGE, 1.0 - _EDGE))
        result = np.empty_like(ordered)
        result[order] = _beyond(aim, at, ordered)
        return result


def _beyond(aim: Array, at: Array, values: Array) -> Array:
    """Interpolate, and go on beyond the ends as a normal distribution would."""
    inside = np.interp(aim, at, values)
    sd = values.std()
    below, above = np.minimum(aim - at[0], 0.0), np.maximum(aim - at[-1], 0.0)
    return np.asarray(inside + sd * (below + above))


def _beta(levels: Array) -> tuple[float, float]:
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
