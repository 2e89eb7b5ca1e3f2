"""Models that are wrong on purpose, and the model with a mechanism turned off, as simulators."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from calibration.model_simulator import Documented
from sim.core.errors import InputError, nearest_name

FILE = Path(__file__).with_name("worlds.toml")
HOW = ("removed", "reversed", "replaced")
OFF = "removed"
BOTH = "both tiers"


class Variant(NamedTuple):
    """Describe the model with some values of parameters fixed in all runs.

    ``how`` is one of :data:`HOW`; ``what`` says in a sentence what is so in a wrong world, or what
    a mechanism does; ``evidence`` names the tiers or the table of evidence it is judged by.
    """

    id: str
    how: str
    what: str
    fixed: Mapping[str, float]
    evidence: str = BOTH

    @property
    def published(self) -> dict[str, Any]:
        """Return what is published of it."""
        return {name: value for name, value in self._asdict().items() if name != "evidence"}

    @property
    def simulator(self) -> str:
        """Return the name by which workers make its simulator."""
        return f"{__name__}:simulator:{self.id}"


@cache
def load_table() -> dict[str, Any]:
    """Return the table of worlds, mechanisms and outcomes as it is in the file."""
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


def wrong_models() -> tuple[Variant, ...]:
    """Return the models that are wrong on purpose."""
    return tuple(Variant(**entry) for entry in load_table()["worlds"])


def mechanisms() -> tuple[Variant, ...]:
    """Return the mechanisms, each with the values that turn it off."""
    return tuple(Variant(how=OFF, **entry) for entry in load_table()["mechanisms"])


def simulator(name: str) -> Documented:
    """Return the simulator of a variant; refuse a name of none by InputError."""
    known = {variant.id: variant for variant in (*wrong_models(), *mechanisms())}
    if name not in known:
        near = nearest_name(name, known)
        raise InputError(f"there is no world {name!r}", file=FILE, nearest=near)
    return Documented(known[name].fixed)
