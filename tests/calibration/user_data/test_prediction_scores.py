from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from calibration.user_data import prediction_scores
from sim.core.state import Array


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(5)


def test_ranks_with_equal_weights_are_the_usual_ones(rng: np.random.Generator) -> None:
    values = rng.integers(0, 6, 40).astype(float)
    ranks = prediction_scores.weighted_ranks(values, np.ones((1, 40)))
    assert ranks[0].tolist() == stats.rankdata(values).tolist()


def test_weights_stand_for_repeated_units(rng: np.random.Generator) -> None:
    x, y = rng.integers(0, 9, 12).astype(float), rng.integers(0, 9, 12).astype(float)
    times = rng.integers(0, 4, 12)
    weights = times[None].astype(float)
    ranks = {
        i: prediction_scores.weighted_ranks(values, weights) for i, values in enumerate((x, y))
    }
    found = prediction_scores.correlations(ranks[0], ranks[1], weights)
    expected = stats.spearmanr(np.repeat(x, times), np.repeat(y, times)).statistic
    assert found[0] == pytest.approx(expected)


def rank_correlation(x: Array, y: Array) -> float:
    once = np.ones((1, len(x)))
    ranks = prediction_scores.weighted_ranks(x, once), prediction_scores.weighted_ranks(y, once)
    return float(prediction_scores.correlations(*ranks, once)[0])


def test_rank_correlation_is_spearmans(rng: np.random.Generator) -> None:
    x, y = rng.normal(size=30), rng.integers(0, 5, 30).astype(float)
    assert rank_correlation(x, y) == pytest.approx(stats.spearmanr(x, y).statistic)


def test_a_constant_cannot_be_ranked() -> None:
    assert np.isnan(rank_correlation(np.full(7, 3.0), np.arange(7.0)))


def test_partial_correlation_by_hand() -> None:
    found = prediction_scores.partial(np.array([0.6]), np.array([0.8]), np.array([0.5]))
    # (0.6 - 0.8 × 0.5) / sqrt((1 - 0.64) (1 - 0.25))
    assert found[0] == pytest.approx(0.2 / np.sqrt(0.36 * 0.75))
    assert np.isnan(prediction_scores.partial(np.array([0.5]), np.array([1.0]), np.array([0.5])))[0]


def test_groups_are_drawn_as_a_whole() -> None:
    groups = np.array([0, 0, 1, 2, 2, 2])
    weights = prediction_scores.resampled(groups, 50)
    assert weights.shape == (51, 6)
    assert weights[0].tolist() == [1.0] * 6
    assert (weights[:, 0] == weights[:, 1]).all()
    assert (weights[:, 3] == weights[:, 5]).all()
    assert (weights[1:, [0, 2, 3]].sum(axis=1) == 3.0).all()


def test_pit_by_hand() -> None:
    draws = np.array([[0.0], [0.0], [1.0], [3.0]])
    low, high = prediction_scores.pit_bounds(draws, np.array([1.0]))
    assert (low[0], high[0]) == (2 / 5, 4 / 5)
    # Half of the stretch from 0.4 to 0.8 lies below 0.6, all of it below 0.9, nothing below 0.3.
    function = prediction_scores.pit_function(low, high, np.array([0.3, 0.6, 0.9]))
    assert function.tolist() == pytest.approx([0.0, 0.5, 1.0])
    assert prediction_scores.coverage(low, high, 0.5) == pytest.approx((0.75 - 0.4) / 0.4)
    assert prediction_scores.pit_shares(low, high, 5).tolist() == pytest.approx([0, 0, 0.5, 0.5, 0])


def test_pit_of_draws_is_their_rank() -> None:
    low, high = prediction_scores.pits_of_draws(np.array([[2.0, 0.0], [1.0, 0.0], [5.0, 4.0]]))
    assert low.tolist() == [[1 / 3, 0.0], [0.0, 0.0], [2 / 3, 2 / 3]]
    assert high.tolist() == [[2 / 3, 2 / 3], [1 / 3, 2 / 3], [1.0, 1.0]]


def test_pit_of_a_true_prediction_is_uniform(rng: np.random.Generator) -> None:
    mean = rng.gamma(0.5, 4.0, 3000)
    draws, observed = rng.poisson(mean, (99, 3000)), rng.poisson(mean)
    low, high = prediction_scores.pit_bounds(draws, observed)
    assert prediction_scores.departure(prediction_scores.pit_function(low, high)) < 0.03
    assert prediction_scores.coverage(low, high, 0.9) == pytest.approx(0.9, abs=0.02)
    too_low = prediction_scores.pit_bounds(draws, observed + 2)
    assert prediction_scores.departure(prediction_scores.pit_function(*too_low)) > 0.3


def test_score_by_hand_and_lowest_for_the_truth(rng: np.random.Generator) -> None:
    # Mean distance to 1 is (1 + 2) / 2, half of the mean distance of the two is 3 / 2.
    draws = np.array([[0.0], [3.0]])
    assert prediction_scores.ranked_probability_score(draws, np.array([1.0]))[0] == pytest.approx(
        0.0
    )
    observed = rng.poisson(4.0, 2000)
    true = prediction_scores.ranked_probability_score(
        rng.poisson(4.0, (200, 2000)), observed
    ).mean()
    wrong = prediction_scores.ranked_probability_score(
        rng.poisson(6.0, (200, 2000)), observed
    ).mean()
    assert true < wrong


def test_score_does_not_favour_many_draws(rng: np.random.Generator) -> None:
    observed = rng.normal(size=20_000)
    few = prediction_scores.ranked_probability_score(rng.normal(size=(5, 20_000)), observed).mean()
    many = prediction_scores.ranked_probability_score(
        rng.normal(size=(50, 20_000)), observed
    ).mean()
    assert few == pytest.approx(many, abs=0.02)


def test_concentration_by_hand() -> None:
    found = prediction_scores.concentration(np.array([0.0, 0.0, 1.0, 1.0, 2.0, 6.0]))
    assert found["top5"] == 1.0
    assert found["touched"] == pytest.approx(4 / 6)
    # Half the mean absolute difference over the mean: 72 / (2 × 36 × 10 / 6).
    assert found["gini"] == pytest.approx(72 / 120)
    assert "top10" not in found
    nothing = prediction_scores.concentration(np.zeros(6))
    assert np.isnan(nothing["gini"])
    assert nothing["touched"] == 0.0


def test_naive_mean_by_hand() -> None:
    found = prediction_scores.naive_mean(np.array([1.0, 3.0, 6.0]), np.array([2.0, 0.0, 18.0]))
    assert found.tolist() == [2.0, 6.0, 12.0]


def test_naive_draws_have_the_mean_and_the_spread_of_the_table(rng: np.random.Generator) -> None:
    mean = rng.gamma(2.0, 4.0, 400)
    observed = rng.negative_binomial(1.5, 1.5 / (1.5 + mean)).astype(float)
    drawn = prediction_scores.naive_draws(mean, observed, 2000)
    assert drawn.mean(axis=0) == pytest.approx(mean, rel=0.25)
    expected = mean + mean**2 / 1.5
    assert drawn.var(axis=0).sum() == pytest.approx(expected.sum(), rel=0.3)


def test_naive_draws_allow_for_what_is_observed_where_the_predictor_is_zero() -> None:
    drawn = prediction_scores.naive_draws(np.array([0.0, 5.0, 5.0]), np.array([1.0, 4.0, 5.0]), 100)
    assert np.isfinite(drawn).all()
