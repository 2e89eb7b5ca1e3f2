"""Play a recorded world: forward, back to any month, from the start with another seed."""

from __future__ import annotations

from collections.abc import Callable

from sim.app import limits
from sim.app.session import Session
from sim.app.thread_pool import Cancel, CancelledError
from sim.app.watch.recorder import Frame, Recorder
from sim.scenario.schema import Scenario

AHEAD = 36
"""Months recorded ahead of the one shown, so that playing need not wait."""


class Player:
    """Show one world's months; record them in the background as far as needed."""

    def __init__(
        self,
        session: Session,
        scenario: Scenario,
        show: Callable[[Frame], None],
        progress: Callable[[], None],
    ) -> None:
        self.session, self.show, self.progress = session, show, progress
        self.playing = self._closed = False
        self.recorder = Recorder(scenario, session.world)
        self.begin(scenario.seed)

    def begin(self, seed: int) -> None:
        """Take another world, with this seed, of which no month is shown yet."""
        scenario = self.recorder.scenario.with_overrides(seed=seed)
        self.recorder = Recorder(scenario, self.session.world)
        self.month = self.recorder.first - 1
        self._recording, self._sought = False, -1

    @property
    def seed(self) -> int:
        """Return the seed of the world shown."""
        return self.recorder.scenario.seed

    @property
    def frame(self) -> Frame | None:
        """Return the month shown, None before the first is there."""
        recorder = self.recorder
        there = recorder.first <= self.month <= recorder.known
        return recorder.frame(self.month) if there else None

    @property
    def waiting(self) -> bool:
        """Tell whether a month was asked for that is not recorded yet."""
        return self._sought > self.recorder.known

    @property
    def aim(self) -> int:
        """Return the month shown, or the one that is to be shown as soon as it is recorded."""
        return self._sought if self.waiting else self.month

    def seek(self, month: int) -> None:
        """Show a month, as soon as it is recorded, and meanwhile the nearest there is."""
        if not self._closed:
            self._sought = min(max(month, self.recorder.first), self.recorder.last)
            self._serve()
            self._record()
            self.progress()

    def next(self, months: int = 1) -> None:
        """Show the month after the one shown, or a later one."""
        if self.month >= self.recorder.last:
            self.playing = False
            self.progress()
        else:
            # Months asked for before the one awaited has come follow it one by one.
            later = max(self.month, self._sought) + months
            self.seek(self._sought if self.waiting else later)

    def restart(self, seed: int) -> None:
        """Show the first month of a world with another seed."""
        self.begin(min(max(seed, 0), limits.HIGHEST_SEED))
        self.seek(self.recorder.first)
        self.progress()

    def close(self) -> None:
        """Let go of the world."""
        self._closed, self.playing = True, False
        self.begin(self.seed)

    def _serve(self) -> None:
        """Show the month sought if it is there, else the last there is."""
        if self._sought < 0 or self._closed:
            return
        if self.waiting and not self.recorder.is_full:
            known = self.recorder.known
            if not self.playing and self.recorder.first <= known != self.month:
                self.month = known
                self.show(self.recorder.frame(known))
            return
        self.month = min(self._sought, self.recorder.known)
        self._sought = -1
        self.show(self.recorder.frame(self.month))

    def _record(self) -> None:
        """Let the pool record on, some months at a time, so that all visitors have their turn."""
        recorder = self.recorder
        goal = min(max(self._sought, self.month + AHEAD), recorder.last)
        if self._recording or self._closed or recorder.is_full or recorder.known >= goal:
            return
        self._recording = True
        to = min(goal, recorder.known + limits.MONTHS_AT_ONCE)

        def is_current() -> bool:
            return self.recorder is recorder and not self._closed

        def each() -> None:
            if self._sought >= 0 and recorder.known >= self._sought:
                self.session.deliver(lambda: self._serve() if is_current() else None)

        def work(cancel: Cancel) -> None:
            recorder.advance(to, cancel, each)

        def done(result: None) -> None:
            if is_current():
                self._recording = False
                self._serve()
                self.progress()
                self._record()

        def failed(error: Exception) -> None:
            if is_current() and not isinstance(error, CancelledError):
                self._recording = self.playing = False
                self._sought = -1
                self.session.report(error)
                self.progress()

        # A newer world takes the key over, which stops the recording of the older one.
        self.session.submit(work, done, failed, key="watch")
