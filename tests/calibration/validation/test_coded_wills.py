from __future__ import annotations

import numpy as np
import pytest

from calibration.inference.fit import Draws
from calibration.inference.reference_table import load_simulator
from calibration.model_simulator import Documented
from calibration.validation.coded_wills import CODED, coded_wills, compared
from tests.calibration.toy import CountsToy
from tests.calibration.validation.stand_in import StandIn, as_trial


def draws(shift: float) -> Draws:
    rng = np.random.default_rng(1)
    values = rng.standard_normal((500, 2))
    values[:, 1] += shift
    return Draws(values, rng.poisson(4.0, (500, 1)), values)


def test_what_moves_is_told() -> None:
    verdict = compared(draws(0.0), draws(2.0), ("still", "moving", "deals"))
    assert verdict.passed
    still, moving, deals = verdict.numbers["rows"]
    assert (still["shift"], deals["shift"]) == (0.0, 0.0)
    assert moving["shift"] == pytest.approx(2.0, abs=0.01)
    assert "1 of 3" in verdict.found
    assert "moving +2.0" in verdict.found
    low, middle, high = moving["coded"]
    assert low < middle < high


def test_the_second_fit_is_of_the_model_with_coded_wills() -> None:
    made = load_simulator(CODED)
    assert isinstance(made, Documented)
    assert not np.isnan(made._template.holder["will"]).all()


@pytest.mark.slow
def test_a_fit_to_another_simulator_stands_beside() -> None:
    toy, other = CountsToy(), CountsToy()
    other.base = other.base + 1.0
    trial = StandIn(toy, {CODED: other}, comparison_runs=700)
    rows = coded_wills(as_trial(trial)).numbers["rows"]
    assert [row["name"] for row in rows] == [*toy.prior.names, *toy.derived]
    # Counts that come easier are explained by lower means.
    assert max(abs(row["shift"]) for row in rows) > 0.2
