from __future__ import annotations

import json

import numpy as np
import pytest
from scipy.stats import kstest

from calibration import checks
from calibration.checks.predictive import mahalanobis, two_sided
from calibration.checks.rank_statistics import ecdf_differences, uniformity_p_values
from calibration.checks.verdict import not_run
from sim.core.files import plain

NAMES = ["a", "b", "c"]


def uniform(rows: int = 1000, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).random((rows, 3))


def test_the_thresholds_cover_the_protocol() -> None:
    limits = checks.load_thresholds()
    assert set(limits) >= {
        "prior_predictive", "table", "identifiability", "simulation_based_calibration", "coverage",
        "two_routes", "posterior_predictive", "leave_one_case_out", "leave_deep_cases_out",
        "temporal", "across_tiers", "model_comparison", "sensitivity", "what_ifs",
    }  # fmt: skip
    assert len(checks.thresholds_digest()) == 16


def test_holm_steps_down() -> None:
    found = checks.holm(np.array([0.04, 0.01, 0.03]))
    np.testing.assert_allclose(found, [0.06, 0.03, 0.06])


def test_p_values_are_uniform_under_uniformity() -> None:
    levels = np.random.default_rng(5).random((300, 400))
    assert kstest(uniformity_p_values(levels, 4000), "uniform").pvalue > 0.001


def test_levels_of_a_sound_posterior_pass() -> None:
    for verdict in (
        checks.simulation_based_calibration(uniform(), NAMES),
        checks.coverage(uniform(), NAMES),
    ):
        assert verdict.passed, verdict.found
        json.dumps(plain(verdict.to_json()))


@pytest.mark.parametrize("power", [0.8, 1.25])
def test_a_biased_posterior_fails_calibration(power: float) -> None:
    levels = uniform()
    levels[:, 1] **= power
    verdict = checks.simulation_based_calibration(levels, NAMES)
    assert verdict.verdict == "missed"
    assert "b" in verdict.found


def test_a_posterior_too_narrow_fails_coverage() -> None:
    levels = uniform()
    levels[:, 2] = 0.5 + 0.5 * np.sign(levels[:, 2] - 0.5) * (2 * np.abs(levels[:, 2] - 0.5)) ** 0.5
    verdict = checks.coverage(levels, NAMES)
    assert verdict.verdict == "missed"
    assert "off: c" in verdict.found


def test_coverage_of_few_rows_is_not_judged() -> None:
    assert checks.coverage(uniform(200), NAMES).verdict == "not run"


def test_differences_are_zero_for_even_levels() -> None:
    even = (np.arange(1000) + 0.5) / 1000
    points, differences = ecdf_differences(even[:, None])
    assert differences.shape == (len(points), 1)
    assert np.abs(differences).max() < 1e-3


def test_contraction_words() -> None:
    scores = np.random.default_rng(1).normal(size=(4000, 3)) * np.array([0.3, 0.85, 1.0])
    verdict = checks.contraction(scores, NAMES)
    assert verdict.numbers["words"] == ["identified", "weak", "assumption"]


def test_parameters_that_only_their_sum_tells_apart_are_named() -> None:
    scores = np.random.default_rng(1).normal(size=(2000, 3))
    assert checks.correlation(scores, NAMES).passed
    scores[:, 2] = -scores[:, 0] + 0.1 * scores[:, 2]
    verdict = checks.correlation(scores, NAMES)
    assert not verdict.passed
    assert "c with a -0.99" in verdict.found


def test_a_table_with_holes_or_shared_seeds_misses() -> None:
    rows, keys = uniform(10), [(1, i) for i in range(10)]
    assert checks.table_is_whole(rows, NAMES, keys).passed
    assert not checks.table_is_whole(rows, NAMES, [(1, 0)] * 10).passed
    rows[3, 1] = np.nan
    verdict = checks.table_is_whole(rows, NAMES, keys)
    assert not verdict.passed
    assert verdict.numbers["at_fault"] == ["b"]


def test_observations_the_prior_excludes_are_named() -> None:
    rows = uniform()
    assert checks.prior_predictive(rows, np.full(3, 0.5), NAMES).passed
    verdict = checks.prior_predictive(rows, np.array([0.5, 0.5, 1.5]), NAMES)
    assert not verdict.passed
    assert verdict.found.endswith("outside: c")


def test_the_joint_check_sees_what_no_single_statistic_shows() -> None:
    rng = np.random.default_rng(2)
    rows = rng.normal(10.0, 1.0, (2000, 3))
    rows[:, 1] = rows[:, 0] + 0.1 * rng.normal(size=2000)
    odd = np.array([11.0, 9.0, 10.0])
    assert two_sided(rows, odd).min() > 0.2
    assert checks.joint_predictive(rows, rows[0] * 0 + 10.0, NAMES).passed
    assert not checks.joint_predictive(rows, odd, NAMES).passed


def test_joint_p_values_are_uniform_in_a_right_world() -> None:
    rng = np.random.default_rng(3)
    found = [
        mahalanobis(rows[1:].astype(float), rows[0].astype(float))[0]
        for rows in (rng.poisson(4.0, (401, 5)) for _ in range(200))
    ]
    assert kstest(found, "uniform").pvalue > 0.001


def test_routes_that_differ_are_told_apart_and_the_wider_named() -> None:
    rng = np.random.default_rng(4)
    first, second = rng.normal(size=(2, 4000, 3))
    assert checks.routes_agree(first, second, NAMES).passed
    second[:, 1] *= 1.5
    verdict = checks.routes_agree(first, second, NAMES)
    assert verdict.numbers["apart"] == ["b"]
    assert verdict.numbers["wider"][1] == "second"


def test_a_check_not_run_is_neither_passed_nor_missed() -> None:
    assert not_run("x", "why", "when").verdict == "not run"
