"""Designs crossed with draws of parameters: every point of a design at every draw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sim.core.errors import InputError
from sim.core.plurals import counted
from sim.experiments.design import MOST_POINTS, Design, Varied
from sim.experiments.parameter_draws import Draw, checked, left_by

if TYPE_CHECKING:
    from sim.scenario.schema import Scenario

_ORDERED = ("sobol", "morris")


def factorial_with_draws(
    design: Design | None,
    draws: Sequence[Draw],
    scenario: Scenario,
    source: Mapping[str, Any] | None = None,
) -> Design:
    """Return a design crossed with draws: point ``p`` is base point ``p // N`` at draw ``p % N``.

    A parameter that the design varies or the scenario sets is not taken from the draws.

    Parameters
    ----------
    design
        The design; None has the draws alone.
    draws
        Values of the same parameters in each (N).
    scenario
        What is swept.
    source
        Where the draws come from, in terms of JSON; kept with the design.

    Raises
    ------
    InputError
        If a draw is not valid, the draws name different parameters or none that is open, the
        design is one of Sobol's or Morris's, or there would be too many points.
    """
    import numpy as np
    import pandas as pd

    known = checked(draws)
    varied = design.varied if design is not None else ()
    if design is not None and design.kind in _ORDERED:
        raise InputError(
            f"a {design.kind} design cannot be crossed with draws",
            argument="design",
            allowed="grid, lhs or a file; or vary the free parameters themselves",
        )
    taken = {one.name for one in varied}
    open_ = [[name for name in left_by(scenario, draw) if name not in taken] for draw in known]
    names = _same(open_)
    block = np.array([[draw[name] for name in names] for draw in known])
    base = design.points.to_numpy() if design is not None else np.empty((1, 0))
    if len(base) * len(block) > MOST_POINTS:
        raise InputError(
            f"{counted(len(base), 'point')} at {counted(len(block), 'draw')} are too many",
            field="draws",
            allowed=f"{MOST_POINTS:,} points in all",
        )
    points = np.hstack([np.repeat(base, len(block), axis=0), np.tile(block, (len(base), 1))])
    ends = zip(names, block.min(axis=0).tolist(), block.max(axis=0).tolist(), strict=True)
    every = (*varied, *(Varied(name, low=low, high=high) for name, low, high in ends))
    settings = dict(design.settings) if design is not None else {"notes": []}
    settings |= {"draws": len(block), "drawn": len(names), "drawn_from": dict(source or {})}
    columns = pd.Index([one.name for one in every], dtype=object)
    frame = pd.DataFrame(points, columns=columns)
    kind = design.kind if design is not None else "draws"
    return Design(kind, every, frame, design.seed if design is not None else 0, settings)


def _same(names: Sequence[Sequence[str]]) -> list[str]:
    """Return the parameters that all draws name."""
    if any(set(one) != set(names[0]) for one in names):
        raise InputError("the draws name different parameters", field="draws")
    if not names or not names[0]:
        raise InputError(
            "nothing is left to draw: every parameter of the draws is set or varied",
            field="draws",
            allowed="no draws, or fewer settings",
        )
    return list(names[0])
