"""How fast the model runs, measured side by side and held against the bars.

Ratios compare drivers on the same scenario, seed and replicate within one call, so that they
depend little on the machine.
"""

from __future__ import annotations

import math
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sim.experiments.worker_pool import import_paths

SCENARIO = "baseline"
_DRAWS = 5_000_000


@dataclass(frozen=True)
class Bar:
    """Name a measurement, say what it is, with its unit, and what it must and should reach.

    Where nothing is asked, ``least`` and ``aim`` are None.
    """

    name: str
    what: str
    least: float | None
    aim: float | None
    lower_is_better: bool

    def verdict(self, value: float) -> str:
        """Return how the value stands to the bar: ``aim``, ``ok``, ``missed`` or nothing."""
        if self.least is None or self.aim is None:
            return ""
        sign = 1.0 if self.lower_is_better else -1.0
        if sign * value <= sign * self.aim:
            return "aim"
        return "ok" if sign * value <= sign * self.least else "missed"


BARS = (
    Bar("run_ms", "one run of the region, compiled, warm (ms)", 20.0, 10.0, True),
    Bar(
        "mesa_ratio",
        "compiled engine over Mesa agents with the same rules (times)",
        100,
        300,
        False,
    ),
    Bar("python_ratio", "compiled engine over agents in plain Python (times)", 1000, 3000, False),
    Bar("cold_start_s", "first run with nothing compiled (s)", 40.0, 20.0, True),
    Bar("warm_start_s", "a later first run, compiled code on disk (s)", None, None, True),
    Bar("ns_per_draw", "one keyed random number (ns)", None, None, True),
)


def best_of(action: Callable[[int], object], times: int) -> float:
    """Return the shortest time in seconds of ``action`` called with 0, 1, 2 and so on."""
    taken = []
    for number in range(times):
        start = time.perf_counter()
        action(number)
        taken.append(time.perf_counter() - start)
    return min(taken, default=math.inf)


def engine_seconds(repeats: int = 20) -> float:
    """Return the time of the first replicate in the compiled engine, once it is warm.

    With no repeats it is run once, warm or not, and the time is infinite.
    """
    from sim.engine.compiled import simulate
    from sim.engine.initial_state import initial_state
    from sim.scenario.schema import load
    from sim.world import load_world

    scenario = load(SCENARIO)
    template = initial_state(scenario, load_world())
    simulate(template, scenario.seed, 0)
    return best_of(lambda _: simulate(template, scenario.seed, 0), repeats)


def agents_seconds(repeats: int = 1) -> float:
    """Return the time that Mesa agents take for the same run, without setting it up."""
    from sim.engine.model import ParadiplomacyModel

    models = [ParadiplomacyModel(SCENARIO) for _ in range(repeats)]
    return best_of(lambda number: models[number].run_to_end(), repeats)


def draw_seconds(repeats: int = 3) -> float:
    """Return the time of one keyed random number."""
    import numpy as np

    from sim.core.jit import rule
    from sim.core.rng import draw
    from sim.core.state import RECORDS, record_type

    def add_up(run: Any, draws: int) -> float:
        result = 0.0
        for number in range(draws):
            result += draw(run, 1, number, 0, 0)
        return result

    total = rule(add_up)
    run = np.zeros(1, dtype=record_type(RECORDS["run"]))
    total(run, 1)
    return best_of(lambda _: total(run, _DRAWS), repeats) / _DRAWS


def _apart(part: str, **variables: str) -> float:
    """Return what this module prints for a part, with some environment variables set."""
    # A cache folder chosen by the user would bring compiled code along.
    inherited = {key: text for key, text in os.environ.items() if key != "NUMBA_CACHE_DIR"}
    environment = {**inherited, "PYTHONPATH": import_paths(), **variables}
    command = [sys.executable, "-m", "sim.experiments.benchmark", part]
    return float(subprocess.check_output(command, text=True, env=environment))


def measure(notify: Callable[[str], object] = lambda _: None) -> dict[str, float]:
    """Measure everything and return it by the names of :data:`BARS`.

    ``notify`` is called with what is about to be measured.
    """
    notify("the compiled engine")
    engine = engine_seconds()
    notify("random numbers")
    draws = draw_seconds()
    notify("Mesa agents")
    agents = agents_seconds()
    notify("a first run, compilation included")
    with tempfile.TemporaryDirectory() as empty:
        # The first compiles the engine; the next finds the compiled code on disk.
        cold, warm = (best_of(lambda _: _apart("first", XDG_CACHE_HOME=empty), 1) for _ in range(2))
    notify("agents in plain Python (this takes longest)")
    python = _apart("agents", PARADIPLOMACY_COMPILE="0")
    return {
        "run_ms": engine * 1e3,
        "mesa_ratio": agents / engine,
        "python_ratio": python / engine,
        "cold_start_s": cold,
        "warm_start_s": warm,
        "ns_per_draw": draws * 1e9,
    }


def table(measured: dict[str, float]) -> str:
    """Return the measurements against their bars as text."""
    width = max(len(bar.what) for bar in BARS)
    lines = [f"{'':<{width}}  {'measured':>9}  {'at least':>9}  {'aim':>7}"]
    for bar in BARS:
        value = measured[bar.name]
        least, aim = ("" if bound is None else f"{bound:,.0f}" for bound in (bar.least, bar.aim))
        row = f"{bar.what:<{width}}  {value:>9,.1f}  {least:>9}  {aim:>7}  {bar.verdict(value)}"
        lines.append(row.rstrip())
    return "\n".join(lines)


if __name__ == "__main__":
    seconds = agents_seconds() if sys.argv[1] == "agents" else engine_seconds(repeats=0)
    sys.stdout.write(repr(seconds))
