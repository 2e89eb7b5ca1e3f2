from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from sim.core import enums as k

if TYPE_CHECKING:
    from tests.calibration.claims.statistics.conftest import Ledger

YEARS = 11.0


def test_deals_are_counted_by_level_place_and_month(ledger: Ledger) -> None:
    paulo, coquimbo = ledger.place("BR-SP"), ledger.place("CL-CO")
    ledger.deals(22, paulo, dealt=60)
    ledger.deals(11, coquimbo, dealt=59)
    ledger.deals(33, paulo, level=k.CENTRAL)
    ledger.project(paulo, k.AWARDED)
    assert ledger.value("local_deals") == pytest.approx(3.0)
    assert ledger.value("local_deals", countries=["CHL"]) == pytest.approx(1.0)
    assert ledger.value("local_deals", localities=["BR-SP"], since="2005-01") == pytest.approx(
        22 / 6
    )
    assert ledger.value("local_deals", until="2004-12") == pytest.approx(11 / 5)
    assert ledger.value("negotiated_deals") == pytest.approx(6.0)
    assert ledger.value("negotiated_deals", countries=["BRA"]) == pytest.approx(5.0)


def test_acquisitions_are_no_negotiated_deals(ledger: Ledger) -> None:
    place = ledger.place("BR-PR")
    ledger.deals(11, place, level=k.NO_LEVEL, channel=k.BY_ACQUISITION)
    ledger.project(place, k.ACQUIRING, level=k.NO_LEVEL, channel=k.BY_ACQUISITION, signed=-1)
    assert ledger.value("acquisitions", localities=["BR-PR"]) == pytest.approx(1.0)
    assert ledger.value("acquisitions", localities=["BR-SP"]) == 0.0
    assert ledger.value("negotiated_deals") == ledger.value("local_deals") == 0.0


def test_projects_of_executives_are_not_proposed_by_localities(ledger: Ledger) -> None:
    place = ledger.place("CL-CO")
    for channel in (k.PROVINCE, k.FIRM, k.BY_LOCALITY, k.BY_EXECUTIVE, k.BY_ACQUISITION):
        ledger.project(place, k.PROPOSED, channel=channel, proposed=120)
    args = {"localities": ["CL-CO"], "since": "2010-01"}
    assert ledger.value("projects_proposed", **args) == pytest.approx(3.0)


def test_deals_per_visit_share_places_and_months(ledger: Ledger) -> None:
    place = ledger.place("CL-CO")
    ledger.visits(8, place, 0, month=56)  # four of them from 2005 on
    ledger.deals(1, place, dealt=100)
    ledger.deals(1, place, dealt=59)
    ledger.deals(1, ledger.place("BR-SP"), dealt=100)
    assert ledger.parts("deals_per_visit", localities=["CL-CO"], since="2005-01") == (1.0, 4.0)
    assert ledger.parts("deals_per_visit") == (3.0, 8.0)


def test_local_activity_rises_with_authority(ledger: Ledger) -> None:
    w = ledger.w
    w.authority[:] = 0.0
    w.added_authority[:] = 0.0
    w.authority[:, ledger.country("URY")] = 0.4
    there = np.flatnonzero(w.place["country"][: ledger.localities] == ledger.country("URY"))
    w.added_authority[:, there] = 0.6
    w.place["market"][: ledger.localities] = 0.0
    w.country["market"] = 0.0
    w.country["recognises"] = 1
    for place in there:
        ledger.deals(1, int(place))
        ledger.visits(10, int(place), 0)
    # One deal and ten visits make log(1 + 2) against nothing elsewhere.
    assert ledger.value("local_activity_by_authority") == pytest.approx(np.log(3.0))


def test_conversion_counts_what_began_at_localities(ledger: Ledger) -> None:
    ledger.w.authority[:] = 0.0
    ledger.w.authority[:, ledger.country("BRA")] = 1.0
    province = ledger.actors(k.PROVINCE)[0]
    paulo, coquimbo = ledger.place("BR-SP"), ledger.place("CL-CO")
    ledger.visits(6, paulo, province)
    ledger.journeys(2, paulo, province)
    ledger.visits(5, coquimbo, province)
    at_centre = ledger.event(k.VISIT_TO_LAC, 3, ledger.centre("BRA"), province)
    ledger.deals(3, paulo)
    ledger.deals(1, paulo, level=k.CENTRAL)  # proposed there, decided by the centre
    ledger.deals(7, paulo, level=k.CENTRAL, channel=k.BY_EXECUTIVE)
    ledger.deals(7, paulo, level=k.CENTRAL, channel=k.FIRM, cause0=at_centre)
    ledger.deals(7, paulo, level=k.NO_LEVEL, channel=k.BY_ACQUISITION)
    ledger.deals(1, coquimbo)
    assert ledger.parts("conversion_by_authority") == (4.0, 8.0, 1.0, 5.0)


def test_central_deals_fall_with_authority(ledger: Ledger) -> None:
    w = ledger.w
    w.country["recognises"] = 1
    w.country["market"] = 0.0
    w.series[:, :, 4] = 0.0
    strong = [ledger.country(code) for code in ("BRA", "ARG", "MEX")]
    w.series[:, strong, 4] = 1.0
    for c in range(len(w.country)):
        if c not in strong:
            ledger.deals(1, int(w.country["first"][c]), channel=k.BY_EXECUTIVE, level=k.CENTRAL)
    assert ledger.value("central_deals_by_authority") == pytest.approx(-np.log(2.0))


def test_size_is_relative_to_the_sector_where_revenue_is_low(ledger: Ledger) -> None:
    ledger.w.country["own_revenue"] = 1.0
    ledger.w.country["own_revenue"][:20] = 0.1
    poor, rich = int(ledger.w.country["first"][3]), int(ledger.w.country["first"][30])
    median = ledger.w.sector["value"]
    for sector, factor in ((0, 0.1), (2, 1.0)):
        ledger.project(poor, k.SIGNED, sector=sector, value=factor * median[sector])
    ledger.project(poor, k.SIGNED, sector=5, value=10.0 * median[5], level=k.CENTRAL)
    ledger.project(rich, k.SIGNED, value=1000.0 * median[0])
    assert ledger.value("size_by_level") == pytest.approx(-0.5 - 1.0)


def test_dispersion_is_that_beyond_what_visits_explain(ledger: Ledger) -> None:
    codes = ("BR-SP", "BR-RJ", "CL-CO", "CL-AN")
    for code in codes:
        ledger.visits(10, ledger.place(code), 0)
    ledger.deals(4, ledger.place("BR-SP"))
    ledger.deals(9, ledger.place("UY-SA"))  # never visited
    # One expected at each: 9 + 1 + 1 + 1 over 4.
    assert ledger.parts("dispersion_of_deals") == pytest.approx((12.0, 4.0))
    for code in codes[1:]:
        ledger.deals(4, ledger.place(code))
    assert ledger.value("dispersion_of_deals") == pytest.approx(0.0)


def test_levels_that_fit_are_local_here_and_national_there(ledger: Ledger) -> None:
    paulo, zulia = ledger.place("BR-SP"), ledger.place("VE-V")
    ledger.deals(3, paulo)
    ledger.deals(1, paulo, level=k.CENTRAL)
    ledger.deals(2, zulia)
    ledger.deals(3, zulia, level=k.CENTRAL)
    ledger.deals(9, zulia, level=k.NO_LEVEL, channel=k.BY_ACQUISITION)
    assert ledger.value("local_share_of_deals", countries=["BRA"]) == 0.75
    assert ledger.value("local_share_of_deals", countries=["VEN"]) == 0.4
    assert ledger.value("level_that_fits", high=["BRA"], low=["VEN"]) == pytest.approx(0.6)
    assert ledger.value("level_that_fits", high=["VEN"], low=["BRA"]) == pytest.approx(0.25)


def test_technology_is_compared_between_levels(ledger: Ledger) -> None:
    place = ledger.place("BR-SP")
    digital = int(np.flatnonzero(ledger.w.sector["technology"] == 1)[0])
    other = int(np.flatnonzero(ledger.w.sector["technology"] == 0)[0])
    ledger.deals(2, place, sector=digital)
    ledger.deals(2, place, sector=other)
    ledger.deals(1, place, sector=digital, level=k.CENTRAL)
    ledger.deals(3, place, sector=other, level=k.CENTRAL)
    assert ledger.parts("technology_share_by_level") == (2.0, 4.0, 1.0, 4.0)


def test_direct_entry_is_a_proposal_on_the_firms_own_visit(ledger: Ledger) -> None:
    place, firm = ledger.place("BR-SP"), ledger.firm(technology=True)
    visit = ledger.event(k.VISIT_TO_LAC, 10, place, firm)
    own = {"firm": firm, "actor": firm, "channel": k.FIRM, "cause0": visit}
    ledger.deals(1, place, proposed=10, **own)
    ledger.deals(1, place, proposed=30, **own)  # a wish, long after the visit
    ledger.deals(1, place, proposed=10, firm=firm, actor=0, cause0=visit)
    ledger.deals(1, place, proposed=10, **(own | {"cause0": 0}))
    ledger.deals(5, place, firm=ledger.firm(technology=False))
    assert ledger.parts("direct_entry_of_technology") == (1.0, 4.0)


def test_the_sequence_begins_with_a_meeting_in_an_earlier_month(ledger: Ledger) -> None:
    firm = ledger.firm(technology=True)
    own = {"firm": firm, "actor": firm, "channel": k.FIRM, "initiator": k.CHINA, "proposed": 10}
    for code, since, fields in (
        ("BR-SP", 9, {}),
        ("BR-RJ", 10, {}),  # proposed at the first meeting
        ("BR-MG", 9, {"signed": 13, "awarded": 13}),  # contract without a memorandum before it
        ("BR-PR", 9, {"signed": -1, "awarded": -1, "dealt": -1}),  # went no further
    ):
        place = ledger.place(code)
        ledger.tie(firm, place, since)
        ledger.project(place, k.FINANCED, **(own | fields))
    ledger.project(ledger.place("BR-RJ"), k.FINANCED, **(own | {"proposed": 50}))  # not the first
    ledger.project(ledger.place("BR-SP"), k.FINANCED, **(own | {"level": k.CENTRAL}))
    assert ledger.parts("sequence_of_technology") == (2.0, 4.0)
