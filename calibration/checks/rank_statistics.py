"""Whether posteriors hold what they claim: true values lie anywhere in them, equally often.

Simulation-based calibration is of Talts et al. (2018), *Validating Bayesian inference algorithms
with simulation-based calibration*. The test is that of Säilynoja, Bürkner and Vehtari (2022, Stat.
Comput. 32, 32): the most unlikely point of the empirical distribution of levels, judged against
the same of uniform samples. Coverage asks the same of central intervals. Levels (N, D) are between
0 and 1, of rows used for nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np

from calibration.checks.verdict import (
    Verdict,
    chosen_names,
    judged,
    listed,
    load_thresholds,
    not_run,
)
from sim.core.state import Array

_POINTS = 100
_GRID = np.arange(1, _POINTS) / _POINTS
_SEED = 2022
_BLOCK = 500
_CURVE = tuple(round(0.05 * i, 2) for i in range(1, 20))


def holm(p_values: Array) -> Array:
    """Return p-values adjusted by Holm (1979), which bounds the chance of any false alarm."""
    order = np.argsort(p_values)
    count = len(p_values)
    stepped = np.maximum.accumulate(p_values[order] * (count - np.arange(count)))
    adjusted = np.empty(count)
    adjusted[order] = np.minimum(stepped, 1.0)
    return adjusted


@cache
def _tails(rows: int) -> tuple[Array, Array]:
    """Return the chances of at most and at least each count, by point (points, rows + 1)."""
    from scipy.stats import binom

    counts, points = np.arange(rows + 1), _GRID[:, None]
    return binom.cdf(counts, rows, points), binom.sf(counts - 1, rows, points)


def _least_likely(counts: Array, rows: int) -> Array:
    """Return the smallest two-sided binomial probability over points, for counts (..., points)."""
    lower, upper = _tails(rows)
    at = np.arange(_POINTS - 1)
    likely = 2.0 * np.minimum(lower[at, counts], upper[at, counts])
    return np.asarray(np.minimum(likely, 1.0).min(axis=-1))


def _counts(levels: Array) -> Array:
    """Return how many levels (N, D) lie at or below each point (D, points)."""
    return np.array([np.searchsorted(np.sort(row), _GRID, side="right") for row in levels.T])


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

    The statistic is judged against so many uniform samples; the smallest p-value is one over
    their number.
    """
    rows = len(levels)
    known = _under_uniformity(rows, simulations)
    found = _least_likely(_counts(levels), rows)
    # Equal values are common among counts: they count as at least as extreme.
    below = np.searchsorted(known, found * (1.0 + 1e-9), side="right")
    return np.asarray((1.0 + below) / (1.0 + simulations))


def ecdf_band(rows: int, share: float, simulations: int) -> tuple[Array, Array]:
    """Return the band (G,), (G,) in which a share of uniform samples stays at all points.

    Differences from the uniform distribution function, at the points of :func:`ecdf_differences`;
    the band is set by so many simulated samples of so many rows.
    """
    from scipy.stats import binom

    tail = float(np.quantile(_under_uniformity(rows, simulations), 1.0 - share))
    low, high = (binom.ppf(p, rows, _GRID) / rows for p in (tail / 2.0, 1.0 - tail / 2.0))
    return np.asarray(low - _GRID), np.asarray(high - _GRID)


def ecdf_differences(levels: Array) -> tuple[Array, Array]:
    """Return points (G,) and the empirical distribution less the uniform one at them (G, D)."""
    return _GRID, (_counts(levels) / len(levels)).T - _GRID[:, None]


def simulation_based_calibration(
    levels: Array, names: Sequence[str], *, where: str = "global"
) -> Verdict:
    """Judge whether true values are spread evenly over their posteriors.

    Names are those of parameters and derived quantities (D); ``where`` is ``global`` for rows of
    the prior, ``local`` for rows of the truncated one.
    """
    limits = load_thresholds()["simulation_based_calibration"]
    plain = uniformity_p_values(levels, limits["simulations"])
    adjusted = holm(plain)
    failed = chosen_names(names, adjusted < limits["level"])
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


def covered(levels: Array, interval: float) -> Array:
    """Return how often a central interval holds the truth, (D,) for levels (N, D)."""
    return np.asarray((np.abs(levels - 0.5) <= 0.5 * interval).mean(axis=0))


def coverage(levels: Array, names: Sequence[str], *, where: str = "global") -> Verdict:
    """Judge the coverage of central intervals, each parameter by itself.

    Fewer rows than the thresholds ask for could not tell so small a difference from chance; then
    nothing is judged. Arguments are those of :func:`simulation_based_calibration`.
    """
    check, limits = f"coverage, {where}", load_thresholds()["coverage"]
    tolerances = dict(zip(limits["intervals"], limits["tolerance"], strict=True))
    shares = {interval: covered(levels, interval) for interval in tolerances}
    failed = [
        f"{name} {share:.3f} for {interval:g}"
        for interval, tolerance in tolerances.items()
        for name, share in zip(names, shares[interval], strict=True)
        if abs(share - interval) > tolerance + 1e-9
    ]
    worst = "; ".join(
        f"{interval:.0%} intervals cover {held.min():.3f} to {held.max():.3f}"
        for interval, held in shares.items()
    )
    passes = " and ".join(f"{interval:.0%} within {t:g}" for interval, t in tolerances.items())
    numbers = {
        "names": list(names),
        "rows": len(levels),
        "intervals": {f"{interval:g}": held.tolist() for interval, held in shares.items()},
        "curve": {f"{at:g}": covered(levels, at).tolist() for at in _CURVE},
    }
    if len(levels) < load_thresholds()["table"]["check_rows"]:
        return not_run(check, f"{len(levels)} rows are too few to judge", passes, numbers)
    found = f"{worst}; off: {listed(failed)}" if failed else worst
    return judged(check, not failed, found, passes, numbers)
