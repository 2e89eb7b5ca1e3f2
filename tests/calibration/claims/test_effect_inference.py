"""The verdict follows from the share of draws that show a claim."""

from __future__ import annotations

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
    Evidence,
    contrasted,
    evidence,
    spread,
    verdict,
)
from calibration.claims.statistics.statistic import mean, ratio
from sim.core.state import Array


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


def parts(*values: float) -> Array:
    """Return the parts of one number a run, at one draw each, in two runs around it."""
    return np.array([[[v - 0.5], [v + 0.5]] for v in values])


def test_each_draw_has_the_value_of_its_mean_run() -> None:
    found = evidence({"with": parts(3.0, 5.0), "without": parts(1.0, 4.0)}, mean)
    assert found.with_.tolist() == [3.0, 5.0]
    assert found.effect.tolist() == [2.0, 1.0]


def test_a_change_is_seen_against_its_control() -> None:
    worlds = {
        "with": parts(3.0, 5.0),
        "with, control": parts(2.0, 2.0),
        "without": parts(2.0, 2.0),
        "without, control": parts(2.0, 2.0),
    }
    assert evidence(worlds, mean).effect.tolist() == [1.0, 3.0]
    assert evidence(worlds, mean, "ratio").effect.tolist() == [0.5, 1.5]
    assert evidence(worlds, mean).is_by_construction


def test_a_ratio_to_nothing_is_not_defined() -> None:
    assert np.isnan(contrasted(np.array([1.0]), np.array([0.0]), "ratio")).all()


def test_a_spread_leaves_out_what_is_not_defined() -> None:
    assert spread(np.array([np.nan, 1.0, 2.0, 3.0])) == pytest.approx((2.0, 1.1, 2.9))
    assert np.isnan(spread(np.array([np.nan]))).all()


def test_without_any_value_nothing_is_known() -> None:
    nothing = np.zeros((10, 2, 2))
    found = evidence({"with": nothing, "without": nothing}, ratio)
    assert verdict(claim(), found) == NOT_SHOWN


def judged(shown: int, *, without: float = 0.5, other: float = 0.6, **changes: Any) -> str:
    """Return the verdict where some of twenty draws show a pattern of 2, and others another."""
    with_ = np.array([2.0] * shown + [other] * (20 - shown))
    return verdict(claim(**changes), Evidence(with_, np.full(20, without)))


@pytest.mark.parametrize(
    ("shown", "expected"),
    [(20, SHOWN), (18, SHOWN), (17, WEAK), (10, WEAK), (9, NOT_SHOWN), (0, NOT_SHOWN)],
)
def test_the_verdict_follows_from_the_share_of_draws(shown: int, expected: str) -> None:
    assert judged(shown) == expected


def test_a_pattern_that_holds_without_the_mechanism_is_not_shown() -> None:
    assert judged(20, without=1.5) == WEAK
    assert judged(20, without=2.0) == NOT_SHOWN


def test_an_effect_with_the_other_sign_is_contrary() -> None:
    assert judged(2, other=0.4) == CONTRARY
    assert judged(20, direction="-", above=None, below=3.0) == CONTRARY


def test_a_claim_downwards_is_judged_alike() -> None:
    downwards = claim(direction="-", above=None, below=-1.0)
    assert verdict(downwards, Evidence(np.full(9, -2.0), np.full(9, -0.5))) == SHOWN


def test_where_the_control_is_zero_by_construction_the_pattern_alone_decides() -> None:
    """An effect upwards from nothing says no more than the pattern itself."""
    low = Evidence(np.full(10, 0.9), np.zeros(10))
    assert low.is_by_construction
    assert verdict(claim(), low) == NOT_SHOWN
    assert verdict(claim(), Evidence(np.full(10, 1.1), np.full(10, np.nan))) == SHOWN
    assert not Evidence(np.full(10, 0.9), np.array([0.0] * 9 + [0.1])).is_by_construction


def test_a_claim_between_two_thresholds_must_lie_between_them() -> None:
    between = claim(above=0.3, below=0.5)
    assert between.passes(0.35, 0.45)
    assert not between.passes(0.25, 0.45)
    assert not between.passes(0.35, 0.55)
    assert not between.passes(np.nan, np.nan)


def test_a_claim_without_evidence_is_not_expressed() -> None:
    assert verdict(claim(), None) == NOT_EXPRESSED
    assert NOT_EXPRESSED in VERDICTS
