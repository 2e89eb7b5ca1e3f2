from __future__ import annotations

import gc
import itertools
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import HealthCheck, settings

from calibration import published
from sim.experiments.comparison import paired_statistics
from sim.results.run_result import Run
from sim.scenario.schema import load
from sim.world import SHIPPED, World, load_world

if TYPE_CHECKING:
    from calibration.inference.posterior import Posterior
    from sim.core.state import State

CARRIED = published.carried
AlteredWorld = Callable[..., World]

# An example may take long on a busy machine.
settings.register_profile(
    "patient",
    settings(),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("patient")

LIMIT_OF_SLOW_TESTS = 900
"""Seconds, of tests in a browser too; a test that needs more carries a mark of its own."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give every slow test that names no limit of its own a longer one."""
    for item in items:
        slow = item.get_closest_marker("slow") or item.get_closest_marker("browser")
        if slow and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(LIMIT_OF_SLOW_TESTS))


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Leave all that is there by now out of every later search for garbage.

    A model of Mesa is a cycle that holds logs of 20 MB. Beside millions of objects that stay, the
    collector would look for such cycles so rarely that a worker grows by gigabytes.
    """
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def _no_posterior() -> Iterator[None]:
    """Carry no posterior unless a test asks for one, whatever is published."""

    def fixed(runs: int, world: World | None = None, *, fixed: bool = False) -> published.Drawn:
        return published.Drawn((), {"fixed_because": "asked" if fixed else "none_published"})

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(published, "carried", fixed)
        yield


@pytest.fixture(scope="session", autouse=True)
def _logs_hold_anything() -> Iterator[None]:
    """Fill the rows of every new log, each log with another number: none may read what it holds."""
    from sim.core import state
    from sim.core.column_table import log_records

    numbers = itertools.count(1)

    def filled(dtype: np.dtype[Any], rows: int) -> np.ndarray[Any, Any]:
        records = log_records(dtype, rows)
        records.view(np.int64)[:] = 0x5555_5555 + next(numbers)
        return records

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(state, "log_records", filled)
        yield


def everything(w: State) -> dict[str, bytes]:
    """Return what each array of a state holds, of its log the events alone."""
    used = {"event": int(w.run["events"][0])}
    return {name: getattr(w, name)[: used.get(name)].tobytes() for name in w._fields}


@pytest.fixture(scope="module")
def judged_by_few() -> Iterator[None]:
    """Let a handful of pairs be enough for a verdict."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(paired_statistics, "LEAST", 2)
        yield


@pytest.fixture
def carrying(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Posterior:
    """Carry a made-up posterior of the present model."""
    from tests.posteriors import made_up

    folder = tmp_path / "published"
    monkeypatch.setattr(published, "published_folder", lambda: folder)
    monkeypatch.setattr(published, "carried", CARRIED)
    return made_up(folder, draws=30)


@pytest.fixture(scope="session")
def world() -> World:
    return load_world()


@pytest.fixture(scope="session")
def small_run() -> Run:
    """Return the baseline until the end of 2010, three replicates."""
    import sim

    return sim.run(sim.load("baseline").with_overrides(end="2010-12", replicates=3))


@pytest.fixture(scope="session")
def small_run_folder(small_run: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder that the small run was written to, without figures."""
    return small_run.write(tmp_path_factory.mktemp("runs") / "small", figures=False)


@pytest.fixture(scope="session")
def template(world: World) -> State:
    """Return the state before the first month of the baseline until the end of 2010."""
    from sim.engine.initial_state import initial_state

    return initial_state(load("baseline", world).with_overrides(end="2010-12"), world)


@pytest.fixture(scope="session")
def finished(template: State) -> State:
    """Return the state after the first of the small run's replicates; leave it as it is."""
    from sim.engine.compiled import simulate

    return simulate(template, load("baseline").seed, 0)


@pytest.fixture
def altered_world(tmp_path: Path) -> AlteredWorld:
    """Return a function that copies the shipped world, changes some tables and loads the copy.

    Each table is given as a function from the table as text to the table wanted.
    """
    import pandas as pd

    def alter(**changes: Callable[[Any], Any]) -> World:
        folder = Path(shutil.copytree(SHIPPED, tmp_path / f"world-{len(list(tmp_path.iterdir()))}"))
        for name, change in changes.items():
            file = folder / f"{name}.csv"
            table = pd.read_csv(file, dtype=str, keep_default_na=False)
            change(table).to_csv(file, index=False)
        return load_world(folder)

    return alter
