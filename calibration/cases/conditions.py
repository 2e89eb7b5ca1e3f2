"""The conditions under which simulated and documented events are compared.

A run is compared with the report given what was known beforehand: office-holders, alignment and
authority as the world's tables have them, and what ``conditions.toml`` adds.
"""

from __future__ import annotations

from pathlib import Path

from sim.scenario.schema import Scenario, load

FILE = Path(__file__).with_name("conditions.toml")


def load_conditions() -> Scenario:
    """Return the scenario every simulated observation is made under."""
    return load(FILE)
