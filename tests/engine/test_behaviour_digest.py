"""The model's version is a digest of what a fixed set of runs does."""

from __future__ import annotations

import hashlib
import json

import numpy as np
import pytest

from sim.core import provenance
from sim.core.parameters import PARAMETERS
from sim.engine import behaviour_digest as behaviour
from sim.engine.initial_state import initial_state
from sim.scenario.interventions import KINDS
from sim.scenario.schema import build
from sim.world import World
from tests.conftest import AlteredWorld


@pytest.mark.slow
@pytest.mark.crossversion
def test_the_committed_version_is_what_the_model_does() -> None:
    held = json.loads(provenance.VERSIONS.read_text(encoding="utf-8"))
    assert behaviour.digests() == {name: held[name] for name in ("model", "calibration")}, (
        "make model-version"
    )


def test_the_runs_hold_every_intervention_and_corners_of_the_ranges(world: World) -> None:
    made = list(behaviour.trials(world))
    assert len({trial.replicate for trial in made}) == len(made)
    kinds = {one.kind for trial in made for one in trial.scenario.interventions}
    # Taken up later than the digest, and tried by the tests of both drivers.
    assert kinds == set(KINDS) - {"turnover"}
    assert {trial.source for trial in made} == set(behaviour.TRIALS)
    for trial in made:
        values = trial.scenario.parameters
        if trial.source == behaviour.CORNER:
            assert all(v in (PARAMETERS[n].low, PARAMETERS[n].high) for n, v in values.items())
        elif trial.source == behaviour.PRIOR:
            assert set(values) == {p.name for p in PARAMETERS.values() if p.prior}


def inputs_digest(world: World, last: int = 251) -> str:
    digest = hashlib.sha256()
    scenario = build(behaviour.scenarios(world)[0])
    for name, values in behaviour._inputs(initial_state(scenario, world), last):
        behaviour._add(digest, name, values)
    return digest.hexdigest()


def test_tables_count_as_far_as_the_model_reads_them(
    world: World, altered_world: AlteredWorld
) -> None:
    first = inputs_digest(world)
    noted = altered_world(countries=lambda table: table.assign(tender_source="another source"))
    assert noted.digest != world.digest
    assert inputs_digest(noted) == first
    tender = altered_world(
        countries=lambda table: table.assign(tender_regime=["0.51", *table["tender_regime"][1:]])
    )
    assert inputs_digest(tender) != first


def test_what_lies_after_the_last_month_does_not_count(
    world: World, altered_world: AlteredWorld
) -> None:
    later = altered_world(
        executives=lambda table: table[table["start"] < "2021-01"],
        forums=lambda table: table[table["month"] < "2021-01"],
    )
    assert inputs_digest(later) == inputs_digest(world)
    assert inputs_digest(later, 400) != inputs_digest(world, 400)


def test_last_bits_do_not_count() -> None:
    def digest(value: float) -> str:
        made = hashlib.sha256()
        behaviour._add(made, "x", np.array([value, np.nan, 0.0]))
        return made.hexdigest()

    assert digest(0.1 + 0.2) == digest(0.3)
    assert digest(0.3001) != digest(0.3)
