from __future__ import annotations

import pytest

from sim.app.why import project_history
from sim.app.why.run_index import FAILURES, Account
from sim.report.biography import CONTACTS, PROJECT


@pytest.fixture(scope="module")
def stories(account: Account) -> list[project_history.Story]:
    """Return the stories of projects at some places, and of some companies that were bought."""
    places = [*list(account.deals_of_places())[:6], *list(account.by_place)[:40]]
    bought = (e.project for e in account.log.values() if e.kind == "acquisition")
    keys = dict.fromkeys(p.key for place in places for p in account.projects_at(place))
    keys |= dict.fromkeys([key for key in bought if key is not None][:5])
    return [project_history.project_story(account, key) for key in keys]


def test_every_fate_of_a_project_is_told_apart(stories: list[project_history.Story]) -> None:
    fates = {story.fate for story in stories}
    assert {project_history.FORMED, project_history.FAILED, project_history.OPEN} <= fates
    for story in stories:
        dealt = any(e.kind == "deal" for e in story.life.own)
        assert dealt == (story.fate in (project_history.FORMED, project_history.ENDED))
        assert story.last is not None
        assert (story.last.kind in FAILURES) == (
            story.fate in (project_history.FAILED, project_history.ENDED)
        )


def test_stages_up_to_a_deal_are_reached_or_not_needed(
    stories: list[project_history.Story],
) -> None:
    for story in stories:
        if story.fate == project_history.FORMED:
            assert story.stopped_at is None
        elif story.fate == project_history.FAILED:
            assert story.stopped_at is not None


def test_stages_are_reached_in_order(stories: list[project_history.Story]) -> None:
    for story in stories:
        orders = [s.event.order for s in story.stages if s.event is not None]
        assert orders == sorted(orders)
        for stage in story.stages:
            assert (stage.state == project_history.DONE) == (stage.event is not None)
            if stage.event is not None:
                assert stage.event.kind in project_history.STAGES[stage.name]


def test_an_acquisition_needs_no_approval(stories: list[project_history.Story]) -> None:
    acquired = [s for s in stories if any(e.kind == "acquisition" for e in s.life.own)]
    assert acquired
    for story in acquired:
        states = {stage.name: stage.state for stage in story.stages}
        assert states["approval"] == project_history.SKIPPED
        assert "works" not in states


def test_effects_are_causes_read_the_other_way(stories: list[project_history.Story]) -> None:
    for story in stories:
        lines = {line.event.event_id: line.event for line in story.life.lines}
        pairs = {(c, e) for e, event in lines.items() for c in event.causes if c in lines}
        assert pairs == {(c, e.event_id) for c, found in story.effects.items() for e in found}


def test_an_unknown_project_is_a_key_error(account: Account) -> None:
    with pytest.raises(KeyError):
        project_history.project_story(account, "P1")


def pairs_without_project(account: Account) -> list[project_history.Story]:
    return [
        project_history.pair_story(account, place, actor)
        for place in list(account.by_place)[:60]
        for actor in account.contacts_at(place)
        if not project_history.projects_of_pair(account, place, actor)
    ]


def test_a_pair_that_met_lost_its_tie_or_never_proposed(account: Account) -> None:
    stories = pairs_without_project(account)
    assert {project_history.TIE_LOST, project_history.NO_PROPOSAL} == {
        story.fate for story in stories
    }
    for story in stories:
        assert story.stopped_at == "proposal"
        assert story.stages[0].event is not None
        assert story.stages[0].event.kind in CONTACTS
        assert all(line.lane != PROJECT for line in story.life.lines)
        between = [ln.event for ln in story.life.lines if ln.event.actor == story.actor]
        assert (between[-1].kind == "tie_lost") == (story.fate == project_history.TIE_LOST)


def test_a_pair_that_never_met_has_no_stage(account: Account) -> None:
    actors = {e.actor for e in account.log.values() if e.kind == "visit_to_lac" and e.actor}
    place = next(iter(account.by_place))
    stranger = sorted(actors - set(account.contacts_at(place)))[0]
    story = project_history.pair_story(account, place, stranger)
    assert story.fate == project_history.NEVER_MET
    assert story.stopped_at == "contact"
    assert not story.effects


def test_projects_of_a_pair_are_those_the_actor_has_a_part_in(account: Account) -> None:
    place = next(iter(account.deals_of_places()))
    keys = {project.key for project in account.projects_at(place)}
    actors = {e.actor for e in account.at(place) if e.project is not None and e.actor}
    assert keys == {
        k for actor in actors for k in project_history.projects_of_pair(account, place, actor)
    }
