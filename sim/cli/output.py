"""What commands that write and print share: options, folders, JSON, how to go on."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from sim.core import folders
from sim.core.errors import InputError
from sim.core.files import MachineError, plain

_DIGITS = 15
"""Significant digits of numbers that are printed: all that a decimal number surely keeps in 64
bits, so that what was given comes out as it was given, and 0.1 + 0.2 as 0.3."""

Json = Annotated[
    bool, typer.Option("--json", help="Print one JSON object for machines, errors too.")
]

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
        As in :func:`sim.core.folders.prepare_folder`.
    """
    folder = folders.prepare_folder(path, overwrite, mark=mark)
    try:
        yield folder
    except BaseException:
        folders.undo(folder)
        raise


@contextmanager
def resumable(how: str, folder: str | Path) -> Iterator[None]:
    """Add how to go on to what is said when the work is stopped or the machine fails.

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
            raise MachineError(f"{stop.message}. {hint}", file=stop.file) from stop
        raise type(stop)(hint) from stop


def print_json(value: Any) -> None:
    """Print a result as one JSON object, in ASCII, numbers with 15 significant digits."""
    typer.echo(json.dumps(plain(value, _DIGITS), allow_nan=False))


def stop(message: str, code: int, errors: Sequence[InputError] = ()) -> typer.Exit:
    """Print what went wrong and return the exit to raise.

    Parameters
    ----------
    message
        For the standard error.
    code
        Of the exit.
    errors
        For the standard output, as one JSON object; none where the command has printed its own.
    """
    print_errors(errors)
    typer.echo(f"paradiplomacy: {message}", err=True)
    return typer.Exit(code)


def print_errors(errors: Sequence[InputError]) -> None:
    """Print what went wrong as one JSON object, if anything did."""
    if errors:
        print_json({"errors": [error.to_json() for error in errors]})
