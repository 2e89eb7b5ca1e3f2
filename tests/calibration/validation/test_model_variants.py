"""The table of wrong worlds, mechanisms and what-ifs."""

from __future__ import annotations

import numpy as np
import pytest

from calibration.inference.reference_table import load_simulator
from calibration.validation import model_variants as module
from calibration.validation.model_variants import (
    HOW,
    load_table,
    mechanisms,
    simulator,
    wrong_models,
)
from sim.core.errors import InputError
from sim.core.parameters import PARAMETERS
from sim.experiments.comparison.paired_simulation import REGION_OUTCOMES
from sim.scenario.schema import load


def test_there_are_sixteen_worlds_and_twelve_mechanisms() -> None:
    assert (len(wrong_models()), len(mechanisms())) == (16, 12)
    assert {world.how for world in wrong_models()} == set(HOW)
    every = [variant.id for variant in (*wrong_models(), *mechanisms())]
    assert len(set(every)) == len(every)


@pytest.mark.parametrize("variant", [*wrong_models(), *mechanisms()], ids=lambda v: v.id)
def test_only_what_is_reversed_leaves_its_range(variant: module.Variant) -> None:
    assert variant.fixed
    for name, value in variant.fixed.items():
        known = PARAMETERS[name]
        inside = known.low <= value <= known.high
        # Nothing in the range of a log-odds is quite never.
        assert inside or variant.how == "reversed" or name == "initiative.rate"
        assert value != known.default


def test_workers_find_a_variant_by_its_name() -> None:
    world = wrong_models()[0]
    made = load_simulator(world.simulator)
    assert made.fixed == world.fixed  # type: ignore[attr-defined]
    with pytest.raises(InputError, match="no-trust"):
        simulator("no-trus")


def test_what_ifs_extend_the_baseline() -> None:
    asked = load_table()["what_ifs"]
    base = load(asked["baseline"])
    for name in asked["scenarios"]:
        other = load(name)
        assert (other.start, other.end, other.seed) == (base.start, base.end, base.seed)
        assert (other.parameter_values(), other.interventions) != (
            base.parameter_values(),
            base.interventions,
        )
    assert set(asked["outcomes"]) <= {outcome.name for outcome in REGION_OUTCOMES}


def test_a_mechanism_turned_off_is_off() -> None:
    off = next(one for one in mechanisms() if one.id == "initiative")
    usual, without = load_simulator("calibration.model_simulator:simulator"), simulator(off.id)
    values = usual.prior.draw(1, 4)[0]
    journeys = usual.statistics.index("jujuy_journeys")
    runs = [made.run(values, 1, 0) for made in (usual, without)]
    assert np.isfinite(runs[1].vector).all()
    assert not np.array_equal(runs[0].vector, runs[1].vector)
    assert runs[1].vector[journeys] <= runs[0].vector[journeys]
