"""What commands print: JSON, tables, progress, errors, how to go on; and their folders."""

from __future__ import annotations

import gc
import json
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from sim.core import folders
from sim.core.errors import InputError
from sim.core.files import MachineError, plain, possible

if TYPE_CHECKING:
    from rich.table import Table

    from calibration.checks import Verdict

_DIGITS = 15
"""Significant digits of numbers that are printed: all that a decimal number surely keeps in 64
bits, so that what was given comes out as it was given, and 0.1 + 0.2 as 0.3."""

_LINE_SECONDS = 60.0
"""How often progress is reported where nobody looks at a terminal, as in a batch job's log."""

_COMPILING = "compiling the engine (first run)"
_BESIDES_RULE = 72
"""Columns that the line of compilation takes besides the rule's name."""

NARROWEST = 110
"""Columns of a file or a pipe at least, for wide tables."""

Notify = Callable[[str, int, int], None]
"""Called with what is done, how much of it is done, and how much there is."""
_COLUMNS: dict[str, dict[str, Any]] = {
    "left": {"no_wrap": True},
    "right": {"no_wrap": True, "justify": "right"},
    "wrapped": {"justify": "right"},
    "text": {"ratio": 1},
    "fold": {"overflow": "fold"},
}


@contextmanager
def new_folder(path: Path, overwrite: bool = False, mark: str = "manifest.json") -> Iterator[Path]:
    """Yield a folder, checked before the work begins; what is half done is removed again."""
    path = possible(path)
    is_new, is_ready = not os.path.lexists(path), False
    try:
        folder = folders.prepare_folder(path, overwrite, mark=mark)
        is_ready = True
        yield folder
    except BaseException:
        # A folder that was there, and is refused, stays as it is.
        if is_new or is_ready:
            folders.undo(path)
        raise


def require_new(path: Path, overwrite: bool) -> None:
    """Refuse a file that is there already, unless it is to be replaced, by InputError."""
    if path.exists() and not overwrite:
        allowed = "the path of a new file, or --overwrite"
        raise InputError("is there already", file=path, allowed=allowed)


@contextmanager
def uncollected(leave: bool) -> Iterator[None]:
    """Leave cycles of objects uncollected where few are made: to look for them takes a sixth.

    Mesa's models are such cycles and would pile up.
    """
    try:
        if leave:
            gc.disable()
        yield
    finally:
        gc.enable()


@contextmanager
def resumable(how: str, folder: str | Path) -> Iterator[None]:
    """Add how to go on to what is said when the work is stopped or the machine fails.

    ``{}`` in the sentence ``how`` stands for the folder, or address, where the work is kept.
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


def print_result(result: Any, folder: Path, as_json: bool, card: Callable[[Any], str]) -> None:
    """Print what a run or a comparison found, by its card or as JSON, and where its files are."""
    if as_json:
        seconds = result.manifest["seconds"]
        print_json({"folder": folder, **result.summary, "seconds": seconds})
    else:
        typer.echo(f"{card(result)}\n\nFiles: {folder}")


def stop(message: str, code: int, errors: Sequence[InputError] = ()) -> typer.Exit:
    """Print what went wrong, ``errors`` as one JSON object too, and return the exit to raise."""
    print_errors(errors)
    typer.echo(f"paradiplomacy: {message}", err=True)
    return typer.Exit(code)


def print_errors(errors: Sequence[InputError]) -> None:
    """Print what went wrong as one JSON object, if anything did."""
    if errors:
        print_json({"errors": [error.to_json() for error in errors]})


def page(text: str) -> None:
    """Print a text, by a pager where the terminal that it goes to is too short for it."""
    if sys.stdout.isatty() and text.count("\n") + 2 > shutil.get_terminal_size().lines:
        import pydoc

        pydoc.pager(text)
    else:
        typer.echo(text)


def show(*parts: Any, narrowest: int = 0) -> None:
    """Print texts, as they are, and tables; a file or a pipe counts as so wide at least."""
    from rich.console import Console

    console = Console(highlight=False, markup=False, emoji=False)
    if not console.is_terminal:
        console.width = max(console.width, narrowest)
    for part in parts:
        console.print(part(console.width) if callable(part) else part)


def table(columns: Mapping[str, str], rows: Iterable[Sequence[Any]], **looks: Any) -> Table:
    """Return a table for the terminal, given the kind of each column by its name."""
    from rich import box
    from rich.table import Table

    made = Table(box=box.SIMPLE_HEAD, pad_edge=False, **looks)
    for name, kind in columns.items():
        made.add_column(name.strip(), **_COLUMNS[kind])
    for row in rows:
        made.add_row(*row)
    return made


def show_verdicts(verdicts: Sequence[Verdict], folder: Path, faults: Sequence[str] = ()) -> None:
    """Print the checks of a calibration as a table, how they ended, and where the files are."""
    from rich.text import Text

    styles = {"passed": "green", "missed": "bold red", "not run": "yellow"}
    rows = [
        (v.check, Text(v.verdict, style=styles[v.verdict]), v.found, v.threshold) for v in verdicts
    ]
    kinds = {"check": "left", "verdict": "left", "found": "text", "passes when": "text"}
    ends = [v.verdict for v in verdicts]
    words = ", ".join(f"{ends.count(word)} {word}" for word in dict.fromkeys(ends))
    show(table(kinds, rows), f"Checks: {words}", narrowest=NARROWEST)
    for fault in faults:
        typer.echo(f"paradiplomacy: a step stopped with an error: {fault}", err=True)
    show(f"\nFiles: {folder}", narrowest=NARROWEST)


@contextmanager
def progress(
    quiet: bool, *, lines: bool = True, stays: bool = False, compiles: bool = True
) -> Iterator[Notify | None]:
    """Yield a function that shows progress, or None where nothing is to be shown.

    With ``lines``, a line is printed now and then where nobody looks at a terminal; what ``stays``
    is left on the terminal at the end; work that ``compiles`` says so if the engine is not warm.
    """
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
    from rich.progress import TimeElapsedColumn as Elapsed
    from rich.progress import TimeRemainingColumn as Remaining

    from sim.core.jit import is_warm, told_of_compilation

    console = Console(stderr=True)
    is_cold = compiles and not is_warm()
    doing = _COMPILING if is_cold else "starting"
    if quiet or not console.is_terminal:
        if is_cold:
            typer.echo(doing, err=True)
        yield progress_lines() if lines and not quiet else None
        return
    text = TextColumn("{task.description}")
    columns = (text, BarColumn(), MofNCompleteColumn(), Elapsed(), TextColumn("left"), Remaining())
    with Progress(*columns, console=console, transient=not stays, refresh_per_second=2) as bar:
        shown = {"": (bar.add_task(doing, total=None), doing)}

        def notify(what: str, done: int, total: int) -> None:
            # What stands after a colon are parts of one thing, which take turns on its line.
            line = what.partition(":")[0]
            known = shown.pop("") if "" in shown else shown.get(line)
            task, before = known or (bar.add_task(what), "")
            if before != what:
                # What an earlier call has done says nothing about the speed of this one.
                bar.reset(task, total=total, completed=done, description=what)
            bar.update(task, completed=done, total=total)
            shown[line] = (task, what)

        def compiling(what: str, done: int, total: int) -> None:
            if "" in shown:
                # Of one width, so that the bar beside it stays where it is.
                width = min(30, max(10, console.width - _BESIDES_RULE))
                what = f"{_COMPILING}: {what:<{width}.{width}}"
                bar.update(shown[""][0], completed=done, total=total, description=what)

        with told_of_compilation(compiling):
            yield notify
        if "" in shown:
            bar.remove_task(shown[""][0])


def progress_lines() -> Notify:
    """Return a function that prints a line of progress now and then."""
    doing, first, began, reported = "", 0, 0.0, 0.0

    def notify(what: str, done: int, total: int) -> None:
        nonlocal doing, first, began, reported
        now = time.monotonic()
        if what != doing:
            doing, first, began, reported = what, done, now, now
            typer.echo(f"{what}: {done:,} of {total:,}", err=True)
        elif done == first:
            # The start says nothing about the speed.
            began = now
        elif now - reported >= _LINE_SECONDS:
            reported = now
            left = duration((total - done) * (now - began) / (done - first))
            typer.echo(f"{what}: {done:,} of {total:,}, about {left} left", err=True)

    return notify


@contextmanager
def progress_bar(
    quiet: bool, what: str = "replicates", **looks: bool
) -> Iterator[Callable[[int, int], None] | None]:
    """Yield a function that shows (done, total) of one thing; by default on a terminal only."""
    with progress(quiet, **{"lines": False, **looks}) as notify:
        yield None if notify is None else partial(notify, what)


def duration(seconds: float) -> str:
    """Return a time in words, in two units at most."""
    whole = max(round(seconds), 1)
    if whole < 100:
        return f"{whole} s"
    if whole < 100 * 60:
        return f"{round(whole / 60)} min"
    hours, minutes = divmod(round(whole / 60), 60)
    return f"{hours} h {minutes} min" if hours < 48 else f"{hours / 24:.1f} days"
