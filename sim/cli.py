"""The command ``paradiplomacy``: parse, call, print.

Modules that take time to load are imported inside the commands, so that ``--help`` is quick.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from sim import (
    STARTED,
    __version__,
    cli_app,
    cli_calibrate,
    cli_compare,
    cli_output,
    cli_patterns,
    cli_posterior,
    cli_scenarios,
    cli_sensitivity,
    cli_sweep,
    cli_validate,
    cli_world,
    stopping,
)
from sim.errors import InputError, nearest_name
from sim.files import MachineError, plain
from sim.folders import free_folder, make_folder

if TYPE_CHECKING:
    from sim.experiments.run import Run
    from sim.scenario import Scenario
    from sim.world import World


class Driver(StrEnum):
    """Name the two ways to run the same rules."""

    compiled = "compiled"
    mesa = "mesa"


_OPTIONS = {"n": "-n", "outcomes": "--outcome", "first": "--from", "last": "--to"}
"""Options that are not called as the argument of the Python interface that they stand for."""


class _Reporting(TyperGroup):
    """Turn what can go wrong in any command into one message and an exit code."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command and return its value.

        Raises
        ------
        typer.Exit
            With code 2 after wrong input, 1 after a fault of the machine, 130 after Ctrl-C, 143
            after SIGTERM.
        """
        try:
            with stopping.raising():
                return super().invoke(ctx)
        except InputError as error:
            if error.argument is not None:
                error.argument = _OPTIONS.get(error.argument, f"--{error.argument}")
            raise _stop(str(error), 2) from error
        except BrokenPipeError:
            raise
        except (MachineError, OSError) as error:
            raise _stop(str(error), 1) from error
        except KeyboardInterrupt as error:
            hint = "Files written so far are whole; give the same command again to start over."
            raise _stop(f"stopped. {hint}", stopping.exit_code(error)) from error


def _stop(message: str, code: int) -> typer.Exit:
    """Print what went wrong and return the exit to raise."""
    typer.echo(f"paradiplomacy: {message}", err=True)
    return typer.Exit(code)


app = typer.Typer(
    cls=_Reporting,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(cli_scenarios.app, name="scenarios")
app.add_typer(cli_world.app, name="world")
app.command("app")(cli_app.app)
app.command()(cli_patterns.patterns)
app.command()(cli_sensitivity.sensitivity)
app.command("sweep")(cli_sweep.sweep)
app.command()(cli_compare.compare)
app.command()(cli_calibrate.calibrate)
app.command()(cli_validate.validate)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"paradiplomacy {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """Simulate how China's subnational outreach to Latin America and the Caribbean makes deals."""


def settings(given: list[str]) -> dict[str, float]:
    """Return the parameters set on the command line as ``name=value``.

    Raises
    ------
    InputError
        If one is not of that form, or names no parameter, or its value is no number, or it is
        set twice.
    """
    from sim.parameters import PARAMETERS

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

    from sim.jit import is_warm

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


def _loaded(name: str, world: World, changes: dict[str, Any]) -> Scenario:
    """Return the scenario with what the command line changes in it."""
    from sim.scenario import load

    given = {key: value for key, value in changes.items() if value not in (None, {})}
    scenario = load(name, world=world)
    return scenario.with_overrides(**given) if given else scenario


_Set = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="NAME=VALUE", help="Set a parameter; may be repeated."),
]
_Out = Annotated[
    Path | None,
    typer.Option(help="Folder to write to, new or empty.", show_default="results/SCENARIO"),
]


@app.command()
def run(
    scenario: Annotated[
        str, typer.Argument(metavar="SCENARIO", help="A scenario's name or its file.")
    ],
    set_: _Set = None,
    seed: Annotated[int | None, typer.Option(help="Seed of the random numbers.")] = None,
    replicates: Annotated[int | None, typer.Option(help="Number of runs.")] = None,
    end: Annotated[str | None, typer.Option(metavar="YYYY-MM", help="Last month.")] = None,
    driver: Annotated[Driver, typer.Option(help="Compiled engine or Mesa agents.")] = (
        Driver.compiled
    ),
    posterior: cli_posterior.Posterior = None,
    calibration: cli_posterior.Folder = None,
    out: _Out = None,
    overwrite: cli_output.Overwrite = False,
    world: Annotated[Path | None, typer.Option(help="Folder of another region's tables.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")] = False,
) -> None:
    """Run a scenario and write its events, deals, outcomes and figures into a folder."""
    from sim.world import load_world

    tables = load_world(world)
    changes = {"parameters": settings(set_ or []), "seed": seed, "end": end}
    chosen = _loaded(scenario, tables, changes)
    drawn = cli_posterior.drawn(posterior, calibration, tables)
    enough = cli_posterior.runs(replicates, chosen.replicates, posterior)
    chosen = chosen.with_overrides(replicates=enough)
    place = out if out is not None else free_folder(chosen.name)
    with cli_output.new_folder(place, overwrite) as folder:
        from sim.experiments.run import run as run_scenario

        ready = perf_counter()
        with progress_bar(quiet=as_json) as progress:
            result = run_scenario(
                chosen, driver=driver.value, world=tables, draws=drawn.draws, progress=progress
            )
        if drawn.draws:
            result.manifest["drawn_from"] = dict(drawn.source)
        result.stopwatch.begin("loading", ready - STARTED)
        result.write(folder, overwrite=overwrite)
    _tell_run(result, folder, as_json)


def _tell_run(result: Run, folder: Path, as_json: bool) -> None:
    """Print what came of a run and where its files are."""
    if as_json:
        typer.echo(
            json.dumps(
                plain({"folder": folder, **result.summary, "seconds": result.manifest["seconds"]}),
                allow_nan=False,
            )
        )
        return
    from sim.report.card import run_card

    typer.echo(run_card(result))
    typer.echo(f"\nFiles: {folder}")


@app.command()
def explain(
    run_folder: Annotated[Path, typer.Argument(metavar="RUN_FOLDER", help="Folder of a run.")],
    deal: Annotated[
        str | None,
        typer.Argument(metavar="DEAL", help="A project_id, or its beginning; none lists them."),
    ] = None,
    replicate: Annotated[int, typer.Option(help="Which of the runs to read.")] = 0,
    world: Annotated[Path | None, typer.Option(help="Folder of tables the run used.")] = None,
    draw: Annotated[bool, typer.Option(help="Draw it into the run's figures too.")] = True,
    figure: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Draw it into this file instead: .png, .svg or .pdf."),
    ] = None,
    between: cli_compare.Between = None,
) -> None:
    """Tell how a deal came about, from first contact on, and draw it."""
    if between is not None:
        cli_compare.explain_between(run_folder, between, deal, replicate, world)
        return
    cli_compare.require_run(run_folder)
    from sim.experiments.reading import read_events
    from sim.report.biography import biography_of, deals_table, find_project
    from sim.world import load_world

    events, tables = read_events(run_folder, replicate), load_world(world)
    if deal is None:
        typer.echo(deals_table(events, replicate, tables))
        return
    project = find_project(events, deal, replicate)
    typer.echo(biography_of(events, project, replicate, tables))
    if not draw and figure is None:
        return
    from sim.report import style
    from sim.report.lifeline import draw_biography

    drawing = style.figure_of(draw_biography(events, project, replicate, tables))
    title = f"Biography of project {project}"
    if figure is not None:
        style.save_as(drawing, figure, title)
    else:
        place = make_folder(run_folder / "figures")
        figure = style.save(drawing, place, f"project_{project}_run_{replicate}", title)[0]
    typer.echo(f"\nDrawn in {figure}")


@app.command()
def bench(
    as_json: Annotated[bool, typer.Option("--json", help="Print the numbers as JSON.")] = False,
) -> None:
    """Measure speed against the bars; takes some minutes."""
    from sim.bench import measure, table

    measured = measure(lambda what: typer.echo(f"Measuring {what}", err=True))
    typer.echo(json.dumps(measured) if as_json else table(measured))


def main() -> None:
    """Run the command line on ``sys.argv``."""
    app(prog_name="paradiplomacy")
