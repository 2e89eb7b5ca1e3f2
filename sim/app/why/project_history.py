"""The life of a project or of a pair that never came to one: events, stages and what stopped it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.app.why.run_index import FAILURES
from sim.report.biography import (
    CONTACTS,
    POLITICS,
    TIES,
    Biography,
    Line,
    trace_in_log,
)

if TYPE_CHECKING:
    from sim.app.why.run_index import Account
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
MOST_LINES = 60
"""Events told of a pair; of more, the latest."""

DONE, SKIPPED, MISSED = "done", "skipped", "missed"
"""What became of a stage: reached, not needed, not reached."""

NEVER_MET, TIE_LOST, NO_PROPOSAL, OPEN, FAILED, FORMED, ENDED = (
    "never_met",
    "tie_lost",
    "no_proposal",
    "open",
    "failed",
    "formed",
    "ended",
)
"""How it went: what stopped it, if anything did."""


@dataclass(frozen=True)
class Stage:
    """Hold a stage: its name, what became of it, and the event that reached it."""

    name: str
    state: str
    event: Event | None


@dataclass(frozen=True)
class Story:
    """Hold what is told of a project or a pair.

    Parameters
    ----------
    place, actor
        The locality; the Chinese actor of a pair, None for a project.
    life
        Its events in order, with their causes; of a pair, no project.
    stages
        The stages in order.
    fate
        How it went.
    last
        The event that ended it, or the last one; None if nothing happened at all.
    effects
        The events of the story that each event led to, by identity.
    """

    place: str
    actor: str | None
    life: Biography
    stages: tuple[Stage, ...]
    fate: str
    last: Event | None
    effects: dict[str, tuple[Event, ...]]

    @property
    def stopped_at(self) -> str | None:
        """Return the first stage up to the deal that was not reached, None if all were."""
        missed = (s.name for s in self.stages if s.name in TO_DEAL and s.state == MISSED)
        return next(missed, None)


def project_story(account: Account, project: str) -> Story:
    """Return the story of a project.

    Raises
    ------
    KeyError
        If the run has no such project.
    """
    if all(event.project != project for event in account.log.values()):
        raise KeyError(project)
    life = trace_in_log(account.log, project, account.replicate)
    own = life.own
    last = own[-1]
    dealt = any(event.kind == "deal" for event in own)
    if last.kind in FAILURES:
        fate = ENDED if dealt else FAILED
    else:
        fate = FORMED if dealt else OPEN
    place = own[0].locality or ""
    return Story(place, None, life, _stages(life), fate, last, _effects(life))


def _stages(life: Biography) -> tuple[Stage, ...]:
    own = {event.kind: event for event in reversed(life.own)}
    acquired = "acquisition" in own
    found = []
    for name, kinds in STAGES.items():
        event = life.met if name == "contact" else None
        event = event or next((own[kind] for kind in kinds if kind in own), None)
        state = DONE if event else MISSED
        if event is None and acquired and name in SKIPPED_BY_ACQUISITION:
            state = SKIPPED
        if event is None and name == "contact":
            # A project may come without one, such as a plan of the national executive.
            state = SKIPPED
        found.append(Stage(name, state, event))
    # An acquired company is at work already.
    if acquired:
        found = [stage for stage in found if stage.name not in ("works", "completion")]
    return tuple(found)


def _effects(life: Biography) -> dict[str, tuple[Event, ...]]:
    own_events = {line.event.event_id for line in life.lines}
    found: dict[str, tuple[Event, ...]] = {}
    for line in life.lines:
        for cause in line.event.causes:
            if cause in own_events:
                found[cause] = (*found.get(cause, ()), line.event)
    return found


def pair_story(account: Account, place: str, actor: str) -> Story:
    """Return the story of a locality and a Chinese actor that have no project with one another.

    It holds what passed between them, the changes of office at the place since they met, and the
    projects' absence: whether they met at all, whether their tie was lost, or nobody proposed.
    """
    mine = account.at(place)
    between = [e for e in mine if e.actor == actor and e.project is None]
    met = next((e for e in between if e.kind in CONTACTS), None)
    since = between[0].order if between else len(account.log)
    politics = [e for e in mine if e.kind == "governor_change" and e.order > since]
    lines = [Line(e, TIES, _causes(account, e)) for e in between]
    lines += [Line(e, POLITICS, _causes(account, e)) for e in politics]
    lines.sort(key=lambda line: line.event.order)
    kept = tuple(lines[-MOST_LINES:])
    life = Biography("", account.replicate, kept, len(lines) - len(kept))
    fate, last = NO_PROPOSAL, between[-1] if between else None
    if met is None:
        fate = NEVER_MET
    elif last is not None and last.kind == "tie_lost":
        fate = TIE_LOST
    stages = tuple(
        Stage(
            name, DONE if name == "contact" and met else MISSED, met if name == "contact" else None
        )
        for name in TO_DEAL
    )
    return Story(place, actor, life, stages, fate, last, _effects(life))


def _causes(account: Account, event: Event) -> tuple[Event, ...]:
    return tuple(account.log[cause] for cause in event.causes if cause in account.log)


def projects_of_pair(account: Account, place: str, actor: str) -> list[str]:
    """Return the projects of a locality in which an actor has a part, the first one first."""
    found = (e.project for e in account.at(place) if e.project is not None and e.actor == actor)
    return list(dict.fromkeys(found))
