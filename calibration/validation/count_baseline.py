"""The rival: a negative binomial regression of what is told of a place on what it is.

Coefficients are held towards zero by a normal of standard deviation one, on standardised
predictors: a handful of twinnings told would else send them to infinity.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from calibration.inference.prior import Array
from calibration.validation.count_scores import negative_binomial

_LEAST, _FAREST = -3.0, 8.0


@dataclass(frozen=True)
class CountRegression:
    """Hold a fitted regression.

    Parameters
    ----------
    slopes
        The constant first (1 + F,).
    size
        Of the negative binomial; the variance is mean + mean**2 / size.
    """

    slopes: Array
    size: float

    def mass(self, features: Array) -> Array:
        """Return the probabilities (MOST + 1,) at a place's features (F,)."""
        mean = np.exp(np.clip(self.slopes[0] + features @ self.slopes[1:], -20.0, _FAREST))
        return negative_binomial(float(mean), self.size)


def fit_counts(features: Array, counts: Array) -> CountRegression:
    """Fit a negative binomial regression.

    Parameters
    ----------
    features
        Standardised (N, F).
    counts
        What is told (N,).
    """
    from scipy.optimize import minimize
    from scipy.special import gammaln

    design = np.column_stack([np.ones(len(features)), features])

    def loss(at: Array) -> float:
        mean = np.exp(np.clip(design @ at[:-1], -20.0, _FAREST))
        size = np.exp(at[-1])
        log = gammaln(counts + size) - gammaln(size) - gammaln(counts + 1.0)
        log += size * np.log(size / (size + mean)) + counts * np.log(mean / (size + mean))
        return float(-log.sum() + 0.5 * (at[1:] ** 2).sum())

    start = np.zeros(design.shape[1] + 1)
    start[0] = np.log(max(float(counts.mean()), 1e-4))
    bounds = [(-20.0, _FAREST)] * design.shape[1] + [(_LEAST - 2.0, 5.0)]
    found = minimize(loss, start, method="L-BFGS-B", bounds=bounds)
    return CountRegression(found.x[:-1], float(np.exp(found.x[-1])))


def given_observed(masses: list[Array]) -> list[Array]:
    """Return each outcome's distribution given that at least one count is not zero.

    Parameters
    ----------
    masses
        Of independent counts, (MOST + 1,) each.
    """
    none = np.array([mass[0] for mass in masses])
    some = max(1.0 - float(np.prod(none)), 1e-12)
    found = []
    for i, mass in enumerate(masses):
        kept = mass.copy()
        kept[0] *= 1.0 - float(np.prod(np.delete(none, i)))
        found.append(np.asarray(kept / some))
    return found
