from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sim.app.cases import counterfactual_swap as e
from sim.app.cases import documented_record
from sim.app.cases.place_counts import prepare
from sim.core.enums import EXECUTIVE_CHANGE, GOVERNOR_CHANGE
from sim.engine.compiled import simulate
from sim.scenario.interventions import AuthorityChange, GovernorChange
from sim.scenario.schema import Scenario
from sim.world import World
from sim.world.positions import Positions
from sim.world.tables import NO_MONTH


@pytest.fixture(scope="module")
def pair(world: World) -> tuple[e.Conditions, e.Conditions]:
    """Return the conditions of a place with a champion, and of one without."""
    found = [conditions(world, code) for code in documented_record.first_pair(world)]
    strong, weak = sorted(found, key=lambda c: -(c.will or 0.0))
    return strong, weak


def conditions(world: World, code: str) -> e.Conditions:
    scenario = documented_record.scenario_of(world, code)
    since = documented_record.since_of(
        documented_record.facts_of(world, code), scenario.start_month
    )
    return e.conditions_of(world, code, since, scenario.end_month)


def given(
    key: str, mine: e.Conditions, other: e.Conditions, world: World
) -> tuple[Scenario, World]:
    chosen = next(x for x in e.swaps(mine, other) if x.key == key)
    return e.apply(chosen, mine, other, documented_record.scenario_of(world, mine.code), world)


def test_the_pair_differs_in_all_three(pair: tuple[e.Conditions, e.Conditions]) -> None:
    strong, weak = pair
    assert strong.authority > weak.authority + 0.3
    assert (strong.will or 0) > (weak.will or 0) + 0.3
    assert strong.is_steadier(weak)
    assert not weak.is_steadier(strong)


def test_exchanges_go_both_ways(pair: tuple[e.Conditions, e.Conditions]) -> None:
    strong, weak = pair
    up, down = e.swaps(weak, strong), e.swaps(strong, weak)
    assert [x.key for x in up] == [e.AUTHORITY, e.WILL, e.CONTINUITY, e.ALL]
    assert [x.key for x in down] == [e.AUTHORITY, e.WILL, e.TURNOVER, e.ALL]
    assert (up[0].before, up[0].after) == (down[0].after, down[0].before)
    assert up[1].after == strong.will


def test_without_documents_a_champion_or_an_indifferent_head_is_given(
    pair: tuple[e.Conditions, e.Conditions],
) -> None:
    strong, weak = pair
    silent = replace(weak, will=None)
    champion = e.swaps(weak, silent)[1]
    assert (champion.before, champion.after) == (weak.will, e.CHAMPION)
    assert not champion.documented
    assert e.swaps(strong, silent)[1].after == e.INDIFFERENT
    assert np.isnan(e.swaps(silent, strong)[1].before)


def test_authority_is_the_others_year_by_year(
    pair: tuple[e.Conditions, e.Conditions], world: World
) -> None:
    strong, weak = pair
    scenario, same = given(e.AUTHORITY, weak, strong, world)
    assert same is world
    changes = [c for c in scenario.interventions if isinstance(c, AuthorityChange)]
    assert changes
    assert changes[0].month_index == weak.since
    at = prepare(scenario, world, weak.code).template
    usual = prepare(documented_record.scenario_of(world, weak.code), world, weak.code).template
    column = list(Positions(world).country)
    mine, other = column.index(weak.country), column.index(strong.country)
    assert np.flatnonzero((at.authority != usual.authority).any(axis=0)).tolist() == [mine]
    assert (at.authority[: weak.since] == usual.authority[: weak.since]).all()
    assert (at.authority[weak.since :, mine] == at.authority[weak.since :, other]).all()


def test_a_will_holds_in_every_month(pair: tuple[e.Conditions, e.Conditions], world: World) -> None:
    strong, weak = pair
    scenario, _ = given(e.WILL, weak, strong, world)
    changes = [c for c in scenario.interventions if isinstance(c, GovernorChange)]
    assert [c.month_index for c in changes] == list(range(weak.since, weak.end + 1))
    assert {(c.will, c.name) for c in changes} == {(strong.will, None)}


def changes_of_office(scenario: Scenario, world: World, mine: e.Conditions) -> dict[int, int]:
    """Return how often head and executive change at a place after its tie begins, in one run."""
    begun = prepare(scenario, world, mine.code)
    w = simulate(begun.template, begun.scenario.seed, 0)
    log = w.event[: int(w.run["events"][0])]
    country = w.place["country"][begun.place]
    late = log[log["month"] > mine.since]
    heads = late[(late["kind"] == GOVERNOR_CHANGE) & (late["office"] == begun.place)]
    rulers = late[(late["kind"] == EXECUTIVE_CHANGE) & (late["country"] == country)]
    return {GOVERNOR_CHANGE: len(heads), EXECUTIVE_CHANGE: len(rulers)}


def test_with_continuity_nobody_leaves_office(
    pair: tuple[e.Conditions, e.Conditions], world: World
) -> None:
    strong, weak = pair
    usual = changes_of_office(documented_record.scenario_of(world, weak.code), world, weak)
    assert min(usual.values()) > 0
    scenario, steady = given(e.CONTINUITY, weak, strong, world)
    assert set(changes_of_office(scenario, steady, weak).values()) == {0}
    assert steady.digest != world.digest
    others = steady.governors[steady.governors["locality"] != weak.code]
    assert len(others) == len(world.governors[world.governors["locality"] != weak.code])


def test_continuity_needs_no_documented_head(world: World) -> None:
    known = set(world.governors["locality"])
    code = next(str(c) for c in world.localities["code"] if c not in known)
    mine = conditions(world, code)
    steady = e.steady_world(world, mine)
    added = steady.governors[steady.governors["locality"] == code]
    assert added["end"].tolist() == [NO_MONTH]
    assert (steady.governors.dtypes == world.governors.dtypes).all()
    begun = prepare(documented_record.scenario_of(world, code), steady, code)
    assert int(begun.template.governor["next_documented"][begun.place]) >= 0


def test_with_turnover_heads_change_every_other_year_and_keep_their_will(
    pair: tuple[e.Conditions, e.Conditions], world: World
) -> None:
    strong, weak = pair
    scenario, same = given(e.TURNOVER, strong, weak, world)
    assert same is world
    changes = [c for c in scenario.interventions if isinstance(c, GovernorChange)]
    assert [c.month_index - strong.since for c in changes] == list(
        range(e.TENURE, strong.end - strong.since + 1, e.TENURE)
    )
    assert all(c.name for c in changes)
    assert {c.will for c in changes} == {strong.will}
    usual = changes_of_office(documented_record.scenario_of(world, strong.code), world, strong)
    turned = changes_of_office(scenario, world, strong)
    assert turned[GOVERNOR_CHANGE] > usual[GOVERNOR_CHANGE]


def test_all_together_is_every_cause_at_once(
    pair: tuple[e.Conditions, e.Conditions], world: World
) -> None:
    strong, weak = pair
    scenario, steady = given(e.ALL, weak, strong, world)
    kinds = {type(c) for c in scenario.interventions}
    assert {AuthorityChange, GovernorChange} <= kinds
    assert steady is not world
    back, _ = given(e.ALL, strong, weak, world)
    named = [c for c in back.interventions if isinstance(c, GovernorChange) and c.name]
    assert named
    assert {c.will for c in named} == {weak.will}


def test_what_comes_before_the_tie_is_shared(
    pair: tuple[e.Conditions, e.Conditions], world: World
) -> None:
    strong, weak = pair
    worlds = [(documented_record.scenario_of(world, weak.code), world)]
    worlds += [given(key, weak, strong, world) for key in (e.WILL, e.CONTINUITY, e.AUTHORITY)]
    logs = []
    for scenario, tables in worlds:
        begun = prepare(scenario, tables, weak.code)
        w = simulate(begun.template, scenario.seed, 0)
        log = w.event[: int(w.run["events"][0])]
        logs.append(log[log["month"] < weak.since]["id"].tolist())
    assert logs[0]
    assert logs == [logs[0]] * len(worlds)
