from __future__ import annotations

import pytest

from sim.app.why import project_history as h
from sim.app.why.run_index import RunIndex, index_run
from sim.scenario.schema import load
from sim.world import World


@pytest.fixture(scope="module")
def other(world: World) -> RunIndex:
    """Return the same run under a scenario that changes parameters."""
    name = "high-turnover"
    return index_run(load(name, world).with_overrides(end="2012-12"), world, 0)


def test_beside_itself_a_story_lacks_nothing(run: RunIndex) -> None:
    place = next(iter(run.deals_of_places()))
    history = h.history_of_project(run, run.projects_at(place)[0].key)
    found = h.counterpart(history, run, run)
    assert found.root is None
    assert found.missing == 0
    assert found.history is not None
    assert found.history.fate == history.fate


def test_a_deal_of_one_world_lacks_its_roots_in_the_other(run: RunIndex, other: RunIndex) -> None:
    dealt = {e.project for e in other.log.values() if e.kind == "deal"}
    alone = 0
    for place in list(run.deals_of_places())[:12]:
        for project in run.projects_at(place):
            history = h.history_of_project(run, project.key)
            found = h.counterpart(history, run, other)
            if project.deal is None or project.key in dealt:
                continue
            alone += 1
            assert found.root is not None
            assert found.root.event_id not in other.log
            assert all(c in other.log for c in found.root.causes if c in run.log)
            assert found.history is None or found.history.fate != h.FORMED
    assert alone, "the two worlds have the same deals"


def test_a_pair_is_set_beside_its_first_project_or_what_passed(
    run: RunIndex, other: RunIndex
) -> None:
    seen = set()
    for place in list(run.by_place)[:30]:
        for actor in run.contacts_at(place):
            found = h.counterpart(h.history_of_pair(run, place, actor), run, other).history
            assert found is not None
            projects = other.projects_of_pair(place, actor)
            seen.add(bool(projects))
            assert (found.actor is None) == bool(projects)
    assert seen == {True, False}
