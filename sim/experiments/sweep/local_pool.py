"""Carry out a sweep on this machine: in this process, or with several of their own.

A run in the middle of which workers die three times is recorded as failed.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import replace

from sim.experiments.sweep.sweep_plan import Chunk, SweepPlan
from sim.experiments.sweep.sweep_store import Store
from sim.experiments.sweep.tasks import Task, order_of, record_failed
from sim.experiments.worker_pool import DEATHS, Worker, WorkerPool

COMMAND = (sys.executable, "-P", "-m", "sim.experiments.sweep.local_worker")

Advance = Callable[[int], None]


def work_here(store: Store, plan: SweepPlan, chunks: Iterator[Chunk], advance: Advance) -> None:
    """Carry out chunks in this process.

    Parameters
    ----------
    store, plan
        The sweep.
    chunks
        What is left to do.
    advance
        Called with the number of further runs begun or finished.
    """
    from sim.experiments.sweep.chunk_runs import carry_out

    for chunk in chunks:
        carry_out(store, order_of(plan, chunk), lambda place: advance(int(place > 0)))


class LocalPool(WorkerPool):
    """Share the chunks of a sweep among workers of this machine."""

    def __init__(
        self, store: Store, plan: SweepPlan, workers: int, chunks: Iterator[Chunk], advance: Advance
    ) -> None:
        self.store, self.plan = store, plan
        super().__init__(
            [*COMMAND, store.place.address, plan.identity],
            (order_of(plan, chunk) for chunk in chunks),
            workers,
            advance,
            # Arrow's own pools keep memory that a worker needs for some milliseconds a chunk.
            ARROW_DEFAULT_MEMORY_POOL="system",
        )

    def requeue(self, worker: Worker) -> Task | None:
        """Return an order that its worker did not survive, without the run at fault."""
        order: Task = worker.task
        run = worker.run
        self.deaths[order.chunk, run] += 1
        if self.deaths[order.chunk, run] >= DEATHS:
            error = f"killed {DEATHS} workers (they ended in the middle of it)"
            if run >= len(order.runs):
                record_failed(self.store, self.plan, order, error)
                self.advance(len(order.runs))
                return None
            order = replace(order, spared={**order.spared, run: error})
            self.store.forget_beside(self.plan.tables, order.chunk)
        return order
