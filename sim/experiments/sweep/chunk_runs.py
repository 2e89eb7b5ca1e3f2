"""What a worker does: the runs of one chunk, and one file for them."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable
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
from sim.engine.monthly_inputs import Positions
from sim.experiments.sweep.sweep_plan import SweepPlan
from sim.experiments.sweep.sweep_store import Shard, Store
from sim.experiments.sweep.tasks import Task, check_version, runs_table
from sim.world import World

Notify = Callable[[int], None]

_POSITION = {name: place for place, name in enumerate(PARAMETERS)}


class Bench:
    """Hold what all runs of a sweep share: the state before the first month, made once.

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
        par = self.template.par.copy()
        flat = par.view(np.float64).reshape(-1)
        flat[self.columns] = values
        return self.template._replace(par=par, par_values=flat)

    def make(
        self, order: Task, notify: Notify | None = None
    ) -> tuple[pa.Table, dict[str, pa.Table]]:
        """Make the runs of a chunk.

        Parameters
        ----------
        order
            Which runs.
        notify
            Called with the place of each run in the chunk before it begins, and with their
            number after the last.

        Returns
        -------
        Table, dict
            One row a run, and the tables kept beside.
        """
        records: list[dict[str, float] | None] = []
        errors: list[str | None] = []
        kept: dict[str, list[pa.Table]] = {name: [] for name in self.plan.tables}
        for place, (point, replicate) in enumerate(order.runs):
            if notify is not None:
                notify(place)
            error, record = order.spared.get(place), None
            if error is None:
                try:
                    record = self._run(order.values[point], point, replicate, kept)
                # Whatever stops one run must not stop the sweep.
                except Exception as fault:
                    error = _error_text(fault)
            records.append(record)
            errors.append(error)
        if notify is not None:
            notify(len(order.runs))
        runs = runs_table(self.plan, order, records, errors)
        return runs, {name: _joined(parts) for name, parts in kept.items() if parts}

    def _run(
        self,
        values: tuple[float, ...],
        point: int,
        replicate: int,
        kept: dict[str, list[pa.Table]],
    ) -> dict[str, float]:
        w = simulate(self.state(values), self.plan.scenario.seed, replicate)
        local = outcomes.by_place(w)
        result = outcomes.for_region(w, local)
        tables: dict[str, pa.Table] = {}
        if "by_country" in kept:
            tables["by_country"] = outcomes.country_table(w, self.at, local, replicate)
        if "by_locality" in kept:
            tables["by_locality"] = outcomes.locality_table(self.at, local, replicate)
        if "events" in kept:
            tables["events"] = events.event_table(w, self.at, replicate)
        for name, table in tables.items():
            column = pa.array(np.full(len(table), point, dtype=np.int64))
            kept[name].append(table.add_column(0, "point", column))
        return result


def _joined(parts: list[pa.Table]) -> pa.Table:
    return pa.concat_tables(parts).combine_chunks()


def _error_text(fault: Exception) -> str:
    """Return an error in one line, with the place where it arose."""
    text = f"{type(fault).__name__}: {fault}".splitlines()[0]
    frames = traceback.extract_tb(fault.__traceback__)
    return f"{text} (in {frames[-1].name}, line {frames[-1].lineno})" if frames else text


def carry_out(store: Store, order: Task, notify: Notify | None = None) -> Shard:
    """Make the runs of a chunk and write its file.

    Parameters
    ----------
    store
        Where it goes.
    order, notify
        As in :meth:`Bench.make`.

    Raises
    ------
    InputError
        If the store holds another sweep, or one of another model.
    MachineError
        If the disk is full.
    """
    runs, beside = bench_at(store.place.address, order.identity).make(order, notify)
    return store.add(order.address, order.chunk, runs, beside)


_one_at_a_time = Lock()


def bench_at(address: str, identity: str) -> Bench:
    """Return the bench of the sweep at an address, made once in a process and warm.

    Parameters
    ----------
    address
        Folder or address of the store.
    identity
        That of the plan (:attr:`SweepPlan.identity`).

    Raises
    ------
    InputError
        If the sweep there is another one, or was made by another model.
    """
    with _one_at_a_time:
        return _bench_at(address, identity)


@lru_cache(maxsize=2)
def _bench_at(address: str, identity: str) -> Bench:
    store = Store.at(address)
    plan = store.plan()
    if plan.identity != identity:
        raise InputError("the sweep at this address is another one", file=address)
    check_version(store, plan)
    bench = Bench(plan, store.world(plan))
    if not is_warm():
        sys.stderr.write("compiling the engine (first run)\n")
    bench.warm_up()
    return bench
