from __future__ import annotations

import numpy as np
import pytest

from calibration.claims.statistics import STATISTICS, Statistic
from calibration.claims.statistics.statistic import (
    Parts,
    difference_of_ratios,
    gap,
    least,
    least_lead,
    mean,
    ratio,
    smaller_share,
    statistic,
)
from calibration.run_reading import Reading
from sim.core.state import State


def test_values_are_those_worked_out_by_hand() -> None:
    assert mean(np.array([3.0])) == 3.0
    assert ratio(np.array([3.0, 4.0])) == 0.75
    assert gap(np.array([3.0, 4.0])) == -1.0
    assert difference_of_ratios(np.array([3.0, 4.0, 1.0, 2.0])) == 0.25
    assert least(np.array([0.7, 0.4])) == 0.4
    assert smaller_share(np.array([1.0, 3.0])) == 0.25
    assert smaller_share(np.array([3.0, 1.0])) == 0.25
    # Leads of 3/4 over 1/2 and over 5/8.
    assert least_lead(np.array([3.0, 4.0, 1.0, 2.0, 5.0, 8.0])) == 0.125


@pytest.mark.parametrize("value", [ratio, smaller_share])
def test_a_share_of_nothing_is_unknown(value: object) -> None:
    assert callable(value)
    found = value(np.array([[0.0, 0.0], [1.0, 3.0]]))
    assert np.isnan(found[0])
    assert np.isfinite(found[1])


@pytest.mark.parametrize("name", sorted(STATISTICS))
def test_values_take_whole_stacks_of_averages(name: str) -> None:
    """Averages of two worlds and five resamples give the same as one by one."""
    value = STATISTICS[name].value
    parts = np.random.default_rng(1).uniform(1.0, 2.0, (2, 5, 6))
    found = value(parts)
    assert found.shape == (2, 5)
    assert found[1, 3] == value(parts[1, 3])


def test_every_statistic_says_what_it_measures() -> None:
    for name, entry in STATISTICS.items():
        assert entry.name == name
        assert entry.meaning.endswith(".")
        assert entry.unit


def test_a_name_is_given_once() -> None:
    name = next(iter(STATISTICS))

    def measure(reading: Reading) -> Parts:
        """Count nothing."""
        return (0.0,)

    measure.__name__ = name
    with pytest.raises(ValueError, match="two statistics"):
        statistic(unit="count", value=mean)(measure)


def test_a_statistic_says_what_it_measures_or_is_refused() -> None:
    def mute(reading: Reading) -> Parts:
        return (0.0,)

    with pytest.raises(ValueError, match="does not say"):
        statistic(unit="count", value=mean)(mute)
    assert "mute" not in STATISTICS


def test_parts_that_are_no_numbers_are_refused(finished: State) -> None:
    broken = Statistic("broken", "share", "It breaks.", lambda reading: (float("nan"),), mean)
    with pytest.raises(ValueError, match="broken"):
        broken.parts(Reading(finished), {})
