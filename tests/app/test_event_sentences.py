from __future__ import annotations

import re
from dataclasses import replace

import pytest

from sim.app.language import Language, languages
from sim.app.session import Session
from sim.app.why import project_history as h
from sim.app.why.history_card import history_text
from sim.app.why.run_index import RunIndex
from sim.core.enums import EVENTS
from sim.report.event_phrases import ORDERS, EventDescriber
from sim.scenario.interventions import KINDS
from sim.world import World


@pytest.fixture(scope="module")
def session(world: World) -> Session:
    return Session(world)


@pytest.fixture(scope="module")
def describer(session: Session) -> EventDescriber:
    return EventDescriber(session.world, session._)


@pytest.mark.parametrize("code", languages())
@pytest.mark.parametrize("kind", EVENTS)
def test_the_page_tells_every_kind_of_event(
    kind: str, code: str, run: RunIndex, world: World
) -> None:
    visit = next(e for e in run.log.values() if e.kind == "visit_to_lac" and e.locality)
    event, describer = replace(visit, kind=kind), EventDescriber(world, Language(code).text)
    texts = [describer.sentence(event), describer.reason(visit, [event]), describer.name(event)]
    assert not [text for text in texts if not text.strip() or "{" in text]


def test_a_citys_office_is_a_mayors(describer: EventDescriber, run: RunIndex) -> None:
    visit = next(e for e in run.log.values() if e.kind == "visit_to_lac" and e.locality)
    code, name = describer.world.cities.loc[0, ["code", "name"]]
    for kind in ("visit_to_china", "approval_local", "governor_change"):
        mayors = replace(visit, kind=kind, city=str(code))
        told = describer.sentence(mayors)
        assert "governor" not in told
        assert f"{name} (city)" in told
        assert "mayor" in told
        assert "mayor" not in describer.sentence(replace(mayors, city=None))
    assert "governor" not in describer.reason(visit, [mayors])


@pytest.mark.parametrize("kind", KINDS)
def test_the_page_says_what_an_intervention_did(
    kind: str, describer: EventDescriber, run: RunIndex
) -> None:
    visit = next(e for e in run.log.values() if e.kind == "visit_to_lac" and e.locality)
    event = replace(visit, kind="intervention", intervention=kind)
    assert ORDERS[kind] in describer.sentence(event)


def test_templates_are_translated_before_they_are_filled(world: World, run: RunIndex) -> None:
    def shout(text: str, /, **fields: object) -> str:
        return (
            text.upper()
            .replace("{ACTOR}", "{actor}")
            .replace("{PLACE}", "{place}")
            .format(**fields)
        )

    visit = next(e for e in run.log.values() if e.kind == "visit_to_lac" and e.locality)
    told = EventDescriber(world, shout).sentence(visit)
    assert " VISITS " in told


def test_every_story_says_how_it_went(
    run: RunIndex, session: Session, describer: EventDescriber
) -> None:
    fates = set()
    for place in list(run.by_place)[:60]:
        histories = [h.history_of_project(run, p.key) for p in run.projects_at(place)]
        histories += [h.history_of_pair(run, place, a) for a in run.contacts_at(place)]
        for history in histories:
            fates.add(history.fate)
            text = history_text(session, describer, history, run)
            assert "<p>" in text
            assert "{" not in text
            assert "<p></p>" not in text
            stopped = history.fate in (h.FAILED, h.ENDED, h.TIE_LOST)
            assert stopped == ("What stopped it" in text)
            assert re.search("<h2>.+</h2>", text)
            assert len(re.findall("</b> .+</li>", text)) == len(history.stages)
    assert {h.FORMED, h.FAILED, h.TIE_LOST, h.NO_PROPOSAL} <= fates


def test_a_pair_that_never_met_is_told_where_the_actor_went(
    run: RunIndex, session: Session, describer: EventDescriber
) -> None:
    place = next(iter(run.by_place))
    actors = {e.actor for e in run.log.values() if e.kind == "visit_to_lac" and e.actor}
    stranger = max(
        actors - set(run.contacts_at(place)),
        key=lambda a: sum(run.visits_elsewhere(a, place).values()),
    )
    history = h.history_of_pair(run, place, stranger)
    text = history_text(session, describer, history, run)
    assert "never met" in text
    most = next(iter(run.visits_elsewhere(stranger, place)))
    assert describer.full_place(most) in text.partition("never met")[2]
