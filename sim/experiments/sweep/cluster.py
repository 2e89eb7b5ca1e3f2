"""Carry out a sweep on a Dask cluster: the same orders, the same files.

Workers of the cluster write into the store themselves, so its folder or address must be one that
they share. The scheduler is sent names of chunks and sends back names of files, nothing more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from itertools import islice
from typing import Any

from sim.errors import InputError
from sim.experiments.sweep.orders import Order, order_of, record_failed
from sim.experiments.sweep.plan import Chunk, Plan
from sim.experiments.sweep.store import Store
from sim.files import MachineError

AHEAD = 3
"""Chunks handed to the scheduler for each thread of the cluster."""

CONNECT_SECONDS = 30
WAIT_SECONDS = 600
"""How long to wait for a first worker: queues of batch systems take their time."""


def task(address: str, order: Mapping[str, Any]) -> None:
    """Carry out one order; this is what runs on the cluster."""
    from sim.experiments.sweep.work import carry_out

    carry_out(Store.at(address), Order.from_json(order))


TASK = task


def work_on_cluster(
    store: Store,
    plan: Plan,
    scheduler: str,
    chunks: Iterator[Chunk],
    advance: Callable[[int], None],
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

    Raises
    ------
    InputError
        If Dask is not installed, nothing answers at the address, or the workers have another
        model or cannot reach the store.
    MachineError
        If a worker's disk is full.
    """
    with _connected(scheduler) as client:
        suspects = list(_give(client, store, (order_of(plan, c) for c in chunks), advance))
        for order in suspects:
            for last in _give(client, store, iter([order]), advance):
                error = "killed the workers of the cluster that made its chunk"
                record_failed(store, plan, last, error)
                advance(len(last.runs))


def _connected(scheduler: str) -> Any:
    try:
        return _dask().Client(scheduler, timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError) as error:
        raise InputError(
            f"no Dask scheduler answers at {scheduler}",
            field="cluster",
            allowed="an address such as tcp://host:8786",
        ) from error


def _dask() -> Any:
    try:
        return import_module("distributed")
    except ImportError as error:
        raise InputError(
            "needs Dask, which is not installed",
            field="cluster",
            allowed="no cluster, or one after: pip install 'paradiplomacy[cluster]'",
        ) from error


def _give(
    client: Any, store: Store, orders: Iterator[Order], advance: Callable[[int], None]
) -> Iterator[Order]:
    """Hand out orders a few at a time; yield those the scheduler gives up on."""
    dask = _dask()
    client.wait_for_workers(1, timeout=WAIT_SECONDS)
    room = AHEAD * max(1, sum(client.nthreads().values()))
    under_way: dict[Any, Order] = {}

    def hand_out(order: Order) -> Any:
        future = client.submit(
            TASK, store.place.address, order.to_json(), key=_key(order), pure=False
        )
        under_way[future.key] = order
        return future

    finished = dask.as_completed(
        [hand_out(order) for order in islice(orders, room)], loop=client.loop
    )
    for future in finished:
        order = under_way.pop(future.key)
        error = future.exception()
        if error is None:
            advance(len(order.runs))
        elif isinstance(error, dask.KilledWorker):
            yield order
        elif isinstance(error, (InputError, MachineError)):
            raise error
        else:
            raise MachineError(f"a worker of the cluster failed: {error}") from error
        for following in islice(orders, 1):
            finished.add(hand_out(following))


def _key(order: Order) -> str:
    """Return a name for the task that no other has, whatever was tried before."""
    from secrets import token_hex

    return f"paradiplomacy-{order.chunk}-{token_hex(4)}"
