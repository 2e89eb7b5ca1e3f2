from __future__ import annotations

import numpy as np
import pytest

from calibration.cases.observed_events import (
    FAILURE,
    JOURNEY,
    LOCAL_DEAL,
    ROW,
    TWINNING,
    VETO,
    VISIT,
    WITHHELD,
)
from calibration.cases.targets import MEASURES
from calibration.external.lists import positions
from sim.core import enums as k
from sim.core.state import Array

BRAZIL, CHILE = positions().country["BRA"], positions().country["CHL"]
TRIPS = ["visit_to_lac", "visit_to_china"]


def event(
    kind: int, place: int, country: int, month: int, channel: int = -1, way: int = -1
) -> Array:
    row = np.zeros(1, dtype=ROW)
    given = {"kind": kind, "place": place, "country": country, "month": month}
    for name, value in (
        given | {"channel": channel, "way": way, "case": -1, "dated": True}
    ).items():
        row[name] = value
    return row


def deep(row: Array) -> Array:
    row["case"] = 0
    return row


ROWS = np.concatenate(
    [
        event(VISIT, 1, BRAZIL, 100, k.PROVINCE),
        event(VISIT, 1, BRAZIL, 180, k.FIRM),
        event(VISIT, 2, BRAZIL, 190, k.EMBASSY),
        event(VISIT, 3, CHILE, -1, k.FIRM),
        event(JOURNEY, 1, BRAZIL, 200, k.PROVINCE),
        event(JOURNEY, 3, CHILE, 200, k.PROVINCE),
        event(LOCAL_DEAL, 1, BRAZIL, 212, k.FIRM),
        event(TWINNING, 3, CHILE, 199, k.PROVINCE),
        event(FAILURE, 1, BRAZIL, 212, way=VETO),
        event(FAILURE, 1, BRAZIL, 213, way=VETO),
        event(FAILURE, 2, BRAZIL, 213, way=WITHHELD),
        deep(event(VISIT, 9, CHILE, 150, k.PROVINCE)),
        deep(event(FAILURE, 9, CHILE, 150, way=0)),
    ]
)


def take(name: str, rows: Array = ROWS, **args: object) -> float:
    return MEASURES[name].take(rows, **args)


def test_deep_cases_are_not_elsewhere() -> None:
    assert take("observed_elsewhere", kinds=["visit_to_lac"]) == 4.0
    assert take("observed_elsewhere", kinds=TRIPS) == 6.0
    assert take("ways_to_fail") == 2.0


def test_spread() -> None:
    assert take("localities_told") == 3.0
    assert take("share_in", kinds=TRIPS, countries=["BRA"]) == pytest.approx(4.0 / 6.0)


def test_undated_events_have_no_part_in_shares_of_time() -> None:
    assert take("share_since", kinds=TRIPS, month=190) == pytest.approx(3.0 / 5.0)


def test_channels_are_compared_without_embassies() -> None:
    assert take("share_of_channel", channel="firm") == pytest.approx(2.0 / 3.0)
    assert take("share_of_channel", channel="organisation") == 0.0


def test_results_follow_a_journey_to_the_same_place() -> None:
    assert take("journeys_with_result", months=12) == 0.5
    assert take("journeys_with_result", months=11) == 0.0


def test_direction() -> None:
    assert take("share_of_trips_to_china") == pytest.approx(2.0 / 6.0)


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("share_in", {"kinds": TRIPS, "countries": ["BRA"]}),
        ("share_since", {"kinds": TRIPS, "month": 190}),
        ("share_of_channel", {"channel": "firm"}),
        ("journeys_with_result", {"months": 12}),
        ("share_of_trips_to_china", {}),
    ],
)
def test_a_share_of_nothing_is_a_half(name: str, args: dict[str, object]) -> None:
    assert take(name, ROWS[:0], **args) == 0.5
