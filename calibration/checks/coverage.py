"""Coverage: central intervals hold the true value as often as they claim."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from calibration.checks.verdict import Verdict, judged, listed, load_thresholds, not_run
from sim.core.state import Array

_CURVE = tuple(round(0.05 * i, 2) for i in range(1, 20))


def covered(levels: Array, interval: float) -> Array:
    """Return how often a central interval holds the truth, (D,) for levels (N, D)."""
    return np.asarray((np.abs(levels - 0.5) <= 0.5 * interval).mean(axis=0))


def coverage(levels: Array, names: Sequence[str], *, where: str = "global") -> Verdict:
    """Judge the coverage of central intervals, each parameter by itself.

    Fewer rows than the thresholds ask for could not tell so small a difference from chance; then
    nothing is judged.

    Parameters
    ----------
    levels, names, where
        As in :func:`calibration.checks.rank_statistics.simulation_based_calibration`.
    """
    limits = load_thresholds()["coverage"]
    pairs = list(zip(limits["intervals"], limits["tolerance"], strict=True))
    shares = {interval: covered(levels, interval) for interval, _ in pairs}
    failed = [
        f"{name} {share:.3f} for {interval:g}"
        for interval, tolerance in pairs
        for name, share in zip(names, shares[interval], strict=True)
        if abs(share - interval) > tolerance + 1e-9
    ]
    worst = "; ".join(
        f"{interval:.0%} intervals cover {shares[interval].min():.3f} to "
        f"{shares[interval].max():.3f}"
        for interval, _ in pairs
    )
    passes = " and ".join(f"{interval:.0%} within {tolerance:g}" for interval, tolerance in pairs)
    numbers = {
        "names": list(names),
        "rows": len(levels),
        "intervals": {f"{interval:g}": shares[interval].tolist() for interval, _ in pairs},
        "curve": {f"{at:g}": covered(levels, at).tolist() for at in _CURVE},
    }
    if len(levels) < load_thresholds()["table"]["check_rows"]:
        why = f"{len(levels)} rows are too few to judge"
        return not_run(f"coverage, {where}", why, passes, numbers)
    return judged(
        f"coverage, {where}",
        not failed,
        f"{worst}; off: {listed(failed)}" if failed else worst,
        passes,
        numbers,
    )
