from __future__ import annotations

import numpy as np
import pytest

from calibration.cases.observed_statistics import columns, names, observed
from calibration.cases.targets import load_targets
from calibration.checks import Verdict
from calibration.inference.prior import Array
from calibration.validation import across_tiers
from calibration.validation.across_tiers import (
    LISTS,
    REPORT,
    TierPrediction,
    judge,
    predicted_tier,
)
from calibration.validation.model_comparison import rival_statistics
from tests.calibration.toy import CountsToy
from tests.calibration.validation.stand_in import StandIn, as_trial

TARGETS = tuple(load_targets()[i] for i in columns(tier=LISTS))


def judged(shift: float, spread: float = 0.2) -> Verdict:
    """Judge a model whose statistics lie a shift of standard deviations off the record."""
    rng = np.random.default_rng(1)
    real = np.full(len(TARGETS), 2.0)

    def runs(middle: float, sd: float) -> Array:
        return np.asarray(middle + sd * rng.standard_normal((400, len(TARGETS))))

    real = real + spread * rng.standard_normal(len(real))
    samples = {"model": runs(2.0 + shift * spread, spread), "prior": runs(2.0, 1.0)}
    return judge("check", TierPrediction(TARGETS, real, samples))


def test_a_right_model_is_inside_and_better_than_the_prior() -> None:
    verdict = judged(0.0)
    numbers = verdict.numbers
    assert verdict.passed
    assert numbers["usual"][0] <= numbers["coverage"] <= numbers["usual"][1] + 0.05
    beside = numbers["beside"]["prior"]
    assert beside["change"] < -2.0 * beside["error"] < 0.0
    assert [row["target"] for row in numbers["rows"]] == [t.id for t in TARGETS]
    assert all(row["low"] < row["median"] < row["high"] for row in numbers["rows"])


def test_a_wrong_model_is_outside_and_worse() -> None:
    verdict = judged(8.0)
    assert not verdict.passed
    assert verdict.numbers["coverage"] < 0.1
    assert verdict.numbers["beside"]["prior"]["change"] > 0.0


def test_rivals_foretell_the_second_tier_alone() -> None:
    drawn, again = (
        rival_statistics("size_recognition", 3, np.random.default_rng(1)) for _ in range(2)
    )
    assert np.isfinite(drawn[:, columns(tier=LISTS)]).all()
    assert np.isnan(drawn[:, columns(tier=REPORT)]).all()
    np.testing.assert_array_equal(drawn, again)


@pytest.mark.slow
@pytest.mark.parametrize(("seen", "held"), [(REPORT, LISTS), (LISTS, REPORT)])
def test_a_fit_to_one_tier_knows_nothing_of_the_other(
    seen: int, held: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts = {REPORT: np.arange(20), LISTS: np.arange(20, 36)}
    targets = [target for target in load_targets() if target.tier == REPORT][:36]
    monkeypatch.setattr(across_tiers, "columns", lambda tier: parts[tier])
    monkeypatch.setattr(across_tiers, "load_targets", lambda: targets)
    monkeypatch.setattr(across_tiers, "RIVALS", ())

    def found(toy: CountsToy) -> TierPrediction:
        return predicted_tier(as_trial(StandIn(toy, comparison_runs=700)), seen, held)

    one, other = CountsToy(), CountsToy()
    other.observed = one.observed.copy()
    other.observed[parts[held]] += 50.0
    first, second = found(one), found(other)
    assert first.samples["model"].shape[1] == len(parts[held])
    np.testing.assert_array_equal(first.samples["model"], second.samples["model"])
    np.testing.assert_array_equal(second.observed - first.observed, 50.0)


def test_the_tiers_part_the_vector() -> None:
    assert len(columns(tier=REPORT)) + len(columns(tier=LISTS)) == len(names()) == len(observed())
