"""What may be asked about: scenarios, and at a place of one run its deals, projects and pairs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.app.why.project_history import pair_story, project_story, projects_of_pair
from sim.core.identities import PROJECT, as_written

if TYPE_CHECKING:
    from sim.app.session import Session
    from sim.app.why.project_history import Story
    from sim.app.why.run_index import Account, IndexedProject
    from sim.report.event_phrases import EventDescriber

PAIR_MARK = "a"
"""What the key of a pair begins with; an actor's code follows. A project's is its identity."""
MOST_OF_A_KIND = 150
"""Choices offered of each kind, at most."""


def choices(
    session: Session, account: Account, place: str, describer: EventDescriber
) -> dict[str, dict[str, str]]:
    """Return what may be asked about at a place: for each kind, keys by what they are called."""
    _ = session._
    projects = account.projects_at(place)
    met = account.contacts_at(place)
    apart = [actor for actor in met if not projects_of_pair(account, place, actor)]
    strangers = sorted(
        {e.actor for e in account.log.values() if e.kind == "visit_to_lac" and e.actor} - set(met),
        key=lambda code: (code.count(":"), describer.actor(code)),
    )
    strangers = [actor for actor in strangers if not projects_of_pair(account, place, actor)]
    groups = {
        _("Deals"): [p for p in projects if p.deal is not None],
        _("Projects that came to no deal"): [p for p in projects if p.deal is None],
    }
    found = {
        title: _unique([(project_label(project, describer), project.key) for project in mine])
        for title, mine in groups.items()
    }
    pairs = {_("Met, but no project"): apart, _("Never met"): strangers}
    for title, actors in pairs.items():
        found[title] = _unique(
            [(_actor_label(session, a, met, describer), f"{PAIR_MARK}{a}") for a in actors]
        )
    return {title: dict(list(group.items())[:MOST_OF_A_KIND]) for title, group in found.items()}


def project_label(project: IndexedProject, describer: EventDescriber) -> str:
    """Return what a project is called in a list."""
    event = project.deal or project.first
    sector = describer.sector(event.sector)
    words = f"{event.month} {sector}, {describer.money(project.first.value)}"
    return f"{words}, {describer.actor(event.actor)}" if event.actor else words


def _actor_label(
    session: Session, actor: str, met: dict[str, int], describer: EventDescriber
) -> str:
    name = describer.actor(actor)
    name = name[:1].upper() + name[1:]
    if actor not in met:
        return name
    return session.n("{actor} (met once)", "{actor} (met {n} times)", met[actor], actor=name)


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


def first_choice(groups: dict[str, dict[str, str]]) -> str:
    """Return the key of the first thing that may be asked about, empty if there is none."""
    return next((key for group in groups.values() for key in group.values()), "")


def story_of(account: Account, place: str, key: str) -> Story | None:
    """Return the story that a key stands for at a place, None if it stands for none there."""
    mark, rest = key[:1], key[1:]
    if mark == PAIR_MARK:
        known = any(event.actor == rest for event in account.log.values())
        return pair_story(account, place, rest) if known and account.at(place) else None
    try:
        story = project_story(account, as_written(PROJECT, key))
    except KeyError:
        return None
    return story if story.place == place else None
