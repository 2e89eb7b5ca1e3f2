"""The command ``sensitivity``: what matters to the outcomes of a sweep."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.cli import options, output
from sim.report.figure_choice import SENSITIVITY

_Method = Annotated[
    str,
    options.choice(
        "--method",
        ("auto", "sobol", "morris", "pawn", "delta"),
        "auto: the one the design was made for.",
    ),
]


def sensitivity(
    sweep_folder: Annotated[
        Path, typer.Argument(metavar="SWEEP_FOLDER", help="Folder of a sweep.")
    ],
    outcome: Annotated[
        list[str] | None,
        typer.Option(help="Outcome to look at; may be repeated.", show_default="the main ones"),
    ] = None,
    method: _Method = "auto",
    discover: Annotated[
        list[str] | None,
        typer.Option(
            metavar="CONDITION",
            help='Find where, such as "deals>=400"; of several, all must hold.',
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(help="Folder to write to.", show_default="SWEEP_FOLDER/sensitivity"),
    ] = None,
    overwrite: options.Overwrite = False,
    figures: Annotated[str, options.figures(SENSITIVITY)] = "usual",
    figure_format: options.FigureFormat = "png",
    as_json: options.Json = False,
) -> None:
    """Measure how much each parameter of a sweep matters, and which cannot be told from inert."""
    from sim.experiments.sweep import Sweep
    from sim.results.sensitivity_result import RECORD
    from sim.results.sensitivity_result import sensitivity as measure

    # The sweep's own analysis is renewed; any other folder is asked about.
    place, again = (sweep_folder / "sensitivity", True) if out is None else (out, overwrite)
    kept, shown = Sweep(sweep_folder), SENSITIVITY.chosen(figures)
    with output.new_folder(place, again, RECORD) as folder:
        found = measure(kept, outcome or (), method, discover=discover or ())
        found.write(folder, figures=shown, figure_format=figure_format, overwrite=again)
    if as_json:
        output.print_json({"folder": folder, **found.summary})
        return
    typer.echo(f"{found!r}\n\nFiles: {folder}")
