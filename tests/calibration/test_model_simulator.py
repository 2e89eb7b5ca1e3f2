from __future__ import annotations

import numpy as np
import pytest

from calibration.model_simulator import Documented, simulator
from sim.core.errors import InputError
from sim.core.parameters import PARAMETERS


@pytest.fixture(scope="module")
def documented() -> Documented:
    return simulator()


def test_a_run_has_the_numbers_and_shapes_that_are_named(documented: Documented) -> None:
    values = documented.prior.draw(1, 4)[0]
    run, again = (documented.run(values, 1, 5) for _ in range(2))
    assert run.vector.shape == documented.observed.shape == (len(documented.statistics),)
    assert np.isfinite(run.vector).all()
    assert np.isfinite(documented.observed).all()
    assert run.derived.shape == (len(documented.derived),)
    assert {name: counts.shape for name, counts in run.counts.items()} == documented.shapes
    assert all(counts.dtype == np.int32 for counts in run.counts.values())
    assert np.array_equal(run.vector, again.vector)
    assert not np.array_equal(run.vector, documented.run(values, 1, 6).vector)


def test_values_reach_the_run(documented: Documented) -> None:
    defaults = np.array([PARAMETERS[name].default for name in documented.prior.names])
    twinnings = documented.derived.index("twinnings_to_2018")
    usual = documented.run(defaults, 1, 0).derived[twinnings]
    defaults[documented.prior.names.index("twinning.rate")] = 0.0
    assert usual > 0.0
    # The conditions may arrange documented ones.
    assert documented.run(defaults, 1, 0).derived[twinnings] < usual / 10


def test_what_decides_a_run_is_named(documented: Documented) -> None:
    assert set(documented.identity) == {
        "behaviour",
        "conditions",
        "priors",
        "observation",
        "derived_from",
    }


def test_values_can_be_held_fixed(documented: Documented) -> None:
    values = documented.prior.draw(1, 4)[0]
    held = Documented({"turnover.fade": 0.0, "approval.alignment": -3.0})
    column = documented.prior.names.index("turnover.fade")
    other = values.copy()
    other[column] = 0.9
    assert np.array_equal(held.run(values, 1, 5).vector, held.run(other, 1, 5).vector)
    faded = Documented({"turnover.fade": float(values[column])})
    assert np.array_equal(faded.run(other, 1, 5).vector, documented.run(values, 1, 5).vector)
    # What is held fixed is part of what decides a run; without it nothing is said of it.
    assert set(held.identity) - set(documented.identity) == {"fixed"}
    same = {name: held.identity[name] for name in documented.identity}
    assert same == documented.identity


def test_wills_are_drawn_or_as_documented(documented: Documented) -> None:
    coded = simulator("documented")
    assert np.isnan(documented._template.holder["will"]).all()
    assert not np.isnan(coded._template.holder["will"]).all()
    other = {name for name, of in coded.identity.items() if of != documented.identity[name]}
    assert other == {"conditions"}
    with pytest.raises(InputError, match="wills"):
        simulator("known")


def test_an_unknown_name_cannot_be_held_fixed() -> None:
    with pytest.raises(InputError, match=r"turnover\.fade"):
        Documented({"turnover.fad": 0.0})


def test_other_quantities_can_be_derived() -> None:
    made = Documented(derived={"twinnings": {"outcome": "twinnings"}})
    values = made.prior.draw(1, 4)[0]
    run = made.run(values, 1, 5)
    assert made.derived == ("twinnings",)
    assert run.derived[0] == run.counts["by_locality"][:, 1].sum()
