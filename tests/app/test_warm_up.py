from __future__ import annotations

import pytest

pytest.importorskip("panel")

from sim.app.thread_pool import ThreadPool
from sim.app.warm_up import prepare
from sim.app.what_if import paired_trial
from sim.app.what_if.experiment import begin
from sim.app.what_if.paired_trial import RUN_CACHES
from sim.world import World

WAIT = 120
CHUNKS = ((0, 1), (1, 2))


def test_the_first_visitor_finds_the_baseline_run(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paired_trial, "CHUNKS", CHUNKS)
    monkeypatch.setattr(RUN_CACHES, "_kept", type(RUN_CACHES._kept)())
    pool = ThreadPool(threads=1)
    jobs = prepare(pool, world)
    assert all(job.finished.wait(WAIT) for job in jobs)
    pool.close()
    assert len(RUN_CACHES.runs(begin().baseline(), world).done) == CHUNKS[-1][1]
