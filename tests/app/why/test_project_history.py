from __future__ import annotations

import pytest

from sim.app.why import project_history as h
from sim.app.why.run_index import RunIndex, index_run
from sim.report.biography import CONTACTS, PROJECT
from sim.scenario.schema import load
from sim.world import World


@pytest.fixture(scope="module")
def histories(run: RunIndex) -> list[h.ProjectHistory]:
    """Return the histories of projects at some places, and of some companies that were bought."""
    places = [*list(run.deals_of_places())[:6], *list(run.by_place)[:40]]
    bought = (e.project for e in run.log.values() if e.kind == "acquisition")
    keys = dict.fromkeys(p.key for place in places for p in run.projects_at(place))
    keys |= dict.fromkeys([key for key in bought if key is not None][:5])
    return [h.history_of_project(run, key) for key in keys]


def test_every_fate_of_a_project_is_told_apart(histories: list[h.ProjectHistory]) -> None:
    fates = {history.fate for history in histories}
    assert {h.FORMED, h.FAILED, h.OPEN} <= fates
    for history in histories:
        dealt = any(e.kind == "deal" for e in history.life.own)
        assert dealt == (history.fate in (h.FORMED, h.ENDED))
        assert history.last is not None
        assert (history.last.kind in h.FAILURES) == (history.fate in (h.FAILED, h.ENDED))


def test_stages_up_to_a_deal_are_reached_or_not_needed(
    histories: list[h.ProjectHistory],
) -> None:
    for history in histories:
        if history.fate == h.FORMED:
            assert history.stopped_at is None
        elif history.fate == h.FAILED:
            assert history.stopped_at is not None


def test_stages_are_reached_in_order(histories: list[h.ProjectHistory]) -> None:
    for history in histories:
        orders = [s.event.order for s in history.stages if s.event is not None]
        assert orders == sorted(orders)
        for stage in history.stages:
            assert (stage.state == h.DONE) == (stage.event is not None)
            if stage.event is not None:
                assert stage.event.kind in h.STAGES[stage.name]


def test_an_acquisition_needs_no_approval(world: World) -> None:
    # A run in which some companies are bought; most runs to 2012 have one or two.
    run = index_run(load("baseline", world).with_overrides(end="2012-12", seed=2), world, 0)
    keys = [e.project for e in run.log.values() if e.kind == "acquisition"]
    acquired = [h.history_of_project(run, key) for key in keys if key is not None]
    assert acquired
    for history in acquired:
        states = {stage.name: stage.state for stage in history.stages}
        assert states["approval"] == h.SKIPPED
        assert "works" not in states


def test_effects_are_causes_read_the_other_way(histories: list[h.ProjectHistory]) -> None:
    for history in histories:
        lines = {line.event.event_id: line.event for line in history.life.lines}
        pairs = {(c, e) for e, event in lines.items() for c in event.causes if c in lines}
        assert pairs == {(c, e.event_id) for c in lines for e in history.effects(c)}


def test_an_unknown_project_is_a_key_error(run: RunIndex) -> None:
    with pytest.raises(KeyError):
        h.history_of_project(run, "P1")


def pairs_without_project(run: RunIndex) -> list[h.ProjectHistory]:
    return [
        h.history_of_pair(run, place, actor)
        for place in list(run.by_place)[:60]
        for actor in run.contacts_at(place)
        if not run.projects_of_pair(place, actor)
    ]


def test_a_pair_that_met_lost_its_tie_or_never_proposed(run: RunIndex) -> None:
    histories = pairs_without_project(run)
    assert {h.TIE_LOST, h.NO_PROPOSAL} == {history.fate for history in histories}
    for history in histories:
        assert history.stopped_at == "proposal"
        assert history.stages[0].event is not None
        assert history.stages[0].event.kind in CONTACTS
        assert all(line.lane != PROJECT for line in history.life.lines)
        between = [ln.event for ln in history.life.lines if ln.event.actor == history.actor]
        assert (between[-1].kind == "tie_lost") == (history.fate == h.TIE_LOST)


def test_a_pair_that_never_met_has_no_stage(run: RunIndex) -> None:
    actors = {e.actor for e in run.log.values() if e.kind == "visit_to_lac" and e.actor}
    place = next(iter(run.by_place))
    stranger = sorted(actors - set(run.contacts_at(place)))[0]
    history = h.history_of_pair(run, place, stranger)
    assert history.fate == h.NEVER_MET
    assert history.stopped_at == "contact"
    assert not any(history.effects(event) for event in history.lines)


def test_projects_of_a_pair_are_those_the_actor_has_a_part_in(run: RunIndex) -> None:
    place = next(iter(run.deals_of_places()))
    keys = {project.key for project in run.projects_at(place)}
    actors = {e.actor for e in run.at(place) if e.project is not None and e.actor}
    assert keys == {k for actor in actors for k in run.projects_of_pair(place, actor)}
