"""A worker's part: a point is a run of the scenario with its parameters, a failure is a row."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

import sim
from sim.core import provenance
from sim.core.errors import InputError
from sim.core.parameters import PARAMETERS
from sim.core.state import State
from sim.engine import outcomes
from sim.engine.compiled import simulate
from sim.engine.initial_state import initial_state
from sim.experiments.sweep import Sweep, chunk_runs, planned
from sim.experiments.sweep.chunk_runs import ChunkRunner, runner_at
from sim.experiments.sweep.sweep_plan import Chunk, Task
from sim.experiments.sweep.sweep_store import Store

if TYPE_CHECKING:
    from sim.world import World
    from tests.experiments.sweep.conftest import Small


def test_parameters_enter_a_state_through_its_record_of_parameters_alone(world: World) -> None:
    """All of them at once at other values than the defaults: only the record may differ."""
    changed = {
        name: entry.low if entry.default != entry.low else entry.high
        for name, entry in PARAMETERS.items()
    }
    vary = {name: [value] for name, value in changed.items()}
    asked = planned("baseline", vary, design="lhs", n=1, end="2000-06", replicates=1)
    runner = ChunkRunner(asked.plan, world)
    patched = runner.state(tuple(asked.plan.values[0]))
    built = initial_state(asked.plan.scenario.with_overrides(parameters=changed), world)
    # Rows of the log that are not used hold anything.
    for name in (field for field in State._fields if field != "event"):
        assert getattr(patched, name).tobytes() == getattr(built, name).tobytes(), name
    assert not np.array_equal(patched.par_values, runner.template.par_values)


def test_row_is_what_a_run_with_these_parameters_gives(reference: Sweep, world: World) -> None:
    row = reference.frame.iloc[17]
    point = {name: row[name] for name in reference.plan.names}
    scenario = reference.plan.scenario.with_overrides(parameters=point)
    w = simulate(initial_state(scenario, world), int(row["seed"]), int(row["replicate"]))
    counted = outcomes.count_events(w)
    expected = outcomes.for_region(w, outcomes.by_place(w, counted), counted)
    assert sorted(expected) == sorted(outcomes.FOR_REGION)
    np.testing.assert_array_equal(row[list(expected)].to_numpy(float), list(expected.values()))


def test_tables_are_those_of_a_run(tmp_path: Path, small: Small) -> None:
    sweep = small(tmp_path / "s", tables=["by_country", "by_locality"], keep_events=True, n=2)
    point = dict(sweep.points.iloc[1])
    run = sim.run(sweep.plan.scenario.with_overrides(parameters=point))
    for name in ("by_country", "by_locality", "events"):
        expected = getattr(run, name)
        table = sweep.table(name)
        mine = table.filter(np.asarray(table["point"]) == 1).drop_columns("point")
        pd.testing.assert_frame_equal(mine.to_pandas(), expected, check_exact=True)


def test_failing_run_is_a_row_and_the_sweep_goes_on(
    tmp_path: Path, small: Small, reference: Sweep, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(w: State, seed: int, replicate: int) -> State:
        if replicate == 3 and w.par["turnover_fade"][0] == reference.points["turnover.fade"][2]:
            raise ZeroDivisionError("nothing\nto divide by")
        return simulate(w, seed, replicate)

    monkeypatch.setattr(chunk_runs, "simulate", failing)
    sweep = small(tmp_path / "s")
    assert (sweep.status.done, sweep.status.failed, sweep.status.left) == (30, 1, 0)
    [(_, failed)] = sweep.failures.iterrows()
    assert (failed["point"], failed["replicate"]) == (2, 3)
    assert failed["error"].startswith("ZeroDivisionError: nothing (in failing, line ")
    assert failed["turnover.fade"] == reference.points["turnover.fade"][2]
    frame = sweep.frame
    row = frame[frame["error"].notna()].iloc[0]
    assert row[list(outcomes.FOR_REGION)].isna().all()
    others = frame["error"].isna()
    assert frame[others].drop(columns="error").equals(reference.frame[others].drop(columns="error"))


def test_failed_runs_are_made_again_on_request(
    tmp_path: Path, small: Small, monkeypatch: pytest.MonkeyPatch, files: Callable[..., list[str]]
) -> None:
    def failing(*_: Any) -> State:
        raise MemoryError

    monkeypatch.setattr(chunk_runs, "simulate", failing)
    asked = small(tmp_path / "t", n=1, keep_events=True)
    assert asked.status.failed == 5
    assert asked.frame["error"].str.startswith("MemoryError").all()
    with pytest.raises(InputError, match="events"):
        asked.table("by_country")
    monkeypatch.undo()
    assert asked.resume(workers=1).status.failed == 5
    assert asked.resume(workers=1, retry=True).status.failed == 0
    assert len(files(asked.folder)) == len(files(asked.folder, "events")) == 1
    assert asked.failures.empty


def test_order_travels_as_text(reference: Sweep) -> None:
    import json

    task = reference.plan.task(next(reference.plan.chunks()))
    assert Task.from_json(json.loads(json.dumps(task.to_json()))) == task
    spared = Task.from_json(task.to_json() | {"spared": {"3": "why"}})
    assert spared.spared == {3: "why"}


def test_spared_run_is_recorded_and_not_made(reference: Sweep, world: World) -> None:
    runner = ChunkRunner(reference.plan, world)
    told: list[int] = []
    task = reference.plan.task(Chunk(0, 0, ((0, 0), (0, 1))))
    runs, beside = runner.make(Task(**task.to_json() | {"spared": {0: "spared"}}), told.append)
    assert runs["error"].to_pylist() == ["spared", None]
    assert runs["deals"].null_count == 1
    assert told == [0, 1, 2]
    assert beside == {}


def test_worker_refuses_another_sweep_or_model(
    reference: Sweep, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(InputError, match="another one"):
        runner_at(reference.folder, "nothing")
    monkeypatch.setattr(provenance, "model_version", lambda: "9.9+abc")
    with pytest.raises(InputError, match=r"there, 9\.9\+abc here"):
        Store(reference.folder).check_version(reference.plan)
