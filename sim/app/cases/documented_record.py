"""What is documented of a place: the facts, the places that have any, and where to begin."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from sim.core.calendar import month_index
from sim.report.locality_timeline import LANES
from sim.report.stated_totals import StatedTotal, least
from sim.scenario.interventions import Twinning, Visit

if TYPE_CHECKING:
    from sim.scenario.schema import Scenario
    from sim.world import World

HISTORY = "baseline"
"""The scenario of a place that has none of its own."""
MEETINGS = ("visit_to_lac", "visit_to_china", "twinning", "university_link", "memorandum")
"""Kinds of facts with which a tie may begin."""
_LANE = {kind: number for number, (_, _, kinds) in enumerate(LANES) for kind in kinds}


@dataclass(frozen=True)
class Fact:
    """Hold one documented event.

    Parameters
    ----------
    date
        As documented: a year, a month or a day.
    month
        From January 2000; July where only the year is known.
    whole_year
        Whether only the year is known.
    kind, lane
        What it is, and the number of its lane in :data:`sim.report.locality_timeline.LANES`.
    label, source
        What happened, and the passage that says so.
    """

    date: str
    month: int
    whole_year: bool
    kind: str
    lane: int
    label: str
    source: str

    @property
    def earliest(self) -> int:
        """Return the first month in which it may have happened, from January 2000."""
        return self.month - self.month % 12 if self.whole_year else self.month


@dataclass(frozen=True)
class Study:
    """Hold what a case study says of a place beside its dated events, each in a few words.

    Parameters
    ----------
    actors, holders, outcome
        Chinese actors, office-holders, and what came of it; empty if nothing is said.
    source
        The passages.
    """

    actors: str = ""
    holders: str = ""
    outcome: str = ""
    source: str = ""


Studies = Mapping[str, Study]
"""Case studies by the code of their locality."""

_studies: Studies = {}


def use_studies(studies: Studies) -> None:
    """Show case studies beside the records from now on; whoever opens the page has them."""
    global _studies  # noqa: PLW0603
    _studies = dict(studies)


def studies_shown() -> Studies:
    """Return the case studies that are shown."""
    return _studies


def study_of(code: str) -> Study | None:
    """Return the case study of a locality, None if there is none at hand."""
    return _studies.get(code)


def facts_of(
    world: World, code: str, first: int | None = None, last: int | None = None
) -> tuple[Fact, ...]:
    """Return the documented events of a locality, the earliest first.

    Parameters
    ----------
    world
        The tables.
    code
        ISO 3166-2 code of the locality.
    first, last
        First and last month that count, from January 2000; None leaves that end open.
    """
    table = world.documented
    mine = table[table["locality"] == code]
    facts = [
        _fact(str(date), str(kind), str(label), str(source))
        for date, kind, label, source in zip(
            mine["date"], mine["kind"], mine["label"], mine["source"], strict=True
        )
    ]
    inside = [
        fact
        for fact in facts
        if (first is None or first <= fact.month) and (last is None or fact.month <= last)
    ]
    return tuple(sorted(inside, key=lambda fact: (fact.month, fact.label)))


def _fact(date: str, kind: str, label: str, source: str) -> Fact:
    whole = len(date) == 4
    month = month_index(f"{date}-07" if whole else date[:7])
    lane = _LANE.get(kind, len(LANES) - 1)
    return Fact(date, month, whole, kind, lane, label, source)


@dataclass(frozen=True)
class RecordCount:
    """Hold how many events of some kinds the record knows of.

    Parameters
    ----------
    kind, kinds
        What is counted: one kind, or :data:`sim.report.stated_totals.VISIT`; what this takes in.
    dated
        How many dated events there are.
    stated
        How many there were at least according to a stated total; None if none is stated.
    least
        Lower bound from both.
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
        found.append(
            RecordCount(
                name,
                members,
                sum(len(dated[kind]) for kind in members),
                sum(total.at_least for total in mine) if mine else None,
                least(dated, mine, members),
            )
        )
    return tuple(found)


def documented_places(world: World) -> dict[str, int]:
    """Return the localities with documented events and how many they have, most first."""
    counts = world.documented["locality"].value_counts(sort=False)
    known = set(world.localities["code"])
    pairs = [(str(code), int(count)) for code, count in counts.items() if code in known]
    return dict(sorted(pairs, key=lambda pair: (-pair[1], pair[0])))


def since_of(facts: tuple[Fact, ...], start: int) -> int:
    """Return the month from which a tie is documented, the run's first if none is."""
    months = [fact.earliest for fact in facts if fact.kind in MEETINGS]
    return max(start, min(months, default=start))


@cache
def own_scenarios() -> dict[str, Scenario]:
    """Return the shipped scenarios that are history seen from one place, by that place.

    They set no parameter and arrange nothing but contacts. Those that arrange fewest come first.
    """
    from sim.scenario.schema import names, outline

    found: dict[str, Scenario] = {}
    every = (outline(name) for name in names())
    fitting = [s for s in every if s.focus and not s.parameters and _arranges_contacts_only(s)]
    for scenario in sorted(fitting, key=lambda s: (len(s.interventions), s.name)):
        found.setdefault(scenario.focus[0], scenario)
    return found


def _arranges_contacts_only(scenario: Scenario) -> bool:
    return all(isinstance(change, Visit | Twinning) for change in scenario.interventions)


def scenario_of(world: World, code: str) -> Scenario:
    """Return the scenario to show a place by: its own if the world has one, else history.

    Raises
    ------
    InputError
        If the world does not fit the shipped history.
    """
    from sim.scenario.schema import load

    own = own_scenarios().get(code)
    return load(HISTORY if own is None else own.name, world=world)


def first_pair(world: World) -> tuple[str, str]:
    """Return the two places to begin with: those with scenarios of their own, then the best known.

    Raises
    ------
    ValueError
        If the world has fewer than two places.
    """
    known = list(world.localities["code"])
    own = [code for code in own_scenarios() if code in set(known)]
    order = list(dict.fromkeys([*own, *documented_places(world), *known]))
    one, other, *_ = order
    return str(one), str(other)
