from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from calibration.inference.prior import Array
from calibration.inference.reference_table import (
    Advance,
    Observation,
    Rows,
    Simulator,
    Wave,
    build,
    load_simulator,
)
from sim.core.errors import InputError
from sim.core.files import MachineError
from tests.calibration import toy

pytestmark = pytest.mark.slow  # each test starts workers, and some kill them

TOY = "tests.calibration.toy:counts_toy"


def wave(folder: Path, rows: int = 120, seed: int = 3, number: int = 0) -> Wave:
    return Wave(folder, number, seed, toy.CountsToy().prior.draw(rows, seed, number))


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((folder / "runs").iterdir())}


def same(one: Rows, other: Rows) -> bool:
    return (
        np.array_equal(one.values, other.values)
        and np.array_equal(one.statistics, other.statistics)
        and np.array_equal(one.derived, other.derived)
        and np.array_equal(one.counts["locality"], other.counts["locality"])
        and one.keys == other.keys
    )


def test_rows_are_those_of_the_simulator(tmp_path: Path) -> None:
    rows = build(wave(tmp_path), TOY)
    simulator = load_simulator(TOY)
    run = simulator.run(rows.values[70], 3, 70)
    assert np.array_equal(rows.statistics[70], run.vector)
    assert np.array_equal(rows.derived[70], run.derived)
    assert np.array_equal(rows.counts["locality"][70], run.counts["locality"])
    assert rows.counts["locality"].dtype == np.int32
    assert rows.keys[70] == (3, 70)


def test_waves_share_no_random_numbers(tmp_path: Path) -> None:
    first = build(wave(tmp_path / "a"), TOY)
    second = build(wave(tmp_path / "b", number=1), TOY)
    assert not set(first.keys) & set(second.keys)


def test_what_is_there_is_kept_and_what_is_damaged_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = build(wave(tmp_path), TOY)
    before = content(tmp_path)
    names = list(before)
    (tmp_path / "runs" / names[0]).write_bytes(b"not a table")
    (tmp_path / "runs" / names[1]).unlink()
    made: list[int] = []
    really = Wave.make

    def counted(self: Wave, simulator: Simulator, chunk: int, *notify: Advance) -> str:
        made.append(chunk)
        return really(self, simulator, chunk, *notify)

    monkeypatch.setattr(Wave, "make", counted)
    assert same(build(wave(tmp_path), TOY), whole)
    assert made == [0, 1]
    assert content(tmp_path) == before
    assert [path.name for path in (tmp_path / "set-aside").iterdir()] == [names[0]]


def test_damaged_runs_and_changed_points_are_not_read(tmp_path: Path) -> None:
    made = wave(tmp_path)
    build(made, TOY)
    simulator, victim = load_simulator(TOY), sorted((tmp_path / "runs").iterdir())[1]
    whole = victim.read_bytes()
    for place in np.linspace(0, len(whole) - 1, 60).astype(int):
        spoilt = bytearray(whole)
        spoilt[place] ^= 1 << (place % 8)
        victim.write_bytes(spoilt)
        with pytest.raises(InputError, match=rf"{victim.name}: is damaged .*calibrate"):
            made.read(simulator)
    victim.write_bytes(whole)
    others = Wave(tmp_path, 0, 3, made.values + 0.001)
    with pytest.raises(InputError, match="belongs to another table"):
        others.read(simulator)


@pytest.mark.parametrize("text", ["", "{", "[1]", "{}"])
def test_spoilt_plan_is_told_and_written_anew(tmp_path: Path, text: str) -> None:
    whole = build(wave(tmp_path), TOY)
    plan = tmp_path / "plan.json"
    plan.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="no table of runs"):
        Wave.begun(tmp_path)
    if text != "{}":
        assert same(build(wave(tmp_path), TOY), whole)
        assert np.array_equal(Wave.begun(tmp_path).values, whole.values)


def test_more_rows_keep_the_files_that_were_full(tmp_path: Path) -> None:
    few = build(wave(tmp_path, rows=100), TOY)
    before = content(tmp_path)
    many = build(wave(tmp_path, rows=150), TOY)
    assert before.items() <= content(tmp_path).items()
    assert np.array_equal(many.statistics[:100], few.statistics)


def test_another_seed_is_refused_in_the_same_folder(tmp_path: Path) -> None:
    build(wave(tmp_path, rows=50), TOY)
    with pytest.raises(InputError, match="seed"):
        build(wave(tmp_path, rows=50, seed=4), TOY)


def test_runs_of_another_model_are_refused(tmp_path: Path) -> None:
    build(wave(tmp_path, rows=50), TOY)
    plan = json.loads((tmp_path / "plan.json").read_text(encoding="utf-8"))
    (tmp_path / "plan.json").write_text(json.dumps(plan | {"toy": "older"}), encoding="utf-8")
    with pytest.raises(InputError, match="toy"):
        build(wave(tmp_path, rows=50), TOY)


def test_a_run_that_fails_leaves_a_row_without_numbers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    really = toy.CountsToy.run

    def run(self: toy.CountsToy, values: Array, seed: int, replicate: int) -> Observation:
        if replicate == 7:
            raise ZeroDivisionError("of this run")
        return really(self, values, seed, replicate)

    monkeypatch.setattr(toy.CountsToy, "run", run)
    rows = build(wave(tmp_path, rows=50), TOY)
    assert np.flatnonzero(np.isnan(rows.statistics).all(axis=1)).tolist() == [7]
    assert np.isfinite(rows.values).all()


def test_workers_that_cannot_start_are_a_fault_of_the_machine(tmp_path: Path) -> None:
    from calibration.inference.reference_table import work

    with pytest.raises(MachineError):
        work(tmp_path / "nothing", TOY, [0], 1, lambda runs: None)


def test_any_number_of_workers_gives_the_same_bytes_even_if_some_die(tmp_path: Path) -> None:
    """A worker that dies is replaced and its file made again."""
    left, told = tmp_path / "left", list[tuple[int, int]]()
    left.write_text("1", encoding="ascii")
    alone = build(wave(tmp_path / "one"), TOY)
    name = f"tests.calibration.toy:MortalToy:{left}"
    shared = build(wave(tmp_path / "two"), name, workers=2, progress=lambda *now: told.append(now))
    assert left.read_text(encoding="ascii") == "0"
    assert same(alone, shared)
    assert content(tmp_path / "one") == content(tmp_path / "two")
    assert (told[0], told[-1]) == ((0, 120), (120, 120))


def test_workers_that_keep_dying_stop_the_table(tmp_path: Path) -> None:
    left = tmp_path / "left"
    left.write_text("9", encoding="ascii")
    with pytest.raises(MachineError, match=r"keep dying \(exit code 9\)"):
        build(wave(tmp_path / "w"), f"tests.calibration.toy:MortalToy:{left}", workers=2)
    assert left.read_text(encoding="ascii") == "6"
