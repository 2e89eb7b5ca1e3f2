"""What a scenario orders happens, in the month it says, and holds."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.core import enums as k
from sim.core.calendar import month_index, month_name
from sim.core.parameters import PARAMETERS
from sim.core.state import Array, State
from sim.core.state_pointer import handle
from sim.engine.compiled import ensure_capacity, new_run_state, run_months, simulate
from sim.engine.dispatch import programme_of_month
from sim.engine.initial_state import initial_state
from sim.rules.basics import authority_at, local_authority, trust_between
from sim.rules.powers import local_power
from sim.scenario.schema import build
from sim.world import World
from sim.world.positions import Positions

pytestmark = pytest.mark.slow  # each test compares runs of the whole region

START, END = "2014-01", "2016-06"


def ended(world: World, *changes: dict[str, Any], start: str = START, end: str = END) -> State:
    """Return the state after the last month of a run with some interventions."""
    fields = {"name": "x", "title": "x", "start": start, "end": end, "interventions": changes}
    scenario = build(fields)
    return simulate(initial_state(scenario, world), scenario.seed, 0)


def events(w: State, kind: int) -> Array:
    log = w.event[: int(w.run["events"][0])]
    found: Array = log[log["kind"] == kind]
    return found


@pytest.fixture(scope="module")
def at(world: World) -> Positions:
    return Positions(world)


@pytest.fixture
def office(world: World) -> tuple[str, str]:
    """Return a locality whose documented office-holder starts within the run, and the month."""
    table = world.governors
    months = table["start"].between(month_index(START) + 6, month_index(END) - 6)
    row = table[months & table["will"].notna()].iloc[0]
    return str(row["locality"]), month_name(int(row["start"]))


@pytest.fixture
def presidency(world: World) -> tuple[str, str]:
    """Return a country whose executive changes within the run, and the month."""
    table = world.executives
    months = table["start"].between(month_index(START) + 6, month_index(END) - 6)
    row = table[months].iloc[0]
    return str(row["iso3"]), month_name(int(row["start"]))


def test_a_parameter_is_set_from_its_month_on(world: World) -> None:
    change = {"month": "2014-04", "kind": "parameter", "parameter": "turnover.fade", "value": 0.1}
    scenario = build({"name": "x", "title": "x", "start": START, "end": END,
                      "interventions": [change]})  # fmt: skip
    w = ensure_capacity(new_run_state(initial_state(scenario, world), 1, 0))
    first = scenario.start_month
    default = PARAMETERS["turnover.fade"].default
    run_months(handle(w), programme_of_month(w), first, first + 2)
    assert w.par["turnover_fade"][0] == default
    run_months(handle(w), programme_of_month(w), first + 3, first + 3)
    assert w.par["turnover_fade"][0] == 0.1
    event = events(w, k.INTERVENTION)
    assert event["month"].tolist() == [first + 3]


def test_authority_is_written_into_the_calendar(world: World, at: Positions) -> None:
    c, m = at.country["CHL"], month_index("2015-01")
    base = ended(world)
    value = ended(world, {"month": "2015-01", "kind": "authority", "country": "CHL", "value": 0.9})
    shift = ended(world, {"month": "2015-01", "kind": "authority", "country": "CHL", "change": 0.2})
    assert (value.authority[:m] == base.authority[:m]).all()
    assert (value.authority[m:, c] == 0.9).all()
    assert shift.authority[m:, c] == pytest.approx(np.minimum(1.0, base.authority[m:, c] + 0.2))
    others = np.arange(len(at.country)) != c
    assert (value.authority[:, others] == base.authority[:, others]).all()
    assert value.country["authority"][c] == 0.9


def test_authority_is_added_in_one_locality_and_read_there(world: World, at: Positions) -> None:
    i, m, until = at.locality["CL-CO"], month_index("2015-01"), month_index("2015-06")
    order = {"month": "2015-01", "kind": "authority", "locality": "CL-CO", "change": 0.6,
             "until": "2015-06"}  # fmt: skip
    base, w = ended(world, end="2015-03"), ended(world, order, end="2015-03")
    assert (w.added_authority[m : until + 1, i] == 0.6).all()
    changed = w.added_authority != base.added_authority
    assert np.count_nonzero(changed) == len(w.added_authority[m : until + 1, i])
    assert (w.authority == base.authority).all()
    c = at.country["CHL"]
    h, neighbour = handle(w), int(w.country["first"][c])
    national = float(local_authority(h, c))
    assert authority_at(h, i) > national == authority_at(h, neighbour)
    assert local_power(h, i, 0, 100.0) > local_power(h, neighbour, 0, 100.0)
    drawn = w.place["attraction"] / base.place["attraction"]
    assert drawn[i] > 1.1 > drawn[neighbour]
    assert w.series[m + 2, c, 4] > base.series[m + 2, c, 4]
    (event,) = events(w, k.INTERVENTION)
    assert (event["place"], event["month"]) == (i, m)


def test_what_is_added_to_a_locality_stays_when_its_country_changes(
    world: World, at: Positions
) -> None:
    w = ended(
        world,
        {"month": "2015-01", "kind": "authority", "locality": "all", "change": 0.25},
        {"month": "2015-02", "kind": "authority", "country": "CHL", "value": 1.0},
        end="2015-02",
    )
    assert w.country["authority"][at.country["CHL"]] == 1.0
    base, m = ended(world, end="2015-02"), month_index("2015-02")
    assert w.added_authority[m] - base.added_authority[m] == pytest.approx(0.25)
    assert authority_at(handle(w), at.locality["CL-CO"]) <= 1.0


@pytest.mark.parametrize("where", [{"locality": "BR-RR"}, {"country": "BRA"}])
def test_the_pace_of_turnover_counts_where_it_is_set(
    world: World, at: Positions, where: dict[str, str]
) -> None:
    order = {"month": START, "kind": "turnover", "pace": 6.0, **where}
    base, w = ended(world, end=START), ended(world, order, end=START)
    earlier = w.governor["until"] < base.governor["until"]
    mine = np.zeros(len(earlier), dtype=bool)
    country = at.country["BRA"]
    # The pace is that of the governor and of the mayors there.
    mine |= (w.place["unit"][: len(mine)] == at.locality["BR-RR"]) & ("locality" in where)
    if "country" in where:
        mine |= w.place["country"][: len(mine)] == country
    assert earlier[at.locality["BR-RR"]]
    assert not earlier[~mine].any()
    assert (w.governor["until"][~mine] == base.governor["until"][~mine]).all()


def test_a_pace_of_0_is_that_of_everywhere(world: World) -> None:
    order = {"month": START, "kind": "turnover", "country": "all", "pace": 0}
    base, w = ended(world, end="2014-12"), ended(world, order, end="2014-12")
    assert (w.governor["until"] == base.governor["until"]).all()


def test_an_envelope_is_scaled(world: World, at: Positions) -> None:
    m, banks = month_index("2015-01"), list(at.bank.values())
    base = ended(world)
    every = ended(world, {"month": "2015-01", "kind": "envelope", "factor": 0.5})
    one = ended(world, {"month": "2015-01", "kind": "envelope", "factor": 0.5, "bank": "exim"})
    assert (every.envelope[:m] == base.envelope[:m]).all()
    assert every.envelope[m:] == pytest.approx(0.5 * base.envelope[m:])
    assert one.envelope[m:, banks].sum() > every.envelope[m:, banks].sum()
    assert one.envelope[m:, at.bank["exim"]] == pytest.approx(
        0.5 * base.envelope[m:, at.bank["exim"]]
    )


@pytest.mark.parametrize("until", [None, "2015-06"])
def test_signals_and_shocks_last_until_they_end(world: World, until: str | None) -> None:
    m = month_index("2015-01")
    last = month_index(until) + 1 if until else month_index(END) + 1
    base = ended(world)
    w = ended(
        world,
        {"month": "2015-01", "kind": "signal", "signal": "policy_emphasis", "value": 3.0,
         "until": until},
        {"month": "2015-01", "kind": "shock", "what": "fiscal", "value": 0.7, "until": until},
        {"month": "2015-01", "kind": "shock", "what": "strain", "country": "MEX", "value": 0.9,
         "until": until},
    )  # fmt: skip
    assert (w.signal[m:last, k.SIGNAL.policy_emphasis] == 3.0).all()
    assert (w.fiscal[m:last] == 0.7).all()
    assert (w.signal[:m] == base.signal[:m]).all()
    assert (w.signal[last:] == base.signal[last:]).all()
    assert (w.fiscal[last:] == base.fiscal[last:]).all()
    assert (w.strain[m:last] != base.strain[m:last]).any(axis=0).sum() == 1


def test_a_governor_is_replaced_or_changed(world: World, at: Positions) -> None:
    g = at.locality["BR-MG"]
    new = ended(world, {"month": "2016-04", "kind": "governor", "locality": "BR-MG",
                        "name": "A", "will": 0.93, "aligned": False})  # fmt: skip
    same = ended(world, {"month": "2016-04", "kind": "governor", "locality": "BR-MG",
                         "will": 0.93})  # fmt: skip
    base = ended(world)
    assert new.governor["will"][g] == same.governor["will"][g] == 0.93
    assert new.governor["key"][g] != same.governor["key"][g] == base.governor["key"][g]
    assert new.governor["bloc"][g] != new.country["bloc"][at.country["BRA"]]
    change = [e for e in events(new, k.GOVERNOR_CHANGE) if e["place"] == g]
    order = events(new, k.INTERVENTION)["id"][0]
    assert change[-1]["cause0"] == order
    assert change[-1]["month"] == month_index("2016-04")


def test_an_executive_is_replaced_or_changed(world: World, at: Positions) -> None:
    c = at.country["CHL"]
    new = ended(world, {"month": "2016-04", "kind": "executive", "country": "CHL", "name": "A",
                        "stance": -0.8, "consolidation": 0.6})  # fmt: skip
    same = ended(world, {"month": "2016-04", "kind": "executive", "country": "CHL",
                         "stance": -0.8})  # fmt: skip
    assert new.country["stance"][c] == same.country["stance"][c] == -0.8
    assert new.country["consolidation"][c] == 0.6
    assert new.country["leader"][c] != same.country["leader"][c]
    assert new.country["bloc_changed"][c] == 1


def test_recognition_switches_for_good(world: World, at: Positions) -> None:
    # History switches Panama in 2017: the order takes its place.
    order = {"month": "2016-01", "kind": "recognition", "country": "PAN", "recognises": "PRC"}
    back = {"month": "2016-03", "kind": "recognition", "country": "PAN", "recognises": "Taiwan"}
    c = at.country["PAN"]
    assert ended(world, order, end="2018-01").country["recognises"][c] == 1
    assert ended(world, order, back, end="2018-01").country["recognises"][c] == 0
    switches = events(ended(world, order, end="2018-01"), k.RECOGNITION_SWITCH)
    assert switches[switches["country"] == c]["month"].tolist() == [month_index("2016-01")]


def test_an_order_that_changes_nothing_leaves_no_switch(world: World, at: Positions) -> None:
    w = ended(world, {"month": "2016-01", "kind": "recognition", "country": "CHL",
                      "recognises": "PRC"})  # fmt: skip
    switches = events(w, k.RECOGNITION_SWITCH)
    assert at.country["CHL"] not in switches["country"]
    assert len(events(w, k.INTERVENTION)) == 1


@pytest.mark.parametrize("until", [None, "2015-06"])
def test_a_programme_lasts_until_it_ends(world: World, at: Positions, until: str | None) -> None:
    m, c, s = month_index("2015-01"), at.country["CHL"], at.sector["transport"]
    last = month_index(until) + 1 if until else month_index(END) + 1
    base = ended(world)
    w = ended(world, {"month": "2015-01", "kind": "programme", "country": "CHL",
                      "sector": "transport", "value": 0.9, "until": until})  # fmt: skip
    assert not base.programme[:, c, s].any()
    assert (w.programme[m:last, c, s] == 0.9).all()
    w.programme[m:last, c, s] = 0.0
    assert (w.programme == base.programme).all()


VISIT = {"month": "2015-01", "kind": "visit", "locality": "CL-CO", "actor": "CN-HA"}
TWINNING = {"month": "2015-01", "kind": "twinning", "locality": "CL-CO", "province": "CN-HA"}


@pytest.mark.parametrize(("order", "kind"), [(VISIT, k.VISIT_TO_LAC), (TWINNING, k.TWINNING)])
def test_an_arranged_contact_raises_trust_and_adds_to_the_month_as_it_was(
    world: World, at: Positions, order: dict[str, Any], kind: int
) -> None:
    a, i, m = at.actor["CN-HA"], at.locality["CL-CO"], month_index("2015-01")
    base, w = ended(world, end="2015-01"), ended(world, order, end="2015-01")
    assert trust_between(handle(w), a, i) > trust_between(handle(base), a, i)
    contacts = (k.VISIT_TO_LAC, k.VISIT_TO_CHINA, k.STATE_VISIT, k.INTRODUCTION, k.TWINNING)
    before = {int(e) for c in contacts for e in events(base, c)["id"]}
    after = {int(e) for c in contacts for e in events(w, c)["id"]}
    assert before < after
    (event,) = [e for e in events(w, kind) if int(e["id"]) in after - before]
    assert (event["actor"], event["place"], event["month"]) == (a, i, m)
    assert int(events(w, k.INTERVENTION)["id"][0]) in {int(event[f"cause{n}"]) for n in range(3)}
    assert len(after - before) == 1


def test_a_visit_in_the_first_month_meets_a_governor(world: World, at: Positions) -> None:
    w = ended(world, {**VISIT, "month": START}, end=START)
    least = PARAMETERS["tie.contact"].default * 0.4
    assert trust_between(handle(w), at.actor["CN-HA"], at.locality["CL-CO"]) > least


def test_there_is_room_for_any_number_of_contacts_in_a_month(world: World) -> None:
    provinces, places = world.provinces["code"], world.localities["code"]
    orders = [
        {"month": "2014-02", "kind": "twinning", "province": str(p), "locality": str(i)}
        for p in provinces
        for i in places
    ]
    w = ended(world, *orders, end="2014-02")
    assert len(events(w, k.INTERVENTION)) == len(orders) == 31 * 555
    assert len(events(w, k.TWINNING)) >= 31 * 555
    assert len(w.tie) >= w.run["ties"][0]


# --- orders in a month in which history has plans of its own


def test_a_governor_by_order_comes_instead_of_the_documented_one(
    world: World, at: Positions, office: tuple[str, str]
) -> None:
    locality, month = office
    order = {"month": month, "kind": "governor", "locality": locality, "name": "A", "will": 0.123}
    w = ended(world, order, end=month)
    assert w.governor["will"][at.locality[locality]] == 0.123


def test_an_executive_by_order_comes_instead_of_the_historical_one(
    world: World, at: Positions, presidency: tuple[str, str]
) -> None:
    country, month = presidency
    order = {"month": month, "kind": "executive", "country": country, "name": "A", "stance": -0.987}
    w = ended(world, order, end=month)
    assert w.country["stance"][at.country[country]] == -0.987
    changes = events(w, k.EXECUTIVE_CHANGE)
    assert (changes["country"] == at.country[country]).sum() == 1


@pytest.mark.parametrize(
    ("order", "table", "field"),
    [
        ({"kind": "governor", "locality": "BR-MG", "will": 0.123}, "governor", "will"),
        ({"kind": "executive", "country": "BRA", "stance": 0.123}, "country", "stance"),
    ],
)
def test_orders_hold_from_the_first_month(
    world: World, at: Positions, order: dict[str, Any], table: str, field: str
) -> None:
    row = at.locality["BR-MG"] if table == "governor" else at.country["BRA"]
    w = ended(world, {"month": START, **order}, end=START)
    assert getattr(w, table)[field][row] == 0.123


@pytest.mark.parametrize(
    ("order", "kind"),
    [
        ({"kind": "governor", "locality": "BR-MG", "name": "A"}, k.GOVERNOR_CHANGE),
        ({"kind": "executive", "country": "BRA", "name": "A"}, k.EXECUTIVE_CHANGE),
    ],
)
def test_who_comes_by_order_in_the_first_month_leaves_one_change(
    world: World, order: dict[str, Any], kind: int
) -> None:
    w = ended(world, {"month": START, **order}, end=START)
    assert events(w, kind)["cause0"].tolist() == events(w, k.INTERVENTION)["id"].tolist()


def test_the_mean_that_authority_shrinks_to_is_that_of_the_world_as_it_is(world: World) -> None:
    change = {"month": START, "kind": "authority", "country": "ARG", "value": 0.0}
    one, other = ended(world, end=START), ended(world, change, end=START)
    assert one.run["mean_authority"][0] == other.run["mean_authority"][0]


def test_every_forum_of_a_month_is_held(world: World) -> None:
    months, counts = np.unique(world.forums["month"], return_counts=True)
    forums = {"signals.forum": 1.0}
    for month in months[(counts > 1) & (months < 432)]:
        name = month_name(int(month))
        scenario = build({"name": "x", "title": "x", "start": name, "end": name,
                          "parameters": forums})  # fmt: skip
        template = initial_state(scenario, world)
        template.forum["reach"] = 1.0
        w = simulate(template, 1, 0)
        held = events(w, k.FORUM)
        assert len(set(held["id"].tolist())) == len(held) == counts[months == month][0]
        visits = events(w, k.VISIT_TO_CHINA)
        assert set(held["id"].tolist()) <= set(visits["cause0"].tolist())


def test_talks_with_the_centre_lapse_with_the_executive_who_led_them(world: World) -> None:
    parameters = {"turnover.lapse": 1.0, "project.executive": 0.4, "approval.central": 0.0}
    scenario = build({"name": "x", "title": "x", "start": "2009-01", "end": "2016-12",
                      "parameters": parameters})  # fmt: skip
    w = simulate(initial_state(scenario, world), scenario.seed, 0)
    changes = set(events(w, k.EXECUTIVE_CHANGE)["id"].tolist())
    lapses = events(w, k.LAPSE)
    assert changes & set(lapses["cause1"].tolist())
