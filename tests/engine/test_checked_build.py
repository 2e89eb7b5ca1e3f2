"""Runs that must stay within bounds and units: ``make checked`` runs them in the checked build."""

from __future__ import annotations

import os
import random
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from sim.core import jit
from sim.core.calendar import month_index
from sim.core.parameters import PARAMETERS
from sim.core.state import State
from sim.core.state_fields import RECORDS, SERIES
from sim.core.state_pointer import MATRICES
from sim.engine import invariants
from sim.engine.compiled import simulate
from sim.engine.initial_state import initial_state
from sim.scenario.schema import Scenario, build, load, names
from sim.world import World

CORNERS = int(os.environ.get("PARADIPLOMACY_CORNERS", "12"))
START, END = "2000-01", "2002-12"
checked = pytest.mark.skipif(not jit.CHECKED, reason="needs the checked build: make checked")


def run(scenario: Scenario, world: World) -> State:
    w = simulate(initial_state(scenario, world), scenario.seed, 0)
    assert invariants.violations(w) == []
    return w


def plain(**changes: Any) -> Scenario:
    return build({"name": "plain", "title": "plain", "start": START, "end": END} | changes)


def test_every_unit_is_known() -> None:
    rows = dict.fromkeys(RECORDS, 3)
    fields = [f for name, table in RECORDS.items() if name != "par" for f in table]
    for unit in {f.unit for f in (*fields, *SERIES)} | {unit for _, _, unit in MATRICES.values()}:
        low, high = invariants.interval(unit, rows)
        assert low < high


@pytest.mark.parametrize(
    ("table", "field", "value"),
    [
        ("governor", "will", 1.5),
        ("governor", "will", np.nan),
        ("country", "stance", -1.1),
        ("place", "trusted", 10**6),
        ("actor", "budget", -1.0),
        ("country", "restraint", 1.01),
    ],
)
def test_what_a_unit_does_not_allow_is_found(
    table: str, field: str, value: float, finished: State
) -> None:
    assert invariants.violations(finished) == []
    spoiled = getattr(finished, table).copy()
    spoiled[field][1] = value
    with pytest.raises(invariants.InvariantError, match=f"2000-02: {table}.{field} is .* in 1 of"):
        invariants.check(finished._replace(**{table: spoiled}), 1)


def test_trust_stays_in_its_range_however_fast_it_consolidates(world: World) -> None:
    fast = dict.fromkeys(("tie.twinning", "tie.university", "tie.office"), 5.0)
    often = {"twinning.rate": 0.3, "twinning.university": 0.2, "outreach.province_rate": 0.6}
    chosen = fast | often | {"tie.consolidation": 0.2, "learning.office": 0.2}
    w = run(plain(end="2006-12", parameters=chosen | {"learning.experience": 1.0}), world)
    assert w.tie["institutional"].max() > 0.5


@checked
@pytest.mark.parametrize("name", names())
def test_a_scenario_stays_in_bounds(name: str, world: World) -> None:
    scenario = load(name, world)
    end = f"{int(scenario.start[:4]) + 3}-12"
    kept = tuple(c for c in scenario.interventions if c.month <= end)
    run(scenario.model_copy(update={"end": end, "interventions": kept}), world)


def interventions(world: World, month: str) -> list[dict[str, Any]]:
    country, place = world.localities["iso3"][0], world.localities["code"][0]
    province, sector = world.provinces["code"][0], world.sectors["code"][0]
    return [
        {"month": month, **change}
        for change in (
            {"kind": "parameter", "parameter": "project.wish", "value": 1.0},
            {"kind": "authority", "country": country, "value": 1.0},
            {"kind": "authority", "locality": place, "change": -1.0},
            {"kind": "turnover", "locality": place, "pace": 6.0},
            {"kind": "governor", "locality": place, "name": "N", "will": 1.0},
            {"kind": "executive", "country": country, "name": "N", "stance": -1.0},
            {"kind": "recognition", "country": country, "recognises": "Taiwan"},
            {"kind": "envelope", "factor": 0.0},
            {"kind": "signal", "signal": "us_china_tension", "value": 1.0},
            {"kind": "shock", "what": "fiscal", "value": 1.0},
            {"kind": "visit", "locality": place, "actor": province},
            {"kind": "twinning", "locality": place, "province": province},
            {"kind": "programme", "country": country, "sector": sector, "value": 1.0},
        )
    ]


@checked
@pytest.mark.parametrize(("start", "end"), [(START, END), (START, START), ("2020-12", "2020-12")])
def test_interventions_of_every_kind_stay_in_bounds_in_the_first_and_last_month(
    start: str, end: str, world: World
) -> None:
    changes = [c for month in {start, end} for c in interventions(world, month)]
    w = run(plain(start=start, end=end, interventions=changes), world)
    assert w.run["next_intervention"][0] == len(changes)
    assert w.series[month_index(end)].any()


def only(world: World, **kept: set[str]) -> World:
    """Return a world of which some tables hold only the rows with certain keys."""
    columns = {"countries": ("iso3", "iso3_a", "iso3_b"), "localities": ("locality", "locality_a",
               "locality_b"), "firms": ("firm",), "banks": ("bank",)}  # fmt: skip
    tables = dict(world.tables)
    for name, keys in kept.items():
        for other, frame in tables.items():
            first = other == name or (name, other) == ("localities", "grid")
            own = {frame.columns[0]} if first else set()
            for column in own | (set(columns[name]) & set(frame.columns)):
                tables[other] = tables[other][tables[other][column].isin(keys)]
    return replace(world, tables={n: t.reset_index(drop=True) for n, t in tables.items()})


@checked
@pytest.mark.parametrize("what", ["one country", "one locality", "no firm", "no bank"])
@pytest.mark.parametrize("unrecognised", [0.0, 1.0])
def test_a_small_world_stays_in_bounds(what: str, unrecognised: float, world: World) -> None:
    recognition = world.recognition
    country = str(recognition["iso3"][recognition["recognises"] == "Taiwan"].iloc[0])
    places = set(world.localities["code"][world.localities["iso3"] == country])
    small = {
        "one country": only(world, countries={country}, localities=places),
        "one locality": only(world, countries={country}, localities={min(places)}),
        "no firm": only(world, firms=set()),
        "no bank": only(world, banks=set()),
    }[what]
    run(plain(parameters={"outreach.unrecognised": unrecognised}), small)


def corner(number: int) -> dict[str, float]:
    pick = random.Random(number)
    return {
        name: pick.choice((p.low, p.high)) for name, p in PARAMETERS.items() if pick.random() < 0.5
    }


@checked
@pytest.mark.parametrize("number", range(CORNERS))
def test_corners_of_the_parameters_stay_in_bounds(number: int, world: World) -> None:
    run(plain(parameters=corner(number)), world)
