from __future__ import annotations

from pathlib import Path

import pytest

from sim.experiments.run import Run
from sim.world import World, load_world


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
