"""Make a table's runs with several processes.

Workers get the numbers of files and send news as lines over pipes; nothing else is shared. A
worker that dies is replaced and its file made again.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections import Counter
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from sim.errors import InputError
from sim.experiments.processes import WorkerProcess, surroundings
from sim.experiments.sweep.local import DEATHS
from sim.files import MachineError
from sim.jit import is_warm

News = tuple["Hand", dict[str, Any] | None]


class Hand(WorkerProcess):
    """Hold one worker's process, the file it makes and how many of its runs are made."""

    def __init__(self, folder: Path, simulator: str, news: SimpleQueue[News]) -> None:
        self.ready = False
        self.chunk: int | None = None
        self.made = 0
        module = "calibration.inference.crew"
        command = [sys.executable, "-m", module, str(folder.absolute()), simulator]
        # Ctrl-C in the terminal is the calibration's to act on, not the workers'.
        super().__init__(command, news, surroundings(), own_session=True)

    def give(self, chunk: int | None) -> None:
        """Send the number of a file, or end the worker when there is none."""
        self.chunk, self.made = chunk, 0
        self.send(None if chunk is None else str(chunk))


def work(folder: Path, simulator: str, chunks: list[int], workers: int, advance: Any) -> None:
    """Make files of a wave with several processes.

    Parameters
    ----------
    folder
        The wave's; its plan is there.
    simulator
        As in :func:`calibration.inference.table.load_simulator`.
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
    left, deaths = list(reversed(chunks)), Counter[int | None]()
    news: SimpleQueue[News] = SimpleQueue()
    hands: list[Hand] = []
    try:
        # The first worker compiles the engine; the others find it compiled.
        hands.extend(Hand(folder, simulator, news) for _ in range(workers if is_warm() else 1))
        while hands:
            hand, said = news.get()
            if said is None:
                hand.end()
                hands.remove(hand)
                if hand.ready and hand.chunk is None:
                    continue
                advance(-hand.made)
                _mourn(hand, deaths, left)
                hands.append(Hand(folder, simulator, news))
            elif "made" in said:
                hand.made += said["made"]
                advance(said["made"])
            elif "fault" in said:
                raise MachineError(said["fault"])
            else:
                hand.ready = True
                hand.give(left.pop() if left else None)
                while len(hands) < workers and left:
                    hands.append(Hand(folder, simulator, news))
    finally:
        for hand in hands:
            hand.end()


def _mourn(hand: Hand, deaths: Counter[int | None], left: list[int]) -> None:
    """Put the file of a dead worker back, unless it has taken too many with it."""
    deaths[hand.chunk] += 1
    if deaths[hand.chunk] >= DEATHS:
        raise MachineError(f"workers keep dying (exit code {hand.process.returncode})")
    if hand.chunk is not None:
        left.append(hand.chunk)


def main(arguments: list[str]) -> None:
    """Make files until no more numbers come."""
    # Ctrl-C goes to the whole group of processes; the caller decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    stream = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    # Whatever else is printed must not be taken for news.
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())

    def tell(news: dict[str, Any]) -> None:
        stream.write(json.dumps(news) + "\n")
        stream.flush()

    from calibration.inference.table import Wave, load_simulator

    try:
        wave, simulator = Wave.begun(Path(arguments[0])), load_simulator(arguments[1])
        tell({"ready": True})
        for line in sys.stdin:
            name = wave.make(simulator, int(line), lambda made: tell({"made": made}))
            tell({"done": name})
    except BrokenPipeError:
        os._exit(1)
    except (InputError, MachineError, OSError) as error:
        tell({"fault": str(error)})


if __name__ == "__main__":
    main(sys.argv[1:])
