"""The command calibrate, on a toy: what it prints, writes and refuses, and that it goes on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from calibration import calibration_pipeline as calibration
from calibration.inference.posterior import read_posterior
from sim.cli import main as cli
from tests.schemas import printed_json

pytest.importorskip("sklearn")

SMALL = (
    "--simulator", "tests.calibration.toy:counts_toy", "--runs", "600", "--truncated-runs", "400",
    "--predictive-runs", "200", "--networks", "1", "--workers", "1",
)  # fmt: skip


def call(*arguments: str) -> Result:
    return CliRunner().invoke(cli.app, ["calibrate", *arguments], prog_name="paradiplomacy")


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Result]:
    """Return the folder of a small calibration and what it printed; leave it as it is."""
    out = tmp_path_factory.mktemp("calibrations") / "small"
    return out, call(*SMALL, "--out", str(out))


def test_it_prints_the_posterior_the_checks_and_where_the_files_are(
    done: tuple[Path, Result],
) -> None:
    folder, result = done
    assert result.exit_code == 0, result.output
    for words in ("toy.p00", "contraction", "simulation-based calibration, local", "not run"):
        assert words in result.stdout
    assert f"Files: {folder}" in result.stdout
    assert "runs from the posterior" in result.stderr


def test_it_writes_posterior_and_checks(done: tuple[Path, Result]) -> None:
    folder, _ = done
    posterior = read_posterior(folder / "posterior.parquet")
    assert posterior.values.shape == (2000, 12)
    assert posterior.made_by["toy"] == "counts"
    assert "+" in posterior.made_by["model_version"]
    content = json.loads((folder / "checks.json").read_text(encoding="utf-8"))
    assert content["made_by"]["thresholds"] == posterior.made_by["thresholds"]
    assert [check["check"] for check in content["checks"]] == [
        "table",
        "prior predictive",
        "simulation-based calibration, global",
        "coverage, global",
        "simulation-based calibration, local",
        "coverage, local",
        "contraction",
        "correlation",
        "two routes",
        "posterior predictive",
    ]


def test_the_same_command_goes_on_and_comes_to_the_same(
    done: tuple[Path, Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, _ = done
    before = (folder / "posterior.parquet").read_bytes()
    victim = next((folder / "table-1" / "runs").iterdir())
    victim.unlink()
    result = call(*SMALL, "--out", str(folder), "--json")
    assert result.exit_code == 0
    assert printed_json("calibrate", result.stdout)["central"].keys() == set(
        read_posterior(folder / "posterior.parquet").names
    )
    again = read_posterior(folder / "posterior.parquet")
    (folder / "before.parquet").write_bytes(before)
    assert (again.values == read_posterior(folder / "before.parquet").values).all()


def test_wrong_numbers_are_refused(tmp_path: Path) -> None:
    for options, said in (
        (("--runs", "10"), "200 or more"),
        (("--workers", "0"), "1 or more"),
        (("--seed", "-1"), "whole number"),
    ):
        result = call(*SMALL, *options, "--out", str(tmp_path / "new"))
        assert result.exit_code == 2
        assert said in result.stderr


def test_another_seed_needs_another_folder(done: tuple[Path, Result]) -> None:
    result = call(*SMALL, "--seed", "2", "--out", str(done[0]))
    assert result.exit_code == 2
    assert "another calibration" in result.stderr


def test_ctrl_c_says_how_to_go_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(calibration, "calibrate", stopped)
    result = call(*SMALL, "--out", str(tmp_path / "new"))
    assert result.exit_code == 130
    assert "goes on" in result.stderr


def test_a_missing_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("calibration.calibration_pipeline.find_spec", lambda name: None)
    result = call(*SMALL, "--out", str(tmp_path / "new"))
    assert result.exit_code == 2
    assert "paradiplomacy[calibrate]" in result.stderr
