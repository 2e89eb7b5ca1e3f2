"""Designs crossed with draws of parameters."""

from __future__ import annotations

import pytest

from sim.core.errors import InputError
from sim.experiments.design import Design, make_design
from sim.experiments.parameter_draws import factorial_with_draws
from sim.scenario.schema import load

DRAWS = ({"turnover.fade": 0.1, "tie.contact": 0.2}, {"turnover.fade": 0.9, "tie.contact": 0.5})


def test_every_point_is_run_at_every_draw() -> None:
    grid = make_design("grid", ["authority.effect=0,1"])
    found = factorial_with_draws(grid, DRAWS, load("baseline"), {"rules": "r"})
    assert found.points.to_dict("list") == {
        "authority.effect": [0.0, 0.0, 1.0, 1.0],
        "turnover.fade": [0.1, 0.9, 0.1, 0.9],
        "tie.contact": [0.2, 0.5, 0.2, 0.5],
    }
    assert (found.kind, found.draws) == ("grid", 2)
    assert found.description == "authority.effect, 2 parameters in 2 draws"
    assert found.settings["drawn_from"] == {"rules": "r"}


def test_what_is_varied_or_set_is_not_drawn() -> None:
    grid = make_design("grid", ["turnover.fade=0.3,0.4"])
    varied = factorial_with_draws(grid, DRAWS, load("baseline"))
    assert varied.points["turnover.fade"].tolist() == [0.3, 0.3, 0.4, 0.4]
    fixed = load("baseline").with_overrides(parameters={"tie.contact": 0.3})
    assert list(factorial_with_draws(None, DRAWS, fixed).points) == ["turnover.fade"]
    with pytest.raises(InputError, match="nothing is left to draw"):
        factorial_with_draws(grid, DRAWS, fixed)


def test_draws_alone_are_a_design_that_reads_back() -> None:
    alone = factorial_with_draws(None, DRAWS, load("baseline"))
    assert (alone.kind, len(alone.points)) == ("draws", 2)
    again = Design.from_json(alone.to_json(), alone.points)
    assert (again.draws, again.description) == (2, "2 parameters in 2 draws")
    assert again.points.equals(alone.points)


def test_designs_with_an_order_of_points_are_refused() -> None:
    pytest.importorskip("SALib")
    morris = make_design("morris", ["authority.effect=0..1"], 2)
    with pytest.raises(InputError, match="cannot be crossed"):
        factorial_with_draws(morris, DRAWS, load("baseline"))


def test_draws_have_no_next_point() -> None:
    found = factorial_with_draws(
        make_design("lhs", ["authority.effect=0..1"], 3), DRAWS, load("baseline")
    )
    with pytest.raises(InputError, match="no next point"):
        found.extended(2)


def test_draws_of_different_parameters_are_refused() -> None:
    with pytest.raises(InputError, match="different parameters"):
        factorial_with_draws(None, [{"turnover.fade": 0.1}, {"tie.contact": 0.2}], load("baseline"))
