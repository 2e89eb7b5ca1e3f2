"""Draws of parameters, such as those of a posterior: which run takes which, and what they leave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sim.core.errors import InputError, nearest_name
from sim.core.parameters import PARAMETERS
from sim.scenario.schema import Scenario

Draw = Mapping[str, float]
"""Values of parameters by name."""


def checked(draws: Sequence[Draw]) -> tuple[dict[str, float], ...]:
    """Return draws after looking at every name and value.

    Raises
    ------
    InputError
        If one names no parameter, or a value is out of its range.
    """
    return tuple(
        {name: _checked(name, value, f"draw {number}") for name, value in draw.items()}
        for number, draw in enumerate(draws)
    )


def _checked(name: str, value: float, where: str) -> float:
    if name not in PARAMETERS:
        raise InputError(
            f"there is no parameter {name!r}", field=where, nearest=nearest_name(name, PARAMETERS)
        )
    entry = PARAMETERS[name]
    if not entry.low <= value <= entry.high:  # also refuses nan
        raise InputError(
            f"{value:g} is out of range",
            field=f"{where}, {name}",
            allowed=f"{entry.low:g} to {entry.high:g} ({entry.unit})",
        )
    return float(value)


def number_of(replicate: int, draws: Sequence[Any]) -> int:
    """Return which draw a replicate takes: they are taken in order, over and over."""
    return replicate % len(draws)


def left_by(scenario: Scenario, draw: Draw) -> dict[str, float]:
    """Return what a draw may set in a scenario: all that the scenario does not set itself."""
    return {name: value for name, value in draw.items() if name not in scenario.parameters}


def with_draw(scenario: Scenario, draw: Draw) -> Scenario:
    """Return a scenario with the parameters that it leaves open taken from a draw."""
    return scenario.with_overrides(parameters=left_by(scenario, draw))
