"""What commands print of their progress, and the option to overwrite what they wrote."""

from __future__ import annotations

import gc
import json
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from calibration import calibration_pipeline
from sim.cli import main as cli
from sim.cli import output
from sim.core import jit

RUN = ("run", "baseline", "--replicates", "1", "--end", "2000-02")
COMPARE = ("compare", "baseline", "no-twinning", "--replicates", "2", "--end", "2000-02")
SWEEP = (
    "sweep", "baseline", "--vary", "turnover.fade=0.2,0.9", "--replicates", "2", "--end",
    "2000-02", "--workers", "1",
)  # fmt: skip


def call(*arguments: str) -> Result:
    return CliRunner().invoke(cli.app, list(arguments), prog_name="paradiplomacy")


def seed_of(folder: Path, mark: str) -> int:
    return int(json.loads((folder / mark).read_text(encoding="utf-8"))["seed"])


def test_every_command_that_writes_a_folder_can_overwrite() -> None:
    group: Any = typer.main.get_command(cli.app)
    commands = {**group.commands, "world new": group.commands["world"].commands["new"]}

    def having(option: str) -> set[str]:
        return {
            name
            for name, command in commands.items()
            if any(option in one.opts for one in command.params)
        }

    assert having("--overwrite") == having("--out") | {"world new", "export", "explain"}
    assert {"run", "compare", "sweep", "sensitivity", "calibrate"} <= having("--out")
    assert {"validate", "patterns"} <= having("--out")


@pytest.mark.skipif(not jit.COMPILE, reason="compilation is off")
def test_a_terminal_shows_which_rule_is_compiled(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    @jit.rule
    def doubled(x: float) -> float:
        return 2.0 * x

    monkeypatch.setenv("FORCE_COLOR", "1")
    shown = ""
    with output.progress(quiet=False):
        doubled(3.0)
        # The line is drawn now and then.
        while "compiling the engine (first run): optimising" not in shown:
            shown += capsys.readouterr().err
    with output.progress(quiet=True):
        doubled(3)
    assert "doubled" not in capsys.readouterr().err


@pytest.mark.usefixtures("without_report")
@pytest.mark.parametrize(
    ("command", "mark"),
    [
        (RUN, "manifest.json"),
        ((*COMPARE, "--figures", "none"), "manifest.json"),
        (SWEEP, "plan.json"),
    ],
    ids=["run", "compare", "sweep"],
)
def test_results_are_replaced_and_other_files_stay(
    command: tuple[str, ...], mark: str, tmp_path: Path
) -> None:
    folder = tmp_path / "out"
    to = (*command, "--out", str(folder), "--seed")
    assert call(*to, "1").exit_code == 0
    (folder / "mine.txt").write_text("mine", encoding="utf-8")
    refused = call(*to, "2")
    assert refused.exit_code == 2
    assert "--overwrite" in refused.stderr
    assert seed_of(folder, mark) == 1
    stale = {path.name for path in (folder / "runs").glob("*")}
    again = call(*to, "2", "--overwrite")
    assert again.exit_code == 0, again.output
    assert seed_of(folder, mark) == 2
    assert not stale & {path.name for path in (folder / "runs").glob("*")}
    assert (folder / "mine.txt").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize(
    "command",
    [
        RUN,
        COMPARE,
        SWEEP,
        ("sensitivity", "SWEEP"),
        ("patterns", "--only", "M01"),
        ("world", "new"),
        ("calibrate", "--simulator", "tests.calibration.toy:counts_toy"),
    ],
    ids=lambda command: command[0],
)
def test_folder_of_somebody_else_is_not_overwritten(
    command: tuple[str, ...], tmp_path: Path
) -> None:
    if "SWEEP" in command:
        assert call(*SWEEP, "--out", str(tmp_path / "sweep")).exit_code == 0
        command = tuple(str(tmp_path / "sweep") if word == "SWEEP" else word for word in command)
    folder = tmp_path / "theirs"
    folder.mkdir()
    (folder / "mine.txt").write_text("mine", encoding="utf-8")
    to = (str(folder),) if command[0] == "world" else ("--out", str(folder))
    result = call(*command, *to, "--overwrite")
    assert result.exit_code == 2, result.output
    assert "mine.txt" in result.stderr
    assert [path.name for path in folder.iterdir()] == ["mine.txt"]


def test_calibration_is_cleared_and_nothing_else(tmp_path: Path) -> None:
    for name in ("table-0/plan.json", "table-0/runs/0-1.parquet", "checks.json", "mine.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("{}", encoding="utf-8")
    calibration_pipeline.clear(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_run_that_fails_leaves_nothing_half_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError("broken disk")

    monkeypatch.setattr("sim.results.run_result.Run.write_report", fail)
    assert call(*RUN, "--out", str(tmp_path / "out")).exit_code == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("leave", [True, False])
def test_cycles_are_collected_again_afterwards(leave: bool) -> None:
    with output.uncollected(leave):
        assert gc.isenabled() is not leave
    assert gc.isenabled()
