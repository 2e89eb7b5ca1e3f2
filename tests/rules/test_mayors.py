"""Mayors beside governors: what is theirs to decide, whom they meet, what their city shares."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from sim.core import enums as k
from sim.rules import (
    approvals,
    basics,
    journeys,
    learning,
    outreach,
    politics,
    powers,
    proposals,
    terms,
)

if TYPE_CHECKING:
    from tests.rules.conftest import Bench


def city(bench: Bench) -> int:
    """Return a city in which a willing, aligned mayor sits beside a willing, aligned governor."""
    c, w = bench.country(), bench.w
    m = int(w.country["first_city"][c])
    assert w.country["city_count"][c] > 0
    for place in (m, int(w.place["unit"][m])):
        w.governor["will"][place] = 1.0
        w.governor["bloc"][place] = w.country["bloc"][c]
    return m


def sector(bench: Bench, municipal: int) -> int:
    return int(np.flatnonzero(bench.w.sector["municipal"] == municipal)[0])


def test_cities_stand_between_localities_and_centres_by_unit(bench: Bench) -> None:
    w = bench.w
    cities = np.arange(bench.localities, len(w.governor))
    assert (w.place["tier"][: bench.localities] == k.REGION).all()
    assert (w.place["tier"][cities] == k.CITY).all()
    assert (w.place["tier"][len(w.governor) :] == k.CENTRE).all()
    unit = w.place["unit"][cities]
    assert (np.diff(unit) >= 0).all()
    assert (w.place["country"][cities] == w.place["country"][unit]).all()
    assert (w.place["market"][cities] <= w.place["market"][unit]).all()
    first = w.place["first_city"][unit]
    assert ((first <= cities) & (cities < first + w.place["city_count"][unit])).all()
    assert w.country["city_count"].sum() == len(cities)
    for c in range(len(w.country)):
        offices = [
            basics.nth_office(bench.h, c, n) for n in range(basics.local_offices(bench.h, c))
        ]
        assert offices == np.flatnonzero(w.place["country"][: len(w.governor)] == c).tolist()


def test_a_mayor_decides_on_what_municipal_authority_covers(bench: Bench) -> None:
    m = city(bench)
    bench.w.country["municipal"][bench.w.place["country"][m]] = 0.6
    ours, others = sector(bench, 1), sector(bench, 0)
    found = []
    for weight in (0.0, 0.5, 1.0, 1.5):
        bench.par(authority_municipal=weight)
        found.append(powers.local_power(bench.h, m, ours, 20.0))
        assert powers.local_power(bench.h, m, others, 20.0) == 0.0
    assert found[0] == 0.0
    assert found == sorted(set(found))
    assert powers.local_power(bench.h, m, ours, 2000.0) < found[-1]


@pytest.mark.parametrize("weight", [0.0, 2.0])
def test_what_is_beyond_a_mayor_goes_to_the_governor_or_the_centre(
    bench: Bench, weight: float
) -> None:
    m = city(bench)
    bench.par(authority_municipal=weight, authority_slope=20.0, authority_effect=1.0)
    bench.w.country["municipal"][bench.w.place["country"][m]] = 1.0
    rows = [bench.project(m, k.PROPOSED, sector(bench, 1), value=20.0) for _ in range(60)]
    levels = {int(proposals.level_of_decision(bench.h, j)) for j in rows}
    assert (k.MUNICIPAL in levels) == (weight > 0.0)
    unit = int(bench.w.place["unit"][m])
    rows = [bench.project(unit, k.PROPOSED, sector(bench, 1), value=20.0) for _ in range(60)]
    assert k.MUNICIPAL not in {int(proposals.level_of_decision(bench.h, j)) for j in rows}


@pytest.mark.parametrize(("level", "decides"), [(k.MUNICIPAL, 0), (k.LOCAL, 1)])
def test_the_office_in_power_approves_and_its_will_counts(
    bench: Bench, level: int, decides: int
) -> None:
    m = city(bench)
    offices = (m, int(bench.w.place["unit"][m]))
    bench.par(approval_local=1.0, approval_refusal=0.0, authority_municipal=1.0)
    for unwilling in offices:
        bench.forget_projects()
        bench.w.governor["will"][list(offices)] = 1.0
        bench.w.governor["will"][unwilling] = 0.0
        j = bench.project(m, k.SIGNED, sector(bench, 1), level=level)
        approvals.approve_locally(bench.h, m, m + 1, bench.t)
        approved = bench.stage(j) == k.APPROVED
        assert approved == (unwilling != offices[decides])
    events = bench.events(k.APPROVAL_LOCAL)
    assert events["office"].tolist() == [offices[decides]]
    assert events["place"].tolist() == [offices[1]]


def test_talks_lapse_with_the_office_that_was_to_decide(bench: Bench) -> None:
    m = city(bench)
    unit = int(bench.w.place["unit"][m])
    bench.par(turnover_lapse=1.0)
    municipal, regional = (
        bench.project(m, k.PROPOSED, level=level) for level in (k.MUNICIPAL, k.LOCAL)
    )
    politics.install_governor(bench.h, unit, bench.t, 123, 1, 0.5, 0, 0)
    assert (bench.stage(municipal), bench.stage(regional)) == (k.PROPOSED, k.LAPSED)
    politics.install_governor(bench.h, m, bench.t, 124, 1, 0.5, 0, 0)
    assert bench.stage(municipal) == k.LAPSED


def test_a_new_mayor_costs_the_mayors_ties_alone(bench: Bench) -> None:
    m = city(bench)
    unit = int(bench.w.place["unit"][m])
    bench.par(turnover_fade=1.0)
    for place in (m, unit):
        bench.tie(0, place, 0.8)
    politics.install_governor(bench.h, m, bench.t, 123, 1, 0.5, 0, 0)
    assert bench.trust(0, m) == 0.0
    assert bench.trust(0, unit) == pytest.approx(0.8)


@pytest.mark.parametrize("chance", [0.0, 1.0])
def test_a_visitor_may_call_on_the_other_office_which_counts_for_less(
    bench: Bench, chance: float
) -> None:
    m = city(bench)
    w, unit = bench.w, int(bench.w.place["unit"][m])
    bench.par(outreach_courtesy=chance, outreach_courtesy_contact=0.5, tie_contact=0.4)
    w.place["city_count"][unit], w.place["first_city"][unit] = 1, m
    for a, (host, other) in enumerate(((m, unit), (unit, m))):
        journeys.pay_visit(bench.h, a, host, bench.t, 0, 0)
        assert bench.trust(a, host) == pytest.approx(0.4)
        assert bench.trust(a, other) == pytest.approx(0.2 * chance)
    visits = bench.events(k.VISIT_TO_LAC)
    assert visits["office"].tolist() == [m, unit]
    assert visits["place"].tolist() == [unit, unit]


def test_the_offices_of_a_unit_share_its_draw(bench: Bench) -> None:
    """Near 0 a second office adds nothing to the first, at 1 all of its own."""
    m = city(bench)
    w, c = bench.w, int(bench.w.place["country"][m])
    unit = int(w.place["unit"][m])
    w.place["city_count"][unit] = 1
    w.place["market"][m] = w.place["market"][unit]
    w.country["municipal"][c] = w.country["authority"][c]
    w.place["added_authority"][unit] = 0.0
    bench.par(authority_municipal=1.0)
    draws = []
    for nest in (0.05, 0.5, 1.0):
        bench.par(outreach_tiers=nest)
        outreach.assess_country(bench.h, c, bench.t)
        assert w.place["attraction"][m] == pytest.approx(w.place["attraction"][unit])
        draws.append(w.place["attraction"][m] + w.place["attraction"][unit])
    alone = draws[-1] / 2.0
    assert np.array(draws) / alone == pytest.approx([2.0**0.05, 2.0**0.5, 2.0])


def test_authority_of_cities_draws_to_mayors(bench: Bench) -> None:
    m = city(bench)
    w, c = bench.w, int(bench.w.place["country"][m])
    shares = []
    for authority in (0.0, 0.5, 1.0):
        w.country["municipal"][c] = authority
        outreach.assess_country(bench.h, c, bench.t)
        shares.append(w.place["attraction"][m] / w.place["attraction"][w.place["unit"][m]])
    assert shares == sorted(set(shares))


def test_a_city_sees_the_deals_that_its_unit_sees(bench: Bench) -> None:
    m = city(bench)
    w, unit = bench.w, int(bench.w.place["unit"][m])
    w.place["deals_now"][unit], w.place["deal_near"][unit] = 2, bench.t
    w.place["deal_event"][unit] = 44
    for place in (m, unit):
        learning.update_neighbour_demonstration(bench.h, place, bench.t)
    seen = w.place["demonstration"]
    assert seen[m] == seen[unit] > 0.0
    assert w.place["demonstration_event"][m] == 44


def test_mayors_take_office_by_the_rule_of_their_own(bench: Bench) -> None:
    w = bench.w
    mayors = np.arange(bench.localities, len(w.governor))
    units = w.place["unit"][mayors]
    beside_appointees = w.governor["selection"][units] == k.APPOINTED
    elected = w.governor["selection"][mayors] == k.ELECTED
    assert (beside_appointees & elected).any()
    assert (w.governor["key"][mayors] != w.governor["key"][units]).all()
    assert all(terms.is_elected(bench.h, m, bench.t) for m in mayors[elected])
