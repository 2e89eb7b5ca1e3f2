from __future__ import annotations

import pytest

from sim.app.session import Session
from sim.app.why.run_index import RunIndex, index_run
from sim.scenario.schema import load
from sim.world import World


@pytest.fixture
def session(world: World) -> Session:
    """Return a visitor whose work is done at once."""
    return Session(world)


@pytest.fixture(scope="session")
def run(world: World) -> RunIndex:
    """Return the first run of history until the end of 2012."""
    return index_run(load("baseline", world).with_overrides(end="2012-12"), world, 0)
