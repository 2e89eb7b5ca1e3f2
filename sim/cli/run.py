"""The command ``paradiplomacy run``."""

from __future__ import annotations

from pathlib import Path
from time import perf_counter
from typing import Annotated

import typer

from sim import STARTED
from sim.cli import options, output
from sim.core.folders import free_folder
from sim.report.figure_choice import RUN

_Driver = Annotated[
    str, options.choice("--driver", ("compiled", "mesa"), "Compiled engine or Mesa agents.")
]
_Logs = Annotated[
    int, typer.Option(min=0, help="Runs whose event log is written; explain makes others again.")
]


def run(
    scenario: options.Scenario,
    set_: options.Set = None,
    seed: options.Seed = None,
    replicates: Annotated[int | None, typer.Option(help="Number of runs.")] = None,
    end: options.End = None,
    driver: _Driver = "compiled",
    posterior: options.Posterior = None,
    calibration: options.Calibration = None,
    out: Annotated[Path | None, options.out("results/SCENARIO")] = None,
    overwrite: options.Overwrite = False,
    world: options.WorldFolder = None,
    logs: _Logs = 3,
    figures: Annotated[str, options.figures(RUN)] = "usual",
    form: options.FigureFormat = "png",
    as_json: options.Json = False,
) -> None:
    """Run a scenario and write its events, deals, outcomes and figures into a folder."""
    from sim.report.figure_workers import FigureWorkers

    with output.uncollected(driver == "compiled"), FigureWorkers(world, figures) as workers:
        from sim.experiments.run_settings import chosen_scenario
        from sim.world import load_world

        parameters, tables = options.settings(set_), load_world(world)
        given = chosen_scenario(scenario, tables, parameters=parameters, seed=seed, end=end)
        drawn = options.drawn(posterior, calibration, tables)
        enough = options.runs(replicates, given.replicates, posterior)
        chosen = given.with_overrides(replicates=enough)
        with output.new_folder(out or free_folder(chosen.name), overwrite) as folder:
            from sim.results.run_result import run as run_scenario

            ready = perf_counter()
            with output.progress_bar(quiet=as_json) as progress:
                result = run_scenario(
                    chosen, driver=driver, world=tables, draws=drawn.draws, progress=progress
                )
            options.note(drawn, result.manifest)
            result.stopwatch.begin("loading", ready - STARTED)
            result.figure_workers = workers
            result.write(
                folder, logs=logs, figures=figures, figure_format=form, overwrite=overwrite
            )
    from sim.report.cards import run_card

    output.print_result(result, folder, as_json, run_card)
