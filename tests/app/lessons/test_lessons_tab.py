"""The tab takes a lesson and a guess, and nothing else."""

from __future__ import annotations

import pytest

from sim.app.lessons import lessons_tab as tabs
from sim.app.lessons.lesson_runs import LessonEvidence
from sim.app.lessons.lessons_tab import LessonsTab
from sim.app.session import Session
from sim.world import World


@pytest.fixture
def session(world: World, monkeypatch: pytest.MonkeyPatch) -> Session:
    """Return a visitor whose work is done at once, on few runs."""
    monkeypatch.setattr(tabs, "CHUNKS", ((0, 1), (1, 2)))
    monkeypatch.setattr("sim.app.lessons.lesson_runs.PAIRS", 2)
    return Session(world)


def evidence(tab: LessonsTab) -> LessonEvidence | None:
    """Return what a tab has found so far."""
    return tab.evidence


def test_a_guess_runs_and_is_explained(session: Session) -> None:
    touched: list[bool] = []
    session.on_touch = lambda: touched.append(True)
    tab = LessonsTab(session)
    tab.view()
    assert evidence(tab) is None
    tab._question._handle_msg({"guess": 1})
    found = evidence(tab)
    assert found is not None
    assert found.pairs == 2
    assert tab.state() == {"lesson": "decentralization", "guess": "1"}
    assert "verdict" in tab._explanation.object
    assert touched
    tab._question._handle_msg({"guess": -1})
    assert evidence(tab) is None
    assert "guess" not in tab.state()
    tab.close()


@pytest.mark.parametrize("message", [None, {}, {"guess": "2"}, {"guess": 9}, {"guess": True}])
def test_odd_messages_run_nothing(session: Session, message: object) -> None:
    tab = LessonsTab(session)
    tab.view()
    tab._question._handle_msg(message)
    assert tab.guess is None
    assert evidence(tab) is None


@pytest.mark.parametrize(
    ("state", "lesson", "guess", "notices"),
    [
        ({"lesson": "shock"}, "shock", None, 0),
        ({"lesson": "shock", "guess": "4"}, "shock", 4, 0),
        ({"lesson": "shock", "guess": "5"}, "shock", None, 1),
        ({"lesson": "../shock", "guess": "1"}, "decentralization", None, 1),
    ],
)
def test_an_address_is_taken_up_if_it_is_valid(
    session: Session, state: dict[str, str], lesson: str, guess: int | None, notices: int
) -> None:
    said: list[str] = []
    session.on_notice = lambda text, kind: said.append(text)
    tab = LessonsTab(session)
    tab.restore(state)
    assert (tab.lesson.name, tab.guess) == (lesson, guess)
    assert len(said) == notices


def test_another_lesson_begins_without_a_guess(session: Session) -> None:
    tab = LessonsTab(session)
    tab.restore({"lesson": "shock", "guess": "2"})
    tab.view()
    assert evidence(tab) is not None
    tab._row.active = "turnover"
    assert tab.state() == {"lesson": "turnover"}
    assert evidence(tab) is None
