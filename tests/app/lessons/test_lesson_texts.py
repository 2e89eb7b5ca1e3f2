"""What is said of a guess, and what the sheets hold."""

from __future__ import annotations

import re

import numpy as np
import pytest

from sim.app.lessons import lesson_texts
from sim.app.lessons.lesson import lessons
from sim.app.lessons.lesson_runs import DOWN, DOWN_MUCH, NONE, UP, LessonEvidence


def english(text: str, /, **fields: object) -> str:
    return text.format(**fields) if fields else text


def evidence(usual: float, changed: float, visits: float = 1000.0) -> LessonEvidence:
    """Return four pairs of runs of deals and visits, whose ends are given in the mean.

    Of 1,000 usual visits, ``visits`` are left in the changed world.
    """
    spread, noise = np.array([-2.0, -1.0, 1.0, 2.0]), np.array([0.5, -0.5, 0.5, -0.5])
    deals = np.array([usual + spread, changed + spread + noise])
    others = np.array([1000.0 + spread, visits + spread + noise])
    ends = np.stack([deals, others], axis=-1)
    return LessonEvidence(("deals", "visits_to_lac"), np.array([2020.0]), ends[..., None])


def explained(found: LessonEvidence, guess: int = NONE) -> str:
    return lesson_texts.explanation(lessons()["turnover"], guess, found, english)


@pytest.mark.parametrize(
    ("guess", "changed", "said"),
    [
        (DOWN, 80.0, "right"),
        (DOWN_MUCH, 80.0, "direction"),
        (UP, 80.0, "other way"),
        (NONE, 80.0, "there is one"),
        (UP, 101.0, "hardly any"),
        (NONE, 101.0, "right"),
    ],
)
def test_a_guess_is_held_against_the_result(guess: int, changed: float, said: str) -> None:
    assert said in explained(evidence(100.0, changed), guess).partition("</p>")[0]


def test_numbers_are_those_of_the_runs() -> None:
    told = explained(evidence(100.0, 75.0))
    assert "100 per run" in told
    assert "−25\u00a0%" in told
    assert "Chance alone would hardly make it" in told


def test_a_small_difference_that_is_sure_is_called_small() -> None:
    told = explained(evidence(100.0, 96.0))
    assert "but it is so small that it counts as none" in told
    assert "spans more than one" not in told
    told = explained(evidence(100.0, 90.2))
    assert "spans more than one of the answers" in told


@pytest.mark.parametrize(
    ("changed", "visits", "said"),
    [
        (
            75.0,
            950.0,
            "Deals formed (−25\u00a0%) change by a larger share than {} (−5\u00a0%).",
        ),
        (
            95.0,
            700.0,
            "{} (−30\u00a0%) change by a larger share than Deals formed (−5\u00a0%).",
        ),
        (95.0, 951.0, "cannot be told: Deals formed (−5\u00a0%) or {} (−5\u00a0%)."),
    ],
)
def test_changes_are_ranked_only_where_that_can_be_told(
    changed: float, visits: float, said: str
) -> None:
    told = explained(evidence(100.0, changed, visits))
    assert f"{said.format('Visits from China')}</p>" in told


def test_what_cannot_be_told_from_none_is_said_so() -> None:
    told = explained(evidence(100.0, 100.1))
    assert "cannot be told from none" in told


def test_the_ends_of_an_interval_have_the_same_decimals() -> None:
    found = evidence(100.0, 80.2)
    told = explained(found)
    reach = re.search(r"between (\S+) and (\S+) \(95", told)
    assert reach is not None
    assert f"{reach[1]} to {reach[2]}</td>" in lesson_texts.findings(
        lessons()["turnover"], found, english
    )
    assert len({len(end.partition(".")[2]) for end in reach.groups()}) == 1


@pytest.mark.parametrize(
    ("value", "text"), [(-0.04, "0.0"), (-3.25, "−3.2"), (1234.0, "1,234"), (0.0, "0.0")]
)
def test_numbers_are_short(value: float, text: str) -> None:
    assert lesson_texts.number(value) == text


@pytest.mark.parametrize("lesson", lessons().values(), ids=lambda lesson: lesson.name)
def test_sheets_stand_alone(lesson) -> None:  # type: ignore[no-untyped-def]
    sheet, note = (lesson_texts.printed(kind, lesson, "en", english) for kind in ("sheet", "note"))
    for page in (sheet, note):
        assert "@page" in page
        assert not re.search(r"(src|href)=|url\(|@import", page)
        assert lesson.title in page
    # Learners must not read the answer on their sheet.
    assert not any(text in sheet for text in lesson.why)
    assert all(text.partition("“")[0].partition("'")[0] in sheet for text in lesson.exercises)


def test_texts_are_escaped() -> None:
    def nasty(text: str, /, **fields: object) -> str:
        return "<script>" + english(text, **fields)

    for kind in ("sheet", "note"):
        assert "<script>" not in lesson_texts.printed(kind, lessons()["shock"], "en", nasty)
