"""Carry out a sweep on a Dask cluster: the same tasks, the same files.

Workers of the cluster write into the store themselves, so its folder or address must be one that
they share. The scheduler is sent names of chunks and sends back names of files, nothing more.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from importlib import import_module
from itertools import islice
from secrets import token_hex
from typing import Any

from sim.core.errors import InputError
from sim.core.files import MachineError
from sim.experiments.sweep.sweep_plan import SweepPlan, Task
from sim.experiments.sweep.sweep_store import Store
from sim.experiments.worker_pool import Notify

AHEAD = 3
"""Chunks handed to the scheduler for each thread of the cluster."""

CONNECT_SECONDS = 30.0
"""How long the scheduler may take to answer."""

LOOK_SECONDS = 5.0
"""How often the cluster is looked at while no chunk ends."""

CLOSE_SECONDS = 5.0
"""How long taking leave of the scheduler may take; one that hangs never answers."""


def carry_out_task(address: str, data: Mapping[str, Any]) -> None:
    """Carry out one task; this is what runs on the cluster."""
    from sim.experiments.sweep.chunk_runs import carry_out

    carry_out(Store(address), Task.from_json(data))


TASK = carry_out_task


def work_on_cluster(
    store: Store,
    plan: SweepPlan,
    scheduler: str,
    tasks: Iterator[Task],
    advance: Notify,
    timeout: float,
) -> None:
    """Carry out tasks on the Dask cluster at an address such as ``tcp://10.0.0.1:8786``.

    A chunk whose worker dies is given to another by the scheduler. One that the scheduler gives
    up on waits until all others are done and is then tried once more by itself, so that it
    neither takes others down nor is blamed for them. If that fails too, its runs are recorded as
    failed. ``advance`` is called with the number of further runs finished.

    InputError if Dask is not installed, the address is none, or the workers have another model or
    cannot reach the store. MachineError if a worker's disk is full, the scheduler does not answer,
    or no worker is there for as long as the timeout (s).
    """
    cluster = _Cluster(scheduler, timeout)
    try:
        for task in list(cluster.give(store, tasks, advance)):
            for last in cluster.give(store, iter([task]), advance):
                store.add_failed(
                    plan, last, "killed the workers of the cluster that made its chunk"
                )
                advance(len(last.runs))
    finally:
        with suppress(cluster.dask.TimeoutError):
            cluster.client.close(timeout=CLOSE_SECONDS)


def _key(task: Task) -> str:
    """Return a name for the task that no other has, whatever was tried before."""
    return f"paradiplomacy-{task.chunk}-{token_hex(4)}"


class _Cluster:
    """Hold the client of a scheduler, its address and how long to wait for a worker (s)."""

    def __init__(self, address: str, timeout: float) -> None:
        self.address, self.timeout = address, timeout
        self.gone = MachineError(f"no Dask scheduler answers at {address}")
        try:
            self.dask: Any = import_module("distributed")
        except ImportError as error:
            raise InputError(
                "needs Dask, which is not installed",
                field="cluster",
                allowed="no cluster, or one after: pip install 'paradiplomacy[cluster]'",
            ) from error
        try:
            self.client = self.dask.Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
        except ValueError as error:
            raise InputError(
                f"{address!r} is no address of a Dask scheduler",
                field="cluster",
                allowed="an address such as tcp://host:8786",
            ) from error
        except OSError as error:
            raise self.gone from error

    def threads(self) -> int:
        """Return the number of threads of all workers."""
        try:
            if self.client.status != "running":
                raise OSError("the connection is lost")
            return sum(self.client.nthreads(callback_timeout=CONNECT_SECONDS).values())
        except (OSError, self.dask.TimeoutError) as error:
            raise self.gone from error

    def give(self, store: Store, tasks: Iterator[Task], advance: Notify) -> Iterator[Task]:
        """Hand out tasks a few at a time; yield those the scheduler gives up on."""
        under_way: dict[Any, Task] = {}
        while True:
            # Workers come and go, and some clusters start one only when there is something to do.
            room = AHEAD * max(1, self.threads()) - len(under_way)
            for task in islice(tasks, max(0, room)):
                sent = (store.place.address, task.to_json())
                future = self.client.submit(TASK, *sent, key=_key(task), pure=False)
                under_way[future] = task
            if not under_way:
                return
            for future in self.finished(list(under_way)):
                task, error = under_way.pop(future), future.exception()
                if error is None:
                    advance(len(task.runs))
                elif isinstance(error, self.dask.KilledWorker):
                    yield task
                elif isinstance(error, (InputError, MachineError)):
                    raise error
                else:
                    raise MachineError(f"a worker of the cluster failed: {error}") from error

    def finished(self, futures: list[Any]) -> set[Any]:
        """Wait until some futures are done and return these."""
        last_seen, reported = time.monotonic(), False
        while True:
            look = min(LOOK_SECONDS, self.timeout / 4.0)
            try:
                with self.client.as_current():
                    return set(self.dask.wait(futures, look, "FIRST_COMPLETED").done)
            except self.dask.TimeoutError:
                pass
            # The client cancels its futures when it loses the scheduler.
            except self.dask.CancelledError as error:
                raise self.gone from error
            if self.threads():
                last_seen, reported = time.monotonic(), False
            elif not reported:
                reported = True
                sys.stderr.write(f"no worker: waiting for one, {self.timeout:g} seconds at most\n")
            elif time.monotonic() - last_seen >= self.timeout:
                raise MachineError(f"the cluster has had no worker for {self.timeout:g} seconds")
