"""The verdicts on what was measured."""

from __future__ import annotations

import pytest

from sim.benchmark.measure import BARS, Bar


@pytest.mark.parametrize(
    ("value", "verdict"),
    [(9.0, "aim"), (10.0, "aim"), (15.0, "ok"), (20.0, "ok"), (21.0, "missed")],
)
def test_small_numbers_are_good_where_less_is_better(value: float, verdict: str) -> None:
    assert Bar("run_ms", "one run (ms)", 20.0, 10.0).verdict(value) == verdict


@pytest.mark.parametrize(("value", "verdict"), [(400, "aim"), (100, "ok"), (99, "missed")])
def test_large_numbers_are_good_for_ratios(value: float, verdict: str) -> None:
    bar = Bar("mesa_ratio", "ratio", least=100, aim=300, lower_is_better=False)
    assert bar.verdict(value) == verdict


def test_where_nothing_is_asked_nothing_is_missed() -> None:
    assert Bar("ns_per_draw", "a draw (ns)").verdict(1e9) == ""


def test_an_aim_asks_for_more_than_the_least() -> None:
    for bar in BARS:
        if bar.least is not None and bar.aim is not None:
            assert (bar.aim < bar.least) == bar.lower_is_better, bar.name
