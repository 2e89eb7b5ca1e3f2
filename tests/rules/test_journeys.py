"""Visits both ways, forums, introductions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from sim.core import decisions as d
from sim.core import enums as k
from sim.rules import journeys, outreach, pairs

if TYPE_CHECKING:
    from tests.rules.conftest import Bench


def visit(bench: Bench, a: int, place: int, received: int = 1) -> None:
    bench.w.actor["trip_place"][a] = place
    bench.w.actor["trip_sector"][a] = 0
    bench.w.actor["trip_received"][a] = received
    journeys.make_visit(bench.h, a, bench.t)


def test_a_visit_builds_trust_by_the_hosts_will(bench: Bench) -> None:
    c = bench.country()
    willing, unwilling = bench.place(c, 0), bench.place(c, 1)
    bench.w.governor["will"][unwilling] = 0.0
    bench.par(tie_contact=0.2, tie_introduction=0.0, outreach_courtesy=0.0)
    visit(bench, 0, willing)
    visit(bench, 0, unwilling)
    assert bench.trust(0, willing) == pytest.approx(0.2)
    assert bench.trust(0, unwilling) == pytest.approx(0.08)
    assert bench.events(k.VISIT_TO_LAC)["place"].tolist() == [willing, unwilling]
    assert (bench.w.country["contacts"][c]) == 2


@pytest.mark.parametrize("received", [0, -1])
def test_a_declined_visit_builds_nothing(bench: Bench, received: int) -> None:
    i = bench.place(bench.country())
    visit(bench, 0, i, received)
    assert bench.trust(0, i) == 0.0
    assert len(bench.events(k.DECLINED_VISIT)) == 1
    assert not len(bench.events(k.VISIT_TO_LAC))


def test_who_stays_at_home_visits_nobody(bench: Bench) -> None:
    bench.w.actor["trip_place"][0] = -1
    before = int(bench.w.run["events"][0])
    journeys.make_visit(bench.h, 0, bench.t)
    assert bench.w.run["events"][0] == before


def test_visitors_introduce_firms_and_firms_do_not(bench: Bench) -> None:
    i = bench.place(bench.country())
    bench.par(tie_introduction=10.0)
    visit(bench, bench.actors(k.FIRM)[0], i)
    assert not len(bench.events(k.INTRODUCTION))
    visit(bench, bench.actors(k.PROVINCE)[0], i)
    door = bench.events(k.INTRODUCTION)
    visits = bench.events(k.VISIT_TO_LAC)
    assert len(door) == 1
    assert bench.w.actor["kind"][door["actor"][0]] == k.FIRM
    assert door["cause0"][0] == visits["id"][1]
    assert bench.trust(int(door["actor"][0]), i) > 0.0


def test_who_is_remembered_opens_doors_more_often(bench: Bench) -> None:
    c = bench.country()
    bench.par(tie_introduction=0.3, memory_need=0.9)

    def doors(memory: float) -> int:
        i = bench.place(c)
        bench.tie(0, i, 0.0, memory=memory)
        count = 0
        for t in range(bench.t, bench.t + 120):
            before = int(bench.w.run["events"][0])
            bench.w.actor["trip_sector"][0] = 0
            journeys.bring_firm(bench.h, 0, i, t, 5)
            count += int(bench.w.run["events"][0]) - before
        return count

    assert doors(0.0) < doors(1.0)


def test_the_reason_of_a_visit(bench: Bench) -> None:
    i = bench.place(bench.country())
    bench.w.run["signal_event"] = 11
    assert journeys.reason_to_visit(bench.h, 0, i) == 11
    bench.w.place["demonstration"][i] = 0.5
    bench.w.place["demonstration_event"][i] = 22
    assert journeys.reason_to_visit(bench.h, 0, i) == 22
    bench.tie(0, i, 0.1)
    assert journeys.reason_to_visit(bench.h, 0, i) == 77


def trips(bench: Bench, g: int, months: int = 120) -> int:
    count = 0
    for t in range(bench.t, bench.t + months):
        bench.w.run["forums"] = 0
        journeys.plan_journey(bench.h, g, t)
        count += int(bench.w.governor["trip_actor"][g] >= 0)
    return count


@pytest.mark.parametrize("cause", ["will", "experience", "demonstration", "initiative"])
def test_what_sends_governors_to_china(bench: Bench, cause: str) -> None:
    c = bench.country()
    g = bench.place(c)
    w = bench.w
    w.governor["will"][g] = 0.0
    w.country["initiative"][c] = -3.0
    bench.par(initiative_will=5.0, initiative_imitation=3.0, initiative_experience=3.0)
    before = trips(bench, g)
    table: Any = {"demonstration": w.place, "initiative": w.country}.get(cause, w.governor)
    table[cause][c if cause == "initiative" else g] = 1.0
    assert trips(bench, g) > before


@pytest.mark.parametrize("readiness", [-5.0, -3.0, -1.0])
def test_journeys_come_at_the_chance_of_their_readiness(bench: Bench, readiness: float) -> None:
    """The shortcut by year passes over nobody: it fails if a month is wrongly left out."""
    c = bench.country()
    g = bench.place(c)
    bench.w.country["initiative"][c] = readiness
    bench.par(**dict.fromkeys(("initiative_will", "initiative_experience", "initiative_means"), 0))
    months = 12_000
    chance = 1.0 / (1.0 + np.exp(-readiness))
    expected, spread = months * chance, np.sqrt(months * chance * (1.0 - chance))
    assert abs(trips(bench, g, months) - expected) < 4.0 * spread


def test_larger_economies_have_the_means_for_journeys(bench: Bench) -> None:
    c = bench.country()
    g = bench.place(c)
    bench.w.governor["will"][g] = 0.0
    bench.w.country["initiative"][c] = -1.0

    def trips_of(market: float, means: float) -> int:
        bench.w.place["market"][g] = market
        bench.par(initiative_means=means)
        return trips(bench, g)

    small, middling, large = (trips_of(market, 1.0) for market in (-2.0, 0.0, 2.0))
    assert small < middling < large
    assert trips_of(-2.0, 0.0) == trips_of(2.0, 0.0) == middling


def test_heads_of_the_capital_are_readier_to_go(bench: Bench) -> None:
    c = bench.country()
    g = bench.place(c)
    bench.w.governor["will"][g] = 0.0
    bench.w.country["initiative"][c] = -1.0

    def trips_of(capital: int, draw: float) -> int:
        bench.w.place["capital"][g] = capital
        bench.par(outreach_capital=draw)
        return trips(bench, g)

    assert trips_of(0, 2.0) < trips_of(1, 2.0)
    assert trips_of(0, 0.0) == trips_of(1, 0.0)


def hold_forum(bench: Bench, **fields: float) -> None:
    w = bench.w
    w.run["forum"] = 0
    w.run["forums"] = 1
    w.forum["reach"][0] = 1.0
    w.forum["needs_recognition"][0] = 0
    for name, value in fields.items():
        w.forum[name][0] = value


def test_forums_that_need_recognition_are_closed_to_others(bench: Bench) -> None:
    c = bench.country()
    g = bench.place(c)
    bench.par(signals_forum=100.0)
    hold_forum(bench, needs_recognition=1)
    assert journeys.attends_forum(bench.h, g, 0, bench.t)
    bench.w.country["recognises"][c] = 0
    assert not journeys.attends_forum(bench.h, g, 0, bench.t)
    hold_forum(bench, needs_recognition=0)
    assert journeys.attends_forum(bench.h, g, 0, bench.t)


def test_who_is_not_invited_or_not_willing_does_not_attend(bench: Bench) -> None:
    g = bench.place(bench.country())
    bench.par(signals_forum=100.0)
    hold_forum(bench, reach=0.0)
    assert not journeys.attends_forum(bench.h, g, 0, bench.t)
    hold_forum(bench)
    bench.w.governor["will"][g] = 0.0
    assert not journeys.attends_forum(bench.h, g, 0, bench.t)


def test_a_forum_joins_governor_association_and_a_province(bench: Bench) -> None:
    g = bench.place(bench.country())
    host = bench.actors(k.PROVINCE)[4]
    bench.par(signals_forum=100.0)
    hold_forum(bench, host=host)
    bench.w.forum["event"][0] = 55
    journeys.plan_journey(bench.h, g, bench.t)
    assert bench.w.governor["trip_forum"][g] == 0
    assert bench.w.governor["trip_actor"][g] == bench.organisation(k.FRIENDSHIP)
    met = int(bench.w.governor["trip_host"][g])
    assert bench.w.actor["kind"][met] == k.PROVINCE
    journeys.make_journey(bench.h, g, bench.t)
    event = bench.events(k.VISIT_TO_CHINA)[0]
    assert event["initiator"] == k.CHINA
    assert event["cause0"] == 55
    assert bench.trust(met, g) > 0.0
    assert bench.trust(bench.organisation(k.FRIENDSHIP), g) > 0.0


def test_of_several_forums_the_first_that_is_accepted_is_attended(bench: Bench) -> None:
    g, w = bench.place(bench.country()), bench.w
    bench.par(signals_forum=100.0)
    hold_forum(bench)
    w.run["forums"] = 3
    w.forum["reach"][:3] = [0.0, 1.0, 1.0]
    w.forum["needs_recognition"][:3] = 0
    w.forum["event"][:3] = [55, 56, 57]
    journeys.plan_journey(bench.h, g, bench.t)
    assert w.governor["trip_forum"][g] == 1
    journeys.make_journey(bench.h, g, bench.t)
    assert bench.events(k.VISIT_TO_CHINA)["cause0"].tolist() == [56]


def test_the_host_of_a_forum_is_met_most(bench: Bench) -> None:
    g, host = bench.place(bench.country()), bench.actors(k.PROVINCE)[-1]
    asked = range(bench.t, bench.t + 400)
    met = [pairs.fitting_province(bench.h, g, d.FORUM_PARTNER, host, t) for t in asked]
    without = [pairs.fitting_province(bench.h, g, d.FORUM_PARTNER, -1, t) for t in asked]
    assert met.count(host) > without.count(host)


def test_a_journey_builds_more_than_a_visit_and_meets_a_firm(bench: Bench) -> None:
    c = bench.country()
    g = bench.place(c)
    bench.par(tie_contact=0.2, tie_journey=1.5)
    bench.strengthen(bench.actors(k.FIRM), slice(None), 0.5)
    bench.w.governor["trip_actor"][g] = 3
    bench.w.governor["trip_forum"][g] = -1
    bench.w.governor["trip_host"][g] = -1
    experience = float(bench.w.governor["experience"][g])
    journeys.make_journey(bench.h, g, bench.t)
    assert bench.trust(3, g) == pytest.approx(0.3)
    assert bench.events(k.VISIT_TO_CHINA)["initiator"].tolist() == [k.LAC]
    door = bench.events(k.INTRODUCTION)
    assert bench.w.actor["kind"][door["actor"]].tolist() == [k.FIRM]
    assert bench.w.governor["experience"][g] > experience


def test_a_new_governor_is_a_cause_of_a_journey_for_a_while(bench: Bench) -> None:
    g = bench.place(bench.country())
    bench.w.governor["office_event"][g] = 66
    for since, cause in ((bench.t, 66), (bench.t - journeys.NEW_BROOM, 0)):
        bench.w.governor["since"][g] = since
        bench.w.governor["trip_actor"][g] = 3
        bench.w.governor["trip_host"][g] = -1
        journeys.make_journey(bench.h, g, bench.t)
        assert bench.events(k.VISIT_TO_CHINA)["cause1"][-1] == cause


def test_governors_approach_provinces_or_those_who_may_work_there(bench: Bench) -> None:
    w, c = bench.w, bench.country()
    g = bench.place(c)
    for recognises in (1, 0):
        w.country["recognises"][c] = recognises
        partners = {int(journeys.partner_in_china(bench.h, g, t)) for t in range(400)}
        kinds = {int(w.actor["kind"][a]) for a in partners}
        assert kinds <= {k.PROVINCE, k.ORGANISATION, k.EMBASSY}
        embassies = {a for a in partners if w.actor["kind"][a] == k.EMBASSY}
        assert embassies == ({int(w.country["embassy"][c])} if recognises else set())


@pytest.mark.parametrize("cause", ["stance", "strain", "recognises"])
def test_what_sends_executives_to_china(bench: Bench, cause: str) -> None:
    w, c = bench.w, bench.country()
    bench.par(initiative_executive_rate=0.5)

    def visits() -> int:
        count = 0
        outreach.assess_country(bench.h, c, bench.t)
        for t in range(bench.t, bench.t + 120):
            journeys.plan_state_visit(bench.h, c, t)
            count += int(w.country["trip_actor"][c] >= 0)
        return count

    w.country["stance"][c] = 1.0
    w.country["strain"][c] = 0.0
    keen = visits()
    w.country[cause][c] = {"stance": -0.5, "strain": 1.0, "recognises": 0.0}[cause]
    assert visits() < keen
    if cause == "recognises":
        assert visits() == 0


def test_executives_turn_to_the_largest_as_far_as_size_counts(bench: Bench) -> None:
    w, c = bench.w, bench.country()
    w.country["stance"][c] = 1.0
    w.actor["active_since"] = -100
    sizes = []
    for effect in (0.0, 1.0, 3.0):
        bench.par(initiative_executive_rate=1.0, initiative_executive_scale=effect)
        met = []
        for replicate in range(300):
            w.run["key1"] = replicate
            journeys.plan_state_visit(bench.h, c, bench.t)
            met.append(int(w.country["trip_actor"][c]))
        assert {int(w.actor["kind"][a]) for a in met} <= {k.PROVINCE, k.FIRM, k.BANK}
        sizes.append(float(w.actor["scale"][met].mean()))
    everyone = np.isin(w.actor["kind"], (k.PROVINCE, k.FIRM, k.BANK))
    assert sizes[0] == pytest.approx(w.actor["scale"][everyone].mean(), rel=0.2)
    assert sizes == sorted(set(sizes))


def test_a_state_visit_builds_trust_at_the_centre(bench: Bench) -> None:
    c = bench.country()
    centre = int(bench.w.country["centre"][c])
    bench.w.country["trip_actor"][c] = 2
    journeys.make_state_visit(bench.h, c, bench.t)
    assert bench.trust(2, centre) > 0.0
    assert bench.events(k.STATE_VISIT)["place"].tolist() == [centre]


def test_associations_bring_a_province_and_a_locality_together(bench: Bench) -> None:
    w = bench.w
    a = bench.actors(k.ASSOCIATION)[0]
    c = int(w.actor["country"][a])
    w.run["outreach"] = 1e9
    journeys.plan_introduction(bench.h, a, bench.t)
    place, province = int(w.actor["trip_place"][a]), int(w.actor["trip_partner"][a])
    assert w.place["country"][place] == c
    assert w.actor["kind"][province] == k.PROVINCE
    journeys.make_introduction(bench.h, a, bench.t)
    assert bench.events(k.INTRODUCTION)["actor"].tolist() == [a, province]
    assert bench.trust(province, place) > 0.0
    assert bench.trust(a, place) > bench.trust(province, place)
    bench.par(outreach_association_rate=0.0)
    journeys.plan_introduction(bench.h, a, bench.t)
    assert w.actor["trip_partner"][a] == -1


def test_visits_received_are_practice(bench: Bench) -> None:
    i = bench.place(bench.country())
    bench.w.actor["practice"][0] = 0.0
    bench.par(learning_practice=0.1)
    visit(bench, 0, i, received=-1)
    assert bench.w.actor["practice"][0] == 0.0
    for expected in (0.1, 0.19):
        visit(bench, 0, i)
        assert bench.w.actor["practice"][0] == pytest.approx(expected)
    bench.par(learning_practice=0.0)
    visit(bench, 0, i)
    assert bench.w.actor["practice"][0] == pytest.approx(0.19)


def test_governors_who_are_not_insulated_stay_at_home_under_strain(bench: Bench) -> None:
    c = bench.country()
    g = bench.place(c)
    bench.w.country["initiative"][c] = 3.0
    bench.par(approval_insulation=0.0)
    free = trips(bench, g)
    bench.w.country["restraint"][c] = 0.3
    some = trips(bench, g)
    bench.w.country["restraint"][c] = 0.0
    assert trips(bench, g) == 0
    assert 0 < some < free
    bench.par(approval_insulation=1.0)
    assert trips(bench, g) == free


def journey(bench: Bench, g: int, forum: int = -1) -> int:
    """Return the firm with which a journey to a province ends in a project, -1 if with none."""
    w = bench.w
    bench.strengthen(bench.actors(k.FIRM), slice(None), 0.5)
    w.actor["active_since"] = -100
    for name, value in {"actor": 3, "host": -1, "forum": forum, "firm": -1}.items():
        w.governor[f"trip_{name}"][g] = value
    journeys.make_journey(bench.h, g, bench.t)
    return int(w.governor["trip_firm"][g])


def test_a_willing_governors_own_journey_may_end_in_a_project_with_the_firm_met(
    bench: Bench,
) -> None:
    g = bench.place(bench.country())
    bench.par(project_journey=0.0)
    assert journey(bench, g) == -1
    bench.par(project_journey=1.0)
    firm = journey(bench, g)
    assert bench.w.actor["kind"][firm] == k.FIRM
    assert bench.events(k.INTRODUCTION)["actor"].tolist() == [firm]
    assert bench.w.tie["initiator"][bench.w.tie_of[firm, g]] == k.LAC
    bench.w.governor["will"][g] = 0.0
    assert journey(bench, g) == -1


def test_a_forum_ends_in_no_project(bench: Bench) -> None:
    g = bench.place(bench.country())
    bench.par(project_journey=1.0, signals_showcase=1.0)
    assert journey(bench, g, forum=0) == -1


def test_a_month_at_home_settles_nothing(bench: Bench) -> None:
    g = bench.place(bench.country())
    bench.w.run["forums"] = 0
    bench.w.governor["trip_firm"][g] = bench.actors(k.FIRM)[0]
    bench.w.governor["trip_actor"][g] = bench.actors(k.PROVINCE)[0]
    bench.w.country["initiative"][bench.w.place["country"][g]] = -99.0
    journeys.plan_journey(bench.h, g, bench.t)
    assert bench.w.governor["trip_firm"][g] == -1


@pytest.mark.parametrize("forum", [-1, 0])
def test_the_side_that_calls_to_china_begins_the_relationship(bench: Bench, forum: int) -> None:
    g = bench.place(bench.country())
    journey(bench, g, forum)
    assert bench.w.tie["initiator"][bench.w.tie_of[3, g]] == (k.LAC if forum < 0 else k.CHINA)


@pytest.mark.parametrize("showcase", [0.0, 1.0])
def test_technology_firms_show_their_work_at_forums(bench: Bench, showcase: float) -> None:
    g = bench.place(bench.country())
    bench.par(signals_showcase=showcase)
    journey(bench, g, forum=0)
    doors = bench.events(k.INTRODUCTION)
    assert len(doors) == int(showcase)
    assert (bench.w.actor["technology"][doors["actor"]] == 1).all()
    assert (bench.w.actor["kind"][doors["actor"]] == k.FIRM).all()
    assert set(doors["cause0"].tolist()) <= set(bench.events(k.VISIT_TO_CHINA)["id"].tolist())


def test_journeys_of_ones_own_see_no_showcase(bench: Bench) -> None:
    g = bench.place(bench.country())
    bench.par(signals_showcase=1.0)
    journey(bench, g)
    # The one firm met is that of the host, whatever it makes.
    assert len(bench.events(k.INTRODUCTION)) == 1


def test_the_friendship_body_takes_a_province_along(bench: Bench) -> None:
    w, c = bench.w, bench.country()
    i, body = bench.place(c), bench.organisation(k.FRIENDSHIP)
    w.country["recognises"][c] = 0
    province = bench.actors(k.PROVINCE)[0]
    assert not outreach.may_work_in(bench.h, province, c)
    assert outreach.may_work_in(bench.h, body, c)
    w.actor["trip_place"][body], w.actor["trip_received"][body] = i, 1
    bench.par(outreach_led=0.0, tie_introduction=0.0)
    journeys.make_visit(bench.h, body, bench.t)
    assert not len(bench.events(k.INTRODUCTION))
    bench.par(outreach_led=1.0)
    bench.t += 1
    journeys.make_visit(bench.h, body, bench.t)
    led = bench.events(k.INTRODUCTION)
    assert (w.actor["kind"][led["actor"]] == k.PROVINCE).all()
    assert led["cause0"].tolist() == bench.events(k.VISIT_TO_LAC)["id"].tolist()
    row = w.tie_of[int(led["actor"][0]), i]
    assert w.tie["hands"][row] == 1 << k.PROVINCE | 1 << k.ORGANISATION


def test_technology_firms_open_an_office_after_reconnaissance(bench: Bench) -> None:
    w, c = bench.w, bench.country()
    i, firm = bench.place(c), bench.actors(k.FIRM)[0]
    w.office[firm, c] = -1
    w.actor["trip_place"][firm], w.actor["trip_received"][firm] = i, 1
    bench.par(outreach_technology_office=1.0)
    w.actor["technology"][firm] = 0
    journeys.make_visit(bench.h, firm, bench.t)
    assert w.office[firm, c] == -1
    w.actor["technology"][firm] = 1
    bench.t += 1
    journeys.make_visit(bench.h, firm, bench.t)
    assert w.office[firm, c] == bench.t
    assert bench.events(k.OFFICE_OPENED)["cause0"].tolist() == (
        bench.events(k.VISIT_TO_LAC)["id"].tolist()
    )
    bench.t += 1
    journeys.make_visit(bench.h, firm, bench.t)
    assert not len(bench.events(k.OFFICE_OPENED))
