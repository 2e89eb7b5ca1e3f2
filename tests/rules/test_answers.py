"""Visits that are answered, exchanges of twinned pairs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from sim.core import enums as k
from sim.engine.compiled import simulate
from sim.engine.initial_state import initial_state
from sim.rules import journeys, outreach, reception, ties
from sim.scenario.schema import load

if TYPE_CHECKING:
    from sim.world import World
    from tests.rules.conftest import Bench


@pytest.fixture
def pair(bench: Bench) -> tuple[int, int, int]:
    """Return a province, a unit and the row of their tie; every visit is answered in a month."""
    bench.par(outreach_answer=1.0, outreach_answer_delay=1.0, twinning_exchange=0.0)
    a, i = bench.actors(k.PROVINCE)[0], bench.place(bench.country())
    row = bench.tie(a, i, 0.5)
    bench.w.tie["latest"][row] = bench.t
    return a, i, row


def test_a_visit_invites_the_side_visited(bench: Bench, pair: tuple[int, int, int]) -> None:
    a, i, row = pair
    journeys.pay_visit(bench.h, a, i, bench.t, 0, 0)
    assert (bench.w.tie["answer"][row], bench.w.tie["turn"][row]) == (bench.t + 1, k.LAC)
    bench.w.governor["trip_actor"][i] = a
    bench.w.governor["trip_forum"][i] = -1
    journeys.make_journey(bench.h, i, bench.t)
    assert (bench.w.tie["answer"][row], bench.w.tie["turn"][row]) == (bench.t + 1, k.CHINA)


def test_only_provinces_and_units_exchange_visits(bench: Bench) -> None:
    bench.par(outreach_answer=1.0, outreach_answer_delay=1.0)
    c = bench.country()
    firm, province = bench.actors(k.FIRM)[0], bench.actors(k.PROVINCE)[0]
    centre = int(bench.w.country["centre"][c])
    for a, place in ((firm, bench.place(c)), (province, centre)):
        row = bench.tie(a, place, 0.5)
        ties.invite(bench.h, a, place, bench.t, k.LAC)
        assert bench.w.tie["answer"][row] == -1


def test_no_visit_is_answered_without_the_chance(bench: Bench, pair: tuple[int, int, int]) -> None:
    a, i, row = pair
    bench.par(outreach_answer=0.0)
    ties.invite(bench.h, a, i, bench.t, k.LAC)
    assert bench.w.tie["answer"][row] == -1


def test_answers_take_their_mean_delay(bench: Bench, pair: tuple[int, int, int]) -> None:
    a, i, row = pair
    bench.par(outreach_answer=0.5, outreach_answer_delay=4.0)
    waits = []
    for t in range(bench.t, bench.t + 4000):
        bench.w.tie["answer"][row] = -1
        ties.invite(bench.h, a, i, t, k.LAC)
        if bench.w.tie["answer"][row] > 0:
            waits.append(int(bench.w.tie["answer"][row]) - t)
    assert len(waits) / 4000 == pytest.approx(0.5, abs=0.03)
    assert np.mean(waits) == pytest.approx(4.0, abs=0.3)


def test_a_governor_and_a_province_are_called_in_turn(
    bench: Bench, pair: tuple[int, int, int]
) -> None:
    a, i, row = pair
    for turn in (k.LAC, k.CHINA):
        bench.w.tie["answer"][row], bench.w.tie["turn"][row] = bench.t + 1, turn
        ties.update_ties(bench.h, a, bench.t)
    assert bench.w.governor["invited_by"][i] == a
    assert bench.w.actor["invited_to"][a] == i


def test_the_first_province_is_followed_whatever_the_order(bench: Bench) -> None:
    first, second = bench.actors(k.PROVINCE)[:2]
    c = bench.country()
    for i, order in ((bench.place(c), (first, second)), (bench.place(c, 1), (second, first))):
        for a in order:
            row = bench.tie(a, i, 0.5)
            bench.w.tie["latest"][row], bench.w.tie["turn"][row] = bench.t, k.LAC
            ties.call_for_answer(bench.h, row, bench.t)
        assert bench.w.governor["invited_by"][i] == first


def test_a_province_puts_off_the_second_answer(bench: Bench, pair: tuple[int, int, int]) -> None:
    a, _, row = pair
    bench.w.actor["invited_to"][a] = 0
    bench.w.tie["answer"][row], bench.w.tie["turn"][row] = bench.t + 1, k.CHINA
    ties.call_for_answer(bench.h, row, bench.t)
    assert bench.w.actor["invited_to"][a] == 0
    assert bench.w.tie["answer"][row] == bench.t + 2


@pytest.mark.parametrize(("fade", "follows"), [(1.0, -1), (0.0, 0)])
def test_an_invitation_lapses_with_the_office_holder(
    bench: Bench, pair: tuple[int, int, int], fade: float, follows: int
) -> None:
    a, i, row = pair
    bench.par(turnover_fade=fade)
    bench.w.governor["since"][i] = bench.t + 1
    bench.w.tie["turn"][row] = k.LAC
    ties.call_for_answer(bench.h, row, bench.t + 2)
    assert bench.w.governor["invited_by"][i] == (a if follows == 0 else -1)


def test_a_governor_follows_as_geopolitics_allows(bench: Bench, pair: tuple[int, int, int]) -> None:
    a, i, _ = pair
    c = bench.w.place["country"][i]
    bench.par(approval_insulation=0.0)
    for restraint, goes in ((1.0, True), (0.0, False)):
        bench.w.country["restraint"][c] = restraint
        bench.w.governor["invited_by"][i] = a
        assert journeys.follows_invitation(bench.h, i, bench.t) == goes
        # An invitation is followed at once or not at all.
        assert bench.w.governor["invited_by"][i] == -1


def test_a_province_answers_beside_its_own_trips(bench: Bench, pair: tuple[int, int, int]) -> None:
    a, i, _ = pair
    bench.par(outreach_province_rate=0.0)
    bench.w.actor["invited_to"][a] = i
    outreach.seek_partner(bench.h, a, bench.t)
    assert bench.w.actor["trip_place"][a] == i
    # Whoever answers is welcome, and then has answered.
    bench.w.governor["will"][i] = 0.0
    bench.w.place["guests"][i] = a
    bench.w.actor["next_guest"][a] = -1
    reception.receive_delegations(bench.h, i, bench.t)
    assert bench.w.actor["trip_received"][a] == 1
    journeys.make_visit(bench.h, a, bench.t)
    assert bench.w.actor["invited_to"][a] == -1
    outreach.seek_partner(bench.h, a, bench.t + 1)
    assert bench.w.actor["trip_place"][a] == -1


def test_nobody_answers_when_outreach_has_stopped(bench: Bench, pair: tuple[int, int, int]) -> None:
    a, i, _ = pair
    bench.w.actor["invited_to"][a] = i
    bench.w.run["outreach"] = 0.0
    assert outreach.place_to_answer(bench.h, a) == -1
    assert bench.w.actor["invited_to"][a] == -1


def test_an_intense_pair_answers_and_meets_more(bench: Bench, pair: tuple[int, int, int]) -> None:
    a, i, row = pair
    bench.par(outreach_answer=0.5, twinning_exchange=0.6)
    months = range(bench.t, bench.t + 3000)
    for intensity, answered in ((0.25, 0.2), (1.0, 0.5), (4.0, 0.8)):
        bench.w.tie["intensity"][row] = intensity
        answers = exchanges = 0
        for t in months:
            bench.w.tie["answer"][row] = -1
            ties.invite(bench.h, a, i, t, k.LAC)
            answers += int(bench.w.tie["answer"][row] >= 0)
            bench.w.tie["answer"][row] = -1
            ties.arrange_exchange(bench.h, row, t)
            exchanges += int(bench.w.tie["answer"][row] >= 0)
        assert answers / len(months) == pytest.approx(answered, abs=0.03)
        assert exchanges / len(months) == pytest.approx(0.05 * intensity, rel=0.25)


def test_an_exchange_brings_either_side(bench: Bench, pair: tuple[int, int, int]) -> None:
    _, _, row = pair
    bench.par(twinning_exchange=12.0)
    turns = set()
    for t in range(bench.t, bench.t + 40):
        ties.arrange_exchange(bench.h, row, t)
        assert bench.w.tie["answer"][row] == t + 1
        turns.add(int(bench.w.tie["turn"][row]))
    assert turns == {k.CHINA, k.LAC}


def visits_of_provinces(world: World, **parameters: float) -> int:
    scenario = load("baseline", world).with_overrides(end="2009-12", parameters=parameters)
    w = simulate(initial_state(scenario, world), 3, 0)
    log = w.event[: int(w.run["events"][0])]
    trips = np.isin(log["kind"], [k.VISIT_TO_LAC, k.VISIT_TO_CHINA]) & (log["actor"] >= 0)
    return int((w.actor["kind"][log["actor"][trips]] == k.PROVINCE).sum())


def test_answers_and_exchanges_bring_more_visits(world: World) -> None:
    alone = {"outreach.answer": 0.0, "twinning.exchange": 0.0}
    none = visits_of_provinces(world, **alone)
    answered = visits_of_provinces(world, **{**alone, "outreach.answer": 0.7})
    exchanged = visits_of_provinces(world, **{**alone, "twinning.exchange": 1.0})
    assert answered > 1.3 * none
    assert exchanged > 1.15 * none
