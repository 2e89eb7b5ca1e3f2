"""The lessons are whole, and each claim holds in the model."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sim.app.lessons.lesson import FOLDER, Lesson, lessons, read_lesson
from sim.app.lessons.trial import (
    DOWN,
    DOWN_MUCH,
    NONE,
    SMALL,
    UP,
    UP_MUCH,
    Trial,
    category_of,
    finding_of,
)
from sim.app.workers import Cancel, CancelledError
from sim.world import World


def test_there_are_five_lessons_in_order() -> None:
    assert [lesson.order for lesson in lessons().values()] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("lesson", lessons().values(), ids=lambda lesson: lesson.name)
def test_a_lesson_changes_one_world_only_and_claims_what_it_measures(lesson: Lesson) -> None:
    usual, changed = lesson.scenarios()
    assert usual.seed == changed.seed
    assert usual.end == changed.end
    assert usual != changed
    assert {claim.outcome for claim in lesson.claims} <= set(lesson.experiment.outcomes)
    assert lesson.outcome in {claim.outcome for claim in lesson.claims}


def test_texts_hold_no_results() -> None:
    """What a world shows is computed: a percentage in a text would be a number written down."""
    for lesson in lessons().values():
        assert not [text for text in lesson.texts() if "%" in text]


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


def test_nothing_in_both_worlds_is_no_change() -> None:
    assert finding_of(np.zeros(3), np.zeros(3)).category == NONE
    assert finding_of(np.zeros(3), np.ones(3)).category == UP_MUCH


def test_pairs_may_come_in_any_order(world: World) -> None:
    lesson = lessons()["shock"]
    short = Trial(lesson, world)
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
        Trial(lessons()["shock"], world).work((0, 1), cancel)


@pytest.mark.slow
@pytest.mark.parametrize("lesson", lessons().values(), ids=lambda lesson: lesson.name)
def test_what_a_lesson_claims_holds_in_the_model(lesson: Lesson, world: World) -> None:
    evidence = Trial(lesson, world).work((0, 12), Cancel())
    for claim in lesson.claims:
        found = evidence.finding(claim.outcome)
        if claim.goes == "up":
            assert found.low > 0, claim
        elif claim.goes == "down":
            assert found.high < 0, claim
        else:
            assert max(-found.low, found.high) < SMALL * found.usual, claim
