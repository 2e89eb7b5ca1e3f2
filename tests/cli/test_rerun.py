"""A run or a comparison is repeated from its manifest, and what differs is named."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from pyarrow import parquet
from typer.testing import CliRunner, Result

import sim
from sim.cli import main as cli
from sim.core.errors import InputError
from sim.core.folders import digest
from sim.experiments.saved_run import read_manifest
from sim.results.rerun import rerun
from tests.schemas import printed_json


def call(*arguments: object) -> Result:
    return CliRunner().invoke(cli.app, ["rerun", *map(str, arguments)])


def changed(folder: Path, change: Any) -> Path:
    """Write a changed manifest of a run."""
    manifest = read_manifest(folder)
    change(manifest)
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return folder


@pytest.fixture
def copied(small_run_folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(small_run_folder, tmp_path / "copy"))


def test_a_run_comes_out_the_same(small_run_folder: Path, tmp_path: Path) -> None:
    again = tmp_path / "again"
    result = call(small_run_folder, "--out", again)
    assert result.exit_code == 0, result.output
    assert "All 7 tables came out the same to the byte." in result.stdout
    assert "All versions are the same." in result.stdout
    assert (again / "events.parquet").read_bytes() == (
        small_run_folder / "events.parquet"
    ).read_bytes()
    assert call(small_run_folder, "--out", again).exit_code == 2
    with pytest.raises(InputError, match="another folder"):
        rerun(small_run_folder, small_run_folder, overwrite=True)


@pytest.mark.parametrize("draws", [(), ({"turnover.fade": 0.3}, {"turnover.fade": 0.6})])
def test_a_comparison_comes_out_the_same(draws: Any, tmp_path: Path) -> None:
    given = {"replicates": 3, "end": "2003-12", "workers": 1, "draws": draws}
    found = sim.compare("baseline", "no-twinning", "no-twinning", **given)
    found.write(tmp_path / "here", figures=False)
    assert rerun(tmp_path / "here").agrees


def test_a_run_with_draws_by_mesa_comes_out_the_same(tmp_path: Path) -> None:
    given: dict[str, Any] = {"replicates": 2, "end": "2000-06", "driver": "mesa"}
    sim.run("jujuy", **given, draws=[{"turnover.fade": 0.3}]).write(
        tmp_path / "here", figures=False
    )
    assert rerun(tmp_path / "here").agrees


def test_what_differs_is_named_with_the_versions(copied: Path) -> None:
    def other(manifest: dict[str, Any]) -> None:
        manifest["seed"] = manifest["scenario"]["seed"] = 99
        manifest["environment"]["packages"]["numpy"] = "1.0"

    table = copied / "per_run.parquet"
    pd.read_parquet(table).iloc[1:].to_parquet(table)
    result = call(changed(copied, other), "--json")
    assert result.exit_code == 1
    found = printed_json("rerun", result.stdout)
    assert not found["agrees"]
    assert found["tables"]["per_run.parquet"] == "changed since"
    assert found["tables"]["events.parquet"] == "differs"
    assert list(found["versions"]) == ["numpy"]
    told = call(copied)
    assert told.exit_code == 1
    assert "per_run.parquet (changed since)" in told.stdout
    assert "numpy: 1.0 then" in told.stdout


def test_the_same_rows_in_other_bytes_are_told_apart(copied: Path) -> None:
    name = "by_country.parquet"
    parquet.write_table(parquet.read_table(copied / name), copied / name, compression="gzip")

    def written_so(manifest: dict[str, Any]) -> None:
        manifest["written"][name] = digest(copied / name)

    found = rerun(changed(copied, written_so))
    assert {n for n, how in found.tables.items() if how != "same"} == {name}
    assert found.tables[name] == "same rows in other bytes"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda m: m.update(written=sorted(m["written"])), "without the SHA-256"),
        (lambda m: m.update(extensions={"each_month": "mine"}), "does not hold"),
    ],
)
def test_what_cannot_be_repeated_is_refused(change: Any, words: str, copied: Path) -> None:
    result = call(changed(copied, change))
    assert result.exit_code == 2
    assert words in result.stderr


def test_a_sweep_comes_out_the_same_chunk_by_chunk(tmp_path: Path) -> None:
    place = tmp_path / "swept"
    given: dict[str, Any] = {"n": 2, "end": "2000-02", "replicates": 6, "workers": 1, "chunk": 10}
    sim.sweep("baseline", ["turnover.fade=0.2..0.8"], **given, tables=["by_country"], out=place)
    result = call(place, "--workers", 1, "--json")
    assert result.exit_code == 0, result.output
    tables = printed_json("rerun", result.stdout)["tables"]
    names = ("points.parquet", "runs/00-000000", "runs/00-000001")
    assert tables == dict.fromkeys((*names, "by_country/00-000000", "by_country/00-000001"), "same")
    first, second = sorted((place / "runs").iterdir())
    first.write_bytes(first.read_bytes() + b"more")
    assert rerun(place, workers=1).tables["runs/00-000000"] == "changed since"
    second.unlink()
    told = call(place)
    assert told.exit_code == 2
    assert "sweep --resume" in told.stderr
    assert call(place, "--world", tmp_path).exit_code == 2
