from __future__ import annotations

import pytest

from sim.app.session import Session
from sim.app.why import story_choices as c
from sim.app.why.project_history import projects_of_pair
from sim.app.why.run_index import Account
from sim.core.identities import PROJECT
from sim.report.event_phrases import EventDescriber
from sim.world import World


@pytest.fixture(scope="module")
def session(world: World) -> Session:
    return Session(world)


def groups_at(session: Session, account: Account, place: str) -> dict[str, dict[str, str]]:
    return c.choices(session, account, place, EventDescriber(session.world, session._))


def test_every_choice_has_a_story_of_its_place(session: Session, account: Account) -> None:
    for place in list(account.deals_of_places())[:5]:
        for group in groups_at(session, account, place).values():
            for key in group.values():
                story = c.story_of(account, place, key)
                assert story is not None
                assert story.place == place
                assert (story.actor is None) == key.startswith(PROJECT)


def test_projects_are_offered_once_and_deals_first(session: Session, account: Account) -> None:
    place = next(iter(account.deals_of_places()))
    groups = list(groups_at(session, account, place).values())
    deals, others, met, strangers = groups
    assert len(deals) == account.deals_of_places()[place]
    assert len(deals) + len(others) == len(account.projects_at(place))
    assert c.first_choice(groups_at(session, account, place)) == next(iter(deals.values()))
    actors = [key[1:] for key in (*met.values(), *strangers.values())]
    assert len(actors) == len(set(actors))
    assert not any(projects_of_pair(account, place, actor) for actor in actors)


def test_a_place_without_projects_still_offers_its_pairs(
    session: Session, account: Account
) -> None:
    place = next(p for p in account.by_place if not account.projects_at(p))
    assert c.first_choice(groups_at(session, account, place)).startswith(c.PAIR_MARK)


@pytest.mark.parametrize(
    "key", ["", "p", "p12", "px", "p١", "zzz", "anobody", "a", "p-5", "p4611686018427387905"]
)
def test_keys_that_stand_for_nothing_have_no_story(account: Account, key: str) -> None:
    place = next(iter(account.deals_of_places()))
    assert c.story_of(account, place, key) is None


def test_a_project_of_another_place_has_no_story_here(account: Account) -> None:
    one, other = list(account.deals_of_places())[:2]
    key = account.projects_at(other)[0].key
    assert c.story_of(account, other, key.lower()) is not None
    assert c.story_of(account, one, key) is None
