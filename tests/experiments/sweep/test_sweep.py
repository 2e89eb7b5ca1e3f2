"""The sweep from Python: begin, stop, go on, add, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

import sim
from sim.core import provenance
from sim.core.errors import InputError
from sim.engine import outcomes
from sim.engine.compiled import simulate
from sim.experiments.sweep import Sweep, chunk_runs, planned
from sim.experiments.sweep.start_sweep import estimate

if TYPE_CHECKING:
    from tests.experiments.sweep.conftest import Small

Files = Callable[..., list[str]]


def test_frame_has_a_row_a_run_and_a_column_for_all_that_matters(reference: Sweep) -> None:
    frame = reference.frame
    assert list(frame.columns) == [
        "point",
        "replicate",
        "seed",
        "turnover.fade",
        "authority.effect",
        *outcomes.FOR_REGION,
        "error",
    ]
    assert len(frame) == 30
    assert not frame.duplicated(["point", "replicate"]).any()
    assert (frame["seed"] == 2020).all()
    by_point = frame.groupby("point")[["turnover.fade", "authority.effect"]].first()
    assert np.array_equal(by_point.to_numpy(), reference.points.to_numpy())
    assert frame["error"].isna().all()


def test_replicates_have_the_same_random_numbers_at_every_point(tmp_path: Path) -> None:
    """Twice the same point: the runs pair."""
    points = tmp_path / "points.csv"
    points.write_text("turnover.fade\n0.5\n0.5\n", encoding="utf-8")
    sweep = sim.sweep(
        "baseline", design=points, replicates=2, end="2000-06", out=tmp_path / "s", workers=1
    )
    numbers = sweep.frame.drop(columns=["point", "error"])
    first, second = (numbers[sweep.frame["point"] == point] for point in (0, 1))
    pd.testing.assert_frame_equal(
        first.reset_index(drop=True), second.reset_index(drop=True), check_exact=True
    )
    assert not first.iloc[0].equals(first.iloc[1])


def test_stopped_sweep_goes_on_without_repeating_or_losing_a_run(
    tmp_path: Path,
    small: Small,
    reference: Sweep,
    files: Files,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made: list[int] = []

    def counted(w: Any, seed: int, replicate: int) -> Any:
        if w.run["end"][0] > w.run["start"][0]:
            made.append(replicate)
            if len(made) == 13:
                raise KeyboardInterrupt
        return simulate(w, seed, replicate)

    monkeypatch.setattr(chunk_runs, "simulate", counted)
    with pytest.raises(KeyboardInterrupt):
        small(tmp_path / "s")
    stopped = Sweep(tmp_path / "s")
    assert (stopped.status.done, stopped.status.left) == (10, 20)
    assert len(stopped.frame) == 10
    told: list[tuple[int, int]] = []
    again = small(tmp_path / "s", progress=lambda *count: told.append(count))
    assert len(made) == 13 + 20
    assert (told[0], told[-1]) == ((10, 30), (30, 30))
    assert files(tmp_path / "s") == files(reference.folder)
    pd.testing.assert_frame_equal(again.frame, reference.frame, check_exact=True)


def test_finished_sweep_has_nothing_left_to_do(
    reference: Sweep, small: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chunk_runs, "simulate", None)
    assert small(reference.folder).status.left == 0


def test_extended_sweep_has_the_numbers_of_a_larger_one(tmp_path: Path, small: Small) -> None:
    grown = small(tmp_path / "grown", design="sobol", n=1)
    before = {path.name: path.stat().st_mtime_ns for path in (tmp_path / "grown/runs").iterdir()}
    grown.extend(n=1, replicates=2, workers=1)
    after = {path.name: path.stat().st_mtime_ns for path in (tmp_path / "grown/runs").iterdir()}
    assert before.items() < after.items()
    whole = small(tmp_path / "whole", design="sobol", n=2, replicates=7)
    assert len(grown.frame) == len(whole.frame) == 8 * 7
    pd.testing.assert_frame_equal(grown.frame, whole.frame, check_exact=True)
    pd.testing.assert_frame_equal(Sweep(tmp_path / "grown").points, whole.points)


def test_interrupted_extension_goes_on(
    tmp_path: Path, small: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    sweep = small(tmp_path / "s", n=2)

    def stop(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(chunk_runs, "simulate", stop)
    with pytest.raises(KeyboardInterrupt):
        sweep.extend(n=3, workers=1)
    monkeypatch.undo()
    assert Sweep(tmp_path / "s").status.left == 15
    assert Sweep(tmp_path / "s").resume(workers=1).status.done == 25


def test_other_sweep_in_the_folder_is_refused_and_told_apart(
    reference: Sweep, small: Small
) -> None:
    with pytest.raises(InputError, match=r"holds another sweep: scenario's seed 2020 there, 7"):
        small(reference.folder, seed=7)
    with pytest.raises(InputError, match="runs in a file 5 there, 6 here"):
        small(reference.folder, chunk=6)


def test_sweep_of_another_model_is_refused(
    reference: Sweep, small: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = provenance.model_version()
    monkeypatch.setattr(provenance, "model_version", lambda: "9.9+abc")
    said = rf"{here.replace('+', '[+]')} there, 9\.9\+abc here"
    actions: list[Callable[[], Sweep]] = [
        lambda: small(reference.folder),
        lambda: Sweep(reference.folder).resume(workers=1),
        lambda: Sweep(reference.folder).extend(replicates=1, workers=1),
    ]
    for action in actions:
        with pytest.raises(InputError, match=said):
            action()
    assert Sweep(reference.folder).status.left == 0


@pytest.mark.parametrize(
    ("vary", "changes", "said"),
    [
        ({"turnover.fad": (0.2, 0.9)}, {}, "Did you mean 'turnover.fade'"),
        ({"turnover.fade": (0.2, 7.0)}, {}, "out of range"),
        ({"turnover.fade": (0.9, 0.2)}, {}, "backwards"),
        ({"turnover.fade": []}, {}, "says no values"),
        ({}, {}, "needs something to vary"),
        ({"turnover.fade": [0.1]}, {"design": "grid"}, "size of its lists"),
        (["turnover.fade=0.1", "turnover.fade=0.2"], {}, "second time"),
        ({"turnover.fade": [0.1]}, {"parameters": {"turnover.fade": 0.2}}, "both set and varied"),
        ({"turnover.fade": [0.1]}, {"replicates": 0}, "replicates"),
        ({"turnover.fade": [0.1]}, {"workers": 0}, "workers"),
        ({"turnover.fade": [0.1]}, {"workers": 2, "cluster": "tcp://x"}, "workers or a cluster"),
        ({"turnover.fade": [0.1]}, {"chunk": 0}, "too few"),
        ({"turnover.fade": [0.1]}, {"tables": ["by_town"]}, "by_town"),
    ],
    ids=str,
)
def test_wrong_input_is_refused_before_anything_is_written(
    tmp_path: Path, small: Small, vary: Any, changes: dict[str, Any], said: str
) -> None:
    with pytest.raises(InputError, match=said):
        small(tmp_path / "s", vary, **changes)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("turnover.fade\n", "no|empty"),
        ("", "empty|no"),
        ("turnover.fad\n0.5\n", "turnover.fad"),
        ("turnover.fade\nmuch\n", "much"),
        ("turnover.fade\n7\n", "7"),
    ],
)
def test_wrong_file_of_points_is_refused(
    tmp_path: Path, small: Small, text: str, said: str
) -> None:
    points = tmp_path / "points.csv"
    points.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=said):
        small(tmp_path / "s", (), design=points, n=None)


def test_means_are_those_of_the_frame(reference: Sweep) -> None:
    chosen = ["visits_to_lac", "conversion"]
    expected = reference.frame.groupby("point")[chosen].mean().reset_index(drop=True)
    pd.testing.assert_frame_equal(reference.means(chosen), expected)


def test_sweep_tells_what_it_is(reference: Sweep) -> None:
    assert "6 points of turnover.fade, authority.effect, 5 replicates" in repr(reference)
    assert reference.design.kind == "lhs"
    with pytest.raises(InputError, match="keeps no table 'events'"):
        reference.table("events")


def test_nothing_to_read_before_the_first_run_has_ended(
    tmp_path: Path, small: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(chunk_runs, "simulate", stop)
    with pytest.raises(KeyboardInterrupt):
        small(tmp_path / "s")
    with pytest.raises(InputError, match="no run has ended yet"):
        _ = Sweep(tmp_path / "s").frame
    assert Sweep(tmp_path / "s").failures.empty


def test_default_folder_is_under_results(
    tmp_path: Path, small: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for number in ("", "-2"):
        assert Path(small(None, n=1).folder).name == f"baseline-sweep{number}"


def test_estimate_counts_runs_and_comes_near_the_size(reference: Sweep) -> None:
    vary = {"turnover.fade": (0.2, 0.9), "authority.effect": (0.0, 1.0)}
    asked = planned("baseline", vary, design="lhs", n=6, replicates=5, end="2000-06", chunk=5)
    needed = estimate(asked, workers=2)
    size = sum(path.stat().st_size for path in (Path(reference.folder) / "runs").iterdir())
    assert (needed.runs, needed.chunks, needed.workers) == (30, 6, 2)
    assert 0.5 * size < needed.size < 2.0 * size
    assert needed.seconds > needed.run_seconds > 0.0
