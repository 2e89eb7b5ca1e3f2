"""The conditions under which simulated and documented events are compared.

A run is compared with the report given what was known beforehand: office-holders, alignment and
authority as the world's tables have them, and what ``conditions.toml`` adds.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from sim.scenario.schema import load

if TYPE_CHECKING:
    from sim.scenario.schema import Scenario

FILE = Path(__file__).with_name("conditions.toml")


def load_conditions(parameters: Mapping[str, float] | None = None) -> Scenario:
    """Return the scenario every simulated observation is made under.

    Parameters
    ----------
    parameters
        Values by name that differ from their defaults.

    Raises
    ------
    InputError
        If a name is unknown or a value out of range.
    """
    conditions = load(FILE)
    if not parameters:
        return conditions
    return conditions.with_overrides(parameters=dict(parameters))
