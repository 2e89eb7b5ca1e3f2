from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sim.core import enums as k

if TYPE_CHECKING:
    from tests.calibration.claims.statistics.conftest import Ledger


def test_twinning_is_set_against_security_ties(ledger: Ledger) -> None:
    ledger.w.country["security"] = 0.0
    ledger.w.country["security"][ledger.country("BRA")] = 0.5
    provinces = ledger.actors(k.PROVINCE)
    # One of two pairs is twinned without security ties, one of four with them.
    for code, twinned in {"CL-CO": (1, 0), "BR-SP": (1, 0, 0, 0)}.items():
        for actor, is_twin in zip(provinces, twinned, strict=False):
            ledger.tie(actor, ledger.place(code), 10, twinned=20 if is_twin else -1)
    # The slope per unit of security.
    assert ledger.value("twinnings_by_security") == pytest.approx(-0.5)
    # Pairs that twinned without having met, centres and firms do not count.
    ledger.tie(provinces[5], ledger.place("BR-SP"), 10, twinned=10)
    ledger.tie(provinces[5], ledger.centre("BRA"), 10)
    ledger.tie(ledger.firm(False), ledger.place("BR-SP"), 10)
    assert ledger.value("twinnings_by_security") == pytest.approx(-0.5)


def test_twinning_without_pairs_is_undefined(ledger: Ledger) -> None:
    assert ledger.parts("twinnings_by_security") == (0.0, 0.0)


def test_twinnings_are_told_by_what_came_first_and_who_asked(ledger: Ledger) -> None:
    place, provinces = ledger.place("CL-CO"), ledger.actors(k.PROVINCE)
    ledger.tie(provinces[0], place, 10, twinned=11)
    ledger.tie(provinces[1], place, 10, twinned=40, firm_request_of=ledger.firm(False))
    ledger.tie(provinces[2], place, 10, twinned=10)
    ledger.tie(provinces[3], place, 0, twinned=40)
    ledger.tie(provinces[4], place, 0)
    assert ledger.value("twinnings_after_contact") == 0.75
    assert ledger.value("twinnings_at_behest") == 0.25


def test_university_links_are_looked_for_long_enough(ledger: Ledger) -> None:
    place, provinces = ledger.place("CL-CO"), ledger.actors(k.PROVINCE)
    # The run ends in month 131: what was twinned by month 95 had three years.
    ledger.tie(provinces[0], place, 0, twinned=95, university=131)
    ledger.tie(provinces[1], place, 0, twinned=50, university=87)
    ledger.tie(provinces[2], place, 0, twinned=96, university=97)
    assert ledger.parts("university_links_of_twins") == (1.0, 2.0)
    assert ledger.parts("university_links_of_twins", within=48) == (1.0, 1.0)


def test_institutes_are_set_against_earlier_contact(ledger: Ledger) -> None:
    w = ledger.w
    w.place["market"][: ledger.localities] = 0.0
    province, host = ledger.actors(k.PROVINCE)[0], ledger.organisation(k.EDUCATION)
    c = ledger.country("URY")
    first, count = int(w.country["first"][c]), int(w.country["count"][c])
    places = range(first, first + count)
    for place in places[:2]:
        ledger.visits(3, place, province, month=5)
        ledger.journeys(4, place, province, month=15)
    ledger.event(k.CONFUCIUS_INSTITUTE, 80, places[0], host)
    # Half of the units with seven contacts and none of the others: 0.5 per log 8.
    name = "institutes_by_contact"
    assert ledger.value(name, before="2005-01") == pytest.approx(0.5 / 2.0794415)
    # Contact after the month and institutes before it do not count.
    ledger.visits(5, places[3], province, month=60)
    ledger.event(k.CONFUCIUS_INSTITUTE, 59, places[4], host)
    assert ledger.value(name, before="2005-01") == pytest.approx(0.5 / 2.0794415)
