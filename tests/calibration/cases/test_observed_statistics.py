from __future__ import annotations

import numpy as np
import pytest

from calibration.cases.observed_statistics import (
    OUTCOMES,
    columns,
    counts,
    measured,
    names,
    observe,
    observed,
    observed_counts,
    tables,
    uncertain,
)
from calibration.cases.targets import load_targets
from calibration.external.lists import positions
from calibration.model_simulator import load_conditions
from calibration.run_reading import Reading
from sim.core import enums as k
from sim.engine.compiled import new_run_state
from sim.engine.initial_state import initial_state
from sim.world import World


def at(name: str) -> int:
    return names().index(name)


def test_vectors_have_a_number_for_each_target(conditioned: Reading) -> None:
    assert len(names()) == len(set(names())) == len(observed())
    found = observe(conditioned, 1)
    assert found.shape == observed().shape
    assert found.dtype == np.float64
    assert np.isfinite(found).all()
    assert np.isfinite(observed()).all()


def test_columns_of_tiers_and_tables_part_the_vectors() -> None:
    everything = list(range(len(names())))
    assert columns().tolist() == everything
    assert sorted(np.concatenate([columns(tier=tier) for tier in (1, 2)])) == everything
    assert sorted(np.concatenate([columns(table=table) for table in tables()])) == everything
    assert at("jujuy_deals") in columns(tier=1, table="focal cases")
    assert not len(columns(tier=2, table="focal cases"))


def test_the_key_fixes_the_observation(conditioned: Reading) -> None:
    np.testing.assert_array_equal(observe(conditioned, 1), observe(Reading(conditioned.w), 1))
    assert (observe(conditioned, 1) != observe(conditioned, 2)).mean() > 0.5


def test_a_run_in_which_nothing_happened_has_finite_numbers(world: World) -> None:
    empty = Reading(new_run_state(initial_state(load_conditions(), world), 1, 0))
    found = measured(empty, 1)
    assert np.isfinite(observe(empty, 1)).all()
    expected = {
        "jujuy_visits_received": 0.0, "jujuy_months_to_contact": 60.0, "jujuy_twinnings": 0.0,
        "jujuy_months_to_twinning": 61.0, "coquimbo_visits": 0.0,
        "coquimbo_longest_quiet": 13.0, "coquimbo_quiet_otherwise": 8.0, "twinnings_2018": 0.0,
        "countries_reached": 0.0, "told_visits": 0.0, "share_in_largest": 0.5, "ways_to_fail": 0.0,
    }  # fmt: skip
    assert {name: found[at(name)] for name in expected} == expected
    table = counts(empty)
    assert not table.by_locality.any()
    assert not table.by_country.any()


def test_uncertainty_follows_the_kind_of_target() -> None:
    targets = load_targets()
    plain = observed()
    drawn = np.array([uncertain(plain, key) for key in range(300)])
    for i, target in enumerate(targets):
        if target.kind == "value":
            assert drawn[:, i].std() == pytest.approx(target.uncertainty, rel=0.15, abs=1e-12)
        elif target.kind == "interval":
            assert np.abs(drawn[:, i] - plain[i]).max() <= target.uncertainty
            assert np.abs(drawn[:, i] - plain[i]).max() > 0.9 * target.uncertainty
        else:
            assert (drawn[:, i] < plain[i]).all()
            middle = plain[i] * 0.5**target.uncertainty
            assert np.median(drawn[:, i]) == pytest.approx(middle, rel=0.05)


def test_errors_of_targets_are_independent() -> None:
    drawn = np.array([uncertain(np.zeros(len(observed())), key) for key in range(300)])
    moving = drawn[:, drawn.std(axis=0) > 0.0]
    between = np.corrcoef(moving.T)[np.triu_indices(moving.shape[1], 1)]
    # Of some 900 correlations of 300 draws the largest stays below 5 standard errors.
    assert np.abs(between).max() < 5.0 / np.sqrt(300.0)


def test_counts_are_those_of_the_log(conditioned: Reading) -> None:
    table = counts(conditioned)
    assert table.by_locality.shape == (conditioned.localities, len(OUTCOMES))
    assert table.by_country.shape == (conditioned.countries, 3, len(OUTCOMES))
    assert table.by_locality.dtype == table.by_country.dtype == np.int32
    place = int(table.by_locality[:, 0].argmax())
    log = conditioned.log
    trips = np.isin(log["kind"], (k.VISIT_TO_LAC, k.VISIT_TO_CHINA)) & (log["place"] == place)
    assert table.by_locality[place, 0] == trips.sum() > 0
    country = int(conditioned.country_of[place])
    late = (log["kind"] == k.TWINNING) & (log["month"] >= 168) & (log["country"] == country)
    assert table.by_country[country, 2, 1] == late.sum()
    assert table.by_country.sum(axis=(0, 1))[1] == table.by_locality.sum(axis=0)[1]


def test_counts_of_what_is_told_are_fewer(conditioned: Reading) -> None:
    everything, told = counts(conditioned), counts(conditioned, 1)
    assert (told.by_locality <= everything.by_locality).all()
    assert (told.by_country <= everything.by_country).all()
    assert told.by_locality.sum() < 0.5 * everything.by_locality.sum()


def test_the_reports_counts() -> None:
    table = observed_counts()
    number = positions()
    jujuy, coquimbo = number.locality["AR-Y"], number.locality["CL-CO"]
    assert table.by_locality[jujuy].tolist() == [8, 1, 2]
    assert table.by_locality[coquimbo].tolist() == [11, 1, 0]
    assert table.by_country[number.country["BRA"], 2].tolist() == [13, 0, 4]
    assert table.by_country[number.country["CHL"], 0].tolist() == [7, 2, 0]
