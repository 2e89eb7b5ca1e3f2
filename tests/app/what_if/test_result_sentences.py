"""Sentences say which way, how much and how sure, and don't claim what is not known."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from sim.app.labels import labels
from sim.app.what_if import result_sentences
from sim.app.what_if.experiment import SHOWN, Experiment
from sim.app.what_if.paired_trial import TrialResult
from sim.world import World
from tests.app.what_if.conftest import counted, english, finished


def with_row(shown: TrialResult, **values: Any) -> TrialResult:
    """Return what is shown with another effect on deals."""
    frame = shown.effects.copy()
    for column, value in values.items():
        frame.loc[frame["outcome"] == "deals", column] = value
    return replace(shown, effects=frame)


DEALS = {"baseline": 40.0, "what_if": 43.0, "difference": 3.0, "low": 1.0, "high": 5.0}
SURE = DEALS | {"distinguishable": True, "p_higher": 0.995, "share_equal": 0.1, "runs": 12}


def test_a_sure_effect_is_told_with_its_interval(shown: TrialResult) -> None:
    text = result_sentences.sentence(with_row(shown, **SURE), "deals", english)
    assert text == (
        "Deals formed: higher by 3.0 per run, from 40.0 to 43.0. That it is higher is very sure "
        "(99.5 %); the 95 % interval of the effect is +1.0 to +5.0, from 12 pairs of runs."
    )
    lower = SURE | {"difference": -3.0, "low": -5.0, "high": -1.0, "p_higher": 0.005}
    assert "lower by 3.0 per run" in result_sentences.sentence(
        with_row(shown, **lower), "deals", english
    )
    assert not result_sentences.needed(with_row(shown, **SURE), "deals", english)


def test_an_effect_that_may_be_none_claims_nothing(shown: TrialResult) -> None:
    unsure = SURE | {"low": -1.0, "distinguishable": False, "runs_for_half": 120.0}
    text = result_sentences.sentence(with_row(shown, **unsure), "deals", english)
    assert "no difference can be told from chance" in text
    assert "higher" not in text
    assert "120 runs" in result_sentences.needed(with_row(shown, **unsure), "deals", english)
    endless = unsure | {"runs_for_half": 1e30}
    assert not result_sentences.needed(with_row(shown, **endless), "deals", english)


def test_an_outcome_that_never_differs_is_bounded(shown: TrialResult) -> None:
    text = result_sentences.sentence(
        with_row(shown, **SURE | {"share_equal": 1.0}), "deals", english
    )
    assert "equal in all 12 pairs of runs" in text
    assert "At most 22 %" in text


@pytest.mark.usefixtures("_few_pairs")
def test_the_same_world_is_called_the_same(short: Experiment, world: World) -> None:
    same = finished(short, world)
    assert "Nothing is changed yet" in result_sentences.sentence(same, "deals", english)
    changed = replace(same, experiment=short.with_parameter("turnover.fade", 0.9))
    assert "Nothing differs" in result_sentences.sentence(changed, "deals", english)
    assert (
        result_sentences.places(same, "deals", english, counted)
        == "No locality differs in any run."
    )
    assert not result_sentences.others(same, counted)


@pytest.mark.parametrize(
    ("p_higher", "word"),
    [
        (0.9999, "almost certain"),
        (0.995, "very sure"),
        (0.98, "sure"),
        (0.06, "likely"),
        (0.3, "more likely than not"),
        (0.5, "open"),
    ],
)
def test_sureness_depends_on_neither_side(p_higher: float, word: str) -> None:
    assert result_sentences.sureness(p_higher, english) == word
    assert result_sentences.sureness(1.0 - p_higher, english) == word


def test_every_outcome_has_a_name_and_a_sentence(shown: TrialResult) -> None:
    names = labels("outcomes", english)
    assert tuple(names) == SHOWN
    for outcome in SHOWN:
        assert result_sentences.sentence(shown, outcome, english).startswith(
            names[outcome].partition(",")[0]
        )


def test_changes_are_told(short: Experiment, world: World) -> None:
    change = {"month": "2003-01", "kind": "authority", "country": "CHL", "change": 0.3}
    experiment = short.with_parameter("turnover.fade", 0.9).with_interventions([change], world)
    assert result_sentences.changes(experiment, english) == [
        "turnover.fade: 0.75 to 0.9",
        "Interventions added: 1",
    ]


def test_progress_says_how_far_it_is(shown: TrialResult) -> None:
    assert result_sentences.progress(0, english) == "Running…"
    assert "First 20 of 100" in result_sentences.progress(20, english)
    assert result_sentences.progress(100, english) == "100 pairs of runs."
    assert "outcomes for the region" in result_sentences.others(shown, counted)


def test_amounts_are_shown_in_billions() -> None:
    assert result_sentences.scale_of("deal_value_usd_m") == 0.001
    assert result_sentences.scale_of("deals") == 1.0
