"""Sweeps of functions whose sensitivity is known, with the columns of real ones."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.experiments.design import Design, make_design
from sim.experiments.sensitivity.analysis import SweepFrames

Floats = npt.NDArray[np.float64]
Function = Callable[[Floats], Floats]

THREE = ("authority.effect=0..1", "turnover.fade=0..1", "turnover.lapse=0..1")


def ishigami(shares: Floats) -> Floats:
    """Return the function of Ishigami and Homma (1990) on the unit cube, a = 7 and b = 0.1."""
    x = np.pi * (2.0 * shares - 1.0)
    first = np.sin(x[:, 0])
    return np.asarray(first + 7.0 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * first)


def linear(shares: Floats) -> Floats:
    """Return 4 a + 2 b: the third of the inputs is without effect."""
    return np.asarray(4.0 * shares[:, 0] + 2.0 * shares[:, 1])


def shares_of(design: Design) -> Floats:
    """Return the points as shares of the way through each parameter's range."""
    low, high = (np.array(ends) for ends in zip(*(v.bounds for v in design.varied), strict=True))
    return np.asarray((design.points.to_numpy() - low) / (high - low))


def sweep_of(
    function: Function,
    kind: str,
    n: int,
    *,
    vary: tuple[str, ...] = THREE,
    replicates: int = 1,
    noise: float = 0.0,
    shared: float = 0.0,
    seed: int = 3,
) -> SweepFrames:
    """Return a sweep of a function.

    Parameters
    ----------
    noise
        Deviation of what chance adds to each run.
    shared
        Deviation of what a replicate's seed adds at every point alike.
    """
    design = make_design(kind, vary, n, seed)
    stream = np.random.default_rng(seed)
    count = len(design.points)
    exact = function(shares_of(design))
    alike = stream.normal(0.0, 1.0, replicates) * shared
    parts = [
        pd.DataFrame(
            {
                "point": np.arange(count),
                "replicate": replicate,
                "seed": 1,
                **{str(name): design.points[name] for name in design.points},
                "deals": exact + alike[replicate] + stream.normal(0.0, 1.0, count) * noise,
                "error": None,
            }
        )
        for replicate in range(replicates)
    ]
    return SweepFrames(design, pd.concat(parts, ignore_index=True))
