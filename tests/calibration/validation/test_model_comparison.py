"""Comparisons on a toy: a model that differs is rejected, one that does not is not."""

from __future__ import annotations

import numpy as np
import pytest

from calibration.cases.observed_statistics import names, tables
from calibration.inference.prior import Array
from calibration.inference.reference_table import Observation
from calibration.rivals import OF_LISTS
from calibration.validation import evidence_design
from calibration.validation import model_comparison as module
from calibration.validation.evidence_classifier import Scores, held_out_scores
from calibration.validation.model_comparison import (
    Comparisons,
    Other,
    evidence,
    mechanisms_off,
    wrong_worlds,
)
from calibration.validation.model_variants import (
    BOTH,
    Variant,
    load_table,
    mechanisms,
    wrong_models,
)
from tests.calibration.toy import CountsToy
from tests.calibration.validation.stand_in import StandIn, as_trial

LOUD = Variant("loud", "replaced", "Every other count is three times as large.", {})
MUTE = Variant("mute", "removed", "Nothing is otherwise.", {})
EVIDENCE = {BOTH: np.arange(36), "even": np.arange(0, 36, 2), "odd": np.arange(1, 36, 2)}


class Loud(CountsToy):
    """Multiply every other count."""

    def __init__(self) -> None:
        super().__init__()
        self.base = self.base + np.log(3.0) * (np.arange(36) % 2)


@pytest.fixture(autouse=True)
def toy_evidence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "evidence", lambda: EVIDENCE)


@pytest.fixture(scope="module")
def made() -> StandIn:
    return StandIn(CountsToy(), {LOUD.simulator: Loud(), MUTE.simulator: CountsToy()})


def test_only_a_world_that_differs_is_rejected(made: StandIn) -> None:
    found = wrong_worlds(as_trial(made), (LOUD, MUTE))
    loud, mute = found.numbers["models"]
    assert loud["power"] > 0.8
    assert loud["rejected"]
    assert loud["p"] == pytest.approx(1.0 / 201.0)
    assert loud["p_right"] > 0.05
    assert mute["power"] < 0.2
    assert not mute["rejected"]
    # What differs are the odd ones: they tell, and the even ones do not.
    assert loud["tests"]["odd"]["power"] > 0.8
    assert loud["tests"]["even"]["power"] < 0.2
    assert all(int(name.split("_")[1]) % 2 for name, _ in loud["tests"]["odd"]["used"])
    assert loud["p"] <= loud["adjusted"] <= 1.0
    assert (loud["runs"], loud["lost"]) == (200, 0)
    assert not found.passed
    assert "1 of 2 worlds" in found.found
    assert "mute" in found.found
    assert made.told[-1] == ("comparisons", 2, 2)


def test_a_mechanism_is_supported_if_the_record_needs_it(made: StandIn) -> None:
    found = mechanisms_off(as_trial(made), (LOUD, MUTE))
    assert [row["supported"] for row in found.numbers["models"]] == [True, False]
    assert "1 of 2 mechanisms supported" in found.found


def test_a_record_of_the_other_model_is_seldom_rejected(made: StandIn) -> None:
    loud, right = Loud(), made.first.statistics
    values = made.prior.draw(260, 3, 3)
    wrong = np.array([loud.run(row, 1, 900 + i).vector for i, row in enumerate(values)])
    p = np.array([held_out_scores(right, wrong[60:], one, 1, 1).p for one in wrong[:60]])
    assert (p < 0.05).mean() < 0.15
    assert p.mean() == pytest.approx(0.5, abs=0.12)


def test_power_counts_the_runs_that_would_be_rejected() -> None:
    rng = np.random.default_rng(2)
    right, wrong = rng.normal(1.0, 1.0, 150), rng.normal(0.0, 1.0, 199)
    p = [Scores(right, wrong, one, np.empty(0)).p for one in right]
    found = Scores(right, wrong, float(right[0]), np.empty(0))
    assert found.power == pytest.approx(np.mean(np.array(p) < 0.05))
    assert Scores(right, wrong[:10], 0.0, np.empty(0)).power == 0.0


def test_a_rival_is_judged_by_what_it_makes(made: StandIn) -> None:
    statistics = made.first.statistics.copy()
    statistics[:, EVIDENCE["odd"]] = np.nan
    # A run of which nothing came is no run.
    statistics[:20] = np.nan
    rival = Other("even", statistics, {"id": "rival", "what": "The model itself."})
    row = Comparisons.of(as_trial(made)).rows([rival])[0]
    assert set(row["tests"]) == {"even"}
    assert (row["runs"], row["lost"]) == (180, 20)
    assert row["power"] < 0.2
    with pytest.raises(ValueError, match="rival makes nothing of odd"):
        Comparisons.of(as_trial(made)).rows([rival._replace(evidence="odd")])


def test_every_statistic_is_in_one_table_and_one_tier(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    every = list(range(len(names())))
    found = evidence()
    assert found[BOTH].tolist() == every
    tiers = [found[name] for name in module.TIERS]
    for parts in (tiers, [found[name] for name in tables()]):
        assert sorted(np.concatenate(parts).tolist()) == every
    judged_by = {entry["evidence"] for entry in load_table()["rivals"]}
    assert judged_by | {one.evidence for one in (*wrong_models(), *mechanisms())} <= set(found)


def test_rivals_without_agents_foretell_the_lists_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    found = module._rivals(3, 1)
    assert [other.about["id"] for other in found] == list(OF_LISTS)
    for other in found:
        made = np.isfinite(other.statistics)
        assert made[:, evidence()["tier two"]].all()
        assert not made[:, evidence()["tier one"]].any()
        assert not np.array_equal(*other.statistics[:2, evidence()[other.evidence]])


class Placed(CountsToy):
    """Count visits, twinnings and deals of five units too, visits of two of them by ``factor``."""

    def __init__(self, factor: float = 1.0) -> None:
        self.factor = factor
        super().__init__()
        self.shapes = {"by_locality": (5, 3), "by_country": (2, 3, 3)}

    def run(self, values: Array, seed: int, replicate: int) -> Observation:
        rng = np.random.default_rng([seed, replicate])
        means = np.full((5, 3), 4.0)
        means[:, 0] += 1.0
        means[3:, 0] *= self.factor
        counts = {"by_locality": rng.poisson(means), "by_country": rng.poisson(3.0, (2, 3, 3))}
        return super().run(values, seed, replicate)._replace(counts=counts)


def test_further_evidence_tells_of_what_it_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    visits = {"id": "visits", "what": "Visits.", "found": {"visits": 0.9}, "places": 5, "years": 2}
    designs = [
        visits | {"units": 5},
        visits | {"id": "twinnings", "found": {"twinnings": 0.9}, "units": 5},
        visits | {"id": "countries", "countries": True},
    ]
    monkeypatch.setattr(evidence_design, "load_table", lambda: {"designs": designs})
    made = StandIn(Placed(), {MUTE.simulator: Placed(4.0), LOUD.simulator: Loud()})
    found = evidence_design.further_evidence(as_trial(made), (MUTE,))
    power = {row["id"]: row["power"]["mute"] for row in found.numbers["designs"]}
    assert found.numbers["known"]["mute"] < 0.2
    assert power["visits"] > 0.8
    assert max(power["twinnings"], power["countries"]) < 0.3
    assert "visits would raise the mean power" in found.found
    # A world that is told already needs no further evidence.
    told = evidence_design.further_evidence(as_trial(made), (LOUD,))
    assert told.found == "no wrong world is hard to tell"
    assert told.numbers["designs"][0]["mean_power"] is None


def test_many_units_are_told_of_by_how_counts_are_spread() -> None:
    counts = np.zeros((2, 100), dtype=np.int64)
    counts[0, :10] = 2
    (spread,) = evidence_design._spread(counts)
    assert spread.tolist() == [[np.log1p(20), 0.1, 1.0], [0.0, 0.0, 0.0]]
    assert len(evidence_design._spread(counts[:, :5])) == 2
