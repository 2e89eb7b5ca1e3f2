"""What came of a project, or of a pair that never came to one, and what stopped it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from sim.app.why.run_index import RunIndex
from sim.core import enums as k
from sim.core.calendar import month_index
from sim.core.identities import PROJECT, as_written
from sim.report.biography import CONTACTS, POLITICS, TIES, Biography, Line, trace_in_log
from sim.report.event_phrases import Event

STAGES: dict[str, tuple[str, ...]] = {
    "contact": tuple(sorted(CONTACTS)),
    "proposal": ("proposal", "acquisition"),
    "memorandum": ("memorandum",),
    "approval": ("approval_local", "approval_central"),
    "award": ("award",),
    "finance": ("loan_sovereign", "loan_local", "own_finance"),
    "deal": ("deal",),
    "works": ("construction",),
    "completion": ("completion",),
}
"""Stages on the way, and the kinds of events by which each is reached."""
TO_DEAL = tuple(STAGES)[: tuple(STAGES).index("deal") + 1]
SKIPPED_BY_ACQUISITION = frozenset({"memorandum", "approval", "award", "finance"})
FAILURES = frozenset(e.name for e in k.EVENTS.values() if e.stage in k.STAGES[k.LAPSED :])
"""Kinds of events with which a project ends in failure."""
PAIR_MARK = "a"
"""What the key of a pair begins with; an actor's code follows. A project's is its identity."""
MOST_LINES = 60
"""Events told of a pair; of more, the latest."""
MOST_STEPS = 100_000
"""Events the walk back from one run into another looks at, at most."""

DONE, SKIPPED, MISSED = "done", "skipped", "missed"
"""What became of a stage: reached, not needed, not reached."""
NEVER_MET, TIE_LOST, NO_PROPOSAL = "never_met", "tie_lost", "no_proposal"
OPEN, FAILED, FORMED, ENDED = "open", "failed", "formed", "ended"
"""How it went with a pair, and with a project."""


class Stage(NamedTuple):
    """Hold a stage: its name, what became of it, and the event that reached it."""

    name: str
    state: str
    event: Event | None


@dataclass(frozen=True)
class ProjectHistory:
    """Hold the life of a project at a place, or what passed between the place and an ``actor``.

    ``last`` is the event that ended it, or the last one, None if nothing happened at all.
    """

    place: str
    actor: str | None
    life: Biography
    stages: tuple[Stage, ...]
    fate: str
    last: Event | None

    @property
    def stopped_at(self) -> str | None:
        """Return the first stage up to the deal that was not reached, None if all were."""
        missed = (s.name for s in self.stages if s.name in TO_DEAL and s.state == MISSED)
        return next(missed, None)

    @property
    def deal(self) -> Event | None:
        """Return the event by which it became a deal, None if it did not."""
        return next((event for event in self.life.own if event.kind == "deal"), None)

    @cached_property
    def lines(self) -> dict[str, Line]:
        """Return the events with their causes, in order, by identity."""
        return {line.event.event_id: line for line in self.life.lines}

    @property
    def events(self) -> list[Event]:
        """Return the events in order."""
        return [line.event for line in self.life.lines]

    @property
    def months_to_deal(self) -> int:
        """Return the months from the first contact to the deal, 0 if one of them is missing."""
        if self.deal is None or self.life.met is None:
            return 0
        return month_index(self.deal.month) - month_index(self.life.met.month)

    def changes_before(self, event: Event) -> list[Event]:
        """Return the changes of office that caused an event, if it is told here."""
        line = self.lines.get(event.event_id)
        return [cause for cause in line.causes if cause.kind.endswith("_change")] if line else []

    def effects(self, event: str) -> list[Event]:
        """Return the events told here that an event led to."""
        return [other for other in self.events if event in other.causes]


def history_of_project(run: RunIndex, project: str) -> ProjectHistory:
    """Return the history of a project; KeyError if the run has none such."""
    if all(event.project != project for event in run.log.values()):
        raise KeyError(project)
    life = trace_in_log(run.log, project, run.replicate)
    last = life.own[-1]
    dealt = any(event.kind == "deal" for event in life.own)
    if last.kind in FAILURES:
        fate = ENDED if dealt else FAILED
    else:
        fate = FORMED if dealt else OPEN
    return ProjectHistory(life.own[0].locality or "", None, life, _stages(life), fate, last)


def _stages(life: Biography) -> tuple[Stage, ...]:
    own = {event.kind: event for event in reversed(life.own)}
    acquired = "acquisition" in own
    # A project may come without a contact, such as a plan of the national executive.
    spared = {"contact"} | (SKIPPED_BY_ACQUISITION if acquired else set())
    found = []
    for name, kinds in STAGES.items():
        # An acquired company is at work already.
        if acquired and name in ("works", "completion"):
            continue
        event = life.met if name == "contact" else None
        event = event or next((own[kind] for kind in kinds if kind in own), None)
        state = DONE if event else SKIPPED if name in spared else MISSED
        found.append(Stage(name, state, event))
    return tuple(found)


def history_of_pair(run: RunIndex, place: str, actor: str) -> ProjectHistory:
    """Return the history of a locality and a Chinese actor that have no project with one another.

    What passed between them, and the changes of office at the place since they met.
    """
    mine = run.at(place)
    between = [e for e in mine if e.actor == actor and e.project is None]
    met = next((e for e in between if e.kind in CONTACTS), None)
    since = between[0].order if between else len(run.log)
    politics = [e for e in mine if e.kind == "governor_change" and e.order > since]
    lines = [Line(e, TIES, run.causes(e)) for e in between]
    lines += [Line(e, POLITICS, run.causes(e)) for e in politics]
    lines.sort(key=lambda line: line.event.order)
    shown = tuple(lines[-MOST_LINES:])
    last = between[-1] if between else None
    fate = TIE_LOST if last is not None and last.kind == "tie_lost" else NO_PROPOSAL
    stages = [Stage(name, MISSED, None) for name in TO_DEAL]
    if met is None:
        fate = NEVER_MET
    else:
        stages[0] = Stage("contact", DONE, met)
    life = Biography("", run.replicate, shown, len(lines) - len(shown))
    return ProjectHistory(place, actor, life, tuple(stages), fate, last)


def history_of(run: RunIndex, place: str, key: str) -> ProjectHistory | None:
    """Return the history that a key stands for at a place, None if it stands for none there."""
    if key[:1] == PAIR_MARK:
        known = any(event.actor == key[1:] for event in run.log.values())
        return history_of_pair(run, place, key[1:]) if known and run.at(place) else None
    try:
        found = history_of_project(run, as_written(PROJECT, key))
    except KeyError:
        return None
    return found if found.place == place else None


class Counterpart(NamedTuple):
    """Hold what another run makes of a history, None if it does not happen there.

    ``root`` is the first event on the way to the last one that the other run lacks, and ``missing``
    how many of them.
    """

    history: ProjectHistory | None
    root: Event | None
    missing: int


def counterpart(history: ProjectHistory, run: RunIndex, other: RunIndex) -> Counterpart:
    """Return what another run with the same seed and number makes of a history.

    Events carry the same identity in both. The walk goes back along causes that the other run lacks
    too; a cause that both hold is no reason for the difference.
    """
    lacking: dict[str, Event] = {}
    goal = history.deal or history.last
    waiting = [] if goal is None else [goal]
    while waiting and len(lacking) < MOST_STEPS:
        event = waiting.pop()
        if event.event_id not in other.log and event.event_id not in lacking:
            lacking[event.event_id] = event
            waiting += run.causes(event)
    root = min(lacking.values(), key=lambda event: event.order, default=None)
    projects = [history.life.project]
    if history.actor is not None:
        projects = other.projects_of_pair(history.place, history.actor)
        if not projects:
            there = history_of_pair(other, history.place, history.actor)
            return Counterpart(there, root, len(lacking))
    try:
        return Counterpart(history_of_project(other, projects[0]), root, len(lacking))
    except KeyError:
        return Counterpart(None, root, len(lacking))
