"""Sentences say which way, how much and how sure, and don't claim what is not known."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from sim.app.labels import labels
from sim.app.what_if import paired_trial, result_sentences
from sim.app.what_if.experiment import SHOWN, Experiment
from sim.app.what_if.paired_trial import CarriedDraws, RunCounts, TrialResult, trial_result
from sim.core.parameters import PARAMETERS
from sim.experiments.comparison.paired_simulation import REGION_OUTCOMES
from sim.report.display_names import Names
from sim.world import World
from sim.world.positions import Positions
from tests.app.what_if.conftest import counted, english, finished

FADE = PARAMETERS["turnover.fade"].meaning[:-1]


def with_row(shown: TrialResult, **values: Any) -> TrialResult:
    """Return what is shown with another effect on deals."""
    frame = shown.effects.copy()
    for column, value in values.items():
        frame.loc[frame["outcome"] == "deals", column] = value
    return replace(shown, effects=frame)


DEALS = {"baseline": 40.0, "what_if": 43.0, "difference": 3.0, "low": 1.0, "high": 5.0}
CASES = {"p05": -4.2, "median": 2.0, "p95": 11.0, "share_higher": 0.75, "share_lower": 0.0}
SURE = DEALS | CASES | {"distinguishable": True, "share_equal": 0.25, "runs": 12}


@pytest.mark.usefixtures("_few_pairs")
def test_an_effect_is_told_in_the_mean_and_from_case_to_case(shown: TrialResult) -> None:
    text = result_sentences.sentence(with_row(shown, **SURE), "deals", english)
    title = shown.experiment.scenario.title
    cases = (
        "Nine pairs of runs in ten lie between −4.2 and +11.0. The probability that "
        f"“{title}” raises it is 75\u00a0%, that it lowers it at most 22\u00a0%."
    )
    assert text == f"Deals formed: higher by 3.0 per run in the mean, from 40.0 to 43.0. {cases}"
    lower = SURE | {"difference": -3.0, "low": -5.0, "high": -1.0}
    assert "lower by 3.0 per run" in result_sentences.sentence(
        with_row(shown, **lower), "deals", english
    )


@pytest.mark.usefixtures("_few_pairs")
def test_an_effect_within_monte_carlo_error_says_how_many_runs_would_tell(
    shown: TrialResult,
) -> None:
    unsure = SURE | {"low": -1.0, "high": 7.0, "distinguishable": False, "runs_to_tell": 120.0}
    text = result_sentences.sentence(with_row(shown, **unsure), "deals", english)
    assert "+3.0 ± 4.0 per run in the mean, which 12 pairs of runs do not tell from none" in text
    assert "higher" not in text
    assert "About 130 pairs would tell" in text or "About 120 pairs would tell" in text
    endless = unsure | {"runs_to_tell": 1e30}
    told = result_sentences.sentence(with_row(shown, **endless), "deals", english)
    assert "More than 10,000 pairs would be needed" in told


def test_there_is_no_verdict_before_all_pairs_are_in(shown: TrialResult) -> None:
    """Judged anew at every batch, verdicts once turned over from one to the next."""
    early = with_row(shown, **SURE)
    assert not early.is_final
    text = result_sentences.sentence(early, "deals", english)
    assert text.startswith("Deals formed: +3.0 per run in the mean so far")
    assert "probability" not in text
    assert not early.places("deals")["distinguishable"].any()
    assert not result_sentences.others(early, counted)
    assert {row[5] for row in result_sentences.outcome_table(early, english)["rows"]} == {""}


@pytest.mark.usefixtures("_few_pairs")
def test_what_is_not_known_of_the_parameters_is_told(shown: TrialResult) -> None:
    (fixed,) = result_sentences.certainty(shown, "deals", english)
    assert "no fit of the model to the evidence is published" in fixed
    row = SURE | {"by_parameters": 0.42}
    with pytest.MonkeyPatch.context() as patch:
        drawn = CarriedDraws(({"turnover.fade": 0.5},), {})
        patch.setitem(paired_trial.CARRIED, "server", drawn)
        told, much = result_sentences.certainty(with_row(shown, **row), "deals", english)
        assert told.startswith("Uncertain parameters are included")
        assert "about 40 % comes from uncertain parameters" in much
        held = replace(shown, experiment=shown.experiment.with_settings(fixed=True))
        assert "as asked" in result_sentences.certainty(held, "deals", english)[0]
        changed = shown.experiment.with_parameter("turnover.fade", 0.9)
        (line,) = [x for x in result_sentences.changes(changed, english) if x.startswith(FADE)]
        assert re.fullmatch(rf"{FADE}: what fits the evidence, around \S+, to 0.9", line)


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
        f"{FADE}: {PARAMETERS['turnover.fade'].default} to 0.9",
        "Interventions added: 1",
    ]


def test_progress_says_how_far_it_is(shown: TrialResult) -> None:
    assert result_sentences.progress(0, english) == "Running…"
    assert "First 20 of 100" in result_sentences.progress(20, english)
    assert result_sentences.progress(100, english) == "100 pairs of runs."


def test_amounts_are_shown_in_billions() -> None:
    assert result_sentences.scale_of("deal_value_usd_m") == 0.001
    assert result_sentences.scale_of("deals") == 1.0


def test_places_are_told_over_parameters_and_chance(
    short: Experiment, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All that varies lies between draws: in 3 of 5 there are more deals, in 2 there are fewer."""
    of_draws = [4.0, -1.0, 4.0, -1.0, 4.0] * 4
    monkeypatch.setattr(paired_trial, "PAIRS", 40)
    drawn = CarriedDraws(({"turnover.fade": 0.5},) * len(of_draws), {})
    monkeypatch.setitem(paired_trial.CARRIED, "server", drawn)
    at, months = Positions(world), short.scenario.n_months
    place = at.locality["AR-Y"]
    zero = np.zeros((len(SHOWN), len(at.locality)))

    def run(more: float, mark: int) -> RunCounts:
        local = zero.copy()
        local[SHOWN.index("deals"), place] = more
        region, path = np.full(len(REGION_OUTCOMES), more), np.full((len(SHOWN), months), more)
        return RunCounts(region, local, path, (mark, mark))

    pairs = tuple((run(0.0, 0), run(of_draws[number // 2], 1)) for number in range(40))
    result = trial_result(short.with_parameter("turnover.fade", 0.9), at, pairs)
    table = result_sentences.place_table(result, "deals", Names(world), english)
    (row,) = table["rows"]
    told = ["+2.0", "±1.2", "yes", "−1.0 to +4.0", "60\u00a0%", "40\u00a0%"]
    assert row == ["Jujuy, Argentina", *told]
    assert table["head"][4] == "9 pairs in 10, over parameters and chance"
    outcomes = result_sentences.outcome_table(result, english)
    assert outcomes["head"][3:] == table["head"][1:]
    assert outcomes["rows"][0][3:] == told
    words = result_sentences.place_words(result.places("deals"), "deals", 40, english)
    at_place = [words[name][place] for name in ("difference", "cases", "raised", "lowered")]
    assert at_place == ["+2.00, told from none", "−1.00 to +4.00", "60\u00a0%", "40\u00a0%"]
    held = replace(result, experiment=result.experiment.with_settings(fixed=True))
    table = result_sentences.place_table(held, "deals", Names(world), english)
    assert table["head"][4] == "9 pairs in 10, over chance alone"
