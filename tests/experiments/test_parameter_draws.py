"""Draws of parameters: which run takes which, what they leave alone, and runs that repeat."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import sim
from sim.core.errors import InputError
from sim.experiments.parameter_draws import checked, with_draw
from sim.scenario.schema import Scenario, load

pytestmark = pytest.mark.slow  # runs are made over draws of the posterior, and repeated

DRAWS = ({"turnover.fade": 0.1, "tie.contact": 0.2}, {"turnover.fade": 0.9, "tie.contact": 0.5})


def short(**parameters: float) -> Scenario:
    return load("baseline").with_overrides(end="2001-06", replicates=3, parameters=parameters)


def test_run_number_r_takes_draw_r_and_starts_over() -> None:
    found = sim.run(short(), draws=DRAWS)
    assert found.per_run["draw"].tolist() == [0, 1, 0]
    assert found.manifest["draws"] == [dict(draw) for draw in DRAWS]
    for table in (found.by_country, found.by_locality):
        pairs = table[["replicate", "draw"]].drop_duplicates()
        assert pairs.to_numpy().tolist() == [[0, 0], [1, 1], [2, 0]]
    assert "draw" not in found.summary["outcomes"]
    for replicate, draw in enumerate([*DRAWS, DRAWS[0]]):
        alone = sim.run(short(**draw)).per_run.iloc[replicate].drop("replicate")
        mine = found.per_run.iloc[replicate].drop(["replicate", "draw"])
        pd.testing.assert_series_equal(mine, alone, check_names=False)


def test_both_drivers_take_the_same_draws() -> None:
    two = short().with_overrides(end="2000-06", replicates=2)
    one, other = (sim.run(two, driver=d, draws=DRAWS).per_run for d in ("compiled", "mesa"))
    pd.testing.assert_frame_equal(one, other)


def test_a_run_that_was_written_can_be_repeated(tmp_path: Path) -> None:
    held = sim.open(sim.run(short(), draws=DRAWS).write(tmp_path / "run", figures=False))
    assert isinstance(held, sim.Run)
    again = sim.run(held.scenario, draws=held.manifest["draws"])
    pd.testing.assert_frame_equal(held.per_run, again.per_run)


def test_what_a_scenario_sets_is_not_drawn() -> None:
    drawn = with_draw(short(**{"turnover.fade": 0.5}), DRAWS[0]).parameter_values()
    assert (drawn["turnover.fade"], drawn["tie.contact"]) == (0.5, 0.2)
    # Also where it is set to the default.
    default = sim.PARAMETERS["turnover.fade"].default
    assert (
        with_draw(short(**{"turnover.fade": default}), DRAWS[0]).parameters["turnover.fade"]
        == default
    )


def test_overrides_win_over_draws() -> None:
    fixed = sim.run(short(), parameters={"turnover.fade": 0.5}, draws=[{"turnover.fade": 0.1}])
    plain = sim.run(short(), parameters={"turnover.fade": 0.5})
    pd.testing.assert_frame_equal(fixed.per_run.drop(columns="draw"), plain.per_run)


def test_runs_without_draws_have_no_such_column() -> None:
    found = sim.run(short())
    assert "draw" not in found.per_run
    assert "draw" not in found.by_country
    assert "draws" not in found.manifest


@pytest.mark.parametrize(
    ("draw", "told"),
    [
        ({"turnover.fad": 0.5}, "turnover.fade"),
        ({"turnover.fade": 2.0}, "0 to 1"),
        ({"turnover.fade": float("nan")}, "out of range"),
    ],
)
def test_a_wrong_draw_is_refused(draw: dict[str, float], told: str) -> None:
    with pytest.raises(InputError, match=told):
        checked([draw])
