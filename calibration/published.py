"""The published calibration: where it is kept, whether it still holds, and draws from it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from calibration.inference.posterior import Posterior, read_posterior
from sim.core.errors import InputError

if TYPE_CHECKING:
    from sim.world import World

POSTERIOR, CHECKS = "posterior.parquet", "checks.json"
SIMULATOR = "calibration.model_simulator:simulator"
"""What the published posterior is of."""
_HERE = Path(__file__).resolve().parent
_WARNING = (
    "the posterior was fitted to another version of the model ({} changed since); "
    "paradiplomacy calibrate makes one of this version"
)


class Drawn(NamedTuple):
    """Hold draws, values of the free parameters by name, and where they come from.

    The source is the hash of the posterior's file, the versions it was fitted with, and what of
    them has changed since (``changed_since_fit``).
    """

    draws: tuple[dict[str, float], ...]
    source: Mapping[str, Any]

    @property
    def warning(self) -> str | None:
        """Return a sentence if the model has changed since the fit, None otherwise."""
        changed = self.source.get("changed_since_fit")
        return None if not changed else _WARNING.format(", ".join(changed))


def published_folder() -> Path:
    """Return where the published calibration is: in the package as installed, or the checkout."""
    installed = _HERE / "_published"
    return installed if installed.is_dir() else _HERE.parent / "results/reference/calibration"


def read_published(folder: Path | None = None) -> Posterior:
    """Return the posterior of a calibration, the published one by default.

    It may be of another version of the model: :func:`stale_parts` tells. An InputError tells that
    there is none.
    """
    file = (folder or published_folder()) / POSTERIOR
    if folder is None and not file.is_file():
        raise InputError(
            "no calibration is published with this version",
            argument="posterior",
            allowed="the folder of a calibration that the command calibrate wrote",
        )
    return read_posterior(file)


def stale_parts(posterior: Posterior) -> list[str]:
    """Return what has changed since a posterior was fitted: behaviour, conditions and so on."""
    from calibration.model_simulator import simulator

    return posterior.stale(simulator().identity)


def draws(count: int, *, folder: Path | None = None, world: World | None = None) -> Drawn:
    """Return the first draws of a calibration's posterior; they are in random order.

    Parameters
    ----------
    count
        How many.
    folder
        Of a calibration; the published one by default.
    world
        The tables the draws are for.

    Raises
    ------
    InputError
        If there is no such calibration or so many draws, or the tables are not the shipped ones.
    """
    from sim.world import load_world

    posterior = read_published(folder)
    file = (folder or published_folder()) / POSTERIOR
    if world is not None and world.digest != load_world().digest:
        raise InputError(
            "the calibration belongs to the shipped tables of the world, not to those given",
            argument="posterior",
            allowed="the shipped world, or no posterior",
        )
    source = {name: posterior.made_by.get(name) for name in ("model_version", "behaviour", "seed")}
    source["changed_since_fit"] = stale_parts(posterior)
    source["file_sha256"] = hashlib.sha256(file.read_bytes()).hexdigest()
    return Drawn(tuple(posterior.first(count)), source)
