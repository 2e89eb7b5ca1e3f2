"""What is made when the server starts, so that the first visitor need not wait for it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from sim.app.thread_pool import Job
from sim.app.what_if import paired_trial
from sim.app.what_if.experiment import begin
from sim.app.what_if.paired_trial import PairedTrial

if TYPE_CHECKING:
    from sim.app.thread_pool import ThreadPool
    from sim.world import World

OWNER = "preparation"


def prepare(pool: ThreadPool, world: World) -> list[Job]:
    """Let the pool load the compiled rules and make the baseline's runs, in turn with visitors.

    Whoever asks for the same meanwhile waits for it; nothing is made twice.
    """
    trial = PairedTrial(begin(), world)
    # What fails here fails again for the visitor who asks for it, and is told there.
    jobs = [
        Job(partial(trial.work, chunk), lambda result: None, lambda error: None)
        for chunk in paired_trial.CHUNKS
    ]
    for job in jobs:
        pool.submit(OWNER, job)
    return jobs
