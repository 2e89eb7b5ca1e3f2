"""The command ``paradiplomacy compare``, and what ``explain --between`` does."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated

import typer

from sim import STARTED
from sim.cli import output, posterior_options
from sim.core.errors import InputError

if TYPE_CHECKING:
    from sim.results.comparison_result import Comparison
    from sim.scenario.schema import Scenario


_Baseline = Annotated[
    str, typer.Argument(metavar="BASELINE", help="A scenario's name or its file.")
]
_WhatIfs = Annotated[
    list[str], typer.Argument(metavar="WHATIF...", help="Scenarios to compare with it.")
]
_Set = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="NAME=VALUE", help="Set a parameter in all scenarios."),
]
_Replicates = Annotated[int | None, typer.Option(help="Number of paired runs.")]
_Seed = Annotated[int | None, typer.Option(help="Seed of the random numbers.")]
_End = Annotated[str | None, typer.Option(metavar="YYYY-MM", help="Last month of all scenarios.")]
_Workers = Annotated[int | None, typer.Option(help="Threads.", show_default="all processors")]
_Out = Annotated[
    Path | None,
    typer.Option(
        help="Folder to write to, new or empty.", show_default="results/WHATIF-vs-BASELINE"
    ),
]
_World = Annotated[Path | None, typer.Option(help="Folder of another region's tables.")]
_Figures = Annotated[bool, typer.Option(help="Draw the figures and write the report.")]
Between = Annotated[
    str | None,
    typer.Option(
        metavar="OTHER",
        help="Tell why the deal exists in one world only: another run's folder, or a what-if "
        "where RUN_FOLDER holds a comparison.",
    ),
]
"""The option ``--between`` of ``explain``."""


def compare(
    baseline: _Baseline,
    what_ifs: _WhatIfs,
    replicates: _Replicates = None,
    seed: _Seed = None,
    set_: _Set = None,
    end: _End = None,
    posterior: posterior_options.Posterior = None,
    calibration: posterior_options.Folder = None,
    workers: _Workers = None,
    out: _Out = None,
    overwrite: output.Overwrite = False,
    world: _World = None,
    figures: _Figures = True,
    as_json: output.Json = False,
) -> None:
    """Compare what-ifs with a baseline by paired runs: how much differs, how sure, and why."""
    from sim.core.folders import free_folder
    from sim.experiments.comparison import pairing
    from sim.scenario.schema import load
    from sim.world import load_world

    parameters, tables = output.settings(set_ or []), load_world(world)
    threads = pairing.threads(workers)
    given = [load(name, world=tables) for name in (baseline, *what_ifs)]
    drawn = posterior_options.drawn(posterior, calibration, tables)
    pairs = posterior_options.runs(replicates, given[0].replicates, posterior)
    chosen = pairing.paired_scenarios(given, pairs, seed, parameters, end)
    place = out if out is not None else free_folder(_name(chosen))
    with output.new_folder(place, overwrite) as folder:
        from sim.results.comparison_result import compare as compare_scenarios

        ready = perf_counter()
        with output.progress_bar(quiet=as_json) as progress:
            result = compare_scenarios(
                *chosen, world=tables, workers=threads, draws=drawn.draws, progress=progress
            )
        if drawn.draws:
            result.manifest["drawn_from"] = dict(drawn.source)
        result.stopwatch.begin("loading", ready - STARTED)
        result.write(folder, figures=figures, overwrite=overwrite)
    _print_result(result, folder, as_json)


def _print_result(result: Comparison, folder: Path, as_json: bool) -> None:
    """Print what a comparison found and where its files are."""
    if as_json:
        seconds = result.manifest["seconds"]
        output.print_json({"folder": folder, **result.summary, "seconds": seconds})
        return
    from sim.report.compare_card import compare_card

    typer.echo(compare_card(result))
    typer.echo(f"\nFiles: {folder}")


def _name(scenarios: Sequence[Scenario]) -> str:
    """Return the name of the folder of a comparison."""
    base, first, *more = (scenario.name for scenario in scenarios)
    others = f"-and-{len(more)}-more" if more else ""
    return f"{first}{others}-vs-{base}"


def require_run(folder: Path) -> None:
    """Refuse the folder of a comparison where only one run can be meant.

    Raises
    ------
    InputError
        If the folder holds a comparison, or nothing at all.
    """
    from sim.experiments.saved_run import read_manifest

    what_ifs = read_manifest(folder).get("what_ifs")
    if what_ifs is not None:
        raise InputError(
            "holds a comparison; say which what-if to set beside the baseline",
            file=folder,
            allowed=" or ".join(f"--between {label}" for label in what_ifs),
        )


def explain_between(
    folder: Path,
    other: str,
    deal: str | None,
    replicate: int,
    world: Path | None,
    as_json: bool,
) -> None:
    """Print why a deal exists in one of two worlds only, or list the deals that do."""
    from sim.experiments.comparison.paired_runs import read_paired_runs
    from sim.report.explain_difference import between_of, between_record, between_table
    from sim.world import load_world

    twins = read_paired_runs(folder, other, replicate, load_world(world))
    if as_json:
        where = {"folder": folder, "replicate": replicate, "worlds": twins.names}
        output.print_json(where | between_record(twins, deal))
        return
    typer.echo(between_table(twins) if deal is None else between_of(twins, deal))
