"""Turnover: who leaves when, and what goes with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from sim.core import enums as k
from sim.core.state_pointer import handle
from sim.engine.compiled import simulate
from sim.engine.initial_state import initial_state
from sim.rules import politics, terms, turnover
from sim.rules.basics import NEVER
from sim.scenario.schema import build
from sim.world.positions import Positions

if TYPE_CHECKING:
    from sim.world import World
    from tests.rules.conftest import Bench


@pytest.mark.parametrize("t", [0, 5, 47, 48, 49, 300])
@pytest.mark.parametrize("anchor", [-36, 12, 190])
def test_terms_begin_on_regular_dates(t: int, anchor: int) -> None:
    date = terms.next_regular_date(anchor, 48, t)
    assert t < date <= t + 48
    assert (date - anchor) % 48 == 0


def test_fade_leaves_institutional_trust_and_hands_over_within_a_bloc(bench: Bench) -> None:
    bench.par(turnover_fade=0.6, turnover_transition=0.25)
    i = bench.place(bench.country())
    row = bench.tie(0, i, 0.8, 0.3)
    turnover.fade_ties(bench.h, i, bench.t, True, 5)
    assert bench.w.tie["personal"][row] == pytest.approx(0.8 * 0.4, abs=1e-8)
    assert bench.w.tie["institutional"][row] == 0.3
    bench.w.tie["personal"][row] = 0.8
    turnover.fade_ties(bench.h, i, bench.t, False, 5)
    assert bench.w.tie["personal"][row] == pytest.approx(0.8 * (1.0 - 0.6 * 0.75), abs=1e-8)


def inherited(bench: Bench, new_bloc: bool = True, institutional: float = 0.0, **tie: float) -> Any:
    """Return the share of a pair's memory that a successor inherits."""
    bench.par(turnover_fade=0.8, turnover_transition=0.5, tie_twinning=1.0, tie_university=0.5)
    i = bench.place(bench.country())
    row = bench.tie(0, i, 0.5, institutional, memory=1.0, twinned=-1, university=NEVER)
    for name, value in tie.items():
        bench.w.tie[name][row] = value
    turnover.fade_ties(bench.h, i, bench.t, new_bloc, 5)
    return bench.w.tie["memory"][row]


def test_a_successor_inherits_memory_by_institutions_bloc_and_transition(bench: Bench) -> None:
    assert inherited(bench) == pytest.approx(0.2)
    assert inherited(bench, new_bloc=False) == pytest.approx(0.6)
    assert inherited(bench, institutional=0.5) == pytest.approx(0.6)
    # With universities linked since some time a twinning keeps still more.
    assert inherited(bench, twinned=bench.t) == pytest.approx(0.6)
    assert inherited(bench, twinned=0, university=0) == pytest.approx(1.0 - 0.8 / 2.5)


def test_an_office_in_the_country_keeps_memory(bench: Bench) -> None:
    bench.par(tie_office=3.0)
    bench.w.office[0, bench.country()] = 0
    assert inherited(bench) == pytest.approx(0.8)


def test_a_tie_is_lost_when_nothing_living_is_left(bench: Bench) -> None:
    bench.par(turnover_fade=1.0, turnover_transition=0.0, tie_alive=0.1)
    i = bench.place(bench.country())
    bench.tie(0, i, 0.8)
    bench.tie(1, i, 0.8, 0.3)
    bench.tie(2, i, 0.05)
    turnover.fade_ties(bench.h, i, bench.t, False, 5)
    lost = bench.events(k.TIE_LOST)
    assert lost["actor"].tolist() == [0]
    assert lost["cause0"].tolist() == [5]
    assert bench.w.place["exposed"][i] == 2


def test_talks_not_yet_approved_lapse_with_who_backed_them(bench: Bench) -> None:
    bench.par(turnover_lapse=1.0)
    i = bench.place(bench.country())
    bench.par(turnover_lapse_approved=0.0)
    stages = (k.PROPOSED, k.SIGNED, k.APPROVED, k.BUILDING)
    rows = [bench.project(i, stage) for stage in stages]
    centrally = bench.project(i, k.SIGNED, level=k.CENTRAL)
    turnover.lapse_at_turnover(bench.h, i, i + 1, bench.t, k.LOCAL, 5)
    assert bench.stage(centrally) == k.SIGNED
    assert [bench.stage(j) for j in rows] == [k.LAPSED, k.LAPSED, k.APPROVED, k.BUILDING]
    bench.par(turnover_lapse=0.0)
    kept = bench.project(i, k.PROPOSED)
    turnover.lapse_at_turnover(bench.h, i, i + 1, bench.t, k.LOCAL, 5)
    assert bench.stage(kept) == k.PROPOSED


@pytest.mark.parametrize(("memory", "lapses"), [(0.0, True), (1.0, False)])
def test_what_is_approved_without_finance_lapses_with_its_team(
    bench: Bench, memory: float, lapses: bool
) -> None:
    bench.par(turnover_lapse=0.0, turnover_lapse_approved=1.0, memory_need=1.0)
    i = bench.place(bench.country())
    bench.tie(0, i, 0.5, memory=memory)
    stages = (k.SIGNED, k.APPROVED, k.AWARDED, k.FINANCED)
    rows = [bench.project(i, stage, actor=0) for stage in stages]
    turnover.lapse_at_turnover(bench.h, i, i + 1, bench.t, k.LOCAL, 5)
    assert [bench.stage(j) == k.LAPSED for j in rows] == [False, lapses, lapses, False]


def test_talks_lapse_with_whoever_was_to_decide_on_them(bench: Bench) -> None:
    bench.par(turnover_lapse=1.0)
    w, c = bench.w, bench.country()
    places = [bench.place(c, which) for which in range(2)]
    abroad = next(i for i in range(bench.localities) if w.place["country"][i] != c)
    local, central = (
        [bench.project(i, k.PROPOSED, level=level) for i in places]
        for level in (k.LOCAL, k.CENTRAL)
    )
    elsewhere = bench.project(abroad, k.PROPOSED, level=k.CENTRAL)
    politics.install_executive(bench.h, c, bench.t, 123, 1, 0.0, 0.0, 0)
    assert [bench.stage(j) for j in local] == [k.PROPOSED, k.PROPOSED]
    assert [bench.stage(j) for j in central] == [k.LAPSED, k.LAPSED]
    assert bench.stage(elsewhere) == k.PROPOSED
    changes = bench.events(k.EXECUTIVE_CHANGE)["id"].tolist()
    assert set(bench.events(k.LAPSE)["cause1"].tolist()) == set(changes)
    central = [bench.project(places[0], k.PROPOSED, level=k.CENTRAL)]
    politics.install_governor(bench.h, places[0], bench.t, 123, 1, 0.5, 0, 0)
    assert [bench.stage(j) for j in local] == [k.LAPSED, k.PROPOSED]
    assert bench.stage(central[0]) == k.PROPOSED


def elected(bench: Bench, reelection: int) -> int:
    """Return a locality whose governor is elected and up for election this month."""
    c = bench.country()
    i = bench.place(c)
    w = bench.w
    w.governor["selection"][i] = k.ELECTED
    w.governor["elected_since"][i] = -1000
    w.governor["term"][i] = 48
    w.governor["anchor"][i] = bench.t
    w.governor["reelection"][i] = reelection
    w.country["changed"][c] = -1
    w.governor["until"][i] = w.governor["review"][i] = bench.t
    w.governor["documented"][i] = 0
    w.governor["next_documented"][i] = w.governor["last_documented"][i]
    return i


@pytest.mark.parametrize(
    ("reelection", "terms", "stays"),
    [
        (k.NEVER, 1, False),
        (k.ONCE, 1, True),
        (k.ONCE, 2, False),
        (k.UNLIMITED, 1, True),
        (k.UNLIMITED, 7, True),
    ],
)
def test_elections_keep_the_countrys_rule(
    bench: Bench, reelection: int, terms: int, stays: bool
) -> None:
    i = elected(bench, reelection)
    governor = bench.w.governor
    bench.par(turnover_reelection=1.0, turnover_pace=1.0)
    governor["terms"][i] = terms
    before = int(governor["key"][i])
    politics.hold_governor_office(bench.h, i, bench.t)
    assert (governor["key"][i] == before) == stays
    assert governor["terms"][i] == (terms + 1 if stays else 1)
    assert governor["until"][i] == bench.t + 48
    assert len(bench.events(k.GOVERNOR_CHANGE)) == (0 if stays else 1)


def test_without_reelection_every_election_brings_another(bench: Bench) -> None:
    i = elected(bench, k.UNLIMITED)
    bench.par(turnover_reelection=0.0)
    before = int(bench.w.governor["key"][i])
    politics.hold_governor_office(bench.h, i, bench.t)
    assert bench.w.governor["key"][i] != before


def test_nobody_leaves_before_the_term_ends(bench: Bench) -> None:
    i = elected(bench, k.NEVER)
    bench.w.governor["until"][i] = bench.w.governor["review"][i] = bench.t + 1
    before = int(bench.w.governor["key"][i])
    politics.hold_governor_office(bench.h, i, bench.t)
    assert bench.w.governor["key"][i] == before


@pytest.mark.parametrize(
    ("selection", "documented", "swept"),
    [(k.APPOINTED, 0, True), (k.APPOINTED, 1, False), (k.ELECTED, 0, False)],
)
def test_appointees_go_with_the_executives_bloc(
    bench: Bench, selection: int, documented: int, swept: bool
) -> None:
    i = elected(bench, k.UNLIMITED)
    w = bench.w
    c = int(w.place["country"][i])
    w.governor["selection"][i] = selection
    w.country["changed"][c] = bench.t
    w.country["bloc_changed"][c] = 1
    w.country["bloc"][c] += 1
    w.governor["documented"][i] = documented
    w.governor["until"][i] = w.governor["review"][i] = bench.t + 30
    before = int(w.governor["key"][i])
    politics.hold_governor_office(bench.h, i, bench.t)
    assert (w.governor["key"][i] != before) == swept
    if swept:
        assert w.governor["bloc"][i] == w.country["bloc"][c]


def test_an_executive_of_the_same_bloc_sweeps_nobody(bench: Bench) -> None:
    i = elected(bench, k.UNLIMITED)
    c = int(bench.w.place["country"][i])
    bench.w.governor["selection"][i] = k.APPOINTED
    bench.w.country["changed"][c] = bench.t
    bench.w.country["bloc_changed"][c] = 0
    bench.w.governor["until"][i] = bench.w.governor["review"][i] = bench.t + 30
    before = int(bench.w.governor["key"][i])
    politics.hold_governor_office(bench.h, i, bench.t)
    assert bench.w.governor["key"][i] == before


@pytest.mark.parametrize("coattails", [0.0, 1.0])
def test_coattails_decide_whether_the_elected_side_with_the_executive(
    bench: Bench, coattails: float
) -> None:
    bench.par(office_coattails=coattails)
    w = bench.w
    for g in range(50):
        bloc = politics.drawn_bloc(bench.h, g, bench.t)
        assert (bloc == w.country["bloc"][w.place["country"][g]]) == (coattails == 1.0)


def test_a_faster_pace_means_shorter_terms(bench: Bench) -> None:
    i = elected(bench, k.NEVER)
    bench.w.governor["anchor"][i] = bench.t
    ends = []
    for pace in (0.5, 1.0, 2.0, 4.0):
        bench.par(turnover_pace=pace)
        ends.append(int(politics.term_end(bench.h, i, bench.t)))
    assert ends == sorted(ends, reverse=True)
    assert ends[0] > ends[3]


def test_will_differs_between_persons_around_its_centre(bench: Bench) -> None:
    bench.par(office_will_centre=0.0, office_will_spread=1.2)
    wills = np.array([politics.drawn_will(bench.h, g, 9) for g in range(500)])
    assert np.median(wills) == pytest.approx(0.5, abs=0.06)
    assert wills.std() > 0.15
    bench.par(office_will_centre=1.0)
    keener = np.array([politics.drawn_will(bench.h, g, 9) for g in range(500)])
    assert (keener > wills).all()
    assert 0.0 < keener.min() <= keener.max() < 1.0


def test_a_new_executive_fades_ties_at_the_centre_only(bench: Bench) -> None:
    c = bench.country()
    centre, i = int(bench.w.country["centre"][c]), bench.place(c)
    here, there = bench.tie(0, centre, 0.8), bench.tie(0, i, 0.8)
    bench.par(turnover_fade=0.5, turnover_transition=0.0)
    bloc = int(bench.w.country["bloc"][c])
    politics.install_executive(bench.h, c, bench.t, 123, bloc, 0.4, 0.2, 0)
    assert bench.w.tie["personal"][here] == pytest.approx(0.4)
    assert bench.w.tie["personal"][there] == 0.8
    assert bench.w.country["stance"][c] == 0.4
    assert bench.w.country["consolidation"][c] == 0.2
    assert len(bench.events(k.EXECUTIVE_CHANGE)) == 1


def test_a_stance_not_known_is_drawn_within_bounds(bench: Bench) -> None:
    bench.par(office_stance_centre=0.2, office_stance_spread=1.0)
    stances = []
    for c in range(len(bench.w.country)):
        politics.install_executive(bench.h, c, bench.t, 50 + c, 1, np.nan, np.nan, 0)
        stances.append(float(bench.w.country["stance"][c]))
    assert -1.0 <= min(stances) < max(stances) <= 1.0
    assert (bench.w.country["consolidation"] == 0.0).all()


@pytest.mark.parametrize(
    ("reelection", "terms", "may_stay"),
    [(k.NEVER, 1, False), (k.NOT_TWICE_RUNNING, 1, False), (k.ONCE, 1, True),
     (k.ONCE, 2, False), (k.UNLIMITED, 5, True)],
)  # fmt: skip
def test_executives_leave_by_their_countrys_rule(
    bench: Bench, reelection: int, terms: int, may_stay: bool
) -> None:
    c = bench.country()
    country = bench.w.country
    country["executive_reelection"][c] = reelection
    country["terms"][c] = terms
    bench.par(office_bloc_persistence=1.0)
    leader, bloc = int(country["leader"][c]), int(country["bloc"][c])
    politics.hold_national_election(bench.h, c, bench.t)
    assert (country["leader"][c] == leader) == may_stay
    assert country["bloc"][c] == bloc
    bench.par(office_bloc_persistence=0.0)
    politics.hold_national_election(bench.h, c, bench.t)
    assert country["bloc"][c] != bloc


def test_elections_wait_for_the_end_of_the_calendar(bench: Bench) -> None:
    c = bench.country()
    country = bench.w.country
    country["next_executive"][c] = country["last_executive"][c]
    country["executive_anchor"][c] = bench.t
    country["executive_reelection"][c] = k.NEVER
    leader = int(country["leader"][c])
    politics.hold_executive_office(bench.h, c, bench.t)
    assert country["leader"][c] == leader
    country["executives_until"][c] = bench.t - 1
    politics.hold_executive_office(bench.h, c, bench.t)
    assert country["leader"][c] != leader


def ordered(bench: Bench, office: Any, row: int, **fields: float) -> Any:
    """Put an order on an office before whoever reviews it; return the handle to use."""
    w = bench.w._replace(intervention=np.zeros(1, bench.w.intervention.dtype))
    fields = {"key": 4711, "value": np.nan, "second": np.nan, "event": 88} | fields
    for name, value in fields.items():
        w.intervention[name] = value
    office["order"][row] = 0
    return handle(w)


@pytest.mark.parametrize("replaces", [1, 0])
def test_an_executive_by_order_comes_instead_of_an_elected_one(bench: Bench, replaces: int) -> None:
    c, country = bench.country(), bench.w.country
    country["next_executive"][c] = country["last_executive"][c]
    country["executive_anchor"][c] = bench.t
    country["executive_reelection"][c] = k.NEVER
    country["executives_until"][c] = bench.t - 1
    h = ordered(bench, country, c, replaces=replaces, value=-0.25)
    politics.hold_executive_office(h, c, bench.t)
    assert country["stance"][c] == -0.25
    assert (country["leader"][c] == 4711) == (replaces == 1)
    changes = bench.events(k.EXECUTIVE_CHANGE)
    assert changes["cause0"].tolist() == [88 if replaces else 0]
    assert country["order"][c] == -1


@pytest.mark.parametrize("replaces", [1, 0])
def test_a_governor_by_order_comes_instead_of_an_elected_one(bench: Bench, replaces: int) -> None:
    i, governor = elected(bench, k.NEVER), bench.w.governor
    h = ordered(bench, governor, i, replaces=replaces, value=0.25, second=1.0)
    politics.hold_governor_office(h, i, bench.t)
    assert governor["will"][i] == 0.25
    assert (governor["key"][i] == 4711) == (replaces == 1)
    assert bench.events(k.GOVERNOR_CHANGE)["cause0"].tolist() == [88 if replaces else 0]
    assert governor["order"][i] == -1
    assert governor["until"][i] == governor["review"][i] == bench.t + 48


def test_a_governor_by_order_is_not_swept_by_the_executive_of_the_month(bench: Bench) -> None:
    i, w = elected(bench, k.NEVER), bench.w
    c = int(w.place["country"][i])
    w.governor["selection"][i] = k.APPOINTED
    w.country["changed"][c] = bench.t
    w.country["bloc_changed"][c] = 1
    h = ordered(bench, w.governor, i, replaces=1, value=0.25, second=0.0)
    politics.hold_governor_office(h, i, bench.t)
    assert w.governor["key"][i] == 4711
    assert w.governor["bloc"][i] != w.country["bloc"][c]


def test_an_order_on_alignment_is_about_the_executive_after_the_months_change(
    world: World,
) -> None:
    """Where both offices change in one month, the governor sides with the new executive."""
    orders = [
        {"month": "2016-04", "kind": "governor", "locality": "BR-MG", "aligned": True},
        {"month": "2016-04", "kind": "executive", "country": "BRA", "name": "A"},
    ]
    scenario = build({"name": "x", "title": "x", "start": "2016-01", "end": "2016-04",
                      "interventions": orders})  # fmt: skip
    w = simulate(initial_state(scenario, world), 1, 0)
    at = Positions(world)
    bloc = w.governor["bloc"][at.locality["BR-MG"]]
    assert bloc == w.country["bloc"][at.country["BRA"]]


@pytest.mark.parametrize(
    ("t", "pace", "end"),
    [
        (-60, 1.0, -40),  # before the first date the law's term, counted back from it
        (-1, 1.0, 8),
        (8, 1.0, 40),
        (39, 1.0, 40),
        (40, 1.0, 100),
        (8, 2.0, 24),
        (24, 2.0, 40),
        (8, 0.5, 72),
        (100, 1.0, 148),  # after the last one the law's term
        (148, 1.0, 196),
    ],
)
def test_terms_begin_on_their_dates_then_by_law(
    bench: Bench, t: int, pace: float, end: int
) -> None:
    i = dated(bench, [8, 40, 100])
    assert terms.elected_term_end(bench.h, i, t, pace) == end


def dated(bench: Bench, starts: list[int], bloc: int = 0, reelection: int = -1) -> int:
    """Return a locality with so many dated terms, up for election this month."""
    i = elected(bench, k.UNLIMITED)
    term = bench.w.term
    assert len(term) >= len(starts)
    term["start"][: len(starts)] = starts
    term["bloc"][: len(starts)] = bloc
    term["reelection"][: len(starts)] = reelection
    bench.w.governor["first_term"][i], bench.w.governor["last_term"][i] = 0, len(starts)
    return i


def test_the_winner_of_a_documented_election_takes_office(bench: Bench) -> None:
    bench.par(turnover_reelection=1.0, turnover_pace=1.0)
    i = dated(bench, [bench.t, bench.t + 30], bloc=77)
    governor = bench.w.governor
    governor["bloc"][i], before = 5, int(governor["key"][i])
    politics.hold_governor_office(bench.h, i, bench.t)
    assert governor["key"][i] != before
    assert governor["bloc"][i] == 77
    assert governor["until"][i] == bench.t + 30


def test_a_documented_bloc_holds_for_one_term_of_the_law(bench: Bench) -> None:
    i = dated(bench, [bench.t], bloc=77)
    blocs = [terms.documented_bloc(bench.h, i, bench.t + n) for n in (-1, 0, 47, 48)]
    assert blocs == [0, 77, 77, 0]


@pytest.mark.parametrize(("reelection", "stays"), [(k.NEVER, False), (-1, True)])
def test_an_election_has_the_rule_of_reelection_of_its_time(
    bench: Bench, reelection: int, stays: bool
) -> None:
    bench.par(turnover_reelection=1.0, turnover_pace=1.0)
    i = dated(bench, [bench.t], reelection=reelection)
    before = int(bench.w.governor["key"][i])
    politics.hold_governor_office(bench.h, i, bench.t)
    assert (bench.w.governor["key"][i] == before) == stays
