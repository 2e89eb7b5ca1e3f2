"""Distributions of counts, of the model and of rivals beside it, and their scores.

Czado, Gneiting and Held 2009, *Predictive model assessment for count data*.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from scipy.stats import nbinom

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
    found = nbinom.pmf(np.arange(MOST + 1), size, size / (size + mean))
    return np.asarray(found / found.sum())


def geometric(mean: float) -> Array:
    """Return a geometric distribution of a mean on 0 to MOST."""
    return negative_binomial(mean, 1.0)


def central(mass: Array, share: float) -> tuple[int, int]:
    """Return the ends of the central interval of a share."""
    low, high = np.searchsorted(np.cumsum(mass), [(1.0 - share) / 2.0, (1.0 + share) / 2.0])
    return int(low), int(high)


def pit(mass: Array, count: int, u: float) -> float:
    """Return the randomised PIT of a count; ``u`` in (0, 1) places it within its step."""
    at = min(count, MOST)
    return float(mass[:at].sum() + u * mass[at])


def ranked(mass: Array, count: int) -> float:
    """Return the ranked probability score of a count: 0 is best."""
    below = np.arange(MOST + 1) >= count
    return float(((np.cumsum(mass) - below) ** 2).sum())


def log_score(masses: Sequence[Array], counts: Sequence[int]) -> float:
    """Return the log of the probability of independent counts."""
    chances = [mass[min(count, MOST)] for mass, count in zip(masses, counts, strict=True)]
    return float(sum(np.log(max(chance, 1e-12)) for chance in chances))


def clustered(differences: Array, clusters: Array) -> tuple[float, float]:
    """Return the sum of differences (N,) and its standard error, clustered by names (N,)."""
    sums = np.array([differences[clusters == name].sum() for name in np.unique(clusters)])
    spread, count = float(((sums - sums.mean()) ** 2).sum()), len(sums)
    return float(differences.sum()), float(np.sqrt(spread * count / max(count - 1, 1)))


def beside(scores: Mapping[str, Array], clusters: Array) -> dict[str, dict[str, float]]:
    """Return by how much the model's mean score (N,) is above that of each other who foretold.

    With each goes its standard error, clustered by names (N,).
    """
    found = {}
    for who, score in scores.items():
        if who != "model":
            change, error = clustered(scores["model"] - score, clusters)
            found[who] = {"change": change / len(score), "error": error / len(score)}
    return found


def beside_words(found: Mapping[str, Mapping[str, float]]) -> str:
    """Return differences of scores as words."""
    return ", ".join(
        f"{row['change']:+.3f} ± {row['error']:.3f} against {who.replace('_', ' ')}"
        for who, row in found.items()
    )


def given_observed(masses: list[Array]) -> list[Array]:
    """Return independent counts' distributions (MOST + 1,) given that at least one is not zero."""
    none = np.array([mass[0] for mass in masses])
    some = max(1.0 - float(np.prod(none)), 1e-12)
    found = [mass.copy() for mass in masses]
    for i, mass in enumerate(found):
        mass[0] *= 1.0 - float(np.prod(np.delete(none, i)))
    return [np.asarray(mass / some) for mass in found]
