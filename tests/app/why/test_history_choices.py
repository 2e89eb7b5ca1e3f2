from __future__ import annotations

import pytest

from sim.app.session import Session
from sim.app.why import history_choices as c
from sim.app.why.project_history import PAIR_MARK, history_of
from sim.app.why.run_index import RunIndex
from sim.core.identities import PROJECT
from sim.report.event_phrases import EventDescriber
from sim.world import World


@pytest.fixture(scope="module")
def session(world: World) -> Session:
    return Session(world)


def groups_at(session: Session, run: RunIndex, place: str) -> dict[str, dict[str, str]]:
    return c.choices(session, run, place, EventDescriber(session.world, session._))


def first_choice(groups: dict[str, dict[str, str]]) -> str:
    return next(key for group in groups.values() for key in group.values())


def test_the_story_to_begin_with_has_a_local_head_in_it(session: Session, run: RunIndex) -> None:
    places = list(run.deals_of_places())
    found = c.opening(run, places)
    assert found is not None
    place, key = found
    history = history_of(run, place, key)
    assert history is not None
    assert history.deal is not None
    assert history.life.met is not None
    assert any(e.kind in c.HEADS and e.locality == place for e in history.events)
    assert c.opening(run, []) is None
    # A place that stands first is begun with, even where nothing came of its projects.
    stories = (c.opening(run, [code]) for code in places[::-1])
    last = next(story for story in stories if story is not None)
    assert c.opening(run, [last[0], *places]) in (last, c.opening(run, places))


def test_every_choice_has_a_story_of_its_place(session: Session, run: RunIndex) -> None:
    for place in list(run.deals_of_places())[:5]:
        for group in groups_at(session, run, place).values():
            for key in group.values():
                history = history_of(run, place, key)
                assert history is not None
                assert history.place == place
                assert (history.actor is None) == key.startswith(PROJECT)


def test_projects_are_offered_once_and_deals_first(session: Session, run: RunIndex) -> None:
    place = next(iter(run.deals_of_places()))
    groups = list(groups_at(session, run, place).values())
    deals, others, met, strangers = groups
    assert len(deals) == run.deals_of_places()[place]
    assert len(deals) + len(others) == len(run.projects_at(place))
    assert first_choice(groups_at(session, run, place)) == next(iter(deals.values()))
    actors = [key[1:] for key in (*met.values(), *strangers.values())]
    assert len(actors) == len(set(actors))
    assert not any(run.projects_of_pair(place, actor) for actor in actors)


def test_a_place_without_projects_still_offers_its_pairs(session: Session, run: RunIndex) -> None:
    place = next(p for p in run.by_place if not run.projects_at(p))
    assert first_choice(groups_at(session, run, place)).startswith(PAIR_MARK)


@pytest.mark.parametrize(
    "key", ["", "p", "p12", "px", "p١", "zzz", "anobody", "a", "p-5", "p4611686018427387905"]
)
def test_keys_that_stand_for_nothing_have_no_story(run: RunIndex, key: str) -> None:
    place = next(iter(run.deals_of_places()))
    assert history_of(run, place, key) is None


def test_a_project_of_another_place_has_no_story_here(run: RunIndex) -> None:
    one, other = list(run.deals_of_places())[:2]
    key = run.projects_at(other)[0].key
    assert history_of(run, other, key.lower()) is not None
    assert history_of(run, one, key) is None
