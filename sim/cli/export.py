"""The command ``paradiplomacy export``: files that show a world without a server."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.cli import options, output
from sim.core.errors import InputError, each_of, known_name

if TYPE_CHECKING:
    from sim.app.export.run_recorder import RunRecorder
    from sim.world import World

_Sources = Annotated[
    list[str],
    typer.Argument(metavar="RUN|SCENARIO...", help="Folders of runs, or scenarios."),
]
_Html = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Write one page that plays them, offline.")
]
_Map = Annotated[
    Path | None,
    typer.Option("--map", metavar="FILE", help="Draw the map of an outcome: .png, .svg or .pdf."),
]
_Movie = Annotated[
    Path | None,
    typer.Option(
        "--gif", metavar="FILE", help="Write a moving map: .gif, or .mp4 where ffmpeg is found."
    ),
]
_ENDINGS = {"html": (".html", ".htm"), "gif": (".gif", ".mp4"), "map": (".png", ".svg", ".pdf")}
_Replicate = Annotated[int, typer.Option(min=0, help="Which of the runs to show.")]
_Levers = Annotated[
    bool,
    typer.Option("--levers", help="Let levers move what-ifs of one scenario on the page instead."),
]
_Pairs = Annotated[int, typer.Option(help="With --levers: pairs of runs at each setting.")]
_Outcome = Annotated[str, typer.Option(help="Outcome that --map is coloured by.")]
_Lang = Annotated[str, typer.Option(help="Language of what is written on --gif.")]
_Measure = Annotated[str, typer.Option(help="Measure that --gif is coloured by.")]


def export(
    sources: _Sources,
    html: _Html = None,
    gif: _Movie = None,
    map_: _Map = None,
    levers: _Levers = False,
    pairs: _Pairs = 30,
    fixed: options.Fixed = False,
    replicate: _Replicate = 0,
    outcome: _Outcome = "deals",
    measure: _Measure = "trust",
    lang: _Lang = "en",
    world: options.WorldFolder = None,
    overwrite: options.Overwrite = False,
) -> None:
    """Write a world as one page that opens from disk, as a moving picture, or as a map.

    The page plays recorded worlds; with --levers it answers what-ifs of a scenario.
    """
    wanted = {name: p for name, p in (("html", html), ("gif", gif), ("map", map_)) if p}
    _check(list(wanted), len(sources), levers)
    names = {"lang": lang, "outcome": outcome, "measure": measure}
    checks: list[Callable[[], object]] = [partial(_check_name, *one) for one in names.items()]
    checks += [partial(_check_file, *one, overwrite) for one in wanted.items()]
    from sim.world import load_world

    tables, played = load_world(world), bool(gif or (html and not levers))
    checks += [
        partial(_opened, source, tables, replicate if played else None) for source in sources
    ]
    recorders: Any = each_of(lambda check: check(), checks)[-len(sources) :]
    if map_:
        _draw_map(sources[0], tables, outcome, map_)
    if levers and html:
        typer.echo(write_levers(sources[0], tables, pairs, html, fixed=fixed))
    elif html or gif:
        with output.progress_bar(False, "months") as progress:
            for recorder in recorders:
                recorder.record(progress)
        if html:
            from sim.app.export.exported_page import world_page, write_page

            write_page(html, world_page(recorders))
        if gif:
            from sim.app.export.animation import write_animation

            write_animation(recorders[0], gif, measure, lang)
    for path in wanted.values():
        typer.echo(f"Wrote {path} ({path.stat().st_size / 1e6:.1f} MB)")


def _check(wanted: list[str], worlds: int, levers: bool) -> None:
    """Refuse by InputError what cannot be asked for together."""
    drawn = [name for name in wanted if name != "html"]
    if not wanted:
        raise InputError("says nothing to write", allowed="--html FILE, --gif FILE or --map FILE")
    if worlds > 1 and drawn:
        raise InputError("shows one world", argument=drawn[0], allowed="one RUN or SCENARIO")
    if levers and (worlds > 1 or wanted != ["html"]):
        raise InputError("moves one scenario", argument="levers", allowed="one SCENARIO and --html")
    from sim.app import require_panel

    require_panel()


def _check_name(option: str, name: str) -> None:
    """Refuse an unknown language, outcome or measure by InputError."""
    from sim.app.language import languages
    from sim.app.watch.map_measures import MEASURES
    from sim.engine.outcomes import OUTCOMES

    known = {"lang": languages(), "outcome": [o.name for o in OUTCOMES], "measure": MEASURES}
    what = "language" if option == "lang" else option
    known_name(what, name, known[option], argument=option)


def _check_file(option: str, path: Path, overwrite: bool) -> None:
    """Refuse by InputError a file of another kind, or that is there and not to be replaced."""
    if path.suffix.lower() not in _ENDINGS[option]:
        allowed = f"a name ending in {' or '.join(_ENDINGS[option])}"
        raise InputError(f"cannot be written by --{option}", file=path, allowed=allowed)
    output.require_new(path, overwrite)


def _opened(source: str, tables: World, replicate: int | None) -> RunRecorder | None:
    """Return what plays a replicate of a source, None if none is asked for.

    InputError if there is no such run, scenario or replicate.
    """
    if replicate is not None:
        from sim.app.export.run_recorder import recorder_of

        return recorder_of(source, tables, replicate)
    if not Path(source).is_dir():
        from sim.scenario.schema import load

        load(source, world=tables)
    return None


def write_levers(source: str, tables: World, pairs: int, path: Path, *, fixed: bool = False) -> str:
    """Run the what-ifs of a scenario and write the page on which levers move among them.

    Returns how far off the page is, as a sentence.
    """
    from calibration.published import carried
    from sim.app.export.exported_page import write_page
    from sim.app.export.lever_design import lever_columns, lever_error, lever_page
    from sim.app.what_if.paired_trial import PAIRS, CarriedDraws
    from sim.scenario.schema import load

    scenario, found = load(source, world=tables), carried(2 * pairs, tables, fixed=fixed)
    # A draw for each pair, so that the pairs are independent.
    draws = tuple(found.draws[n % len(found.draws)] for n in range(PAIRS) if found.draws)
    with output.progress_bar(False, "settings") as progress:
        data = lever_columns(scenario, tables, pairs, CarriedDraws(draws, found.source), progress)
    write_page(path, lever_page(scenario, tables, data, found.source))
    return lever_error(data)


def _draw_map(source: str, tables: World, outcome: str, path: Path) -> None:
    """Draw the map of a run, a comparison, or of a scenario that is run for it."""
    from sim.report.figure_style import figure_of, save_as
    from sim.results.run_result import run
    from sim.results.saved_result import open as open_result

    found: Any = open_result(source, tables) if Path(source).is_dir() else run(source, world=tables)
    if not hasattr(found, "plot_map"):
        raise InputError("holds a sweep, which has no map", file=source, allowed="a run")
    save_as(figure_of(found.plot_map(outcome)), path, f"Map of {outcome}")
