"""The options ``--posterior`` and ``--calibration``: draws from a calibration for runs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.core.errors import InputError
from sim.core.plurals import counted

if TYPE_CHECKING:
    from calibration.published import Drawn
    from sim.world import World

Posterior = Annotated[
    int | None,
    typer.Option(
        "--posterior",
        metavar="N",
        min=1,
        help="Take the free parameters from N draws of the calibration. What the scenario, "
        "--set or --vary sets keeps its value.",
    ),
]
Folder = Annotated[
    Path | None,
    typer.Option(
        "--calibration",
        metavar="FOLDER",
        help="With --posterior: a calibration of your own.",
        show_default="the published one",
    ),
]


def drawn(count: int | None, folder: Path | None, world: World) -> Drawn:
    """Return the draws that are asked for, none without ``--posterior``.

    Raises
    ------
    InputError
        If there is no such calibration, the world is not the shipped one, or it has fewer draws.
    """
    from calibration.published import Drawn, draws

    if count is None:
        if folder is not None:
            raise InputError("belongs to --posterior", field="--calibration")
        return Drawn((), {})
    found = draws(count, folder=folder, world=world)
    if found.warning is not None:
        typer.echo(f"paradiplomacy: {found.warning}", err=True)
    return found


def runs(asked: int | None, usual: int, count: int | None) -> int | None:
    """Return how many replicates to run so that every draw is taken.

    Parameters
    ----------
    asked
        As given with ``--replicates``.
    usual
        Of the scenario.
    count
        Number of draws; None without any.

    Raises
    ------
    InputError
        If fewer are asked for than there are draws.
    """
    if count is None:
        return asked
    if asked is None:
        return max(usual, count)
    if asked < count:
        raise InputError(
            f"{counted(asked, 'run')} cannot take {counted(count, 'draw')}",
            field="--replicates",
            allowed=f"{count} or more",
        )
    return asked
