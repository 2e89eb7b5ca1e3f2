"""How designs lay points out in the unit cube."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any

import numpy as np

from sim.core.errors import InputError

MORRIS_LEVELS = 4


def _hypercube(dimensions: int, blocks: Sequence[int], seed: int) -> Any:
    from scipy.stats import qmc

    stream = np.random.default_rng([seed, len(blocks) - 1])
    return qmc.LatinHypercube(dimensions, rng=stream).random(blocks[-1])


def _saltelli(dimensions: int, blocks: Sequence[int], seed: int) -> Any:
    """Return base points A and, after each, A with one column of B in turn, then B.

    The scrambled sequence of one seed always starts with the same points, so a longer design
    begins with the shorter one.
    """
    sampler = salib("sample.sobol")
    with warnings.catch_warnings():
        # Said to the user in the design's notes.
        warnings.filterwarnings("ignore", message=".*balance properties", category=UserWarning)
        every = sampler.sample(_unit(dimensions), sum(blocks), calc_second_order=False, seed=seed)
    return every[sum(blocks[:-1]) * (dimensions + 2) :]


def _trajectories(dimensions: int, blocks: Sequence[int], seed: int) -> Any:
    stream = np.random.default_rng([seed, len(blocks) - 1])
    sample = salib("sample.morris").sample
    return sample(_unit(dimensions), blocks[-1], num_levels=MORRIS_LEVELS, seed=stream)


LAYOUTS: dict[str, Callable[[int, Sequence[int], int], Any]] = {
    "lhs": _hypercube,
    "sobol": _saltelli,
    "morris": _trajectories,
}
"""From dimensions, sizes of blocks and seed to the points of the last block in the unit cube."""


def _unit(dimensions: int) -> dict[str, Any]:
    """Return the unit cube as SALib's description of a problem."""
    names = [f"x{i}" for i in range(dimensions)]
    return {"num_vars": dimensions, "names": names, "bounds": [[0.0, 1.0]] * dimensions}


def salib(part: str) -> Any:
    """Return a module of SALib; InputError if it is not installed."""
    try:
        return import_module(f"SALib.{part}")
    except ModuleNotFoundError as error:
        raise InputError(
            "Sobol and Morris designs and indices need SALib, which is not installed; "
            "pip install 'paradiplomacy[sensitivity]' brings it"
        ) from error
