"""The command sweep: what it prints, what it refuses, and how it stops."""

from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from typer.testing import CliRunner, Result

from sim.cli import main as cli
from sim.cli import output
from sim.core import files as whole_files
from sim.experiments.sweep import chunk_runs
from sim.report.phrases import caution
from sim.world import load_world
from tests.stoppable import LIMIT_SECONDS, stoppable, wait_for

ROOT = Path(__file__).resolve().parents[2]
SMALL = (
    "baseline", "--vary", "turnover.fade=0.2..0.9", "--vary", "authority.effect=0,1",
    "--design", "lhs", "-n", "4", "--replicates", "5", "--end", "2000-06", "--chunk", "5",
)  # fmt: skip


def call(*arguments: str) -> Result:
    return CliRunner().invoke(cli.app, ["sweep", *arguments], prog_name="paradiplomacy")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the folder of a finished sweep of 20 runs; leave it as it is."""
    out = tmp_path_factory.mktemp("sweeps") / "small"
    assert call(*SMALL, "--workers", "1", "--out", str(out)).exit_code == 0
    return str(out)


def test_sweep_tells_what_was_done_and_where(folder: str) -> None:
    result = call(*SMALL, "--workers", "1", "--out", folder)
    assert result.exit_code == 0, result.output
    for said in (
        "4 points (lhs) of turnover.fade, authority.effect",
        "baseline · 2000-01 to 2000-06 · 5 replicates · seed 2020",
        "20 runs: 20 done, 0 failed, 0 left",
        "Visits from China",
        caution(load_world().digest),
        f"Files: {folder}",
    ):
        assert said in result.stdout
    assert max(len(line) for line in result.stdout.splitlines() if folder not in line) <= 88
    line = result.stdout.splitlines()[-1].removeprefix("Read:  pandas.read_parquet(")
    assert len(pd.read_parquet(json.loads(line.removesuffix(")")))) == 20


def test_json_is_for_programs(folder: str) -> None:
    result = call("--status", folder, "--json")
    told = json.loads(result.stdout)
    assert [told[key] for key in ("runs", "done", "failed", "left")] == [20, 20, 0, 0]
    assert told["varied"] == ["turnover.fade", "authority.effect"]
    visits = told["outcomes"]["visits_to_lac"]
    assert visits["lowest"] <= visits["middle"] <= visits["highest"]


def test_dry_run_says_what_it_takes_and_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = call(*SMALL, "--dry-run", "--workers", "1")
    assert result.exit_code == 0, result.output
    assert "x 5 replicates = 20 runs in 4 files" in result.stdout
    assert "with 1 worker," in result.stdout
    assert "MB on the disk" in result.stdout
    told = json.loads(call(*SMALL, "--dry-run", "--json").stdout)
    assert (told["runs"], told["points"]) == (20, 4)
    assert list(tmp_path.iterdir()) == []


def test_dry_run_of_an_extension_says_what_it_adds_and_writes_nothing(folder: str) -> None:
    before = {path: path.stat().st_mtime_ns for path in Path(folder).rglob("*")}
    more = ("--extend", folder, "-n", "2", "--replicates", "1", "--dry-run", "--workers", "1")
    result = call(*more)
    assert result.exit_code == 0, result.output
    assert "Adds 16 runs to 20, of which 0 are left" in result.stdout
    assert "6 points (lhs) of turnover.fade, authority.effect, 6 replicates" in result.stdout
    assert "To make: 16 runs in 4 files" in result.stdout
    assert "with 1 worker," in result.stdout
    assert "MB on the disk" in result.stdout
    told = json.loads(call(*more, "--json").stdout)
    expected = {"added": 16, "left": 0, "runs": 16, "points": 6, "replicates": 6}
    assert {name: told[name] for name in expected} == expected
    assert {path: path.stat().st_mtime_ns for path in Path(folder).rglob("*")} == before


def test_dry_run_of_an_extension_counts_what_is_left(folder: str, tmp_path: Path) -> None:
    part = Path(shutil.copytree(folder, tmp_path / "part"))
    sorted((part / "runs").iterdir())[0].unlink()
    told = call("--extend", str(part), "--replicates", "2", "--dry-run", "--json")
    counts = json.loads(told.stdout)
    assert [counts[name] for name in ("added", "left", "runs")] == [8, 5, 13]
    assert call("--extend", str(part), "--dry-run").exit_code == 2


def test_failing_runs_are_told_and_exit_0(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    simulate = vars(chunk_runs)["simulate"]

    def failing(w: Any, seed: int, replicate: int) -> Any:
        if replicate == 1:
            raise ArithmeticError("out of numbers")
        return simulate(w, seed, replicate)

    monkeypatch.setattr(chunk_runs, "simulate", failing)
    result = call(*SMALL, "--workers", "1", "--out", str(tmp_path / "s"))
    assert result.exit_code == 0, result.output
    assert "20 runs: 16 done, 4 failed, 0 left" in result.stdout
    assert "point 0, replicate 1: ArithmeticError: out of numbers" in result.stdout
    assert "16 done, 4 failed" in call("--status", str(tmp_path / "s")).stdout
    monkeypatch.undo()
    again = call("--resume", str(tmp_path / "s"), "--retry", "--workers", "1")
    assert "20 done, 0 failed" in again.stdout


def test_extend_and_resume_go_on_with_a_folder(tmp_path: Path) -> None:
    out = str(tmp_path / "s")
    assert call(*SMALL, "--workers", "1", "--out", out).exit_code == 0
    result = call("--extend", out, "-n", "2", "--replicates", "1", "--workers", "1")
    assert "36 runs: 36 done, 0 failed, 0 left" in result.stdout
    assert "4 + 2 points" in result.stdout
    victim = next((tmp_path / "s" / "runs").iterdir())
    victim.write_bytes(b"spoilt")
    result = call("--resume", out, "--workers", "1")
    assert f"Set aside: {victim} is damaged" in result.stdout
    assert "36 runs: 36 done" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "nothing to sweep"),
        (("baseline", "--resume", "x"), "too much at once"),
        (("--resume", "x", "--status", "y"), "too much at once"),
        (("--resume", "x", "-n", "4"), "-n cannot change it"),
        (("--status", "x", "--vary", "turnover.fade=0.1"), "--vary cannot change it"),
        (("--extend", "x", "--seed", "4"), "--seed cannot change it"),
        (("--extend", "x", "--retry"), "--retry"),
        (("--status", "nowhere"), "not the folder of a sweep"),
        (("basline", "--vary", "turnover.fade=0.1"), "Did you mean 'baseline'?"),
        (("baseline",), "needs something to vary"),
        (("baseline", "--vary", "turnover.fade"), "says no values"),
        (("baseline", "--vary", "turnover.fad=0.1"), "Did you mean 'turnover.fade'?"),
        (("baseline", "--vary", "turnover.fade=0.9..0.2"), "backwards"),
        (("baseline", "--vary", "turnover.fade=0..9"), "out of range"),
        (("baseline", "--vary", "turnover.fade=0.1,0.1"), "twice"),
        (("baseline", "--vary", "tie.alive=0.1", "--vary", "tie.alive=0.2"), "second time"),
        (("baseline", "--vary", "tie.alive=0.1", "--set", "tie.alive=0.2"), "both set and"),
        (("baseline", "--vary", "tie.alive=0.1", "--design", "no.csv"), "no.csv"),
        (("baseline", "--vary", "tie.alive=0.1", "--tables", "by_town"), "by_town"),
        (("baseline", "--vary", "tie.alive=0.1", "--workers", "0"), "workers"),
        (("baseline", "--vary", "tie.alive=0.1", "--posterior", "100000"), "draws"),
    ],
    ids=" ".join,
)
def test_wrong_input_is_exit_2_with_a_message(
    arguments: tuple[str, ...], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = call(*arguments)
    assert result.exit_code == 2, result.output
    assert said in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_other_sweep_in_the_folder_is_exit_2(folder: str) -> None:
    result = call(*SMALL, "--seed", "1", "--out", folder)
    assert result.exit_code == 2
    assert "scenario's seed 2020 there, 1 here" in result.stderr


def test_full_disk_is_exit_1_and_says_how_to_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fill_up(path: Path) -> None:
        if path.parent.name == "runs":
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(whole_files, "_sync_file", fill_up)
    result = call(*SMALL, "--workers", "1", "--out", str(tmp_path / "s"))
    assert result.exit_code == 1
    assert "the disk is full" in result.stderr
    assert f"paradiplomacy sweep --resume {tmp_path / 's'}" in result.stderr


@pytest.mark.skipif(os.name == "nt", reason="signals are sent differently")
@pytest.mark.slow
def test_stopped_sweep_keeps_whole_files_and_says_how_to_go_on(tmp_path: Path) -> None:
    out = tmp_path / "s"
    arguments = [*SMALL, "--workers", "2", "--out", str(out)]
    arguments[arguments.index("--replicates") + 1] = "5000"
    with subprocess.Popen(
        stoppable("sweep", *arguments),
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    ) as running:
        wait_for(lambda: len(list(out.glob("runs/[!.]*"))) >= 2, running)
        running.send_signal(signal.SIGTERM)
        _, said = running.communicate(timeout=LIMIT_SECONDS)
    assert running.returncode == 143
    assert (
        f"stopped. Runs that have ended are kept; go on with: paradiplomacy sweep --resume {out}"
        in (said)
    )
    assert "Traceback" not in said
    assert len(pd.read_parquet(out / "runs")) % 5 == 0
    assert json.loads(call("--status", str(out), "--json").stdout)["done"] >= 10


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.2, "1 s"), (99, "99 s"), (600, "10 min"), (3 * 3600 + 300, "3 h 5 min"), (5e5, "5.8 days")],
)
def test_durations_are_told_in_words(seconds: float, words: str) -> None:
    assert output.duration(seconds) == words


def test_progress_without_a_terminal_is_a_line_now_and_then(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    now = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    notify = output.progress_lines()
    for passed, done in ((0.0, 100), (30.0, 110), (61.0, 200), (70.0, 210), (130.0, 400)):
        now[0] = passed
        notify("runs", done, 1000)
    assert capsys.readouterr().err.splitlines() == [
        "runs: 100 of 1,000",
        "runs: 200 of 1,000, about 8 min left",
        "runs: 400 of 1,000, about 4 min left",
    ]
