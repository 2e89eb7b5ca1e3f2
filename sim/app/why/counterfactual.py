"""A story set beside another scenario's run with the same draws: what that one lacks first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.app.why.project_history import pair_story, project_story, projects_of_pair

if TYPE_CHECKING:
    from sim.app.why.project_history import Story
    from sim.app.why.run_index import Account
    from sim.report.event_phrases import Event

MOST_STEPS = 100_000
"""Events the walk back looks at, at most."""


@dataclass(frozen=True)
class StoryComparison:
    """Hold what another run makes of a story.

    Parameters
    ----------
    story
        The same project there, None if it was never proposed there. Of a pair, its first project
        there, or what passed between the two if there is none.
    root
        The first event on the way to the story's last one that the other run lacks, None if it
        lacks none.
    missing
        How many events on the way are missing there.
    """

    story: Story | None
    root: Event | None
    missing: int


def compare_stories(story: Story, account: Account, other: Account) -> StoryComparison:
    """Return what another run with the same seed and number makes of a story.

    Events carry the same identity in both runs, so that what one log holds and the other does not
    follows from what the scenarios differ by. The walk goes back along causes that the other run
    lacks too; a cause that both hold is no reason for the difference.
    """
    lacking: dict[str, Event] = {}
    goal = story.last
    deal = next((e for e in story.life.own if e.kind == "deal"), None)
    waiting = [event for event in (deal or goal,) if event is not None]
    while waiting and len(lacking) < MOST_STEPS:
        event = waiting.pop()
        if event.event_id in other.log or event.event_id in lacking:
            continue
        lacking[event.event_id] = event
        waiting += [account.log[cause] for cause in event.causes if cause in account.log]
    root = min(lacking.values(), key=lambda event: event.order, default=None)
    return StoryComparison(_there(story, other), root, len(lacking))


def _there(story: Story, other: Account) -> Story | None:
    if story.actor is not None:
        projects = projects_of_pair(other, story.place, story.actor)
        if not projects:
            return pair_story(other, story.place, story.actor)
        return project_story(other, projects[0])
    try:
        return project_story(other, story.life.project)
    except KeyError:
        return None
