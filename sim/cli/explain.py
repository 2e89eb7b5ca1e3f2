"""The command ``paradiplomacy explain``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli import options, output
from sim.core.errors import InputError
from sim.core.folders import make_folder

if TYPE_CHECKING:
    from pandas import DataFrame

    from sim.report.biography import Biography
    from sim.world import World


_Deal = Annotated[
    str | None,
    typer.Argument(metavar="DEAL", help="A project_id, or its beginning; none lists them."),
]
_Figure = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Draw it into this file instead: .png, .svg or .pdf."),
]
_Between = Annotated[
    str | None,
    typer.Option(
        metavar="OTHER",
        help="Tell why the deal exists in one world only: another run's folder, or a what-if "
        "where RUN_FOLDER holds a comparison.",
    ),
]


def explain(
    run_folder: Annotated[Path, typer.Argument(metavar="RUN_FOLDER", help="Folder of a run.")],
    deal: _Deal = None,
    replicate: Annotated[int, typer.Option(help="Which of the runs to read.")] = 0,
    world: Annotated[Path | None, typer.Option(help="Folder of tables the run used.")] = None,
    draw: Annotated[bool, typer.Option(help="Draw it into the run's figures too.")] = True,
    figure: _Figure = None,
    between: _Between = None,
    as_json: options.Json = False,
) -> None:
    """Tell how a deal came about, from first contact on, and draw it."""
    if between is not None:
        _explain_between(run_folder, between, deal, replicate, world, as_json)
        return
    _require_run(run_folder)
    from sim.experiments.saved_run import read_events
    from sim.report import biography
    from sim.report.event_phrases import EventDescriber
    from sim.world import load_world

    tables = load_world(world)
    events = read_events(run_folder, replicate, tables)
    where = {"folder": run_folder, "replicate": replicate}
    if deal is None and as_json:
        deals = biography.deals_of(events, replicate)
        output.print_json(where | {"deals": [biography.event_record(one) for one in deals]})
    elif deal is None:
        typer.echo(biography.deals_table(events, replicate, tables))
    else:
        life = biography.trace_project(events, deal, replicate)
        if not as_json:
            typer.echo(biography.text_of(life, EventDescriber(tables)))
        drawn = None
        if draw or figure is not None:
            drawn = _drawn(events, life, tables, run_folder, figure)
        if as_json:
            record = biography.biography_record(life, EventDescriber(tables))
            output.print_json(where | record | {"figure": drawn})
        elif drawn is not None:
            typer.echo(f"\nDrawn in {drawn}")


def _drawn(
    events: DataFrame, life: Biography, tables: World, run_folder: Path, figure: Path | None
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
    return figure_style.save_as(drawing, place / f"{name}.png", title)


def _require_run(folder: Path) -> None:
    """Refuse a folder that holds a comparison, or nothing at all, by InputError."""
    from sim.experiments.saved_run import read_manifest

    what_ifs = read_manifest(folder).get("what_ifs")
    if what_ifs is not None:
        raise InputError(
            "holds a comparison; say which what-if to set beside the baseline",
            file=folder,
            allowed=" or ".join(f"--between {label}" for label in what_ifs),
        )


def _explain_between(
    folder: Path, other: str, deal: str | None, replicate: int, world: Path | None, as_json: bool
) -> None:
    """Print why a deal exists in one of two worlds only, or list the deals that do."""
    from sim.experiments.comparison.paired_runs import read_paired_runs
    from sim.report.explain_difference import between_of, between_record, between_table
    from sim.world import load_world

    pair = read_paired_runs(folder, other, replicate, load_world(world))
    if as_json:
        where = {"folder": folder, "replicate": replicate, "worlds": pair.names}
        output.print_json(where | between_record(pair, deal))
        return
    typer.echo(between_table(pair) if deal is None else between_of(pair, deal))
