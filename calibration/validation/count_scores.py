"""Scores of predicted counts: log score, randomised PIT, ranked probability, clustered errors.

Czado, Gneiting and Held 2009, *Predictive model assessment for count data*.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from calibration.inference.prior import Array

MOST = 200
"""Counts above are taken for this."""
_PRIOR_RUNS, _ANYWHERE = 5.0, 0.01


def mass_of(counts: Array, base: Array | None = None) -> Array:
    """Return probabilities (MOST + 1,) from simulated counts (N,).

    Five runs' weight is given to ``base``, so that an unseen count is not impossible; without it to
    a geometric distribution of the same mean. One in a hundred of that is a geometric of mean 10.
    """
    seen = np.bincount(np.minimum(counts, MOST), minlength=MOST + 1).astype(float)
    mean = float(counts.mean()) if len(counts) else 1.0
    prior = geometric(mean) if base is None else base
    prior = (1.0 - _ANYWHERE) * prior + _ANYWHERE * geometric(10.0)
    return np.asarray((seen + _PRIOR_RUNS * prior) / (seen.sum() + _PRIOR_RUNS))


def floored(mass: Array, runs: int) -> Array:
    """Return a distribution with the least chances that :func:`mass_of` gives so many runs."""
    share = _ANYWHERE * _PRIOR_RUNS / (runs + _PRIOR_RUNS)
    return np.asarray((1.0 - share) * mass + share * geometric(10.0))


def negative_binomial(mean: float, size: float) -> Array:
    """Return a negative binomial on 0 to MOST, of variance mean + mean**2 / size."""
    from scipy.stats import nbinom

    found = nbinom.pmf(np.arange(MOST + 1), size, size / (size + mean))
    return np.asarray(found / found.sum())


def geometric(mean: float) -> Array:
    """Return a geometric distribution of a mean on 0 to MOST."""
    p = 1.0 / (1.0 + mean)
    found = p * (1.0 - p) ** np.arange(MOST + 1)
    return np.asarray(found / found.sum())


def central(mass: Array, share: float) -> tuple[int, int]:
    """Return the ends of the central interval of a share."""
    cumulated = np.cumsum(mass)
    ends = np.searchsorted(cumulated, [(1.0 - share) / 2.0, (1.0 + share) / 2.0])
    return int(ends[0]), int(ends[1])


def pit(mass: Array, count: int, u: float) -> float:
    """Return the randomised PIT of a count; ``u`` in (0, 1) places it within its step."""
    at = min(count, MOST)
    return float(mass[:at].sum() + u * mass[at])


def ranked(mass: Array, count: int) -> float:
    """Return the ranked probability score of a count: 0 is best."""
    below = np.arange(MOST + 1) >= count
    return float(((np.cumsum(mass) - below) ** 2).sum())


def clustered(differences: Array, clusters: Sequence[str]) -> tuple[float, float]:
    """Return the sum of differences (N,) and its standard error, clustered."""
    names = sorted(set(clusters))
    owner = np.array(clusters)
    sums = np.array([differences[owner == name].sum() for name in names])
    count = len(sums)
    spread = float(((sums - sums.mean()) ** 2).sum())
    return float(differences.sum()), float(np.sqrt(spread * count / max(count - 1, 1)))
