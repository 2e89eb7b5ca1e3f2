"""The catalogue of phrases: what reports and cards say, apart from how it is found out."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from sim.core.provenance import defaults_are_fitted
from sim.world import World, load_world


@cache
def catalogue() -> dict[str, Any]:
    """Return the sections of ``phrases.toml`` by name."""
    text = (files("sim.report") / "phrases.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def phrase(key: str, /, **fields: object) -> str:
    """Return a phrase by section and name, such as ``effect.changed``, filled in."""
    section, name = key.split(".")
    return str(catalogue()[section][name]).format(**fields)


def capital(text: str) -> str:
    """Return a text with a capital letter in front."""
    return text[:1].upper() + text[1:]


def whole_percent(share: float) -> str:
    """Return a share in whole percent."""
    return f"{100.0 * share:.0f} %"


def sides_words(world: World) -> str:
    """Say who reaches out to whom."""
    return phrase("card.sides", region=world.side("region"), sender=world.side("sender"))


def caution(world_digest: str) -> str:
    """Say how much the values of the parameters rest on in a world."""
    if world_digest != load_world().digest:
        return phrase("card.elsewhere")
    return phrase("card.caution") if defaults_are_fitted() else phrase("card.by_hand")
