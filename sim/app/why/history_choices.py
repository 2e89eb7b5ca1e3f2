"""What may be asked about at a place of one run: its deals, its projects and its pairs."""

from __future__ import annotations

from collections.abc import Iterable

from sim.app.session import Session
from sim.app.why.project_history import PAIR_MARK, history_of_project
from sim.app.why.run_index import IndexedProject, RunIndex
from sim.report.event_phrases import EventDescriber
from sim.report.phrases import capital

MOST_OF_A_KIND = 150
"""Choices offered of each kind, at most."""


HEADS = frozenset({"visit_to_china", "approval_local", "governor_change"})
"""Kinds of events in which the local head has a part."""


def opening(run: RunIndex, places: Iterable[str]) -> tuple[str, str] | None:
    """Return place and project of the story to begin with, None if no place has one.

    A local head has a part in it and the place was met; deals come first, then earlier places.
    """
    for dealt in (True, False):
        for place in places:
            for project in run.projects_at(place):
                if (project.deal is not None) != dealt:
                    continue
                life = history_of_project(run, project.key).life
                mine = {line.event.kind for line in life.lines if line.event.locality == place}
                if life.met is not None and mine & HEADS:
                    return place, project.key
    return None


def choices(
    session: Session, run: RunIndex, place: str, describer: EventDescriber
) -> dict[str, dict[str, str]]:
    """Return what may be asked about at a place: for each kind, keys by what they are called."""
    _ = session._
    projects, met = run.projects_at(place), run.contacts_at(place)
    visitors = {e.actor for e in run.log.values() if e.kind == "visit_to_lac" and e.actor}
    strangers = sorted(
        visitors - set(met), key=lambda code: (code.count(":"), describer.actor(code))
    )

    def called(project: IndexedProject) -> tuple[str, str]:
        event = project.deal or project.first
        value = describer.money(project.first.value)
        words = f"{event.month} {describer.sector(event.sector)}, {value}"
        return f"{words}, {describer.actor(event.actor)}" if event.actor else words, project.key

    def paired(actor: str) -> tuple[str, str]:
        name = capital(describer.actor(actor))
        if actor in met:
            name = session.n(
                "{actor} (met once)", "{actor} (met {n} times)", met[actor], actor=name
            )
        return name, f"{PAIR_MARK}{actor}"

    def apart(actors: list[str]) -> list[tuple[str, str]]:
        return [paired(actor) for actor in actors if not run.projects_of_pair(place, actor)]

    groups = {
        _("Deals"): [called(p) for p in projects if p.deal is not None],
        _("Projects that came to no deal"): [called(p) for p in projects if p.deal is None],
        _("Met, but no project"): apart(list(met)),
        _("Never met"): apart(strangers),
    }
    return {title: _unique(pairs[:MOST_OF_A_KIND]) for title, pairs in groups.items()}


def _unique(pairs: list[tuple[str, str]]) -> dict[str, str]:
    """Return keys by labels; of equal labels the later ones get a number."""
    found: dict[str, str] = {}
    for label, key in pairs:
        shown, count = label, 1
        while shown in found:
            count += 1
            shown = f"{label} ({count})"
        found[shown] = key
    return found
