"""Make the runs of a reference table, here or with several processes."""

from __future__ import annotations

import sys
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

from calibration.inference.reference_table import Progress, Rows, Wave, load_simulator
from sim.core.errors import InputError
from sim.core.files import MachineError
from sim.experiments.worker_pool import Notify, WorkerPool, serve


def build(
    wave: Wave, simulator: str, *, workers: int = 1, progress: Progress | None = None
) -> Rows:
    """Make the runs of a wave that are left and return all of them.

    Parameters
    ----------
    wave
        The plan.
    simulator
        As in :func:`load_simulator`; workers of their own make theirs by this name.
    workers
        Processes; 1 works in this one.
    progress
        Called with (done, total) as runs end.

    Raises
    ------
    InputError
        If the folder holds another table, or another process is writing there.
    MachineError
        If the disk is full or workers keep dying; the same call goes on later.
    """
    held = load_simulator(simulator)
    total = len(wave.values)
    with wave.place.lock():
        wave.begin(held)
        whole = wave.whole(held)
        left = [chunk for chunk in range(wave.chunks) if chunk not in whole]
        done = total - sum(len(wave.rows(chunk)) for chunk in left)

        def advance(runs: int) -> None:
            nonlocal done
            done += runs
            if progress is not None:
                progress(done, total)

        advance(0)
        if min(workers, len(left)) > 1:
            work(wave.folder, simulator, left, min(workers, len(left)), advance)
        else:
            for chunk in left:
                wave.make(held, chunk, advance)
        return wave.read(held)


def work(folder: Path, simulator: str, chunks: list[int], workers: int, advance: Notify) -> None:
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
    command = [sys.executable, "-m", __name__, str(folder.absolute()), simulator]
    WorkerPool(command, iter(chunks), workers, advance).work()


def _begin(folder: str, name: str) -> Callable[[int, Notify], Any]:
    try:
        wave, simulator = Wave.begun(Path(folder)), load_simulator(name)
    except InputError as error:
        # The caller has just written what is read here.
        raise MachineError(str(error)) from error

    def make(chunk: int, notify: Notify) -> None:
        made = count(1)
        wave.make(simulator, chunk, lambda _: notify(next(made)))

    return make


if __name__ == "__main__":
    serve(lambda: _begin(*sys.argv[1:]))
