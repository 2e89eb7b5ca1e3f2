"""What is made when the server starts, so that the first visitor need not wait for it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from sim.app.thread_pool import Job
from sim.app.what_if.experiment import begin
from sim.app.what_if.paired_results import PairedTrial
from sim.app.what_if.result_charts import country_labels
from sim.app.what_if.run_cache import CHUNKS

if TYPE_CHECKING:
    from collections.abc import Callable

    from sim.app.thread_pool import Cancel, ThreadPool
    from sim.world import World

OWNER = "preparation"


def prepare(pool: ThreadPool, world: World) -> list[Job]:
    """Let the pool load the compiled rules and make the baseline's runs, in turn with visitors.

    Whoever asks for the same meanwhile waits for it; nothing is made twice.
    """
    trial = PairedTrial(begin(), world)
    steps: list[Callable[[Cancel], object]] = [
        *(partial(trial.work, chunk) for chunk in CHUNKS),
        lambda cancel: country_labels(world),
    ]
    # What fails here fails again for the visitor who asks for it, and is told there.
    jobs = [Job(step, lambda result: None, lambda error: None) for step in steps]
    for job in jobs:
        pool.submit(OWNER, job)
    return jobs
