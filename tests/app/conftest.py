from __future__ import annotations

import pytest

from sim.app.session import Session
from sim.world import World


@pytest.fixture
def session(world: World) -> Session:
    """Return a visitor whose work is done at once."""
    return Session(world)
