from __future__ import annotations

from collections.abc import Mapping
from html import escape

import pytest

from sim.app.session import Session
from sim.app.why.history_card import history_text
from sim.app.why.history_choices import HEADS
from sim.app.why.project_history import FAILED, history_of_project
from sim.app.why.why_tab import WhyTab
from sim.report.biography import LANES
from sim.world import World

pytestmark = pytest.mark.slow  # the tab is built over runs of the whole region


@pytest.fixture
def tab(world: World) -> WhyTab:
    """Return an opened tab of a visitor without a pool: work is done at once."""
    made = WhyTab(Session(world))
    made.view()
    return made


def reopened(world: World, state: Mapping[str, str]) -> tuple[WhyTab, list[str]]:
    session = Session(world)
    said: list[str] = []
    session.on_notice = lambda text, kind: said.append(text)
    made = WhyTab(session)
    made.restore(state)
    made.view()
    return made, said


def test_the_tab_begins_with_a_story(tab: WhyTab) -> None:
    assert tab.card.history is not None
    assert tab.card.event is not None
    state = tab.state()
    assert state["place"] == tab.card.history.place
    assert state["what"] == tab.key
    history = tab.card.history
    assert any(e.kind in HEADS and e.locality == history.place for e in history.events)


def test_a_project_that_failed_before_approval_says_whose_was_missing(tab: WhyTab) -> None:
    run = tab.runs[tab.scenario]
    keys = dict.fromkeys(e.project for e in run.log.values() if e.kind in {"lapse", "refusal"})
    stories = (history_of_project(run, key) for key in keys if key is not None)
    history = next(
        story for story in stories if story.stopped_at == "approval" and story.fate == FAILED
    )
    assert history.last is not None
    office = tab.describer.office(history.last)
    said = history_text(tab.session, tab.describer, history, run)
    assert f"approval by {escape(office)}" in said


def test_a_cause_elsewhere_names_its_place(tab: WhyTab) -> None:
    history, run = tab.card.history, tab.runs[tab.scenario]
    assert history is not None
    elsewhere = next(
        event
        for event in run.log.values()
        if event.project not in (None, history.life.project)
        and event.locality not in (None, history.place)
        and event.kind == "deal"
        and event.city is None
    )
    (_title, told) = tab.card._links("Because of", [elsewhere])
    assert tab.describer.place(elsewhere.locality, None) in told.object


def test_a_state_brings_the_same_story_back(tab: WhyTab, world: World) -> None:
    assert tab.card.history is not None
    tab.card.look(tab.card.history.life.lines[0].event.event_id)
    other, said = reopened(world, tab.state())
    assert said == []
    assert other.state() == tab.state()
    assert other.card.history == tab.card.history


def test_a_cause_can_be_gone_back_to(tab: WhyTab) -> None:
    touched = []
    tab.session.on_touch = lambda: touched.append(tab.state())
    history = tab.card.history
    assert history is not None
    line = next(ln for ln in reversed(history.life.lines) if ln.event.causes)
    tab.card.look(line.event.event_id)
    buttons = [part for part in tab.card.causes if hasattr(part, "clicks")]
    assert buttons
    buttons[0].clicks += 1
    assert tab.card.event in line.event.causes
    assert touched[-1]["event"] == str(tab.card.event)


def test_the_chosen_event_is_marked_with_lines_to_its_causes(tab: WhyTab) -> None:
    history, plot = tab.card.history, tab.card.plot
    assert history is not None
    ids = [line.event.event_id for line in history.life.lines]
    at = next(i for i, ln in enumerate(history.life.lines) if set(ln.event.causes) & set(ids))
    plot.source.selected.indices = [at]
    assert tab.card.event == ids[at]
    known = [c for c in history.life.lines[at].event.causes if c in ids]
    effects = history.effects(ids[at])
    assert len(plot.links.data["x0"]) == len(known) + len(effects)


def test_a_kind_of_event_of_which_there_is_none_is_said_so(tab: WhyTab) -> None:
    history, plot = tab.card.history, tab.card.plot
    assert history is not None
    filled = {line.lane for line in history.life.lines}
    assert 0 < len(filled) < len(LANES)
    said = dict(zip(LANES, plot.titles.data["text"], strict=True))
    assert {lane for lane, text in said.items() if text.endswith(": none")} == set(LANES) - filled


def test_another_place_is_shown_when_its_country_is_chosen(tab: WhyTab) -> None:
    before = tab.countries.value
    tab.countries.value = next(v for v in tab.countries.options.values() if v != before)
    assert tab.card.history is not None
    assert tab.place == tab.card.history.place
    assert tab.places.value == tab.place


def test_set_beside_another_scenario_says_what_becomes_of_it_there(tab: WhyTab) -> None:
    assert "Set beside" not in tab.card.said.object
    tab.others.value = next(v for v in tab.others.options.values() if v and v != tab.scenario)
    assert "Set beside" in tab.card.said.object
    assert tab.state()["beside"] == tab.others.value


@pytest.mark.parametrize(
    "state",
    [
        {"scenario": "../../etc/passwd"},
        {"scenario": "nothing"},
        {"place": "<script>"},
        {"seed": "-1"},
        {"seed": "9" * 30},
        {"run": "1e3"},
        {"run": "200"},
        {"beside": "nothing"},
        {"event": "x"},
        {"event": "4611686018427387905"},
        {"what": "p١٢"},
    ],
)
def test_a_bad_state_is_left_out(world: World, state: dict[str, str]) -> None:
    made, said = reopened(world, state)
    assert said
    assert made.card.history is not None
    for name, value in state.items():
        assert made.state().get(name) != value


@pytest.mark.parametrize("seed", [None, -1])
def test_a_seed_that_is_none_is_told_and_changes_nothing(tab: WhyTab, seed: int | None) -> None:
    said: list[str] = []
    tab.session.on_notice = lambda text, kind: said.append(text)
    before = tab.state()
    tab.seeds.value = seed
    assert len(said) == 1
    assert "Seed" in said[0]
    assert tab.seeds.value == tab.seed
    assert tab.state() == before


def test_a_closed_tab_holds_no_run(tab: WhyTab) -> None:
    assert tab.runs
    tab.close()
    assert not tab.runs
