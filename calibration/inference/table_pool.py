"""Make a table's runs with several processes."""

from __future__ import annotations

import sys
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

from sim.core.errors import InputError
from sim.core.files import MachineError
from sim.experiments.worker_pool import Tell, WorkerPool, serve


def work(folder: Path, simulator: str, chunks: list[int], workers: int, advance: Tell) -> None:
    """Make files of a wave with several processes.

    Parameters
    ----------
    folder
        The wave's; its plan is there.
    simulator
        As in :func:`calibration.inference.reference_table.load_simulator`.
    chunks
        Numbers of the files.
    workers
        Number of processes.
    advance
        Called with the number of further runs made.

    Raises
    ------
    MachineError
        If workers die again and again.
    """
    module = "calibration.inference.table_pool"
    command = [sys.executable, "-m", module, str(folder.absolute()), simulator]
    WorkerPool(command, iter(chunks), workers, advance).work()


def _begin(folder: str, name: str) -> Callable[[int, Tell], Any]:
    from calibration.inference.reference_table import Wave, load_simulator

    try:
        wave, simulator = Wave.begun(Path(folder)), load_simulator(name)
    except InputError as error:
        # The caller has just written what is read here.
        raise MachineError(str(error)) from error

    def make(chunk: int, tell: Tell) -> None:
        made = count(1)
        wave.make(simulator, chunk, lambda _: tell(next(made)))

    return make


if __name__ == "__main__":
    serve(lambda: _begin(*sys.argv[1:]))
