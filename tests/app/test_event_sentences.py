from __future__ import annotations

from dataclasses import replace

import pytest

from sim.app.language import Language, languages
from sim.app.session import Session
from sim.app.why import project_history, story_texts
from sim.app.why.run_index import Account
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
    kind: str, code: str, account: Account, world: World
) -> None:
    visit = next(e for e in account.log.values() if e.kind == "visit_to_lac" and e.locality)
    event, describer = replace(visit, kind=kind), EventDescriber(world, Language(code).text)
    texts = [describer.sentence(event), describer.reason(visit, [event]), describer.name(event)]
    assert not [text for text in texts if not text.strip() or "{" in text]


@pytest.mark.parametrize("kind", KINDS)
def test_the_page_says_what_an_intervention_did(
    kind: str, describer: EventDescriber, account: Account
) -> None:
    visit = next(e for e in account.log.values() if e.kind == "visit_to_lac" and e.locality)
    event = replace(visit, kind="intervention", intervention=kind)
    assert ORDERS[kind] in describer.sentence(event)


def test_templates_are_translated_before_they_are_filled(world: World, account: Account) -> None:
    def shout(text: str, /, **fields: object) -> str:
        return (
            text.upper()
            .replace("{ACTOR}", "{actor}")
            .replace("{PLACE}", "{place}")
            .format(**fields)
        )

    visit = next(e for e in account.log.values() if e.kind == "visit_to_lac" and e.locality)
    told = EventDescriber(world, shout).sentence(visit)
    assert " VISITS " in told


def test_every_story_says_how_it_went(
    account: Account, session: Session, describer: EventDescriber
) -> None:
    fates = set()
    for place in list(account.by_place)[:60]:
        stories = [
            project_history.project_story(account, p.key) for p in account.projects_at(place)
        ]
        stories += [
            project_history.pair_story(account, place, a) for a in account.contacts_at(place)
        ]
        for story in stories:
            fates.add(story.fate)
            texts = story_texts.fate_words(session, story, describer, account)
            assert texts
            assert all(text.strip() and "{" not in text for text in texts)
            stopped = story.fate in (
                project_history.FAILED,
                project_history.ENDED,
                project_history.TIE_LOST,
            )
            assert stopped == any("What stopped it" in text for text in texts)
            assert story_texts.headline(session, story, describer)
            for stage in story.stages:
                assert story_texts.stage_words(session, stage, describer)
    assert {
        project_history.FORMED,
        project_history.FAILED,
        project_history.TIE_LOST,
        project_history.NO_PROPOSAL,
    } <= fates


def test_a_pair_that_never_met_is_told_where_the_actor_went(
    account: Account, session: Session, describer: EventDescriber
) -> None:
    place = next(iter(account.by_place))
    actors = {e.actor for e in account.log.values() if e.kind == "visit_to_lac" and e.actor}
    stranger = max(
        actors - set(account.contacts_at(place)),
        key=lambda a: sum(account.visits_elsewhere(a, place).values()),
    )
    story = project_history.pair_story(account, place, stranger)
    texts = story_texts.fate_words(session, story, describer, account)
    assert "never met" in texts[0]
    most = next(iter(account.visits_elsewhere(stranger, place)))
    assert describer.full_place(most) in texts[-1]
