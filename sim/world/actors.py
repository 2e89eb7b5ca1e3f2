"""The codes of a world's Chinese actors, and their names in words."""

from __future__ import annotations

from sim.core import enums as k
from sim.world.tables import World

VISITORS = (k.PROVINCE, k.ORGANISATION, k.EMBASSY, k.FIRM)
"""Types of actors that send delegations."""


def actor_names(world: World) -> dict[int, dict[str, str]]:
    """Return the names of all actors by type and code, in the order the arrays use.

    A province's code is that of its table; any other begins with the actor's type and a colon.
    """
    countries = world.countries
    tables = {
        k.PROVINCE: world.provinces,
        k.ORGANISATION: world.organisations,
        k.EMBASSY: countries,
        k.FIRM: world.firms,
        k.BANK: world.banks,
        k.ASSOCIATION: countries[countries["diaspora"] > 0],
    }
    found = {}
    for kind, table in tables.items():
        word = k.ACTOR_TYPES[kind]
        before = "" if kind == k.PROVINCE else f"{word}:"
        posted = kind in (k.EMBASSY, k.ASSOCIATION)
        codes = table["iso3" if posted else "code"]
        names = [f"{word} in {name}" if posted else str(name) for name in table["name"]]
        found[kind] = dict(zip([f"{before}{code}" for code in codes], names, strict=True))
    return found


def visitor_names(world: World) -> dict[str, str]:
    """Return the names of the actors that send delegations, by code."""
    names = actor_names(world)
    return {code: name for kind in VISITORS for code, name in names[kind].items()}


def posting(code: str) -> str | None:
    """Return the country to which an actor's work is bound, by its code; None if it is not."""
    kind, _, country = code.partition(":")
    return country if kind == k.ACTOR_TYPES[k.EMBASSY] else None
