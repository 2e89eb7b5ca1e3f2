"""What-ifs over draws: the error of an interval, and what the draws explain."""

from __future__ import annotations

import numpy as np
import pytest

from calibration.inference.posterior import Posterior
from calibration.validation import what_ifs as module
from calibration.validation.what_ifs import effect, what_ifs
from tests.calibration.toy import LinearToy
from tests.calibration.validation.stand_in import StandIn, as_trial


def test_draws_and_chance_are_told_apart() -> None:
    rng = np.random.default_rng(1)
    by_draw = rng.normal(5.0, 2.0, (2000, 1))
    pairs = by_draw + rng.normal(0.0, 1.0, (2000, 2))
    found = effect(pairs, 1)
    assert found["mean"] == pytest.approx(5.0, abs=0.15)
    assert found["by_draws"] == pytest.approx(0.8, abs=0.04)
    sd = np.sqrt(5.0)
    assert found["high"] - found["low"] == pytest.approx(2.0 * 1.645 * sd, rel=0.05)
    # Pairs of a draw are alike, so that the error is that of 2,000 means.
    assert found["error_of_mean"] == pytest.approx(np.sqrt(4.5 / 2000), rel=0.15)
    assert found["error_of_mean"] <= found["error"]


def test_more_draws_leave_less_error() -> None:
    rng = np.random.default_rng(2)
    pairs = rng.normal(size=(1600, 2))
    few, many = effect(pairs[:25], 1), effect(pairs, 1)
    assert many["share"] < 0.05
    assert many["share"] < few["share"] / 4.0


def test_a_change_that_changes_nothing_has_no_error() -> None:
    found = effect(np.zeros((20, 2)), 1)
    assert (found["share"], found["by_draws"], found["share_same"]) == (0.0, 0.0, 1.0)


def test_one_odd_run_is_no_interval() -> None:
    pairs = np.zeros((100, 2))
    pairs[0, 0] = 50.0
    found = effect(pairs, 1)
    assert found["high"] == found["low"] == 0.0
    assert found["share"] == 1.0


def test_scenarios_run_at_draws_from_the_posterior(monkeypatch: pytest.MonkeyPatch) -> None:
    limits = {"what_ifs": {"runs": 12, "most_error": 0.1}}
    table = {
        "baseline": "baseline",
        "scenarios": ["no-twinning", "high-turnover"],
        "outcomes": ["twinnings", "visits_to_lac"],
    }
    monkeypatch.setattr(module, "load_thresholds", lambda: limits)
    monkeypatch.setattr(module, "load_table", lambda: {"what_ifs": table})
    made = StandIn(LinearToy(), draws=2)
    rates = np.array([[0.25], [0.0], [0.1]])
    made.posterior = Posterior(("twinning.rate",), rates, {}, {})
    found = what_ifs(as_trial(made), end="2003-12")
    assert (found.numbers["draws"], found.numbers["runs"]) == (2, 4)
    by_key = {(row["what_if"], row["outcome"]): row for row in found.numbers["effects"]}
    assert len(by_key) == 4
    gone = by_key["no-twinning", "twinnings"]
    # The second draw has no twinnings either way.
    assert gone["mean"] == -gone["baseline"] < 0.0
    assert gone["share_same"] == 0.5
    assert gone["by_draws"] > 0.5
    assert made.told[-1] == ("what-ifs", 4, 4)
