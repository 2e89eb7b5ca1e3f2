"""Scenario discovery: conditions, and boxes where the EMA workbench is installed."""

from __future__ import annotations

from importlib import metadata
from typing import Any

import numpy as np
import pytest

from sim.core.errors import InputError
from sim.experiments.sensitivity.analysis import SweepFrames
from sim.experiments.sensitivity.indices import to_ema
from sim.experiments.sensitivity.monte_carlo_noise import response
from sim.experiments.sensitivity.scenario_discovery import Condition, discover, parse_condition
from sim.results.sensitivity_result import sensitivity
from tests.experiments.sensitivity.toy_sweeps import Floats, linear, sweep_of


def corner(shares: Floats) -> Floats:
    """Return 1 in a corner of the first two inputs, else 0."""
    return np.asarray(((shares[:, 0] > 0.6) & (shares[:, 1] < 0.4)).astype(float))


def test_a_condition_is_read() -> None:
    assert parse_condition(" deals >= 4e2", ["deals"]) == Condition("deals", ">=", 400.0)
    assert parse_condition("deals<-1", ["deals"]).text == "deals < -1"
    held = Condition("deals", "<", 2.0).holds(np.array([1.0, 2.0, np.nan]))
    assert held.tolist() == [True, False, False]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("deals", "is not a condition"),
        ("deals==400", "is not a condition"),
        ("deal>=400", "Did you mean 'deals'"),
        ("deals>=many", "'many' is not a number"),
        ("deals>=nan", "'nan' is not a number"),
    ],
)
def test_what_is_no_condition_is_refused(text: str, said: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_condition(text, ["deals"])
    assert said in str(caught.value)


def found_in(sweep: SweepFrames, *conditions: Condition) -> Any:
    return discover(
        sweep.design, [response(sweep.design, sweep.frame, "deals")], conditions or (MET,)
    )


MET = Condition("deals", ">=", 0.5)


def test_conditions_that_split_nothing_are_refused_with_the_range() -> None:
    sweep = sweep_of(corner, "lhs", 50)
    with pytest.raises(InputError, match="no point has deals > 1; mean deals goes from 0 to 1"):
        found_in(sweep, Condition("deals", ">", 1.0))
    with pytest.raises(InputError, match="every point has deals >= 0"):
        found_in(sweep, Condition("deals", ">=", 0.0))
    with pytest.raises(InputError, match="too few to find a box"):
        found_in(sweep_of(corner, "lhs", 10))


def test_ema_takes_one_row_a_known_point() -> None:
    sweep = sweep_of(linear, "lhs", 30, replicates=2, noise=1.0)
    runs = sweep.frame.copy()
    runs.loc[runs["point"] == 3, "deals"] = np.nan
    experiments, outcomes = to_ema(sweep.design, runs)
    assert len(experiments) == len(outcomes["deals"]) == 29
    assert "3" not in set(experiments["scenario"])
    for name in sweep.design.points:
        assert experiments[name].dtype == np.float64
    means = runs.groupby("point")["deals"].mean().dropna()
    assert outcomes["deals"] == pytest.approx(means.to_numpy())


def no_version(name: str) -> str:
    raise metadata.PackageNotFoundError(name)


@pytest.mark.parametrize(
    ("version", "said"),
    [(no_version, "which is not installed"), (lambda _: "2.5.3", "3.0 or later, not 2.5.3")],
)
def test_without_a_sound_workbench_it_says_what_is_needed(
    monkeypatch: pytest.MonkeyPatch, version: Any, said: str
) -> None:
    monkeypatch.setattr(metadata, "version", version)
    with pytest.raises(InputError, match=said) as caught:
        found_in(sweep_of(corner, "lhs", 50))
    assert "Python 3.12" in str(caught.value)


def workbench_is_there() -> bool:
    try:
        return int(metadata.version("ema_workbench").split(".")[0]) >= 3
    except metadata.PackageNotFoundError:
        return False


needs_workbench = pytest.mark.skipif(
    not workbench_is_there(), reason="needs the EMA workbench 3, which needs Python 3.12"
)


@needs_workbench
def test_the_box_of_a_corner_is_found() -> None:
    found = found_in(sweep_of(corner, "lhs", 500))
    box = found.boxes[0]
    assert box.density > 0.8
    assert box.coverage > 0.9
    limits = {limit.parameter: limit for limit in box.limits}
    assert set(limits) == {"authority.effect", "turnover.fade"}
    # Limits are never zero where the corner's are not (they were in the workbench before 3.0).
    assert limits["authority.effect"].low == pytest.approx(0.6, abs=0.06)
    assert limits["authority.effect"].high == pytest.approx(1.0, abs=0.02)
    assert limits["turnover.fade"].high == pytest.approx(0.4, abs=0.06)
    assert max(limit.chance for limit in box.limits) < 0.01


@needs_workbench
def test_boxes_are_told_on_the_card_in_the_page_and_in_a_table(tmp_path: Any) -> None:
    found = sensitivity(sweep_of(corner, "lhs", 300), discover=["deals>=0.5", "deals<2"])
    assert "Where deals >= 0.5 and deals < 2: " in repr(found)
    folder = found.write(tmp_path / "out")
    assert "Box 1" in (folder / "sensitivity.html").read_text()
    lines = (folder / "boxes.csv").read_text().splitlines()
    assert lines[0] == "box,coverage,density,mass,points,parameter,low,high,chance"
    assert len(lines) > 2
