"""Screening tells what goes one way from what chance does."""

from __future__ import annotations

import numpy as np
import pytest

from sim.core.parameters import PARAMETERS
from tools.screening import moved, rows_of, screen


def test_what_chance_does_is_not_noticed_and_what_goes_one_way_is() -> None:
    rng = np.random.default_rng(1)
    points, runs, outcomes = 40, 2, 3
    chance = rng.normal(size=(points, runs, outcomes))
    effect = chance.copy()
    # Up or down by point, the same way in both runs: an effect, though none in the mean.
    effect[..., 1] += 3.0 * rng.choice([-1.0, 1.0], size=(points, 1))
    nothing = np.zeros_like(chance)
    moves = np.stack([chance, effect, nothing], axis=1)
    first, second, third = rows_of(np.ones(3), moves, ["a", "b", "c"], ["x", "y", "z"])
    assert (first["noticed"], first["inert"]) == (0, False)
    assert (second["noticed"], second["outcome"]) == (1, "y")
    # Half the mean square of the change, over the variance.
    assert abs(second["total_effect"] - 4.5) < 1.5
    assert (third["noticed"], third["inert"]) == (0, True)


def test_an_outcome_that_does_not_vary_is_left_out() -> None:
    moves = np.full((10, 1, 2, 2), np.nan)
    moves[..., 1] = 1.0
    (row,) = rows_of(np.array([0.0, 2.0]), moves, ["a"], ["x", "y"])
    assert (row["noticed"], row["outcome"], row["total_effect"]) == (1, "y", 0.25)


def test_every_parameter_is_moved_within_its_range() -> None:
    for draw, values in moved(3):
        assert set(values) == set(PARAMETERS)
        assert all(PARAMETERS[n].low <= v <= PARAMETERS[n].high for n, v in values.items())
        assert all(values[name] != value for name, value in draw.items())


def test_the_screening_names_the_outcome_that_a_parameter_moves(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(
        "tools.screening.moved", lambda points: [({}, {"views.gain": 0.0})] * points
    )
    monkeypatch.setattr("tools.screening.PARAMETERS", {"views.gain": None})
    (row,) = screen(2, workers=1)
    assert (row["parameter"], row["noticed"], row["outcome"]) == ("views.gain", 1, "views")
    assert not row["inert"]
