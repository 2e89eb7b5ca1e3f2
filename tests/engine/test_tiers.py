"""Runs with mayors: tables name the city, its unit counts, and a world may do without."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

import sim
from calibration.run_reading import Reading
from sim.core import enums as k
from sim.core.state import State
from sim.engine import outcomes
from sim.engine.compiled import simulate
from sim.engine.initial_state import initial_state
from sim.scenario.schema import load
from sim.world import World
from sim.world.positions import Positions

END = "2012-12"


def run(world: World, **parameters: float) -> State:
    names = {name.replace("__", "."): value for name, value in parameters.items()}
    scenario = load("baseline", world).with_overrides(parameters=names or None, end=END)
    return simulate(initial_state(scenario, world), scenario.seed, 0)


@pytest.fixture(scope="module")
def ended(world: World) -> State:
    return run(world)


def municipal_deals(w: State) -> int:
    deals = w.project[: int(w.run["projects"][0])]
    return int(((deals["level"] == k.MUNICIPAL) & (deals["dealt"] >= 0)).sum())


def test_without_municipal_authority_mayors_decide_nothing(world: World, ended: State) -> None:
    assert municipal_deals(ended) > 0
    powerless = run(world, authority__municipal=0.0)
    assert (powerless.project["level"] != k.MUNICIPAL).all()


def test_a_world_without_cities_has_no_mayors(world: World) -> None:
    bare = dataclasses.replace(world, tables={**world.tables, "cities": world.cities.iloc[:0]})
    w = run(bare)
    assert len(w.governor) == len(world.localities)
    events = w.event[: int(w.run["events"][0])]
    # Its own office, or for a refusal or a lapse the centre's.
    elsewhere = events[events["office"] != events["place"]]
    assert np.isin(elsewhere["kind"], (k.REFUSAL, k.LAPSE)).all()
    assert (elsewhere["office"] >= len(world.localities)).all()
    assert municipal_deals(w) == 0


def test_what_happens_in_a_city_counts_for_its_unit(world: World, ended: State) -> None:
    w, at = ended, Positions(world)
    local = outcomes.by_place(w, outcomes.count_events(w))
    cities = slice(len(at.locality), at.centre(0))
    events = w.event[: int(w.run["events"][0])]
    assert (events["office"][events["office"] != events["place"]] >= len(at.locality)).all()
    for name in (*outcomes.SUMMED, "trust"):
        assert not np.any(local[name][cities]), name
    assert np.isnan(local["first_contact"][cities]).all()
    visits = events[events["kind"] == k.VISIT_TO_LAC]
    counted = np.bincount(w.place["unit"][visits["office"]], minlength=len(w.place))
    assert local["visits_to_lac"].tolist() == counted.tolist()
    assert local["deals_municipal"].sum() == municipal_deals(w)
    assert (local["deals_municipal"] <= local["deals_local"]).all()


def test_a_reading_places_cities_in_their_units(ended: State) -> None:
    reading = Reading(ended)
    offices = int(ended.run["local_offices"][0])
    for rows in (reading.ties, reading.projects, reading.log):
        assert not np.isin(rows["place"], range(reading.localities, offices)).any()
    assert k.MUNICIPAL not in reading.projects["level"]
    assert (
        len(reading.local_deals)
        == outcomes.by_place(ended, outcomes.count_events(ended))["deals_local"].sum()
    )


def test_tables_name_the_city_beside_the_locality(world: World) -> None:
    tables = sim.run("baseline", end="2008-12", replicates=1, world=world)
    homes = dict(zip(world.cities["code"], world.cities["locality"], strict=True))
    events = tables.events
    found = events[events["city"].notna()]
    assert {"visit_to_lac", "visit_to_china", "twinning"} <= set(found["kind"])
    assert found["locality"].tolist() == [homes[city] for city in found["city"]]
    assert events["city"].isna().any()
