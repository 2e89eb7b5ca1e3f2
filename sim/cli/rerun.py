"""The command ``paradiplomacy rerun``."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from sim.cli import options, output

_Folder = Annotated[
    str, typer.Argument(metavar="FOLDER", help="Folder of a run, a comparison or a sweep.")
]
_Out = Annotated[
    Path | None,
    typer.Option(help="Folder to write the tables made again to.", show_default="nothing is kept"),
]


def rerun(
    folder: _Folder,
    out: _Out = None,
    overwrite: options.Overwrite = False,
    world: options.WorldFolder = None,
    workers: options.Workers = None,
    as_json: options.Json = False,
) -> None:
    """Repeat what a folder holds from its record; say whether its tables come out the same.

    The exit code is 0 if every table is the same to the byte, else 1.
    """
    from sim.results.rerun import rerun as repeat
    from sim.world import load_world

    with output.progress_bar(quiet=as_json) as progress:
        found = repeat(
            folder,
            out,
            world=None if world is None else load_world(world),
            workers=workers,
            overwrite=overwrite,
            progress=progress,
        )
    if as_json:
        output.print_json({**asdict(found), "agrees": found.agrees, "out": out})
    else:
        typer.echo(str(found))
        if out is not None:
            typer.echo(f"\nFiles: {out}")
    if not found.agrees:
        raise typer.Exit(1)
