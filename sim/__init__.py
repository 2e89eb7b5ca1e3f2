"""Simulate how China's subnational outreach to Latin America and the Caribbean turns into deals.

``sim.run("jujuy")`` runs a scenario and returns its events, deals and outcomes as data frames.
Importing the package is cheap: each name loads its module when first used.
"""

from __future__ import annotations

from importlib import import_module
from time import perf_counter as _clock
from typing import TYPE_CHECKING, Any

from sim.core.lazy import submodule
from sim.core.version import __version__

STARTED = _clock()
"""When the package began to be loaded, on the clock of :func:`time.perf_counter`."""

if TYPE_CHECKING:
    from sim.core.errors import InputError
    from sim.core.files import MachineError
    from sim.core.parameters import PARAMETERS
    from sim.experiments.sweep import Sweep, sweep
    from sim.results.comparison_result import Comparison, compare
    from sim.results.rerun import rerun
    from sim.results.run_result import Run, run
    from sim.results.saved_result import open  # noqa: A004
    from sim.results.sensitivity_result import Sensitivity, sensitivity
    from sim.scenario.schema import Scenario, load
    from sim.world import World, load_world

__all__ = [
    "PARAMETERS",
    "Comparison",
    "InputError",
    "MachineError",
    "Run",
    "Scenario",
    "Sensitivity",
    "Sweep",
    "World",
    "__version__",
    "compare",
    "load",
    "load_world",
    "open",
    "rerun",
    "run",
    "sensitivity",
    "sweep",
]

_HOME = {
    "PARAMETERS": "sim.core.parameters",
    "Comparison": "sim.results.comparison_result",
    "compare": "sim.results.comparison_result",
    "InputError": "sim.core.errors",
    "MachineError": "sim.core.files",
    "rerun": "sim.results.rerun",
    "Run": "sim.results.run_result",
    "run": "sim.results.run_result",
    "open": "sim.results.saved_result",
    "Sensitivity": "sim.results.sensitivity_result",
    "sensitivity": "sim.results.sensitivity_result",
    "Sweep": "sim.experiments.sweep",
    "sweep": "sim.experiments.sweep",
    "Scenario": "sim.scenario.schema",
    "load": "sim.scenario.schema",
    "World": "sim.world",
    "load_world": "sim.world",
}


def __getattr__(name: str) -> Any:
    """Return a public name or a module, importing it on first use."""
    if name in _HOME:
        value = getattr(import_module(_HOME[name]), name)
        globals()[name] = value
        return value
    return submodule(__name__, name)


def __dir__() -> list[str]:
    """List the public names, loaded or not."""
    return sorted(__all__)
