"""Look up a scenario's countries, localities, banks and signals in a world's tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from pydantic import BaseModel

from sim.scenario_problems import Problem, closest, shown
from sim.toml_lines import KeyPath

if TYPE_CHECKING:
    from sim.world import World

# The column that holds the names, in the tables a scenario refers to.
_COLUMNS = {"countries": "iso3", "localities": "code", "banks": "code", "signals": "signal"}

Mention = tuple[KeyPath, str, str, str | None]
"""Where a name stands, the table it is from, the name, and what is allowed in words."""


def unknown_names(
    scenario: BaseModel, interventions: Sequence[BaseModel], world: World | None
) -> list[Problem]:
    """Return the names in a scenario that the world's tables lack.

    Parameters
    ----------
    scenario, interventions
        The models whose fields may hold names; a field says so by the ``names`` mark of its
        schema.
    world
        The tables; the shipped ones if None, which are read only if there is a name.

    Returns
    -------
    list of Problem
        One for each unknown name, in the order of the scenario.
    """
    mentions = list(_mentions((), scenario))
    for number, change in enumerate(interventions):
        mentions.extend(_mentions(("interventions", number), change))
    if not mentions:
        return []
    if world is None:
        from sim.world import load_world

        world = load_world()
    known = {table: _names(world, table) for _, table, _, _ in mentions}
    problems = []
    for path, table, name, allowed in mentions:
        if name not in known[table]:
            near = _nearest(name, known[table])
            message = f"the world has no {shown(name)} among its {table}"
            problems.append(Problem(path, message, allowed, near))
    return problems


def _mentions(above: KeyPath, model: BaseModel) -> Iterator[Mention]:
    """Yield the names that the fields of a model hold."""
    for field, info in type(model).model_fields.items():
        marks = info.json_schema_extra
        if not isinstance(marks, dict) or marks.get("names") not in _COLUMNS:
            continue
        table, allowed, value = str(marks["names"]), marks.get("allowed"), getattr(model, field)
        words = None if allowed is None else str(allowed)
        if isinstance(value, tuple):
            for number, name in enumerate(value):
                yield (*above, field, number), table, name, words
        elif value is not None:
            yield (*above, field), table, value, words


def _names(world: World, table: str) -> dict[str, str]:
    """Return the codes of a table, each with its name in words (or itself)."""
    frame = world.tables[table]
    codes = [str(code) for code in frame[_COLUMNS[table]]]
    words = [str(name) for name in frame["name"]] if "name" in frame else codes
    return dict(zip(codes, words, strict=True))


def _nearest(name: str, known: dict[str, str]) -> str | None:
    """Return the code most like a name, where the name may also be one in words."""
    word = closest(name, tuple(known.values()))
    by_word = {word: code for code, word in known.items()}
    if word is not None and (len(name) > 4 or word.casefold() == name.casefold()):
        return by_word[word]
    return closest(name, tuple(known))
