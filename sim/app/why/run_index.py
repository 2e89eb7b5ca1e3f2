"""One run as it is asked about: its events by identity, its projects and who met whom."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from sim.engine.compiled import simulate
from sim.engine.events import event_table, to_frame
from sim.engine.initial_state import initial_state
from sim.report.biography import CONTACTS, events_by_id
from sim.report.event_phrases import Event
from sim.scenario.schema import Scenario
from sim.world import World
from sim.world.positions import Positions


class IndexedProject(NamedTuple):
    """Hold a project's identity, its first event, and its deal, None if it came to none."""

    key: str
    first: Event
    deal: Event | None


@dataclass(frozen=True)
class RunIndex:
    """Hold the events of one run of a scenario, in order, by identity."""

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

    def causes(self, event: Event) -> tuple[Event, ...]:
        """Return the causes of an event that the log holds."""
        return tuple(self.log[cause] for cause in event.causes if cause in self.log)

    def projects_at(self, place: str) -> list[IndexedProject]:
        """Return the projects of a locality: deals as they were formed, then the others."""
        found: dict[str, IndexedProject] = {}
        for event in self.at(place):
            if event.project is not None:
                known = found.get(event.project, IndexedProject(event.project, event, None))
                deal = event if event.kind == "deal" and known.deal is None else known.deal
                found[event.project] = known._replace(deal=deal)
        return sorted(found.values(), key=lambda p: (p.deal is None, (p.deal or p.first).order))

    def projects_of_pair(self, place: str, actor: str) -> list[str]:
        """Return the projects of a locality in which an actor has a part, the first one first."""
        mine = (e.project for e in self.at(place) if e.project is not None and e.actor == actor)
        return list(dict.fromkeys(mine))

    def contacts_at(self, place: str) -> dict[str, int]:
        """Return the Chinese actors that a locality met and how often, the most frequent first."""
        return _counted(e.actor for e in self.at(place) if e.kind in CONTACTS)

    def deals_of_places(self) -> dict[str, int]:
        """Return how many deals each locality has, those with most first."""
        return _counted(e.locality for e in self.log.values() if e.kind == "deal")

    def visits_elsewhere(self, actor: str, place: str) -> dict[str, int]:
        """Return how often an actor visited other localities, the most visited first."""
        visits = (e for e in self.log.values() if e.kind == "visit_to_lac" and e.actor == actor)
        return _counted(e.locality for e in visits if e.locality != place)


def _counted(keys: Iterable[str | None]) -> dict[str, int]:
    """Return how often each key occurs, the most frequent first; None is no key."""
    counts = Counter(key for key in keys if key)
    return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))


def index_run(scenario: Scenario, world: World, replicate: int) -> RunIndex:
    """Run one replicate of a scenario and return its index."""
    state = simulate(initial_state(scenario, world), scenario.seed, replicate)
    frame = to_frame(event_table(state, Positions(world), replicate))
    return RunIndex(scenario, replicate, events_by_id(frame, replicate))
