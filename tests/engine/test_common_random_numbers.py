"""A change leaves alone what does not lie downstream of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.engine.compiled import simulate
from sim.engine.events import event_table, to_frame
from sim.engine.initial_state import initial_state
from sim.scenario.schema import Scenario, build
from sim.world import World
from sim.world.positions import Positions

pytestmark = pytest.mark.slow  # each test compares runs of the whole region

END = "2005-12"
CHANGE = "2004-01"

CHANGES: dict[str, list[dict[str, Any]]] = {
    "parameter": [{"kind": "parameter", "parameter": "turnover.fade", "value": 1.0},
                  {"kind": "parameter", "parameter": "outreach.firm_rate", "value": 0.2}],
    "authority": [{"kind": "authority", "country": "CHL", "value": 1.0}],
    "turnover": [{"kind": "turnover", "locality": "CO-DC", "pace": 6.0},
                 {"kind": "turnover", "locality": "CO-SUC", "pace": 6.0}],
    "governor": [{"kind": "governor", "locality": "BR-SP", "name": "A", "will": 1.0}],
    "executive": [{"kind": "executive", "country": "BRA", "name": "B", "stance": -1.0}],
    "recognition": [{"kind": "recognition", "country": "MEX", "recognises": "Taiwan"}],
    "envelope": [{"kind": "envelope", "factor": 0.0}],
    "signal": [{"kind": "signal", "signal": "policy_emphasis", "value": 3.0}],
    "shock": [{"kind": "shock", "what": "strain", "value": 1.0, "until": "2005-06"}],
    "visit": [{"kind": "visit", "locality": "BR-SP", "actor": "CN-HA"}],
    "twinning": [{"kind": "twinning", "locality": "BR-SP", "province": "CN-HA"}],
    # One sector alone may leave a short run as it was.
    "programme": [{"kind": "programme", "country": country, "sector": "power", "value": 1.0}
                  for country in ("ARG", "BOL", "BRA", "COL", "ECU", "MEX", "PER", "VEN")],
}  # fmt: skip


def scenario(**fields: Any) -> Scenario:
    return build({"name": "x", "title": "x", "end": END, "seed": 5, **fields})


def log_of(chosen: Scenario, world: World, *, replicate: int = 0) -> pd.DataFrame:
    """Return the events of a run with codes instead of indices, and causes as tuples."""
    w = simulate(initial_state(chosen, world), chosen.seed, replicate)
    frame = to_frame(event_table(w, Positions(world), 0))
    frame["causes"] = [tuple(c) for c in frame["causes"]]
    for name in ("month", "kind", "chinese_actor", "chinese_actor_type", "country", "locality"):
        frame[name] = frame[name].astype(object)
    return frame


def before(frame: pd.DataFrame, month: str) -> pd.DataFrame:
    return frame[frame["month"] < month].reset_index(drop=True)


BY_CALENDAR = (
    "executive_change",
    "recognition_switch",
    "governor_change",
    "policy_signal",
    "forum",
)


def shared(one: pd.DataFrame, other: pd.DataFrame) -> float:
    """Return the share of the first log's events that the other has too.

    Events that mostly follow from the calendars are left out: any two runs share them.
    """
    mine = one[~one["kind"].isin(BY_CALENDAR)]
    assert len(mine) > 100
    return float(mine["event_id"].isin(set(other["event_id"])).mean())


def twins(world: World, other: World) -> tuple[list[pd.DataFrame], list[pd.DataFrame]]:
    """Return the logs of four runs of a world and of their twins in another."""
    one, two = ([log_of(scenario(), w, replicate=r) for r in range(4)] for w in (world, other))
    return one, two


def acting(logs: list[pd.DataFrame], column: str) -> set[str]:
    """Return who or what occurs in any of the logs."""
    return set(pd.concat(logs)[column])


@pytest.fixture(scope="module")
def plain(world: World) -> pd.DataFrame:
    return log_of(scenario(), world)


@pytest.mark.parametrize("kind", CHANGES)
def test_a_what_if_leaves_the_past_untouched(kind: str, plain: pd.DataFrame, world: World) -> None:
    changes = [{"month": CHANGE, **change} for change in CHANGES[kind]]
    what_if = log_of(scenario(interventions=changes), world)
    assert len(before(plain, CHANGE)) > 500
    pd.testing.assert_frame_equal(before(plain, CHANGE), before(what_if, CHANGE))
    later, others = (f[f["month"] >= CHANGE] for f in (plain, what_if))
    orders = others["kind"] == "intervention"
    assert orders.sum() == len(changes)
    assert set(later["event_id"]) != set(others.loc[~orders, "event_id"])


def test_every_kind_of_intervention_is_tried() -> None:
    from sim.scenario.interventions import KINDS

    assert set(CHANGES) == set(KINDS)


def test_a_local_what_if_changes_little_elsewhere(plain: pd.DataFrame, world: World) -> None:
    """A governor who starts to look to China leaves most of what others do as it was."""
    change = {"month": CHANGE, "kind": "governor", "locality": "BR-SP", "name": "A", "will": 1.0}
    what_if = log_of(scenario(interventions=[change]), world)
    later = plain["month"] >= CHANGE
    assert not set(what_if["event_id"]) <= set(plain["event_id"])
    assert shared(plain[later & (plain["country"] != "BRA")], what_if) > 0.8


def test_another_seed_shares_little(plain: pd.DataFrame, world: World) -> None:
    """The shares that this file calls high are far above what two unrelated runs share."""
    for other in (log_of(scenario(seed=6), world), log_of(scenario(), world, replicate=1)):
        assert shared(plain, other) < 0.1


def added(**row: Any) -> Callable[[pd.DataFrame], pd.DataFrame]:
    """Return a change that adds a row like the first one but for what is given."""

    def change(table: pd.DataFrame) -> pd.DataFrame:
        fresh = table.iloc[[0]].assign(**row)
        return pd.concat([table, fresh], ignore_index=True)

    return change


def firm(active_since: str, home: str) -> dict[str, Any]:
    return {
        "firms": added(code="newcomer", name="Newcomer", active_since=active_since, home=home),
        "firm_sectors": added(firm="newcomer", sector="power", strength="0.6"),
    }


@pytest.mark.parametrize("home", ["CN-NX", "CN-GD"])
def test_a_firm_changes_nothing_until_it_is_active(
    home: str, plain: pd.DataFrame, world: World, altered_world: Callable[..., World]
) -> None:
    with_firm = log_of(scenario(), altered_world(**firm(CHANGE, home)))
    pd.testing.assert_frame_equal(before(plain, CHANGE), before(with_firm, CHANGE))
    later = plain["month"] >= CHANGE
    assert shared(plain[later], with_firm) > 0.8
    assert "firm:newcomer" in set(with_firm["chinese_actor"])


def test_one_more_firm_changes_only_what_it_touches(
    plain: pd.DataFrame, altered_world: Callable[..., World]
) -> None:
    with_firm = log_of(scenario(), altered_world(**firm("1999-01", "CN-NX")))
    assert shared(plain, with_firm) > 0.7
    # It starts with its own doings, or with a choice that it wins.
    first = next(
        i
        for i, (a, b) in enumerate(zip(plain["event_id"], with_firm["event_id"], strict=False))
        if a != b
    )
    assert with_firm["chinese_actor"].iloc[first] == "firm:newcomer"


@pytest.mark.parametrize(("gdp", "least"), [("200", 0.95), ("60000", 0.6)])
def test_one_more_locality_changes_only_what_it_touches(
    gdp: str, least: float, world: World, altered_world: Callable[..., World]
) -> None:
    grid = world.grid
    taken = set(zip(grid["row"], grid["col"], strict=True))
    # On a cell of the sea, so that it is nobody's neighbour.
    row, col = next(
        (r, c)
        for r in range(int(grid["row"].max()) + 1)
        for c in range(int(grid["col"].max()) + 1)
        if all((r + i, c + j) not in taken for i in (-1, 0, 1) for j in (-1, 0, 1))
    )
    sizes = {"population": "100000", "gdp_usd_m": gdp}
    other = altered_world(
        localities=added(code="AR-1", name="Newland", iso3="ARG", **sizes),
        grid=added(code="AR-1", row=str(row), col=str(col)),
    )
    plain, with_place = twins(world, other)
    assert "AR-1" in acting(with_place, "locality")
    for one, two in zip(plain, with_place, strict=True):
        assert shared(one[one["country"] != "ARG"], two) > least
        assert shared(one, two) > least


def test_one_association_less_changes_only_what_it_touches(
    world: World, altered_world: Callable[..., World]
) -> None:
    """Without its diaspora a country loses its association and some of its draw."""

    def without(table: pd.DataFrame) -> pd.DataFrame:
        table.loc[table["iso3"] == "PER", "diaspora"] = "0"
        return table

    plain, others = twins(world, altered_world(countries=without))
    assert "association:PER" in acting(plain, "chinese_actor")
    assert "association:PER" not in acting(others, "chinese_actor")
    for one, two in zip(plain, others, strict=True):
        assert shared(one[one["country"] != "PER"], two) > 0.6


def test_the_order_of_rows_in_a_table_changes_no_choice(
    plain: pd.DataFrame, altered_world: Callable[..., World]
) -> None:
    """Draws hang on identities, not on positions, until equal worth or an ordered step decides."""
    turned = altered_world(firms=lambda table: table.iloc[::-1])
    other = log_of(scenario(), turned)
    assert shared(plain, other) > 0.95


def test_the_end_of_a_run_does_not_change_its_beginning(plain: pd.DataFrame, world: World) -> None:
    shorter = log_of(scenario().with_overrides(end="2003-06"), world)
    pd.testing.assert_frame_equal(shorter, before(plain, "2003-07"))


def test_paired_runs_measure_an_effect_with_less_noise(world: World) -> None:
    """The difference to the same run's own twin varies less than that to another run."""
    late = {"month": "2003-01", "kind": "parameter", "parameter": "turnover.fade", "value": 1.0}
    base, changed = scenario(), scenario(interventions=[late])
    count = 12

    def visits(chosen: Scenario) -> np.ndarray[Any, Any]:
        template = initial_state(chosen, world)
        logs = [simulate(template, chosen.seed, r) for r in range(count)]
        return np.array([float((w.event["kind"][: w.run["events"][0]] == 8).sum()) for w in logs])

    one, other = visits(base), visits(changed)
    paired = np.var(other - one)
    unpaired = np.var(one) + np.var(other)
    assert paired < unpaired / 3
