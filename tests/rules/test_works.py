"""Construction, withheld funds, stalls, backlash, completion."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from sim.core import enums as k
from sim.rules import works

if TYPE_CHECKING:
    from tests.rules.conftest import Bench

QUIET = {
    "backlash_rate": 0.0,
    "backlash_referendum": 0.0,
    "construction_stall": 0.0,
    "finance_withholding": 0.0,
    "finance_resume": 0.0,
    "construction_cancel": 0.0,
    "construction_spread": 0.0,
}


@pytest.fixture(autouse=True)
def quiet(bench: Bench) -> None:
    """Nothing happens by chance but what a test turns on."""
    bench.par(**QUIET)


def test_a_project_is_built_in_its_sectors_time(bench: Bench) -> None:
    c = bench.country()
    i = bench.place(c)
    bench.w.sector["duration"][0] = 5
    j = bench.project(i, k.FINANCED)
    stages = []
    for _ in range(7):
        works.carry_out_works(bench.h, i, i + 1, bench.t)
        stages.append(bench.stage(j))
        bench.t += 1
    assert stages == [k.BUILDING] * 5 + [k.OPERATING] * 2
    assert bench.w.country["completions"][c] == 1


def test_the_time_to_build_spreads_around_that_of_the_sector(bench: Bench) -> None:
    i = bench.place(bench.country())
    bench.w.sector["duration"] = 30

    def quartiles(spread: float) -> list[float]:
        bench.par(construction_spread=spread)
        rows = [bench.project(i, k.FINANCED, sector=s % 10) for s in range(400)]
        for j in rows:
            works.break_ground(bench.h, j, bench.t)
        bench.forget_projects()
        return [float(q) for q in np.quantile(bench.w.project["work"][rows], (0.25, 0.5, 0.75))]

    assert quartiles(0.0) == [30.0, 30.0, 30.0]
    low, median, high = quartiles(0.6)
    assert median == pytest.approx(30.0, rel=0.12)
    assert high / low == pytest.approx(np.exp(2 * 0.6745 * 0.6), rel=0.15)


def test_an_acquired_asset_operates_at_once(bench: Bench) -> None:
    i = bench.place(bench.country())
    j = bench.project(i, k.FINANCED, channel=k.BY_ACQUISITION)
    works.carry_out_works(bench.h, i, i + 1, bench.t)
    assert bench.stage(j) == k.OPERATING
    assert not len(bench.events(k.CONSTRUCTION))


@pytest.mark.parametrize(
    ("aligned", "finance", "needs_loan", "level", "stopped"),
    [
        (False, k.SOVEREIGN, 1, k.LOCAL, True),
        (True, k.SOVEREIGN, 1, k.LOCAL, False),
        (False, k.LOCAL_LOAN, 1, k.LOCAL, False),
        (False, k.OWN, 0, k.LOCAL, False),
        (False, k.OWN, 0, k.CENTRAL, True),
    ],
)
def test_the_centre_withholds_funds_from_those_not_allied(
    bench: Bench, aligned: bool, finance: int, needs_loan: int, level: int, stopped: bool
) -> None:
    i = bench.place(bench.country())
    bench.w.governor["bloc"][i] += 0 if aligned else 1
    bench.par(finance_withholding=1.0)
    j = bench.project(i, k.BUILDING, finance=finance, needs_loan=needs_loan, level=level)
    works.build(bench.h, j, bench.t)
    assert (bench.stage(j) == k.STALLED) == stopped
    assert bench.w.project["withheld"][j] == int(stopped)
    assert len(bench.events(k.FUNDS_WITHHELD)) == int(stopped)


def test_fiscal_stress_stalls_more_works(bench: Bench) -> None:
    c = bench.country()
    i = bench.place(c)
    bench.par(construction_stall=0.3)

    def stalled(fiscal: float) -> int:
        bench.w.country["fiscal"][c] = fiscal
        rows = [bench.project(i, k.BUILDING, sector=s % 10) for s in range(60)]
        for j in rows:
            works.build(bench.h, j, bench.t)
        return sum(bench.stage(j) == k.STALLED for j in rows)

    assert 0 < stalled(0.0) < stalled(1.0)


def restarted(bench: Bench, i: int, withheld: int) -> int:
    rows = [bench.project(i, k.STALLED, sector=s % 10, withheld=withheld) for s in range(60)]
    for j in rows:
        works.wait_for_restart(bench.h, j, bench.t)
    return sum(bench.stage(j) == k.BUILDING for j in rows)


def test_withheld_funds_flow_again_sooner_once_allied(bench: Bench) -> None:
    i = bench.place(bench.country())
    bench.par(finance_resume=0.15)
    allied, plain = restarted(bench, i, 1), restarted(bench, i, 0)
    bench.w.governor["bloc"][i] += 1
    assert allied > max(plain, restarted(bench, i, 1))


def test_stalled_works_may_be_given_up(bench: Bench) -> None:
    i = bench.place(bench.country())
    bench.par(construction_cancel=1.0)
    assert restarted(bench, i, 0) == 0
    assert len(bench.events(k.CANCELLATION)) == 60


def protests(bench: Bench, visibility: float, value: float, stage: int = k.BUILDING) -> int:
    i = bench.place(bench.country())
    bench.w.sector["visibility"] = visibility
    bench.w.sector["duration"] = 10**6
    before = len(bench.events(k.BACKLASH))
    for s in range(60):
        bench.project(i, stage, sector=s % 10, value=value)
    works.carry_out_works(bench.h, i, i + 1, bench.t)
    bench.forget_projects()
    return len(bench.events(k.BACKLASH)) - before


def test_backlash_meets_the_visible_and_the_large(bench: Bench) -> None:
    bench.par(backlash_rate=0.2, backlash_size=0.8, backlash_cancel=0.0)
    assert protests(bench, 0.0, 100.0) == 0
    low, high = protests(bench, 0.3, 100.0), protests(bench, 1.0, 100.0)
    assert 0 < low < high
    assert high < protests(bench, 1.0, 1000.0)
    assert protests(bench, 1.0, 10.0) < high


def test_nobody_protests_against_a_mere_proposal_or_a_takeover(bench: Bench) -> None:
    bench.par(backlash_rate=100.0, backlash_cancel=0.0)
    for stage in (k.PROPOSED, k.ACQUIRING):
        assert protests(bench, 1.0, 100.0, stage) == 0
    assert protests(bench, 1.0, 100.0, k.SIGNED) == 60


@pytest.mark.parametrize("chance", [0.0, 1.0])
def test_backlash_may_cancel_a_project(bench: Bench, chance: float) -> None:
    c = bench.country()
    bench.par(backlash_rate=100.0, backlash_cancel=chance)
    j = bench.project(bench.place(c), k.BUILDING)
    bench.w.sector["visibility"][0] = 1.0
    works.face_public(bench.h, j, bench.t)
    backlash = bench.events(k.BACKLASH)
    assert len(backlash) == 1
    if chance:
        assert bench.stage(j) == k.CANCELLED
        assert bench.events(k.CANCELLATION)["cause0"].tolist() == backlash["id"].tolist()
        assert bench.w.country["failures"][c] == 1
    else:
        assert bench.stage(j) == k.BUILDING


def voted(bench: Bench, stage: int = k.BUILDING, market: float = -9.0, **par: float) -> int:
    """Return the stage after a backlash against a fully visible project in a place of a size."""
    i = bench.place(bench.country())
    bench.par(
        **({"backlash_rate": 100.0, "backlash_cancel": 0.0, "backlash_referendum": 1.0} | par)
    )
    bench.w.sector["visibility"][0] = 1.0
    bench.w.place["market"][i] = market
    j = bench.project(i, stage, value=100.0)
    works.face_public(bench.h, j, bench.t)
    return bench.stage(j)


@pytest.mark.parametrize("stage", [k.APPROVED, k.AWARDED, k.FINANCED, k.BUILDING, k.STALLED])
def test_a_small_place_votes_down_what_is_approved(bench: Bench, stage: int) -> None:
    assert voted(bench, stage) == k.CANCELLED
    backlash, vote = bench.events(k.BACKLASH)[0], bench.events(k.REFERENDUM)[0]
    assert vote["cause0"] == backlash["id"]
    assert bench.events(k.CANCELLATION)["cause0"].tolist() == [vote["id"]]


def test_nobody_votes_on_a_mere_memorandum(bench: Bench) -> None:
    assert voted(bench, k.SIGNED) == k.SIGNED
    assert len(bench.events(k.BACKLASH)) == 1
    assert not len(bench.events(k.REFERENDUM))


@pytest.mark.parametrize(
    "case", [{"backlash_referendum": 0.0}, {"market": 9.0}, {"backlash_rate": 0.0}]
)
def test_what_prevents_a_vote(bench: Bench, case: dict[str, float]) -> None:
    assert voted(bench, **case) == k.BUILDING  # type: ignore[arg-type]
    assert not len(bench.events(k.REFERENDUM))


def test_a_backlash_that_ends_a_project_leaves_nothing_to_vote_on(bench: Bench) -> None:
    assert voted(bench, backlash_cancel=1.0) == k.CANCELLED
    assert not len(bench.events(k.REFERENDUM))


def test_votes_go_against_the_visible_in_small_places(bench: Bench) -> None:
    i = bench.place(bench.country())
    bench.par(backlash_referendum=0.8)
    rows = [bench.project(i, k.BUILDING, value=100.0 + s, sector=s % 10) for s in range(100)]

    def struck_down(visibility: float, market: float) -> int:
        bench.w.sector["visibility"] = visibility
        bench.w.place["market"][i] = market
        return sum(bool(works.is_voted_down(bench.h, j, bench.t)) for j in rows)

    assert struck_down(0.0, -9.0) == 0
    assert 0 < struck_down(0.3, -9.0) < struck_down(1.0, -9.0)
    assert struck_down(1.0, 1.0) < struck_down(1.0, 0.0) < struck_down(1.0, -1.0)
