from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from calibration.rivals import RivalPrediction
from calibration.user_data import prediction_scores as scores
from sim.core.state import Array


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(5)


def test_ranks_with_equal_weights_are_the_usual_ones(rng: np.random.Generator) -> None:
    values = rng.integers(0, 6, 40).astype(float)
    ranks = scores.weighted_ranks(values, np.ones((1, 40)))
    assert ranks[0].tolist() == stats.rankdata(values).tolist()


def test_weights_stand_for_repeated_units(rng: np.random.Generator) -> None:
    x, y = rng.integers(0, 9, 12).astype(float), rng.integers(0, 9, 12).astype(float)
    times = rng.integers(0, 4, 12)
    weights = times[None].astype(float)
    ranks = {i: scores.weighted_ranks(values, weights) for i, values in enumerate((x, y))}
    found = scores.correlations(ranks[0], ranks[1], weights)
    expected = stats.spearmanr(np.repeat(x, times), np.repeat(y, times)).statistic
    assert found[0] == pytest.approx(expected)


def rank_correlation(x: Array, y: Array) -> float:
    once = np.ones((1, len(x)))
    ranks = scores.weighted_ranks(x, once), scores.weighted_ranks(y, once)
    return float(scores.correlations(*ranks, once)[0])


def test_rank_correlation_is_spearmans(rng: np.random.Generator) -> None:
    x, y = rng.normal(size=30), rng.integers(0, 5, 30).astype(float)
    assert rank_correlation(x, y) == pytest.approx(stats.spearmanr(x, y).statistic)


def test_a_constant_cannot_be_ranked() -> None:
    assert np.isnan(rank_correlation(np.full(7, 3.0), np.arange(7.0)))


def test_groups_are_drawn_as_a_whole() -> None:
    groups = np.array([0, 0, 1, 2, 2, 2])
    weights = scores.resampled(groups, 50)
    assert weights.shape == (51, 6)
    assert weights[0].tolist() == [1.0] * 6
    assert (weights[:, 0] == weights[:, 1]).all()
    assert (weights[:, 3] == weights[:, 5]).all()
    assert (weights[1:, [0, 2, 3]].sum(axis=1) == 3.0).all()


def test_pit_by_hand() -> None:
    draws = np.array([[0.0], [0.0], [1.0], [3.0]])
    low, high = scores.pit_bounds(draws, np.array([1.0]))
    assert (low[0], high[0]) == (2 / 5, 4 / 5)
    # Half of the stretch from 0.4 to 0.8 lies below 0.6, all of it below 0.9, nothing below 0.3.
    function = scores.pit_function(low, high, np.array([0.3, 0.6, 0.9]))
    assert function.tolist() == pytest.approx([0.0, 0.5, 1.0])
    assert scores.coverage(low, high, 0.5) == pytest.approx((0.75 - 0.4) / 0.4)
    assert np.diff(
        scores.pit_function(low, high, np.linspace(0.0, 1.0, 6))
    ).tolist() == pytest.approx([0, 0, 0.5, 0.5, 0])


def test_pit_of_draws_is_their_rank() -> None:
    low, high = scores.pits_of_draws(np.array([[2.0, 0.0], [1.0, 0.0], [5.0, 4.0]]))
    assert low.tolist() == [[1 / 3, 0.0], [0.0, 0.0], [2 / 3, 2 / 3]]
    assert high.tolist() == [[2 / 3, 2 / 3], [1 / 3, 2 / 3], [1.0, 1.0]]


def test_pit_of_a_true_prediction_is_uniform(rng: np.random.Generator) -> None:
    mean = rng.gamma(0.5, 4.0, 3000)
    draws, observed = rng.poisson(mean, (99, 3000)), rng.poisson(mean)
    low, high = scores.pit_bounds(draws, observed)
    assert scores.departure(scores.pit_function(low, high)) < 0.03
    assert scores.coverage(low, high, 0.9) == pytest.approx(0.9, abs=0.02)
    too_low = scores.pit_bounds(draws, observed + 2)
    assert scores.departure(scores.pit_function(*too_low)) > 0.3


def test_score_by_hand_and_lowest_for_the_truth(rng: np.random.Generator) -> None:
    # Mean distance to 1 is (1 + 2) / 2, half of the mean distance of the two is 3 / 2.
    draws = np.array([[0.0], [3.0]])
    assert scores.ranked_probability_score(draws, np.array([1.0]))[0] == pytest.approx(0.0)
    observed = rng.poisson(4.0, 2000)
    true = scores.ranked_probability_score(rng.poisson(4.0, (200, 2000)), observed).mean()
    wrong = scores.ranked_probability_score(rng.poisson(6.0, (200, 2000)), observed).mean()
    assert true < wrong


def test_score_does_not_favour_many_draws(rng: np.random.Generator) -> None:
    observed = rng.normal(size=20_000)
    few = scores.ranked_probability_score(rng.normal(size=(5, 20_000)), observed).mean()
    many = scores.ranked_probability_score(rng.normal(size=(50, 20_000)), observed).mean()
    assert few == pytest.approx(many, abs=0.02)


def test_concentration_by_hand() -> None:
    found = scores.concentration(np.array([0.0, 0.0, 1.0, 1.0, 2.0, 6.0]))
    assert found["top5"] == 1.0
    assert found["touched"] == pytest.approx(4 / 6)
    # Half the mean absolute difference over the mean: 72 / (2 × 36 × 10 / 6).
    assert found["gini"] == pytest.approx(72 / 120)
    assert "top10" not in found
    nothing = scores.concentration(np.zeros(6))
    assert np.isnan(nothing["gini"])
    assert nothing["touched"] == 0.0


def case_of(observed: Array, runs: Array, **rivals: RivalPrediction) -> scores.UnitPredictions:
    model = RivalPrediction(runs.mean(axis=0), runs, runs)
    groups = np.arange(len(observed))
    return scores.UnitPredictions(observed, runs, {"model": model, **rivals}, groups)


def test_ranks_by_hand() -> None:
    observed = np.array([1.0, 2.0, 3.0, 4.0, 5.0])
    runs = np.array([[1.0, 2.0, 3.0, 5.0, 4.0]] * 3)
    gdp = RivalPrediction(np.array([5.0, 4.0, 3.0, 2.0, 1.0]), None, None)
    case = case_of(observed, runs, gdp=gdp)
    found = scores.rank_scores(case)
    # One minus six times the squared differences of ranks over n (n² - 1): 1 - 6 × 2 / 120.
    assert found["model"]["rank"]["value"] == pytest.approx(0.9)
    assert found["gdp"]["rank"]["value"] == pytest.approx(-1.0)
    assert found["gdp"]["model_minus"]["value"] == pytest.approx(1.9)
    assert found["model"]["if_true"]["median"] == pytest.approx(1.0)


def test_spread_tells_where_the_observation_lies() -> None:
    found = scores.spread(np.arange(99.0), 98.0)
    assert (found["median"], found["inside"]) == (49.0, False)
    # One draw of 99 is as large: the PIT lies between 0.98 and 1.
    assert found["p"] == pytest.approx(0.02)
    assert scores.spread(np.arange(99.0), 49.0)["p"] == pytest.approx(1.0)
    assert scores.spread(np.array([np.nan]))["median"] is None


def test_calibration_allows_for_units_that_move_together() -> None:
    """A shock common to all units moves the whole PIT; that is no fault of the prediction."""
    rng = np.random.default_rng(8)

    def drawn(count: int) -> Array:
        shock = rng.gamma(4.0, 0.25, (count, 1))
        return rng.poisson(np.linspace(0.2, 9.0, 30) * shock).astype(float)

    p = []
    for _ in range(200):
        observed, runs = drawn(1)[0], drawn(40)
        case = case_of(observed, runs)
        found = scores.calibration_scores(case)
        p.append(found["predictions"]["model"]["p"])
    assert np.mean(np.array(p) <= 0.1) == pytest.approx(0.1, abs=0.06)
    assert np.mean(np.array(p) <= 0.5) == pytest.approx(0.5, abs=0.1)


def test_a_prediction_without_a_distribution_has_the_concentration_of_its_means() -> None:
    observed = np.array([1.0, 2.0, 0.0, 5.0, 0.0, 0.0])
    gdp = RivalPrediction(np.array([6.0, 0.0, 0.0, 0.0, 0.0, 6.0]), None, None)
    case = case_of(observed, np.stack([observed, observed]), gdp=gdp)
    rows = scores.concentration_scores(case)
    found = {row["measure"]: row["predictions"] for row in rows}
    assert found["top5"]["gdp"] == {"median": 1.0, "q05": None, "q95": None}
    assert found["touched"]["gdp"]["median"] is None
    assert found["touched"]["model"]["median"] == 0.5


def test_a_rival_is_as_concentrated_as_its_shares_of_the_whole_total() -> None:
    observed = np.array([8.0, 0.0, 0.0, 0.0, 0.0, 0.0])
    thinned = np.array([[4, 2, 2, 0, 0, 0], [2, 2, 2, 2, 0, 0]])
    # The scatter that suits the table leaves most units without anything; shares do not.
    gdp = RivalPrediction(np.full(6, 8 / 6), np.array([[8, 0, 0, 0, 0, 0]] * 2), thinned)
    case = case_of(observed, np.stack([observed, observed]), gdp=gdp)
    rows = scores.concentration_scores(case)
    found = {row["measure"]: row["predictions"]["gdp"]["median"] for row in rows}
    assert found["touched"] == pytest.approx(3.5 / 6)


def test_totals_stand_beside_what_was_observed() -> None:
    runs = np.array([[1.0, 5.0], [3.0, 5.0]])
    rows = scores.totals(np.array([2.0, 9.0]), runs, ["one", "two"])
    assert [(row["name"], row["observed"], row["median"]) for row in rows] == [
        ("one", 2.0, 2.0),
        ("two", 9.0, 5.0),
    ]
    assert [row["inside"] for row in rows] == [True, False]


def test_the_ranked_score_is_that_of_a_normal() -> None:
    sample = np.random.default_rng(2).standard_normal((4000, 2))
    # Gneiting and Raftery (2007): of a standard normal at its mean (sqrt(2) - 1) / sqrt(pi).
    found = scores.ranked_probability_score(sample, np.array([0.0, 5.0]))
    assert found[0] == pytest.approx((np.sqrt(2.0) - 1.0) / np.sqrt(np.pi), abs=0.02)
    assert found[1] == pytest.approx(5.0 - 1.0 / np.sqrt(np.pi), abs=0.05)
