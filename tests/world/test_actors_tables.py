"""Checks of the shipped tables of senders and of dated signals."""

from __future__ import annotations

from itertools import pairwise

import pytest

from sim.core.calendar import month_index
from sim.world.tables import NO_MONTH, World, load_world

# Chinese firms named in the report, by code.
NAMED = (
    "alibaba baidu bank-of-china beidahuang byd cccc chec china-merchants-port "
    "china-railway-tunnel citic-construction cofco crcc dahua digital-china easteel ganfeng "
    "gepdi gezhouba henan-nonferrous henan-transport huawei hubei-xunda langma mcc minglilai "
    "powerchina sepcoiii shandong-hongda shanghai-electric shougang sinopec sinovac talesun "
    "tianqi truck-gang xian-metro yofc yunshang-guizhou yutong zte"
)
NAMED_LOCALITIES = (
    "AR-Y CL-CO AR-J AR-Z AR-R AR-U AR-B AR-C AR-Q BR-SP BR-BA BR-PR BR-MA BR-PE BR-PA BR-SC "
    "BR-MG BR-PI BR-RN CL-AN CL-BI CL-LL CL-LR CL-VS CO-BOY CO-CHO CO-CUN CO-DC CO-MET CR-H "
    "CR-L CU-03 BO-C MX-BCN MX-CHP MX-CMX MX-COA MX-DUR MX-GRO MX-GUA MX-SIN MX-TAB PA-3 PA-8 "
    "PE-ANC PE-ARE PE-HUC PE-ICA PE-LAL PE-SAM UY-MO"
)
LAST = month_index("2040-12")


@pytest.fixture(scope="module")
def world() -> World:
    return load_world()


def level(world: World, signal: str, month: str) -> float:
    """Return the level of a signal in a month."""
    at = month_index(month)
    rows = world.signal_levels[world.signal_levels["signal"] == signal]
    rows = rows[(rows["start"] <= at) & ((rows["end"] > at) | (rows["end"] == NO_MONTH))]
    return float(rows["value"].item())


def test_there_are_about_sixty_firms(world: World) -> None:
    assert 45 <= len(world.firms) <= 80


def test_every_firm_lives_in_a_province_and_works_in_a_sector(world: World) -> None:
    assert set(world.firms["home"]) <= set(world.provinces["code"])
    assert set(world.firms["code"]) == set(world.firm_sectors["firm"])


def test_every_firm_that_the_report_names_is_there(world: World) -> None:
    named = world.firms[world.firms["archetype"] == 0]
    assert sorted(named["code"]) == sorted(NAMED.split())


def test_archetypes_are_marked_and_labelled_as_assumptions(world: World) -> None:
    archetypes = world.firms[world.firms["archetype"] == 1]
    assert archetypes["code"].str.startswith("arch-").all()
    assert archetypes["source"].str.contains("assumption").all()


def test_every_sector_has_firms_and_provinces(world: World) -> None:
    sectors = set(world.sectors["code"])
    assert set(world.firm_sectors["sector"]) == sectors
    assert set(world.province_sectors["sector"]) == sectors
    assert (world.firm_sectors.groupby("sector").size() >= 3).all()


def test_there_are_31_provinces(world: World) -> None:
    assert len(world.provinces) == 31
    assert world.provinces["gdp_usd_bn"].sum() == pytest.approx(11_600, rel=0.02)


def test_every_country_has_a_weight_in_every_sector(world: World) -> None:
    pairs = set(zip(world.country_sectors["iso3"], world.country_sectors["sector"], strict=True))
    assert len(world.country_sectors) == len(world.countries) * len(world.sectors)
    assert len(pairs) == len(world.country_sectors)


def test_signals_hold_from_2000_to_2040_without_gaps(world: World) -> None:
    for signal, rows in world.signal_levels.groupby("signal"):
        ordered = rows.sort_values("start")
        assert ordered["start"].iloc[0] <= 0, signal
        assert ordered["end"].iloc[-1] == NO_MONTH or ordered["end"].iloc[-1] > LAST, signal
        for end, start in pairwise(zip(ordered["end"], ordered["start"], strict=True)):
            assert end[0] == start[1], signal


def test_signals_follow_the_report(world: World) -> None:
    assert level(world, "policy_emphasis", "2000-01") == 1.0
    assert level(world, "policy_emphasis", "2016-12") > level(world, "policy_emphasis", "2009-01")
    assert level(world, "commodity_leverage", "2014-06") < level(
        world, "commodity_leverage", "2012-06"
    )
    assert level(world, "us_china_tension", "2017-12") < level(world, "us_china_tension", "2019-12")
    assert level(world, "outward_investment", "2019-01") < level(
        world, "outward_investment", "2016-01"
    )
    targets = [level(world, "institute_target", f"{y}-06") for y in (2012, 2017, 2020)]
    assert targets == [6, 39, 45]
    waves = [level(world, "acquisition_wave", f"{y}-06") for y in range(2000, 2021)]
    assert sorted(range(21), key=waves.__getitem__)[-2:] == [10, 17]
    assert waves[17] / waves[10] == pytest.approx(17 / 14, abs=0.01)


def test_envelopes_cover_the_years_and_shrink_after_2017(world: World) -> None:
    for bank, rows in world.envelopes.groupby("bank"):
        by_year = rows.set_index("year")["usd_m"]
        assert by_year.index.tolist() == list(range(2000, 2041)), bank
        assert by_year.idxmax() == 2010, bank
        assert by_year.loc[2018:2020].max() < by_year.loc[2011:2016].min() / 2, bank
        assert by_year.loc[2016:2020].is_monotonic_decreasing, bank
    assert world.envelopes["source"].str.startswith("assumption").all()


def test_one_bank_lends_to_localities(world: World) -> None:
    lends = world.banks.set_index("code")["local_loans"]
    assert lends.to_dict() == {"cdb": 0, "exim": 1}


def test_trade_council_has_its_three_offices(world: World) -> None:
    offices = world.organisation_offices
    assert set(offices.loc[offices["organisation"] == "ccpit", "iso3"]) == {"BRA", "CRI", "MEX"}


def test_friendship_association_needs_no_recognition(world: World) -> None:
    needs = world.organisations.set_index("code")["needs_recognition"]
    assert needs["cpaffc"] == 0
    assert needs["hanban"] == 1


def test_the_two_cases_have_their_office_holders(world: World) -> None:
    governors = world.governors
    champion = governors[governors["locality"] == "AR-Y"]
    assert (champion["will"] >= 0.9).all()
    assert champion["aligned"].iloc[0] == 1
    assert champion["end"].iloc[0] == month_index("2019-12"), "until the executive changes"
    appointed = governors[governors["locality"] == "CL-CO"]
    assert len(appointed) == 5
    assert (appointed["will"] == 0.3).all()


def test_aligned_office_holders_serve_under_one_bloc(world: World) -> None:
    country = world.localities.set_index("code")["iso3"]
    aligned = world.governors[world.governors["aligned"] == 1]
    for row in aligned.itertuples():
        executives = world.executives[world.executives["iso3"] == country[str(row.locality)]]
        before = executives[executives["start"] <= row.start].tail(1)
        during = executives[(executives["start"] > row.start) & (executives["start"] < row.end)]
        assert set(during["bloc"]) <= set(before["bloc"]), row


def test_documented_events_name_every_locality_of_the_report(world: World) -> None:
    named = set(world.documented["locality"])
    assert named == set(NAMED_LOCALITIES.split())
    assert (world.documented["label"].str.len() <= 60).all()
    assert world.documented["source"].str.startswith("report, ").all()


def test_documented_events_hold_the_facts_of_the_cases(world: World) -> None:
    kinds = world.documented.groupby("locality")["kind"].value_counts()
    assert kinds["AR-Y", "visit_to_china"] == 5
    assert kinds["AR-Y", "twinning"] == 1
    assert kinds["CL-CO", "twinning"] == 1
    assert ("CL-CO", "deal") not in kinds.index
