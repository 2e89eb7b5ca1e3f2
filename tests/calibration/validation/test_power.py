"""Power on a toy: worlds that differ are rejected, the right one as often as the level says."""

from __future__ import annotations

import numpy as np
import pytest

from calibration.validation import power as module
from calibration.validation.model_variants import Variant
from calibration.validation.power import Likeness, power
from tests.calibration.toy import CountsToy
from tests.calibration.validation.stand_in import StandIn, as_trial, rows_of

LOUD = Variant("loud", "replaced", "Every other count is three times as large.", {})
MUTE = Variant("mute", "removed", "Nothing is otherwise.", {})


class Loud(CountsToy):
    """Multiply every other count."""

    def __init__(self) -> None:
        super().__init__()
        self.base = self.base + np.log(3.0) * (np.arange(36) % 2)


@pytest.fixture(scope="module")
def made() -> StandIn:
    return StandIn(CountsToy(), {LOUD.simulator: Loud(), MUTE.simulator: CountsToy()})


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    limits = {"power": {"worlds": 2, "runs_each": 100, "least_rejected": 0.8}}
    monkeypatch.setattr(module, "load_thresholds", lambda: limits)


@pytest.mark.usefixtures("few")
def test_a_wrong_world_is_seen_and_a_right_one_is_not(made: StandIn) -> None:
    found = power(as_trial(made), (LOUD, MUTE))
    loud, mute = found.numbers["worlds"]
    assert loud["seen"]
    assert loud["rejected"] > 0.8
    assert not mute["seen"]
    assert mute["rejected"] < 0.2
    assert found.numbers["size"] < 0.15
    assert loud["rejected_unfitted"] > 0.5
    assert mute["rejected_unfitted"] < 0.2
    assert not found.passed
    assert "1 of 2" in found.found
    assert "mute" in found.found
    assert power(as_trial(made), (LOUD,)).passed


def test_right_records_have_even_p_values(made: StandIn) -> None:
    likeness = Likeness.of(made.box, made.second, 1, 1)
    records = rows_of(made.simulator, made.prior.draw(200, 9, 9), 9).statistics
    found = likeness.p_values(records)
    assert (found < 0.5).mean() == pytest.approx(0.5, abs=0.12)
    assert np.all((found > 0.0) & (found <= 1.0))
    # A record's p-value does not depend on the others beside it.
    assert likeness.p_values(records[:3]) == pytest.approx(found[:3])


@pytest.mark.usefixtures("few")
def test_a_run_without_numbers_is_left_out_and_told_of(made: StandIn) -> None:
    class Broken(Loud):
        def run(self, values, seed, replicate):  # type: ignore[no-untyped-def]
            run = super().run(values, seed, replicate)
            return run._replace(vector=run.vector * np.nan) if replicate % 4 == 0 else run

    made.variants = {LOUD.simulator: Broken()}
    world = power(as_trial(made), (LOUD,)).numbers["worlds"][0]
    assert (world["runs"], world["lost"]) == (75, 25)
