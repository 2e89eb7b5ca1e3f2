from __future__ import annotations

import threading
from types import SimpleNamespace
from typing import Any

import pytest

from sim.app import thread_pool
from sim.app.thread_pool import Cancel, Job, RefusedError, ThreadPool

WAIT = 120


def job(work: object, told: list[object]) -> Job:
    return Job(work, told.append, told.append)  # type: ignore[arg-type]


def test_owners_take_turns() -> None:
    pool, order, gate, first = ThreadPool(threads=1), [], threading.Event(), threading.Event()

    def hold(cancel: Cancel) -> None:
        first.set()
        gate.wait(WAIT)

    def note(name: str) -> Job:
        return job(lambda cancel: order.append(name), [])

    pool.submit("a", job(hold, []))
    assert first.wait(WAIT)
    jobs = [pool.submit("a", note("a")) for _ in range(3)]
    jobs.append(pool.submit("b", note("b")))
    gate.set()
    assert all(j.finished.wait(WAIT) for j in jobs)
    pool.close()
    assert order == ["a", "b", "a", "a"]


def test_an_owner_who_leaves_is_forgotten() -> None:
    pool, started, stopped = ThreadPool(threads=1), threading.Event(), threading.Event()
    told: list[object] = []

    def long(cancel: Cancel) -> None:
        started.set()
        while not cancel:
            stopped.wait(0.01)
        cancel.check()

    running = pool.submit("a", job(long, told))
    waiting = pool.submit("a", job(lambda cancel: 1, told))
    assert started.wait(WAIT)
    pool.forget("a")
    assert running.finished.wait(WAIT)
    pool.close()
    assert pool.owners() == set()
    assert waiting.cancelled
    assert told == []


def test_an_error_is_handed_over() -> None:
    pool, told = ThreadPool(threads=1), list[object]()

    def fail(cancel: Cancel) -> None:
        raise ValueError("no")

    assert pool.submit("a", job(fail, told)).finished.wait(WAIT)
    pool.close()
    assert [str(error) for error in told] == ["no"]


def test_nobody_may_queue_without_end() -> None:
    pool, gate = ThreadPool(threads=1, queue=2), threading.Event()
    begun = threading.Event()

    def hold(cancel: Cancel) -> None:
        begun.set()
        gate.wait(WAIT)

    pool.submit("a", job(hold, []))
    assert begun.wait(WAIT)
    for _ in range(2):
        pool.submit("a", job(hold, []))
    with pytest.raises(RefusedError):
        pool.submit("a", job(hold, []))
    gate.set()
    pool.close()


def test_closing_waits_once_for_threads_that_cannot_be_stopped(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now, waits = [0.0], list[float]()

    def join(timeout: float) -> None:
        waits.append(timeout)
        now[0] += timeout

    busy: Any = [SimpleNamespace(join=join)] * 3
    pool = ThreadPool(threads=3)
    pool._threads = busy
    monkeypatch.setattr(thread_pool, "time", SimpleNamespace(monotonic=lambda: now[0]))
    pool.close()
    assert waits == [thread_pool.CLOSE_SECONDS, 0.0, 0.0]
