"""The server gives every visitor a page, and takes it back; a run's world in a notebook."""

from __future__ import annotations

import asyncio
import gc
import http.client
import threading
import time
import weakref
from collections.abc import Iterator
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import pytest
from panel.io.server import DocHandler
from tornado.websocket import WebSocketClosedError

import sim
from sim.app import limits
from sim.app.server import prepare, unless_left
from sim.app.thread_pool import ThreadPool
from sim.app.watch import player
from sim.app.what_if import paired_trial
from sim.app.what_if.experiment import begin
from sim.app.what_if.paired_trial import RUN_CACHES
from sim.core.calendar import month_index
from tests.app.serving import PATIENCE, Served, serving, serving_blank, wait_until

if TYPE_CHECKING:
    from sim.world import World


VISITORS = 30
FEW = ((0, 1), (1, 2))
"""Pairs of runs that are made beforehand."""


@pytest.fixture
def _few_visitors(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let few visitors in, and look for those who left shortly after each other."""
    monkeypatch.setattr(limits, "CHECK_SESSIONS_MS", 100)
    monkeypatch.setattr(limits, "SESSIONS", 2)


@pytest.fixture
def served(world: World, _few_visitors: None) -> Iterator[Served]:
    """Serve the whole page from a thread."""
    with serving(world) as running:
        yield running


@pytest.fixture
def served_blank(world: World, _few_visitors: None) -> Iterator[Served]:
    """Serve a page without what its tabs show."""
    with serving_blank(world) as running:
        yield running


@pytest.mark.slow
def test_a_visitor_who_leaves_frees_the_page(served: Served) -> None:
    """Slow: whole pages are built, since a world that a tab holds is what is looked for."""
    visitors = served.visitors

    async def come_and_go() -> list[weakref.ref[object]]:
        async with (
            served.connected(served.ask().token),
            served.connected(served.ask().token),
        ):
            wait_until(lambda: len(visitors.pages) == 2)
            (context,) = served.server._tornado.applications.values()
            pages = list(visitors.pages.values())
            held: list[weakref.ref[object]] = [weakref.ref(page) for page in pages]
            held += [weakref.ref(page.session) for page in pages]
            held += [weakref.ref(session.document) for session in context.sessions]
            del pages
        return held

    held = asyncio.run(come_and_go())
    wait_until(lambda: visitors.pages == {})
    # A month under way is finished before its world is let go; to collect meanwhile holds it up.
    wait_until(lambda: visitors.pool.owners() == set())
    end = time.monotonic() + PATIENCE
    while any(one() is not None for one in held) and time.monotonic() < end:
        gc.collect()
        time.sleep(0.1)
    assert [one() for one in held] == [None] * 6


@pytest.mark.slow
def test_thirty_visitors_at_once_have_worlds_of_their_own(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Slow: thirty pages are built, and their worlds run until each shows its month, no further."""
    monkeypatch.setattr(player, "AHEAD", 0)
    monkeypatch.setattr(limits, "MONTHS_AT_ONCE", 1)
    months = {seed: f"2000-{1 + seed % 2:02d}" for seed in range(VISITORS)}

    def watched(served: Served) -> list[Any]:
        return [page.tabs["watch"] for page in served.visitors.pages.values()]

    async def stay(served: Served) -> None:
        async with AsyncExitStack() as stack:
            for seed, month in months.items():
                query = f"/?watch.seed={seed}&watch.month={month}&watch.view=tiles"
                # In a thread, so that those who are there already answer the server's pings.
                answer = await asyncio.to_thread(served.ask, query)
                await stack.enter_async_context(served.connected(answer.token))
            for page in served.visitors.pages.values():
                # A browser says that it has the page.
                served.server.io_loop.add_callback(page.session.arrive)
            aims = [(seed, month_index(month)) for seed, month in months.items()]
            await asyncio.to_thread(wait_until, lambda: shown() == aims)
            logs = [tab.player.recorder.events_until(tab.player.month) for tab in watched(served)]
            assert len({log.tobytes() for log in logs}) == VISITORS
            assert all(len(log) for log in logs)

    with serving(world) as served:

        def shown() -> list[tuple[int, int]]:
            tabs = watched(served)
            return sorted((tab.player.seed, tab.player.month) for tab in tabs if tab.player.frame)

        asyncio.run(stay(served))


def test_pages_that_no_browser_took_make_room_for_visitors(served_blank: Served) -> None:
    """Who only asks for the page, as a monitor does, does not keep visitors out."""

    async def stay() -> None:
        async with served_blank.connected(served_blank.ask().token):
            for _ in range(2 * limits.SESSIONS):
                assert "Too many" not in served_blank.ask().text
            assert len(served_blank.visitors.pages) <= limits.SESSIONS

    asyncio.run(stay())


def test_a_page_begins_before_it_is_made(served_blank: Served) -> None:
    # Without its beginning, the browser would show nothing until all is there: the read times out.
    visitors, made = served_blank.visitors, threading.Event()
    connection = http.client.HTTPConnection("127.0.0.1", served_blank.port, timeout=PATIENCE)
    with patch.object(visitors, "_make_room", lambda context: made.wait(PATIENCE)):
        connection.request("GET", "/?lang=es")
        answer = connection.getresponse()
        beginning = answer.read1().decode()
        made.set()
        whole = beginning + answer.read().decode()
    connection.close()
    assert answer.getheader("Cache-Control") == "no-store"
    assert answer.getheader("X-Accel-Buffering") == "no"
    assert beginning.startswith("<!DOCTYPE html>")
    assert '<html lang="es">' in beginning
    assert "<h1>Paradiplomacy</h1>" in beginning
    assert "token" not in beginning
    assert whole.count("<!DOCTYPE html>") == whole.count("<h1>") == whole.count("</html>") == 1
    assert '"token"' in whole


def test_a_page_for_which_there_may_be_no_room_does_not_begin(
    served_blank: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "SESSIONS", len(served_blank.visitors.pages))
    text = served_blank.ask().text
    assert text.count("<!DOCTYPE html>") == 1
    assert "<h1>Paradiplomacy</h1>" not in text


def test_a_page_that_fails_after_its_beginning_says_so(served_blank: Served) -> None:
    def fail(*given: object) -> None:
        raise RuntimeError

    for owner, name in ((served_blank.visitors, "_make_room"), (DocHandler, "get_session")):
        with patch.object(owner, name, fail):
            text = served_blank.ask().text
        assert text.count("<h1>") == 1
        assert text.count("500: Internal Server Error") == 1


def test_a_visitor_who_leaves_while_something_is_sent_is_no_error(
    caplog: pytest.LogCaptureFixture,
) -> None:
    loop = asyncio.new_event_loop()
    unless_left(loop, {"message": "sent to nobody", "exception": WebSocketClosedError()})
    assert caplog.text == ""
    unless_left(loop, {"message": "a real one", "exception": ValueError("wrong")})
    loop.close()
    assert "a real one" in caplog.text


def test_the_first_visitor_finds_the_baseline_run(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paired_trial, "CHUNKS", FEW)
    monkeypatch.setattr(RUN_CACHES, "_kept", type(RUN_CACHES._kept)())
    pool = ThreadPool(threads=1)
    jobs = prepare(pool, world)
    assert all(job.finished.wait(PATIENCE) for job in jobs)
    pool.close()
    assert len(RUN_CACHES.runs(begin().baseline(), world).done) == FEW[-1][1]


def test_a_run_shows_its_world_in_a_notebook(world: World) -> None:
    from panel.viewable import Viewable

    scenario = sim.load("baseline", world).with_overrides(end="2000-06", replicates=1)
    view = sim.run(scenario, world=world).dashboard("es")
    assert isinstance(view, Viewable)
    model = view.get_root()
    assert any("enero" in str(value) for value in _texts(model))


def _texts(model: object) -> list[object]:
    found: list[object] = []
    for part in model.references():  # type: ignore[attr-defined]
        found += list(part.properties_with_values(include_defaults=False).values())
    return found
