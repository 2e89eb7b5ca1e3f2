from __future__ import annotations

from sim.experiments.sensitivity.analysis import _scarce


def test_indices_that_cannot_be_are_said_to_want_points() -> None:
    good = {"parameter": "a", "total": 0.5, "total_high": 0.7, "first": 0.4}
    assert _scarce("deals", [good]) == []
    wide = good | {"total_high": 1.3}
    assert _scarce("deals", [wide]) == ["deals: too few points: an interval reaches up to 1.30"]
    [told] = _scarce("deals", [good | {"first": 0.6}])
    assert told == "deals: too few points: the first order is above the total of a"
