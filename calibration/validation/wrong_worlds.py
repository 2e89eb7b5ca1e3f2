"""Worlds that are wrong on purpose, and the model with a mechanism turned off, as simulators."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from calibration.model_simulator import Documented
from sim.core.errors import InputError, nearest_name

FILE = Path(__file__).with_name("worlds.toml")
HOW = ("removed", "reversed", "replaced")
OFF = "removed"


@dataclass(frozen=True)
class Variant:
    """Describe the model with some values fixed.

    Parameters
    ----------
    id
        Name in the table.
    how
        One of :data:`HOW`.
    what
        What is so in a wrong world, or what a mechanism does, in a sentence.
    fixed
        Values of parameters that hold in all runs.
    """

    id: str
    how: str
    what: str
    fixed: Mapping[str, float]

    @property
    def simulator(self) -> str:
        """Return the name by which workers make its simulator."""
        return f"{__name__}:simulator:{self.id}"


@cache
def load_table() -> dict[str, Any]:
    """Return the table of worlds, mechanisms and outcomes as it is in the file."""
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


@cache
def wrong_worlds() -> tuple[Variant, ...]:
    """Return the worlds that are wrong on purpose."""
    return tuple(Variant(**entry) for entry in load_table()["worlds"])


@cache
def mechanisms() -> tuple[Variant, ...]:
    """Return the mechanisms, each with the values that turn it off."""
    return tuple(Variant(how=OFF, **entry) for entry in load_table()["mechanisms"])


def simulator(name: str) -> Documented:
    """Return the simulator of a wrong world, or of the model without a mechanism.

    Raises
    ------
    InputError
        If there is none of this name.
    """
    known = {variant.id: variant for variant in (*wrong_worlds(), *mechanisms())}
    if name not in known:
        near = nearest_name(name, known)
        raise InputError(f"there is no world {name!r}", file=FILE, nearest=near)
    return Documented(known[name].fixed)


def clusters_of(statistics: tuple[str, ...]) -> dict[str, list[int]]:
    """Return which statistics are one piece of evidence, as places in a vector, by name.

    Raises
    ------
    InputError
        If a statistic is in no cluster or in two, or one of a cluster's is not known.
    """
    clusters: dict[str, list[str]] = load_table()["clusters"]
    listed = [name for names in clusters.values() for name in names]
    if sorted(listed) != sorted(statistics):
        odd = sorted(set(listed) ^ set(statistics)) or ["one is there twice"]
        raise InputError(
            f"the clusters are not those of the statistics: {', '.join(odd)}",
            file=FILE,
            allowed="each statistic in one cluster",
        )
    return {
        cluster: [statistics.index(name) for name in names] for cluster, names in clusters.items()
    }
