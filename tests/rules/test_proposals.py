"""Projects proposed from all sides, who decides on them, and the firms they find."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from sim.core import enums as k
from sim.rules import outreach, plans, powers, proposals

if TYPE_CHECKING:
    from tests.rules.conftest import Bench


def power(bench: Bench, c: int, value: float = 100.0, sector: int = 0) -> float:
    return float(powers.local_power(bench.h, bench.place(c), sector, value))


def test_local_power_rises_with_authority_and_own_revenue(bench: Bench) -> None:
    c = bench.country()
    bench.par(authority_effect=1.0, authority_revenue=0.15)
    found = []
    for authority in (0.0, 0.3, 0.6, 1.0):
        bench.w.country["authority"][c] = authority
        found.append(power(bench, c))
    assert found == sorted(set(found))
    bench.w.country["authority"][c] = 0.5
    bench.w.country["own_revenue"][c] = 0.0
    poor = power(bench, c)
    bench.w.country["own_revenue"][c] = 1.0
    assert power(bench, c) > poor


def test_local_power_falls_with_size_central_sectors_and_consolidation(bench: Bench) -> None:
    c = bench.country()
    bench.w.country["authority"][c] = 0.6
    by_size = [power(bench, c, value) for value in (1.0, 10.0, 100.0, 1000.0)]
    assert by_size == sorted(set(by_size), reverse=True)
    by_sector = []
    for central in (0.0, 0.5, 1.0):
        bench.w.sector["central"][0] = central
        by_sector.append(power(bench, c))
    assert by_sector == sorted(set(by_sector), reverse=True)
    free = power(bench, c)
    bench.w.country["consolidation"][c] = 1.0
    assert power(bench, c) < free


def test_without_the_authority_effect_countries_have_equal_power(bench: Bench) -> None:
    w = bench.w
    w.country["consolidation"] = 0.0
    w.country["own_revenue"] = 0.5
    bench.par(authority_effect=0.0)
    firsts = [int(c["first"]) for c in w.country[:] if c["count"]]
    assert np.ptp([powers.local_power(bench.h, i, 0, 50.0) for i in firsts]) < 1e-12
    bench.par(authority_effect=1.0)
    assert np.ptp([powers.local_power(bench.h, i, 0, 50.0) for i in firsts]) > 0.3


def test_sizes_are_lognormal_around_the_sectors_median(bench: Bench) -> None:
    i = bench.place(bench.country())
    bench.w.place["market"][i] = 0.0
    bench.w.sector["value"][0], bench.w.sector["spread"][0] = 40.0, 0.8
    keys = range(10**6, 10**6 + 2000)
    values = np.array([proposals.drawn_value(bench.h, i, 0, key, 1.0) for key in keys])
    assert np.median(values) == pytest.approx(40.0, rel=0.08)
    assert np.log(values).std() == pytest.approx(0.8, rel=0.08)
    bench.w.place["market"][i] = 1.0
    larger = np.array([proposals.drawn_value(bench.h, i, 0, key, 1.0) for key in keys])
    assert (larger > values).all()


def test_a_new_project_is_on_its_places_list(bench: Bench) -> None:
    i = bench.place(bench.country(), 1)
    first = proposals.add_project(bench.h, bench.t, i, 2, 99, 10.0, 4, 5)
    second = proposals.add_project(bench.h, bench.t, i, 3, 99, 1000.0, 0, 0)
    w = bench.w
    elsewhere = [bench.project(place, k.PROPOSED) for place in (i + 1, i - 1)]
    assert bench.open_projects(i) == [second, first]
    assert [bench.open_projects(place) for place in (i + 1, i - 1)] == [[j] for j in elsewhere]
    assert [proposals.first_open(bench.h, place) for place in (i - 1, i, i + 1)] == [0, 1, 3]
    assert w.project["key"][first] != w.project["key"][second]
    assert w.project["tens"][[first, second]].tolist() == pytest.approx([-1.0, 1.0])
    assert (w.project["lapses"][[first, second]] > bench.t).all()
    assert (w.project["cause0"][first], w.project["cause1"][first]) == (4, 5)


def wishes(bench: Bench, g: int, months: int = 120) -> int:
    count = 0
    for t in range(bench.t, bench.t + months):
        proposals.make_wish(bench.h, g, t)
        count += int(bench.w.governor["wish_sector"][g] >= 0)
    return count


def test_wishes_need_a_living_tie_and_a_will(bench: Bench) -> None:
    g = bench.place(bench.country())
    place = bench.w.place
    bench.par(project_wish=0.5, tie_alive=0.1)
    place["trusted"][g], place["trust"][g] = 0, 0.05
    assert wishes(bench, g) == 0
    place["trust"][g] = 0.3
    some = wishes(bench, g)
    place["trust"][g] = 1.0
    more = wishes(bench, g)
    assert 0 < some < more
    bench.w.governor["will"][g] = 0.3
    assert wishes(bench, g) < more
    bench.w.governor["will"][g] = 0.0
    assert wishes(bench, g) == 0


@pytest.mark.parametrize("began", [k.CHINA, k.LAC])
def test_a_wish_becomes_a_proposal_to_the_actor_trusted_most(bench: Bench, began: int) -> None:
    """It counts as the initiative of the side that began the relationship."""
    g = bench.place(bench.country())
    a = bench.actors(k.PROVINCE)[3]
    bench.tie(a, g, 0.9, initiator=began)
    bench.w.place["trusted"][g], bench.w.place["trust"][g] = a, 0.9
    bench.w.governor["office_event"][g] = 66
    bench.par(project_wish=1e9)
    proposals.make_wish(bench.h, g, bench.t)
    proposals.register_wish(bench.h, g, bench.t)
    event = bench.events(k.PROPOSAL)[0]
    assert (event["actor"], event["place"], event["initiator"]) == (a, g, began)
    assert (event["cause0"], event["cause1"]) == (77, 66)
    project = bench.w.project[0]
    assert project["channel"] == k.PROVINCE
    assert project["level"] in (k.LOCAL, k.CENTRAL)
    assert (project["stage"], project["initiator"]) == (k.PROPOSED, began)


def test_programmes_and_endowments_shape_wishes(bench: Bench) -> None:
    w, c = bench.w, bench.country()
    g = bench.place(c)
    w.endowment[g] = 0.5
    w.strength[0] = 0.5
    asked = range(len(w.programme))

    def wished() -> list[int]:
        return [int(proposals.wished_sector(bench.h, g, 0, t)) for t in asked]

    even = wished()
    w.programme[:, c, 1] = 1.0
    assert wished().count(1) > even.count(1)
    w.endowment[g] = 0.0
    w.endowment[g, 5] = 0.5
    assert set(wished()) == {5}


def pitches(bench: Bench, a: int, place: int, received: int = 1) -> int:
    count = 0
    for t in range(bench.t, bench.t + 120):
        bench.w.actor["trip_place"][a] = place
        bench.w.actor["trip_received"][a] = received
        proposals.pitch_project(bench.h, a, t)
        count += int(bench.w.actor["pitch_place"][a] >= 0)
    return count


@pytest.mark.parametrize("technology", [0, 1])
def test_firms_pitch_only_where_received(bench: Bench, technology: int) -> None:
    i, firm = bench.place(bench.country()), bench.actors(k.FIRM)[0]
    bench.tie(firm, i, 0.2, visits=2, invited=1)
    bench.w.actor["technology"][firm] = technology
    bench.par(project_pitch=0.4)
    some = pitches(bench, firm, i)
    bench.par(project_pitch=1.0)
    assert 0 < some < pitches(bench, firm, i) == 120
    assert pitches(bench, firm, i, received=-1) == 0
    assert pitches(bench, firm, -1) == 0
    bench.par(project_pitch=0.0)
    assert pitches(bench, firm, i) == 0


def test_provinces_pitch_where_they_are_trusted(bench: Bench) -> None:
    i = bench.place(bench.country())
    bench.par(project_pitch=0.6)
    assert pitches(bench, 0, i) == 0
    bench.tie(0, i, 0.3)
    some = pitches(bench, 0, i)
    bench.tie(0, i, 1.0)
    assert 0 < some < pitches(bench, 0, i)


def test_pitches_to_the_centre_are_decided_there_and_built_somewhere(bench: Bench) -> None:
    c, firm = bench.country(), bench.actors(k.FIRM)[0]
    w = bench.w
    centre = int(w.country["centre"][c])
    bench.tie(firm, centre, 0.5)
    w.actor["pitch_place"][firm], w.actor["pitch_sector"][firm] = centre, 1
    proposals.register_pitch(bench.h, firm, bench.t)
    project = w.project[0]
    assert project["level"] == k.CENTRAL
    assert project["place"] in range(
        int(w.country["first"][c]), int(w.country["first"][c] + w.country["count"][c])
    )
    assert project["initiator"] == k.CHINA


@pytest.mark.parametrize("cause", ["stance", "strain", "consolidation", "recognises", "authority"])
def test_when_executives_plan_projects_themselves(bench: Bench, cause: str) -> None:
    w, c = bench.w, bench.country()
    bench.meet_centre(c)
    bench.par(project_executive=0.4, authority_effect=1.0)
    w.country["market"][c] = 0.0
    w.country["authority"][c] = 0.5

    def planned() -> int:
        count = 0
        outreach.assess_country(bench.h, c, bench.t)
        for t in range(bench.t, bench.t + 120):
            plans.plan_project(bench.h, c, t)
            count += int(w.country["plan_sector"][c] >= 0)
        return count

    before = planned()
    w.country[cause][c] = {"stance": -0.8, "strain": 1.0, "consolidation": 1.0,
                           "recognises": 0.0, "authority": 1.0}[cause]  # fmt: skip
    if cause == "consolidation":
        assert planned() > before
    else:
        assert planned() < before
    if cause == "recognises":
        assert planned() == 0


def test_an_executives_plan_is_decided_at_the_centre(bench: Bench) -> None:
    c = bench.country()
    bench.meet_centre(c)
    bench.par(project_executive=1e9)
    plans.plan_project(bench.h, c, bench.t)
    plans.register_plan(bench.h, c, bench.t)
    project = bench.w.project[0]
    assert (project["level"], project["channel"]) == (k.CENTRAL, k.BY_EXECUTIVE)
    assert bench.w.place["country"][project["place"]] == c
    assert bench.events(k.PROPOSAL)["initiator"].tolist() == [k.LAC]


@pytest.mark.parametrize(
    ("kind", "failures"), [(k.CANCELLATION, 1), (k.VETO, 1), (k.LAPSE, 0), (k.TENDER_LOST, 0)]
)
def test_only_failures_in_public_cost_reputation(bench: Bench, kind: int, failures: int) -> None:
    c = bench.country()
    j = bench.project(bench.place(c), k.BUILDING)
    proposals.end_project(bench.h, j, bench.t, k.CANCELLED, kind, 0)
    assert bench.w.country["failures"][c] == failures
    assert bench.w.project["ended"][j] == bench.t


def test_what_a_journey_settled_is_signed_at_once(bench: Bench) -> None:
    """It is the locality's initiative even where China began the relationship."""
    w, g = bench.w, bench.place(bench.country())
    province, firm = bench.actors(k.PROVINCE)[3], bench.actors(k.FIRM)[5]
    bench.tie(province, g, 0.2, initiator=k.CHINA)
    bench.tie(firm, g, 0.1, event=88)
    w.place["trust"][g] = 0.0
    bench.par(project_wish=0.0)
    for name, value in {"actor": province, "firm": firm, "sector": 4}.items():
        w.governor[f"trip_{name}"][g] = value
    proposals.make_wish(bench.h, g, bench.t)
    proposals.register_wish(bench.h, g, bench.t)
    project = w.project[0]
    assert (project["stage"], project["firm"], project["sector"]) == (k.SIGNED, firm, 4)
    assert project["signed"] == project["proposed"] == bench.t
    assert (project["initiator"], project["channel"]) == (k.LAC, k.PROVINCE)
    proposal, memorandum = bench.events(k.PROPOSAL)[0], bench.events(k.MEMORANDUM)[0]
    assert proposal["cause0"] == 77
    assert (memorandum["cause0"], memorandum["cause1"]) == (proposal["id"], 88)
    assert (memorandum["actor"], memorandum["initiator"]) == (firm, k.LAC)


def test_without_a_journey_a_wish_is_only_a_proposal(bench: Bench) -> None:
    g = bench.place(bench.country())
    bench.tie(0, g, 0.9)
    bench.w.place["trusted"][g], bench.w.place["trust"][g] = 0, 0.9
    bench.w.governor["trip_firm"][g] = -1
    bench.par(project_wish=1e9)
    proposals.make_wish(bench.h, g, bench.t)
    proposals.register_wish(bench.h, g, bench.t)
    assert bench.stage(0) == k.PROPOSED
    assert not len(bench.events(k.MEMORANDUM))


def test_geopolitics_binds_the_wishes_of_governors_who_are_not_insulated(bench: Bench) -> None:
    c = bench.country()
    g = bench.place(c)
    bench.w.place["trusted"][g], bench.w.place["trust"][g] = 0, 1.0
    bench.par(project_wish=0.5, approval_insulation=0.0)
    free = wishes(bench, g)
    bench.w.country["restraint"][c] = 0.3
    assert 0 < wishes(bench, g) < free
    bench.par(approval_insulation=1.0)
    assert wishes(bench, g) == free


def test_technology_firms_sell_to_localities_after_the_other_steps(bench: Bench) -> None:
    w, c = bench.w, bench.country()
    i, firm, centre = bench.place(c), bench.actors(k.FIRM)[0], int(w.country["centre"][c])
    w.office[firm, c] = w.national[firm, c] = -1
    bench.par(project_pitch=0.4)

    def pitched(place: int, technology: int, expertise: float, **tie: float) -> int:
        w.actor["technology"][firm] = technology
        bench.tie(firm, place, 0.2, **tie)
        bench.par(project_expertise=expertise)
        return pitches(bench, firm, place)

    free = pitched(i, 1, 0.0, visits=1)
    assert 0 < pitched(i, 1, 0.5, visits=1) < free
    # Other firms pitch from the first meeting on, as do those that were invited.
    assert pitched(i, 0, 1.0, visits=1) == pitched(i, 1, 1.0, visits=1, invited=1) == free
    assert pitched(i, 1, 1.0, visits=3, invited=0) == pitched(centre, 1, 1.0, visits=3) == 0
    # With an office the firm turns to the centre, and with its memorandum there to localities.
    w.office[firm, c] = bench.t - 1
    assert pitched(i, 1, 1.0, visits=3) == 0
    assert pitched(centre, 1, 1.0, visits=3) == free
    w.national[firm, c] = bench.t - 1
    assert pitched(i, 1, 1.0, visits=1) == 0
    assert pitched(i, 1, 1.0, visits=2) == free


def test_a_technology_firms_memorandum_with_the_centre_counts(bench: Bench) -> None:
    w, c = bench.w, bench.country()
    firm = bench.actors(k.FIRM)[0]
    for technology, level, known in (
        (1, k.CENTRAL, True),
        (1, k.LOCAL, False),
        (0, k.CENTRAL, False),
    ):
        w.national[firm, c] = -1
        w.actor["technology"][firm] = technology
        j = bench.project(bench.place(c), k.PROPOSED, level=level, firm=-1)
        proposals.sign_memorandum(bench.h, j, bench.t, firm)
        assert (w.national[firm, c] == bench.t) == known


def test_provinces_look_around_before_they_pitch(bench: Bench) -> None:
    i = bench.place(bench.country())
    bench.par(project_pitch=0.6, project_reconnaissance=0.0)
    everywhere = pitches(bench, 0, i)
    bench.tie(0, i, 1.0)
    assert pitches(bench, 0, i) == everywhere > 0
    bench.tie(0, i, 0.0)
    bench.par(project_reconnaissance=0.5)
    some = pitches(bench, 0, i)
    bench.par(project_reconnaissance=1.0)
    assert everywhere > some > pitches(bench, 0, i) == 0


@pytest.mark.parametrize("effect", [0.0, 2.0])
def test_executives_plan_in_sectors_of_the_centre(bench: Bench, effect: float) -> None:
    w, c = bench.w, bench.country()
    bench.meet_centre(c)
    w.endowment[int(w.country["centre"][c])] = 0.5
    w.sector["weight"] = 1.0
    w.sector["central"] = 0.2
    w.sector["central"][0] = 1.0
    bench.par(project_executive=1e9, project_executive_sector=effect)
    planned = []
    for t in range(bench.t, bench.t + 120):
        plans.plan_project(bench.h, c, t)
        planned.append(int(w.country["plan_sector"][c]))
    expected = 1.0 / (1.0 + (len(w.sector) - 1) * 0.2**effect)
    assert planned.count(0) / len(planned) == pytest.approx(expected, abs=0.12)


def test_without_the_effect_of_authority_executives_plan_as_much_anywhere(bench: Bench) -> None:
    w, c = bench.w, bench.country()
    bench.meet_centre(c)
    bench.par(project_executive=0.4, authority_effect=1.0)
    w.country["market"][c] = 0.0

    def planned(authority: float, effect: float) -> int:
        w.country["authority"][c] = authority
        bench.par(project_executive_authority=effect)
        count = 0
        for t in range(bench.t, bench.t + 120):
            plans.plan_project(bench.h, c, t)
            count += int(w.country["plan_sector"][c] >= 0)
        return count

    assert planned(0.0, 0.0) == planned(1.0, 0.0) > 0
    assert planned(0.0, 1.0) > planned(1.0, 1.0)


def test_consolidated_executives_plan_more_only_as_far_as_it_counts(bench: Bench) -> None:
    w, c = bench.w, bench.country()
    bench.meet_centre(c)
    # Consolidation also overrides local authority, which would raise plans by itself.
    bench.par(project_executive=0.5, authority_consolidation=0.0)
    w.country["market"][c] = 0.0

    def planned(consolidation: float, effect: float) -> int:
        w.country["consolidation"][c] = consolidation
        bench.par(approval_consolidation=effect)
        count = 0
        for t in range(bench.t, bench.t + 120):
            plans.plan_project(bench.h, c, t)
            count += int(w.country["plan_sector"][c] >= 0)
        return count

    assert planned(0.0, 0.0) == planned(1.0, 0.0) == planned(0.0, 3.0) > 0
    assert planned(1.0, 3.0) > planned(1.0, 0.0)


def test_an_executive_plans_nothing_before_anyone_from_china_was_met(bench: Bench) -> None:
    c = bench.country()
    bench.par(project_executive=1e9)
    plans.plan_project(bench.h, c, bench.t)
    assert bench.w.country["plan_sector"][c] == -1
    bench.meet_centre(c)
    plans.plan_project(bench.h, c, bench.t)
    assert bench.w.country["plan_sector"][c] >= 0


@pytest.mark.parametrize(
    ("field", "parameter"), [("market", "project_site_market"), ("capital", "project_site_capital")]
)
def test_the_centre_sites_its_projects_by_size_and_in_the_capital(
    bench: Bench, field: str, parameter: str
) -> None:
    c = bench.country()
    first, count = (int(bench.w.country[name][c]) for name in ("first", "count"))
    bench.w.place["market"][first : first + count] = 0.0
    bench.w.place["capital"][first : first + count] = 0
    bench.w.place[field][first] = 1

    def share(effect: float, follows_demand: int = 1) -> float:
        bench.w.sector["size_driven"][0] = follows_demand
        bench.par(project_site_market=0.0, project_site_capital=0.0)
        bench.par(**{parameter: effect})
        sites = [proposals.site_of_plan(bench.h, c, 0, -1, t) for t in range(300)]
        return sites.count(first) / len(sites)

    assert share(0.0) < share(2.0)
    assert share(0.0, follows_demand=0) == share(2.0, follows_demand=0)
