"""A server of the page in a thread, and what a browser would ask it."""

from __future__ import annotations

import asyncio
import gc
import gzip
import http.client
import re
import socket
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast
from unittest.mock import patch

import panel as pn
from tornado.httpclient import HTTPRequest
from tornado.websocket import WebSocketClientConnection, websocket_connect

from sim.app.server import Visitors, make_server

if TYPE_CHECKING:
    from panel.viewable import Viewable

    from sim.app.session import Session
    from sim.world import World

PATIENCE = 300.0


@dataclass
class Answer:
    """Hold an answer of the server."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """Return the body as text."""
        packed = self.headers.get("content-encoding") == "gzip"
        return (gzip.decompress(self.body) if packed else self.body).decode()

    @property
    def token(self) -> str:
        """Return what lets the page connect."""
        found = re.search(r'"token":"([^"]+)"', self.text)
        assert found is not None
        return found[1]


@dataclass
class Served:
    """Hold a server that runs."""

    visitors: Visitors
    port: int
    server: Any

    def ask(self, path: str = "/", method: str = "GET", **headers: str) -> Answer:
        """Ask for a path, sent as it is written."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.putrequest(
                method, path, skip_host="Host" in headers, skip_accept_encoding=True
            )
            for name, value in headers.items():
                connection.putheader(name.replace("_", "-"), value)
            connection.endheaders()
            answer = connection.getresponse()
            named = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, named, answer.read())
        finally:
            connection.close()

    @asynccontextmanager
    async def connected(
        self, token: str, path: str = "/ws", host: str = "127.0.0.1", **headers: str
    ) -> AsyncIterator[WebSocketClientConnection]:
        """Connect as the page does, past the server's greeting, and close the connection."""
        request = HTTPRequest(
            f"ws://{host}:{self.port}{path}", headers=headers, request_timeout=PATIENCE
        )
        client = await websocket_connect(request, subprotocols=["bokeh", token])
        stream = cast("Any", client).protocol.stream
        try:
            assert "ACK" in str(await client.read_message())
            yield client
        finally:
            # The socket is closed once the server has answered, behind what it sent before.
            client.close()
            while not stream.closed() and await client.read_message() is not None:
                pass


class BlankTab:
    """Stand for the tabs where what they show is not the point: to build them takes seconds."""

    name = title = "watch"

    def __init__(self, session: Session) -> None:
        self.session = session

    def view(self) -> Viewable:
        return pn.pane.Str("nothing")

    def state(self) -> dict[str, str]:
        return {}

    def restore(self, state: Mapping[str, str]) -> None:
        pass

    def close(self) -> None:
        pass


@contextmanager
def serving_blank(world: World, address: str = "127.0.0.1", **options: Any) -> Iterator[Served]:
    """Serve a page whose one tab is blank."""
    with (
        patch("sim.app.page.tab_classes", lambda: {BlankTab.name: BlankTab}),
        serving(world, address, **options) as served,
    ):
        yield served


@contextmanager
def serving(
    world: World,
    address: str = "127.0.0.1",
    port: int = 0,
    language: str = "en",
    **options: Any,
) -> Iterator[Served]:
    """Serve the page from a thread; fail if a connection to it is left open."""
    visitors = Visitors(world, language)
    ready = threading.Event()
    held: list[Any] = []

    def serve() -> None:
        asyncio.set_event_loop(asyncio.new_event_loop())
        server = make_server(visitors, port, address, **options)
        held.append(server)
        server.start()
        server.io_loop.add_callback(ready.set)
        server.io_loop.start()
        server.stop()
        server.io_loop.close(all_fds=True)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    assert ready.wait(PATIENCE)
    server = held[0]
    try:
        yield Served(visitors, server.port, server)
    finally:
        server.io_loop.add_callback(server.io_loop.stop)
        thread.join(PATIENCE)
    wait_until(lambda: connections_to(server.port) == [])


def connections_to(port: int) -> list[str]:
    """Return the open sockets of this process that are connected to a port.

    Tornado keeps the clients of a closed loop until it makes the next one. A socket left open would
    be collected, with a warning, in whatever test runs then.
    """
    gc.collect()
    # To ask a weak proxy for its class fails where what it stood for is gone.
    found = [each for each in gc.get_objects() if issubclass(type(each), socket.socket)]
    return [str(each) for each in found if each.fileno() != -1 and f", {port})" in str(each)]


def wait_until(true: Callable[[], bool]) -> None:
    """Wait for a condition, for as long as a busy machine may need."""
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, f"not within {PATIENCE} s"
        time.sleep(0.05)
