"""Scores of what is foretold, and ablations, on toys whose answers are known."""

from __future__ import annotations

import math

import numpy as np
import pytest

from calibration.inference.prior import Array
from calibration.validation import ablation as module
from calibration.validation.ablation import Loss, ablation, clustered_error
from calibration.validation.model_variants import Variant
from calibration.validation.predictive_scores import ScoreScale, log_scores
from tests.calibration.toy import CountsToy
from tests.calibration.validation.stand_in import StandIn, as_trial, rows_of

CLUSTERS = {f"c{i}": list(range(3 * i, 3 * i + 3)) for i in range(12)}
IDLE = Variant("idle", "removed", "A mechanism without effect.", {})
LEVELS = Variant("levels", "removed", "Counts differ in their means.", {})


class Level(CountsToy):
    """Give all counts one mean, whatever the parameters."""

    def __init__(self) -> None:
        super().__init__()
        self.base = np.full(36, 0.7)


def pairs(rows: int, correlation: float, seed: int) -> Array:
    """Return normal pairs."""
    rng = np.random.default_rng(seed)
    shape = [[1.0, correlation], [correlation, 1.0]]
    return rng.multivariate_normal([0.0, 0.0], shape, rows)


def test_the_score_is_that_of_the_conditional_density() -> None:
    rows, records = pairs(4000, 0.8, 1), pairs(500, 0.8, 2)
    scale = ScoreScale.of(rows)
    found = log_scores(rows, records, [[0], [1]], scale).mean(axis=0)
    # The density of a normal given its fellow, in units of the targets' scale.
    step = 1e-4
    slope = (scale.scaling(records + step) - scale.scaling(records - step)) / (2.0 * step)
    exact = -0.5 * np.log(2.0 * np.pi * math.e * (1.0 - 0.8**2)) - np.log(slope).mean(axis=0)
    assert found == pytest.approx(exact, abs=0.12)
    assert np.all(found < exact + 0.03)
    alone = log_scores(rows, records, [[0, 1]], scale).mean(axis=0)
    assert np.all(alone < found - 0.3)


def test_no_score_is_without_bounds() -> None:
    rows = pairs(400, 0.0, 3)
    far = np.array([[40.0, 0.0]])
    assert np.isfinite(log_scores(rows, far, [[0], [1]], ScoreScale.of(rows))).all()


def test_a_target_that_never_varies_is_scored() -> None:
    rows = np.column_stack([pairs(400, 0.5, 4), np.ones(400)])
    found = log_scores(rows, rows[:5], [[0], [1], [2]], ScoreScale.of(rows))
    assert np.isfinite(found).all()


def test_clusters_decide_on_the_error() -> None:
    even, single = np.full((1, 16), 0.5), np.zeros((1, 16))
    single[0, 0] = 8.0
    assert clustered_error(even)[0] == 0.0
    # All of a loss from one of many pieces of evidence: as large as its own error.
    assert clustered_error(single)[0] == pytest.approx(8.0)


@pytest.fixture(autouse=True)
def few_resamples(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "RESAMPLES", 15)


@pytest.fixture(scope="module")
def made() -> StandIn:
    variants = {IDLE.simulator: CountsToy(), LEVELS.simulator: Level()}
    return StandIn(CountsToy(), variants, sizes=(300, 60))


def test_only_what_the_record_needs_is_supported(made: StandIn) -> None:
    found = ablation(as_trial(made), (IDLE, LEVELS), CLUSTERS, runs=400)
    idle, levels = found.numbers["mechanisms"]
    # The same values and random numbers: not a single run differs.
    assert idle["loss"] == 0.0
    assert idle["error"] == 0.0
    assert levels["loss"] > 2.0 * levels["error"] > 0.0
    assert levels["supported"]
    assert levels["expected_loss"] > 0.0
    # Of 40 records without the mechanism none loses as much; all lose as much as nothing.
    assert levels["p_absent"] == pytest.approx(1.0 / 41.0)
    assert idle["p_absent"] == 1.0
    assert len(levels["by_cluster"]) == len(CLUSTERS)
    assert sum(levels["by_cluster"]) == pytest.approx(levels["loss"], abs=0.01)
    assert made.told[-1] == ("mechanisms off", 2, 2)


def test_no_difference_supports_nothing(made: StandIn) -> None:
    found = ablation(as_trial(made), (IDLE,), CLUSTERS, runs=200)
    assert not found.passed
    assert "idle" in found.found
    assert not found.numbers["mechanisms"][0]["supported"]


def test_runs_are_scored_in_pairs(made: StandIn) -> None:
    values = made.prior.draw(120, 1, 3)
    whole, without = (rows_of(toy, values, 5) for toy in (CountsToy(), Level()))
    whole.statistics[3, 0] = np.nan
    without.statistics[7, 0] = np.nan
    loss = Loss(whole, without, list(CLUSTERS.values()), 1)
    kept = np.setdiff1d(np.arange(120), [3, 7])
    assert loss.runs == 107
    for found, rows in zip(loss.tables, (whole, without), strict=True):
        assert np.array_equal(found, rows.statistics[kept[11:]])
    for found, rows in zip(loss.records, (whole, without), strict=True):
        assert np.array_equal(found, rows.statistics[kept[:11]])
