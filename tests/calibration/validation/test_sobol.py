"""Sensitivity on a function whose indices are known, and blocks of common random numbers."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from calibration.inference.prior import Array
from calibration.inference.reference_table import Observation
from calibration.validation import sobol as module
from calibration.validation.model_variants import load_table
from calibration.validation.sobol import Blocks, chance_shares, half_width, outcomes_of, sobol
from tests.calibration.toy import LinearToy
from tests.calibration.validation.stand_in import StandIn, as_trial, rows_of

BASE = 64
NAMES = tuple(load_table()["outcomes"])


class Known(LinearToy):
    """Give deals whose logarithm is linear in the parameters' places in the box.

    The first parameter has twice the second's weight, the others none; chance enters by run.
    """

    noise_of = 0.0

    def __init__(self) -> None:
        super().__init__()
        self.derived = NAMES
        self.shapes = {"by_locality": (2, 3)}

    def run(self, values: Array, seed: int, replicate: int) -> Observation:
        """Return one run."""
        chance = np.random.default_rng([seed, replicate]).normal() * self.noise_of
        deals = np.expm1(2.0 * values[0] + values[1] + chance)
        counts = {"by_locality": np.array([[3, 1, 0], [4, 1, 0]], dtype=np.int32)}
        return Observation(np.zeros(6), np.array([deals, 5.0, deals, deals]), counts)


class Noisy(Known):
    noise_of = 3.0


def trial_of(made: Known) -> StandIn:
    size = BASE * (len(made.prior.names) + 2)
    return StandIn(made, {f"toy:{n}": made for n in (size, BASE)}, draws=400)


@pytest.fixture
def strict(monkeypatch: pytest.MonkeyPatch) -> None:
    limits = {"sensitivity": {"blocks": 3, "most_half_width": 0.05}}
    monkeypatch.setattr(module, "load_thresholds", lambda: limits)


def test_indices_are_those_of_the_function() -> None:
    found = sobol(as_trial(trial_of(Known())), BASE, "toy")
    deals = [row for row in found.numbers["indices"] if row["outcome"] == "deals"]
    totals = [row["total"] for row in deals]
    # Variances are as the squares of weights times the box's sides, which are alike.
    assert totals[:2] == pytest.approx([0.8, 0.2], abs=0.1)
    assert totals[2:] == [0.0, 0.0]
    assert [row["half_width"] for row in deals[2:]] == [0.0, 0.0]
    assert all(0.0 < row["half_width"] < 0.4 for row in deals[:2])
    assert found.numbers["chance"]["deals"] == pytest.approx(0.0, abs=1e-12)
    assert found.numbers["runs"] == 3 * BASE * 6 + 3 * BASE
    # What never varies is answered by nothing.
    still = [row for row in found.numbers["indices"] if row["outcome"] == "twinnings"]
    assert all((row["total"], row["half_width"]) == (0.0, 1.0) for row in still)


@pytest.mark.usefixtures("strict")
def test_chance_makes_indices_uncertain_and_is_told() -> None:
    found = sobol(as_trial(trial_of(Noisy())), BASE, "toy")
    assert not found.passed
    assert "deals" in found.found
    assert found.numbers["chance"]["deals"] > 0.7


def test_points_lie_where_the_posterior_does() -> None:
    made = trial_of(Known())
    values = made.posterior.values
    values[:, 0] = 0.4 + 0.1 * values[:, 0]
    blocks = Blocks.over(as_trial(made), 3, BASE)
    low, high = np.quantile(values, (0.05, 0.95), axis=0)
    assert np.all((blocks.values >= low - 1e-6) & (blocks.values <= high + 1e-6))
    assert len(blocks.values) == 3 * blocks.size == 3 * BASE * 6
    # Blocks have points of their own.
    assert len(np.unique(blocks.values[blocks.bases], axis=0)) == 3 * BASE


def test_outcomes_of_runs() -> None:
    made = Known()
    values = np.full((2, 4), 0.5)
    rows = rows_of(made, values, 0)
    rows.derived[1] = np.nan
    rows.derived[0] = 4.0
    rows.counts["by_locality"][:, :, 2] = 1
    found = outcomes_of(rows, NAMES)
    assert found["deals"][0] == pytest.approx(np.log(5.0))
    assert found["local_share_of_deals"][0] == pytest.approx(0.5)
    assert found["visits"][0] == pytest.approx(np.log(8.0))
    assert np.isnan(found.loc[1, ["deals", "visits", "twinnings"]].astype(float)).all()


def test_chance_is_what_varies_at_a_point() -> None:
    rng = np.random.default_rng(1)
    place = rng.normal(size=3000)
    first, second = (pd.DataFrame({"x": place + rng.normal(size=3000)}) for _ in range(2))
    assert chance_shares(first, second, 3)["x"] == pytest.approx(0.5, abs=0.05)


def test_the_wider_interval_counts() -> None:
    block = pd.DataFrame(
        {"total": [0.4, 0.4, 0.4], "total_low": [0.3] * 3, "total_high": [0.5] * 3}
    )
    assert half_width(block) == pytest.approx(0.1 / np.sqrt(3.0))
    block["total"] = [0.1, 0.4, 0.7]
    assert half_width(block) == pytest.approx(1.96 * 0.3 / np.sqrt(3.0))


def test_a_block_has_its_random_numbers_in_common() -> None:
    made = module.simulator("2")
    assert made.derived == NAMES
    assert made.identity["runs_of_a_block"] == "2"
    values = made.prior.draw(1, 4)[0]
    first, second, third = (made.run(values, 1, 30_000_000 + row) for row in range(3))
    assert np.array_equal(first.derived, second.derived)
    assert np.array_equal(first.counts["by_locality"], second.counts["by_locality"])
    assert not np.array_equal(first.counts["by_locality"], third.counts["by_locality"])
