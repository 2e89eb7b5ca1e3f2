"""``paradiplomacy patterns``: rows for machines, a table for readers, files for later."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from sim.cli import main as cli
from tests.schemas import printed_json
from tests.stoppable import LIMIT_SECONDS, stoppable, wait_for

ROOT = Path(__file__).resolve().parents[2]
ONE = ("patterns", "--only", "M21", "--draws", "3", "--replicates", "2")


def call(*arguments: str) -> Result:
    return CliRunner().invoke(cli.app, list(arguments), prog_name="paradiplomacy")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("patterns") / "out"


@pytest.fixture(scope="module")
def printed(folder: Path) -> Result:
    """Return what checking one claim prints."""
    return call(*ONE, "--out", str(folder))


def test_a_table_the_counts_and_the_folder_are_printed(printed: Result, folder: Path) -> None:
    assert printed.exit_code == 0, printed.output
    assert "M21" in printed.stdout
    assert "1 claim: 1 " in printed.stdout
    assert f"Files: {folder}" in printed.stdout.replace("\n", "")


def test_files_are_written(printed: Result, folder: Path) -> None:
    assert printed.exit_code == 0
    names = sorted(path.name for path in folder.iterdir())
    assert names == ["patterns.csv", "patterns.html", "patterns.json"]


def test_json_prints_the_rows(printed: Result, folder: Path) -> None:
    result = call(*ONE, "--json", "--workers", "1", "--out", str(folder), "--overwrite")
    assert result.exit_code == 0
    (row,) = printed_json("patterns", result.stdout)["claims"]
    written = json.loads((folder / "patterns.json").read_text(encoding="utf-8"))
    assert written["claims"] == [row]
    assert row["id"] == "M21"
    assert row["runs"] == 2
    assert written["draws"] == 3
    assert printed.exit_code == 0


def test_a_folder_in_use_is_refused_before_anything_runs(printed: Result, folder: Path) -> None:
    assert printed.exit_code == 0
    result = call(*ONE, "--out", str(folder))
    assert result.exit_code == 2
    assert "not empty" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("--only", "M7"), "Did you mean 'M07'?"),
        (("--only", "M99"), "from M01 to M64"),
        (("--only", "M21", "--replicates", "0"), "from 1 to 1000"),
        (("--only", "M21", "--workers", "0"), "from 1 to 1024"),
        (("--only", "M21", "--seed", "-1"), "out of range"),
    ],
)
def test_wrong_input(arguments: tuple[str, ...], complaint: str, tmp_path: Path) -> None:
    result = call("patterns", *arguments, "--out", str(tmp_path / "out"))
    assert result.exit_code == 2
    assert complaint in result.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="sends a signal")
def test_ctrl_c_leaves_nothing_half_written(tmp_path: Path) -> None:
    out = tmp_path / "out"
    command = stoppable("patterns", "--out", str(out))
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    running = subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    wait_for(out.exists, running)
    running.send_signal(signal.SIGINT)
    _, errors = running.communicate(timeout=LIMIT_SECONDS)
    assert running.returncode == 130, errors
    assert "stopped" in errors
    assert not out.exists()
