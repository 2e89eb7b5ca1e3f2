"""What is documented of a place: the facts, the places that have any, and where to begin."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from sim.core.calendar import month_index
from sim.report.locality_timeline import LANES
from sim.report.stated_totals import StatedTotal, least
from sim.scenario.interventions import Twinning, Visit
from sim.scenario.schema import Scenario, load, names, outline
from sim.world import World

HISTORY = "baseline"
"""The scenario of a place that has none of its own."""
MEETINGS = ("visit_to_lac", "visit_to_china", "twinning", "university_link", "memorandum")
"""Kinds of facts with which a tie may begin."""
_LANE = {kind: number for number, (_, _, kinds) in enumerate(LANES) for kind in kinds}


class Fact(NamedTuple):
    """Hold one documented event: date (a year, a month or a day), kind, words and passage."""

    date: str
    kind: str
    label: str
    source: str

    @property
    def whole_year(self) -> bool:
        """Return whether only the year is known."""
        return len(self.date) == 4

    @property
    def month(self) -> int:
        """Return the month from January 2000; July where only the year is known."""
        return month_index(f"{self.date}-07" if self.whole_year else self.date[:7])

    @property
    def earliest(self) -> int:
        """Return the first month in which it may have happened, from January 2000."""
        return self.month - self.month % 12 if self.whole_year else self.month

    @property
    def lane(self) -> int:
        """Return the number of its lane in :data:`sim.report.locality_timeline.LANES`."""
        return _LANE.get(self.kind, len(LANES) - 1)


class Study(NamedTuple):
    """Hold what a case study says of a place beside its dated events; empty where nothing."""

    actors: str = ""
    holders: str = ""
    outcome: str = ""
    source: str = ""


STUDIES: dict[str, Study] = {}
"""Case studies shown beside the records, by their localities; whoever opens the page has them."""


def facts_of(
    world: World, code: str, first: float = float("-inf"), last: float = float("inf")
) -> tuple[Fact, ...]:
    """Return the documented events of a locality between two months, the earliest first."""
    table = world.documented
    rows = table.loc[table["locality"] == code, list(Fact._fields)]
    facts = (Fact(*map(str, row)) for row in rows.itertuples(index=False, name=None))
    inside = (fact for fact in facts if first <= fact.month <= last)
    return tuple(sorted(inside, key=lambda fact: (fact.month, fact.label)))


class RecordCount(NamedTuple):
    """Hold how many events of a kind, or of several counted together, are on record.

    ``stated`` is the number of a stated total, if any, ``least`` the lower bound from both.
    """

    kind: str
    kinds: tuple[str, ...]
    dated: int
    stated: int | None
    least: int


def counts_of(
    facts: Sequence[Fact], totals: Sequence[StatedTotal], kinds: Sequence[str]
) -> tuple[RecordCount, ...]:
    """Return what the record counts of each kind, then of kinds that a total counts together."""
    groups: dict[str, tuple[str, ...]] = {kind: (kind,) for kind in kinds}
    groups |= {t.kind: t.kinds for t in totals if set(t.kinds) <= set(kinds)}
    dated = {kind: [fact.month for fact in facts if fact.kind == kind] for kind in kinds}
    found = []
    for name, members in groups.items():
        mine = [total for total in totals if total.kind == name]
        stated = sum(total.at_least for total in mine) if mine else None
        count = sum(len(dated[kind]) for kind in members)
        found.append(RecordCount(name, members, count, stated, least(dated, mine, members)))
    return tuple(found)


def documented_places(world: World) -> dict[str, int]:
    """Return the localities with documented events and how many they have, most first."""
    codes = world.documented["locality"]
    counts = codes[codes.isin(world.localities["code"])].value_counts().sort_index()
    return {str(c): int(n) for c, n in counts.sort_values(ascending=False, kind="stable").items()}


def since_of(facts: Sequence[Fact], start: int) -> int:
    """Return the month from which a tie is documented, the run's first if none is."""
    return max(start, min((f.earliest for f in facts if f.kind in MEETINGS), default=start))


@cache
def own_scenarios() -> dict[str, Scenario]:
    """Return the shipped scenarios that are history seen from one place, by that place.

    They set no parameter and arrange nothing but contacts.
    """
    found: dict[str, Scenario] = {}
    for one in sorted(map(outline, names()), key=lambda s: (len(s.interventions), s.name)):
        is_history = all(isinstance(change, Visit | Twinning) for change in one.interventions)
        if one.focus and not one.parameters and is_history:
            found.setdefault(one.focus[0], one)
    return found


def scenario_of(world: World, code: str) -> Scenario:
    """Return the scenario to show a place by: its own if the world has one, else history."""
    own = own_scenarios().get(code)
    return load(HISTORY if own is None else own.name, world=world)


def first_pair(world: World) -> tuple[str, str]:
    """Return the places to begin with: with scenarios of their own, then the best known."""
    known = [str(code) for code in world.localities["code"]]
    own = [code for code in own_scenarios() if code in set(known)]
    one, other, *_ = dict.fromkeys([*own, *documented_places(world), *known])
    return one, other
