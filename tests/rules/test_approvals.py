"""Who says yes, who says no, and what moves them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sim.core import enums as k
from sim.rules import approvals

if TYPE_CHECKING:
    from tests.rules.conftest import Bench

COUNT = 60


def test_shifting_by_nothing_changes_nothing() -> None:
    for chance in (0.0, 0.01, 0.5, 0.99, 1.0):
        assert approvals.add_log_odds(chance, 0.0) == pytest.approx(chance, abs=1e-12)


def test_shifting_moves_the_odds_and_never_leaves_the_range() -> None:
    assert approvals.add_log_odds(0.5, 1.0) == pytest.approx(1.0 / (1.0 + 2.718281828459045**-1))
    chances = [approvals.add_log_odds(0.2, push) for push in (-9.0, -1.0, 0.0, 1.0, 9.0)]
    assert chances == sorted(set(chances))
    assert 0.0 < chances[0] < chances[-1] < 1.0
    assert approvals.add_log_odds(0.0, 5.0) == 0.0
    assert approvals.add_log_odds(1.0, -5.0) == 1.0
    assert approvals.add_log_odds(approvals.add_log_odds(0.3, 1.5), -1.5) == pytest.approx(0.3)


def decided(bench: Bench, c: int, level: int, stage: int = k.APPROVED, **fields: int) -> int:
    """Return how many of a number of memoranda reach a stage in one month's decisions.

    They are the same memoranda, with the same draws, in every call.
    """
    i = int(bench.w.country["first"][c])
    rows = [bench.project(i, k.SIGNED, sector=s % 10, level=level, **fields) for s in range(COUNT)]
    if level == k.LOCAL:
        approvals.approve_locally(bench.h, i, i + 1, bench.t)
    approvals.approve_centrally(bench.h, c, c + 1, bench.t)
    found = sum(bench.stage(j) == stage for j in rows)
    bench.w.run["projects"] -= COUNT
    bench.forget_projects()
    return found


def test_local_approval_takes_a_willing_governor(bench: Bench) -> None:
    c = bench.country()
    i = bench.place(c)
    bench.par(approval_local=0.9, approval_refusal=0.0)
    found = []
    for will in (0.0, 0.4, 1.0):
        bench.w.governor["will"][i] = will
        found.append(decided(bench, c, k.LOCAL))
    assert found[0] == 0
    assert found[0] < found[1] < found[2]
    bench.par(approval_local=0.0)
    assert decided(bench, c, k.LOCAL) == 0


def test_the_unwilling_refuse(bench: Bench) -> None:
    c = bench.country()
    i = bench.place(c)
    bench.par(approval_local=0.0, approval_refusal=1.0)
    assert decided(bench, c, k.LOCAL, k.REFUSED) == 0
    bench.w.governor["will"][i] = 0.0
    bench.w.governor["office_event"][i] = 66
    assert decided(bench, c, k.LOCAL, k.REFUSED) == COUNT
    assert set(bench.events(k.REFUSAL)["cause1"].tolist()) == {66}


def test_nobody_decides_in_the_month_of_signing(bench: Bench) -> None:
    c = bench.country()
    bench.place(c)
    bench.par(approval_local=1.0, approval_central=1.0)
    assert decided(bench, c, k.LOCAL, signed=bench.t) == 0
    assert decided(bench, c, k.CENTRAL, signed=bench.t) == 0
    assert decided(bench, c, k.LOCAL) == COUNT
    assert decided(bench, c, k.CENTRAL) == COUNT


@pytest.mark.parametrize("level", [k.LOCAL, k.CENTRAL])
def test_alignment_helps_at_both_levels(bench: Bench, level: int) -> None:
    c = bench.country()
    i = bench.place(c)
    bench.par(approval_local=0.4, approval_central=0.4, approval_alignment=1.5)
    aligned = decided(bench, c, level)
    bench.w.governor["bloc"][i] += 1
    assert decided(bench, c, level) < aligned


@pytest.mark.parametrize(
    ("field", "value"), [("stance", 1.0), ("strain", 1.0), ("local_deals", 3.0)]
)
def test_what_moves_the_centre(bench: Bench, field: str, value: float) -> None:
    c = bench.country()
    bench.place(c)
    bench.par(approval_central=0.3, approval_stance=2.0, approval_strain=2.0,
              approval_reinforcement=2.0, approval_refusal=0.0)  # fmt: skip
    before = decided(bench, c, k.CENTRAL)
    bench.w.country[field][c] = value
    after = decided(bench, c, k.CENTRAL)
    assert (after < before) if field == "strain" else (after > before)


@pytest.mark.parametrize(
    ("level", "field"), [(k.LOCAL, "central_deals"), (k.CENTRAL, "local_deals")]
)
def test_recent_deals_at_one_level_reinforce_those_at_the_other(
    bench: Bench, level: int, field: str
) -> None:
    c = bench.country()
    bench.place(c)
    bench.par(approval_local=0.3, approval_central=0.3, approval_endorsement=0.0,
              approval_refusal=0.0, approval_reinforcement=2.0)  # fmt: skip
    before = decided(bench, c, level)
    bench.w.country[field][c] = approvals.REINFORCING_DEALS
    full = decided(bench, c, level)
    assert full > before
    bench.w.country[field][c] = 10.0 * approvals.REINFORCING_DEALS
    assert decided(bench, c, level) == full
    bench.par(approval_reinforcement=0.0)
    assert decided(bench, c, level) == before


def test_an_agreement_with_the_centre_helps_the_same_firm_only(bench: Bench) -> None:
    w, c = bench.w, bench.country()
    bench.place(c)
    firm = int(w.run["first_firm"][0])
    bench.par(approval_local=0.3, approval_endorsement=2.0, approval_refusal=0.0)
    before = decided(bench, c, k.LOCAL)
    w.national[firm + 1, c] = bench.t - 1
    w.national[firm, c + 1] = bench.t - 1
    assert decided(bench, c, k.LOCAL) == before
    w.national[firm, c] = bench.t - 1
    assert decided(bench, c, k.LOCAL) > before
    bench.par(approval_endorsement=0.0)
    assert decided(bench, c, k.LOCAL) == before


def test_a_central_approval_is_an_agreement_with_the_firm(bench: Bench) -> None:
    w, c = bench.w, bench.country()
    bench.place(c)
    firm = int(w.run["first_firm"][0])
    bench.par(approval_central=0.0, approval_local=1.0)
    assert decided(bench, c, k.LOCAL) == COUNT
    decided(bench, c, k.CENTRAL)
    assert (w.national == -1).all()
    bench.par(approval_central=1.0)
    assert decided(bench, c, k.CENTRAL, firm=firm + 3) == COUNT
    assert w.national[firm + 3, c] == bench.t
    assert (w.national >= 0).sum() == 1


def test_strain_counts_locally_only_as_far_as_governors_are_not_insulated(bench: Bench) -> None:
    c = bench.country()
    bench.place(c)
    bench.par(approval_local=0.5, approval_strain=3.0, approval_refusal=0.0)
    found = {}
    for insulation in (1.0, 0.0):
        for strain in (0.0, 1.0):
            bench.par(approval_insulation=insulation)
            bench.w.country["strain"][c] = strain
            found[insulation, strain] = decided(bench, c, k.LOCAL)
    assert found[1.0, 0.0] == found[1.0, 1.0] == found[0.0, 0.0] > found[0.0, 1.0]


def test_governors_approve_at_the_median_where_their_own_will_does_not_count(bench: Bench) -> None:
    c = bench.country()
    i = bench.place(c)
    bench.par(approval_local=0.9, approval_refusal=0.0, office_will_effect=0.0)
    found = []
    for will in (0.0, 1.0):
        bench.w.governor["will"][i] = will
        found.append(decided(bench, c, k.LOCAL))
    assert found[0] == found[1] > 0


def test_the_centre_approves_nothing_without_recognition(bench: Bench) -> None:
    c = bench.country()
    bench.place(c)
    bench.par(approval_central=1.0, approval_local=1.0)
    bench.w.country["recognises"][c] = 0
    assert decided(bench, c, k.CENTRAL) == 0
    assert decided(bench, c, k.LOCAL) == COUNT


def test_executives_favour_their_own_projects(bench: Bench) -> None:
    c = bench.country()
    bench.place(c)
    bench.par(approval_central=0.1, approval_own=5.0, approval_alignment=0.0)
    others = decided(bench, c, k.CENTRAL)
    own = decided(bench, c, k.CENTRAL, channel=k.BY_EXECUTIVE)
    assert own > others


def test_consolidated_executives_are_faster_with_their_own_only(bench: Bench) -> None:
    c = bench.country()
    bench.place(c)
    bench.par(approval_central=0.1, approval_own=2.0, approval_alignment=0.0)
    bench.w.country["consolidation"][c] = 1.0
    found = {}
    for effect in (0.0, 3.0):
        bench.par(approval_consolidation=effect)
        for channel in (k.BY_EXECUTIVE, k.PROVINCE):
            found[effect, channel] = decided(bench, c, k.CENTRAL, channel=channel)
    assert found[3.0, k.BY_EXECUTIVE] > found[0.0, k.BY_EXECUTIVE]
    assert found[3.0, k.PROVINCE] == found[0.0, k.PROVINCE]


def test_a_hostile_executive_derails_local_projects(bench: Bench) -> None:
    c = bench.country()
    bench.place(c)
    bench.par(approval_veto=1.0, approval_local=0.0, approval_refusal=0.0)
    for stance in (1.0, 0.0):
        bench.w.country["stance"][c] = stance
        assert decided(bench, c, k.LOCAL, k.VETOED) == 0
    bench.w.country["stance"][c] = -0.4
    some = decided(bench, c, k.LOCAL, k.VETOED)
    bench.w.country["stance"][c] = -1.0
    assert 0 < some < decided(bench, c, k.LOCAL, k.VETOED) == COUNT
    bench.par(approval_veto=0.0)
    assert decided(bench, c, k.LOCAL, k.VETOED) == 0


def test_programmes_and_reputation_push(bench: Bench) -> None:
    c = bench.country()
    j = bench.project(bench.place(c), k.SIGNED)

    def push() -> float:
        return float(approvals.common_push(bench.h, j, bench.t))

    assert push() == 0.0
    bench.w.programme[bench.t, c, 0] = 1.0
    with_programme = push()
    assert with_programme > 0.0
    bench.w.country["reputation"][c] = 0.0
    assert push() < with_programme
