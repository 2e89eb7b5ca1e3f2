"""Carry out a sweep with several processes of this machine; this module is also what they run.

A run in the middle of which workers die three times is recorded as failed.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pyarrow as pa

from sim.experiments.sweep.sweep_plan import SweepPlan, Task
from sim.experiments.sweep.sweep_store import Store
from sim.experiments.worker_pool import DEATHS, Notify, Worker, WorkerPool, serve

COMMAND = (sys.executable, "-P", "-m", "sim.experiments.sweep.local_pool")
"""What starts a worker; the address of the sweep and the identity of its plan follow."""


class LocalPool(WorkerPool):
    """Share the chunks of a sweep among workers of this machine."""

    def __init__(
        self, store: Store, plan: SweepPlan, workers: int, tasks: Iterator[Task], advance: Notify
    ) -> None:
        self.store, self.plan = store, plan
        command = [*COMMAND, store.place.address, plan.identity]
        # Arrow's own pools keep memory that a worker needs for some milliseconds a chunk.
        super().__init__(command, tasks, workers, advance, ARROW_DEFAULT_MEMORY_POOL="system")

    def requeue(self, worker: Worker) -> Task | None:
        """Return a task that its worker did not survive, without the run at fault."""
        task: Task = worker.task
        run = worker.run
        self.deaths[task.chunk, run] += 1
        if self.deaths[task.chunk, run] >= DEATHS:
            error = f"killed {DEATHS} workers (they ended in the middle of it)"
            if run >= len(task.runs):
                self.store.add_failed(self.plan, task, error)
                self.advance(len(task.runs))
                return None
            task = replace(task, spared={**task.spared, run: error})
            self.store.clear_beside(self.plan.tables, chunk=task.chunk)
        return task


def main(address: str, identity: str) -> None:
    """Make chunks of the sweep at an address until no more are asked for."""
    serve(lambda: _begin(address, identity))


def _begin(address: str, identity: str) -> Callable[[Any, Notify], Any]:
    from sim.experiments.sweep.chunk_runs import carry_out, runner_at

    # One worker is one core's work.
    pa.set_cpu_count(1)
    store = Store(address)
    runner_at(address, identity)
    return lambda task, notify: carry_out(store, Task.from_json(task), notify)


if __name__ == "__main__":
    main(*sys.argv[1:])
