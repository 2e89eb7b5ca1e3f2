"""A local worker of a sweep: ``python -m sim.experiments.sweep.local_worker ADDRESS IDENTITY``."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from sim.experiments.worker_pool import Notify, serve


def main(arguments: list[str]) -> None:
    """Make chunks of the sweep at an address until no more are asked for."""
    serve(lambda: _begin(*arguments))


def _begin(address: str, identity: str) -> Callable[[Any, Notify], Any]:
    import pyarrow as pa

    from sim.experiments.sweep.chunk_runs import bench_at, carry_out
    from sim.experiments.sweep.sweep_store import Store
    from sim.experiments.sweep.tasks import Task

    # One worker is one core's work.
    pa.set_cpu_count(1)
    store = Store.at(address)
    bench_at(address, identity)
    return lambda task, notify: carry_out(store, Task.from_json(task), notify)


if __name__ == "__main__":
    main(sys.argv[1:])
