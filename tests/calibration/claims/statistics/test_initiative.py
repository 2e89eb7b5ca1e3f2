from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sim.core import enums as k

if TYPE_CHECKING:
    from tests.calibration.claims.statistics.conftest import Ledger


def test_own_journeys_are_not_those_to_forums(ledger: Ledger) -> None:
    province, place = ledger.actors(k.PROVINCE)[0], ledger.place("BR-SP")
    ledger.journeys(22, place, province)
    ledger.event(k.VISIT_TO_CHINA, 40, place, province, initiator=k.CHINA)
    assert ledger.value("own_journeys") == pytest.approx(2.0)
    assert ledger.value("own_journeys", countries=["CHL"]) == 0.0
    # Ten of the journeys fall in 2001.
    assert ledger.value("own_journeys", since="2001-01") == pytest.approx(1.0)


def test_governors_are_compared_with_executives(ledger: Ledger) -> None:
    province = ledger.actors(k.PROVINCE)[0]
    ledger.journeys(9, ledger.place("BR-SP"), province, month=60)
    for month in (10, 65, 66, 67):
        ledger.event(k.STATE_VISIT, month, ledger.centre("BRA"), province, initiator=k.LAC)
    assert ledger.parts("governors_share_of_journeys", since="2005-01") == (9.0, 12.0)


def test_journeys_are_part_of_all_local_visits(ledger: Ledger) -> None:
    province = ledger.actors(k.PROVINCE)[0]
    ledger.journeys(1, ledger.place("BR-SP"), province)
    ledger.visits(3, ledger.place("BR-SP"), province)
    ledger.visits(5, ledger.centre("BRA"), province)
    assert ledger.value("share_of_own_journeys") == 0.25


def test_the_mixture_is_the_share_of_the_rarer_side(ledger: Ledger) -> None:
    place = ledger.place("BR-SP")
    ledger.deals(3, place, initiator=k.LAC)
    ledger.deals(1, place, initiator=k.CHINA)
    ledger.deals(8, place, initiator=k.CHINA, level=k.CENTRAL)
    assert ledger.value("mixture_of_initiators") == 0.25


def test_quick_deals_come_of_a_trip_of_the_same_month_and_side(ledger: Ledger) -> None:
    province, place = ledger.actors(k.PROVINCE)[0], ledger.place("BR-SP")
    other = ledger.place("BR-RJ")
    ledger.journeys(1, place, province, month=10)
    ledger.journeys(1, other, province, month=10)
    ledger.visits(4, place, province, month=20)
    ledger.deals(1, place, proposed=10, dealt=22, initiator=k.LAC)
    ledger.deals(1, place, proposed=10, dealt=23, initiator=k.LAC)  # too late
    ledger.deals(1, place, proposed=11, initiator=k.LAC)  # not on the trip
    ledger.deals(1, other, proposed=10, initiator=k.CHINA)  # by the other side
    ledger.deals(1, place, proposed=21, initiator=k.CHINA)
    ledger.deals(1, place, proposed=21, initiator=k.CHINA, channel=k.BY_ACQUISITION)
    assert ledger.parts("quick_deals_per_trip") == (1.0, 2.0, 1.0, 4.0)


def test_visits_without_a_proposal_only_look_around(ledger: Ledger) -> None:
    province, other = ledger.actors(k.PROVINCE)[:2]
    place = ledger.place("BR-SP")
    ledger.visits(4, place, province, month=10)
    ledger.visits(1, place, ledger.firm(technology=True), month=10)
    ledger.project(place, k.PROPOSED, proposed=11, actor=province, initiator=k.CHINA)
    ledger.project(place, k.PROPOSED, proposed=12, actor=province, initiator=k.LAC)
    ledger.project(place, k.PROPOSED, proposed=13, actor=other, initiator=k.CHINA)
    assert ledger.parts("visits_without_proposal") == (3.0, 4.0)
