"""The lessons are whole, and each claim holds in the model."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from sim.app.lessons.lesson import FOLDER, Lesson, lessons, read_lesson
from sim.app.lessons.lesson_runs import (
    DOWN,
    DOWN_MUCH,
    NONE,
    SMALL,
    UP,
    UP_MUCH,
    LessonEvidence,
    LessonRuns,
    category_of,
    finding_of,
)
from sim.app.thread_pool import Cancel, CancelledError
from sim.world import World

FEW_PAIRS = 10


def test_there_are_five_lessons_in_order() -> None:
    assert [lesson.order for lesson in lessons().values()] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("lesson", lessons().values(), ids=lambda lesson: lesson.name)
def test_a_lesson_changes_one_world_only_and_claims_what_it_measures(lesson: Lesson) -> None:
    usual, changed = lesson.scenarios()
    assert usual.seed == changed.seed
    assert usual.end == changed.end
    assert usual != changed
    told = {claim.outcome for claim in lesson.claims} | set(lesson.experiment.contrast)
    told |= {claim.than for claim in lesson.claims if claim.than is not None}
    assert told <= set(lesson.experiment.outcomes)
    assert lesson.outcome in {claim.outcome for claim in lesson.claims}


def test_texts_hold_no_results() -> None:
    """What a world shows is computed: a percentage in a text would be a number written down."""
    for lesson in lessons().values():
        assert not [text for text in lesson.texts() if "%" in text]


RANKED = re.compile(r"(larger|smaller) share|(fall|rise|fell|rose|change)s? \w* ?(more|less) than")
AS_MANY = re.compile(r"just as many|no change|the same (number|delegations)|far more")


@pytest.mark.parametrize("lesson", lessons().values(), ids=lambda lesson: lesson.name)
def test_a_text_ranks_changes_only_where_a_claim_does(lesson: Lesson) -> None:
    ranked = any(claim.goes == "further" for claim in lesson.claims)
    texts = [*lesson.story, *lesson.why, *lesson.aims, *lesson.hints]
    assert ranked or not any(RANKED.search(text) for text in texts)
    assert not any(AS_MANY.search(text) for text in texts)


def test_an_outcome_that_cannot_be_followed_is_refused(tmp_path: Path) -> None:
    text = (FOLDER / "shock.toml").read_text(encoding="utf-8")
    file = tmp_path / "odd.toml"
    file.write_text(text.replace('"twinnings"]', '"applause"]'), encoding="utf-8")
    with pytest.raises(ValueError, match="applause"):
        read_lesson(file)


@pytest.mark.parametrize(
    ("relative", "category"),
    [(-0.9, DOWN_MUCH), (-0.2, DOWN), (-0.05, NONE), (0.09, NONE), (0.3, UP), (4.0, UP_MUCH)],
)
def test_changes_are_told_by_their_size(relative: float, category: int) -> None:
    assert category_of(relative) == category


def test_the_interval_is_that_of_paired_differences() -> None:
    usual = np.array([10.0, 20.0, 30.0, 40.0])
    found = finding_of(usual, usual + np.array([1.0, 2.0, 3.0, 2.0]))
    assert found.difference == 2.0
    # t(0.975; 3) = 3.1824, standard error sqrt(2/3) / 2
    assert found.high - 2.0 == pytest.approx(3.18245 * np.sqrt(2.0 / 3.0) / 2.0, rel=1e-5)
    assert found.is_clear


def test_sizes_of_changes_are_compared_whatever_their_direction() -> None:
    usual = np.array([[100.0, 10.0], [100.0, 10.0], [100.0, 10.0]])
    changed = np.array([[88.0, 12.0], [89.0, 12.0], [93.0, 12.0]])
    paths = np.stack([usual, changed])[..., None]
    evidence = LessonEvidence(("deals", "ties_lost"), np.array([2020.0]), paths)
    found = evidence.contrast("ties_lost", "deals")
    assert (found.usual, found.changed) == pytest.approx((0.1, 0.2))
    assert found.is_clear
    assert evidence.contrast("deals", "ties_lost").difference == pytest.approx(-0.1)


def test_an_interval_over_two_answers_is_noticed() -> None:
    spread = np.array([-1.0, 0.0, 1.0])
    assert finding_of(np.full(3, 100.0), 80.0 + spread).is_one_category
    assert not finding_of(np.full(3, 100.0), 90.5 + spread).is_one_category


def test_nothing_in_both_worlds_is_no_change() -> None:
    assert finding_of(np.zeros(3), np.zeros(3)).category == NONE
    assert finding_of(np.zeros(3), np.ones(3)).category == UP_MUCH


def test_pairs_may_come_in_any_order(world: World) -> None:
    lesson = lessons()["shock"]
    short = LessonRuns(lesson, world)
    usual, changed = short.scenarios
    short.scenarios = (usual.with_overrides(end="2013-06"), changed.with_overrides(end="2013-06"))
    short.work((2, 3), Cancel())
    evidence = short.work((0, 2), Cancel())
    assert evidence.pairs == 3
    assert evidence.paths.shape == (2, 3, 4, 162)
    # Both worlds are the same until something is changed.
    before = (2013 - 2000) * 12
    np.testing.assert_array_equal(evidence.paths[0, ..., :before], evidence.paths[1, ..., :before])
    assert (np.diff(evidence.paths, axis=-1) >= 0).all()


def test_cancelled_work_ends(world: World) -> None:
    cancel = Cancel()
    cancel.set()
    with pytest.raises(CancelledError):
        LessonRuns(lessons()["shock"], world).work((0, 1), cancel)


@pytest.mark.slow
@pytest.mark.parametrize("lesson", lessons().values(), ids=lambda lesson: lesson.name)
def test_what_a_lesson_claims_holds_in_the_model(lesson: Lesson, world: World) -> None:
    # Fewer pairs than are shown make the intervals wider, and a claim harder to hold.
    evidence = LessonRuns(lesson, world).work((0, FEW_PAIRS), Cancel())
    for claim in lesson.claims:
        found = evidence.finding(claim.outcome)
        if claim.than is not None:
            assert evidence.contrast(claim.outcome, claim.than).low > 0, claim
        elif claim.goes == "up":
            assert found.low > 0, claim
        elif claim.goes == "down":
            assert found.high < 0, claim
        else:
            assert max(-found.low, found.high) < SMALL * found.usual, claim
