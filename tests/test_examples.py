"""The examples of docs/extending.md do what they say, over a short horizon."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

import sim
from sim.core.calendar import month_name

ROOT = Path(__file__).resolve().parents[1]
EXAMPLES = sorted((ROOT / "examples").glob("*.py"))
MOST_LINES = 50


def example(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / "examples" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_is_short_and_the_guide_names_it(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MOST_LINES
    assert f"examples/{path.name}" in (ROOT / "docs" / "extending.md").read_text(encoding="utf-8")


@pytest.mark.slow  # each is a process of its own, which compiles its rules
@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_runs_as_a_script(path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(path)], capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout


COURT = """
import sim

for value in (1, 0):
    change = {"kind": "signal", "signal": "courtship", "month": "2000-01", "value": value}
    scenario = sim.load("baseline").with_interventions(change)
    print(sim.run(scenario, end="2000-06", replicates=1).per_run["state_visits"].iloc[0])
"""


@pytest.mark.slow
def test_the_documented_example_of_a_new_signal_works(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "extending.md").read_text(encoding="utf-8")
    row, lines = re.findall(r"^```text\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
    before, after = lines.split("\n", 1)
    shutil.copytree(ROOT / "sim", tmp_path / "sim")
    shutil.copytree(ROOT / "scenarios", tmp_path / "scenarios")
    table = tmp_path / "sim" / "world" / "lac" / "signals.csv"
    table.write_text(table.read_text("utf-8") + row, encoding="utf-8")
    rules = tmp_path / "sim" / "rules" / "journeys.py"
    text = rules.read_text(encoding="utf-8")
    assert text.count(f"{before}\n") == 1
    rules.write_text(text.replace(f"{before}\n", after), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", COURT],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path), "PARADIPLOMACY_COMPILE": "0"},
    )
    assert done.returncode == 0, done.stderr
    as_ever, none = map(float, done.stdout.split())
    assert as_ever > 0
    assert none == 0


def test_travel_stops_between_two_months() -> None:
    module = example("travel_stops")
    run = sim.run("baseline", end="2000-12", replicates=2, added_steps=[module.STEP])
    journeys = run.events[run.events["kind"].isin(["visit_to_lac", "visit_to_china"])]
    months = set(journeys["month"])
    stopped = {month_name(month) for month in range(module.FIRST, module.LAST + 1)}
    assert stopped == {f"2000-{month:02d}" for month in range(4, 10)}
    assert not months & stopped
    assert {"2000-03", "2000-10"} <= months


def test_governors_settle_before_they_travel() -> None:
    cls = example("settling_governor").SettlingGovernor
    usual, run = (
        sim.run("baseline", end="2001-06", replicates=1, driver="mesa", agents=agents)
        for agents in ({}, {"governor": cls})
    )
    assert 0 < run.per_run["visits_to_china"].iloc[0] < usual.per_run["visits_to_china"].iloc[0]


def test_views_hold_their_floor() -> None:
    module = example("warming_views")
    sim.run("baseline", end="2000-06", replicates=2, each_month=module.hold_views)
    assert list(module.seen) == [f"2000-{month:02d}" for month in range(1, 7)]
    assert all(len(views) == 2 and min(views) >= module.FLOOR for views in module.seen.values())


def test_waiting_for_a_deal_is_counted_from_the_log(small_run: sim.Run) -> None:
    table = example("waiting_for_a_deal").months_to_first_deal(small_run.events)
    assert set(table["replicate"]) == {0, 1, 2}
    known = table.dropna()
    assert len(known)
    row = known.iloc[0]
    log = small_run.events.query("replicate == @row.replicate and locality == @row.locality")
    assert log[log["kind"] == "deal"]["month"].min() == month_name(int(row.deal))
    assert np.array_equal(known["months"], known["deal"] - known["contact"])
