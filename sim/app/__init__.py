"""The page: watch a world, ask what if, and learn, in a browser or a notebook."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING

from sim.core.errors import InputError

if TYPE_CHECKING:
    from panel.viewable import Viewable

    from sim.experiments.run import RunTables

__all__ = ["dashboard", "require_panel", "serve"]


def require_panel() -> None:
    """Check that the page's libraries are there.

    Raises
    ------
    InputError
        If they are not installed.
    """
    if any(find_spec(library) is None for library in ("panel", "bokeh", "babel")):
        raise InputError(
            "the page needs Panel, Bokeh and Babel",
            allowed="an installation with them: pip install 'paradiplomacy[app]'",
        )


def serve(
    port: int = 5006,
    address: str = "127.0.0.1",
    language: str = "en",
    *,
    show: bool = True,
    origins: Sequence[str] = (),
    prefix: str = "",
) -> None:
    """Serve the page until interrupted.

    Parameters
    ----------
    port, address
        Where to listen; by default only this machine can reach the page.
    language
        Language for visitors whose address names none.
    show
        Whether to open a browser.
    origins
        Hosts whose pages may connect, besides this machine's own: that of a proxy.
    prefix
        Path under which the page stands, as in ``/paradiplomacy``.

    Raises
    ------
    InputError
        If the page's libraries are missing, or the language, the port, a host or the path is
        none.
    """
    require_panel()
    from sim.app.server import serve_page

    serve_page(port, address, language, show=show, origins=origins, prefix=prefix)


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
