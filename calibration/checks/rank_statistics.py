"""Simulation-based calibration: true values lie anywhere in their posteriors, equally often.

Talts et al. (2018), *Validating Bayesian inference algorithms with simulation-based calibration*.
The test is that of Säilynoja, Bürkner and Vehtari (2022, Stat. Comput. 32, 32): the most unlikely
point of the empirical distribution of levels, judged against the same of uniform samples.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np

from calibration.checks.verdict import Verdict, judged, listed, load_thresholds
from sim.core.state import Array

_POINTS = 100
_SEED = 2022
_BLOCK = 500


def holm(p_values: Array) -> Array:
    """Return p-values adjusted by Holm (1979), which bounds the chance of any false alarm."""
    order = np.argsort(p_values)
    count = len(p_values)
    stepped = np.maximum.accumulate(p_values[order] * (count - np.arange(count)))
    adjusted = np.empty(count)
    adjusted[order] = np.minimum(stepped, 1.0)
    return adjusted


def _grid() -> Array:
    return np.arange(1, _POINTS) / _POINTS


def _least_likely(counts: Array, rows: int) -> Array:
    """Return the smallest two-sided binomial probability over points, for counts (..., points)."""
    lower, upper = _tails(rows)
    at = np.arange(_POINTS - 1)
    likely = 2.0 * np.minimum(lower[at, counts], upper[at, counts])
    return np.asarray(np.minimum(likely, 1.0).min(axis=-1))


@cache
def _tails(rows: int) -> tuple[Array, Array]:
    """Return the chances of at most and at least each count, by point (points, rows + 1)."""
    from scipy.stats import binom

    counts, points = np.arange(rows + 1), _grid()[:, None]
    return binom.cdf(counts, rows, points), binom.sf(counts - 1, rows, points)


def _counts(levels: Array) -> Array:
    """Return how many levels lie at or below each point, (..., points) for levels (..., N)."""
    ordered = np.sort(levels, axis=-1)
    flat = ordered.reshape(-1, ordered.shape[-1])
    found = np.array([np.searchsorted(row, _grid(), side="right") for row in flat])
    return found.reshape(*ordered.shape[:-1], -1)


@cache
def _under_uniformity(rows: int, simulations: int) -> Array:
    """Return the sorted statistic of uniform samples (simulations,)."""
    rng = np.random.default_rng(_SEED)
    # Counts of a uniform sample in equal bins are multinomial: no need of the sample itself.
    share = np.full(_POINTS, 1.0 / _POINTS)
    parts = []
    for first in range(0, simulations, _BLOCK):
        binned = rng.multinomial(rows, share, size=min(_BLOCK, simulations - first))
        parts.append(_least_likely(binned.cumsum(axis=1)[:, :-1], rows))
    return np.sort(np.concatenate(parts))


def uniformity_p_values(levels: Array, simulations: int) -> Array:
    """Return the p-value (D,) of each column of levels (N, D) being uniform.

    Parameters
    ----------
    levels
        Between 0 and 1.
    simulations
        Uniform samples that the statistic is judged against; the smallest p-value is one over
        their number.
    """
    rows = len(levels)
    known = _under_uniformity(rows, simulations)
    found = _least_likely(_counts(levels.T), rows)
    # Equal values are common among counts: they count as at least as extreme.
    below = np.searchsorted(known, found * (1.0 + 1e-9), side="right")
    return np.asarray((1.0 + below) / (1.0 + simulations))


def ecdf_band(rows: int, share: float, simulations: int) -> tuple[Array, Array]:
    """Return the band (G,), (G,) in which a share of uniform samples stays at all points.

    Differences from the uniform distribution function, at the points of :func:`ecdf_differences`.

    Parameters
    ----------
    rows
        Size of a sample.
    share
        Of the samples that never leave the band.
    simulations
        Uniform samples by which the band is set.
    """
    from scipy.stats import binom

    points = _grid()
    tail = float(np.quantile(_under_uniformity(rows, simulations), 1.0 - share))
    low, high = (binom.ppf(p, rows, points) / rows for p in (tail / 2.0, 1.0 - tail / 2.0))
    return np.asarray(low - points), np.asarray(high - points)


def ecdf_differences(levels: Array) -> tuple[Array, Array]:
    """Return points (G,) and the empirical distribution less the uniform one at them (G, D)."""
    points = _grid()
    return points, (_counts(levels.T) / len(levels)).T - points[:, None]


def simulation_based_calibration(
    levels: Array, names: Sequence[str], *, where: str = "global"
) -> Verdict:
    """Judge whether true values are spread evenly over their posteriors.

    Parameters
    ----------
    levels
        Level (N, D) of each true value in its posterior, of rows used for nothing else.
    names
        Of the parameters and derived quantities (D).
    where
        ``global`` for rows of the prior, ``local`` for rows of the truncated one.
    """
    limits = load_thresholds()["simulation_based_calibration"]
    plain = uniformity_p_values(levels, limits["simulations"])
    adjusted = holm(plain)
    failed = [name for name, p in zip(names, adjusted, strict=True) if p < limits["level"]]
    points, differences = ecdf_differences(levels)
    found = (
        f"{len(failed)} of {len(names)} fail ({listed(failed)})"
        if failed
        else f"none of {len(names)} fails; smallest adjusted p-value {adjusted.min():.2g}"
    )
    return judged(
        f"simulation-based calibration, {where}",
        not failed,
        found,
        f"no failure at {limits['level']:g} after Holm, {len(levels)} rows",
        {
            "names": list(names),
            "p_values": plain.tolist(),
            "adjusted": adjusted.tolist(),
            "rows": len(levels),
            "points": points.tolist(),
            "differences": np.round(differences, 5).T.tolist(),
        },
    )
