from __future__ import annotations

import numpy as np
import pytest

from calibration.cases.case_tables import load_cases
from calibration.cases.observed_statistics import names
from calibration.external.lists import positions
from calibration.validation import count_scores, left_out, observed_counts, temporal_holdout
from calibration.validation.count_scores import given_observed
from sim.world import load_world


def test_counts_given_that_something_is_told() -> None:
    half = np.array([0.5, 0.5])
    first, second = given_observed([half, half])
    assert first == pytest.approx([1 / 3, 2 / 3])
    assert second == pytest.approx(first)


def test_smoothed_counts_leave_nothing_impossible() -> None:
    mass = count_scores.mass_of(np.zeros(100, dtype=int))
    assert mass.sum() == pytest.approx(1.0)
    assert mass[5] > 0.0
    assert count_scores.central(mass, 0.9) == (0, 0)


def test_ranked_score_is_least_for_the_certain_and_true() -> None:
    certain = np.zeros(count_scores.MOST + 1)
    certain[3] = 1.0
    assert count_scores.ranked(certain, 3) == pytest.approx(0.0)
    assert count_scores.ranked(certain, 5) == pytest.approx(2.0)


def test_errors_are_clustered() -> None:
    differences = np.array([1.0, 1.0, -1.0, -1.0])
    together = count_scores.clustered(differences, np.array(["a", "a", "b", "b"]))
    apart = count_scores.clustered(differences, np.array(["a", "b", "c", "d"]))
    assert together[0] == apart[0] == 0.0
    assert together[1] > apart[1]


def test_features_stand_where_the_record_counts() -> None:
    table = load_world().localities
    economies = dict(zip(table["code"], table["gdp_usd_m"], strict=True))
    number, features = positions().locality, left_out.place_features()
    for code in ("AR-Y", "BR-SP", "CL-CO", "PA-8"):
        size = np.log(economies[code] + 1.0)
        assert features["log_gdp"][number[code], 0] == pytest.approx(size)
    assert features["aligned"][number["CL-CO"], 0] == 1.0
    assert features["authority"][number["CL-CO"], 0] < features["authority"][number["AR-Y"], 0]


def test_scores_stand_beside_others_with_errors() -> None:
    scores = {"model": np.array([0.1, 0.2, 0.3]), "trend": np.array([0.2, 0.3, 0.4])}
    found = count_scores.beside(scores, np.array(["a", "b", "c"]))
    assert set(found) == {"trend"}
    assert found["trend"]["change"] == pytest.approx(-0.1)
    assert found["trend"]["error"] == pytest.approx(0.0, abs=1e-9)
    assert count_scores.beside_words(found) == "-0.100 ± 0.000 against trend"


def test_targets_a_place_has_a_hand_in_are_dropped() -> None:
    place = np.array([positions().locality["AR-Y"]])
    dropped = dict(zip(names(), observed_counts.dropped_without(place, ("jujuy",)), strict=True))
    assert dropped["jujuy_journeys"]
    assert dropped["jujuy_deals"]
    assert not dropped["coquimbo_visits"]
    assert not dropped["forum_2016"]
    # Lists hold all places.
    assert dropped["large_records"]


def test_targets_after_2013_are_dropped() -> None:
    dropped = dict(zip(names(), temporal_holdout.dropped_after(168), strict=True))
    assert dropped["jujuy_deals"]
    assert dropped["forum_2016"]
    assert dropped["contacts_since_2014"]
    assert dropped["large_in_brazil"]
    assert not dropped["delegation_2013"]
    assert not dropped["coquimbo_visits_2005_2007"]


def test_known_totals_leave_deep_cases_aside() -> None:
    # A visit of 2006 and one of 2013, the twinning of 2004; Coquimbo's are not among them.
    assert temporal_holdout.known_totals().tolist() == [[1, 1, 0], [1, 0, 0]]


def test_each_place_belongs_to_one_case() -> None:
    places = np.concatenate([left_out._places(case) for case in load_cases().values()])
    assert len(places) == len(set(places.tolist()))
    whole = {code for case in load_cases().values() for code in case.localities}
    assert len(places) == len(whole)


def test_the_rival_has_the_least_chances_of_the_model() -> None:
    sample = np.zeros(40, dtype=int)
    certain = np.zeros(count_scores.MOST + 1)
    certain[0] = 1.0
    model = count_scores.mass_of(sample, certain)
    rival = count_scores.floored(certain, len(sample))
    assert rival.sum() == pytest.approx(1.0)
    assert rival[1:] == pytest.approx(model[1:])
