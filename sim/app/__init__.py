"""The page: watch a world, ask what if, and learn, in a browser or a notebook."""

from __future__ import annotations

import sys
import time
import webbrowser
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING

from sim.core.errors import InputError, known_name

if TYPE_CHECKING:
    from panel.viewable import Viewable

    from sim.experiments.run import RunTables
    from sim.world import World

_LINE_SECONDS = 3.0

__all__ = ["dashboard", "require_panel", "serve"]


def require_panel() -> None:
    """Raise :class:`InputError` if the page's libraries are not installed."""
    if any(find_spec(library) is None for library in ("panel", "bokeh", "babel", "segno")):
        raise InputError(
            "the page needs Panel, Bokeh, Babel and segno",
            allowed="an installation with them: pip install 'paradiplomacy[app]'",
        )


def serve(
    port: int = 5006,
    address: str = "127.0.0.1",
    language: str | None = None,
    *,
    show: bool = True,
    origins: Sequence[str] = (),
    prefix: str = "",
    world: World | None = None,
    ancestors: Sequence[str] = (),
    opens: str = "",
) -> None:
    """Serve the page until interrupted; raise InputError for what is none of those below.

    Parameters
    ----------
    port, address
        Where to listen; by default only this machine can reach the page.
    language
        Language for visitors whose address names none; by default the one their browser asks for.
    show
        Whether to open a browser.
    origins, ancestors
        Hosts whose pages may connect besides this machine's own, and that may frame the page.
    prefix
        Path under which the page stands, as in ``/paradiplomacy``.
    world
        Whose tables the page shows; the shipped ones by default.
    opens
        What is opened and told: the page, or ``class``, where a teacher begins a class.
    """
    require_panel()
    from sim.app import hosts, server
    from sim.app.watch.map_layout import layout_of
    from sim.core.jit import told_of_compilation
    from sim.report.tilemap import kinds_of
    from sim.world import load_world

    _check(language, port)
    allowed, prefix = [hosts.host_of(origin) for origin in origins], hosts.prefix_of(prefix)
    framing = [hosts.host_of(host, "--frame-ancestors") for host in ancestors]
    visitors = server.Visitors(load_world() if world is None else world, language or "")
    # Finding room for the map's labels takes seconds; no visitor shall wait for it.
    for kind in kinds_of(visitors.world):
        layout_of(visitors.world, kind)
    running = server.make_server(visitors, port, address, allowed, prefix, framing)
    path = f"{running.port}{prefix}/{opens}"
    urls = [f"http://{name}:{path}" for name in hosts.names_of_machine(address)]
    lines = (f"                 or {url}" for url in urls[1:])
    print(f"Paradiplomacy is at {urls[0]}  (Ctrl-C ends it)", *lines, sep="\n", flush=True)  # noqa: T201
    server.prepare(visitors.pool, visitors.world)
    try:
        running.start()
        if show:
            running.io_loop.add_callback(webbrowser.open, urls[0])
        with told_of_compilation(_lines_of_compilation()):
            running.io_loop.start()
    finally:
        visitors.pool.close()


def _check(language: str | None, port: int) -> None:
    from sim.app.language import languages

    if language is not None:
        known_name("language", language, languages(), field="--lang")
    if not 0 <= port <= 65535:
        raise InputError(f"{port} is not a port", field="--port", allowed="0 to 65535")


def _lines_of_compilation() -> Callable[[str, int, int], None]:
    """Return a function that prints a line of how far compilation is now and then."""
    told = -_LINE_SECONDS

    def tell(what: str, done: int, total: int) -> None:
        nonlocal told
        if time.monotonic() - told >= _LINE_SECONDS:
            told = time.monotonic()
            line = f"compiling the engine (first run): {what}, {done} of {total}"
            print(line, file=sys.stderr, flush=True)  # noqa: T201

    return tell


def dashboard(run: RunTables, language: str = "en") -> Viewable:
    """Return the view of a run's world for a notebook.

    Raises
    ------
    InputError
        If the page's libraries are missing, or the run was made with code of the user's: the page
        runs the scenario again, and without that code it would show another world.
    """
    require_panel()
    if "extensions" in run.manifest:
        raise InputError(
            "the page cannot show a run that was made with code of your own",
            allowed="a run of a scenario alone; run.plot_map() and run.write() show any",
        )
    from sim.app.page import notebook_view

    return notebook_view(run, language)
