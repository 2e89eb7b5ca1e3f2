"""How Mesa says which run of a batch it wants, in the versions that are supported."""

from __future__ import annotations

import inspect
from typing import Any

import mesa
import numpy as np

from sim.core.errors import InputError

_LARGEST = 2**53
"""Seeds drawn from a generator stay below this, so that any program can hold them exactly."""


def seed_of(rng: Any, older: dict[str, Any]) -> int | None:
    """Return the seed that ``rng``, or its older name ``seed``, stands for; None for neither.

    Raises
    ------
    InputError
        If both are given.
    TypeError
        If there are other arguments, or no seed can be made of what is given.
    """
    seed = older.pop("seed", None)
    if older:
        raise TypeError(f"ParadiplomacyModel has no argument {next(iter(older))!r}")
    if seed is not None and rng is not None:
        raise InputError("rng and seed are two names of one thing", allowed="one of them")
    given = seed if rng is None else rng
    if given is None or (isinstance(given, int | np.integer) and not isinstance(given, bool)):
        return None if given is None else int(given)
    return int(np.random.default_rng(given).integers(_LARGEST))


def batch_iteration() -> int | None:
    """Return the number of the iteration where Mesa's batch runner makes a model, otherwise None.

    The runner tells a model nothing of it, so that iterations would be one run over and over; it
    is read from the runner itself.
    """
    frame = inspect.currentframe()
    while frame is not None:
        if frame.f_globals.get("__name__") == "mesa.batchrunner" and "iteration" in frame.f_locals:
            return int(frame.f_locals["iteration"])
        frame = frame.f_back
    return None


def runner_gives_rng() -> bool:
    """Tell whether Mesa's batch runner gives each iteration an ``rng`` to tell them apart."""
    runner = getattr(mesa, "batch_run", None)
    return runner is not None and "rng" in inspect.signature(runner).parameters
