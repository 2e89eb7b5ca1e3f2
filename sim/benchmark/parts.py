"""The parts of a measurement that need a process of their own; each prints what it found."""

from __future__ import annotations

import json
import sys
from dataclasses import astuple
from typing import Any

from sim.benchmark.engine_measures import SCENARIO, begun, mesa_agents
from sim.benchmark.process_measures import REPLICATES, VARY
from sim.benchmark.timing import Timed, timed
from sim.world import load_world

BARE_RUNS = 100
"""Runs, at most, of the bare engine in one process."""


def bare(end: str | None, points: int, first: int, every: int) -> Timed:
    """Return what a run takes the bare engine, of some runs of the sweep."""
    import numpy as np

    from sim.engine.compiled import simulate
    from sim.experiments.sweep import planned
    from sim.experiments.sweep.chunk_runs import ChunkRunner

    asked = planned(SCENARIO, VARY, design="lhs", n=points, replicates=REPLICATES, end=end)
    runner = ChunkRunner(asked.plan, asked.world)
    runner.warm_up()
    values = np.asarray(asked.plan.values)
    chosen = range(first, points * REPLICATES, every)
    chosen = chosen[:: max(1, len(chosen) // BARE_RUNS)]
    states = [runner.state(tuple(values[number // REPLICATES])) for number in chosen]

    def make() -> None:
        for state, number in zip(states, chosen, strict=True):
            simulate(state, asked.plan.scenario.seed, number % REPLICATES)

    taken = timed(make)
    return Timed(taken.wall / len(chosen), taken.processor / len(chosen))


def found_by(name: str, end: str, *words: str) -> Any:
    """Carry out a part and return what it found; an end of ``-`` is the scenario's."""
    last = None if end == "-" else end
    if name == "bare":
        return astuple(bare(last, *map(int, words)))
    if name == "agents":
        return astuple(timed(mesa_agents(last)))
    begun(last, load_world())
    return None


if __name__ == "__main__":
    sys.stdout.write(json.dumps(found_by(*sys.argv[1:])))
