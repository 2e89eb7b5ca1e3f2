"""What is compared takes turns; medians, ratios and quiet machines are told right."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable

import pytest

from sim.benchmark.timing import (
    MeasuredValue,
    Timed,
    figure,
    in_turn,
    is_quiet,
    on_processor,
    ratio,
    waited,
)


def test_contenders_take_turns_and_prepare_each_time() -> None:
    calls: list[str] = []

    def contender(name: str) -> Callable[[], Callable[[], object]]:
        def prepare() -> Callable[[], object]:
            calls.append(f"prepare {name}")
            return lambda: calls.append(name)

        return prepare

    times = in_turn(2, contender("a"), contender("b"))
    assert calls == 2 * ["prepare a", "a", "prepare b", "b"]
    assert [len(taken) for taken in times] == [2, 2]


def test_what_one_leaves_behind_is_not_collected_in_the_time_of_the_next() -> None:
    class Cycle:
        """Refer to itself, as models do."""

        def __init__(self) -> None:
            self.own = self

    left: list[weakref.ref[Cycle]] = []
    held: list[bool] = []

    def heavy() -> Callable[[], object]:
        cycle = Cycle()
        left.append(weakref.ref(cycle))
        return lambda: cycle.own

    def light() -> Callable[[], object]:
        return lambda: held.append(left[-1]() is not None)

    gc.disable()
    try:
        in_turn(2, heavy, light)
    finally:
        gc.enable()
    assert held == [False, False]


def test_a_figure_is_the_median_between_quartiles() -> None:
    found = figure([4.0, 1.0, 2.0, 3.0, 100.0], note="as given")
    assert (found.low, found.value, found.high) == (2.0, 3.0, 4.0)
    assert found.details == {"note": "as given"}


def test_ratios_are_of_rounds_and_by_processor_time() -> None:
    slow = [Timed(wall=9.0, processor=3.0), Timed(wall=9.0, processor=8.0)]
    fast = [Timed(wall=1.0, processor=1.0), Timed(wall=4.0, processor=4.0)]
    found = ratio(slow, fast)
    assert (found.low, found.value, found.high) == (2.25, 2.5, 2.75)
    assert on_processor(slow, 1e3).value == 5500.0


@pytest.mark.parametrize(
    ("load", "waits", "quiet"),
    [(0.1, 1.01, True), (0.1, None, True), (3.0, 1.01, False), (0.1, 1.4, False), (None, 1, False)],
)
def test_a_machine_is_quiet_if_nothing_else_ran(
    load: float | None, waits: float | None, quiet: bool
) -> None:
    assert is_quiet(load, waits) == quiet


def test_only_what_ran_on_one_processor_tells_of_waiting() -> None:
    waits = (1.0, None, 1.2, 1.1)
    assert waited(MeasuredValue(1.0, 1.0, 1.0, one) for one in waits) == 1.1
    assert waited([MeasuredValue(1.0, 1.0, 1.0)]) is None
