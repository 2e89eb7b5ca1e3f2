"""The command ``paradiplomacy app``: the page in a browser."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from sim.app.cases.documented_record import Study


def open_page(
    port: Annotated[int, typer.Option(help="Port to listen on; 0 takes a free one.")] = 5006,
    address: Annotated[
        str, typer.Option(help="Address to listen on; the default is this machine only.")
    ] = "127.0.0.1",
    lang: Annotated[str, typer.Option(help="Language of the page: en, es or pt.")] = "en",
    show: Annotated[bool, typer.Option(help="Open a browser.")] = True,
    allow_origin: Annotated[
        list[str] | None,
        typer.Option(help="Host under which visitors reach the page through a proxy; repeatable."),
    ] = None,
    prefix: Annotated[
        str, typer.Option(help="Path under which the page stands, as in /paradiplomacy.")
    ] = "",
) -> None:
    """Open the page: watch a world, ask what if, compare cases, learn."""
    from sim.app import serve
    from sim.app.cases.documented_record import STUDIES

    STUDIES.update(case_studies())
    serve(port, address, lang, show=show, origins=allow_origin or (), prefix=prefix)


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
