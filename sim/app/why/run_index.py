"""One run as it is asked about: its events by identity, its projects and who met whom."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from sim.core import enums as k
from sim.report.biography import CONTACTS, events_by_id

if TYPE_CHECKING:
    from sim.report.event_phrases import Event
    from sim.scenario.schema import Scenario
    from sim.world import World

FAILURES = frozenset(e.name for e in k.EVENTS.values() if e.stage in k.STAGES[k.LAPSED :])
"""Kinds of events with which a project ends in failure."""


@dataclass(frozen=True)
class IndexedProject:
    """Hold a project in short.

    Parameters
    ----------
    key
        Its identity.
    first, last
        Its first and last event.
    deal
        The event by which it became a deal, None if it did not.
    """

    key: str
    first: Event
    last: Event
    deal: Event | None


@dataclass(frozen=True)
class Account:
    """Hold the events of one run.

    Parameters
    ----------
    scenario, replicate
        Which run.
    log
        Its events by identity, in order.
    """

    scenario: Scenario
    replicate: int
    log: dict[str, Event] = field(repr=False)

    @cached_property
    def by_place(self) -> dict[str, list[Event]]:
        """Return the events of each locality, in order."""
        found: dict[str, list[Event]] = {}
        for event in self.log.values():
            if event.locality is not None:
                found.setdefault(event.locality, []).append(event)
        return found

    def at(self, place: str) -> list[Event]:
        """Return the events of a locality, in order."""
        return self.by_place.get(place, [])

    def projects_at(self, place: str) -> list[IndexedProject]:
        """Return the projects of a locality: deals as they were formed, then the others."""
        own: dict[str, list[Event]] = {}
        for event in self.at(place):
            if event.project is not None:
                own.setdefault(event.project, []).append(event)
        found = [
            IndexedProject(
                key, mine[0], mine[-1], next((e for e in mine if e.kind == "deal"), None)
            )
            for key, mine in own.items()
        ]
        return sorted(found, key=lambda p: (p.deal is None, (p.deal or p.first).order))

    def contacts_at(self, place: str) -> dict[str, int]:
        """Return the Chinese actors that a locality met and how often, the most frequent first."""
        met = (e.actor for e in self.at(place) if e.kind in CONTACTS and e.actor is not None)
        return dict(sorted(Counter(met).items(), key=lambda pair: (-pair[1], pair[0])))

    def deals_of_places(self) -> dict[str, int]:
        """Return how many deals each locality has, those with most first."""
        places = (e.locality for e in self.log.values() if e.kind == "deal" and e.locality)
        return dict(sorted(Counter(places).items(), key=lambda pair: (-pair[1], pair[0])))

    def visits_elsewhere(self, actor: str, place: str) -> dict[str, int]:
        """Return how often an actor visited other localities, the most visited first."""
        visits = (
            e.locality
            for e in self.log.values()
            if e.kind == "visit_to_lac" and e.actor == actor and e.locality != place
        )
        counts = Counter(code for code in visits if code is not None)
        return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))


def account_of(scenario: Scenario, world: World, replicate: int) -> Account:
    """Run one replicate of a scenario and return its account."""
    from sim.engine.compiled import simulate
    from sim.engine.events import event_table, to_frame
    from sim.engine.initial_state import initial_state
    from sim.world.positions import Positions

    state = simulate(initial_state(scenario, world), scenario.seed, replicate)
    frame = to_frame(event_table(state, Positions(world), replicate))
    return Account(scenario, replicate, events_by_id(frame, replicate))
