"""The server of the page: a session for every visitor, bounded, and nothing from elsewhere."""

from __future__ import annotations

import asyncio
import gc
import secrets
from collections.abc import Collection, Mapping, Sequence
from functools import partial
from typing import Any

import panel as pn
from bokeh.server.contexts import ApplicationContext
from bokeh.server.server import Server
from panel.io.resources import LOCAL_DIST
from tornado.httputil import HTTPServerRequest
from tornado.ioloop import IOLoop
from tornado.websocket import WebSocketClosedError

from sim.app import gate, hosts, limits
from sim.app.classroom.class_handlers import routes
from sim.app.classroom.class_register import ClassRegister
from sim.app.language import Language, chosen, preferred
from sim.app.page import Page, page_of
from sim.app.page import opening as opening_of_page
from sim.app.session import Session
from sim.app.theme import PageDesign
from sim.app.thread_pool import Job, ThreadPool
from sim.app.what_if import paired_trial
from sim.app.what_if.experiment import opening
from sim.core.files import MachineError
from sim.world import World

PREPARATION = "preparation"
"""Whose the work is that is done before there are visitors."""


class Visitors:
    """Make a page for every visitor and drop it when the visitor leaves."""

    def __init__(self, world: World, language: str) -> None:
        self.world = world
        self.language = language
        self.pool = ThreadPool()
        self.pages: dict[str, Page] = {}

    def welcome(self) -> Any:
        """Return a new visitor's page; or, if there are too many, a page that says so."""
        document = pn.state.curdoc
        # Set by the way that begins with the HTML only; without it style sheets come from afar.
        document.template_variables["dist_url"] = LOCAL_DIST
        self._make_room(document.session_context.server_context.application_context)
        if len(self.pages) >= limits.SESSIONS:
            return pn.pane.Str("Too many visitors at once. Please try again later.")
        language = self._language_for(pn.state.session_args, pn.state.headers)
        session = Session(self.world, language, self.pool, document)
        page = page_of(session, pn.state.location.search)
        pn.state.onload(session.arrive)
        key = document.session_context.id
        self.pages[key] = page
        # A closure over the page would keep it alive as long as the server.
        pn.state.on_session_destroyed(lambda context: self.leave(key))
        return page.template()

    def _language_for(
        self, given: Mapping[str, Sequence[bytes]], headers: Mapping[str, str]
    ) -> str:
        wanted = given.get("lang", [b""])[0].decode("ascii", "replace")
        return chosen(wanted, self.language, *preferred(headers.get("Accept-Language", "")))

    def opening(self, request: HTTPServerRequest) -> str:
        """Return how the page that is asked for begins; nothing if there may be no room for it."""
        if len(self.pages) >= limits.SESSIONS:
            return ""
        language = self._language_for(request.arguments, request.headers)
        return opening_of_page(Language(language, self.world), self.world)

    def _make_room(self, context: ApplicationContext) -> None:
        """Drop who has waited longest without a browser, if there are too many visitors."""
        waiting = [s for s in context.sessions if not s.connection_count and s.id in self.pages]
        waiting.sort(key=lambda session: session.milliseconds_since_last_unsubscribe)
        while waiting and len(self.pages) >= limits.SESSIONS:
            session = waiting.pop()
            session.request_expiration()
            self.leave(session.id)

    def leave(self, key: str) -> None:
        """Drop the page of a visitor who has left."""
        page = self.pages.pop(key, None)
        if page is not None:
            page.close()
            del page
            gc.collect()


def make_server(
    visitors: Visitors,
    port: int,
    address: str,
    origins: Collection[str] = (),
    prefix: str = "",
    ancestors: Sequence[str] = (),
) -> Server:
    """Return the server, listening but not yet running, or raise if it cannot listen there."""
    server = _listening(visitors, port, address, prefix)
    own = hosts.names_of_machine(address)
    classes = ClassRegister(visitors.world, visitors.pool)
    further = routes(prefix, classes, visitors.language, own)
    gate.bar(server._tornado, visitors.opening, further, ancestors)
    drop_in_turn(classes, server.io_loop)
    server._tornado.websocket_origins.clear()
    server._tornado.websocket_origins.update(origins, (f"{name}:{server.port}" for name in own))
    server.io_loop.asyncio_loop.set_exception_handler(unless_left)
    return server


def _listening(visitors: Visitors, port: int, address: str, prefix: str) -> Server:
    pn.extension(design=PageDesign)
    try:
        return pn.serve(
            {"/": visitors.welcome},
            port=port,
            address=address,
            prefix=prefix,
            show=False,
            start=False,
            verbose=False,
            title="Paradiplomacy",
            compress_response=True,
            check_unused_sessions_milliseconds=limits.CHECK_SESSIONS_MS,
            unused_session_lifetime_milliseconds=limits.UNUSED_SESSION_MS,
            session_token_expiration=limits.TOKEN_SECONDS,
            sign_sessions=True,
            secret_key=secrets.token_bytes(32),
            keep_alive_milliseconds=0,
            websocket_ping_interval=limits.PING_SECONDS,
            websocket_max_message_size=limits.MESSAGE_BYTES,
            http_server_kwargs={
                "idle_connection_timeout": limits.IDLE_SECONDS,
                "body_timeout": limits.IDLE_SECONDS,
                "max_header_size": limits.HEADER_BYTES,
                "max_body_size": limits.BODY_BYTES,
                "max_buffer_size": limits.BUFFER_BYTES,
            },
        )
    except OSError as error:
        raise MachineError(f"cannot listen on {address}, port {port}: {error.strerror}") from error


def drop_in_turn(classes: ClassRegister, loop: IOLoop) -> None:
    """Forget the classes that have ended, every minute, though nobody asks for them."""
    classes.drop_ended()
    loop.call_later(60, drop_in_turn, classes, loop)


def unless_left(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Report an error of the server; a visitor who left while something was sent is none."""
    if not isinstance(context.get("exception"), WebSocketClosedError):
        loop.default_exception_handler(context)


def prepare(pool: ThreadPool, world: World) -> list[Job]:
    """Let the pool load the compiled rules and make the runs that What if opens with."""
    trial = paired_trial.PairedTrial(opening(), world)
    # What fails here fails again for the visitor who asks for it, and is told there.
    jobs = [
        Job(partial(trial.work, chunk), lambda result: None, lambda error: None)
        for chunk in paired_trial.CHUNKS
    ]
    for job in jobs:
        pool.submit(PREPARATION, job)
    return jobs
