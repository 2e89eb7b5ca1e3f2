"""What the server answers: the page's own addresses alone, within limits."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

pytest.importorskip("panel")

from bokeh.util.token import generate_jwt_token, generate_session_id
from tornado.httpclient import HTTPClientError
from tornado.websocket import WebSocketClosedError

from sim.app import limits
from tests.app.serving import PATIENCE, Served, connections_to, serving_blank, wait_until

if TYPE_CHECKING:
    from sim.world import World

IDLE = 50
MODULES = ("sim.__main__", "this", "antigravity", "tools.surface", "idlelib.idle", "panel")
ODD = ("/../../x", "/%2e%2e/%2e%2e/x", "/..%2f..%2fetc%2fpasswd", "/%00", "/a%00.js", "//", "/%ff")
HOSTILE = [
    *(f"/components/{name}/{rest}" for name in MODULES for rest in ("a/_css/b", "x", "")),
    *(f"/components{odd}" for odd in ODD),
    *(f"/static{odd}" for odd in ODD),
    *(f"/static/js{odd}" for odd in ODD),
    *(f"/static/extensions{odd}" for odd in ODD),
    *(f"/static/extensions/panel{odd}" for odd in ODD),
    *(f"/static/js/{name}" for name in ("", "lib", "none.js", "a" * 5_000 + ".js", ".js", "a..js")),
    *(f"/{name}" for name in ("metadata", "autoload.js", "autoload.js?bokeh-autoload-element=1")),
    *(f"/{name}" for name in ("admin", "rest/session_info", "liveness", "login", "index.html")),
    *(f"/{name}" for name in ("%00", "%2e%2e/", "../", "./", "\\", "ws/", "ws%00", "a" * 30_000)),
    *("/static/js/bokeh.min.js%00", "/static/js/bokeh%2emin.js", "/STATIC/js/bokeh.min.js"),
    *(
        "/static/../sim/app/limits.py",
        "/static/js/../../server.py",
        "/favicon.ico/x",
        "/.git/config",
    ),
    *("/?bokeh-session-id=x", "/?bokeh-token=x", "/?bokeh-session-id=", "/?lang=%ff", "/?a=%c3%28"),
    *("/ws", "/ws?bokeh-session-id=x", "/static/extensions/other/a.js", "/static/extensions/panel"),
    *("http://elsewhere.example/components/this/a/_css/b", "*", "/%zz", "/;", "/robots.txt"),
]
METHODS = ("POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD", "TRACE", "CONNECT", "FOO")


@pytest.fixture(scope="module")
def served(world: World) -> Iterator[Served]:
    with serving_blank(world) as running:
        yield running


@pytest.mark.slow
def test_hostile_addresses_are_not_found_and_leave_the_server_alive(
    served: Served, caplog: pytest.LogCaptureFixture
) -> None:
    asked = [(method, path) for path in HOSTILE for method in ("GET",)]
    asked += [(method, path) for method in METHODS for path in ("/", "/components/this/a/_css/b")]
    assert len(asked) >= 100
    before = set(sys.modules)
    with caplog.at_level(logging.WARNING):
        answers = {each: served.ask(each[1], each[0]) for each in asked}
    wrong = {
        each: got.status for each, got in answers.items() if got.status not in {400, 403, 404, 405}
    }
    assert wrong == {}
    refused = {each for each, got in answers.items() if got.status == 403}
    assert {path for _, path in refused} <= {"/ws", "/ws?bokeh-session-id=x"}
    assert not any(record.exc_info for record in caplog.records), caplog.text
    assert not {"this", "antigravity", "sim.__main__", "idlelib.idle"} & (set(sys.modules) - before)
    assert served.ask().status == 200


def test_the_page_and_its_libraries_are_served(served: Served) -> None:
    page = served.ask("/?lang=es&x=%C3%A9&y=a?b")
    assert page.status == 200
    assert "Paradiplomacy" in page.text
    assert page.text.rstrip().endswith("</html>")
    assert "http://" not in page.text.replace("http://www.w3.org", "")
    for path in (
        "/static/js/bokeh.min.js?v=1",
        "/static/extensions/panel/panel.min.js",
        "/favicon.ico",
    ):
        assert served.ask(path).status == 200


def test_only_marked_scripts_may_run(served: Served) -> None:
    first, second = served.ask(), served.ask()
    policy = first.headers["content-security-policy"]
    assert "script-src 'self' 'unsafe-eval' blob: 'nonce-" in policy
    assert policy != second.headers["content-security-policy"]
    assert first.text.count("<script nonce=") == first.text.count("<script") - first.text.count(
        " src="
    )
    assert "nonce" not in served.ask("/nothing").headers["content-security-policy"]


def test_what_is_sent_is_compressed(served: Served) -> None:
    path = "/static/js/bokeh.min.js"
    whole = served.ask(path)
    packed = served.ask(path, Accept_Encoding="gzip")
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.text == whole.text
    assert len(packed.body) < 0.4 * len(whole.body)
    page = served.ask("/", Accept_Encoding="gzip")
    assert page.headers["content-encoding"] == "gzip"
    assert "Paradiplomacy" in page.text


@pytest.mark.parametrize(
    "token",
    ["", "x", "e30", "MQ.x", "W10.x", "WyJhIl0.é", "W1tb" * 4_000 + ".x", "." * 50],
)
def test_forged_tokens_are_refused_quietly(
    served: Served, token: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        answer = served.ask(
            "/ws",
            Upgrade="websocket",
            Connection="Upgrade",
            Sec_WebSocket_Key="AAAAAAAAAAAAAAAAAAAAAA==",
            Sec_WebSocket_Version="13",
            Sec_WebSocket_Protocol=f"bokeh, {token}",
        )
    assert answer.status == 403
    assert not any(record.exc_info for record in caplog.records), caplog.text


async def connect(served: Served, token: str) -> None:
    """Connect with a token and leave."""
    async with served.connected(token):
        pass


@pytest.mark.parametrize(("signed", "expiration"), [(False, 300), (True, 300)])
def test_a_session_can_only_be_had_by_way_of_the_page(
    served: Served, signed: bool, expiration: int
) -> None:
    key = b"another key" if signed else None
    made = generate_jwt_token(generate_session_id(key, signed), key, signed, expiration=expiration)
    with pytest.raises(HTTPClientError, match="403"):
        asyncio.run(connect(served, made))


@pytest.mark.slow
def test_idle_connections_are_closed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "IDLE_SECONDS", 1)
    with serving_blank(world) as served:
        sockets = [socket.create_connection(("127.0.0.1", served.port)) for _ in range(IDLE)]
        for number, half_open in enumerate(sockets):
            half_open.settimeout(PATIENCE)
            # Some say nothing, some stop in the headers, some in the body.
            part = (
                b"",
                b"GET / HTTP/1.1\r\nHost: x",
                b"POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\n1",
            )
            half_open.sendall(part[number % 3])
        for half_open in sockets:
            try:
                while half_open.recv(65_536):
                    pass
            except ConnectionResetError:
                pass
            half_open.close()


def test_a_connection_left_open_would_be_found(served: Served) -> None:
    with socket.create_connection(("127.0.0.1", served.port), timeout=PATIENCE) as left:
        assert str(left) in connections_to(served.port)
    assert str(left) not in connections_to(served.port)


def test_a_large_body_is_refused(served: Served) -> None:
    with socket.create_connection(("127.0.0.1", served.port), timeout=PATIENCE) as sender:
        sender.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 95000000\r\n\r\n")
        assert b"400" in sender.recv(65_536)


def test_long_headers_are_refused(served: Served) -> None:
    address = ("127.0.0.1", served.port)
    # The server stops reading long before it has all.
    with (
        socket.create_connection(address, timeout=PATIENCE) as sender,
        pytest.raises(ConnectionError),
    ):
        sender.sendall(b"a" * 95_000_000)


@pytest.mark.slow
def test_a_long_message_closes_the_connection(served: Served) -> None:
    async def send() -> int | None:
        async with served.connected(served.ask().token) as client:
            with contextlib.suppress(WebSocketClosedError):
                await client.write_message(b"0" * (limits.MESSAGE_BYTES + 1), binary=True)
            while await client.read_message() is not None:
                pass
            return client.close_code

    assert asyncio.run(asyncio.wait_for(send(), PATIENCE)) in {None, 1006, 1009}
    wait_until(lambda: served.ask().status == 200)
