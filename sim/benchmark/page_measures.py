"""The page: what a visitor waits for after a lever has moved, without a browser."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import replace
from typing import TYPE_CHECKING

from sim.benchmark.engine_measures import begun
from sim.benchmark.timing import Figure, Settings, figure
from sim.world import load_world

if TYPE_CHECKING:
    from sim.app.what_if.paired_trial import PairedTrial

LEVER, LOWEST, HIGHEST = "turnover.fade", 0.3, 0.9


def page_pairs(settings: Settings) -> dict[str, Figure]:
    """Measure all pairs of a what-if, counted and compared, in the page's threads.

    The baseline's runs are made before, as those of a page that is open; the lever has another
    value each time.
    """
    from sim.app.thread_pool import Cancel, ThreadPool
    from sim.app.what_if.experiment import begin
    from sim.app.what_if.paired_trial import CHUNKS, PairedTrial, RunCaches

    world, caches = load_world(), RunCaches()
    plain = begin()
    plain = replace(plain, scenario=plain.scenario.with_overrides(end=settings.end))
    begun(settings.end, world)
    step = (HIGHEST - LOWEST) / settings.rounds
    trials = [
        PairedTrial(plain.with_parameter(LEVER, LOWEST + step * number), world, caches)
        for number in range(settings.rounds)
    ]
    with ThreadPoolExecutor(ThreadPool().size) as pool:
        list(pool.map(lambda chunk: trials[0].baseline.counted(chunk, Cancel()), CHUNKS))
        waits = [waited(trial, pool) for trial in trials]
    first = figure([times[0] for times in waits]).value
    return {"page_pairs_s": figure([times[-1] for times in waits], first_pairs_s=first)}


def waited(trial: PairedTrial, pool: ThreadPoolExecutor) -> list[float]:
    """Return the seconds until each result of a trial, from the first pairs to all of them."""
    from sim.app.thread_pool import Cancel
    from sim.app.what_if.paired_trial import CHUNKS

    clock = time.perf_counter()
    jobs = [pool.submit(trial.work, chunk, Cancel()) for chunk in CHUNKS]
    done = [(job.result(), time.perf_counter() - clock) for job in as_completed(jobs)]
    return [seconds for result, seconds in done if result is not None]
