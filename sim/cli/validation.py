"""What ``paradiplomacy validate`` does without a table: judge the calibration by every check."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli import output
from sim.core import folders

if TYPE_CHECKING:
    from calibration.validation.validation_pipeline import Validation

_NARROWEST = 110
_GO_ON = "Steps and runs that have ended are kept; the same command goes on."
_USUAL = Path("results/calibration")

Folder = Annotated[
    Path | None,
    typer.Option(
        "--calibration",
        metavar="FOLDER",
        help="Folder of the calibration.",
        show_default=f"{_USUAL.as_posix()}, else the published one",
    ),
]
Only = Annotated[
    list[str] | None,
    typer.Option(metavar="STEP", help="Carry out this step alone; may be repeated."),
]


def judge(
    folder: Path | None,
    only: list[str],
    workers: int | None,
    out: Path | None,
    overwrite: bool,
    as_json: bool,
) -> None:
    """Validate a calibration, write record and page, and print the verdicts.

    Parameters
    ----------
    folder
        Of the calibration; None takes the usual one, or what is published.
    only
        Names of steps; all of them if empty.
    workers
        Processes; None takes all processors.
    out
        Where record and page go, with copies of posterior and checks; None takes the
        calibration's folder. What is published is only written where it is asked for.
    overwrite
        Replace an earlier validation in ``out``.
    as_json
        Print the record instead of the table.

    Raises
    ------
    typer.Exit
        With code 1 if a step stopped with an error.
    """
    from calibration.published import published_folder
    from calibration.validation.validation_pipeline import RECORD, publish, validate
    from sim.cli.calibrate import working
    from sim.experiments.comparison.pairing import threads

    many = threads(workers)
    place = folder if folder is not None else (_USUAL if _USUAL.is_dir() else published_folder())
    target = None
    if out is not None and out.resolve() != place.resolve():
        target = folders.prepare_folder(out, overwrite, mark=RECORD)
    with working(as_json, _GO_ON, place) as notify:
        done = validate(place, workers=many, only=only, notify=notify)
    if target is not None:
        publish(place, target)
    written = target or (place if done.is_new or out is not None else None)
    if written is not None:
        done.write(written)
    _print_result(done, written or place, as_json)
    if done.faults:
        raise typer.Exit(1)


def _print_result(done: Validation, folder: Path, as_json: bool) -> None:
    """Print the verdicts and where the files are."""
    if as_json:
        record = {"folder": folder, "counts": done.counts, "faults": done.faults, **done.record}
        output.print_json(record)
        return
    from rich.console import Console

    from sim.cli.calibrate import counted, verdict_table

    console = Console(highlight=False, markup=False, emoji=False)
    if not console.is_terminal:
        console.width = max(console.width, _NARROWEST)
    console.print(verdict_table(done.verdicts))
    console.print(counted(done.verdicts))
    for fault in done.faults:
        typer.echo(f"paradiplomacy: a step stopped with an error: {fault}", err=True)
    console.print(f"\nFiles: {folder}")
