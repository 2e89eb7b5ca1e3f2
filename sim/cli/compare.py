"""The command ``paradiplomacy compare``."""

from __future__ import annotations

from pathlib import Path
from time import perf_counter
from typing import Annotated, Any

import typer

from sim import STARTED
from sim.cli import options, output
from sim.core.folders import free_folder
from sim.report.figure_choice import COMPARISON

_Baseline = Annotated[
    str,
    typer.Argument(
        metavar="BASELINE",
        help="A scenario's name or its file.",
        autocompletion=options.scenario_names,
    ),
]
_WhatIfs = Annotated[
    list[str],
    typer.Argument(
        metavar="WHATIF...",
        help="Scenarios to compare with it.",
        autocompletion=options.scenario_names,
    ),
]


def compare(
    baseline: _Baseline,
    what_ifs: _WhatIfs,
    replicates: Annotated[int | None, typer.Option(help="Number of paired runs.")] = None,
    seed: options.Seed = None,
    set_: options.Set = None,
    end: options.End = None,
    fixed: options.Fixed = False,
    posterior: options.Posterior = None,
    calibration: options.Calibration = None,
    workers: options.Workers = None,
    out: Annotated[Path | None, options.out("results/WHATIF-vs-BASELINE")] = None,
    overwrite: options.Overwrite = False,
    world: options.WorldFolder = None,
    figures: Annotated[str, options.figures(COMPARISON)] = "usual",
    figure_format: options.FigureFormat = "png",
    as_json: options.Json = False,
) -> None:
    """Compare what-ifs with a baseline by paired runs: how much differs, how sure, and why."""
    from sim.experiments.comparison import pairing
    from sim.world import load_world

    parameters, tables = options.settings(set_), load_world(world)
    shown = COMPARISON.chosen(figures)
    how: dict[str, Any] = {"world": tables, "workers": pairing.threads(workers)}
    given = pairing.loaded((baseline, *what_ifs), tables)
    drawn = options.drawn(posterior, calibration, tables)
    pairs = options.runs(replicates, given[0].replicates, posterior)
    chosen = pairing.paired_scenarios(given, pairs, seed, parameters, end)
    base, first, *more = (scenario.name for scenario in chosen)
    others = f"-and-{len(more)}-more" if more else ""
    with output.new_folder(out or free_folder(f"{first}{others}-vs-{base}"), overwrite) as folder:
        from sim.report.cards import compare_card
        from sim.results.comparison_result import compare as compare_scenarios

        ready = perf_counter()
        with output.progress_bar(quiet=as_json) as progress:
            result = compare_scenarios(
                *chosen, **how, draws=drawn.draws, fixed=fixed, progress=progress
            )
        options.note(drawn, result.manifest)
        result.stopwatch.begin("loading", ready - STARTED)
        result.write(folder, figures=shown, figure_format=figure_format, overwrite=overwrite)
    output.print_result(result, folder, as_json, compare_card)
