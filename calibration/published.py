"""The published calibration: where it is kept, whether it still holds, and draws from it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from calibration.inference.posterior import Posterior, read_posterior
from calibration.inference.prior import free_parameters
from sim.core.errors import InputError
from sim.core.parameters import PARAMETERS
from sim.world import World

POSTERIOR, CHECKS = "posterior.parquet", "checks.json"
SIMULATOR = "calibration.model_simulator:simulator"
"""What the published posterior is of."""
_HERE = Path(__file__).resolve().parent
_WARNING = (
    "the posterior was fitted to another version of the model ({} changed since); "
    "paradiplomacy calibrate makes one of this version"
)
_PRIOR_SEED = 1


REPEATED = 40
"""Paired runs from which on each draw is taken twice, to tell draws and chance apart."""


class Drawn(NamedTuple):
    """Hold draws, values of the free parameters by name, and where they come from.

    The source is the hash of the posterior's file, the versions it was fitted with, what of them
    has changed since (``changed_since_fit``), and which parameters the fit did not know
    (``from_the_prior``). Without draws it may say why (``fixed_because``, see :func:`carried`).
    """

    draws: tuple[dict[str, float], ...]
    source: Mapping[str, Any]

    @property
    def warning(self) -> str | None:
        """Return a sentence if the model has changed since the fit, None otherwise."""
        return warning_of(self.source.get("changed_since_fit", ()))


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


def is_current() -> bool:
    """Tell whether a posterior is published, and of the present model."""
    return (published_folder() / POSTERIOR).is_file() and not stale_parts(read_published())


def prior_draws(count: int) -> tuple[dict[str, float], ...]:
    """Return draws of the free parameters from their priors; a longer list begins as a shorter."""
    prior = free_parameters()
    rows = prior.draw(count, _PRIOR_SEED).tolist()
    return tuple(dict(zip(prior.names, row, strict=True)) for row in rows)


def _of_this_model(draws: list[dict[str, float]]) -> list[dict[str, float]]:
    """Return draws of an earlier model as draws of the present one.

    Parameters that are gone or held fixed are left out, values are held to their ranges, and what
    is free now and was not then comes from the prior.
    """
    return [
        prior
        | {
            name: min(max(draw[name], PARAMETERS[name].low), PARAMETERS[name].high)
            for name in prior
            if name in draw
        }
        for prior, draw in zip(prior_draws(len(draws)), draws, strict=True)
    ]


def warning_of(changed: Sequence[str]) -> str | None:
    """Return a sentence if something has changed since the fit, None otherwise."""
    return _WARNING.format(", ".join(changed)) if changed else None


def carried(runs: int, world: World | None = None, *, fixed: bool = False) -> Drawn:
    """Return the draws that so many paired runs take unless they are told otherwise.

    They are of the published posterior, as long as it is of the present model. Else there are none,
    and the source's ``fixed_because`` says why: ``asked`` (``fixed``), ``other_tables`` of the
    world than the shipped ones, ``none_published``, or ``earlier_model``.
    """

    def held(why: str) -> Drawn:
        return Drawn((), {"fixed_because": why})

    if fixed:
        return held("asked")
    if world is not None and not world.is_shipped:
        return held("other_tables")
    if not (published_folder() / POSTERIOR).is_file():
        return held("none_published")
    posterior = read_published()
    if changed := stale_parts(posterior):
        return held("earlier_model")
    wanted = runs if runs < REPEATED else -(-runs // 2)
    count = min(max(wanted, 1), len(posterior.values))
    return _first(posterior, count, published_folder() / POSTERIOR, changed)


def draws(count: int, *, folder: Path | None = None, world: World | None = None) -> Drawn:
    """Return the first draws of a calibration's posterior; they are in random order.

    The folder is that of a calibration, the published one by default; ``world`` are the tables that
    the draws are for. Those of an earlier model come with a warning (:attr:`Drawn.warning`). An
    InputError tells that there is no such calibration or so many draws, or that the tables are not
    the shipped.
    """
    posterior = read_published(folder)
    file = (folder or published_folder()) / POSTERIOR
    if world is not None and not world.is_shipped:
        raise InputError(
            "the calibration belongs to the shipped tables of the world, not to those given",
            argument="posterior",
            allowed="the shipped world, or no posterior",
        )
    return _first(posterior, count, file, stale_parts(posterior))


def _first(posterior: Posterior, count: int, file: Path, changed: list[str]) -> Drawn:
    """Return the first draws of a posterior that was read from a file, and where they come from."""
    source: dict[str, Any] = {
        name: posterior.made_by.get(name) for name in ("model_version", "behaviour", "seed")
    }
    source["changed_since_fit"] = changed
    source["file_sha256"] = hashlib.sha256(file.read_bytes()).hexdigest()
    found = posterior.first(count)
    if changed:
        source["from_the_prior"] = [n for n in free_parameters().names if n not in posterior.names]
        found = _of_this_model(found)
    return Drawn(tuple(found), source)
