from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from sim.results.run_result import Run
from sim.scenario.schema import load
from sim.world import SHIPPED, World, load_world

if TYPE_CHECKING:
    from sim.core.state import State

AlteredWorld = Callable[..., World]

LIMIT_OF_SLOW_TESTS = 900
"""Seconds; a test that needs more carries a mark of its own."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give every slow test that names no limit of its own a longer one."""
    for item in items:
        if item.get_closest_marker("slow") and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(LIMIT_OF_SLOW_TESTS))


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
