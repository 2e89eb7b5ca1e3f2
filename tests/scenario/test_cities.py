"""Interventions name cities where mayors, visits and twinnings are meant, and units elsewhere."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import sim
from sim.core.errors import InputError
from sim.engine.compiled import simulate
from sim.engine.initial_state import initial_state
from sim.report.display_names import Names
from sim.report.event_phrases import ORDERS
from sim.world import World
from sim.world.positions import Positions

CITY = "EC-G.guayaquil"


def scenario(*changes: dict[str, Any]) -> sim.Scenario:
    base = sim.load("baseline").with_overrides(end="2003-12", replicates=1)
    return base.with_interventions(*({"month": "2002-03", **change} for change in changes))


def test_a_mayor_changes_and_a_city_is_visited_and_twinned(world: World) -> None:
    orders = (
        {"kind": "governor", "locality": CITY, "new": True, "will": 0.93},
        {"kind": "visit", "locality": CITY, "actor": "CN-GD"},
        {"kind": "twinning", "locality": CITY, "province": "CN-GD"},
    )
    events = sim.run(scenario(*orders)).events
    events = events[(events["city"] == CITY) & (events["month"] == "2002-03")]
    ordered = events[events["kind"] == "intervention"]
    assert list(ordered["intervention"]) == ["governor", "visit", "twinning"]
    assert {"governor_change", "visit_to_lac", "twinning"} <= set(events["kind"])
    mayor, unit = Positions(world).local_office[CITY], Positions(world).local_office["EC-G"]
    state = simulate(initial_state(scenario(orders[0]), world), 1, 0)
    assert state.governor["will"][mayor] == pytest.approx(0.93)
    assert state.governor["will"][unit] != pytest.approx(0.93)
    assert Names(world).place(CITY, None) == "Guayaquil (city)"
    assert set(ORDERS) >= set(ordered["intervention"])


def test_a_country_and_all_mean_units_alone(world: World) -> None:
    cities = len(world.localities) + np.arange(len(world.cities))
    for where in ({"country": "ECU"}, {"locality": "all"}):
        state = initial_state(scenario({"kind": "governor", "new": True, **where}), world)
        assert len(state.intervention) > 0
        assert not set(state.intervention["target"]) & set(cities)


@pytest.mark.parametrize(
    ("change", "message", "nearest"),
    [
        ({"kind": "governor", "locality": "Guayaquil"}, "among its localities and cities", CITY),
        ({"kind": "governor", "locality": "EC-G.guayaqil"}, "localities and cities", CITY),
        (
            {"kind": "visit", "locality": "Salta", "actor": "CN-GD"},
            "localities and cities",
            ("AR-A (the unit)", "AR-A.salta (the city)"),
        ),
        (
            {"kind": "authority", "locality": "Guayaquil", "change": 0.2},
            "Guayaquil is a city of Guayas; name the unit",
            "EC-G",
        ),
        (
            {"kind": "turnover", "locality": CITY, "pace": 2},
            "Guayaquil is a city of Guayas; name the unit",
            "EC-G",
        ),
        ({"kind": "turnover", "locality": "Paraguai", "pace": 2}, "among its localities", None),
        (
            {"kind": "visit", "locality": CITY, "actor": "embassy:PER"},
            "does not work in ECU",
            "embassy:ECU",
        ),
    ],
)
def test_a_wrong_place_is_told(
    change: dict[str, Any], message: str, nearest: str | tuple[str, ...] | None
) -> None:
    with pytest.raises(InputError) as caught:
        scenario({"new": True, **change} if change["kind"] == "governor" else change)
    assert message in caught.value.message
    assert caught.value.nearest == nearest
