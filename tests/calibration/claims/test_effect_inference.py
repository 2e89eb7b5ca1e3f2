"""Intervals cover, pairs narrow them, and every verdict follows from the evidence."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pytest

from calibration.claims.claim import Claim
from calibration.claims.effect_inference import (
    CONTRARY,
    NOT_EXPRESSED,
    NOT_SHOWN,
    SHOWN,
    VERDICTS,
    WEAK,
    Estimate,
    Evidence,
    contrasted,
    estimate,
    evidence,
    resamples,
    verdict,
)
from calibration.claims.statistics.statistic import mean, ratio
from sim.core.state import Array

UNKNOWN = Estimate(np.nan, np.nan, np.nan)


def claim(**changes: Any) -> Claim:
    """Return a claim that asks for a pattern above 1 and an effect upwards."""
    fields: dict[str, Any] = {
        "id": "T01",
        "title": "A claim",
        "section": "nowhere",
        "claim": "This is so.",
        "pattern": "That follows.",
        "parameters": (),
        "where": (),
        "statistic": "anything",
        "direction": "+",
        "above": 1.0,
        "experiment": {"without": {"turnover.fade": 0.0}},
    }
    return Claim.model_validate(fields | changes)


def normal(rng: np.random.Generator, centre: float, runs: int) -> Array:
    return rng.normal(centre, 1.0, size=(runs, 1))


def pair(treated: Array, control: Array) -> dict[str, Array]:
    return {"with": treated, "without": control}


def test_resamples_start_with_the_sample_and_are_always_the_same() -> None:
    drawn = resamples(7, 50)
    assert drawn.shape == (51, 7)
    assert drawn[0] == pytest.approx(1.0 / 7.0)
    assert drawn.sum(axis=1) == pytest.approx(1.0)
    assert np.array_equal(drawn, resamples.__wrapped__(7, 50))


def test_interval_of_a_mean_covers_the_truth_about_as_often_as_it_says() -> None:
    rng = np.random.default_rng(1)
    covered = 0
    for _ in range(400):
        found = evidence(pair(normal(rng, 3.0, 40), normal(rng, 2.0, 40)), mean)
        covered += found.effect.low <= 1.0 <= found.effect.high
    # Percentile intervals of 40 runs hold the truth in some 94 of 100 cases.
    assert 0.90 <= covered / 400 <= 0.975


def test_interval_of_a_ratio_covers_the_truth_about_as_often_as_it_says() -> None:
    rng = np.random.default_rng(2)
    covered = 0
    for _ in range(400):
        whole = rng.poisson(20.0, size=40)
        parts = np.column_stack([rng.binomial(whole, 0.3), whole]).astype(float)
        low, high = evidence(pair(parts, parts), ratio).with_[1:]
        covered += low <= 0.3 <= high
    assert 0.90 <= covered / 400 <= 0.975


def test_pairs_of_runs_narrow_the_interval_of_the_effect() -> None:
    rng = np.random.default_rng(3)
    luck = rng.normal(0.0, 5.0, size=(40, 1))
    treated, control = luck + normal(rng, 1.0, 40), luck + normal(rng, 0.0, 40)
    apart = rng.normal(0.0, 5.0, size=(40, 1)) + normal(rng, 0.0, 40)
    paired, unpaired = evidence(pair(treated, control), mean), evidence(pair(treated, apart), mean)
    assert paired.effect.high - paired.effect.low < 0.5 * (
        unpaired.effect.high - unpaired.effect.low
    )


def test_worlds_that_do_not_differ_have_no_effect_at_all() -> None:
    parts = normal(np.random.default_rng(4), 3.0, 20)
    assert evidence(pair(parts, parts), mean).effect == (0.0, 0.0, 0.0)


def test_a_check_does_not_pass_on_noise() -> None:
    """Where nothing has an effect, hardly one claim in forty looks shown or contrary."""
    rng = np.random.default_rng(5)
    tried = claim(above=0.0)
    drawn = [pair(normal(rng, 0.0, 40), normal(rng, 0.0, 40)) for _ in range(1000)]
    seen = Counter(verdict(tried, evidence(parts, mean)) for parts in drawn)
    assert seen[SHOWN] <= 40
    assert seen[CONTRARY] <= 40
    assert seen[NOT_SHOWN] > 500


def test_a_change_is_seen_against_its_control() -> None:
    parts = {
        "with": np.array([[3.0], [5.0]]),
        "with, control": np.array([[2.0], [2.0]]),
        "without": np.array([[2.0], [2.0]]),
        "without, control": np.array([[2.0], [2.0]]),
    }
    assert evidence(parts, mean).effect.value == 2.0
    assert evidence(parts, mean, "ratio").effect.value == 1.0


def test_a_ratio_to_nothing_is_not_defined() -> None:
    assert np.isnan(contrasted(np.array([1.0]), np.array([0.0]), "ratio")).all()


def test_resamples_without_a_value_are_left_out_unless_they_are_many() -> None:
    values = np.concatenate([[1.0], np.linspace(0.0, 2.0, 98), [np.nan, np.nan]])
    assert estimate(values).low == pytest.approx(0.05, abs=0.01)
    values[1:6] = np.nan
    assert np.isnan(estimate(values).low)
    assert estimate(values).value == 1.0


def test_without_any_value_nothing_is_known() -> None:
    nothing = np.zeros((10, 2))
    found = evidence(pair(nothing, nothing), ratio)
    assert all(np.isnan(number) for number in found.with_)
    assert verdict(claim(), found) == NOT_SHOWN


HIGH, LOW, WIDE = Estimate(2.0, 1.5, 2.5), Estimate(0.5, 0.2, 0.8), Estimate(1.4, 0.8, 2.0)
UP, DOWN, UNSURE = Estimate(1.5, 1.0, 2.0), Estimate(-1.5, -2.0, -1.0), Estimate(0.5, -0.2, 1.2)


@pytest.mark.parametrize(
    ("with_", "without", "effect", "expected"),
    [
        (HIGH, LOW, UP, SHOWN),
        (HIGH, UNKNOWN, UP, SHOWN),
        (HIGH, WIDE, UP, SHOWN),
        (HIGH, HIGH, UP, WEAK),
        (WIDE, LOW, UP, WEAK),
        (HIGH, LOW, UNSURE, WEAK),
        (HIGH, LOW, UNKNOWN, NOT_SHOWN),
        (LOW, LOW, UP, NOT_SHOWN),
        (LOW, LOW, UNSURE, NOT_SHOWN),
        (UNKNOWN, LOW, UP, NOT_SHOWN),
        (HIGH, HIGH, Estimate(0.0, 0.0, 0.0), NOT_SHOWN),
        (HIGH, LOW, Estimate(-0.1, -0.3, 0.2), NOT_SHOWN),
        (HIGH, HIGH, DOWN, CONTRARY),
        (LOW, HIGH, DOWN, CONTRARY),
    ],
)
def test_verdicts(with_: Estimate, without: Estimate, effect: Estimate, expected: str) -> None:
    assert verdict(claim(), Evidence(with_, without, effect)) == expected


def mirrored(given: Estimate) -> Estimate:
    return Estimate(-given.value, -given.high, -given.low)


@pytest.mark.parametrize(
    ("with_", "without", "effect", "expected"),
    [
        (HIGH, LOW, UP, SHOWN),
        (HIGH, HIGH, UP, WEAK),
        (HIGH, LOW, UNSURE, WEAK),
        (LOW, LOW, UP, NOT_SHOWN),
        (HIGH, HIGH, DOWN, CONTRARY),
    ],
)
def test_verdicts_on_a_claim_downwards(
    with_: Estimate, without: Estimate, effect: Estimate, expected: str
) -> None:
    downwards = claim(direction="-", above=None, below=-1.0)
    found = Evidence(mirrored(with_), mirrored(without), mirrored(effect))
    assert verdict(downwards, found) == expected


def test_a_claim_between_two_thresholds_must_lie_between_them() -> None:
    between = claim(above=0.3, below=0.5)
    assert between.passes(0.35, 0.45)
    assert not between.passes(0.25, 0.45)
    assert not between.passes(0.35, 0.55)
    assert not between.passes(np.nan, np.nan)


def test_a_claim_without_evidence_is_not_expressed() -> None:
    assert verdict(claim(), None) == NOT_EXPRESSED
    assert NOT_EXPRESSED in VERDICTS
