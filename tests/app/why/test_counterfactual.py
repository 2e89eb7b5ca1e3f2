from __future__ import annotations

import pytest

from sim.app.why.counterfactual import compare_stories
from sim.app.why.project_history import FORMED, pair_story, project_story, projects_of_pair
from sim.app.why.run_index import Account, account_of
from sim.scenario.schema import load
from sim.world import World


@pytest.fixture(scope="module")
def other(world: World) -> Account:
    """Return the same run under a scenario that changes parameters."""
    name = "high-turnover"
    return account_of(load(name, world).with_overrides(end="2012-12"), world, 0)


def test_beside_itself_a_story_lacks_nothing(account: Account) -> None:
    place = next(iter(account.deals_of_places()))
    story = project_story(account, account.projects_at(place)[0].key)
    found = compare_stories(story, account, account)
    assert found.root is None
    assert found.missing == 0
    assert found.story is not None
    assert found.story.fate == story.fate


def test_a_deal_of_one_world_lacks_its_roots_in_the_other(account: Account, other: Account) -> None:
    dealt = {e.project for e in other.log.values() if e.kind == "deal"}
    alone = 0
    for place in list(account.deals_of_places())[:40]:
        for project in account.projects_at(place):
            story = project_story(account, project.key)
            found = compare_stories(story, account, other)
            if project.deal is None or project.key in dealt:
                continue
            alone += 1
            assert found.root is not None
            assert found.root.event_id not in other.log
            assert all(c in other.log for c in found.root.causes if c in account.log)
            assert found.story is None or found.story.fate != FORMED
    assert alone, "the two worlds have the same deals"


def test_a_pair_is_set_beside_its_first_project_or_what_passed(
    account: Account, other: Account
) -> None:
    seen = set()
    for place in list(account.by_place)[:30]:
        for actor in account.contacts_at(place):
            found = compare_stories(pair_story(account, place, actor), account, other).story
            assert found is not None
            projects = projects_of_pair(other, place, actor)
            seen.add(bool(projects))
            assert (found.actor is None) == bool(projects)
    assert seen == {True, False}
