"""What commands share: options, folders, JSON, progress, how to go on."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from sim.core import folders
from sim.core.errors import InputError, nearest_name
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


def settings(given: list[str]) -> dict[str, float]:
    """Return the parameters set on the command line as ``name=value``.

    Raises
    ------
    InputError
        If one is not of that form, or names no parameter, or its value is no number, or it is
        set twice.
    """
    from sim.core.parameters import PARAMETERS

    values: dict[str, float] = {}
    for text in given:
        name, equals, value = (part.strip() for part in text.partition("="))
        where = f"--set {text}"
        if not equals:
            raise InputError("is not of the form name=value", field=where)
        if name not in PARAMETERS:
            raise InputError(
                f"there is no parameter {name!r}",
                field=where,
                nearest=nearest_name(name, PARAMETERS),
            )
        if name in values:
            raise InputError(f"sets {name} a second time", field=where)
        try:
            values[name] = float(value)
        except ValueError:
            raise InputError(
                f"{value!r} is not a number", field=where, allowed="a number such as 0.5"
            ) from None
    return values


@contextmanager
def progress_bar(
    quiet: bool, what: str = "replicates"
) -> Iterator[Callable[[int, int], None] | None]:
    """Yield a function that shows (done, total) on a terminal, or None where nobody looks."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
    from rich.progress import TimeRemainingColumn as Remaining

    from sim.core.jit import is_warm

    console = Console(stderr=True)
    doing = what if is_warm() else "compiling the engine (first run)"
    if quiet or not console.is_terminal:
        if not is_warm():
            typer.echo(doing, err=True)
        yield None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), Remaining())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(doing, total=None)
        yield lambda done, total: bar.update(task, description=what, completed=done, total=total)


def duration(seconds: float) -> str:
    """Return a time in words, in two units at most."""
    whole = max(round(seconds), 1)
    if whole < 100:
        return f"{whole} s"
    if whole < 100 * 60:
        return f"{round(whole / 60)} min"
    hours, minutes = divmod(round(whole / 60), 60)
    return f"{hours} h {minutes} min" if hours < 48 else f"{hours / 24:.1f} days"
