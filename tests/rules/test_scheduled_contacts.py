"""Visits and twinnings that a scenario arranges."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from sim.core import enums as k
from sim.rules import journeys, scheduled_contacts

if TYPE_CHECKING:
    from tests.rules.conftest import Bench

CAUSE = 55


def test_an_arranged_visit_gains_what_a_visit_gains(bench: Bench) -> None:
    c = bench.country()
    own, arranged = bench.place(c, 0), bench.place(c, 1)
    bench.w.governor["will"][[own, arranged]] = 0.3
    bench.w.governor["experience"][[own, arranged]] = 0.2
    bench.par(tie_introduction=0.0)
    bench.w.actor["trip_place"][0] = own
    bench.w.actor["trip_received"][0] = 1
    journeys.make_visit(bench.h, 0, bench.t)
    scheduled_contacts.arrange_visit(bench.h, 0, arranged, bench.t, CAUSE)
    assert bench.trust(0, arranged) == bench.trust(0, own) > 0.0
    experience = bench.w.governor["experience"]
    assert experience[arranged] == experience[own] > 0.2
    visits = bench.events(k.VISIT_TO_LAC)
    assert visits["initiator"].tolist() == [k.CHINA, k.CHINA]
    assert [visits[name][1] for name in ("cause0", "cause1", "cause2")] == [CAUSE, 0, 0]


def test_a_visit_of_ones_own_in_the_same_month_is_another_event(bench: Bench) -> None:
    i = bench.place(bench.country())
    bench.par(tie_introduction=0.0)
    for sector in range(len(bench.w.sector)):
        journeys.pay_visit(bench.h, 0, i, bench.t, sector, 0)
    scheduled_contacts.arrange_visit(bench.h, 0, i, bench.t, CAUSE)
    visits = bench.events(k.VISIT_TO_LAC)
    assert visits["sector"][-1] == -1
    assert len(set(visits["id"].tolist())) == len(visits) == len(bench.w.sector) + 1


def test_an_arranged_visit_leaves_the_actors_trip_and_all_firms_alone(bench: Bench) -> None:
    i = bench.place(bench.country())
    bench.par(tie_introduction=10.0)
    trips = [name for name in bench.w.actor.dtype.names or () if name.startswith("trip_")]
    before = {name: bench.w.actor[name].copy() for name in trips}
    scheduled_contacts.arrange_visit(bench.h, 0, i, bench.t, CAUSE)
    assert all((bench.w.actor[name] == before[name]).all() for name in trips)
    assert not len(bench.events(k.INTRODUCTION))
    assert bench.w.place["first_tie"][i] == bench.w.run["ties"][0] - 1


@pytest.mark.parametrize("why", ["recognises", "active_since"])
def test_who_may_not_work_there_does_not_come(bench: Bench, why: str) -> None:
    c = bench.country()
    i, a = bench.place(c), int(bench.w.country["embassy"][c])
    if why == "recognises":
        bench.w.country["recognises"][c] = 0
    else:
        bench.w.actor["active_since"][a] = bench.t + 1
    scheduled_contacts.arrange_visit(bench.h, a, i, bench.t, CAUSE)
    assert bench.trust(a, i) == 0.0
    assert not len(bench.events(k.VISIT_TO_LAC))
    bench.w.country["recognises"][c] = 1
    bench.w.actor["active_since"][a] = bench.t
    scheduled_contacts.arrange_visit(bench.h, a, i, bench.t, CAUSE)
    assert bench.trust(a, i) > 0.0


@pytest.mark.parametrize("met", [False, True])
def test_a_twinning_is_signed_once(bench: Bench, met: bool) -> None:
    i = bench.place(bench.country())
    if met:
        bench.tie(0, i, 0.5)
    before = bench.trust(0, i)
    scheduled_contacts.arrange_twinning(bench.h, 0, i, bench.t, CAUSE)
    scheduled_contacts.arrange_twinning(bench.h, 0, i, bench.t, CAUSE)
    signed = bench.events(k.TWINNING)
    assert signed["place"].tolist() == [i]
    causes = {int(signed[name][0]) for name in ("cause0", "cause1", "cause2")} - {0}
    assert causes == ({CAUSE, 77} if met else {CAUSE})
    row = int(bench.w.tie_of[0, i])
    assert bench.w.tie["twinned"][row] == bench.t
    assert bench.w.tie["first_event"][row] == (77 if met else signed["id"][0])
    assert bench.trust(0, i) > before


def test_orders_are_carried_out_in_their_month_only(bench: Bench) -> None:
    i = bench.place(bench.country())
    fields = bench.w.intervention.dtype.names or ()
    given = {"order": k.ARRANGE_VISIT, "place": i}
    rows = [
        given | {"month": bench.t + later, "actor": actor} for actor, later in enumerate((-1, 0, 1))
    ]
    table = [tuple(row.get(name, 0) for name in fields) for row in rows]
    bench.use(intervention=np.array(table, dtype=bench.w.intervention.dtype))
    scheduled_contacts.arrange_contacts(bench.h, bench.t)
    assert bench.events(k.VISIT_TO_LAC)["actor"].tolist() == [1]
    order = bench.events(k.INTERVENTION)
    assert order["place"].tolist() == [i]
    assert bench.events(k.VISIT_TO_LAC)["cause0"].tolist() == order["id"].tolist()
