"""What the page says of a story: its headline, its stages, how it went and what stopped it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.app.why.project_history import (
    DONE,
    ENDED,
    FAILED,
    FORMED,
    NEVER_MET,
    NO_PROPOSAL,
    OPEN,
    SKIPPED,
    TIE_LOST,
)
from sim.core.calendar import month_index
from sim.report.biography import CONTACTS

if TYPE_CHECKING:
    from sim.app.session import Session
    from sim.app.why.counterfactual import StoryComparison
    from sim.app.why.project_history import Stage, Story
    from sim.app.why.run_index import Account
    from sim.report.event_phrases import Event, EventDescriber


def stage_names(session: Session) -> dict[str, str]:
    """Return the names of the stages."""
    _ = session._
    return {
        "contact": _("First contact"),
        "proposal": _("Proposal"),
        "memorandum": _("Memorandum"),
        "approval": _("Approval"),
        "award": _("Award"),
        "finance": _("Finance"),
        "deal": _("Deal"),
        "works": _("Works"),
        "completion": _("Completion"),
    }


def stage_words(session: Session, stage: Stage, describer: EventDescriber) -> str:
    """Return what became of a stage, in a few words."""
    _ = session._
    if stage.state == DONE and stage.event is not None:
        return _("reached in {month}", month=describer.month(stage.event.month))
    return _("not needed") if stage.state == SKIPPED else _("not reached")


def headline(session: Session, story: Story, describer: EventDescriber) -> str:
    """Return what a story is about, as one line."""
    _ = session._
    place = describer.full_place(story.place)
    if story.actor is not None:
        actor = describer.actor(story.actor)
        return _("{actor} and {place}", actor=actor[:1].upper() + actor[1:], place=place)
    first = story.life.own[0]
    sector, value = describer.sector(first.sector), describer.money(first.value)
    sector = sector[:1].upper() + sector[1:]
    return _("{sector} in {place}, {value}", sector=sector, place=place, value=value)


def delay(session: Session, start: str, end: str) -> str:
    """Return the time between two months as words."""
    months = month_index(end) - month_index(start)
    return session.n("{n} month", "{n} months", months)


def fate_words(
    session: Session, story: Story, describer: EventDescriber, account: Account
) -> list[str]:
    """Return how it went and, if it came to nothing, what stopped it, as sentences."""
    _ = session._
    if story.actor is not None:
        return _pair_words(session, story, describer, account)
    deal = next((e for e in story.life.own if e.kind == "deal"), None)
    texts = []
    if deal is not None:
        texts.append(_("The deal was formed in {month}.", month=describer.month(deal.month)))
        if story.life.met is not None:
            wait = delay(session, story.life.met.month, deal.month)
            texts.append(_("From the first contact it took {wait}.", wait=wait))
    if story.fate == FORMED or story.last is None:
        return texts
    if story.fate == ENDED:
        texts.append(_("Later it ended all the same."))
    elif story.fate == OPEN:
        end = describer.month(account.scenario.end)
        texts.append(_("It was still undecided when the run ended in {month}.", month=end))
        missing = stage_names(session)[story.stopped_at or "deal"]
        texts.append(_("The next stage would have been: {stage}.", stage=missing))
    else:
        stage = stage_names(session)[story.stopped_at or "deal"]
        texts.append(_("No deal came of it. The stage not reached: {stage}.", stage=stage))
    if story.fate in (ENDED, FAILED):
        texts.append(_stopped(session, story.last, story, describer))
    return texts


def _stopped(session: Session, last: Event, story: Story, describer: EventDescriber) -> str:
    """Say what ended a project and, where something outside it did, what."""
    _ = session._
    line = next(line for line in story.life.lines if line.event.event_id == last.event_id)
    what = describer.sentence(last, line.causes)
    outside = [c for c in line.causes if c.project != story.life.project]
    if outside:
        reason = describer.reason(last, outside[:1])
        return _(
            "What stopped it: {what} That was in {month}, {reason}.",
            what=what,
            month=describer.month(last.month),
            reason=reason,
        )
    return _("What stopped it: {what} ({month})", what=what, month=describer.month(last.month))


def _pair_words(
    session: Session, story: Story, describer: EventDescriber, account: Account
) -> list[str]:
    """Say of two who have no project how far they came and what was missing."""
    _ = session._
    actor = describer.actor(story.actor)
    place = describer.place(story.place, None)
    lines = [line.event for line in story.life.lines]
    meetings = [event for event in lines if event.kind in CONTACTS]
    texts = []
    if story.fate == NEVER_MET:
        texts.append(_("In this run {actor} and {place} never met.", actor=actor, place=place))
        refused = sum(event.kind == "declined_visit" for event in lines)
        if refused:
            texts.append(
                session.n(
                    "{n} visit was asked for and not received.",
                    "{n} visits were asked for and not received.",
                    refused,
                )
            )
        return [*texts, _elsewhere(session, story, describer, account)]
    last = describer.month((meetings or lines)[-1].month)
    texts.append(
        session.n(
            "They met once, in {last}.",
            "They met {n} times, the last time in {last}.",
            len(meetings),
            last=last,
        )
    )
    if story.fate == TIE_LOST and story.last is not None:
        texts.append(_lost(session, story, story.last, describer))
    elif story.fate == NO_PROPOSAL:
        texts.append(_("What was missing: neither side proposed a project to the other."))
    return [*texts, _elsewhere(session, story, describer, account)]


def _lost(session: Session, story: Story, last: Event, describer: EventDescriber) -> str:
    """Say when a tie was lost and with whom it went."""
    _ = session._
    causes = [c for c in _causes_of(story, last) if c.kind.endswith("_change")]
    month = describer.month(last.month)
    if not causes:
        return _("What stopped it: their tie was lost in {month}.", month=month)
    return _(
        "What stopped it: their tie was lost in {month}, {reason}.",
        month=month,
        reason=describer.reason(last, causes[:1]),
    )


def _causes_of(story: Story, event: Event) -> tuple[Event, ...]:
    lines = (line for line in story.life.lines if line.event.event_id == event.event_id)
    return next((line.causes for line in lines), ())


def _elsewhere(session: Session, story: Story, describer: EventDescriber, account: Account) -> str:
    """Say where else the Chinese actor went meanwhile."""
    visits = account.visits_elsewhere(story.actor or "", story.place)
    total = sum(visits.values())
    actor = describer.actor(story.actor)
    actor = actor[:1].upper() + actor[1:]
    if not total:
        return session._("{actor} visited no other place either.", actor=actor)
    most = ", ".join(
        f"{describer.full_place(code)} ({count})" for code, count in list(visits.items())[:3]
    )
    return session.n(
        "{actor} paid {n} visit elsewhere: {places}.",
        "{actor} paid {n} visits elsewhere, most of them to {places}.",
        total,
        actor=actor,
        places=most,
    )


def comparison_words(
    session: Session, beside: StoryComparison, describer: EventDescriber, other: Account
) -> list[str]:
    """Say what another scenario's run with the same draws makes of a story."""
    _ = session._
    title, there = _(other.scenario.title), beside.story
    texts = []
    if there is None:
        texts.append(_("Set beside “{scenario}”: there it does not happen.", scenario=title))
    else:
        texts.append(_("Set beside “{scenario}”:", scenario=title))
        texts += fate_words(session, there, describer, other)
    if beside.root is None:
        return texts
    root = beside.root
    texts.append(
        _(
            "What is missing there first, in {month}: {what}",
            month=describer.month(root.month),
            what=describer.sentence(root),
        )
    )
    return texts
