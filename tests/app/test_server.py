"""The server gives every visitor a page, and takes it back; a run's world in a notebook."""

from __future__ import annotations

import asyncio
import gc
import threading
import time
import weakref
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from tornado.websocket import WebSocketClosedError

import sim
from sim.app import limits
from sim.app.server import Visitors, make_server, unless_left

if TYPE_CHECKING:
    from sim.world import World

PATIENCE = 60.0


@pytest.fixture
def served(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Visitors, str]]:
    """Serve the page from a thread, with visitors dropped soon after they leave."""
    monkeypatch.setattr(limits, "UNUSED_SESSION_MS", 300)
    monkeypatch.setattr(limits, "CHECK_SESSIONS_MS", 100)
    visitors = Visitors(world, "en")
    ready = threading.Event()
    held: dict[str, object] = {}

    def serve() -> None:
        asyncio.set_event_loop(asyncio.new_event_loop())
        server = make_server(visitors, 0, "127.0.0.1")
        held["loop"], held["port"] = server.io_loop, server.port
        server.start()
        ready.set()
        server.io_loop.start()
        server.stop()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    assert ready.wait(PATIENCE)
    yield visitors, f"ws://127.0.0.1:{held['port']}/ws"
    held["loop"].add_callback(held["loop"].stop)  # type: ignore[attr-defined]
    thread.join(PATIENCE)


def wait_until(visitors: Visitors, count: int) -> None:
    end = time.monotonic() + PATIENCE
    while len(visitors.pages) != count and time.monotonic() < end:
        time.sleep(0.05)
    assert len(visitors.pages) == count


@pytest.mark.slow
def test_a_visitor_who_leaves_frees_the_page(served: tuple[Visitors, str]) -> None:
    from bokeh.client import pull_session

    visitors, address = served
    first = pull_session(url=address.replace("ws://", "http://").removesuffix("/ws"))
    second = pull_session(url=address.replace("ws://", "http://").removesuffix("/ws"))
    wait_until(visitors, 2)
    pages = [weakref.ref(page) for page in visitors.pages.values()]
    first.close()
    wait_until(visitors, 1)
    second.close()
    wait_until(visitors, 0)
    end = time.monotonic() + PATIENCE
    while any(page() is not None for page in pages) and time.monotonic() < end:
        gc.collect()
        time.sleep(0.1)
    assert [page() for page in pages] == [None, None]


def test_a_visitor_who_leaves_while_something_is_sent_is_no_error(
    caplog: pytest.LogCaptureFixture,
) -> None:
    loop = asyncio.new_event_loop()
    unless_left(loop, {"message": "sent to nobody", "exception": WebSocketClosedError()})
    assert caplog.text == ""
    unless_left(loop, {"message": "a real one", "exception": ValueError("wrong")})
    loop.close()
    assert "a real one" in caplog.text


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
