"""What commands that write and print share: the option to overwrite, and folders for results."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from sim import folders, stopping
from sim.files import MachineError

Overwrite = Annotated[
    bool,
    typer.Option(
        "--overwrite", help="Replace what this command wrote there before, and nothing else."
    ),
]


@contextmanager
def new_folder(path: Path, overwrite: bool = False, mark: str = "manifest.json") -> Iterator[Path]:
    """Yield a folder, checked before the work begins; what is half done is removed again.

    Parameters
    ----------
    path, overwrite, mark
        As in :func:`sim.folders.prepare_folder`.
    """
    folder = folders.prepare_folder(path, overwrite, mark=mark)
    try:
        yield folder
    except BaseException:
        folders.undo(folder)
        raise


@contextmanager
def resumable(how: str, folder: str | Path) -> Iterator[None]:
    """Say how to go on when the work inside the block is stopped or the machine fails.

    Parameters
    ----------
    how
        How to go on, as a sentence; ``{}`` in it stands for the folder.
    folder
        Where the work is kept: a folder or an address.
    """
    try:
        yield
    except (KeyboardInterrupt, MachineError) as stop:
        is_there = "://" in str(folder) or Path(folder).is_dir()
        hint = how.format(folder if is_there else "ITS_NEW_PLACE")
        if isinstance(stop, MachineError):
            what, code = str(stop), 1
        else:
            what, code = "stopped", stopping.exit_code(stop)
        typer.echo(f"paradiplomacy: {what}. {hint}", err=True)
        raise typer.Exit(code) from stop
