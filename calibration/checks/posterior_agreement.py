"""Two routes to the posterior from one table must lead to the same place."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from calibration.checks.verdict import Verdict, judged, listed, load_thresholds
from sim.core.state import Array


def routes_agree(first: Array, second: Array, names: Sequence[str]) -> Verdict:
    """Judge whether two posteriors agree in mean and spread.

    Parameters
    ----------
    first, second
        Draws of scores (N, P) by regression and by another route.
    names
        Of the parameters (P).
    """
    limits = load_thresholds()["two_routes"]
    sd = first.std(axis=0)
    shift = (second.mean(axis=0) - first.mean(axis=0)) / sd
    ratio = second.std(axis=0) / sd
    low, high = limits["ratio"]
    off = (np.abs(shift) > limits["most_shift"]) | (ratio < low) | (ratio > high)
    failed = [name for name, bad in zip(names, off, strict=True) if bad]
    wider = ["second" if r > 1.0 else "first" for r in ratio]
    return judged(
        "two routes",
        not failed,
        f"apart: {listed(failed)}; the wider is to be reported" if failed else "all agree",
        f"means within {limits['most_shift']:g} sd, ratio of sd {low:g} to {high:g}",
        {
            "names": list(names),
            "shift": shift.tolist(),
            "ratio": ratio.tolist(),
            "wider": wider,
            "apart": failed,
        },
    )
