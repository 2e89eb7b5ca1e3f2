"""What commands that write and print share: the option to overwrite, and folders for results."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from sim import folders

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
