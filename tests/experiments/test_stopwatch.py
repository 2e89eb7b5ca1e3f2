"""The time that a run took is told whole and in its parts."""

from __future__ import annotations

import pytest

from sim.experiments import stopwatch


def test_parts_of_the_time_add_up_to_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """A card once told the time of simulating as the whole."""
    clock = iter([10.0, 14.5, 60.0, 110.2, 118.3])
    monkeypatch.setattr(stopwatch, "perf_counter", lambda: next(clock))
    watch = stopwatch.Stopwatch()
    watch.lap("simulating")
    watch.resume()
    watch.lap("figures")
    watch.lap("writing")
    watch.begin("loading", 2.0)
    assert watch.seconds == {
        "loading": 2.0, "simulating": 4.5, "figures": 50.2, "writing": 8.1, "total": 64.8
    }  # fmt: skip
    words = "Took 64.8 s: loading 2.0, simulating 4.5, figures 50.2, writing 8.1"
    assert stopwatch.took_words(watch.seconds) == words
