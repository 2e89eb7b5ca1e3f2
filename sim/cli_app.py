"""The command ``paradiplomacy app``: the page in a browser."""

from __future__ import annotations

from typing import Annotated

import typer


def app(
    port: Annotated[int, typer.Option(help="Port to listen on; 0 takes a free one.")] = 5006,
    address: Annotated[
        str, typer.Option(help="Address to listen on; the default is this machine only.")
    ] = "127.0.0.1",
    lang: Annotated[str, typer.Option(help="Language of the page: en, es or pt.")] = "en",
    show: Annotated[bool, typer.Option(help="Open a browser.")] = True,
) -> None:
    """Open the page: watch a world, ask what if, compare cases, learn."""
    from sim.app import serve

    serve(port, address, lang, show=show)
