"""The layout of points: what is asked for is what is visited, and nonsense is refused."""

from __future__ import annotations

import itertools
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.core.errors import InputError
from sim.core.parameters import PARAMETERS
from sim.experiments.design import KINDS, Design, Varied, make_design, parse_vary

RANGE = "turnover.fade=0.2..0.9"
LIST = "authority.effect=0,0.5,1"


def test_a_range_and_a_list_are_read() -> None:
    assert parse_vary(RANGE) == Varied("turnover.fade", low=0.2, high=0.9)
    assert parse_vary(" authority.effect = 1, 0 ,0.5") == Varied(
        "authority.effect", (0.0, 0.5, 1.0)
    )
    assert parse_vary("initiative.rate=-8.6..-3e0").bounds == (-8.6, -3.0)
    assert parse_vary("turnover.pace=2").values == (2.0,)


@pytest.mark.parametrize(
    "text", [RANGE, LIST, "initiative.rate=-8.6..-3", "tie.contact=0.1,0.123456789"]
)
def test_what_is_read_can_be_said_again(text: str) -> None:
    assert parse_vary(parse_vary(text).text) == parse_vary(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("turnover.fade", "says no values"),
        ("turnover.fade=", "says no values"),
        ("turnover.fad=0..1", "Did you mean 'turnover.fade'"),
        ("turnover.fade=0.5..0.5", "range is empty"),
        ("turnover.fade=0.9..0.2", "runs backwards"),
        ("turnover.fade=0..1.5", "1.5 is out of range"),
        ("turnover.fade=0,nan", "nan is out of range"),
        ("turnover.fade=0,,1", "'' is not a number"),
        ("turnover.fade=0..high", "'high' is not a number"),
        ("turnover.fade=0.5,0.50", "says 0.5 twice"),
    ],
)
def test_nonsense_is_refused(text: str, said: str) -> None:
    with pytest.raises(InputError, match="vary") as caught:
        parse_vary(text)
    assert said in str(caught.value)


def test_a_grid_is_every_combination() -> None:
    design = make_design("grid", [LIST, RANGE], 3)
    expected = itertools.product((0.0, 0.5, 1.0), (0.2, 0.55, 0.9))
    assert np.allclose(design.points.to_numpy(), list(expected))
    assert list(design.points.columns) == ["authority.effect", "turnover.fade"]
    assert list(design.points.index) == list(range(9))


def test_a_hypercube_has_one_point_in_every_slice() -> None:
    design = make_design("lhs", [RANGE, LIST], 30)
    low, high = design.varied[0].bounds
    slices = np.floor((design.points["turnover.fade"] - low) / (high - low) * 30)
    assert sorted(slices) == list(range(30))
    assert design.points["authority.effect"].value_counts().to_dict() == {0.0: 10, 0.5: 10, 1.0: 10}


def test_sobol_changes_one_column_at_a_time_from_a_to_b() -> None:
    design = make_design("sobol", [RANGE, LIST, "turnover.pace=0.5..4"], 8)
    blocks = design.points.to_numpy().reshape(8, 5, 3)
    first, last = blocks[:, 0], blocks[:, -1]
    for j in range(3):
        expected = first.copy()
        expected[:, j] = last[:, j]
        assert np.array_equal(blocks[:, 1 + j], expected)
    assert set(design.points["authority.effect"]) == {0.0, 0.5, 1.0}
    assert design.notes == ()


def test_morris_moves_every_parameter_once_a_trajectory() -> None:
    design = make_design("morris", [RANGE, LIST, "turnover.pace=1,2"], 6)
    steps = np.diff(design.points.to_numpy().reshape(6, 4, 3), axis=1) != 0
    assert (steps.sum(axis=1) == 1).all()
    assert (steps.sum(axis=2) == 1).all()


@pytest.mark.parametrize("kind", KINDS)
def test_a_design_stays_in_range_and_depends_on_its_seed_alone(kind: str) -> None:
    vary = [RANGE, "authority.effect=0..1"]
    design, again = make_design(kind, vary, 4, 7), make_design(kind, vary, 4, 7)
    assert design.points.equals(again.points)
    assert design.points.dtypes.eq("float64").all()
    for one in design.varied:
        assert design.points[one.name].between(*one.bounds).all()
    if kind != "grid":
        assert not design.points.equals(make_design(kind, vary, 4, 8).points)


@pytest.mark.parametrize(("kind", "per_n"), [("lhs", 1), ("sobol", 4), ("morris", 3)])
def test_extending_keeps_the_points_there_are(kind: str, per_n: int) -> None:
    design = make_design(kind, [RANGE, LIST], 4, 3)
    longer = design.extended(4)
    assert len(longer.points) == 8 * per_n
    assert longer.points.iloc[: len(design.points)].equals(design.points)
    fresh = longer.points.iloc[len(design.points) :].reset_index(drop=True)
    assert not fresh.equals(design.points)
    assert longer.settings["blocks"] == [4, 4]


def test_sobol_extended_is_the_longer_sequence_itself() -> None:
    extended = make_design("sobol", [RANGE, LIST], 4).extended(4)
    assert extended.points.equals(make_design("sobol", [RANGE, LIST], 8).points)


def test_an_extended_hypercube_says_what_it_is() -> None:
    (note,) = make_design("lhs", [RANGE], 4).extended(6).extended(2).notes
    assert note.startswith("4 + 6 + 2 points: each block is a Latin hypercube")


def test_sobol_says_which_sizes_are_balanced() -> None:
    design = make_design("sobol", [RANGE], 12)
    (note,) = design.notes
    assert "(8 or 16)" in note
    assert design.extended(4).notes == ()


def test_grids_and_files_are_not_extended(tmp_path: Path) -> None:
    path = tmp_path / "points.csv"
    path.write_text("turnover.fade\n0.5\n")
    for design in (make_design("grid", [LIST]), make_design(path)):
        with pytest.raises(InputError, match="no next point"):
            design.extended(3)
    with pytest.raises(InputError, match="too few"):
        make_design("lhs", [RANGE], 3).extended(0)


@pytest.mark.parametrize("kind", KINDS)
def test_a_design_is_read_back_from_its_record(kind: str) -> None:
    design = make_design(kind, [RANGE, "authority.effect=0..1"], 4)
    record = json.loads(json.dumps(design.to_json()))
    again = Design.from_json(record, design.points)
    assert again.varied == design.varied
    assert again.settings == design.settings
    assert again.points.equals(design.points)
    if kind != "grid":
        assert again.extended(4).points.equals(design.extended(4).points)
    with pytest.raises(InputError, match="not those of the design"):
        Design.from_json(record, design.points.iloc[1:])
    with pytest.raises(InputError, match="not the record"):
        Design.from_json({"kind": kind}, design.points)


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_a_file_of_points_is_taken_as_it_is(tmp_path: Path, suffix: str) -> None:
    points = pd.DataFrame({"turnover.fade": [0.1, 0.5, 0.5], "turnover.pace": [1, 1, 1]})
    path = tmp_path / f"points.{suffix}"
    if suffix == "csv":
        points.to_csv(path, index=False)
    else:
        points.to_parquet(path)
    design = make_design(str(path))
    assert design.kind == "file"
    assert np.array_equal(design.points.to_numpy(), points.to_numpy(dtype=float))
    assert design.varied[1].bounds == (1.0, 1.0)
    assert design.notes == ("1 point says what another one says already",)
    again = Design.from_json(json.loads(json.dumps(design.to_json())), design.points)
    assert again.varied == design.varied


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("turnover.fade,turnover.pase\n0.5,1\n", "Did you mean 'turnover.pace'"),
        ("turnover.fade,turnover.fade\n0.5,1\n", "line 1: turnover.fade: this column occurs twice"),
        ("turnover.fade\n0.5\n1.5\n", "line 3: turnover.fade: 1.5 is too large"),
        ("turnover.fade,turnover.pace\n0.5,\n", "line 2: turnover.pace: the cell is blank"),
        ("turnover.fade\nhalf\n", "line 2: turnover.fade: 'half' is not a number"),
        ("turnover.fade\n", "has no rows"),
        ("", "the file is empty"),
        ("turnover.fade\n0.5,1,2\n", "line 2: the row has 3 cells"),
    ],
)
def test_a_file_of_anything_else_is_refused(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "points.csv"
    path.write_text(text)
    with pytest.raises(InputError) as caught:
        make_design(path)
    assert said in str(caught.value)


def test_a_file_that_is_no_parquet_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "points.parquet"
    path.write_text("turnover.fade\n0.5\n")
    with pytest.raises(InputError, match="cannot be read as Parquet"):
        make_design(path)


@pytest.mark.parametrize(
    ("column", "said"),
    [
        (pd.array([0.2, None, 0.8], dtype="Float64"), "row 2: the cell is blank"),
        (pd.array([0.2, float("nan"), 0.8]), "row 2: the cell is blank"),
        ([0.2, float("inf"), 0.8], "row 2: inf is not a number"),
        ([[0.2], [0.3], [0.8]], "holds list"),
        ([{"a": 1.0}] * 3, "holds struct"),
        ([True, False, True], "true and false"),
        ([None, None, None], "row 1: the cell is blank"),
    ],
)
def test_missing_and_nested_points_are_refused(tmp_path: Path, column: Any, said: str) -> None:
    path = tmp_path / "points.parquet"
    pd.DataFrame({"turnover.fade": column}).to_parquet(path)
    with pytest.raises(InputError, match=r"turnover\.fade") as caught:
        make_design(path)
    assert said in str(caught.value)


def test_a_nullable_column_without_gaps_is_read(tmp_path: Path) -> None:
    path = tmp_path / "points.parquet"
    frame = pd.DataFrame({"turnover.fade": pd.array([0.2, 0.4, 0.8], dtype="Float64")})
    frame[frame["turnover.fade"] > 0.3].to_parquet(path)
    assert make_design(path).points["turnover.fade"].tolist() == [0.4, 0.8]


def test_contradictions_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "points.csv"
    path.write_text("turnover.fade\n0.5\n")
    cases: list[tuple[tuple[str | Path, list[str], int | None], str]] = [
        (("sobool", [RANGE], None), "Did you mean 'sobol'"),
        (("lhs", [], None), "needs something to vary"),
        (("lhs", [RANGE, "turnover.fade=1"], None), "a second time"),
        (("lhs", [RANGE], 0), "too few"),
        (("grid", [RANGE], 1), "too few"),
        (("grid", [LIST], 5), "has the size of its lists"),
        (("morris", [RANGE, "turnover.pace=1"], None), "a single value"),
        (("sobol", [RANGE, "turnover.pace=1"], None), "a single value"),
        (("lhs", [RANGE], 10_000_001), "10,000,001 points"),
        (("grid", [f"{name}={p.low}..{p.high}" for name, p in PARAMETERS.items()], 2), "points"),
        ((path, [], 5), "says how many"),
        ((path, [RANGE], None), "says what varies"),
    ]
    for (kind, varied, n), said in cases:
        with pytest.raises(InputError) as caught:
            make_design(kind, varied, n)
        assert said in str(caught.value)


def test_without_salib_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "SALib.sample.sobol", None)
    with pytest.raises(InputError, match=r"pip install 'paradiplomacy\[sensitivity\]'"):
        make_design("sobol", [RANGE], 4)


def test_a_grid_may_name_every_parameter() -> None:
    lists = [Varied(name, (entry.default,), None, None) for name, entry in PARAMETERS.items()]
    design = make_design("grid", lists, None, 1)
    assert design.points.shape == (1, len(PARAMETERS))
