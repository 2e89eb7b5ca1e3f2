"""A world that has been recorded; the tests only read it."""

from __future__ import annotations

import pytest

from sim.app.watch.recorder import Recorder
from sim.scenario.schema import load
from sim.world import World

END = "2007-12"


@pytest.fixture(scope="session")
def recorder(world: World) -> Recorder:
    made = Recorder(load("baseline", world).with_overrides(end=END), world)
    made.advance(made.last)
    return made
