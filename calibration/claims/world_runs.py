"""Run worlds at draws of the parameters and measure statistics on each.

A world that several ask for is run once, and all its statistics are measured on the same runs. All
worlds have the same seed, the same draws and the same replicate numbers, so that their runs pair.
Runs go to threads, since compiled rules leave the interpreter to others; results do not depend on
how many.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, NamedTuple

import numpy as np

from calibration.claims.statistics import STATISTICS
from calibration.run_reading import Reading
from sim.core.state import Array, State
from sim.engine.compiled import simulate
from sim.engine.initial_state import initial_state
from sim.experiments.parameter_draws import Draw, with_parameters
from sim.scenario.schema import Scenario
from sim.world import World

MOST_REPLICATES = 1_000
"""Draw ``d`` has the replicates from ``d`` times this on, however many are run."""
_CHUNK = 10
_TEMPLATES_KEPT = 8

Progress = Callable[[int, int], None]


class Measurement(NamedTuple):
    """Name a statistic and, as JSON, what it is asked about."""

    statistic: str
    arguments: str

    @classmethod
    def of(cls, statistic: str, arguments: Mapping[str, Any]) -> Measurement:
        """Return the measurement of a statistic with its arguments."""
        return cls(statistic, json.dumps(arguments, sort_keys=True))


@dataclass
class PlannedWorld:
    """Hold one world to run: its scenario, how often at each draw, and what to measure."""

    scenario: Scenario
    replicates: int = 0
    measurements: set[Measurement] = field(default_factory=set)


class WorldPlan:
    """Hold the worlds to run, each once, by the scenario's digest, and draws for all of them."""

    def __init__(self, draws: Sequence[Draw] = ({},)) -> None:
        self.draws = tuple(draws)
        self.worlds: dict[str, PlannedWorld] = {}

    def add(self, scenario: Scenario, measurement: Measurement, replicates: int) -> str:
        """Plan what is to be measured in a world and return the world's key."""
        planned = self.worlds.setdefault(scenario.digest, PlannedWorld(scenario))
        planned.replicates = max(planned.replicates, replicates)
        planned.measurements.add(measurement)
        return scenario.digest

    @property
    def runs(self) -> int:
        """Return the number of runs in all."""
        return len(self.draws) * sum(planned.replicates for planned in self.worlds.values())

    def chunks(self) -> Iterator[tuple[str, range]]:
        """Yield worlds and ranges of draws, those that share a template together."""
        order = sorted(self.worlds, key=lambda key: (template_key(self.worlds[key].scenario), key))
        for key in order:
            step = max(1, _CHUNK // self.worlds[key].replicates)
            for first in range(0, len(self.draws), step):
                yield key, range(first, min(first + step, len(self.draws)))


def template_key(scenario: Scenario) -> str:
    """Return what the initial state depends on beside parameters."""
    parts = scenario.model_dump_json(include={"start", "end", "interventions"})
    return hashlib.sha256(parts.encode()).hexdigest()


class Templates:
    """Make initial states, and keep the latest for worlds that differ by parameters only."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._made: dict[str, State] = {}
        self._lock = Lock()

    def initial(self, scenario: Scenario, draw: Draw) -> State:
        """Return the state before the first month of a scenario."""
        key = template_key(scenario)
        with self._lock:
            if key not in self._made:
                if len(self._made) == _TEMPLATES_KEPT:
                    del self._made[next(iter(self._made))]
                self._made[key] = initial_state(scenario, self._world)
            template = self._made[key]
        return with_parameters(template, scenario, draw)


def measure_runs(
    initial: State, seed: int, replicates: range, measurements: Sequence[Measurement]
) -> list[Array]:
    """Run some replicates and return the parts (R, K) of each measurement."""
    measures = [(STATISTICS[m.statistic], json.loads(m.arguments)) for m in measurements]
    rows: list[list[tuple[float, ...]]] = [[] for _ in measures]
    for replicate in replicates:
        reading = Reading(simulate(initial, seed, replicate))
        for parts, (statistic, arguments) in zip(rows, measures, strict=True):
            parts.append(statistic.parts(reading, arguments))
    return [np.array(parts, dtype=np.float64) for parts in rows]


def run_worlds(
    plan: WorldPlan, seed: int, workers: int, world: World, progress: Progress | None = None
) -> dict[str, dict[Measurement, Array]]:
    """Run all worlds of a plan; return the parts (draws, R, K) of every measurement of each."""
    templates = Templates(world)
    measured = {key: sorted(planned.measurements) for key, planned in plan.worlds.items()}

    def work(key: str, draws: range) -> list[list[Array]]:
        planned, found = plan.worlds[key], []
        for draw in draws:
            initial = templates.initial(planned.scenario, plan.draws[draw])
            first = draw * MOST_REPLICATES
            mine = range(first, first + planned.replicates)
            found.append(measure_runs(initial, seed, mine, measured[key]))
        return found

    done = 0
    pool = ThreadPoolExecutor(workers, thread_name_prefix="worlds")
    try:
        chunks = {pool.submit(work, *chunk): chunk for chunk in plan.chunks()}
        for future in as_completed(chunks):
            future.result()
            key, draws = chunks[future]
            done += len(draws) * plan.worlds[key].replicates
            if progress is not None:
                progress(done, plan.runs)
    finally:
        # After a fault or Ctrl-C, drop what has not begun.
        pool.shutdown(wait=True, cancel_futures=True)
    found = {}
    for key, names in measured.items():
        parts = [one for future, (of, _) in chunks.items() if of == key for one in future.result()]
        found[key] = {name: np.stack([p[i] for p in parts]) for i, name in enumerate(names)}
    return found
