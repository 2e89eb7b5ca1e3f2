"""The command ``paradiplomacy``: parse, call, print.

Modules that take time to load are imported inside the commands, so that ``--help`` is quick.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from sim import STARTED
from sim.cli import (
    calibrate,
    compare,
    output,
    patterns,
    posterior_options,
    scenarios,
    sensitivity,
    sweep,
    validate,
    world,
)
from sim.cli.app import open_page
from sim.core import stop_signals
from sim.core.errors import InputError, nearest_name
from sim.core.files import MachineError
from sim.core.folders import free_folder, make_folder
from sim.core.version import __version__

if TYPE_CHECKING:
    from pandas import DataFrame

    from sim.report.biography import Life
    from sim.results.run_result import Run
    from sim.scenario.schema import Scenario
    from sim.world import World


class Driver(StrEnum):
    """Name the two ways to run the same rules."""

    compiled = "compiled"
    mesa = "mesa"


_OPTIONS = {"n": "-n", "outcomes": "--outcome", "first": "--from", "last": "--to"}
"""Options that are not called as the argument of the Python interface that they stand for."""


_START_OVER = "Files written so far are whole; give the same command again to start over."


class _Reporting(TyperGroup):
    """Turn what can go wrong in any command into one message and an exit code.

    With ``--json`` the standard output says it too, as one object.
    """

    def make_context(self, info_name: Any, args: list[str], *rest: Any, **extra: Any) -> Any:
        """Read the words of the command line up to the name of the command."""
        as_json = "--json" in args
        with _reported(as_json):
            made = super().make_context(info_name, args, *rest, **extra)
        made.meta["paradiplomacy.json"] = as_json
        return made

    def invoke(self, ctx: Any) -> Any:
        """Run the command and return its value.

        Raises
        ------
        typer.Exit
            With code 2 after wrong input, 1 after a fault of the machine, 130 after Ctrl-C, 143
            after SIGTERM.
        """
        with _reported(ctx.meta["paradiplomacy.json"]), stop_signals.raising():
            return super().invoke(ctx)


@contextmanager
def _reported(as_json: bool) -> Iterator[None]:
    """Say what goes wrong inside the block, and leave with its exit code."""
    try:
        yield
    except InputError as error:
        for one in {error, *error.errors}:
            if one.argument is not None:
                one.argument = _OPTIONS.get(one.argument, f"--{one.argument}")
        raise output.stop(str(error), 2, error.errors if as_json else ()) from error
    except (typer.Exit, BrokenPipeError):
        raise
    except KeyboardInterrupt as error:
        stopped = InputError(f"stopped. {str(error) or _START_OVER}")
        raise output.stop(
            str(stopped), stop_signals.exit_code(error), (stopped,) if as_json else ()
        ) from error
    except Exception as error:
        errors = (_as_input(error),) if as_json else ()
        if isinstance(error, (MachineError, OSError)):
            raise output.stop(str(error), 1, errors) from error
        output.print_errors(errors)
        raise


def _as_input(error: Exception) -> InputError:
    """Return a fault of the machine, of the words typed or of the program, to be told as JSON."""
    file = getattr(error, "file", None) or getattr(error, "filename", None)
    if isinstance(error, MachineError):
        return InputError(error.message, file=file)
    if not hasattr(error, "format_message"):
        return InputError(str(error) or type(error).__name__, file=file)
    name = getattr(error, "option_name", None)
    parameter = getattr(error, "param", None)
    if parameter is not None:
        name = max(parameter.opts, key=len) if parameter.opts else parameter.name
    near = getattr(error, "possibilities", None) or ()
    said = str(error) if near else error.format_message()
    return InputError(said, field=name, nearest=nearest_name(name or "", near))


app = typer.Typer(
    cls=_Reporting,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(scenarios.app, name="scenarios")
app.add_typer(world.app, name="world")
app.command("app")(open_page)
app.command()(patterns.patterns)
app.command()(sensitivity.sensitivity)
app.command("sweep")(sweep.sweep)
app.command()(compare.compare)
app.command()(calibrate.calibrate)
app.command()(validate.validate)


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


def _loaded(name: str, world: World, changes: dict[str, Any]) -> Scenario:
    """Return the scenario with what the command line changes in it."""
    from sim.scenario.schema import load

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
    posterior: posterior_options.Posterior = None,
    calibration: posterior_options.Folder = None,
    out: _Out = None,
    overwrite: output.Overwrite = False,
    world: Annotated[Path | None, typer.Option(help="Folder of another region's tables.")] = None,
    as_json: output.Json = False,
) -> None:
    """Run a scenario and write its events, deals, outcomes and figures into a folder."""
    from sim.world import load_world

    tables = load_world(world)
    changes = {"parameters": output.settings(set_ or []), "seed": seed, "end": end}
    chosen = _loaded(scenario, tables, changes)
    drawn = posterior_options.drawn(posterior, calibration, tables)
    enough = posterior_options.runs(replicates, chosen.replicates, posterior)
    chosen = chosen.with_overrides(replicates=enough)
    place = out if out is not None else free_folder(chosen.name)
    with output.new_folder(place, overwrite) as folder:
        from sim.results.run_result import run as run_scenario

        ready = perf_counter()
        with output.progress_bar(quiet=as_json) as progress:
            result = run_scenario(
                chosen, driver=driver.value, world=tables, draws=drawn.draws, progress=progress
            )
        if drawn.draws:
            result.manifest["drawn_from"] = dict(drawn.source)
        result.stopwatch.begin("loading", ready - STARTED)
        result.write(folder, overwrite=overwrite)
    _print_run(result, folder, as_json)


def _print_run(result: Run, folder: Path, as_json: bool) -> None:
    """Print what came of a run and where its files are."""
    if as_json:
        seconds = result.manifest["seconds"]
        output.print_json({"folder": folder, **result.summary, "seconds": seconds})
        return
    from sim.report.run_card import run_card

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
    between: compare.Between = None,
    as_json: output.Json = False,
) -> None:
    """Tell how a deal came about, from first contact on, and draw it."""
    if between is not None:
        compare.explain_between(run_folder, between, deal, replicate, world, as_json)
        return
    compare.require_run(run_folder)
    from sim.experiments.saved_run import read_events
    from sim.report import biography, explanation
    from sim.report.event_phrases import EventDescriber
    from sim.world import load_world

    events, tables = read_events(run_folder, replicate), load_world(world)
    where = {"folder": run_folder, "replicate": replicate}
    if deal is None and as_json:
        deals = biography.deals_of(events, replicate)
        output.print_json(where | {"deals": [explanation.event_record(one) for one in deals]})
    elif deal is None:
        typer.echo(biography.deals_table(events, replicate, tables))
    else:
        life = biography.life_of(events, deal, replicate)
        if not as_json:
            typer.echo(biography.text_of(life, EventDescriber(tables)))
        drawn = None
        if draw or figure is not None:
            drawn = _drawn(events, life, tables, run_folder, figure)
        if as_json:
            record = explanation.life_record(life, EventDescriber(tables))
            output.print_json(where | record | {"figure": drawn})
        elif drawn is not None:
            typer.echo(f"\nDrawn in {drawn}")


def _drawn(
    events: DataFrame, life: Life, tables: World, run_folder: Path, figure: Path | None
) -> Path:
    """Draw a project's life and return the file: the one given, or one in the run's figures."""
    from sim.report import figure_style
    from sim.report.project_timeline import draw_biography

    drawing = figure_style.figure_of(draw_biography(events, life.project, life.replicate, tables))
    title = f"Biography of project {life.project}"
    if figure is not None:
        figure_style.save_as(drawing, figure, title)
        return figure
    place = make_folder(run_folder / "figures")
    name = f"project_{life.project}_run_{life.replicate}"
    return figure_style.save(drawing, place, name, title)[0]


@app.command()
def bench(
    as_json: output.Json = False,
) -> None:
    """Measure speed against the bars; takes some minutes."""
    from sim.experiments.benchmark import measure, table

    measured = measure(lambda what: typer.echo(f"Measuring {what}", err=True))
    if as_json:
        output.print_json(measured)
    else:
        typer.echo(table(measured))
