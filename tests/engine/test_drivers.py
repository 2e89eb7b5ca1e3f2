"""One rule, two drivers: one log from compiled code, from Mesa agents and from plain Python."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import sim
from sim.core.jit import COMPILE
from sim.core.state import POOLS, State, empty_table
from sim.core.state_pointer import handle
from sim.engine.compiled import ensure_capacity, has_room, new_run_state, run_months, simulate
from sim.engine.dispatch import programme_of_month
from sim.engine.events import canonical_log, event_table
from sim.engine.initial_state import initial_state
from sim.engine.model import ParadiplomacyModel
from sim.scenario.schema import Scenario, build
from sim.world import World
from sim.world.positions import Positions

pytestmark = pytest.mark.slow  # months on Mesa agents take hundreds of times as long

ROOT = Path(__file__).resolve().parents[2]

EVERY_INTERVENTION: list[dict[str, Any]] = [
    {"month": "2014-03", "kind": "parameter", "parameter": "project.wish", "value": 0.9},
    {"month": "2014-03", "kind": "authority", "country": "CHL", "value": 0.9},
    {"month": "2014-04", "kind": "authority", "country": "BRA", "change": -0.4},
    {"month": "2014-04", "kind": "authority", "locality": "CO-ANT", "change": 0.5},
    {"month": "2014-03", "kind": "turnover", "locality": "AR-X", "pace": 6.0},
    {"month": "2014-05", "kind": "governor", "locality": "AR-B", "name": "A", "will": 0.9},
    {"month": "2014-05", "kind": "governor", "locality": "AR-C", "will": 0.1, "aligned": False},
    {"month": "2014-06", "kind": "executive", "country": "PER", "name": "B", "stance": -0.9},
    {"month": "2014-06", "kind": "executive", "country": "MEX", "consolidation": 1.0},
    {"month": "2014-07", "kind": "recognition", "country": "PAN", "recognises": "PRC"},
    {"month": "2014-07", "kind": "recognition", "country": "CRI", "recognises": "Taiwan"},
    {"month": "2014-08", "kind": "envelope", "factor": 0.1},
    {"month": "2014-08", "kind": "signal", "signal": "policy_emphasis", "value": 2.0},
    {"month": "2014-09", "kind": "shock", "what": "fiscal", "value": 0.9, "until": "2014-11"},
    {"month": "2014-03", "kind": "visit", "locality": "AR-Y", "actor": "CN-GZ"},
    {"month": "2014-04", "kind": "visit", "locality": "CL-CO", "actor": "firm:huawei"},
    {"month": "2014-04", "kind": "visit", "locality": "CL-CO", "actor": "embassy:CHL"},
    {"month": "2014-05", "kind": "visit", "locality": "BR-SP", "actor": "organisation:cpaffc"},
    {"month": "2014-05", "kind": "twinning", "locality": "AR-Y", "province": "CN-GZ"},
    {"month": "2014-06", "kind": "twinning", "locality": "CL-CO", "province": "CN-HA"},
    {"month": "2014-06", "kind": "programme", "country": "ARG", "sector": "renewables",
     "value": 1.0, "until": "2015-02"},
]  # fmt: skip
BUSY = {"project.wish": 0.8, "outreach.province_rate": 0.3, "outreach.firm_rate": 0.2}


def window(start: str, end: str, seed: int = 1, **fields: Any) -> Scenario:
    return build({"name": "x", "title": "x", "start": start, "end": end, "seed": seed, **fields})


SCENARIOS = {
    "baseline": window("2000-01", "2001-12"),
    "another seed": window("2000-01", "2001-06", seed=2**40 + 17),
    "case": window("2014-01", "2016-06", seed=3),
    "busy": window("2012-01", "2013-06", parameters=BUSY),
    "what-if": window("2014-01", "2015-06", parameters=BUSY, interventions=EVERY_INTERVENTION),
    "after the calendars": window("2034-01", "2035-06", parameters=BUSY),
}


def by_agents(scenario: Scenario, world: World, **options: Any) -> State:
    model = ParadiplomacyModel(scenario, world=world, **options)
    model.run_to_end()
    return model.state


def compiled(scenario: Scenario, world: World) -> State:
    return simulate(initial_state(scenario, world), scenario.seed, 0)


def assert_same_log(one: State, other: State, world: World) -> None:
    """Compare the logs as they are written to files, and every array the runs changed."""
    at = Positions(world)
    first, second = event_table(one, at, 0), event_table(other, at, 0)
    assert first.num_rows > 50
    assert first.equals(second), difference(one, other)
    assert canonical_log(one).tobytes() == canonical_log(other).tobytes()
    for name in ("country", "place", "experience", "office", "series"):
        assert getattr(one, name).tobytes() == getattr(other, name).tobytes(), name


def difference(one: State, other: State) -> str:
    """Say where two logs part, by the first event that differs."""
    a, b = canonical_log(one), canonical_log(other)
    for i in range(min(len(a), len(b))):
        if a[i].tobytes() != b[i].tobytes():
            return f"event {i}: {a[i]} against {b[i]}"
    return f"{len(a)} events against {len(b)}"


@pytest.mark.parametrize("name", SCENARIOS)
def test_agents_and_the_compiled_driver_agree(name: str, world: World) -> None:
    scenario = SCENARIOS[name]
    assert_same_log(compiled(scenario, world), by_agents(scenario, world), world)


@pytest.mark.parametrize("name", ["case", "what-if"])
def test_reverse_order_leaves_no_trace(name: str, world: World) -> None:
    scenario = SCENARIOS[name]
    assert_same_log(compiled(scenario, world), by_agents(scenario, world, order="reverse"), world)


def test_the_comparison_sees_a_difference(world: World) -> None:
    one = compiled(SCENARIOS["baseline"], world)
    other = compiled(SCENARIOS["baseline"], world)
    other.event["value"][40] += 1e-9
    with pytest.raises(AssertionError):
        assert_same_log(one, other, world)
    assert difference(one, other).startswith("event ")


def test_every_kind_of_intervention_is_tried(world: World) -> None:
    from sim.scenario.interventions import KINDS

    assert {change["kind"] for change in EVERY_INTERVENTION} == set(KINDS)
    log = canonical_log(compiled(SCENARIOS["what-if"], world))
    assert (log["kind"] == 0).sum() == len(EVERY_INTERVENTION)


def test_months_may_be_run_in_parts(world: World) -> None:
    scenario = SCENARIOS["case"]
    whole = compiled(scenario, world)
    w = ensure_capacity(new_run_state(initial_state(scenario, world), scenario.seed, 0))
    programme = programme_of_month(w)
    first, last = scenario.start_month, scenario.end_month
    for a, b in ((first, first), (first + 1, first + 9), (first + 10, last)):
        assert run_months(handle(w), programme, a, b) == b + 1
    assert_same_log(whole, w, world)


def test_small_pools_grow_without_a_trace(world: World) -> None:
    scenario = SCENARIOS["busy"]
    template = initial_state(scenario, world)
    small = template._replace(**{name: empty_table(name, 1) for name in POOLS})
    grown = simulate(small, scenario.seed, 0)
    assert all(len(getattr(grown, name)) > 1 for name in POOLS)
    assert_same_log(simulate(template, scenario.seed, 0), grown, world)


def test_the_engine_stops_where_room_runs_out(world: World) -> None:
    scenario = SCENARIOS["baseline"]
    template = initial_state(scenario, world)
    small = template._replace(event=np.zeros(16, template.event.dtype))
    w = new_run_state(small, scenario.seed, 0)
    assert not has_room(handle(w))
    assert run_months(handle(w), programme_of_month(w), 0, 5) == 0
    assert int(w.run["events"][0]) == 0


def test_a_run_does_not_touch_its_template(world: World) -> None:
    scenario = window("2000-01", "2000-06")
    template = initial_state(scenario, world)
    before = {name: getattr(template, name).tobytes() for name in template._fields}
    one = simulate(template, scenario.seed, 0)
    two = simulate(template, scenario.seed, 0)
    assert before == {name: getattr(template, name).tobytes() for name in template._fields}
    assert_same_log(one, two, world)


def test_seeds_and_replicates_differ(world: World) -> None:
    scenario = window("2000-01", "2001-06")
    template = initial_state(scenario, world)
    logs = {
        canonical_log(simulate(template, seed, replicate)).tobytes()
        for seed, replicate in ((1, 0), (1, 1), (2, 0), (1, 2**33))
    }
    assert len(logs) == 4


def test_a_run_by_agents_gives_the_same_tables() -> None:
    scenario = window("2015-01", "2015-12", parameters=BUSY)
    one = sim.run(scenario, replicates=2)
    other = sim.run(scenario, replicates=2, driver="mesa")
    for name in ("events", "projects", "series"):
        assert one.tables[name].equals(other.tables[name]), name
    for name in ("by_country", "by_locality"):
        pd.testing.assert_frame_equal(getattr(one, name), getattr(other, name), check_exact=True)
    pd.testing.assert_frame_equal(one.per_run, other.per_run, check_exact=True)


PLAIN = """
import hashlib, sys
from pathlib import Path
from sim.engine.compiled import simulate
from sim.engine.events import canonical_log
from sim.engine.initial_state import initial_state
from sim.core.jit import COMPILE
from sim.scenario.schema import load
from sim.world import load_world
assert COMPILE == (sys.argv[2] == "1")
world = load_world()
scenario = load(Path(sys.argv[1]), world)
log = canonical_log(simulate(initial_state(scenario, world), scenario.seed, 0))
print(len(log), hashlib.sha256(log.tobytes()).hexdigest())
"""


@pytest.mark.skipif(not COMPILE, reason="compilation is off anyway")
def test_compilation_changes_no_number(world: World, tmp_path: Path) -> None:
    changes = [c for c in EVERY_INTERVENTION if c["month"] <= "2014-05"]
    scenario = window("2014-01", "2014-07", parameters=BUSY, interventions=changes)
    file = tmp_path / "x.toml"
    file.write_text(scenario.dump_toml(), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", PLAIN, str(file), "0"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PARADIPLOMACY_COMPILE": "0", "PYTHONPATH": str(ROOT)},
    )
    assert done.returncode == 0, done.stderr
    log = canonical_log(compiled(scenario, world))
    assert len(log) > 300
    assert done.stdout.split() == [str(len(log)), hashlib.sha256(log.tobytes()).hexdigest()]
