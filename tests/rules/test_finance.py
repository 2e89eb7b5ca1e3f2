"""Tenders, banks and the moment a deal is formed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from sim.core import enums as k
from sim.rules import finance

if TYPE_CHECKING:
    from tests.rules.conftest import Bench


def strength(bench: Bench, j: int) -> float:
    return float(finance.bid_strength(bench.h, j))


def test_bids_are_stronger_with_trust_experience_and_fewer_rivals(bench: Bench) -> None:
    c = bench.country()
    i = bench.place(c)
    j = bench.project(i, k.APPROVED)
    firm = int(bench.w.project["firm"][j])
    bench.par(tender_trust=2.5, tender_experience=1.0, tender_rivals=4.0)
    assert strength(bench, j) == pytest.approx(0.2)
    bench.tie(firm, i, 0.4)
    known = strength(bench, j)
    bench.tie(int(bench.w.actor["home"][firm]), i, 0.8)
    at_home = strength(bench, j)
    bench.w.experience[firm, c] = 1.0
    versed = strength(bench, j)
    assert 0.2 < known < at_home < versed
    bench.par(tender_rivals=40.0)
    assert strength(bench, j) < versed
    bench.par(tender_trust=0.0, tender_experience=0.0, tender_rivals=0.0)
    assert strength(bench, j) == 0.5


def awarded(bench: Bench, tender: float, **par: float) -> tuple[int, int]:
    """Return how many of 60 approved projects are awarded, and how many lost in tenders."""
    c = bench.country()
    i = bench.place(c)
    bench.w.country["tender"][c] = tender
    bench.par(**({"tender_duration": 1.0} | par))
    rows = [bench.project(i, k.APPROVED, sector=s % 10) for s in range(60)]
    finance.award_projects(bench.h, i, i + 1, bench.t)
    stages = [bench.stage(j) for j in rows]
    bench.forget_projects()
    return stages.count(k.AWARDED), stages.count(k.LOST)


def test_tenders_can_be_lost_direct_awards_cannot(bench: Bench) -> None:
    assert awarded(bench, 0.0, tender_rivals=10.0) == (60, 0)
    won, lost = awarded(bench, 1.0, tender_rivals=10.0)
    assert won + lost == 60
    assert won < lost
    more, _ = awarded(bench, 1.0, tender_rivals=1.0)
    assert more > won
    assert awarded(bench, 0.0, tender_duration=0.0) == (0, 0)


def test_an_award_settles_who_must_pay(bench: Bench) -> None:
    i = bench.place(bench.country())
    bench.par(finance_loan_share=0.8, finance_openness=0.0)
    j = bench.project(i, k.APPROVED, value=200.0)
    for need in (0.0, 1.0):
        bench.w.sector["loan_need"][0] = need
        finance.award(bench.h, j, bench.t)
        project = bench.w.project[j]
        assert project["needs_loan"] == int(need)
        if need:
            assert project["loan"] == pytest.approx(160.0)
            assert bench.w.actor["kind"][project["bank"]] == k.BANK
        else:
            assert (project["finance"], project["bank"]) == (k.OWN, -1)


def test_open_markets_need_fewer_loans(bench: Bench) -> None:
    c = bench.country()
    bench.w.country["tender"][c] = 0.75
    bench.w.sector["loan_need"] = 1.0

    def borrowers(openness: float) -> int:
        bench.par(finance_openness=openness)
        rows = [bench.project(bench.place(c), k.APPROVED, sector=s % 10) for s in range(60)]
        for j in rows:
            finance.award(bench.h, j, bench.t)
        return int(bench.w.project["needs_loan"][rows].sum())

    assert borrowers(0.0) == 60
    assert 20 <= borrowers(0.5) <= 40  # half of them; by chance alone hardly ever outside


def direct_loans(bench: Bench, **fields: int) -> int:
    """Return how many of 60 projects look for a loan to the locality itself."""
    i = int(bench.w.country["first"][bench.country()])
    count = 0
    for s in range(60):
        j = bench.project(i, k.AWARDED, sector=s % 10, needs_loan=1, **fields)
        finance.seek_lender(bench.h, j, bench.t)
        count += int(bench.w.project["finance"][j] == k.LOCAL_LOAN)
        bank = int(bench.w.project["bank"][j])
        if bench.w.project["finance"][j] == k.LOCAL_LOAN and bank >= 0:
            assert bench.w.actor["local_loans"][bank] == 1
    return count


def test_localities_borrow_where_they_have_the_power_and_may_hedge(bench: Bench) -> None:
    c = bench.country()
    i = bench.place(c)
    bench.par(finance_local_loans=0.3, finance_hedge=0.7, authority_effect=1.0)
    bench.w.country["authority"][c] = 1.0
    aligned = direct_loans(bench)
    bench.w.governor["bloc"][i] += 1
    assert 0 < aligned < direct_loans(bench)
    assert direct_loans(bench, level=k.CENTRAL) == 0
    bench.w.country["authority"][c] = 0.0
    bench.w.country["own_revenue"][c] = 0.0
    assert direct_loans(bench) < aligned


def test_direct_loans_need_a_bank_that_may_make_them(bench: Bench) -> None:
    c = bench.country()
    bench.par(finance_local_loans=1e9)
    bench.w.country["authority"][c] = 1.0
    bench.w.actor["local_loans"][bench.actors(k.BANK)] = 0
    j = bench.project(bench.place(c), k.AWARDED, needs_loan=1)
    finance.seek_lender(bench.h, j, bench.t)
    assert bench.w.project["finance"][j] == k.LOCAL_LOAN
    assert bench.w.project["bank"][j] == -1


def application(bench: Bench, i: int, bank: int, loan: float, **fields: float) -> int:
    given = {"needs_loan": 1, "bank": bank, "loan": loan, "finance": k.SOVEREIGN} | fields
    return bench.project(i, k.AWARDED, **given)  # type: ignore[arg-type]


def test_a_bank_lends_what_it_has_and_not_more(bench: Bench) -> None:
    i, bank = bench.place(bench.country()), bench.actors(k.BANK)[0]
    bench.par(finance_closing=1.0)
    bench.w.actor["budget"][bank] = 250.0
    rows = [application(bench, i, bank, 100.0) for _ in range(5)]
    finance.lend(bench.h, bank, bench.t)
    assert sum(bench.stage(j) == k.FINANCED for j in rows) == 2
    assert bench.w.actor["budget"][bank] == pytest.approx(50.0)
    assert bench.events(k.LOAN_SOVEREIGN)["value"].tolist() == [100.0, 100.0]
    assert bench.events(k.LOAN_SOVEREIGN)["actor"].tolist() == [bank, bank]
    finance.lend(bench.h, bank, bench.t)
    assert bench.w.actor["budget"][bank] == pytest.approx(50.0)


def test_a_bank_saves_for_the_first_in_the_queue(bench: Bench) -> None:
    i, bank = bench.place(bench.country()), bench.actors(k.BANK)[0]
    bench.par(finance_closing=1.0)
    bench.w.envelope[:, bank] = 5.0
    bench.w.actor["budget"][bank] = 50.0
    large, small, never = (application(bench, i, bank, loan) for loan in (100.0, 40.0, 1000.0))
    bench.w.project["awarded"][large] -= 12
    bench.w.project["awarded"][never] -= 24
    finance.lend(bench.h, bank, bench.t)
    assert [bench.stage(j) for j in (large, small, never)] == [k.AWARDED] * 3
    assert (bench.w.project["rank"] == 0.0).all()
    bench.w.actor["budget"][bank] = 100.0
    finance.lend(bench.h, bank, bench.t)
    assert [bench.stage(large), bench.stage(small)] == [k.FINANCED, k.AWARDED]
    bench.w.actor["budget"][bank] = 50.0
    finance.lend(bench.h, bank, bench.t)
    assert [bench.stage(small), bench.stage(never)] == [k.FINANCED, k.AWARDED]


def test_an_executives_own_loan_is_ripe_at_once_and_comes_first(bench: Bench) -> None:
    c, bank = bench.country(), bench.actors(k.BANK)[0]
    i = bench.place(c)
    bench.par(finance_closing=1.0)
    bench.w.actor["budget"][bank] = 100.0
    bench.w.envelope[:, bank] = 10.0
    unit = application(bench, i, bank, 100.0)
    own = application(bench, i, bank, 100.0, channel=k.BY_EXECUTIVE, level=k.CENTRAL)
    bench.w.project["awarded"][unit] -= 12
    finance.lend(bench.h, bank, bench.t)
    assert [bench.stage(unit), bench.stage(own)] == [k.AWARDED, k.FINANCED]
    assert bench.w.country["debt"][c] == 100.0
    bench.par(finance_closing=0.0)
    bench.w.actor["budget"][bank] = 100.0
    finance.lend(bench.h, bank, bench.t)
    assert bench.stage(unit) == k.AWARDED


def test_trust_and_the_centres_friendship_come_first(bench: Bench) -> None:
    c, bank = bench.country(), bench.actors(k.BANK)[0]
    known, other = bench.place(c, 0), bench.place(c, 1)
    bench.par(finance_closing=1.0)
    bench.w.place["trust"][known], bench.w.place["trust"][other] = 0.9, 0.1
    bench.w.actor["budget"][bank] = 100.0
    second = application(bench, other, bank, 100.0)
    first = application(bench, known, bank, 100.0)
    finance.lend(bench.h, bank, bench.t)
    assert [bench.stage(first), bench.stage(second)] == [k.FINANCED, k.AWARDED]


def test_equal_applications_are_settled_by_identity(bench: Bench) -> None:
    i, bank = bench.place(bench.country()), bench.actors(k.BANK)[0]
    one, other = (application(bench, i, bank, 10.0) for _ in range(2))
    bench.w.project["rank"][[one, other]] = 1.0
    keys = bench.w.project["key"]
    assert finance.outranks(bench.h, one, other) == (keys[one] < keys[other])
    assert finance.outranks(bench.h, one, other) != finance.outranks(bench.h, other, one)
    bench.w.project["rank"][one] = 2.0
    assert finance.outranks(bench.h, one, other)


@pytest.mark.parametrize("kind", [k.SOVEREIGN, k.LOCAL_LOAN])
def test_sovereign_loans_need_recognition(bench: Bench, kind: int) -> None:
    c, bank = bench.country(), bench.actors(k.BANK)[0]
    bench.par(finance_closing=1.0)
    bench.w.country["recognises"][c] = 0
    bench.w.actor["budget"][bank] = 1000.0
    j = application(bench, bench.place(c), bank, 100.0, finance=kind)
    finance.lend(bench.h, bank, bench.t)
    assert (bench.stage(j) == k.FINANCED) == (kind == k.LOCAL_LOAN)
    assert len(bench.events(k.LOAN_LOCAL)) == int(kind == k.LOCAL_LOAN)


def test_the_centre_slows_loans_for_those_it_is_not_allied_with(bench: Bench) -> None:
    c, bank = bench.country(), bench.actors(k.BANK)[0]
    i = bench.place(c)
    bench.par(finance_closing=0.8)

    def ripe() -> int:
        rows = [application(bench, i, bank, 1.0) for _ in range(60)]
        for j in rows:
            finance.rank_application(bench.h, j, bench.t)
        return int((bench.w.project["rank"][rows] > 0.0).sum())

    aligned = ripe()
    bench.w.governor["bloc"][i] += 1
    assert 0 < ripe() < aligned


def test_banks_leave_each_others_projects_alone(bench: Bench) -> None:
    i = bench.place(bench.country())
    one, other = bench.actors(k.BANK)[:2]
    bench.par(finance_closing=1.0)
    bench.w.actor["budget"][[one, other]] = 1000.0
    j = application(bench, i, other, 100.0)
    finance.lend(bench.h, one, bench.t)
    assert bench.stage(j) == k.AWARDED
    finance.lend(bench.h, other, bench.t)
    assert bench.stage(j) == k.FINANCED


def test_what_needs_no_bank_closes_by_itself(bench: Bench) -> None:
    i = bench.place(bench.country())
    bench.par(finance_closing=1.0)
    own = bench.project(i, k.AWARDED, finance=k.OWN, bank=-1)
    waits = bench.project(i, k.AWARDED, needs_loan=1)
    fresh = bench.project(i, k.AWARDED, finance=k.OWN, awarded=bench.t)
    finance.close_own_finance(bench.h, i, i + 1, bench.t)
    assert [bench.stage(j) for j in (own, waits, fresh)] == [k.FINANCED, k.AWARDED, k.AWARDED]


@pytest.mark.parametrize("level", [k.LOCAL, k.CENTRAL])
def test_what_a_deal_leaves_behind(bench: Bench, level: int) -> None:
    c = bench.country()
    i = bench.place(c)
    j = bench.project(i, k.AWARDED, level=level, value=80.0)
    firm = int(bench.w.project["firm"][j])
    bench.par(learning_experience=0.1, tie_contact=0.2)
    finance.form_deal(bench.h, j, bench.t, k.OWN_FINANCE)
    w = bench.w
    means, deal = bench.events(k.OWN_FINANCE)[0], bench.events(k.DEAL)[0]
    assert deal["cause0"] == means["id"]
    assert deal["value"] == 80.0
    assert w.project["dealt"][j] == bench.t
    assert (w.country["local_deals"][c], w.country["central_deals"][c]) == (
        (1.0, 0.0) if level == k.LOCAL else (0.0, 1.0)
    )
    assert w.experience[firm, c] == pytest.approx(0.1)
    assert bench.trust(firm, i) == pytest.approx(0.2)
    assert w.place["deals_now"][i] == w.run["deals_now"][0] == 1
    assert w.place["deal_event"][i] == deal["id"]
    assert np.isfinite(w.project["value"][j])


def test_the_home_province_learns_from_a_deal_too(bench: Bench) -> None:
    w, c = bench.w, bench.country()
    i = bench.place(c)
    at_home = next(f for f in bench.actors(k.FIRM) if w.actor["home"][f] >= 0)
    home = int(w.actor["home"][at_home])
    bench.par(learning_experience=0.1)
    for expected in (0.1, 0.19):
        finance.form_deal(
            bench.h, bench.project(i, k.AWARDED, firm=at_home), bench.t, k.OWN_FINANCE
        )
        assert w.experience[[at_home, home], c] == pytest.approx(expected)
    assert (w.experience > 0.0).sum() == 2
    w.actor["home"][at_home] = -1
    finance.form_deal(bench.h, bench.project(i, k.AWARDED, firm=at_home), bench.t, k.OWN_FINANCE)
    assert w.experience[home, c] == pytest.approx(0.19)
    bench.par(learning_experience=0.0)
    before = w.experience.copy()
    finance.form_deal(bench.h, bench.project(i, k.AWARDED, firm=at_home), bench.t, k.OWN_FINANCE)
    assert (w.experience == before).all()


def test_a_deal_begins_the_relationship_of_the_side_that_proposed_it(bench: Bench) -> None:
    c = bench.country()
    for which, initiator in enumerate((k.CHINA, k.LAC)):
        i = bench.place(c, which)
        j = bench.project(i, k.AWARDED, initiator=initiator)
        finance.form_deal(bench.h, j, bench.t, k.OWN_FINANCE)
        row = bench.w.tie_of[int(bench.w.project["firm"][j]), i]
        assert bench.w.tie["initiator"][row] == initiator
