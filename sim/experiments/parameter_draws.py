"""Draws of parameters, such as those of a posterior: what they may set, and designs at each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np

from sim.core.errors import InputError
from sim.core.plurals import counted
from sim.core.state import State
from sim.experiments.design import MOST_POINTS, Design, Varied, check_name, check_value
from sim.scenario.schema import Scenario

Draw = Mapping[str, float]
"""Values of parameters by name."""


def checked(draws: Sequence[Draw]) -> tuple[dict[str, float], ...]:
    """Return draws; InputError if one names no parameter, or a value is out of its range."""
    for number, draw in enumerate(draws):
        for name, value in draw.items():
            check_name(name, field=f"draw {number}")
            check_value(name, value, field=f"draw {number}, {name}")
    return tuple({name: float(value) for name, value in draw.items()} for draw in draws)


def number_of(replicate: int, draws: Sequence[Any]) -> int:
    """Return which draw a replicate takes: they are taken in order, over and over."""
    return replicate % len(draws)


def left_by(scenario: Scenario, draw: Draw) -> dict[str, float]:
    """Return what a draw may set in a scenario: all that the scenario does not set itself."""
    return {name: value for name, value in draw.items() if name not in scenario.parameters}


def with_draw(scenario: Scenario, draw: Draw) -> Scenario:
    """Return a scenario with the parameters that it leaves open taken from a draw."""
    return scenario.with_overrides(parameters=left_by(scenario, draw))


def with_values(
    begun: State, values: Iterable[float], columns: slice | list[int] = slice(None)
) -> State:
    """Return a state before the first month with other values of parameters, of all by default.

    Nothing else of such a state depends on parameters. ``columns`` are their places in the table of
    parameters.
    """
    par = begun.par.copy()
    flat = par.view("f8").reshape(-1)
    flat[columns] = list(values)
    return begun._replace(par=par, par_values=flat)


def with_parameters(begun: State, scenario: Scenario, draw: Draw = MappingProxyType({})) -> State:
    """Return a state before the first month with a scenario's parameters, the rest from a draw."""
    return with_values(begun, (scenario.parameter_values() | left_by(scenario, draw)).values())


def factorial_with_draws(
    design: Design | None,
    draws: Sequence[Draw],
    scenario: Scenario,
    source: Mapping[str, Any] | None = None,
) -> Design:
    """Return a design crossed with draws: point ``p`` is base point ``p // N`` at draw ``p % N``.

    A parameter that the design varies or the scenario sets is not taken from the N draws, which
    name the same parameters. Without a design the draws are all there is. Where they come from
    (``source``, in terms of JSON) is kept with the design.

    InputError if a draw is not valid, the draws name different parameters or none that is open, the
    design is one of Sobol's or Morris's, or there would be too many points.
    """
    known = checked(draws)
    varied = design.varied if design is not None else ()
    if design is not None and design.kind in {"sobol", "morris"}:
        raise InputError(
            f"a {design.kind} design cannot be crossed with draws",
            argument="design",
            allowed="grid, lhs or a file; or vary the free parameters themselves",
        )
    taken = {one.name for one in varied}
    left = [[name for name in left_by(scenario, draw) if name not in taken] for draw in known]
    if any(set(one) != set(left[0]) for one in left):
        raise InputError("the draws name different parameters", field="draws")
    if not left or not left[0]:
        raise InputError(
            "nothing is left to draw: every parameter of the draws is set or varied",
            field="draws",
            allowed="no draws, or fewer settings",
        )
    names = left[0]
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
    kind, seed = (design.kind, design.seed) if design is not None else ("draws", 0)
    return Design.of(kind, every, points, seed, settings)
