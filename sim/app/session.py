"""One visitor: a language, work on the pool, notices, and the way from tab to tab."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal, TypeVar

from bokeh.document import Document
from tornado.ioloop import IOLoop

from sim.app.language import Language
from sim.app.limits import NOTICE_CHARACTERS
from sim.app.thread_pool import Cancel, Job, RefusedError, ThreadPool
from sim.world import World

T = TypeVar("T")
Kind = Literal["info", "error"]


class Session:
    """Serve one visitor; nothing in it is shared but the world's tables and the threads.

    Without a pool work is done at once; without a document, as in a notebook, there is no server.
    """

    def __init__(
        self,
        world: World,
        language: str = "en",
        pool: ThreadPool | None = None,
        document: Document | None = None,
    ) -> None:
        self.world = world
        self.texts = Language(language, world)
        self.language = self.texts.code
        self._, self.n = self.texts.text, self.texts.number
        self.closed = False
        self._pool = pool
        self._document = document
        self._loop = None if document is None else IOLoop.current()
        # What is to be called once the browser has the page; None when it has.
        self._early: list[Callable[[], None]] | None = None if document is None else []
        self._jobs: dict[str, Job] = {}
        # The page sets these.
        self.on_notice: Callable[[str, Kind], None] = lambda text, kind: None
        self.on_open: Callable[[str, Mapping[str, str]], None] | None = None
        self.on_touch: Callable[[], None] = lambda: None

    def submit(
        self,
        work: Callable[[Cancel], T],
        done: Callable[[T], None],
        failed: Callable[[Exception], None] | None = None,
        *,
        key: str | None = None,
    ) -> Job:
        """Let the pool do some work and bring the outcome back to the visitor's document.

        An error that ``failed`` does not take is shown. A newer job of a key cancels the older one.
        """
        on_error = failed if failed is not None else self.report

        def hand_over(callback: Callable[[Any], None], value: Any) -> None:
            def now() -> None:
                if not self.closed and not job.cancelled:
                    callback(value)

            self.deliver(now)

        job = Job(
            work, lambda result: hand_over(done, result), lambda error: hand_over(on_error, error)
        )
        if key is not None:
            if key in self._jobs:
                self._jobs[key].cancel()
            self._jobs[key] = job
        if self._pool is None:
            job.run()
            return job
        try:
            self._pool.submit(self, job)
        except RefusedError:
            job.failed(RefusedError(self._("Too much is being computed at once. Please wait.")))
        return job

    def deliver(self, callback: Callable[[], None]) -> None:
        """Call something on the visitor's document as soon as it is free, from any thread."""
        if self.closed:
            return
        if self._document is None or self._loop is None:
            callback()
        else:
            # A document that is being changed in its own thread may lose what another adds to it.
            self._loop.add_callback(self._next_tick, callback)

    def _next_tick(self, callback: Callable[[], None]) -> None:
        if self._early is not None:
            self._early.append(callback)
        elif self._document is not None:
            self._document.add_next_tick_callback(callback)

    def arrive(self) -> None:
        """Begin to deliver: the browser has the page. What changed on the way to it is lost."""
        early, self._early = self._early or [], None
        for callback in early:
            self._next_tick(callback)

    def report(self, error: Exception) -> None:
        """Show what went wrong."""
        self.notify(str(error) or self._("Something went wrong."), "error")

    def notify(self, text: str, kind: Kind = "info") -> None:
        """Show a notice."""
        self.on_notice(text[:NOTICE_CHARACTERS], kind)

    def say_left_out(self) -> None:
        """Show that a part of a link was not valid."""
        self.notify(self._("A part of the link is not known and is left out."))

    @property
    def has_tabs(self) -> bool:
        """Tell whether there are tabs to go to."""
        return self.on_open is not None

    def open(self, tab: str, state: Mapping[str, str] | None = None) -> None:
        """Go to a tab and let it restore a state; a notebook has none to go to."""
        if self.on_open is not None:
            self.on_open(tab, state if state is not None else {})

    def touch(self) -> None:
        """Let the address follow the state of the tabs."""
        self.on_touch()

    def close(self) -> None:
        """Stop the visitor's work and let go of the page."""
        self.closed = True
        if self._pool is not None:
            self._pool.forget(self)
        for job in self._jobs.values():
            job.cancel()
        self._jobs.clear()
        self._early = None
        self.on_notice = lambda text, kind: None
        self.on_open = None
        self.on_touch = lambda: None
        self._document = None
