from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import spearmanr

from calibration.claims.statistics.statistic import (
    UNDEFINED,
    rank_correlation,
    slope,
    within_strata,
)

VALUES = arrays(np.float64, 8, elements=st.integers(-20, 20).map(float))


def test_slope_takes_controls_into_account() -> None:
    rng = np.random.default_rng(5)
    control = rng.normal(size=200)
    cause = control + rng.normal(size=200)
    outcome = 2.0 * cause - 3.0 * control + 7.0
    assert slope(outcome, cause, control) == pytest.approx((2.0, 1.0))


def test_slope_without_controls_is_the_ordinary_one() -> None:
    # Deviations -1, 0, 1 against -1, 1, 0.
    assert slope(np.array([1.0, 3.0, 2.0]), np.array([0.0, 1.0, 2.0])) == pytest.approx((0.5, 1.0))


def test_slope_on_what_does_not_vary_is_undefined() -> None:
    values = np.arange(5.0)
    assert slope(values, np.ones(5)) == UNDEFINED
    assert slope(values, 3.0 * values + 1.0, values) == UNDEFINED


def test_slope_without_cases_is_undefined() -> None:
    assert slope(np.zeros(0), np.zeros(0)) == UNDEFINED


@given(VALUES, VALUES)
def test_rank_correlation_is_spearmans(
    a: np.ndarray[tuple[int], np.dtype[np.float64]],
    b: np.ndarray[tuple[int], np.dtype[np.float64]],
) -> None:
    found, defined = rank_correlation(a, b)
    if np.ptp(a) == 0.0 or np.ptp(b) == 0.0:
        assert (found, defined) == UNDEFINED
    else:
        assert found == pytest.approx(spearmanr(a, b).statistic)
        assert defined == 1.0


def test_comparison_within_strata_weighs_them_as_mantel_and_haenszel() -> None:
    # First stratum: 1 of 2 against 0 of 2, weight 1. Second: 1 of 1 against 1 of 3, weight 3/4.
    # The third has no one treated.
    treated = np.array([1, 1, 0, 0, 1, 0, 0, 0, 0], dtype=bool)
    success = np.array([1, 0, 0, 0, 1, 1, 0, 0, 1], dtype=bool)
    stratum = np.array([0, 0, 0, 0, 1, 1, 1, 1, 4])
    part, whole = within_strata(treated, success, stratum)
    assert whole == pytest.approx(1.75)
    assert part == pytest.approx(0.5 + 0.75 * 2.0 / 3.0)


def test_comparison_within_strata_is_blind_to_differences_between_them() -> None:
    """One stratum succeeds always and is treated mostly, the other never and rarely."""
    treated = np.array([1, 1, 1, 0, 1, 0, 0, 0], dtype=bool)
    stratum = np.array([0, 0, 0, 0, 1, 1, 1, 1])
    assert within_strata(treated, stratum == 0, stratum) == pytest.approx((0.0, 1.5))


def test_comparison_without_cases_is_undefined() -> None:
    nothing = np.zeros(0, dtype=bool)
    assert within_strata(nothing, nothing, np.zeros(0, dtype=np.int64)) == UNDEFINED
