"""How long a sweep will take and how much room it will need, from a few of its runs."""

from __future__ import annotations

import time
from dataclasses import dataclass

from sim.core import provenance
from sim.experiments.sweep.chunk_runs import Bench
from sim.experiments.sweep.parquet import parquet_bytes
from sim.experiments.sweep.start_sweep import Planned
from sim.experiments.sweep.sweep_plan import Chunk
from sim.experiments.sweep.tasks import order_of

START_SECONDS = 3.0
"""What workers take to start."""


@dataclass(frozen=True)
class CostEstimate:
    """Hold what a sweep is expected to need.

    Parameters
    ----------
    runs, chunks
        How many there are.
    run_seconds
        Time of one run on one processor.
    workers
        Processes the time is for.
    seconds
        Time of the sweep.
    size
        Bytes on the disk.
    """

    runs: int
    chunks: int
    run_seconds: float
    workers: int
    seconds: float
    size: int


def estimate(
    asked: Planned, workers: int | None = None, sample: int = 4, left: int = 0
) -> CostEstimate:
    """Make a few runs spread over the points and return what all of them are expected to need.

    Parameters
    ----------
    asked
        A plan.
    workers
        Processes; all processors by default.
    sample
        Most runs to try.
    left
        Runs to be made beside those of the plan.
    """
    plan = asked.plan
    points, tried = len(plan.values), min(sample, len(plan.values))
    runs = tuple((place * points // tried, 0) for place in range(tried))
    bench = Bench(plan, asked.world)
    bench.warm_up()
    started = time.perf_counter()
    made = bench.make(order_of(plan, Chunk(0, 0, runs)))
    each = (time.perf_counter() - started) / tried
    one = bench.make(order_of(plan, Chunk(0, 0, runs[:1]))) if tried > 1 else made
    wanted = plan.runs + left
    counts = [left, *(block.runs for block in plan.blocks)]
    chunks = sum(-(-count // plan.chunk_runs) for count in counts)
    size = 0.0
    for many, single in zip((made[0], *made[1].values()), (one[0], *one[1].values()), strict=True):
        first, all_ = len(parquet_bytes(single)), len(parquet_bytes(many))
        growth = (all_ - first) / (tried - 1) if tried > 1 else first
        size += chunks * max(first - growth, 0.0) + wanted * growth
    hands = min(workers or provenance.cpu_count(), chunks)
    seconds = wanted * each / hands + START_SECONDS
    return CostEstimate(wanted, chunks, each, hands, seconds, round(size))
