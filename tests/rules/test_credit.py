"""What banks promise to executives, who wants it, and how much can be carried."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from sim.core import enums as k
from sim.rules import credit, finance, plans, proposals

if TYPE_CHECKING:
    from tests.rules.conftest import Bench


def test_a_bank_promises_what_nobody_has_asked_for_yet(bench: Bench) -> None:
    i, bank = bench.place(bench.country()), bench.actors(k.BANK)[0]
    bench.par(finance_envelope=1.0, finance_ahead=0.5)
    bench.w.envelope[:, bank] = 10.0
    bench.w.actor["budget"][bank] = 0.0
    credit.fund_bank(bench.h, bank, bench.t)
    assert bench.w.actor["budget"][bank] == pytest.approx(10.0)
    assert bench.w.actor["credit"][bank] == pytest.approx(10.0 + 60.0)
    bench.project(i, k.AWARDED, bank=bank, loan=40.0)
    bench.project(i, k.BUILDING, bank=bank, loan=40.0)
    credit.fund_bank(bench.h, bank, bench.t)
    assert bench.w.actor["credit"][bank] == pytest.approx(20.0 + 60.0 - 40.0)
    bench.project(i, k.AWARDED, bank=bank, loan=1000.0)
    credit.fund_bank(bench.h, bank, bench.t)
    assert bench.w.actor["credit"][bank] == 0.0


def test_need_and_commodities_raise_appetite_open_markets_lower_it(bench: Bench) -> None:
    w, c = bench.w, bench.country()
    bench.par(finance_need=1.0, finance_resources=2.0, finance_openness=1.0)
    w.country["resources"][c] = 0.0
    assert credit.appetite_for_credit(bench.h, c) == pytest.approx(1.0)
    w.country["fiscal"][c] = 0.5
    assert credit.appetite_for_credit(bench.h, c) == pytest.approx(np.exp(0.5))
    w.country["resources"][c] = 0.5
    assert credit.appetite_for_credit(bench.h, c) == pytest.approx(np.exp(1.5))
    w.country["tender"][c] = 0.75
    assert credit.appetite_for_credit(bench.h, c) == pytest.approx(0.25 * np.exp(1.5))
    w.country["debt"][c] = 0.5 * credit.debt_limit(bench.h, c)
    assert credit.appetite_for_credit(bench.h, c) == pytest.approx(0.125 * np.exp(1.5))
    w.country["debt"][c] *= 4.0
    assert credit.appetite_for_credit(bench.h, c) == 0.0


def planned(bench: Bench, c: int, months: int = 120) -> int:
    """Return how many months see an executive plan a project with a loan."""
    count = 0
    for t in range(bench.t, bench.t + months):
        plans.plan_project(bench.h, c, t)
        chosen = bench.w.country["plan_sector"][c] >= 0
        count += int(chosen and bench.w.country["plan_loan"][c] == 1)
    return count


def test_executives_plan_more_where_credit_is_on_offer(bench: Bench) -> None:
    c = bench.country()
    bench.meet_centre(c)
    bench.par(project_executive=0.1, finance_offer=1.0)
    banks = bench.actors(k.BANK)
    found = []
    for offered in (0.0, 2000.0, 20000.0):
        bench.w.actor["credit"][banks] = offered
        found.append(planned(bench, c))
    assert found[0] == 0 < found[1] < found[2]


def promised(bench: Bench, c: int, **given: Any) -> Any:
    """Return an executive's plan for which a loan is asked."""
    i = bench.place(c)
    j = bench.project(i, k.PROPOSED, channel=k.BY_EXECUTIVE, level=k.CENTRAL, value=100.0)
    credit.promise_loan(bench.h, j)
    return bench.w.project[j]


def test_a_promise_stays_within_credit_and_debt(bench: Bench) -> None:
    w, c = bench.w, bench.country()
    bench.par(finance_loan_share=0.8, finance_debt=0.1)
    banks = bench.actors(k.BANK)
    w.actor["credit"][banks] = 80.0
    project = promised(bench, c)
    assert project["value"] == pytest.approx(50.0)
    assert project["loan"] == pytest.approx(40.0)
    assert (project["finance"], project["needs_loan"]) == (k.SOVEREIGN, 1)
    assert sorted(w.actor["credit"][banks]) == pytest.approx([40.0] + [80.0] * (len(banks) - 1))
    w.country["debt"][c] = credit.debt_limit(bench.h, c)
    project = promised(bench, c)
    assert (project["bank"], project["value"]) == (-1, 100.0)


def test_a_promised_loan_is_tied_to_its_firm_and_agreed_at_once(bench: Bench) -> None:
    w, c = bench.w, bench.country()
    bench.meet_centre(c)
    w.actor["credit"][bench.actors(k.BANK)] = 1000.0
    w.country["plan_sector"][c], w.country["plan_place"][c] = 1, bench.place(c)
    w.country["plan_loan"][c], w.country["tender"][c] = 1, 1.0
    w.actor["active_since"] = 0
    plans.register_plan(bench.h, c, bench.t)
    assert bench.stage(0) == k.APPROVED
    assert len(bench.events(k.MEMORANDUM)) == len(bench.events(k.APPROVAL_CENTRAL)) == 1
    bench.par(tender_duration=1.0, tender_rivals=1e9)
    bench.t += 1
    finance.decide_award(bench.h, 0, bench.t)
    assert bench.stage(0) == k.AWARDED
    assert w.project["loan"][0] > 0.0


def test_sizes_are_bounded_by_place_sector_and_country(bench: Bench) -> None:
    w, c = bench.w, bench.country()
    i = bench.place(c)
    w.sector["value"], w.sector["spread"] = 1000.0, 0.0
    w.endowment[i] = 1.0
    bench.par(project_place_share=1e9, project_country_share=1e9)

    def size() -> float:
        return float(proposals.drawn_value(bench.h, i, 0, 77, 1.0))

    assert size() == pytest.approx(1000.0, rel=1e-3)
    economy = float(credit.economy(bench.h, i))
    bench.par(project_place_share=1000.0 / economy)
    assert size() == pytest.approx(500.0, rel=1e-3)
    w.endowment[i, 0] = 0.25
    assert size() == pytest.approx(200.0, rel=1e-3)
    bench.par(project_place_share=1e9)
    whole = float(credit.economy(bench.h, int(w.country["centre"][c])))
    bench.par(project_country_share=1000.0 / whole)
    assert size() == pytest.approx(500.0, rel=1e-3)


PRIOR_DRAWS = (
    {"approval.local": 0.05, "approval.central": 0.001, "outreach.firm_rate": 0.02},
    {"approval.local": 0.5, "approval.central": 0.04, "tie.contact": 0.5},
    {"authority.effect": 0.9, "turnover.fade": 0.9, "office.will_centre": -1.3},
)


@pytest.mark.slow
@pytest.mark.parametrize("values", PRIOR_DRAWS)
def test_lending_follows_the_envelope_and_halving_it_matters(values: dict[str, float]) -> None:
    import sim

    base = sim.load("baseline").with_overrides(parameters=values, replicates=6)
    envelopes = sim.load_world().envelopes
    total = float(envelopes.loc[envelopes["year"] <= 2020, "usd_m"].sum())

    def lent(deals: Any) -> tuple[float, int]:
        late = deals[deals["bank"].notna() & (deals["month_deal"] >= "2013-01")]
        return float(deals["loan_usd_m"].where(deals["bank"].notna()).sum()) / 6, len(late)

    deals = sim.run(base).deals
    value, loans = lent(deals)
    assert 0.85 * total < value <= 1.01 * total
    slow = {"month": "2012-01", "kind": "envelope", "factor": 0.5}
    from sim.scenario.schema import build

    halved = build(base.model_dump(exclude={"lineage"}) | {"interventions": [slow]})
    less = sim.run(halved).deals
    assert lent(less)[1] < 0.85 * loans
    open_ = {"CHL", "PER", "COL", "MEX"}
    change = {
        name: len(less[less["country"].isin(open_) == is_open])
        / len(deals[deals["country"].isin(open_) == is_open])
        for name, is_open in (("open", True), ("other", False))
    }
    assert change["other"] < change["open"]
