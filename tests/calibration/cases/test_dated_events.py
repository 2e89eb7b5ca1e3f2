from __future__ import annotations

import numpy as np

from calibration.cases.dated_events import DEALS, TWINNINGS, dated, dated_sample, group_of
from calibration.cases.observation_model import happened, observation
from calibration.run_reading import Reading


def sizes() -> list[int]:
    return [int(n) for n in np.bincount(group_of(dated()), minlength=4)]


def test_the_dated_events_are_those_that_the_table_of_targets_counts() -> None:
    embassy, other, deals, twinnings = sizes()
    assert (embassy + other, deals, twinnings) == (24, 7, 15)
    assert (dated()["case"] < 0).all()


def test_a_run_gives_as_many_of_each(conditioned: Reading) -> None:
    for key in range(3):
        _, sample = observation(conditioned, key)
        assert np.bincount(group_of(sample), minlength=4).tolist() == sizes()
    again = observation(conditioned, 2)[1]
    np.testing.assert_array_equal(sample, again)
    assert (observation(conditioned, 3)[1] != sample).any()


def test_the_likeliest_to_be_told_are_sampled_and_any_twinning(conditioned: Reading) -> None:
    rows, _ = happened(conditioned)
    group, even = group_of(rows), np.full(len(rows), 0.5)
    chance = np.where(rows["month"] >= 200, 1.0, 1e-6)
    recent = dated_sample(rows, even, chance)
    mine = recent[group_of(recent) == DEALS]
    assert (rows["month"][group == DEALS] >= 200).sum() >= len(mine) > 0
    assert (mine["month"] >= 200).all()
    first = rows[group == TWINNINGS][: sizes()[TWINNINGS]]
    np.testing.assert_array_equal(recent[group_of(recent) == TWINNINGS], first)


def test_a_run_with_fewer_gives_all(conditioned: Reading) -> None:
    rows, _ = happened(conditioned)
    few = rows[:1]
    assert len(dated_sample(few, np.array([0.5]), np.array([1.0]))) <= 1
    assert len(dated_sample(rows[:0], np.empty(0), np.empty(0))) == 0
