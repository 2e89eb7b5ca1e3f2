from __future__ import annotations

import pytest

from sim.app.cases.swap_effects import LEAST, effects
from tests.app.cases.test_place_counts import made


def test_too_few_pairs_say_nothing() -> None:
    few = made(*({"deal": [1]} for _ in range(LEAST - 1)))
    assert effects(few, few) == ()


def test_a_difference_in_every_pair_is_clear() -> None:
    before = made(*({} for _ in range(40)))
    after = made(*({"deal": [1] * (1 + r % 2)} for r in range(40)))
    found = {effect.name: effect for effect in effects(before, after)}
    deal, visit = found["deal"], found["visit_to_lac"]
    assert deal.difference == pytest.approx(1.5)
    assert deal.low < 1.5 < deal.high
    assert deal.is_clear
    assert (deal.share_before, deal.share_after) == (0.0, 1.0)
    assert visit.difference == 0.0
    assert not visit.is_clear


def test_only_runs_that_both_have_are_compared() -> None:
    before = made(*({} for _ in range(10)))
    after = made(*({"deal": [2]} for _ in range(10)), *({"deal": [1, 2, 3]} for _ in range(10)))
    found = {effect.name: effect for effect in effects(before, after)}
    assert found["deal"].after == 1.0
