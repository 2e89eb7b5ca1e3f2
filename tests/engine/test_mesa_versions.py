"""The same decisions under every supported Mesa and Python: one digest for all of them."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

from sim.core.state import State
from sim.engine.compiled import simulate
from sim.engine.events import canonical_log
from sim.engine.initial_state import initial_state
from sim.engine.model import ParadiplomacyModel
from sim.scenario.schema import Scenario, load
from sim.world import World

DIGEST = Path(__file__).parents[1] / "data" / "log_digest.json"
WORDS = ("id", "month", "kind", "actor", "place", "project", "cause0", "cause1", "cause2")


def digest(w: State) -> str:
    """Return a hash of who decided what, when, where and why."""
    log = canonical_log(w)
    columns = np.stack([log[name] for name in WORDS])
    return hashlib.sha256(columns.tobytes()).hexdigest()


def short(world: World) -> Scenario:
    return load("baseline", world).with_overrides(end="2002-12")


@pytest.mark.crossversion
@pytest.mark.parametrize("driver", ["compiled", "mesa"])
def test_the_log_is_the_committed_one(world: World, driver: str) -> None:
    scenario = short(world)
    if driver == "compiled":
        w = simulate(initial_state(scenario, world), scenario.seed, 0)
    else:
        model = ParadiplomacyModel(scenario, world=world)
        model.run_to_end()
        w = model.state
    committed = json.loads(DIGEST.read_text(encoding="utf-8"))
    # A change of the rules changes the digest: commit the new one and say so in the changelog.
    assert digest(w) == committed["baseline to 2002-12, replicate 0"]
