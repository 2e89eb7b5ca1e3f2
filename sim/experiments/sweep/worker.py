"""A local worker: takes orders line by line, makes runs, says how far it is.

Started by :mod:`sim.experiments.sweep.local` as ``python -m sim.experiments.sweep.worker ADDRESS
IDENTITY``. Orders come in and news go out as lines of JSON. The worker ends when its orders end,
so that it does not outlive the sweep that started it.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import asdict
from typing import Any, TextIO

from sim.errors import InputError
from sim.files import MachineError

News = dict[str, Any]


def main(arguments: list[str]) -> None:
    """Work until the orders end."""
    # Where a system sends Ctrl-C to all processes, the sweep itself decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    orders, tell = sys.stdin, _speaker()
    try:
        work(arguments[0], arguments[1], orders, tell)
    except BrokenPipeError:
        os._exit(1)
    except InputError as error:
        tell({"fault": "input", "message": str(error)})
    except (MachineError, OSError) as error:
        tell({"fault": "machine", "message": str(error)})
    sys.stderr.flush()
    # Everything is written; taking the libraries down would only take time.
    os._exit(0)


def work(address: str, identity: str, orders: TextIO, tell: Callable[[News], None]) -> None:
    """Carry out orders and tell what comes of them."""
    from sim.jit import is_warm

    tell({"warm": is_warm()})
    import pyarrow as pa

    from sim.experiments.sweep.orders import Order
    from sim.experiments.sweep.store import Store
    from sim.experiments.sweep.work import bench_at, carry_out

    # One worker is one core's work.
    pa.set_cpu_count(1)
    store = Store.at(address)
    bench_at(address, identity)
    tell({"ready": True})
    for line in orders:
        order = Order.from_json(json.loads(line))
        shard = carry_out(store, order, lambda place: tell({"run": place}))
        tell({"done": asdict(shard)})


def _speaker() -> Callable[[News], None]:
    """Return a function that sends news; whatever else is printed goes to the error stream."""
    stream = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())

    def tell(news: News) -> None:
        stream.write(json.dumps(news) + "\n")
        stream.flush()

    return tell


if __name__ == "__main__":
    main(sys.argv[1:])
