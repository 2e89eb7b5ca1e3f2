"""Trust in two stocks, memory, twinning, universities, institutes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sim.core import enums as k
from sim.rules import ties, twinning
from sim.rules.basics import NEVER

if TYPE_CHECKING:
    from tests.rules.conftest import Bench


def test_contact_raises_trust_by_a_share_of_what_is_missing(bench: Bench) -> None:
    i = bench.place(bench.country())
    for expected in (0.25, 1.0 - 0.75**2, 1.0 - 0.75**3):
        ties.meet(bench.h, 0, i, bench.t, 0.25, k.LAC, 9)
        assert bench.trust(0, i) == pytest.approx(expected, abs=1e-8)
    ties.meet(bench.h, 0, i, bench.t, 7.0, k.CHINA, 10)
    assert bench.trust(0, i) == 1.0
    tie = bench.w.tie[bench.w.tie_of[0, i]]
    assert (tie["visits"], tie["first_event"], tie["event"]) == (4, 9, 10)
    # Whoever meets later, the relationship stays that of the side that began it.
    assert tie["initiator"] == k.LAC


def test_a_tie_is_opened_once(bench: Bench) -> None:
    i = bench.place(bench.country())
    row = ties.open_tie(bench.h, 0, i, bench.t, k.CHINA)
    assert ties.open_tie(bench.h, 0, i, bench.t + 5, k.LAC) == row
    assert bench.w.run["ties"][0] == 1
    assert bench.w.tie["since"][row] == bench.t
    assert bench.w.tie["initiator"][row] == k.CHINA


def consolidated(bench: Bench, *, twinned: bool, university: bool, office: bool) -> float:
    """Return the institutional trust a month makes of personal trust."""
    c = bench.country()
    i = bench.place(c)
    row = bench.tie(0, i, 0.5)
    bench.w.tie["twinned"][row] = bench.t - 1 if twinned else -1
    bench.w.tie["university"][row] = bench.t - 1 if university else NEVER
    bench.w.office[0, c] = 0 if office else -1
    bench.w.actor["first_office"][0] = 0 if office else NEVER
    ties.update_ties(bench.h, 0, bench.t)
    return float(bench.w.tie["institutional"][row])


def test_trust_consolidates_faster_with_twinning_universities_and_an_office(bench: Bench) -> None:
    bench.par(tie_consolidation=0.02, tie_twinning=1.0, tie_university=0.5, tie_office=0.25)
    alone = consolidated(bench, twinned=False, university=False, office=False)
    assert alone == pytest.approx(0.01)
    given = {"twinned": False, "university": False, "office": False}
    assert consolidated(bench, **{**given, "twinned": True}) == pytest.approx(2.0 * alone)
    assert consolidated(bench, **{**given, "office": True}) == pytest.approx(1.25 * alone)
    both = consolidated(bench, twinned=True, university=True, office=False)
    assert both == pytest.approx(2.5 * alone)
    everything = consolidated(bench, twinned=True, university=True, office=True)
    assert everything == pytest.approx(2.75 * alone)
    # A university link needs a twinning.
    assert consolidated(bench, **{**given, "university": True}) == pytest.approx(alone)


def test_both_stocks_decay_the_personal_one_faster(bench: Bench) -> None:
    bench.par(tie_consolidation=0.0, tie_personal_decay=0.03, tie_institutional_decay=0.006)
    i = bench.place(bench.country())
    row = bench.tie(0, i, 0.5, 0.5)
    ties.update_ties(bench.h, 0, bench.t)
    assert bench.w.tie["personal"][row] == pytest.approx(0.5 * 0.97)
    assert bench.w.tie["institutional"][row] == pytest.approx(0.5 * 0.994)


def test_offices_know_whom_they_trust_most(bench: Bench) -> None:
    i = bench.place(bench.country())
    province, other = bench.actors(k.PROVINCE)[:2]
    firm = bench.actors(k.FIRM)[0]
    bench.par(tie_personal_decay=0.0, tie_consolidation=0.0, tie_alive=0.1)
    bench.tie(province, i, 0.3)
    bench.tie(other, i, 0.05)
    bench.tie(firm, i, 0.6)
    for actors in ((province, other, firm), (firm, other, province)):
        ties.reset_trust_summary(bench.h, i, bench.t)
        for a in actors:
            ties.update_ties(bench.h, a, bench.t)
        place = bench.w.place[i]
        assert place["trusted"] == firm
        assert place["trust"] == pytest.approx(0.6)
        assert (place["provinces"], place["firms"]) == (1, 1)
    ties.reset_trust_summary(bench.h, i, bench.t)
    assert bench.w.place["trusted"][i] == -1


def test_equal_trust_is_settled_by_identity(bench: Bench) -> None:
    i = bench.place(bench.country())
    for a in (4, 2, 7):
        bench.tie(a, i, 0.5)
    for order in ((4, 2, 7), (7, 4, 2)):
        ties.reset_trust_summary(bench.h, i, bench.t)
        for a in order:
            bench.w.tie["personal"][bench.w.tie_of[a, i]] = 0.5
            ties.update_ties(bench.h, a, bench.t)
        assert bench.w.place["trusted"][i] == 2


def test_contacts_raise_memory_and_time_lowers_it(bench: Bench) -> None:
    bench.par(memory_contact=0.4, memory_decay=0.1)
    i = bench.place(bench.country())
    for expected in (0.4, 0.64):
        ties.meet(bench.h, 0, i, bench.t, 0.0, k.LAC, 9)
        assert bench.w.tie["memory"][bench.w.tie_of[0, i]] == pytest.approx(expected)
    ties.update_ties(bench.h, 0, bench.t)
    assert bench.w.tie["memory"][bench.w.tie_of[0, i]] == pytest.approx(0.64 * 0.9)


def test_of_two_friendship_bodies_the_one_trusted_more_brokers(bench: Bench) -> None:
    i = bench.place(bench.country())
    bodies = bench.actors(k.ORGANISATION)[:2]
    bench.w.actor["mission"][list(bodies)] = k.FRIENDSHIP
    bench.par(tie_personal_decay=0.0, tie_consolidation=0.0, tie_alive=0.1)
    for order in (bodies, bodies[::-1]):
        ties.reset_trust_summary(bench.h, i, bench.t)
        for a, trust in zip(bodies, (0.7, 0.3), strict=True):
            bench.tie(a, i, trust)
        for a in order:
            ties.update_ties(bench.h, a, bench.t)
        assert bench.w.place["friendship"][i] == pytest.approx(0.7)


def readiness(bench: Bench, row: int) -> float:
    return float(ties.twinning_readiness(bench.h, row, bench.t))


def test_what_makes_ready_to_twin(bench: Bench) -> None:
    c = bench.country()
    i = bench.place(c)
    bench.par(twinning_behest=0.5, twinning_security=0.6, tie_alive=0.1,
              twinning_market=0.0, twinning_standing=1.0)  # fmt: skip
    row = bench.tie(0, i, 0.5)
    plain = readiness(bench, row)
    assert plain == pytest.approx(0.5)
    bench.w.tie["behest"][row] = bench.t
    assert readiness(bench, row) == pytest.approx(plain * 1.5)
    bench.w.country["security"][c] = 1.0
    assert readiness(bench, row) == pytest.approx(plain * 1.5 * 0.4)
    bench.w.governor["will"][i] = 0.0
    assert readiness(bench, row) == 0.0


def test_the_twinned_the_distrustful_and_national_governments_do_not_twin(bench: Bench) -> None:
    c = bench.country()
    bench.par(tie_alive=0.1)
    assert readiness(bench, bench.tie(0, bench.place(c, 0), 0.05)) == 0.0
    assert readiness(bench, bench.tie(0, int(bench.w.country["centre"][c]), 0.9)) == 0.0
    row = bench.tie(0, bench.place(c, 1), 0.9)
    assert readiness(bench, row) > 0.0
    bench.w.tie["twinned"][row] = bench.t
    assert readiness(bench, row) == 0.0


def clear_all(bench: Bench) -> list[int]:
    """Let the friendship body clear all it can this month; return the places."""
    bench.par(twinning_rate=1e9, twinning_capacity=12.0, tie_alive=0.1)
    twinning.clear_twinning(bench.h, bench.organisation(k.FRIENDSHIP), bench.t)
    twinned: list[int] = bench.events(k.TWINNING)["place"].tolist()
    return twinned


def test_twinning_follows_trust_and_happens_once(bench: Bench) -> None:
    i = bench.place(bench.country())
    bench.par(twinning_unprompted=0.0)
    assert not clear_all(bench)
    row = bench.tie(0, i, 0.6)
    ties.update_ties(bench.h, 0, bench.t)
    bench.t += 1
    assert clear_all(bench) == [i]
    assert bench.events(k.TWINNING)["cause0"].tolist() == [77]
    assert bench.w.tie["twinned"][row] == bench.t
    assert bench.w.actor["success"][0] == 1.0
    ties.update_ties(bench.h, 0, bench.t)
    bench.t += 1
    assert not clear_all(bench)


def test_the_friendship_body_alone_clears_twinnings_as_far_as_its_capacity_goes(
    bench: Bench,
) -> None:
    bench.par(twinning_rate=1e9, twinning_unprompted=0.0, twinning_standing=0.0, tie_alive=0.1)
    bench.w.actor["readiness"][bench.actors(k.PROVINCE)] = 0.0
    for i in range(40):
        bench.tie(0, i, 0.9)
    ties.update_ties(bench.h, 0, bench.t)
    others = [a for a in bench.actors(k.ORGANISATION) if a != bench.organisation(k.FRIENDSHIP)]

    def signed(capacity: float, bodies: list[int]) -> int:
        bench.par(twinning_capacity=capacity)
        before = int((bench.w.tie["twinned"] >= 0).sum())
        for t in range(bench.t, bench.t + 24):
            for a in bodies:
                twinning.clear_twinning(bench.h, a, t)
        return int((bench.w.tie["twinned"] >= 0).sum()) - before

    assert signed(12.0, others) == 0
    assert signed(0.0, [bench.organisation(k.FRIENDSHIP)]) == 0
    bench.w.tie["twinned"][:] = -1
    few = signed(2.0, [bench.organisation(k.FRIENDSHIP)])
    assert 0 < few < 12


def test_large_units_of_some_standing_are_cleared_rather(bench: Bench) -> None:
    i = bench.place(bench.country())
    row = bench.tie(0, i, 0.5)
    bench.par(twinning_market=0.0, twinning_standing=1.0, tie_alive=0.1)
    bench.w.place["market"][i] = -1.0
    plain = readiness(bench, row)
    bench.par(twinning_market=1.0)
    assert readiness(bench, row) < 0.5 * plain
    bench.par(twinning_market=0.0, twinning_standing=2.0)
    assert readiness(bench, row) == pytest.approx(0.5 * plain)


def test_where_taiwan_is_recognised_the_body_twins_only_whom_it_knows(bench: Bench) -> None:
    c = bench.country()
    i = bench.place(c)
    row = bench.tie(0, i, 0.5)
    bench.par(tie_alive=0.1)
    bench.w.country["recognises"][c] = 0
    assert readiness(bench, row) == 0.0
    bench.w.place["friendship"][i] = 0.5
    assert readiness(bench, row) > 0.0


def test_a_body_that_knows_the_place_is_among_the_causes_of_a_twinning(bench: Bench) -> None:
    i, body = bench.place(bench.country()), bench.organisation(k.FRIENDSHIP)
    bench.par(twinning_unprompted=0.0)
    row = bench.tie(0, i, 0.6)
    bench.tie(body, i, 0.2, event=99)
    ties.update_ties(bench.h, 0, bench.t)
    bench.t += 1
    assert clear_all(bench) == [i]
    assert bench.events(k.TWINNING)["cause2"].tolist() == [99]
    assert bench.w.tie["hands"][row] >> k.ORGANISATION & 1


def test_twinnings_out_of_the_blue_are_with_strangers(bench: Bench) -> None:
    bench.take("outreach")
    bench.par(twinning_rate=1e9, twinning_unprompted=1.0, twinning_capacity=12.0)
    bench.w.actor["readiness"][bench.actors(k.PROVINCE)] = 0.0
    body = bench.organisation(k.FRIENDSHIP)
    for t in range(bench.t, bench.t + 12):
        twinning.clear_twinning(bench.h, body, t)
    log = bench.w.event[: int(bench.w.run["events"][0])]
    twinned = log[log["kind"] == k.TWINNING]
    assert len(twinned) > 3
    assert (twinned["place"] < bench.localities).all()
    bench.par(twinning_rate=0.0)
    before = int(bench.w.run["events"][0])
    twinning.clear_twinning(bench.h, body, bench.t + 12)
    assert bench.w.run["events"][0] == before


def test_universities_link_after_twinning(bench: Bench) -> None:
    i = bench.place(bench.country())
    row = bench.tie(0, i, 0.5)
    bench.par(twinning_university=1.0)
    ties.link_universities(bench.h, 0, bench.t)
    assert not len(bench.events(k.UNIVERSITY_LINK))
    twinning.sign_twinning(bench.h, 0, row, bench.t, 55, -1)
    due = int(bench.w.tie["university"][row])
    assert due == bench.t + 1
    assert bench.w.actor["next_university"][0] == due
    bench.t += 1
    ties.link_universities(bench.h, 0, bench.t)
    assert bench.events(k.UNIVERSITY_LINK)["cause0"].tolist() == [
        bench.w.event["id"][int(bench.w.run["events"][0]) - 2]
    ]
    bench.t += 1
    ties.link_universities(bench.h, 0, bench.t)
    assert not len(bench.events(k.UNIVERSITY_LINK))


def test_only_the_body_for_education_opens_institutes_and_only_up_to_the_target(
    bench: Bench,
) -> None:
    w = bench.w
    bench.par(twinning_institute=1e9)
    w.signal[bench.t, k.SIGNAL.institute_target] = 3.0
    for a in bench.actors(k.ORGANISATION):
        if w.actor["mission"][a] != k.EDUCATION:
            ties.open_institute(bench.h, a, bench.t)
    assert not len(bench.events(k.CONFUCIUS_INSTITUTE))
    w.country["recognises"][1::2] = 0
    for _ in range(6):
        ties.open_institute(bench.h, bench.organisation(k.EDUCATION), bench.t)
    places = bench.events(k.CONFUCIUS_INSTITUTE)["place"]
    assert len(set(places.tolist())) == 3
    assert (w.country["recognises"][w.place["country"][places]] == 1).all()
    assert w.run["institutes"][0] == 3


def test_delegations_bring_firms_of_the_sector_rather_from_home(bench: Bench) -> None:
    w, i = bench.w, bench.place(bench.country())
    home = int(w.actor["home"][bench.actors(k.FIRM)[0]])
    sector = int(w.strength[bench.actors(k.FIRM)[0]].argmax())
    asked = range(400)
    brought = [int(ties.firm_of_delegation(bench.h, home, i, sector, t)) for t in asked]
    friends = bench.organisation(k.FRIENDSHIP)
    others = [int(ties.firm_of_delegation(bench.h, friends, i, sector, t)) for t in asked]
    assert all(w.strength[f, sector] > 0.0 for f in brought)
    assert all(w.actor["active_since"][f] <= t for f, t in zip(brought, asked, strict=True))

    def from_home(firms: list[int]) -> int:
        return sum(int(w.actor["home"][f]) == home for f in firms)

    assert from_home(brought) > from_home(others)
    w.strength[:, sector] = 0.0
    assert ties.firm_of_delegation(bench.h, home, i, sector, bench.t) == -1


def asked_by_firm(bench: Bench, behest: float) -> tuple[int, int]:
    """Return a firm and the row of its home's tie to a place where the firm is active."""
    i = bench.place(bench.country())
    firm = next(f for f in bench.actors(k.FIRM) if bench.w.actor["home"][f] >= 0)
    home = int(bench.w.actor["home"][firm])
    bench.par(twinning_behest=behest, twinning_unprompted=0.0, tie_alive=0.1)
    row = bench.tie(home, i, 0.6)
    bench.tie(firm, i, 0.6, event=88)
    for a in (firm, home):
        ties.update_ties(bench.h, a, bench.t)
    return firm, row


@pytest.mark.parametrize("behest", [0.0, 1e9])
def test_a_twinning_at_a_firms_behest_has_the_firm_as_a_cause(bench: Bench, behest: float) -> None:
    firm, row = asked_by_firm(bench, behest)
    bench.w.run["signal_event"] = 11
    bench.t += 1
    clear_all(bench)
    signed = bench.events(k.TWINNING)
    assert signed["cause0"].tolist() == [77]
    assert signed["cause1"].tolist() == [88 if behest else 11]
    assert bench.w.tie["firm_request_of"][row] == (firm if behest else -1)


def test_firms_tip_the_scale_in_their_share_of_the_twinnings_asked_for(bench: Bench) -> None:
    _, row = asked_by_firm(bench, 1.0)
    bench.w.tie["behest"][row] = 10**6
    bench.w.run["signal_event"] = 11

    def share() -> float:
        asked = range(600)
        causes = [twinning.requested_by_firm(bench.h, row, t) for t in asked]
        assert set(causes) <= {11, 88}
        return causes.count(88) / len(causes)

    assert share() == pytest.approx(0.5, abs=0.06)
    bench.par(twinning_behest=3.0)
    assert share() == pytest.approx(0.75, abs=0.06)
    # A firm whose own tie has died no longer counts.
    bench.w.tie["behest"][row] = -2
    assert share() == 0.0


def test_of_several_firms_that_ask_the_first_by_identity_counts(bench: Bench) -> None:
    i = bench.place(bench.country())
    row = bench.tie(0, i, 0.5)
    for t, order in ((bench.t, (9, 4, 7)), (bench.t + 1, (4, 7, 9)), (bench.t + 2, (7, 9))):
        for firm in order:
            ties.ask_for_twinning(bench.h, firm, row, t)
        tie = bench.w.tie[row]
        assert (tie["asking"], tie["behest"]) == (min(order), t)


def test_without_engagement_trust_makes_nobody_ready_to_twin(bench: Bench) -> None:
    row = bench.tie(0, bench.place(bench.country()), 0.9)
    bench.par(twinning_engagement=0.0)
    assert readiness(bench, row) == 0.0
    bench.par(twinning_engagement=0.5)
    half = readiness(bench, row)
    bench.par(twinning_engagement=1.0)
    assert readiness(bench, row) == pytest.approx(2.0 * half)


@pytest.mark.parametrize("effect", [0.0, 1e9])
def test_institutes_follow_trust_as_far_as_it_draws_them(bench: Bench, effect: float) -> None:
    w, i = bench.w, bench.place(bench.country())
    w.place["trust"] = 0.0
    w.place["trust"][i] = 1.0
    w.signal[:, k.SIGNAL.institute_target] = 1e6
    bench.par(twinning_institute=1e9, twinning_institute_ties=effect)
    chosen = []
    for _ in range(30):
        ties.open_institute(bench.h, bench.organisation(k.EDUCATION), bench.t)
        chosen.append(int(bench.events(k.CONFUCIUS_INSTITUTE)["place"][-1]))
        w.place["institute"] = 0
        bench.t += 1
    assert (set(chosen) == {i}) == bool(effect)
