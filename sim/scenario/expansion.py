"""A scenario's interventions one by one, as a run carries them out.

An intervention may name several places and be repeated. Here it becomes as many plain ones: each
acts on one place, once, from one month on. Where a change ends and no calendar holds the value from
before, a further one is put in that gives it back.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NamedTuple, Protocol

from sim.core.calendar import month_name
from sim.scenario.intervention_fields import ALL, Codes, codes_in
from sim.scenario.interventions import ParameterChange, RecognitionSwitch, Shock
from sim.scenario.problems import Problem

if TYPE_CHECKING:
    from sim.scenario.interventions import Intervention
    from sim.world import World

MOST = 100_000
"""Most plain interventions of a scenario."""


class Dated(Protocol):
    """Have interventions and a last month, as :class:`sim.scenario.schema.Scenario` does."""

    @property
    def interventions(self) -> tuple[Intervention, ...]:
        """Return the interventions."""

    @property
    def end_month(self) -> int:
        """Return the number of the last month."""


class Plain(NamedTuple):
    """Hold a plain intervention and the number of the one it is part of."""

    change: Intervention
    number: int


def plain_interventions(scenario: Dated, world: World) -> list[Intervention]:
    """Return the interventions of a scenario as plain ones, in its order.

    InputError if two of them change one thing in one month, or they are too many.
    """
    found, problem = expanded(scenario, world)
    if problem is not None:
        raise problem.error()
    return [plain.change for plain in found]


def expanded(scenario: Dated, world: World) -> tuple[list[Plain], Problem | None]:
    """Return the plain interventions of a scenario, and what is wrong with them together."""
    countries, table = world.tables["countries"]["iso3"], world.tables["localities"]
    homes = dict(zip(map(str, table["code"]), map(str, table["iso3"]), strict=True))
    found: list[Plain] = []
    for number, change in enumerate(scenario.interventions):
        spans = change.spans(scenario.end_month)
        where = _places(change, [str(code) for code in countries], homes)
        if len(found) + len(spans) * len(where) > MOST:
            message = "with this one, more things happen at once or by and by than can be simulated"
            allowed = f"at most {MOST:,} changes, every place and month counted"
            return found, Problem(("interventions", number), message, allowed)
        for first, last in spans:
            found += [Plain(_one(change, first, last, place), number) for place in where]
    problem = _clash(found)
    return [*found, *_given_back(found, scenario, world)], problem


def _places(
    change: Intervention, countries: list[str], homes: dict[str, str]
) -> list[dict[str, str | None]]:
    """Return the fields that each plain intervention takes in the place of its own.

    ``homes`` are the countries of localities, by code.
    """
    country: Codes | None = getattr(change, "country", None)
    here = codes_in(country) or countries
    if change.is_local:
        codes = codes_in(locality := getattr(change, "locality", None)) or homes
        inside = [code for code in codes if locality is not None or homes[code] in here]
        return [{"locality": code, "country": None} for code in inside]
    if country is None or (isinstance(change, Shock) and country == ALL):
        return [{"country": None}]
    return [{"country": code} for code in here]


def _one(
    change: Intervention, first: int, last: int | None, place: dict[str, str | None]
) -> Intervention:
    """Return one of the plain interventions that an intervention stands for."""
    until = None if last is None else month_name(last)
    wanted = {"month": month_name(first), "until": until, "every": None, "lasts": None, **place}
    changed = {
        name: value
        for name, value in wanted.items()
        if name in type(change).model_fields and getattr(change, name) != value
    }
    return change.model_copy(update=changed) if changed else change


def _clash(found: list[Plain]) -> Problem | None:
    """Return the first of the plain interventions that changes what another one does."""
    seen: dict[tuple[str, ...], int] = {}
    for change, number in found:
        first = seen.setdefault(change.key, number)
        if first != number:
            of = f" ({change.key[-1]})" if change.key[-1] else ""
            message = f"changes the same thing in {change.month}{of} as intervention {first + 1}"
            return Problem(("interventions", number), message, "one change of a thing in a month")
    return None


def _given_back(found: list[Plain], scenario: Dated, world: World) -> Iterator[Plain]:
    """Yield what gives parameters and recognition back the value they had.

    All other changes that end are levels of a calendar, which has their earlier value.
    """
    groups: defaultdict[tuple[str, ...], list[Plain]] = defaultdict(list)
    for plain in found:
        if isinstance(plain.change, ParameterChange | RecognitionSwitch):
            groups[plain.change.key[1:]].append(plain)
    for group in groups.values():
        if any(plain.change.until for plain in group):
            yield from _group_given_back(group, scenario.end_month, world)


def _group_given_back(group: list[Plain], end: int, world: World) -> Iterator[Plain]:
    """Yield what gives one thing back its earlier value, month by month."""
    group = sorted(group, key=lambda plain: plain.change.month)
    base, moments = _base(group[0].change, world)
    starts = {plain.change.month_index for plain in group}
    ends = {(plain.change.until_index or end) + 1 for plain in group}
    later = {month for month in moments if month > min(starts)}
    for month in sorted((ends | later) - starts):
        now, before = _holding(group, month), _holding(group, month - 1)
        if month > end or (now is before and now is not None):
            continue
        field, value = base(month)
        latest = before or group[0]
        if now is not None:
            latest, value = now, getattr(now.change, field)
        fields = {"month": month_name(month), "until": None, "id": None, field: value}
        yield Plain(latest.change.model_copy(update=fields), latest.number)


def _holding(group: list[Plain], month: int) -> Plain | None:
    """Return the latest of several changes that holds in a month."""
    holds = [
        plain
        for plain in group
        if plain.change.month_index <= month
        and (plain.change.until_index is None or plain.change.until_index >= month)
    ]
    return holds[-1] if holds else None


def _base(
    change: Intervention, world: World
) -> tuple[Callable[[int], tuple[str, object]], list[int]]:
    """Return field and value without the scenario's changes by month, and when the value changes.

    A parameter's own value is the run's, which is not known here: nan stands for it.
    """
    if not isinstance(change, RecognitionSwitch):
        return lambda _: ("value", math.nan), []
    table = world.recognition[world.recognition["iso3"] == change.country].sort_values("start")
    rows = list(zip(table["start"].tolist(), table["recognises"].tolist(), strict=True))

    def recognised(month: int) -> tuple[str, object]:
        held = [whom for start, whom in rows if start <= month]
        return "recognises", held[-1] if held else rows[0][1]

    return recognised, [int(start) for start, _ in rows]
