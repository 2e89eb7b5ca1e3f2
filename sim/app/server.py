"""The server of the page: a session for every visitor, bounded, and nothing from elsewhere."""

from __future__ import annotations

import asyncio
import gc
from typing import TYPE_CHECKING, Any

import panel as pn
from tornado.httputil import HTTPHeaders, HTTPServerRequest
from tornado.web import OutputTransform
from tornado.websocket import WebSocketClosedError

from sim.app import limits
from sim.app.language import chosen, languages
from sim.app.page import Page, page_of
from sim.app.preparation import prepare
from sim.app.session import Session
from sim.app.theme import House
from sim.app.watch.geometry import layout_of
from sim.app.workers import Pool
from sim.errors import InputError, nearest_name
from sim.files import MachineError
from sim.world import load_world

if TYPE_CHECKING:
    from bokeh.server.server import Server

    from sim.world import World

HEADERS = {
    # Parts of the page bring their code with them; nothing may come from another machine.
    "Content-Security-Policy": (
        "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; "
        "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
        "connect-src 'self' data: blob:; worker-src 'self' blob:; object-src 'none'; "
        "base-uri 'self'; form-action 'self'; frame-ancestors 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


class _Guard(OutputTransform):
    """Add the headers to every answer."""

    def __init__(self, request: HTTPServerRequest) -> None:
        self._request = request

    def transform_first_chunk(
        self, status_code: int, headers: HTTPHeaders, chunk: bytes, finishing: bool
    ) -> tuple[int, HTTPHeaders, bytes]:
        """Return the answer with the headers."""
        for name, value in HEADERS.items():
            headers[name] = value
        return status_code, headers, chunk


class Visitors:
    """Make a page for every visitor and drop it when the visitor leaves.

    Parameters
    ----------
    world
        Tables of the world.
    language
        Language for visitors whose address names none.
    """

    def __init__(self, world: World, language: str) -> None:
        self.world = world
        self.language = language
        self.pool = Pool()
        self.pages: dict[str, Page] = {}

    def welcome(self) -> Any:
        """Return a new visitor's page; or, if there are too many, a page that says so."""
        document = pn.state.curdoc
        if len(self.pages) >= limits.SESSIONS:
            return pn.pane.Str("Too many visitors at once. Please try again later.")
        location = pn.state.location
        query = location.search
        wanted = pn.state.session_args.get("lang", [b""])[0].decode("ascii", "replace")
        session = Session(
            self.world, chosen(wanted, self.language), pool=self.pool, document=document
        )
        page = page_of(session, query)
        page.attach(location)
        pn.state.onload(session.arrive)
        key = document.session_context.id
        self.pages[key] = page
        # A closure over the page would keep it alive as long as the server.
        pn.state.on_session_destroyed(lambda context: self.leave(key))
        return page.template()

    def leave(self, key: str) -> None:
        """Drop the page of a visitor who has left."""
        page = self.pages.pop(key, None)
        if page is not None:
            page.close()
            del page
            gc.collect()


def make_server(
    visitors: Visitors, port: int, address: str, origins: list[str] | None = None
) -> Server:
    """Return the server, listening but not yet running.

    Raises
    ------
    MachineError
        If it cannot listen there.
    """
    pn.extension(design=House)
    try:
        server = pn.serve(
            {"/": visitors.welcome},
            port=port,
            address=address,
            websocket_origin=origins,
            show=False,
            start=False,
            verbose=False,
            title="Paradiplomacy",
            check_unused_sessions_milliseconds=limits.CHECK_SESSIONS_MS,
            unused_session_lifetime_milliseconds=limits.UNUSED_SESSION_MS,
            websocket_max_message_size=limits.MESSAGE_BYTES,
        )
    except OSError as error:
        raise MachineError(f"cannot listen on {address}, port {port}: {error.strerror}") from error
    server._tornado.add_transform(_Guard)
    server.io_loop.asyncio_loop.set_exception_handler(unless_left)
    return server


def unless_left(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Report an error of the server; a visitor who left while something was sent is none."""
    if not isinstance(context.get("exception"), WebSocketClosedError):
        loop.default_exception_handler(context)


def serve_page(port: int, address: str, language: str, *, show: bool = True) -> None:
    """Serve the page until interrupted; see :func:`sim.app.serve`."""
    if language not in languages():
        raise InputError(
            f"there is no language {language!r}",
            field="--lang",
            allowed=", ".join(languages()),
            nearest=nearest_name(language, languages()),
        )
    if not 0 <= port <= 65535:
        raise InputError(f"{port} is not a port", field="--port", allowed="0 to 65535")
    visitors = Visitors(load_world(), language)
    # Finding room for the map's labels takes seconds; no visitor shall wait for it.
    layout_of(visitors.world)
    server = make_server(visitors, port, address)
    url = f"http://{address}:{server.port}/"
    print(f"Paradiplomacy is at {url}  (Ctrl-C ends it)", flush=True)  # noqa: T201
    prepare(visitors.pool, visitors.world)
    try:
        server.start()
        if show:
            server.io_loop.add_callback(server.show, "/")
        server.io_loop.start()
    finally:
        visitors.pool.close()
