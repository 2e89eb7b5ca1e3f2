"""Carry out a sweep on a Dask cluster: the same orders, the same files.

Workers of the cluster write into the store themselves, so its folder or address must be one that
they share. The scheduler is sent names of chunks and sends back names of files, nothing more.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib import import_module
from itertools import islice
from typing import Any

from sim.core.errors import InputError
from sim.core.files import MachineError
from sim.experiments.sweep.sweep_plan import Chunk, SweepPlan
from sim.experiments.sweep.sweep_store import Store
from sim.experiments.sweep.tasks import Task, order_of, record_failed

AHEAD = 3
"""Chunks handed to the scheduler for each thread of the cluster."""

CONNECT_SECONDS = 30.0
"""How long the scheduler may take to answer."""

LOOK_SECONDS = 5.0
"""How often the cluster is looked at while no chunk ends."""

CLOSE_SECONDS = 5.0
"""How long taking leave of the scheduler may take; one that hangs never answers."""


def task(address: str, order: Mapping[str, Any]) -> None:
    """Carry out one order; this is what runs on the cluster."""
    from sim.experiments.sweep.chunk_runs import carry_out

    carry_out(Store.at(address), Task.from_json(order))


TASK = task


def work_on_cluster(
    store: Store,
    plan: SweepPlan,
    scheduler: str,
    chunks: Iterator[Chunk],
    advance: Callable[[int], None],
    timeout: float,
) -> None:
    """Carry out chunks on a Dask cluster.

    A chunk whose worker dies is given to another by the scheduler. One that the scheduler gives
    up on waits until all others are done and is then tried once more by itself, so that it
    neither takes others down nor is blamed for them. If that fails too, its runs are recorded as
    failed.

    Parameters
    ----------
    store, plan
        The sweep.
    scheduler
        Address of the scheduler, such as ``tcp://10.0.0.1:8786``.
    chunks
        What is left to do.
    advance
        Called with the number of further runs finished.
    timeout
        Seconds the cluster may be without a worker.

    Raises
    ------
    InputError
        If Dask is not installed, the address is none, or the workers have another model or
        cannot reach the store.
    MachineError
        If a worker's disk is full, the scheduler does not answer, or no worker is there for as
        long as the timeout.
    """
    with _connected(scheduler) as client:
        cluster = _Cluster(client, scheduler, timeout)
        orders = (order_of(plan, chunk) for chunk in chunks)
        suspects = list(_give(cluster, store, orders, advance))
        for order in suspects:
            for last in _give(cluster, store, iter([order]), advance):
                error = "killed the workers of the cluster that made its chunk"
                record_failed(store, plan, last, error)
                advance(len(last.runs))


@contextmanager
def _connected(scheduler: str) -> Iterator[Any]:
    """Yield a client of the scheduler."""
    dask = _dask()
    try:
        client = dask.Client(scheduler, timeout=CONNECT_SECONDS, set_as_default=False)
    except ValueError as error:
        raise InputError(
            f"{scheduler!r} is no address of a Dask scheduler",
            field="cluster",
            allowed="an address such as tcp://host:8786",
        ) from error
    except OSError as error:
        raise _unreachable(scheduler) from error
    try:
        yield client
    finally:
        with suppress(dask.TimeoutError):
            client.close(timeout=CLOSE_SECONDS)


def _unreachable(scheduler: str) -> MachineError:
    return MachineError(f"no Dask scheduler answers at {scheduler}")


def _dask() -> Any:
    try:
        return import_module("distributed")
    except ImportError as error:
        raise InputError(
            "needs Dask, which is not installed",
            field="cluster",
            allowed="no cluster, or one after: pip install 'paradiplomacy[cluster]'",
        ) from error


@dataclass(frozen=True)
class _Cluster:
    """Hold the client of a scheduler, its address and how long to wait for a worker (s)."""

    client: Any
    address: str
    timeout: float

    def threads(self) -> int:
        """Return the number of threads of all workers.

        Raises
        ------
        MachineError
            If the scheduler does not answer.
        """
        try:
            if self.client.status != "running":
                raise OSError("the connection is lost")
            return sum(self.client.nthreads(callback_timeout=CONNECT_SECONDS).values())
        except (OSError, _dask().TimeoutError) as error:
            raise _unreachable(self.address) from error

    def finished(self, futures: list[Any]) -> set[Any]:
        """Wait until some futures are done and return these.

        Raises
        ------
        MachineError
            If the scheduler is gone, or no worker is there for as long as the timeout.
        """
        dask = _dask()
        last_seen, reported = time.monotonic(), False
        while True:
            look = min(LOOK_SECONDS, self.timeout / 4.0)
            try:
                with self.client.as_current():
                    done: set[Any] = dask.wait(futures, look, "FIRST_COMPLETED").done
            except dask.TimeoutError:
                pass
            # The client cancels its futures when it loses the scheduler.
            except dask.CancelledError as error:
                raise _unreachable(self.address) from error
            else:
                return done
            if self.threads():
                last_seen, reported = time.monotonic(), False
            elif time.monotonic() - last_seen >= self.timeout:
                raise MachineError(f"the cluster has had no worker for {self.timeout:g} seconds")
            elif not reported:
                reported = True
                sys.stderr.write(f"no worker: waiting for one, {self.timeout:g} seconds at most\n")


def _give(
    cluster: _Cluster, store: Store, orders: Iterator[Task], advance: Callable[[int], None]
) -> Iterator[Task]:
    """Hand out orders a few at a time; yield those the scheduler gives up on."""
    dask = _dask()
    under_way: dict[Any, Task] = {}
    while True:
        # Workers come and go, and some clusters start one only when there is something to do.
        room = AHEAD * max(1, cluster.threads()) - len(under_way)
        for order in islice(orders, max(0, room)):
            sent = (store.place.address, order.to_json())
            future = cluster.client.submit(TASK, *sent, key=_key(order), pure=False)
            under_way[future] = order
        if not under_way:
            return
        for future in cluster.finished(list(under_way)):
            order, error = under_way.pop(future), future.exception()
            if error is None:
                advance(len(order.runs))
            elif isinstance(error, dask.KilledWorker):
                yield order
            elif isinstance(error, (InputError, MachineError)):
                raise error
            else:
                raise MachineError(f"a worker of the cluster failed: {error}") from error


def _key(order: Task) -> str:
    """Return a name for the task that no other has, whatever was tried before."""
    from secrets import token_hex

    return f"paradiplomacy-{order.chunk}-{token_hex(4)}"
