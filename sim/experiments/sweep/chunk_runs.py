"""What a worker does: the runs of one chunk, and one file for them."""

from __future__ import annotations

import sys
import traceback
from contextlib import suppress
from functools import lru_cache
from threading import Lock

import numpy as np
import pyarrow as pa

from sim.core.errors import InputError
from sim.core.jit import is_warm
from sim.core.parameters import PARAMETERS
from sim.core.state import State
from sim.engine import events, outcomes
from sim.engine.compiled import simulate
from sim.engine.initial_state import initial_state
from sim.experiments.parameter_draws import with_values
from sim.experiments.sweep.sweep_plan import SweepPlan, Task
from sim.experiments.sweep.sweep_store import Shard, Store
from sim.experiments.worker_pool import Notify
from sim.world import World
from sim.world.positions import Positions

_POSITION = {name: place for place, name in enumerate(PARAMETERS)}


class ChunkRunner:
    """Make runs of a sweep from what all of them share: the state before the first month.

    Parameters enter a run through the state's record of parameters alone, so that a point is a
    copy of that record.
    """

    def __init__(self, plan: SweepPlan, world: World) -> None:
        self.plan = plan
        self.at = Positions(world)
        self.template = initial_state(plan.scenario, world)
        self.columns = [_POSITION[name] for name in plan.names]

    def warm_up(self) -> None:
        """Load or compile the engine by running the first month."""
        head = self.template.run.copy()
        head["end"] = head["start"]
        # What is wrong with the runs is told run by run.
        with suppress(Exception):
            simulate(self.template._replace(run=head), 0, 0)

    def state(self, values: tuple[float, ...]) -> State:
        """Return the state before the first month at a point."""
        return with_values(self.template, values, self.columns)

    def make(
        self, task: Task, notify: Notify = lambda place: None
    ) -> tuple[pa.Table, dict[str, pa.Table]]:
        """Return one row a run of a chunk, and the tables kept beside.

        ``notify`` is called with the place of each run in the chunk before it begins, and with
        their number after the last.
        """
        records: list[dict[str, float] | None] = []
        errors: list[str | None] = []
        beside: dict[str, list[pa.Table]] = {name: [] for name in self.plan.tables}
        for place, (point, replicate) in enumerate(task.runs):
            notify(place)
            error, record = task.spared.get(place), None
            if error is None:
                try:
                    record = self._run(task.values[point], point, replicate, beside)
                # Whatever stops one run must not stop the sweep.
                except Exception as fault:
                    error = _error_text(fault)
            records.append(record)
            errors.append(error)
        notify(len(task.runs))
        runs = self.plan.runs_table(task, records, errors)
        joined = {name: pa.concat_tables(parts) for name, parts in beside.items() if parts}
        return runs, {name: table.combine_chunks() for name, table in joined.items()}

    def _run(
        self,
        values: tuple[float, ...],
        point: int,
        replicate: int,
        beside: dict[str, list[pa.Table]],
    ) -> dict[str, float]:
        w = simulate(self.state(values), self.plan.scenario.seed, replicate)
        counted = outcomes.count_events(w)
        local = outcomes.by_place(w, counted)
        result = outcomes.for_region(w, local, counted)
        makers = {
            "by_country": lambda: outcomes.country_table(w, self.at, local, replicate),
            "by_locality": lambda: outcomes.locality_table(self.at, local, replicate),
            "events": lambda: events.event_table(w, self.at, replicate),
        }
        tables = {name: makers[name]() for name in beside}
        for name, table in tables.items():
            column = pa.array(np.full(len(table), point, dtype=np.int64))
            beside[name].append(table.add_column(0, "point", column))
        return result


def _error_text(fault: Exception) -> str:
    """Return an error in one line, with the place where it arose."""
    text = f"{type(fault).__name__}: {fault}".splitlines()[0]
    frames = traceback.extract_tb(fault.__traceback__)
    return f"{text} (in {frames[-1].name}, line {frames[-1].lineno})" if frames else text


def carry_out(store: Store, task: Task, notify: Notify = lambda place: None) -> Shard:
    """Make the runs of a chunk, as :meth:`ChunkRunner.make` does, and write its file.

    InputError if the store holds another sweep, or one of another model. MachineError if the disk
    is full.
    """
    runs, beside = runner_at(store.place.address, task.identity).make(task, notify)
    return store.add(task.address, task.chunk, runs, beside)


_one_at_a_time = Lock()


def runner_at(address: str, identity: str) -> ChunkRunner:
    """Return what makes the runs of the sweep at an address, made once in a process and warm.

    InputError if the sweep there has another identity (:attr:`SweepPlan.identity`), or is one of
    another model.
    """
    with _one_at_a_time:
        return _runner_at(address, identity)


@lru_cache(maxsize=2)
def _runner_at(address: str, identity: str) -> ChunkRunner:
    store = Store(address)
    plan = store.plan()
    if plan.identity != identity:
        raise InputError("the sweep at this address is another one", file=address)
    store.check_version(plan)
    runner = ChunkRunner(plan, store.world(plan))
    if not is_warm():
        sys.stderr.write("compiling the engine (first run)\n")
    runner.warm_up()
    return runner
