from __future__ import annotations

import numpy as np
import pytest

from calibration.cases.case_tables import load_events
from calibration.cases.observed_events import (
    CENTRAL_DEAL,
    FAILURE,
    JOURNEY,
    LAST_MONTH,
    TWINNING,
    VISIT,
    case_number,
    recorded,
    studied,
)
from calibration.external.lists import positions
from calibration.run_reading import Reading
from sim.core import enums as k


def test_codes_are_the_numbers_of_the_arrays(conditioned: Reading) -> None:
    number = positions()
    some = ["AR-Y", "CL-CO", "BR-SP", "PA-8"]
    assert [number.locality[c] for c in some] == conditioned.rows_named("locality", some).tolist()
    assert [number.country["CHL"]] == conditioned.rows_named("country", ["CHL"]).tolist()


def test_a_visit_to_six_states_is_six_and_a_contract_for_five_one() -> None:
    rows = recorded()
    ports = rows[(rows["kind"] == VISIT) & (rows["month"] == 168)]
    assert len(ports[ports["channel"] == k.FIRM]) == 6
    peru = rows[(rows["kind"] == CENTRAL_DEAL) & (rows["country"] == positions().country["PER"])]
    assert len(peru) == 1


def test_the_record_ends_and_begins_with_the_runs_months() -> None:
    rows = recorded()
    assert rows["month"].min() == -1
    assert rows["month"].max() <= LAST_MONTH
    old = {event.id for event in load_events() if event.month is not None and event.month < 0}
    assert old == {"E001"}


def test_events_of_deep_cases_are_numbered() -> None:
    rows = recorded()
    for case in studied():
        mine = rows[rows["case"] == case_number(case.id)]
        assert set(mine["place"].tolist()) == {case.place}
    here = np.isin(rows["place"], [case.place for case in studied()])
    assert (rows["case"][here] >= 0).all()
    assert (rows["case"][~here] < 0).all()
    with pytest.raises(KeyError):
        case_number("nowhere")


def test_a_pair_twinned_twice_counts_once() -> None:
    rows = recorded()
    place = positions().locality["CL-BI"]
    assert int(((rows["kind"] == TWINNING) & (rows["place"] == place)).sum()) == 2


def test_journeys_of_a_national_delegation_are_left_out() -> None:
    rows = recorded()
    place = positions().locality["PA-3"]
    assert not ((rows["kind"] == JOURNEY) & (rows["place"] == place)).any()


def test_only_failures_have_a_way() -> None:
    rows = recorded()
    assert ((rows["way"] >= 0) == (rows["kind"] == FAILURE)).all()


def test_the_record_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="read-only"):
        recorded()["place"][0] = 1
