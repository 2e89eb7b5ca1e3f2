from __future__ import annotations

import csv
from pathlib import Path

import pytest

from calibration.cases.case_tables import (
    CASES,
    EVENTS,
    Case,
    CaseEvent,
    focal_cases,
    load_cases,
    load_events,
)
from sim.core.calendar import month_index
from sim.core.errors import InputError
from sim.world import World


def rewritten(source: Path, target: Path, column: str, value: str) -> Path:
    """Copy a table with another value in the first row."""
    with source.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    rows[0][column] = value
    with target.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return target


def test_every_event_of_the_evidence_is_there_once() -> None:
    identities = [event.id for event in load_events()]
    assert len(identities) == len(set(identities))
    assert {f"E{n:03d}" for n in range(1, 167)} <= set(identities)


def test_every_case_has_events_and_a_source() -> None:
    told = {event.case for event in load_events()}
    assert told == set(load_cases())
    for case in load_cases().values():
        assert case.source.startswith("report, ")
    for event in load_events():
        assert event.source.startswith("report, "), event.id


def test_codes_are_those_of_the_world(world: World) -> None:
    home = dict(zip(world.localities["code"], world.localities["iso3"], strict=True))
    countries = set(world.countries["iso3"])
    items: list[Case | CaseEvent] = [*load_events(), *load_cases().values()]
    for item in items:
        assert not item.country or item.country in countries, item.id
        for code in item.localities:
            assert home[code] == item.country, item.id


def test_events_lie_in_their_case() -> None:
    cases = load_cases()
    for event in load_events():
        case = cases[event.case]
        if case.depth != "background" and event.localities:
            assert set(event.localities) <= set(case.localities), event.id


def test_the_deep_cases_have_a_place_and_months() -> None:
    deep = focal_cases()
    assert {name: case.localities for name, case in deep.items()} == {
        "jujuy": ("AR-Y",),
        "coquimbo": ("CL-CO",),
    }
    assert deep["jujuy"].window == (month_index("2015-12"), month_index("2020-12"))
    assert deep["coquimbo"].window == (month_index("2005-06"), month_index("2020-12"))


def test_months_follow_the_precision_of_dates() -> None:
    month = {event.id: event.month for event in load_events()}
    assert month["E102"] == month_index("2018-05")
    assert month["E056"] == month_index("2016-02")
    assert month["E006"] == month_index("2005-01")
    assert month["E088"] == month_index("2017-11")
    assert month["E166"] is None
    assert month["E002"] is None


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("case", "icca", "'ica'"),
        ("initiator", "chima", "'china'"),
        ("precision", "week", "day, month"),
        ("level", "lokal", "'local'"),
        ("channel", "firms", "'firm'"),
        ("value_usd_m", "many", "not a number"),
        ("date", "19x4", "no date"),
    ],
)
def test_a_wrong_event_is_pointed_at(tmp_path: Path, column: str, value: str, words: str) -> None:
    table = rewritten(EVENTS, tmp_path / "events.csv", column, value)
    with pytest.raises(InputError, match="line 2") as caught:
        load_events(table)
    assert caught.value.field == column
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("column", "value"), [("depth", "deeper"), ("since", "2021-01"), ("localities", "AR-Y;AR-Z")]
)
def test_a_wrong_case_is_pointed_at(tmp_path: Path, column: str, value: str) -> None:
    table = rewritten(CASES, tmp_path / "cases.csv", column, value)
    with pytest.raises(InputError, match="line 2"):
        load_cases(table)


def test_a_case_cannot_stand_twice(tmp_path: Path) -> None:
    table = rewritten(CASES, tmp_path / "cases.csv", "case", "coquimbo")
    with pytest.raises(InputError, match="twice"):
        load_cases(table)


def test_a_missing_table_is_a_users_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        load_cases(tmp_path / "none.csv")
