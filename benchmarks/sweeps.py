"""Measure sweeps against their bars: speed kept, memory, Mesa's batch_run, gain of paired runs.

Use: ``python benchmarks/sweeps.py speed|memory|mesa|pairs [--runs N]``. What is compared is
measured in one call on the same runs. Linux only: it reads /proc.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
VARY = {"turnover.fade": (0.2, 0.9), "authority.effect": (0.0, 1.0)}
MIB = 1024**2


def planned_runs(runs: int, replicates: int, end: str) -> Any:
    """Return the plan of a Latin hypercube with so many runs."""
    from sim.experiments.sweep import planned

    points = runs // replicates
    return planned("baseline", VARY, design="lhs", n=points, replicates=replicates, end=end)


def bare(runs: int, replicates: int, end: str, first: int, every: int) -> None:
    """Make every so-many-th of the runs with the engine alone; print wall and processor time."""
    import numpy as np

    from sim.engine.compiled import simulate
    from sim.experiments.sweep.chunk_runs import ChunkRunner

    asked = planned_runs(runs, replicates, end)
    runner = ChunkRunner(asked.plan, asked.world)
    runner.warm_up()
    states = [runner.state(tuple(point)) for point in np.asarray(asked.plan.values)]
    wall, processor = time.perf_counter(), time.process_time()
    for number in range(first, runs, every):
        point, replicate = divmod(number, replicates)
        simulate(states[point], asked.plan.scenario.seed, replicate)
    print(json.dumps([time.perf_counter() - wall, time.process_time() - processor]))


def _start(*arguments: object) -> subprocess.Popen[str]:
    path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    return subprocess.Popen(
        [sys.executable, *map(str, arguments)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": path},
    )


def sweep_command(out: str, runs: int, replicates: int, end: str, workers: int) -> list[str]:
    """Return the command of a sweep of the same runs."""
    vary = [f"--vary={name}={low}..{high}" for name, (low, high) in VARY.items()]
    return [
        "-m", "sim", "sweep", "baseline", *vary, "--design", "lhs", "-n", str(runs // replicates),
        "--replicates", str(replicates), "--end", end, "--workers", str(workers), "--out", out,
        "--json",
    ]  # fmt: skip


def timed_worker(traces: str, address: str, identity: str) -> None:
    """Work as a worker of a sweep does, and note the time spent inside the engine."""
    from sim.experiments.sweep import chunk_runs, local_pool

    simulate, add = chunk_runs.simulate, chunk_runs.Store.add
    inside = [0.0]

    def timed(*arguments: Any) -> Any:
        clock = time.perf_counter()
        state = simulate(*arguments)
        inside[0] += time.perf_counter() - clock
        return state

    def noted(*arguments: Any) -> Any:
        (Path(traces) / str(os.getpid())).write_text(repr(inside[0]), encoding="ascii")
        return add(*arguments)

    chunk_runs.simulate, chunk_runs.Store.add = timed, noted
    local_pool.main(address, identity)


def speed(runs: int, replicates: int, end: str, workers: int) -> dict[str, float]:
    """Compare a sweep with as many processes of the bare engine at once on the same runs.

    On a machine with other work the two comparisons by clock and by processor are only as good as
    that work is even. The share inside the engine is measured within the sweep itself: the time
    its workers spend in the engine, of all the time they have from the first line to the last.
    """
    from sim.experiments.sweep import local_pool, sweep

    me = Path(__file__)
    alone = [_start(me, "bare", runs, replicates, end, first, workers) for first in range(workers)]
    times = [json.loads(process.communicate()[0]) for process in alone]
    engine_wall, engine_cpu = max(t[0] for t in times), sum(t[1] for t in times)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with tempfile.TemporaryDirectory() as folder:
        traces = Path(folder) / "traces"
        traces.mkdir()
        local_pool.COMMAND = (sys.executable, str(me), "worker", str(traces))
        clock = time.perf_counter()
        sweep(
            "baseline",
            VARY,
            design="lhs",
            n=runs // replicates,
            replicates=replicates,
            end=end,
            workers=workers,
            out=f"{folder}/s",
        )
        wall = time.perf_counter() - clock
        inside = sum(float(path.read_text(encoding="ascii")) for path in traces.iterdir())
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {
        "runs": runs,
        "engine, ms a run": engine_cpu / runs * 1e3,
        "engine, s": engine_wall,
        "sweep, s": wall,
        "share by clock": engine_wall / wall,
        "share by processor": engine_cpu / cpu,
        "share inside the engine": inside / (workers * wall),
    }


class Watch:
    """Sample the memory of a process and its children, each page counted once."""

    def __init__(self, process: int) -> None:
        self.process, self.peak, self.stopped = process, 0, False
        self.thread = threading.Thread(target=self._look)
        self.thread.start()

    def _look(self) -> None:
        while not self.stopped:
            self.peak = max(self.peak, sum(map(_memory, self._family())))
            time.sleep(0.25)

    def _family(self) -> list[int]:
        children = Path(f"/proc/{self.process}/task/{self.process}/children")
        try:
            return [self.process, *map(int, children.read_text(encoding="ascii").split())]
        except OSError:
            return []

    def stop(self) -> float:
        """Return the peak in MiB."""
        self.stopped = True
        self.thread.join()
        return self.peak / MIB


def _memory(process: int) -> int:
    """Return a process's memory in bytes; what it shares is split among those who share it."""
    try:
        text = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii")
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in text.splitlines() if line[:4] == "Pss:")


def memory(counts: list[int], end: str, workers: int) -> dict[str, float]:
    """Return the peak memory in MiB of sweeps with so many short runs, all processes together."""
    peaks = {}
    for runs in counts:
        with tempfile.TemporaryDirectory() as folder:
            clock = time.perf_counter()
            process = _start(*sweep_command(f"{folder}/s", runs, 20, end, workers))
            watch = Watch(process.pid)
            process.communicate()
            peaks[f"{runs:,} runs"] = watch.stop()
            peaks[f"{runs:,} runs, seconds"] = time.perf_counter() - clock
    return peaks


def mesa(runs: int, end: str, workers: int) -> dict[str, float]:
    """Compare mesa.batch_run on the Mesa driver with a sweep of the same runs."""
    import mesa as library

    from sim.engine.model import ParadiplomacyModel
    from sim.scenario.schema import load

    scenario = load("baseline").with_overrides(end=end)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "short.toml"
        file.write_text(scenario.dump_toml(), encoding="utf-8")
        clock = time.perf_counter()
        rows = library.batch_run(
            ParadiplomacyModel,
            {"scenario": str(file), "replicate": range(runs)},
            number_processes=workers,
            max_steps=scenario.n_months,
            display_progress=False,
        )
        batch = time.perf_counter() - clock
        assert len(rows) == runs
        clock = time.perf_counter()
        _start(*sweep_command(f"{folder}/s", runs, runs, end, workers)).communicate()
        swept = time.perf_counter() - clock
    return {"runs": runs, "batch_run_s": batch, "sweep_s": swept, "times": batch / swept}


def pairs(replicates: int, end: str) -> dict[str, Any]:
    """Return how many times smaller the variance of an effect is with paired runs."""
    from sim.experiments.sweep import sweep

    with tempfile.TemporaryDirectory() as folder:
        frame = sweep(
            "baseline",
            {"turnover.fade": [0.6, 0.7]},
            replicates=replicates,
            end=end,
            out=f"{folder}/s",
        ).frame
    first, second = (frame[frame["point"] == point].set_index("replicate") for point in (0, 1))
    gains = {}
    for name in (
        "visits_to_lac",
        "twinnings",
        "memoranda",
        "deals",
        "deal_value_usd_m",
        "ties_lost",
    ):
        apart = first[name].var() + second[name].var()
        paired = (second[name] - first[name]).var()
        gains[name] = float(apart / paired) if paired else float("inf")
    return {"replicates": replicates, **gains}


def main() -> None:
    """Run the measurements asked for and print them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parts = parser.add_subparsers(dest="part", required=True)
    for name in ("speed", "memory", "mesa", "pairs"):
        part = parts.add_parser(name)
        part.add_argument("--runs", type=int, nargs="+")
        part.add_argument("--end", default="2020-12" if name in {"speed", "pairs"} else "2000-12")
        part.add_argument("--workers", type=int, default=2)
    for name, count in (("bare", 5), ("worker", 3)):
        parts.add_parser(name).add_argument("arguments", nargs=count)
    given = parser.parse_args()
    if given.part == "worker":
        timed_worker(*given.arguments)
        return
    if given.part == "bare":
        runs, replicates, end, first, every = given.arguments
        bare(int(runs), int(replicates), end, int(first), int(every))
        return
    runs = given.runs
    measured = {
        "speed": lambda: speed((runs or [400])[0], 20, given.end, given.workers),
        "memory": lambda: memory(runs or [1_000, 10_000, 100_000], given.end, given.workers),
        "mesa": lambda: mesa((runs or [40])[0], given.end, given.workers),
        "pairs": lambda: pairs((runs or [100])[0], given.end),
    }[given.part]()
    width = max(map(len, measured))
    for name, value in measured.items():
        print(f"{name:<{width}}  {value:>12,.3f}")


if __name__ == "__main__":
    main()
