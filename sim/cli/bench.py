"""The command ``paradiplomacy bench``: measure speed against the bars."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.cli import options, output
from sim.core.errors import InputError


def bench(
    only: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Measure this alone; may be repeated."),
    ] = None,
    end: options.End = None,
    rounds: Annotated[
        int, typer.Option(min=1, help="How often what is compared takes its turn.")
    ] = 5,
    runs: Annotated[int, typer.Option(min=20, help="Runs of the sweep.")] = 10_000,
    history: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Add what was measured to a CSV file.")
    ] = None,
    as_json: options.Json = False,
) -> None:
    """Measure speed against the bars; takes some minutes."""
    from sim.benchmark.measure import add_to_history, measure
    from sim.benchmark.timing import Settings

    if end and history:
        raise InputError("figures of shortened runs are no history", argument="history")
    settings = Settings(end=end, rounds=rounds, runs=runs)
    measured = measure(settings, only or (), lambda what: typer.echo(f"Measuring {what}", err=True))
    if as_json:
        output.print_json(measured.to_json())
    else:
        typer.echo(measured.table())
    if history is not None:
        add_to_history(measured, history)
    for name, reason in measured.failed.items():
        typer.echo(f"paradiplomacy: {name} was not measured: {reason}", err=True)
    if measured.failed:
        raise typer.Exit(1)
