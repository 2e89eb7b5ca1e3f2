"""What the server answers at all, to whom, and with which headers.

Panel and Bokeh bring more routes than the page needs; one imports whatever module an address names.
Only the routes of this module stay; everything else is "not found" before any handler sees it.
"""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from http.client import responses
from typing import Any

from bokeh.server.tornado import BokehTornado
from bokeh.server.urls import extension_dirs
from bokeh.server.views.ico_handler import IcoHandler
from bokeh.server.views.multi_root_static_handler import MultiRootStaticHandler
from bokeh.server.views.static_handler import StaticHandler
from bokeh.util.token import check_token_signature, get_session_id, get_token_payload
from panel.io.server import DocHandler, WSHandler
from tornado.httputil import HTTPHeaders, HTTPServerRequest
from tornado.web import HTTPError, OutputTransform, RequestHandler

from sim.app.hosts import may_connect

_NAME = r"(?:[A-Za-z0-9_@^-]|%5E|%40)(?:[A-Za-z0-9_@^.-]|%5E|%40)*"
_FILE = rf"(?:{_NAME}/)*{_NAME}\.(?:js|css|svg|png|ico|woff2?)"
"""A file of the libraries, as an address writes it: no encoded characters but those in use."""

_INLINE = re.compile(r"<script(?![^>]*\ssrc=)")

POLICY = "Content-Security-Policy"
HEADERS = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}


def policy(nonce: str | None = None, ancestors: Sequence[str] = ()) -> str:
    """Return the content security policy of an answer, which pages of ``ancestors`` may frame.

    Scripts in the HTML run if they have the nonce; of those put in later none does.
    """
    own = f" 'nonce-{nonce}'" if nonce is not None else ""
    allowed = (
        f"script-src 'self' 'unsafe-eval' blob:{own}; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; font-src 'self'; connect-src 'self' blob:"
    )
    return _policy(allowed, ancestors)


def light_policy(nonce: str, ancestors: Sequence[str]) -> str:
    """Return the policy of a page that has no parts of Panel: its own script, nothing else."""
    allowed = f"script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'"
    return _policy(f"{allowed}; img-src 'self'; connect-src 'self'", ancestors)


def _policy(allowed: str, ancestors: Sequence[str]) -> str:
    frames = " ".join(("frame-ancestors 'self'", *ancestors))
    return f"default-src 'none'; {allowed}; base-uri 'none'; form-action 'none'; {frames}"


class Headers(OutputTransform):
    """Add the headers to every answer; runs before the answer is compressed."""

    def __init__(self, ancestors: Sequence[str], request: HTTPServerRequest) -> None:
        self._policy = policy(None, ancestors)

    def transform_first_chunk(
        self, status_code: int, headers: HTTPHeaders, chunk: bytes, finishing: bool
    ) -> tuple[int, HTTPHeaders, bytes]:
        """Return the answer with the headers."""
        for name, value in HEADERS.items():
            headers[name] = value
        if POLICY not in headers:
            headers[POLICY] = self._policy
        return status_code, headers, chunk


class PageHandler(DocHandler):
    """Give a visitor the page; who it is for is never taken from the address.

    It begins before it is made: a browser shows the beginning while the rest takes its time.
    """

    _nonce = ""
    _opening = ""

    async def get(self, *args: Any, **kwargs: Any) -> None:
        """Send the beginning of the page, then the rest."""
        self._nonce = secrets.token_urlsafe(16)
        ancestors = self.application.settings["frame_ancestors"]
        self.set_header(POLICY, policy(self._nonce, ancestors))
        # Panel sends an address that misses its last slash elsewhere.
        made_here = self.request.path.endswith("/")
        opening = self.application.settings["opening"](self.request) if made_here else ""
        if opening:
            # Panel would say so with the rest, too late for a header.
            self.set_header("Cache-Control", "no-store")
            # Else nginx as a proxy keeps the beginning until it has the rest.
            self.set_header("X-Accel-Buffering", "no")
            self.write(opening)
            await self.flush()
            self._opening = opening
        await super().get(*args, **kwargs)

    def prepare(self) -> Awaitable[None]:
        """Refuse addresses that cannot be text or that name somebody's session."""
        names = self.request.arguments.keys() | {name.lower() for name in self.request.headers}
        values = [value for given in self.request.arguments.values() for value in given]
        try:
            text = "".join(value.decode() for value in values) + "".join(names)
            text.encode()
        except UnicodeError:
            raise HTTPError(400) from None
        if any(name.startswith("bokeh-") for name in names):
            raise HTTPError(400)
        # Panel takes an address apart at each question mark.
        path, mark, query = str(self.request.uri).partition("?")
        self.request.uri = path + mark + query.replace("?", "%3F")
        return super().prepare()  # type: ignore[no-any-return]

    def send_error(self, status_code: int = 500, **given: Any) -> None:
        """Say what went wrong, at the end of a page that has begun: its status is sent."""
        if self._opening and not self._finished:
            self.finish("")
        else:
            super().send_error(status_code, **given)

    def write(self, chunk: str | bytes | dict[str, Any]) -> None:
        """Write what is left of the page, its own scripts marked as the only ones to run."""
        if isinstance(chunk, str) and self._nonce:
            # What does not begin so is an error's page, too late for a status of its own.
            left = chunk.partition(self._opening)[2] if self._opening else chunk
            left = left or f'</div></header><p role="alert">500: {responses[500]}</p>'
            chunk = _INLINE.sub(f'<script nonce="{self._nonce}"', left)
        super().write(chunk)


class SocketHandler(WSHandler):
    """Connect a visitor's browser to the session that was made for it."""

    async def prepare(self) -> None:
        """Refuse what no page of this server has sent, before there is a connection."""
        asked = [
            part.strip()
            for part in self.request.headers.get("Sec-WebSocket-Protocol", "").split(",")
        ]
        if len(asked) != 2 or asked[0] != "bokeh" or not self._is_ours(asked[1]):
            raise HTTPError(403)
        await super().prepare()

    def _is_ours(self, token: str) -> bool:
        app = self.application
        try:
            signed = check_token_signature(token, secret_key=app.secret_key, signed=True)
            return bool(
                signed
                and get_session_id(token)
                and get_token_payload(token)["session_expiry"] > time.time()
            )
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return False

    def check_origin(self, origin: str) -> bool:
        """Tell whether a page from there may connect."""
        return is_from_here(self, origin)

    def on_close(self) -> None:
        """Let go of the session: a page that connects again is a new one."""
        session = self.connection.session if self.connection is not None else None
        super().on_close()
        if session is not None and not session.connection_count:
            session.request_expiration()


def is_from_here(handler: RequestHandler, origin: str) -> bool:
    """Tell whether a page from an origin may ask what a handler answers."""
    stream = handler.request.connection.stream  # type: ignore[union-attr]
    here = stream.socket.getsockname() if stream.socket is not None else ("", 0)
    return may_connect(origin, here[0], here[1], handler.application.websocket_origins)  # type: ignore[attr-defined]


def bar(
    app: BokehTornado,
    opening: Callable[[HTTPServerRequest], str],
    further: Sequence[Any] = (),
    ancestors: Sequence[str] = (),
) -> None:
    """Leave a server no routes but those that the page needs, and ``further`` ones.

    ``opening`` tells how the page that a request asks for begins.
    """
    (context,) = app.applications.values()
    prefix = re.escape(app.prefix)
    given: dict[str, Any] = {
        "application_context": context,
        "bokeh_websocket_path": f"{app.prefix}/ws",
    }
    app.wildcard_router.rules.clear()
    app.wildcard_router.add_rules(
        [
            (rf"{prefix}/ws", SocketHandler, given),
            (
                rf"{prefix}/static/extensions/(panel/{_FILE})",
                MultiRootStaticHandler,
                {"root": extension_dirs},
            ),
            (rf"{prefix}/static/(js/{_FILE})", StaticHandler),
            # Without the prefix, too: a container's health check does not know it.
            (rf"(?:{prefix})?/favicon\.ico", IcoHandler, {"app": app}),
            (rf"{prefix}/?", PageHandler, given),
            *further,
        ]
    )
    app.settings.update(frame_ancestors=tuple(ancestors), opening=opening)
    app.transforms.insert(0, partial(Headers, app.settings["frame_ancestors"]))
