"""``paradiplomacy validate`` on a calibration: what it prints, writes, keeps and refuses."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from calibration.validation import validation_pipeline
from calibration.validation.page import validation_page
from calibration.validation.validation_context import ValidationContext
from sim.cli import main as cli
from sim.core.files import plain
from tests.calibration.validation import made_up_validation as made_up
from tests.calibration.validation.test_validation_pipeline import NoTrial
from tests.schemas import printed_json


@pytest.fixture(autouse=True)
def made_up_steps(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(validation_pipeline, "STEPS", made_up.STEPS)
    monkeypatch.setattr(ValidationContext, "read", lambda *_, **__: NoTrial())
    monkeypatch.setattr(validation_page, "validation_page", lambda *_: "a page")
    made_up.calls.clear()
    made_up.broken.clear()
    yield
    made_up.broken.clear()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return made_up.folder_of(tmp_path / "calibration", rows=1000)


def call(*arguments: str) -> Result:
    return CliRunner().invoke(
        cli.app, ["validate", "--workers", "1", *arguments], prog_name="paradiplomacy"
    )


def test_verdicts_are_printed_and_written_beside_the_calibration(folder: Path) -> None:
    result = call("--calibration", str(folder))
    assert result.exit_code == 0, result.output
    for words in ("simulation-based calibration, global", "missed", "nothing to see", "Checks: "):
        assert words in result.stdout
    assert "step 1 of 3, the first" in result.stderr
    assert (folder / "validation.html").read_text(encoding="utf-8") == "a page"
    again = call("--calibration", str(folder), "--json")
    assert made_up.calls == ["first", "second", "third"]
    printed = printed_json("validate", again.stdout)
    held = json.loads((folder / "validation.json").read_text(encoding="utf-8"))
    assert printed["checks"] == plain(held["checks"], digits=15)
    assert sum(printed["counts"].values()) == len(held["checks"])


def test_it_can_be_published_elsewhere_and_read_again(folder: Path, tmp_path: Path) -> None:
    target = tmp_path / "published"
    assert call("--calibration", str(folder), "--out", str(target)).exit_code == 0
    assert not (folder / "validation.json").exists()
    posterior = "posterior.parquet"
    assert (target / posterior).read_bytes() == (folder / posterior).read_bytes()
    before = (target / "validation.json").read_bytes()
    result = call("--calibration", str(target))
    assert result.exit_code == 0, result.output
    assert "nothing to see" in result.stdout
    assert (target / "validation.json").read_bytes() == before


def test_one_step_can_be_asked_for(folder: Path) -> None:
    assert call("--calibration", str(folder), "--only", "second").exit_code == 0
    assert made_up.calls == ["second"]
    wrong = call("--calibration", str(folder), "--only", "secnd")
    assert wrong.exit_code == 2
    assert "Did you mean 'second'?" in wrong.stderr


def test_a_step_that_breaks_is_told_and_the_code_is_1(folder: Path) -> None:
    made_up.broken.add("second")
    result = call("--calibration", str(folder))
    assert result.exit_code == 1
    assert "a step stopped with an error: second: ValueError: it broke" in result.stderr
    assert made_up.calls == ["first", "second", "third"]
    assert (folder / "validation.json").is_file()


def test_ctrl_c_says_how_to_go_on(folder: Path) -> None:
    made_up.broken.add("third")
    result = call("--calibration", str(folder))
    assert result.exit_code == 130
    assert "the same command goes on" in result.stderr


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--calibration", "nowhere"), "is not there"),
        (("--replicates", "50"), "--replicates: 50 is too few"),
        (("--scenario", "jujuy"), "--scenario: belongs to --against"),
        (("--against", "mine.csv", "--only", "second"), "--only: does not go with --against"),
        (("--against", "mine.csv", "--calibration", "x"), "belongs to --posterior"),
    ],
)
def test_wrong_input(options: tuple[str, ...], message: str, tmp_path: Path) -> None:
    result = call(*options, "--out", str(tmp_path / "out"))
    assert result.exit_code == 2
    assert message in result.stderr
