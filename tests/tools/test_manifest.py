"""What is published matches its manifest, and the manifest belongs to the present model."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sim.core import provenance
from tests.posteriors import made_up
from tools.manifest import COMMANDS, MANIFEST, REFERENCE, fit_of, main, outdated, published

ROOT = Path(__file__).resolve().parents[2]


def read(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content


def test_what_is_published_is_what_the_manifest_says() -> None:
    """The manifest comes with the published calibration; before there is nothing to hold to it."""
    if not (REFERENCE / MANIFEST).is_file():
        assert not (REFERENCE / "calibration").exists(), "run make manifest"
        return
    held = read(REFERENCE / MANIFEST)
    assert held["files"] == published(REFERENCE), "run make reproduce, or make manifest"
    assert held["model_version"] == provenance.model_version(), "run make reproduce"
    assert held["behaviour"] == provenance.calibration_version()
    assert held["fitted_to"] == fit_of(REFERENCE)
    assert held["commands"] == list(COMMANDS)


def test_the_posterior_that_is_published_was_fitted_to_the_present_model() -> None:
    assert fit_of(REFERENCE)["changed_since"] == []


def test_make_reproduce_does_what_the_manifest_names() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    parts = " ".join(command.removeprefix("make ") for command in COMMANDS)
    assert f"for part in {parts}; do" in makefile
    for command in COMMANDS:
        assert f"\n{command.removeprefix('make ')}: $(READY)" in makefile


def test_the_manifest_names_every_file_but_itself(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "one.csv").write_bytes(b"abc")
    assert main(tmp_path) == 0
    held = read(tmp_path / MANIFEST)
    assert held["files"] == {
        "deep/one.csv": {
            "bytes": 3,
            "sha256": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        }
    }
    assert held["model_version"] == provenance.model_version()
    assert held["environment"]["packages"]["numpy"]
    assert main(tmp_path) == 0
    assert read(tmp_path / MANIFEST)["files"] == held["files"]


def test_files_of_another_version_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "patterns.json").write_text('{"model_version": "another"}')
    made_up(tmp_path / "calibration")
    assert outdated(tmp_path) == ["patterns.json", "calibration/validation.json"]
    assert main(tmp_path) == 2
    assert "another version of the model" in capsys.readouterr().err
    assert not (tmp_path / MANIFEST).exists()


def test_a_posterior_of_an_earlier_model_is_said_to_be_one(tmp_path: Path) -> None:
    made_up(tmp_path / "calibration", changes={"behaviour": "another"})
    assert fit_of(tmp_path) == {"model_version": "made up", "changed_since": ["behaviour"]}
