from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import pytest

pytest.importorskip("panel")

from tornado.ioloop import IOLoop

from sim.app.session import Session
from sim.world import World


class Soon:
    """Stand for a document and a loop that call everything at once."""

    def add_callback(self, callback: Callable[..., None], *given: Any) -> None:
        callback(*given)

    def add_next_tick_callback(self, callback: Callable[[], None]) -> None:
        callback()


@pytest.fixture
def remote(world: World, monkeypatch: pytest.MonkeyPatch) -> Session:
    """Return a visitor of a server whose browser has not got the page yet."""
    monkeypatch.setattr(IOLoop, "current", Soon)
    return Session(world, document=cast("Any", Soon()))


def test_nothing_is_delivered_before_the_browser_has_the_page(remote: Session) -> None:
    told: list[int] = []
    remote.submit(lambda cancel: 1, told.append)
    remote.submit(lambda cancel: 2, told.append)
    assert told == []
    remote.arrive()
    assert told == [1, 2]
    remote.submit(lambda cancel: 3, told.append)
    assert told == [1, 2, 3]


def test_nothing_is_delivered_to_a_visitor_who_left_before(remote: Session) -> None:
    told: list[int] = []
    remote.submit(lambda cancel: 1, told.append)
    remote.close()
    remote.arrive()
    assert told == []
