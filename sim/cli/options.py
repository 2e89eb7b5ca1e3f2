"""Options that several commands share, and what they mean for a run."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.core.errors import InputError, each_of, known_name, unknown_name_error
from sim.core.plurals import counted
from sim.report.figure_choice import FigureNames, Format

if TYPE_CHECKING:
    from calibration.published import Drawn
    from sim.world import World


def scenario_names(begun: str) -> list[str]:
    """Return the shipped scenarios that a shell may complete a word to."""
    from sim.scenario.schema import names

    return [name for name in names() if name.startswith(begun)]


Scenario = Annotated[
    str,
    typer.Argument(
        metavar="SCENARIO", help="A scenario's name or its file.", autocompletion=scenario_names
    ),
]
Set = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="NAME=VALUE", help="Set a parameter; may be repeated."),
]
Seed = Annotated[
    int | None, typer.Option(help="Seed of the random numbers.", show_default="the scenario's")
]
End = Annotated[str | None, typer.Option(metavar="YYYY-MM", help="Last month.")]
WorldFolder = Annotated[Path | None, typer.Option(help="Folder of another region's tables.")]
Workers = Annotated[
    int | None, typer.Option(help="Processes or threads.", show_default="all processors")
]
Posterior = Annotated[
    int | None,
    typer.Option(
        metavar="N",
        min=1,
        help="Take the free parameters from N draws of the calibration. What the scenario, "
        "--set or --vary sets keeps its value.",
    ),
]
Fixed = Annotated[
    bool,
    typer.Option(
        "--fixed",
        help="Hold the parameters at the scenarios' values; by default each "
        "pair of runs takes a draw of the published calibration.",
    ),
]
Calibration = Annotated[
    Path | None,
    typer.Option(
        metavar="FOLDER",
        help="With --posterior: a calibration of your own.",
        show_default="the published one",
    ),
]
Overwrite = Annotated[
    bool,
    typer.Option(
        "--overwrite", help="Replace what this command wrote there before, and nothing else."
    ),
]
Json = Annotated[
    bool, typer.Option("--json", help="Print one JSON object for machines, errors too.")
]


def choice(flag: str, names: Iterable[str], words: str, **shown: Any) -> Any:
    """Return an option that takes one of some names; another is refused with the nearest."""
    known = tuple(map(str, names))

    def read(given: str) -> str:
        if given not in known:
            raise unknown_name_error(f"{given!r} is not one of these", given, known, field=flag)
        return given

    def begun(word: str) -> list[str]:
        return [name for name in known if name.startswith(word)]

    form = "|".join(known)
    return typer.Option(flag, parser=read, metavar=form, autocompletion=begun, help=words, **shown)


FigureFormat = Annotated[str, choice("--figure-format", Format, "What figures are written as.")]


def example(words: str) -> str:
    """Return what the help of a command ends with: the command as it may be typed."""
    # The mark keeps its lines as they are.
    return f"\b\nExample:\n  paradiplomacy {words}"


def figures(names: FigureNames, which: str = "Which") -> Any:
    """Return the option ``--figures`` of a command whose results have figures of these names."""
    words = f"{which} figures to draw, with commas between: {names.help}."
    usual = f"the first {len(names.usual)}" if names.other else "all"
    return typer.Option("--figures", metavar="all|none|NAMES", help=words, show_default=usual)


def out(default: str) -> Any:
    """Return the option ``--out`` of a command that writes into a folder."""
    return typer.Option(help="Folder to write to, new or empty.", show_default=default)


def settings(given: list[str] | None) -> dict[str, float]:
    """Return the parameters set on the command line as ``name=value``, each once."""
    from sim.core.parameters import PARAMETERS

    values: dict[str, float] = {}

    def take(text: str) -> None:
        name, equals, value = (part.strip() for part in text.partition("="))
        where = f"--set {text}"
        if not equals:
            raise InputError("is not of the form name=value", field=where)
        known_name("parameter", name, PARAMETERS, listed=False, field=where)
        if name in values:
            raise InputError(f"sets {name} a second time", field=where)
        try:
            values[name] = float(value)
        except ValueError:
            raise InputError(
                f"{value!r} is not a number", field=where, allowed="a number such as 0.5"
            ) from None

    each_of(take, given or ())
    return values


def drawn(count: int | None, folder: Path | None, world: World, priors: int = 0) -> Drawn:
    """Return the draws asked for by ``--posterior``; warn of those out of date.

    Without it they are so many from the priors.
    """
    from calibration.published import Drawn, draws, prior_draws

    if count is None:
        if folder is not None:
            raise InputError("belongs to --posterior", field="--calibration")
        return Drawn(prior_draws(priors), {"priors": priors}) if priors else Drawn((), {})
    found = draws(count, folder=folder, world=world)
    if found.warning is not None:
        typer.echo(f"paradiplomacy: {found.warning}", err=True)
    return found


def note(draws: Drawn, manifest: dict[str, Any]) -> None:
    """Note in a result's manifest where its draws come from, if it took any."""
    if draws.draws:
        manifest["drawn_from"] = dict(draws.source)


def runs(asked: int | None, usual: int, count: int | None) -> int | None:
    """Return how many replicates to run so that each of ``count`` draws is taken.

    ``asked`` is what ``--replicates`` says, ``usual`` what holds without it. Fewer runs than draws
    are refused by InputError.
    """
    if count is None:
        return asked
    if asked is not None and asked < count:
        raise InputError(
            f"{counted(asked, 'run')} cannot take {counted(count, 'draw')}",
            field="--replicates",
            allowed=f"{count} or more",
        )
    return max(usual, count) if asked is None else asked
