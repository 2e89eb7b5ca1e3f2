"""Units of one country differ: in when their heads change, and in the authority they have."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from sim.core import enums as k
from sim.core.state import Array, State
from sim.engine.compiled import simulate
from sim.engine.initial_state import initial_state
from sim.scenario.schema import Scenario, build, load
from sim.world import World
from sim.world.positions import Positions
from tests.conftest import AlteredWorld

pytestmark = pytest.mark.slow  # runs of the whole region

REPLICATES = 8


def runs(scenario: Scenario, world: World) -> list[State]:
    template = initial_state(scenario, world)
    return [simulate(template, scenario.seed, replicate) for replicate in range(REPLICATES)]


def events(w: State, *kinds: int) -> Array:
    log = w.event[: int(w.run["events"][0])]
    return log[np.isin(log["kind"], kinds)]


def test_changes_of_governor_follow_each_states_calendar(
    world: World, altered_world: AlteredWorld
) -> None:
    """Mexico's states vote on dates of their own; by one date, three months hold nearly all."""

    def share_of_three_months(tables: World) -> float:
        mexico = Positions(tables).country["MEX"]
        months: Counter[int] = Counter()
        for w in runs(load("baseline"), tables):
            changes = events(w, k.GOVERNOR_CHANGE)
            of_states = (changes["country"] == mexico) & (
                changes["office"] < len(tables.localities)
            )
            months.update(changes["month"][of_states].tolist())
        return sum(n for _, n in months.most_common(3)) / sum(months.values())

    undated = altered_world(terms=lambda table: table[table["iso3"] != "MEX"])
    assert share_of_three_months(world) < 0.2
    assert share_of_three_months(undated) > 0.8


@pytest.mark.parametrize(("end", "documented"), [("2004-06", 9), ("2014-06", 20)])
def test_governors_are_of_the_bloc_that_won(world: World, end: str, documented: int) -> None:
    """So many of Mexico's 32 governors were of the president's party (Magar 2012)."""
    at = Positions(world)
    mexico = [i for i, iso3 in enumerate(at.localities["iso3"]) if iso3 == "MEX"]
    w = runs(load("baseline").with_overrides(end=end), world)[0]
    aligned = w.governor["bloc"][mexico] == w.country["bloc"][at.country["MEX"]]
    assert aligned.sum() == pytest.approx(documented, abs=1)


def test_authority_of_a_unit_draws_contact_and_deals(
    world: World, altered_world: AlteredWorld
) -> None:
    """Without scores of their own, units above their country lose, and those below gain."""
    at = Positions(world)
    alike = altered_world(regional_authority=lambda table: table[table["locality"] == ""])
    scenario = load("baseline").with_overrides(parameters={"authority.effect": 1.0})
    own = initial_state(scenario, world).added_authority[-1]
    counted = {}
    for name, tables in {"own": world, "alike": alike}.items():
        places = [events(w, k.VISIT_TO_LAC, k.DEAL)["place"] for w in runs(scenario, tables)]
        counted[name] = np.bincount(np.concatenate(places), minlength=len(own))[: len(own)]
    for sign in (1, -1):
        units = np.sign(own) == sign
        assert units.sum() >= 5 if sign == 1 else units.any()
        ratio = counted["own"][units].sum() / counted["alike"][units].sum()
        assert ratio > 1.1 if sign == 1 else ratio < 0.9, (sign, ratio)
    assert at.locality["MX-CMX"] in np.flatnonzero(own < 0)


def test_wills_of_named_heads_are_drawn_unless_a_replay_takes_them(world: World) -> None:
    base = load("baseline")
    assert base.wills == "drawn"
    assert np.isnan(initial_state(base, world).holder["will"]).all()
    for name in ("jujuy", "coquimbo"):
        assert load(name).wills == "documented"
    replay = build(base.model_dump(exclude_none=True) | {"wills": "documented"})
    holders = initial_state(replay, world).holder["will"]
    assert np.isfinite(holders).sum() == world.governors["will"].notna().sum()
