from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from sim.core import enums as k

if TYPE_CHECKING:
    from tests.calibration.claims.statistics.conftest import Ledger

YEARS = 11.0


def test_visits_to_localities_are_counted_a_year(ledger: Ledger) -> None:
    actor = ledger.actors(k.PROVINCE)[0]
    ledger.visits(22, ledger.place("BR-SP"), actor, month=12)
    ledger.visits(11, ledger.place("CL-CO"), actor)
    ledger.visits(5, ledger.centre("BRA"), actor)
    assert ledger.value("local_visits") == pytest.approx(33 / YEARS)
    assert ledger.value("local_visits", countries=["BRA"]) == pytest.approx(2.0)
    assert ledger.value("local_visits", localities=["CL-CO"]) == pytest.approx(1.0)
    # The year 2001 has 12 of the months.
    assert ledger.value("local_visits", since="2001-01", until="2001-12") == pytest.approx(12.0)


def test_a_provinces_visits_are_told_from_those_of_others(ledger: Ledger) -> None:
    hubei = ledger.actors(k.PROVINCE)[0]
    place = ledger.place("CL-CO")
    args = {"localities": ["CL-CO"], "since": "2000-01", "until": "2000-12"}
    ledger.visits(3, place, hubei)
    ledger.visits(4, place, ledger.actors(k.PROVINCE)[1])
    ledger.visits(2, ledger.place("CL-AN"), hubei)
    assert ledger.value("visits_of_province", province="CN-BJ", **args) == 3.0


def test_rivals_are_other_provinces_in_other_places(ledger: Ledger) -> None:
    beijing, tianjin = ledger.actors(k.PROVINCE)[:2]
    there, elsewhere = ledger.place("CL-CO"), ledger.place("CL-AN")
    for actor in (beijing, tianjin, ledger.firm(technology=False)):
        ledger.visits(3, there, actor)
        ledger.visits(4, elsewhere, actor)
    ledger.visits(5, ledger.centre("CHL"), tianjin)
    args = {"localities": ["CL-CO"], "since": "2000-01", "until": "2000-12"}
    name = "visits_of_rivals_elsewhere"
    assert ledger.value(name, province="CN-BJ", **args) == 4.0
    assert ledger.value(name, province="CN-SX", **args) == 8.0


def test_visits_that_follow_the_economy_within_countries_give_a_slope(ledger: Ledger) -> None:
    actor = ledger.actors(k.PROVINCE)[0]
    first, count = (ledger.w.country[name][ledger.country("URY")] for name in ("first", "count"))
    ledger.w.place["market"][: ledger.localities] = 0.0
    assert ledger.parts("visits_by_market") == (0.0, 0.0)
    ledger.w.place["market"][first] = 1.0
    assert ledger.value("visits_by_market") == 0.0
    # Six visits where the economy is ten times that of its neighbours, two at each of those:
    # log 7 - log 3 per factor of ten.
    for i in range(first, first + count):
        ledger.visits(6 if i == first else 2, i, actor)
    assert ledger.value("visits_by_market") == pytest.approx(0.8472979)


def test_bodies_work_where_embassies_cannot(ledger: Ledger) -> None:
    country = ledger.w.country
    country["recognises"] = 1
    ledger.event(k.RECOGNITION_SWITCH, 66, ledger.centre("CRI"), -1)
    place = ledger.place("CR-L")
    friends, embassy = ledger.organisation(k.FRIENDSHIP), ledger.actors(k.EMBASSY)[0]
    ledger.visits(11, place, friends, month=50)  # all before the switch
    ledger.visits(11, place, friends, month=66)
    ledger.visits(11, place, embassy, month=70)
    ledger.visits(1, ledger.place("CL-CO"), friends)
    # Costa Rica recognises Taiwan for 66 months, half of the run.
    assert ledger.parts("unrecognised_visits") == (11 / 5.5, 0.0)
    ledger.visits(11, place, embassy, month=20)
    assert ledger.value("unrecognised_visits") == 0.0


def test_visits_that_meet_in_a_country_each_month_crowd(ledger: Ledger) -> None:
    actor = ledger.actors(k.PROVINCE)[0]
    places = [ledger.place(code) for code in ("BR-SP", "CL-CO")]
    for month in range(4):
        for _ in range(2):
            ledger.event(k.VISIT_TO_LAC, month, places[month % 2], actor)
    # Within a month all 4 pairs meet. Of 24 pairs of different months 8 do.
    assert ledger.parts("crowding_of_visits") == (4.0, 4.0, 8.0, 24.0)


def test_visits_spread_alike_over_months_do_not_crowd(ledger: Ledger) -> None:
    actor = ledger.actors(k.PROVINCE)[0]
    for month in range(2):
        for code in ("BR-SP", "BR-SP", "CL-CO"):
            ledger.event(k.VISIT_TO_LAC, month, ledger.place(code), actor)
    # 1 of 3 pairs within a month, twice; 5 of 9 between both months.
    assert ledger.parts("crowding_of_visits") == (2.0, 6.0, 5.0, 9.0)


def test_delegations_declined_count_as_sent(ledger: Ledger) -> None:
    provinces = ledger.actors(k.PROVINCE)
    place = ledger.place("BR-SP")
    scale = ledger.w.actor["scale"]
    by_size = sorted(provinces, key=lambda a: float(scale[a]))
    for number, actor in enumerate(by_size):
        for _ in range(number):
            ledger.event(k.DECLINED_VISIT, 3, place, actor)
    assert ledger.value("delegations_by_ambition") == pytest.approx(1.0)
    ledger.visits(100, place, by_size[0])
    assert ledger.value("delegations_by_ambition") < 1.0


def _first_visit(ledger: Ledger, actor: int, place: int) -> None:
    ledger.tie(actor, place, 1, first_event=ledger.event(k.VISIT_TO_LAC, 1, place, actor))


def test_large_firms_are_compared_with_small_ones(ledger: Ledger) -> None:
    actor = ledger.w.actor
    firms = [a for a in ledger.actors(k.FIRM) if actor["technology"][a] == 0]
    by_size = sorted(firms, key=lambda a: float(actor["scale"][a]))
    local, centre = ledger.place("CL-CO"), ledger.centre("CHL")
    _first_visit(ledger, by_size[-1], local)
    _first_visit(ledger, by_size[-1], centre)
    _first_visit(ledger, by_size[-1], ledger.centre("BRA"))
    _first_visit(ledger, by_size[0], local)
    _first_visit(ledger, by_size[len(by_size) // 2], local)
    assert ledger.parts("local_share_by_firm_size")[0:2] == (1.0, 3.0)
    assert ledger.value("local_share_by_firm_size") == pytest.approx(1 / 3 - 1)


def test_small_states_are_compared_with_the_others(ledger: Ledger) -> None:
    actor = ledger.actors(k.PROVINCE)[0]
    ledger.visits(1, ledger.place("AG-04"), actor)
    ledger.visits(3, ledger.centre("ATG"), actor)
    ledger.visits(4, ledger.place("BR-SP"), actor)
    ledger.visits(1, ledger.centre("BRA"), actor)
    assert ledger.parts("local_share_in_small_states") == (1.0, 4.0, 4.0, 5.0)


def test_the_partys_share_is_among_bodies(ledger: Ledger) -> None:
    place = ledger.place("BR-SP")
    ledger.visits(1, place, ledger.organisation(k.PARTY))
    ledger.visits(9, ledger.centre("BRA"), ledger.organisation(k.PARTY))
    ledger.visits(3, place, ledger.organisation(k.TRADE))
    ledger.visits(5, place, ledger.actors(k.PROVINCE)[0])
    assert ledger.value("party_share_of_local_visits") == 0.25


def test_strong_provinces_are_the_five_largest(ledger: Ledger) -> None:
    scale = ledger.w.actor["scale"]
    by_size = sorted(ledger.actors(k.PROVINCE), key=lambda a: -float(scale[a]))
    local, centre = ledger.place("CL-CO"), ledger.centre("CHL")
    for actor in by_size[:4]:
        _first_visit(ledger, actor, centre)
    _first_visit(ledger, by_size[4], local)
    for actor in by_size[5:7]:
        _first_visit(ledger, actor, local)
    _first_visit(ledger, by_size[7], centre)
    ledger.visits(50, local, by_size[0])  # no first visits
    assert ledger.parts("central_share_by_province") == (4.0, 5.0, 1.0, 3.0)


def test_growth_is_that_of_actors_active_from_the_start(ledger: Ledger) -> None:
    province, place = ledger.actors(k.PROVINCE)[0], ledger.place("BR-SP")
    for year in range(11):
        for _ in range(2**year):
            ledger.event(k.VISIT_TO_LAC, 12 * year, place, province)
    doubling = ledger.value("trend_of_local_visits")
    # A half is added to every count, so that years without a visit have a logarithm.
    line = np.polyfit(np.arange(11), np.log(2.0 ** np.arange(11) + 0.5), 1)
    assert doubling == pytest.approx(line[0])
    firm = ledger.firm(technology=False)
    ledger.w.actor["active_since"][firm] = 60
    ledger.visits(60, place, firm, month=70)
    assert ledger.value("trend_of_local_visits") == doubling


def test_offices_are_compared_with_the_body_that_has_none_there(ledger: Ledger) -> None:
    trade, friends = ledger.organisation(k.TRADE), ledger.organisation(k.FRIENDSHIP)
    ledger.w.office[[trade, friends]] = -1
    ledger.w.office[trade, ledger.country("BRA")] = 0
    for actor, codes in {
        trade: ("BR-SP", "BR-RJ", "CL-CO"), friends: ("BR-SP", "CL-CO", "CL-AN", "CL-BI"),
    }.items():  # fmt: skip
        for code in codes:
            _first_visit(ledger, actor, ledger.place(code))
    assert ledger.parts("pull_of_offices") == (2.0, 3.0, 1.0, 4.0)
    ledger.w.office[friends, ledger.country("BRA")] = 0
    assert ledger.parts("pull_of_offices") == (0.0, 0.0, 0.0, 0.0)


def test_reach_and_concentration_are_taken_from_visits(ledger: Ledger) -> None:
    actor = ledger.actors(k.PROVINCE)[0]
    for code, number in {"BR-SP": 5, "AR-X": 2, "CL-CO": 1, "UY-SA": 1, "PE-LIM": 1}.items():
        ledger.visits(number, ledger.place(code), actor)
    ledger.visits(9, ledger.centre("CUB"), actor)
    reach, top = ledger.parts("reach_and_concentration")
    # A tenth of 33 countries, rounded up, are four.
    assert reach == pytest.approx(5 / 33)
    assert top == pytest.approx(0.9)
    assert ledger.value("reach_and_concentration") == reach


def test_doors_an_embassy_opens_count_for_it(ledger: Ledger) -> None:
    embassies = ledger.w.country["embassy"]
    panama, brazil = (int(embassies[ledger.country(code)]) for code in ("PAN", "BRA"))
    firm, colon, paulo = ledger.firm(False), ledger.place("PA-3"), ledger.place("BR-SP")
    visit = ledger.event(k.VISIT_TO_LAC, 1, colon, panama)
    ledger.event(k.INTRODUCTION, 1, colon, firm, cause0=visit)
    other = ledger.event(k.VISIT_TO_LAC, 2, colon, ledger.actors(k.PROVINCE)[0])
    ledger.event(k.INTRODUCTION, 2, colon, firm, cause0=other)
    ledger.visits(1, paulo, brazil)
    ledger.visits(3, paulo, ledger.actors(k.PROVINCE)[0])
    parts = ledger.parts("embassy_share_gap", high=["PAN"], low=["BRA"])
    assert parts == (2.0, 4.0, 1.0, 4.0)


def test_diaspora_brings_first_contact_forward(ledger: Ledger) -> None:
    w = ledger.w
    home = w.place["country"][: ledger.localities]
    actor = ledger.actors(k.PROVINCE)[0]
    for place in range(ledger.localities):
        month = round(100 - 50 * float(w.country["diaspora"][home[place]]))
        ledger.tie(actor, place, month)
    assert ledger.value("first_contact_by_diaspora") == pytest.approx(-50.0, abs=0.5)


def test_places_never_contacted_count_at_the_end(ledger: Ledger) -> None:
    assert ledger.value("first_contact_by_diaspora") == pytest.approx(0.0, abs=1e-9)
