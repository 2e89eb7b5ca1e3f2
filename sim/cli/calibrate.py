"""The command ``paradiplomacy calibrate``: fit the free parameters to the documented cases."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli import output

if TYPE_CHECKING:
    from rich.table import Table

    from calibration.calibration_pipeline import Calibration
    from calibration.checks import Verdict

_LINE_SECONDS = 30.0
"""How often progress is told where nobody looks at a terminal."""
_NARROWEST = 110
_GO_ON = "Runs that have ended are kept; the same command with --out {} goes on."

Notify = Callable[[str, int, int], None]


def calibrate(
    runs: Annotated[
        int | None, typer.Option(help="Runs drawn from the prior.", show_default="16000")
    ] = None,
    truncated_runs: Annotated[
        int | None,
        typer.Option(help="Runs drawn from the truncated prior.", show_default="12000"),
    ] = None,
    predictive_runs: Annotated[
        int | None, typer.Option(help="Runs drawn from the posterior.", show_default="1000")
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of all draws and runs.")] = 1,
    networks: Annotated[
        int | None, typer.Option(help="Networks that learn the summaries.", show_default="5")
    ] = None,
    workers: Annotated[
        int | None, typer.Option(help="Processes.", show_default="all processors")
    ] = None,
    out: Annotated[Path, typer.Option(help="Folder to write to, or to go on in.")] = Path(
        "results/calibration"
    ),
    overwrite: output.Overwrite = False,
    simulator: Annotated[str | None, typer.Option(hidden=True, metavar="MODULE:FUNCTION")] = None,
    as_json: output.Json = False,
) -> None:
    """Calibrate the free parameters to the documented cases; takes some 20 minutes.

    The same command on the same folder goes on where it stopped.
    """
    from calibration import calibration_pipeline

    settings = calibration_pipeline.usual_settings(
        runs=runs,
        truncated_runs=truncated_runs,
        predictive_runs=predictive_runs,
        seed=seed,
        networks=networks,
        workers=workers,
        simulator=simulator,
    )
    if overwrite:
        calibration_pipeline.clear(out)
    with working(as_json, _GO_ON, out) as notify:
        done = calibration_pipeline.calibrate(out, settings, notify)
    if as_json:
        output.print_json(_summary(done, out))
    else:
        _print(done, out)


def _summary(done: Calibration, folder: Path) -> dict[str, object]:
    return {
        "folder": folder,
        "central": done.posterior.central(),
        "checks": [
            {"check": v.check, "verdict": v.verdict, "found": v.found, "threshold": v.threshold}
            for v in done.verdicts
        ],
        "seconds": done.seconds,
        "model_version": done.posterior.made_by["model_version"],
    }


@contextmanager
def working(quiet: bool, go_on: str, folder: Path) -> Iterator[Notify | None]:
    """Yield a function that shows progress; say how to go on when the work is stopped.

    Parameters
    ----------
    quiet
        Show nothing.
    go_on, folder
        As in :func:`sim.cli.output.resumable`.
    """
    with output.resumable(go_on, folder), _progress(quiet) as notify:
        yield notify


@contextmanager
def _progress(quiet: bool) -> Iterator[Notify | None]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn
    from rich.progress import TimeElapsedColumn as Elapsed
    from rich.progress import TimeRemainingColumn as Remaining

    from sim.core.jit import is_warm

    console = Console(stderr=True)
    if not is_warm():
        typer.echo("compiling the engine (first run)", err=True)
    if quiet or not console.is_terminal:
        yield None if quiet else _lines()
        return
    text = TextColumn("{task.description}")
    columns = (text, BarColumn(), MofNCompleteColumn(), Elapsed(), TextColumn("left"), Remaining())
    with Progress(*columns, console=console, refresh_per_second=2) as bar:
        tasks: dict[str, tuple[TaskID, str]] = {}

        def show(what: str, done: int, total: int) -> None:
            # What stands after a colon are parts of one thing, which take turns on its line.
            line = what.partition(":")[0]
            if line not in tasks:
                tasks[line] = (bar.add_task(what, total=total, completed=done), what)
            task, before = tasks[line]
            if before != what:
                bar.reset(task, total=total, completed=done, description=what)
                tasks[line] = (task, what)
            bar.update(task, completed=done, total=total)

        yield show


def _lines() -> Notify:
    """Return a function that prints a line of progress now and then."""
    doing, began, first, reported = "", 0.0, 0, 0.0

    def show(what: str, done: int, total: int) -> None:
        nonlocal doing, began, first, reported
        now = time.monotonic()
        if what != doing:
            doing, began, first, reported = what, now, done, now
            typer.echo(what, err=True)
        elif now - reported >= _LINE_SECONDS and done > first:
            reported = now
            left = (total - done) * (now - began) / (done - first)
            time_left = output.duration(left)
            typer.echo(f"{what}: {done:,} of {total:,}, about {time_left} left", err=True)

    return show


def _print(done: Calibration, folder: Path) -> None:
    """Print the posterior, the verdicts, and where the files are."""
    from rich.console import Console

    console = Console(highlight=False, markup=False, emoji=False)
    if not console.is_terminal:
        console.width = max(console.width, _NARROWEST)
    console.print(_parameters(done))
    console.print(verdict_table(done.verdicts))
    console.print(counted(done.verdicts))
    console.print(f"\nFiles: {folder}")


def _parameters(done: Calibration) -> Table:
    """Return the parameters with their posteriors as a table."""
    import numpy as np
    from rich import box
    from rich.table import Table

    from sim.core.parameters import PARAMETERS

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("parameter", no_wrap=True)
    for name in ("default", "median", "90 % interval", "contraction"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("what the data say", no_wrap=True)
    found = next(v for v in done.verdicts if v.check == "contraction").numbers
    low, middle, high = np.quantile(done.posterior.values, (0.05, 0.5, 0.95), axis=0)
    for j, name in enumerate(done.posterior.names):
        default = f"{PARAMETERS[name].default:.3g}" if name in PARAMETERS else "-"
        interval = f"{low[j]:.3g} to {high[j]:.3g}"
        shrunk, word = found["contraction"][j], found["words"][j]
        table.add_row(name, default, f"{middle[j]:.3g}", interval, f"{shrunk:.2f}", word)
    return table


def counted(verdicts: Sequence[Verdict]) -> str:
    """Return how many checks were passed, missed and not run, in words."""
    counts = [v.verdict for v in verdicts]
    words = ", ".join(f"{counts.count(word)} {word}" for word in dict.fromkeys(counts))
    return f"Checks: {words}"


def verdict_table(verdicts: Sequence[Verdict]) -> Table:
    """Return the checks as a table."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    styles = {"passed": "green", "missed": "bold red", "not run": "yellow"}
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("check", no_wrap=True)
    table.add_column("verdict", no_wrap=True)
    table.add_column("found", ratio=1)
    table.add_column("passes when", ratio=1)
    for v in verdicts:
        table.add_row(v.check, Text(v.verdict, style=styles[v.verdict]), v.found, v.threshold)
    return table
