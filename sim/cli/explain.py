"""The command ``paradiplomacy explain``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

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
_Country = Annotated[str | None, typer.Option(help="List deals of this country alone.")]
_Place = Annotated[str | None, typer.Option(help="List deals of this unit or city alone.")]
_Sector = Annotated[str | None, typer.Option(help="List deals of this sector alone.")]
_Overwrite = Annotated[
    bool, typer.Option("--overwrite", help="With --figure: replace a file that is there.")
]
_Year = Annotated[int | None, typer.Option(help="List deals of this year alone.")]


def explain(
    run_folder: Annotated[Path, typer.Argument(metavar="RUN_FOLDER", help="Folder of a run.")],
    deal: _Deal = None,
    country: _Country = None,
    place: _Place = None,
    sector: _Sector = None,
    year: _Year = None,
    replicate: Annotated[int, typer.Option(help="Which of the runs to read.")] = 0,
    world: Annotated[Path | None, typer.Option(help="Folder of tables the run used.")] = None,
    draw: Annotated[bool, typer.Option(help="Draw it into the run's figures too.")] = True,
    figure: _Figure = None,
    between: _Between = None,
    overwrite: _Overwrite = False,
    as_json: options.Json = False,
) -> None:
    """Tell how a deal came about, from first contact on, and draw it."""
    wanted: dict[str, Any] = {"country": country, "place": place, "sector": sector, "year": year}
    chosen = [name for name, value in wanted.items() if value is not None]
    if chosen and deal is not None:
        raise InputError("belongs to a list of deals, not to one deal", argument=chosen[0])
    if figure is not None:
        output.require_new(figure, overwrite)
    if between is not None:
        _explain_between(run_folder, between, deal, wanted, (replicate, world, as_json))
        return
    _require_run(run_folder)
    from sim.experiments.saved_run import read_events
    from sim.world import load_world

    tables = load_world(world)
    events = read_events(run_folder, replicate, tables)
    where = {"folder": run_folder, "replicate": replicate}
    if deal is None:
        _list(events, tables, wanted, where, as_json)
    else:
        _tell(events, tables, deal, where, (draw, figure), as_json)


def _tell(
    events: DataFrame,
    tables: World,
    deal: str,
    where: dict[str, Any],
    drawn: tuple[bool, Path | None],
    as_json: bool,
) -> None:
    """Print how a deal came about, and draw it if that is wanted, or into the file given."""
    from sim.report import biography
    from sim.report.event_phrases import EventDescriber

    life, (is_drawn, figure) = biography.trace_project(events, deal, where["replicate"]), drawn
    if not as_json:
        output.page(biography.text_of(life, EventDescriber(tables)))
    file = None
    if is_drawn or figure is not None:
        file = _drawn(events, life, tables, where["folder"], figure)
    if as_json:
        record = biography.biography_record(life, EventDescriber(tables))
        output.print_json(where | record | {"figure": file})
    elif file is not None:
        typer.echo(f"\nDrawn in {file}")


def _list(
    events: DataFrame, tables: World, wanted: dict[str, Any], where: dict[str, Any], as_json: bool
) -> None:
    """Print the deals of a run that are wanted."""
    from sim.report import biography
    from sim.report.deal_filter import deal_filter

    meant, replicate = deal_filter(tables, **wanted), where["replicate"]
    if not as_json:
        output.page(biography.deals_table(events, replicate, tables, meant))
        return
    deals = biography.deals_of(events, replicate, meant)
    output.print_json(where | {"deals": [biography.event_record(one) for one in deals]})


def _drawn(
    events: DataFrame, life: Biography, tables: World, run_folder: Path, figure: Path | None
) -> Path:
    """Draw a project's life and return the file: the one given, or one in the run's figures."""
    from sim.report import figure_style
    from sim.report.timeline_lanes import draw_biography

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
    folder: Path,
    other: str,
    deal: str | None,
    wanted: dict[str, Any],
    how: tuple[int, Path | None, bool],
) -> None:
    """Print why a deal exists in one of two worlds only, or list the deals that do.

    ``how`` is the number of the run, the folder of its tables, and whether to print JSON.
    """
    from sim.experiments.comparison.saved_comparison import read_paired_runs
    from sim.report.deal_filter import deal_filter
    from sim.report.explain_difference import between_of, between_record, between_table
    from sim.world import load_world

    replicate, world, as_json = how
    tables = load_world(world)
    meant = deal_filter(tables, **wanted)
    pair = read_paired_runs(folder, other, replicate, tables)
    if as_json:
        where = {"folder": folder, "replicate": replicate, "worlds": pair.names}
        output.print_json(where | between_record(pair, deal, meant))
        return
    output.page(between_table(pair, meant) if deal is None else between_of(pair, deal))
