"""Pairs: an intensity of their own, drawn once, and what hangs on who knows whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from sim.core import enums as k
from sim.rules import journeys, outreach, pairs, proposals, scheduled_contacts, ties, works
from sim.rules.basics import normal_quantile

if TYPE_CHECKING:
    from tests.rules.conftest import Bench


def test_normal_quantiles_are_those_of_the_normal_distribution() -> None:
    from scipy.special import ndtri

    shares = np.concatenate([np.linspace(1e-6, 1.0 - 1e-6, 999), [1e-10, 0.075, 0.925]])
    found = [normal_quantile(u) for u in shares]
    assert np.allclose(found, ndtri(shares), atol=1e-6)


@pytest.mark.parametrize("spread", [0.0, 0.7, 1.2])
def test_intensities_are_log_normal_with_mean_1(bench: Bench, spread: float) -> None:
    bench.par(pair_spread=spread)
    ranks = (np.arange(20_000) + 0.5) / 20_000
    found = np.array([pairs.intensity_at(bench.h, u) for u in ranks])
    assert found.mean() == pytest.approx(1.0, abs=0.02)
    assert np.log(found).std() == pytest.approx(spread, abs=0.01)


def test_a_pair_keeps_its_intensity_whoever_opens_the_tie(bench: Bench) -> None:
    bench.par(pair_spread=1.5)
    i, other = (bench.place(bench.country(), which) for which in range(2))
    rank = pairs.intensity_rank(bench.h, 0, i)
    assert rank == pairs.intensity_rank(bench.h, 0, i)
    assert rank not in (
        pairs.intensity_rank(bench.h, 0, other),
        pairs.intensity_rank(bench.h, 1, i),
    )
    row = ties.open_tie(bench.h, 0, i, bench.t + 3, k.LAC)
    assert bench.w.tie["intensity"][row] == pairs.intensity_at(bench.h, rank)


def test_a_told_contact_finds_pairs_by_their_contacts(bench: Bench) -> None:
    """The size-biased mean of a log-normal of mean 1 is exp(spread squared)."""
    bench.par(pair_spread=0.8)
    rows = [
        scheduled_contacts.open_told_tie(bench.h, a, i, bench.t)
        for a in bench.actors(k.PROVINCE)
        for i in range(60)
    ]
    assert bench.w.tie["intensity"][rows].mean() == pytest.approx(np.exp(0.64), rel=0.12)
    known = ties.open_tie(bench.h, 0, 70, bench.t, k.CHINA)
    before = float(bench.w.tie["intensity"][known])
    assert scheduled_contacts.open_told_tie(bench.h, 0, 70, bench.t) == known
    assert bench.w.tie["intensity"][known] == before


def test_a_new_partner_is_chosen_by_rank_weakly(bench: Bench) -> None:
    i = bench.place(bench.country())
    rank = pairs.intensity_rank(bench.h, 0, i)
    plain = pairs.fit(bench.h, 0, i)
    bench.par(pair_choice=0.5)
    assert pairs.fit(bench.h, 0, i) == pytest.approx(plain * (0.5 + rank))


def test_known_partners_are_kept_up_with_by_intensity_and_memory(bench: Bench) -> None:
    c = bench.country()
    rows = [bench.tie(0, bench.place(c, which), 0.5, memory=1.0) for which in range(2)]
    bench.take("outreach")

    def share() -> float:
        chosen = [outreach.known_partner(bench.h, 0, t) for t in range(300)]
        return chosen.count(bench.place(c)) / len(chosen)

    even = share()
    bench.w.tie["intensity"][rows[0]] = 8.0
    assert share() > even + 0.2
    bench.par(memory_need=1.0)
    bench.w.tie["memory"][rows[0]] = 0.0
    assert share() == 0.0


def test_only_who_is_remembered_introduces_firms(bench: Bench) -> None:
    bench.par(tie_introduction=1.0, memory_need=1.0)
    bench.strengthen(bench.actors(k.FIRM), slice(None), 0.5)
    c = bench.country()
    for which, memory in ((0, 0.0), (1, 1.0)):
        i = bench.place(c, which)
        bench.tie(0, i, 0.9, memory=memory)
        journeys.bring_firm(bench.h, 0, i, bench.t, 77)
        assert (i in bench.events(k.INTRODUCTION)["place"]) == (memory == 1.0)


def test_only_who_is_remembered_is_wished_from(bench: Bench) -> None:
    i = bench.place(bench.country())
    bench.w.place["trust"][i], bench.w.place["trusted"][i] = 0.9, 0
    bench.par(project_wish=1e9, memory_need=1.0)
    for memory in (0.0, 0.5):
        bench.tie(0, i, 0.9, memory=memory)
        proposals.make_wish(bench.h, i, bench.t)
        assert (bench.w.governor["wish_sector"][i] >= 0) == (memory > 0.0)


def test_the_team_is_that_of_proposer_or_firm_at_the_office_of_the_proposal(bench: Bench) -> None:
    c = bench.country()
    i, centre = bench.place(c), int(bench.w.country["centre"][c])
    firm = bench.actors(k.FIRM)[0]
    bench.par(memory_need=0.8)
    j = bench.project(i, k.APPROVED, actor=0, firm=firm)

    def team() -> float:
        return float(pairs.team_of(bench.h, j))

    assert team() == pytest.approx(0.2)
    # Met at the centre only, the proposer has its team there.
    bench.tie(0, centre, 0.5, memory=0.5)
    assert team() == pytest.approx(0.6)
    bench.tie(0, i, 0.5, memory=0.25)
    assert team() == pytest.approx(0.4)
    bench.tie(firm, i, 0.5, memory=1.0)
    assert team() == pytest.approx(1.0)
    bench.w.project["channel"][j] = k.BY_EXECUTIVE
    assert team() == pytest.approx(0.6)


def test_works_stall_sooner_where_the_team_is_gone(bench: Bench) -> None:
    bench.par(construction_stall=0.1, backlash_rate=0.0, finance_withholding=0.0, memory_need=0.8)
    i = bench.place(bench.country())

    def stalled(memory: float) -> int:
        bench.tie(0, i, 0.5, memory=memory)
        rows = [bench.project(i, k.BUILDING, actor=0, built=-99) for _ in range(60)]
        works.carry_out_works(bench.h, i, i + 1, bench.t)
        count = sum(bench.stage(j) == k.STALLED for j in rows)
        bench.forget_projects()
        return count

    assert stalled(0.0) > 2 * stalled(1.0)
