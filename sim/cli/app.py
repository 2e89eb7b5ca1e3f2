"""The command ``paradiplomacy app``: the page in a browser."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli import options

if TYPE_CHECKING:
    from sim.app.cases.documented_record import Study
    from sim.world import World


def app(
    port: Annotated[int, typer.Option(help="Port to listen on; 0 takes a free one.")] = 5006,
    address: Annotated[
        str | None,
        typer.Option(help="Address to listen on.", show_default="this machine, a class: any"),
    ] = None,
    lang: Annotated[
        str | None,
        typer.Option(help="Language: en, es or pt.", show_default="the browser's"),
    ] = None,
    show: Annotated[bool, typer.Option(help="Open a browser.")] = True,
    allow_origin: Annotated[
        list[str] | None,
        typer.Option(help="Host under which visitors reach the page through a proxy; repeatable."),
    ] = None,
    prefix: Annotated[
        str, typer.Option(help="Path under which the page stands, as in /paradiplomacy.")
    ] = "",
    world: options.WorldFolder = None,
    frame_ancestors: Annotated[
        list[str] | None,
        typer.Option(help="Host whose pages may show this one in a frame; repeatable."),
    ] = None,
    classroom: Annotated[
        bool, typer.Option("--class", help="Open the page where a teacher begins a class.")
    ] = False,
) -> None:
    """Open the page: watch a world, ask what if, compare cases, learn."""
    from sim.app import require_panel, serve

    require_panel()
    from sim.world import load_world

    tables = load_world(world)
    _take_what_is_published(tables)
    serve(
        port,
        address or ("0.0.0.0" if classroom else "127.0.0.1"),
        lang,
        show=show,
        origins=allow_origin or (),
        prefix=prefix,
        ancestors=frame_ancestors or (),
        opens="class" if classroom else "",
        world=tables,
    )


def _take_what_is_published(tables: World) -> None:
    """Let the page use the published fit and the case studies."""
    from calibration.published import carried
    from sim.app.cases.documented_record import STUDIES
    from sim.app.what_if import paired_trial

    if tables.is_shipped:
        STUDIES.update(case_studies())
    found = carried(paired_trial.PAIRS, tables)
    paired_trial.CARRIED["server"] = paired_trial.CarriedDraws(found.draws, found.source)


def case_studies() -> dict[str, Study]:
    """Return what the case studies say of localities; of several the one looked at closest."""
    from calibration.cases.case_tables import DEPTHS, load_cases
    from sim.app.cases.documented_record import Study

    cases = sorted(load_cases().values(), key=lambda case: DEPTHS.index(case.depth), reverse=True)
    return {
        code: Study(case.chinese_actors, case.office_holders, case.outcome, case.source)
        for case in cases
        for code in case.localities
    }
