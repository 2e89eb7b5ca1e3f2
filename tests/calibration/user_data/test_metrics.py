from __future__ import annotations

import numpy as np
import pytest

from calibration.user_data import metrics
from sim.core.state import Array


def case_of(
    observed: Array, runs: Array, predictors: dict[str, Array] | None = None
) -> metrics.Comparand:
    units = len(observed)
    given = predictors if predictors is not None else {"gdp": np.arange(1.0, units + 1)}
    return metrics.Comparand(observed, runs, given, np.arange(units), counts=True)


def test_predictions_share_the_observed_total_out() -> None:
    observed = np.array([1.0, 2.0, 0.0, 5.0])
    runs = np.array([[2.0, 2.0, 0.0, 4.0], [0.0, 4.0, 2.0, 6.0]])
    found = case_of(observed, runs).predictions()
    assert found["model"][0].tolist() == [1.0, 3.0, 1.0, 5.0]
    # GDP of 1, 2, 3 and 4 parts of a total of 8.
    assert found["gdp"][0].tolist() == pytest.approx([0.8, 1.6, 2.4, 3.2])
    assert found["gdp"][1] is not None


def test_ranks_by_hand() -> None:
    observed = np.array([1.0, 2.0, 3.0, 4.0, 5.0])
    runs = np.array([[1.0, 2.0, 3.0, 5.0, 4.0]] * 3)
    predictors = {"gdp": np.array([5.0, 4.0, 3.0, 2.0, 1.0])}
    case = case_of(observed, runs, predictors)
    means = {name: mean for name, (mean, _) in case.predictions().items()}
    found = metrics.rank_marks(case, means)
    # One minus six times the squared differences of ranks over n (n² - 1): 1 - 6 × 2 / 120.
    assert found["model"]["rank"]["value"] == pytest.approx(0.9)
    assert found["gdp"]["rank"]["value"] == pytest.approx(-1.0)
    assert found["gdp"]["model_minus"]["value"] == pytest.approx(1.9)
    # Size says everything, so nothing is left to say given size.
    assert np.isnan(found["model"]["partial"]["value"])
    assert found["model"]["if_true"]["rank"]["median"] == pytest.approx(1.0)


def test_spread_tells_where_the_observation_lies() -> None:
    found = metrics.spread(np.arange(99.0), 98.0)
    assert (found["median"], found["inside"]) == (49.0, False)
    # One draw of 99 is as large: the PIT lies between 0.98 and 1.
    assert found["p"] == pytest.approx(0.02)
    assert metrics.spread(np.arange(99.0), 49.0)["p"] == pytest.approx(1.0)
    assert metrics.spread(np.array([np.nan]))["median"] is None


def test_calibration_allows_for_units_that_move_together() -> None:
    """A shock common to all units moves the whole PIT; that is no fault of the prediction."""
    rng = np.random.default_rng(8)

    def drawn(count: int) -> Array:
        shock = rng.gamma(4.0, 0.25, (count, 1))
        return rng.poisson(np.linspace(0.2, 9.0, 30) * shock).astype(float)

    p = []
    for _ in range(200):
        observed, runs = drawn(1)[0], drawn(40)
        predictions = {"model": (runs.mean(axis=0), runs)}
        found = metrics.calibration_marks(case_of(observed, runs), predictions)
        p.append(found["predictions"]["model"]["p"])
    assert np.mean(np.array(p) <= 0.1) == pytest.approx(0.1, abs=0.06)
    assert np.mean(np.array(p) <= 0.5) == pytest.approx(0.5, abs=0.1)


def test_a_prediction_without_a_distribution_has_the_concentration_of_its_means() -> None:
    observed = np.array([1.0, 2.0, 0.0, 5.0, 0.0, 0.0])
    predictions: dict[str, tuple[Array, Array | None]] = {
        "model": (observed, np.stack([observed, observed])),
        "gdp": (np.array([6.0, 0.0, 0.0, 0.0, 0.0, 6.0]), None),
    }
    rows = metrics.concentration_marks(case_of(observed, observed[None]), predictions)
    found = {row["measure"]: row["predictions"] for row in rows}
    assert found["top5"]["gdp"] == {"median": 1.0, "q05": None, "q95": None}
    assert found["touched"]["gdp"]["median"] is None
    assert found["touched"]["model"]["median"] == 0.5


def test_totals_stand_beside_what_was_observed() -> None:
    runs = np.array([[1.0, 5.0], [3.0, 5.0]])
    rows = metrics.totals(np.array([2.0, 9.0]), runs, ["one", "two"])
    assert [(row["name"], row["observed"], row["median"]) for row in rows] == [
        ("one", 2.0, 2.0),
        ("two", 9.0, 5.0),
    ]
    assert [row["inside"] for row in rows] == [True, False]
