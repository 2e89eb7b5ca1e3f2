"""Means over replicates and what chance adds to them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sim.core.errors import InputError
from sim.experiments.sensitivity.monte_carlo_noise import (
    Response,
    known_outcomes,
    noise_of,
    outcomes_of,
    paired_variance,
    response,
)
from tests.experiments.sensitivity.toy_sweeps import linear, sweep_of


def test_failed_missing_and_unknown_runs_are_counted_apart() -> None:
    sweep = sweep_of(linear, "lhs", 5, replicates=2)
    runs = sweep.frame.copy()
    runs["error"] = runs["error"].astype(object)
    runs.loc[0, "error"] = "ZeroDivisionError"
    runs.loc[1, "deals"] = np.nan
    runs = runs.drop(index=[2, 7])  # both runs of point 2
    answer = response(sweep.design, runs, "deals")
    assert (answer.failed, answer.unknown, answer.missing) == (1, 1, 2)
    assert answer.counts.tolist() == [1, 1, 0, 2, 2]
    assert np.isnan(answer.means[2])
    exact = linear(sweep.design.points.to_numpy())
    assert np.allclose(answer.means[[0, 1, 3, 4]], exact[[0, 1, 3, 4]])
    said = " ".join(answer.notes())
    for words in (
        "1 of 10 runs failed",
        "2 of 10 runs are not there",
        "no number",
        "1 of 5 points",
    ):
        assert words in said


def test_runs_of_another_design_are_refused() -> None:
    sweep = sweep_of(linear, "lhs", 5)
    with pytest.raises(InputError, match="other points"):
        response(sweep_of(linear, "lhs", 4).design, sweep.frame, "deals")
    with pytest.raises(InputError, match="no runs yet"):
        response(sweep.design, sweep.frame.iloc[:0], "deals")


def test_outcomes_are_what_is_neither_parameter_nor_address() -> None:
    sweep = sweep_of(linear, "lhs", 5)
    runs = sweep.frame.assign(memoranda=1, label="x")
    assert known_outcomes(sweep.design, runs) == ["deals", "memoranda"]
    assert outcomes_of(sweep.design, runs) == ["deals"]
    assert outcomes_of(sweep.design, runs.drop(columns="deals")) == ["memoranda"]
    assert outcomes_of(sweep.design, runs, ["memoranda", "memoranda"]) == ["memoranda"]
    with pytest.raises(InputError, match="Did you mean 'memoranda'"):
        outcomes_of(sweep.design, runs, ["memorandum"])
    with pytest.raises(InputError, match="no outcomes"):
        known_outcomes(sweep.design, sweep.frame.drop(columns="deals"))


@pytest.mark.parametrize("shared", [0.0, 3.0])
def test_the_share_of_chance_is_found_whether_seeds_are_shared_or_not(shared: float) -> None:
    # The function's variance is (4^2 + 2^2) / 12, chance adds 1 + shared^2.
    sweep = sweep_of(linear, "lhs", 400, replicates=40, noise=1.0, shared=shared)
    noise = noise_of(response(sweep.design, sweep.frame, "deals"), seed=1)
    added = float(np.mean(sweep.frame.groupby("point")["deals"].var()))
    assert noise.share == pytest.approx(added / (added + 20 / 12), abs=0.02)
    assert noise.deviation == pytest.approx(np.sqrt(added))
    assert noise.low < noise.share < noise.high
    # What all points share of a seed is not left in their differences.
    assert noise.left == pytest.approx(1.0 / 40 / (20 / 12 + 1.0 / 40), rel=0.15)


def test_without_replicates_chance_is_not_known() -> None:
    sweep = sweep_of(linear, "lhs", 30)
    noise = noise_of(response(sweep.design, sweep.frame, "deals"), seed=1)
    assert noise.replicates == 1
    assert np.isnan([noise.share, noise.low, noise.deviation, noise.left]).all()


def test_replicates_are_those_of_the_points_that_are_known() -> None:
    sweep = sweep_of(linear, "lhs", 30, replicates=2)
    few = sweep.frame[sweep.frame["point"] < 12]
    assert noise_of(response(sweep.design, few, "deals"), seed=1).replicates == 2
    unknown = few.assign(deals=np.nan)
    assert noise_of(response(sweep.design, unknown, "deals"), seed=1).replicates == 0


def test_without_chance_its_share_is_nothing() -> None:
    sweep = sweep_of(linear, "lhs", 30, replicates=3)
    noise = noise_of(response(sweep.design, sweep.frame, "deals"), seed=1)
    assert [noise.share, noise.left] == pytest.approx([0.0, 0.0], abs=1e-20)
    flat = Response("flat", np.ones((30, 3)), 0, 0, 0)
    assert np.isnan(noise_of(flat, seed=1).share)


def test_the_variance_of_paired_means_uses_replicates_in_common() -> None:
    first = np.array([[1.0, 2.0, 3.0], [1.0, np.nan, 3.0], [1.0, np.nan, np.nan]])
    second = np.array([[0.0, 0.0, 0.0], [0.0, 5.0, 0.0], [0.0, 5.0, np.nan]])
    found = paired_variance(first, second)
    assert found[:2] == pytest.approx([1.0 / 3.0, 2.0 / 2.0])
    assert np.isnan(found[2])


def test_an_empty_error_is_none() -> None:
    sweep = sweep_of(linear, "lhs", 5)
    for empty in ("", None, pd.NA):
        runs = sweep.frame.assign(error=pd.Series([empty] * 5, dtype=object))
        assert response(sweep.design, runs, "deals").failed == 0
    assert response(sweep.design, runs.drop(columns="error"), "deals").failed == 0
