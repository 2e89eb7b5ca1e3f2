"""Carry out a sweep on this machine: in this process, or with several of their own.

Workers are processes that get orders and send news over pipes, so that nothing is shared and
nothing pickled. A worker that dies is replaced and its chunk made again. A run in the middle of
which workers die three times is recorded as failed.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from queue import SimpleQueue
from typing import Any

from sim.errors import InputError
from sim.experiments.processes import WorkerProcess, surroundings
from sim.experiments.sweep.orders import Order, order_of, record_failed
from sim.experiments.sweep.plan import Chunk, Plan
from sim.experiments.sweep.store import Store
from sim.files import MachineError

COMMAND = (sys.executable, "-P", "-m", "sim.experiments.sweep.worker")
DEATHS = 3
"""Workers a run may take with it before it is recorded as failed."""

Advance = Callable[[int], None]


def work_here(store: Store, plan: Plan, chunks: Iterator[Chunk], advance: Advance) -> None:
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
    from sim.experiments.sweep.work import carry_out

    for chunk in chunks:
        carry_out(store, order_of(plan, chunk), lambda place: advance(int(place > 0)))


class Hand(WorkerProcess):
    """Hold one worker's process and what it is doing."""

    def __init__(self, store: Store, plan: Plan, news: SimpleQueue[tuple[Hand, Any]]) -> None:
        self.ready = False
        self.order: Order | None = None
        self.run = 0
        # Ctrl-C in the terminal is the sweep's to act on, not the workers'.
        # Arrow's own pools keep memory that a worker needs for some milliseconds a chunk.
        super().__init__(
            [*COMMAND, store.place.address, plan.identity],
            news,
            surroundings(ARROW_DEFAULT_MEMORY_POOL="system"),
            own_session=True,
        )

    def give(self, order: Order | None) -> None:
        """Send an order, or end the worker when there is none."""
        self.order, self.run = order, 0
        self.send(None if order is None else json.dumps(order.to_json()))


class Crew:
    """Share the chunks of a sweep among workers of this machine."""

    def __init__(
        self, store: Store, plan: Plan, workers: int, chunks: Iterator[Chunk], advance: Advance
    ) -> None:
        self.store, self.plan, self.workers = store, plan, workers
        self.orders = (order_of(plan, chunk) for chunk in chunks)
        self.advance = advance
        self.again: list[Order] = []
        self.news: SimpleQueue[tuple[Hand, Any]] = SimpleQueue()
        self.hands: list[Hand] = []
        self.deaths: Counter[tuple[str, int]] = Counter()
        self.stillborn = 0
        self.spent = False

    def work(self) -> None:
        """Carry out all chunks.

        Raises
        ------
        InputError, MachineError
            If a worker cannot go on for a reason that would stop the others too.
        """
        try:
            # Where the engine is not compiled yet, the others wait until the first has done it.
            self._hire()
            while self.hands:
                self._hear(*self.news.get())
        finally:
            for hand in self.hands:
                hand.end()

    def _fill_up(self) -> None:
        # A worker hired for nothing would hire the next when it says that it is warm.
        while len(self.hands) < self.workers and not self.spent:
            self._hire()

    def _hire(self) -> None:
        self.hands.append(Hand(self.store, self.plan, self.news))

    def _next(self) -> Order | None:
        order = self.again.pop() if self.again else next(self.orders, None)
        self.spent = order is None
        return order

    def _hear(self, hand: Hand, news: dict[str, Any] | None) -> None:
        if news is None:
            self._bury(hand)
        elif "fault" in news:
            kind = InputError if news["fault"] == "input" else MachineError
            raise kind(news["message"])
        elif "warm" in news:
            if news["warm"]:
                self._fill_up()
        elif "ready" in news:
            hand.ready, self.stillborn = True, 0
            hand.give(self._next())
            if hand.order is not None:
                self._fill_up()
        elif "run" in news:
            hand.run = news["run"]
            self.advance(int(hand.run > 0))
        else:
            hand.give(self._next())

    def _bury(self, hand: Hand) -> None:
        """Take leave of a worker that has ended, and replace it where work is left."""
        hand.end()
        self.hands.remove(hand)
        order = hand.order
        if not hand.ready:
            self.stillborn += 1
            if self.stillborn >= DEATHS:
                code = hand.process.returncode
                raise MachineError(f"workers end as soon as they start (exit code {code})")
        elif order is None:
            return
        else:
            self.advance(-hand.run)
            self._mourn(order, hand.run)
        self._hire()

    def _mourn(self, order: Order, run: int) -> None:
        """Put an order back that its worker did not survive, without the run at fault."""
        self.deaths[order.chunk, run] += 1
        if self.deaths[order.chunk, run] >= DEATHS:
            error = f"killed {DEATHS} workers (they ended in the middle of it)"
            if run >= len(order.runs):
                record_failed(self.store, self.plan, order, error)
                self.advance(len(order.runs))
                return
            order = replace(order, spared={**order.spared, run: error})
            self.store.forget_beside(self.plan.tables, order.chunk)
        self.again.append(order)
