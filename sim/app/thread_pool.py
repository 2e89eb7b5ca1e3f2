"""Threads that simulate for all visitors: fair between them, bounded, and to be cancelled.

A free thread takes one job of whoever has waited longest, however many another has queued.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any

from sim.app.limits import QUEUE, THREADS
from sim.core.provenance import cpu_count

CLOSE_SECONDS = 3.0
"""Wait for threads that compile and so cannot be stopped: a container ends in ten seconds."""


class CancelledError(Exception):
    """End work that nobody waits for any more."""


class RefusedError(Exception):
    """Report that one visitor has asked for too much at once."""


class Cancel(threading.Event):
    """Tell long work whether to stop; it asks now and then."""

    __bool__ = threading.Event.is_set

    def check(self) -> None:
        """Raise :class:`CancelledError` if the work is to stop."""
        if self:
            raise CancelledError


@dataclass(eq=False)
class Job:
    """Hold work to do in a thread; ``done`` or ``failed`` takes its outcome to the page."""

    work: Callable[[Cancel], Any]
    done: Callable[[Any], None]
    failed: Callable[[Exception], None]
    cancelled: Cancel = field(default_factory=Cancel)
    finished: threading.Event = field(default_factory=threading.Event)

    def cancel(self) -> None:
        """Stop the work as soon as it asks, or never begin it; nothing is reported."""
        self.cancelled.set()

    def run(self) -> None:
        """Do the work and report, unless it was cancelled meanwhile."""
        try:
            self.cancelled.check()
            result = self.work(self.cancelled)
            self.cancelled.check()
        except CancelledError:
            pass
        except Exception as error:
            if not self.cancelled:
                self.failed(error)
        else:
            self.done(result)
        finally:
            self.finished.set()


class ThreadPool:
    """Share threads, as many as processors by default, between owners of ``queue`` jobs."""

    def __init__(self, threads: int | None = None, queue: int = QUEUE) -> None:
        self.size = threads if threads is not None else max(1, min(cpu_count(), THREADS))
        self.queue = queue
        self._waiting: OrderedDict[Hashable, deque[Job]] = OrderedDict()
        self._running: dict[Job, Hashable] = {}
        self._changed = threading.Condition()
        self._threads: list[threading.Thread] = []
        self._closed = False

    def submit(self, owner: Hashable, job: Job) -> Job:
        """Queue a job; RefusedError if too many of the owner's wait, or the pool is closed."""
        with self._changed:
            jobs = [j for j in self._waiting.get(owner, ()) if not j.cancelled]
            if self._closed or len(jobs) >= self.queue:
                raise RefusedError
            self._waiting.setdefault(owner, deque()).append(job)
            if len(self._threads) < self.size:
                name = f"simulation-{len(self._threads)}"
                thread = threading.Thread(target=self._serve, name=name, daemon=True)
                self._threads.append(thread)
                thread.start()
            self._changed.notify()
        return job

    def forget(self, owner: Hashable) -> None:
        """Cancel everything an owner has waiting or running."""
        with self._changed:
            jobs = list(self._waiting.pop(owner, ()))
            jobs += [job for job, whose in self._running.items() if whose == owner]
        for job in jobs:
            job.cancel()

    def owners(self) -> set[Hashable]:
        """Return who has work waiting or running."""
        with self._changed:
            return set(self._waiting) | set(self._running.values())

    def close(self) -> None:
        """Cancel everything and let the threads end, if all do within :data:`CLOSE_SECONDS`."""
        for owner in self.owners():
            self.forget(owner)
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        until = time.monotonic() + CLOSE_SECONDS
        for thread in self._threads:
            thread.join(timeout=max(0.0, until - time.monotonic()))

    def _take(self) -> Job | None:
        """Wait for a job of the owner whose turn it is; None once the pool is closed."""
        with self._changed:
            while not self._waiting:
                if self._closed:
                    return None
                self._changed.wait()
            owner, jobs = self._waiting.popitem(last=False)
            job = jobs.popleft()
            if jobs:
                self._waiting[owner] = jobs
            self._running[job] = owner
            return job

    def _serve(self) -> None:
        while (job := self._take()) is not None:
            try:
                job.run()
            finally:
                with self._changed:
                    self._running.pop(job, None)
            del job
