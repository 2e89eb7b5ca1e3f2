"""The bars, and the verdicts on them; the measuring itself is left to ``paradiplomacy bench``."""

from __future__ import annotations

import math

import pytest

from sim.experiments import benchmark as bench


@pytest.mark.parametrize(
    ("value", "verdict"),
    [(9.0, "aim"), (10.0, "aim"), (15.0, "ok"), (20.0, "ok"), (21.0, "missed")],
)
def test_small_numbers_are_good_where_less_is_better(value: float, verdict: str) -> None:
    bar = bench.Bar("run_ms", "one run (ms)", least=20.0, aim=10.0, lower_is_better=True)
    assert bar.verdict(value) == verdict


@pytest.mark.parametrize(("value", "verdict"), [(400, "aim"), (100, "ok"), (99, "missed")])
def test_large_numbers_are_good_for_ratios(value: float, verdict: str) -> None:
    bar = bench.Bar("mesa_ratio", "ratio", least=100, aim=300, lower_is_better=False)
    assert bar.verdict(value) == verdict


def test_best_of_calls_as_often_as_asked() -> None:
    calls: list[int] = []
    assert bench.best_of(calls.append, 3) < 1.0
    assert calls == [0, 1, 2]
    assert bench.best_of(calls.append, 0) == math.inf


def test_table_has_a_line_for_each_bar() -> None:
    text = bench.table({bar.name: 12.5 for bar in bench.BARS})
    assert len(text.splitlines()) == len(bench.BARS) + 1
    assert all(bar.what in text for bar in bench.BARS)


def test_time_of_a_draw_is_far_below_a_microsecond() -> None:
    assert 0.0 < bench.draw_seconds(repeats=1) < 1e-6


# Slow: another Python starts and loads the engine.
@pytest.mark.slow
def test_a_measurement_apart_comes_back_as_a_number() -> None:
    assert bench._apart("first") == math.inf
