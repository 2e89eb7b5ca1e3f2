"""Look up a scenario's countries, localities, actors and other names in a world's tables."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from functools import cache
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from sim.core.enums import ACTOR_TYPES, EMBASSY
from sim.core.errors import Near, nearest_name
from sim.core.line_finder import KeyPath
from sim.scenario.expansion import Dated, Plain, expanded
from sim.scenario.intervention_fields import ALL
from sim.scenario.interventions import SignalChange, Visit
from sim.scenario.problems import Problem, closest, shown

if TYPE_CHECKING:
    from sim.world import World

# The column that holds the names, in the tables a scenario refers to.
_COLUMNS = {
    "countries": "iso3",
    "localities": "code",
    "banks": "code",
    "signals": "signal",
    "provinces": "code",
    "sectors": "code",
}
# Actors who travel, and local offices, stand in several tables.
TRAVELLERS, OFFICES = "travelling actors", "localities and cities"

_MOST_LISTED = 40
"""Most codes of a table that a message lists."""
_POSTED = re.compile(rf"{ACTOR_TYPES[EMBASSY]}(?::| in )\s*(.+)", re.IGNORECASE)

Mention = tuple[KeyPath, str, str, str | None]
"""Where a name stands, the table it is from, the name, and what is allowed in words."""


def unknown_names(
    scenario: Dated, interventions: Sequence[BaseModel], world: World | None
) -> list[Problem]:
    """Return the names in a scenario that the world's tables lack, or what else does not fit them.

    A field that holds names says so by the ``names`` mark of its schema. The shipped world, where
    none is given, is read only if it is needed.
    """
    mentions = list(_mentions((), scenario))
    for number, change in enumerate(interventions):
        mentions.extend(_mentions(("interventions", number), change))
    if not mentions and all(change.every is None for change in scenario.interventions):
        return []
    if world is None:
        from sim.world import load_world

        world = load_world()
    from sim.world.names import BOTH, COUNTRIES, LOCALITIES, PlaceNames

    places = cache(lambda: PlaceNames.of(world.tables))
    known = {table: _names(world, table) for table in {mention[1] for mention in mentions}}
    problems = []
    for path, table, name, allowed in mentions:
        if name not in known[table]:
            message = f"the world has no {shown(name)} among its {table}"
            if table in (*BOTH, OFFICES):
                near = places().suggest(name, (LOCALITIES if table == OFFICES else table,))
                # A country misspelt is no city.
                is_local = table != COUNTRIES and not places().suggest(name, (COUNTRIES,))
                city = _city(name, world) if is_local else None
                if table == OFFICES:
                    near = _either(near, city)
                elif near is None and city is not None:
                    near = city["locality"]
                    unit = places().places[near].name
                    message = f"{city['name']} is a city of {unit}; name the unit"
            elif table == TRAVELLERS and (posted := _POSTED.fullmatch(name)):
                near = _embassy(places().suggest(posted[1], (COUNTRIES,)))
            else:
                near = _nearest(name, known[table])
            few = len(known[table]) <= _MOST_LISTED and table not in (*BOTH, OFFICES)
            listed = ", ".join(known[table]) if few else allowed
            problems.append(Problem(path, message, listed, near))
    if problems:
        return problems
    found, clash = expanded(scenario, world)
    out = [*_out_of_post(found, world), *_out_of_range(interventions, world)]
    return out if clash is None else [clash, *out]


def places_named(scenario: Dated) -> list[str]:
    """Return the countries and localities without which a scenario makes no sense."""
    parts = [scenario, *scenario.interventions]
    mentions = [mention for part in parts for mention in _mentions((), part)]
    placed = {"countries", "localities", OFFICES}
    return list(dict.fromkeys(m[2] for m in mentions if m[1] in placed))


def _out_of_post(changes: Sequence[Plain], world: World) -> Iterator[Problem]:
    """Yield the visits of actors who are posted to another country than they are to visit."""
    from sim.world.actors import posting

    table = world.tables["localities"]
    homes = dict(zip(table["code"], table["iso3"], strict=True))
    cities = world.tables["cities"]
    homes |= dict(zip(cities["code"], cities["locality"].map(homes), strict=True))
    for change, number in changes:
        post = posting(change.actor) if isinstance(change, Visit) else None
        if isinstance(change, Visit) and post is not None:
            country = str(homes[change.locality])
            if post != country:
                message = f"{shown(change.actor)} does not work in {country}"
                allowed = "the embassy in the country of the locality"
                near = change.actor.replace(post, country)
                yield Problem(("interventions", number, "actor"), message, allowed, near)


def _out_of_range(interventions: Sequence[BaseModel], world: World) -> Iterator[Problem]:
    """Yield the levels of signals that the world declares to make no sense."""
    for number, change in enumerate(interventions):
        if isinstance(change, SignalChange):
            table = world.tables["signals"]
            row = table[table["signal"] == change.signal].iloc[0]
            if not row["low"] <= change.value <= row["high"]:
                message = f"{shown(change.value)} is out of range"
                allowed = f"{row['low']:g} to {row['high']:g} ({row['meaning']})"
                yield Problem(("interventions", number, "value"), message, allowed)


def _mentions(above: KeyPath, model: Any) -> Iterator[Mention]:
    """Yield the names that the fields of a model hold."""
    for field, info in type(model).model_fields.items():
        marks = info.json_schema_extra
        if not isinstance(marks, dict) or marks.get("names") not in {*_COLUMNS, TRAVELLERS}:
            continue
        table, allowed, value = str(marks["names"]), marks.get("allowed"), getattr(model, field)
        table = OFFICES if marks.get("cities") else table
        words = None if allowed is None else str(allowed)
        if isinstance(value, tuple):
            for number, name in enumerate(value):
                yield (*above, field, number), table, name, words
        elif value is not None and not (marks.get("several") and value == ALL):
            yield (*above, field), table, value, words


def _names(world: World, table: str) -> dict[str, str]:
    """Return the codes of a table, each with its name in words (or itself)."""
    if table == TRAVELLERS:
        from sim.world.actors import visitor_names

        return visitor_names(world)
    if table == OFFICES:
        cities = world.tables["cities"]
        return _names(world, "localities") | dict(zip(cities["code"], cities["name"], strict=True))
    frame = world.tables[table]
    codes = [str(code) for code in frame[_COLUMNS[table]]]
    words = [str(name) for name in frame["name"]] if "name" in frame else codes
    return dict(zip(codes, words, strict=True))


def _city(name: str, world: World) -> dict[Any, str] | None:
    """Return the row of the one city that has a code or a name, or one alike."""
    rows = world.tables["cities"].to_dict("records")
    called = {str(row[column]) for row in rows for column in ("code", "name")}
    near = nearest_name(name, called, parts=False)
    found = [row for row in rows if near in (row["code"], row["name"])]
    return found[0] if len(found) == 1 else None


def _either(unit: Near, city: dict[Any, str] | None) -> Near:
    """Return the unit that a name may mean, the city, or both in words."""
    if city is None or isinstance(unit, tuple):
        return unit
    return city["code"] if unit is None else (f"{unit} (the unit)", f"{city['code']} (the city)")


def _nearest(name: str, known: dict[str, str]) -> str | None:
    """Return the code most like a name, where the name may also be one in words."""
    kind, _, rest = name.rpartition(":")
    # The code may lack what stands before its colon, which is not to count as alike.
    every = {code.rpartition(":")[2]: code for code in known}
    bare = {own: code for own, code in every.items() if code == f"{kind}:{own}"} or every
    if rest in bare:
        return bare[rest]
    words = {known[code]: code for code in bare.values()}
    word, code = closest(rest, tuple(words)), closest(rest, tuple(bare))
    if word is None or (code is not None and _likeness(rest, code) >= _likeness(rest, word)):
        return bare[code] if code is not None else None
    return words[word]


def _embassy(country: Near) -> str | None:
    """Return the code of the embassy in a country, if it is one."""
    return f"{ACTOR_TYPES[EMBASSY]}:{country}" if isinstance(country, str) else None


def _likeness(name: str, other: str) -> float:
    """Return how much of two texts is common to both, 0-1."""
    return SequenceMatcher(None, name.casefold(), other.casefold()).ratio()
