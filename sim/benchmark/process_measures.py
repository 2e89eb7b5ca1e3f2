"""What users start: a first run, a command, a sweep; and what runs without compiled code.

Started as a program, carry out the part of a measurement that needs a process of its own, and print
what it found.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
from dataclasses import astuple
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from sim.benchmark.engine_measures import SCENARIO, begun, mesa_agents
from sim.benchmark.timing import (
    MeasuredValue,
    Settings,
    Timed,
    by_clock,
    figure,
    in_turn,
    timed,
    timed_process,
)
from sim.core.provenance import cpu_count
from sim.engine.compiled import simulate
from sim.experiments.worker_pool import import_paths
from sim.world import load_world

VARY = {"turnover.fade": (0.2, 0.9), "authority.effect": (0.0, 1.0)}
REPLICATES = 20
"""Replicates of each point of the sweep."""
BARE_RUNS = 100
"""Runs, at most, of the bare engine in one process."""
MIB = 1024**2


def command(*words: object, **variables: str) -> subprocess.Popen[str]:
    """Start a module of this package in another process, with some environment variables set."""
    # A cache folder chosen by the user would bring compiled code along.
    drop = ("NUMBA_CACHE_DIR",) if "XDG_CACHE_HOME" in variables else ()
    inherited = {key: text for key, text in os.environ.items() if key not in drop}
    return subprocess.Popen(
        [sys.executable, "-m", *map(str, words)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**inherited, "PYTHONPATH": import_paths(), **variables},
    )


def answer(process: subprocess.Popen[str]) -> str:
    """Return what a process prints, once it has ended well."""
    text, errors = process.communicate()
    if process.returncode:
        last = errors.strip().rpartition("\n")[2]
        raise RuntimeError(f"a process ended with {process.returncode}: {last}")
    return text


def part(name: str, settings: Settings, *words: object, **variables: str) -> subprocess.Popen[str]:
    """Start a part of a measurement in a process of its own."""
    return command(__spec__.name, name, settings.end or "-", *words, **variables)


def first_run(settings: Settings) -> dict[str, MeasuredValue]:
    """Measure a first run, compilation included, and a later one that finds compiled code."""
    with tempfile.TemporaryDirectory() as empty:
        cold, warm = (
            timed_process(lambda: answer(part("first", settings, XDG_CACHE_HOME=empty)))
            for _ in range(2)
        )
    return {"cold_start_s": by_clock([cold], later_run_s=warm.wall)}


def in_plain_python(settings: Settings) -> dict[str, MeasuredValue]:
    """Measure the same run on agents in plain Python, between compiled runs."""
    make = begun(settings.end, load_world())
    before = in_turn(settings.rounds, lambda: make)[0]
    python = Timed(*json.loads(answer(part("agents", settings, PARADIPLOMACY_COMPILE="0"))))
    own = [*before, *in_turn(settings.rounds, lambda: make)[0]]
    ratios = [python.processor / one.processor for one in own]
    waits = python.wall / max(python.processor, 1e-9)
    return {"python_ratio": figure(ratios, waits, python_s=python.processor)}


def user_run(settings: Settings) -> dict[str, MeasuredValue]:
    """Measure the command that makes a folder of runs with its report, after a first time."""
    end = ("--end", settings.end) if settings.end else ()
    words = ("sim", "run", SCENARIO, "--replicates", settings.replicates, *end)
    with tempfile.TemporaryDirectory() as folder:

        def run(number: int) -> None:
            answer(command(*words, "--out", f"{folder}/{number}"))

        times = [timed_process(partial(run, n)) for n in range(settings.rounds + 1)]
        size = sum(path.stat().st_size for path in Path(folder, "0").rglob("*") if path.is_file())
    return {"user_run_s": by_clock(times[1:], first_s=times[0].wall, folder_mb=size / MIB)}


def sweep(settings: Settings) -> dict[str, MeasuredValue]:
    """Measure a sweep on all processors, and before and after it the bare engine on as many.

    The share is what so many runs take the bare engine over what they take the sweep, by the
    clock, its start included; beside it the same by processor time, which other work on the machine
    stretches less. Memory is the proportional set size, each shared page counted once.
    """
    workers, points = cpu_count(), max(1, settings.runs // REPLICATES)
    vary = [f"--vary={name}={low}..{high}" for name, (low, high) in VARY.items()]
    end = ("--end", settings.end) if settings.end else ()
    words = ("--design", "lhs", "-n", points, "--replicates", REPLICATES, "--workers", workers)
    peaks = []

    def carry_out() -> None:
        with tempfile.TemporaryDirectory() as folder:
            out = ("--out", f"{folder}/sweep", "--json")
            process = command("sim", "sweep", SCENARIO, *vary, *words, *end, *out)
            watch = MemoryWatch(process.pid)
            answer(process)
            peaks.append(watch.stop())

    before = bare_engine(settings, points, workers)
    taken = timed_process(carry_out)
    alone = [*before, *bare_engine(settings, points, workers)]
    runs = points * REPLICATES
    shares = [run.wall * runs / workers / taken.wall for run in alone]
    engine_ms = float(np.median([run.processor for run in alone])) * 1e3
    details = {"runs": runs, "workers": workers, "sweep_s": taken.wall, "engine_ms": engine_ms}
    by_processor = engine_ms / 1e3 * runs / taken.processor
    found = {"sweep_efficiency": figure(shares, by_processor=by_processor, **details)}
    if peaks[0]:
        found["sweep_peak_mb"] = figure([peaks[0] / MIB], **details)
    return found


def bare_engine(settings: Settings, points: int, workers: int) -> list[Timed]:
    """Return what a run takes the bare engine in each of several processes at once."""
    processes = [part("bare", settings, points, n, workers) for n in range(workers)]
    return [Timed(*json.loads(answer(process))) for process in processes]


class MemoryWatch:
    """Sample the memory of a process and its children, each page counted once; on Linux only."""

    def __init__(self, process: int) -> None:
        self.process, self.peak = process, 0
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._look)
        self._thread.start()

    def _look(self) -> None:
        while not self._stopped.wait(0.25):
            self.peak = max(self.peak, sum(map(proportional_set_size, self._family())))

    def _family(self) -> list[int]:
        children = Path(f"/proc/{self.process}/task/{self.process}/children")
        try:
            return [self.process, *map(int, children.read_text(encoding="ascii").split())]
        except OSError:
            return []

    def stop(self) -> int:
        """Return the peak in bytes; 0 if it cannot be told."""
        self._stopped.set()
        self._thread.join()
        return self.peak


def proportional_set_size(process: int) -> int:
    """Return a process's memory in bytes; what it shares is split among those who share it."""
    try:
        text = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii")
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in text.splitlines() if line[:4] == "Pss:")


def bare(end: str | None, points: int, first: int, every: int) -> Timed:
    """Return what a run takes the bare engine, of some runs of the sweep."""
    from sim.experiments.sweep import planned
    from sim.experiments.sweep.chunk_runs import ChunkRunner

    asked = planned(SCENARIO, VARY, design="lhs", n=points, replicates=REPLICATES, end=end)
    runner = ChunkRunner(asked.plan, asked.world)
    runner.warm_up()
    values = np.asarray(asked.plan.values)
    chosen = range(first, points * REPLICATES, every)
    chosen = chosen[:: max(1, len(chosen) // BARE_RUNS)]
    states = [runner.state(tuple(values[number // REPLICATES])) for number in chosen]

    def make() -> None:
        for state, number in zip(states, chosen, strict=True):
            simulate(state, asked.plan.scenario.seed, number % REPLICATES)

    taken = timed(make)
    return Timed(taken.wall / len(chosen), taken.processor / len(chosen))


def found_by(name: str, end: str, *words: str) -> Any:
    """Carry out a part and return what it found; an end of ``-`` is the scenario's."""
    last = None if end == "-" else end
    if name == "bare":
        return astuple(bare(last, *map(int, words)))
    if name == "agents":
        return astuple(timed(mesa_agents(last)))
    begun(last, load_world())
    return None


if __name__ == "__main__":
    sys.stdout.write(json.dumps(found_by(*sys.argv[1:])))
