from __future__ import annotations

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest

import sim
from sim.core.errors import InputError
from sim.experiments.saved_run import TABLES, read_events, read_manifest
from sim.results.run_result import Run


@pytest.fixture
def copied(small_run_folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(small_run_folder, tmp_path / "copy"))


@pytest.fixture
def unhashed(copied: Path) -> Path:
    """Return a run as earlier versions wrote it: with the names of its files alone."""
    manifest = read_manifest(copied)
    manifest["written"] = sorted(manifest["written"])
    (copied / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return copied


def test_a_run_reads_back_as_it_was(small_run: Run, small_run_folder: Path) -> None:
    again = sim.open(small_run_folder)
    assert isinstance(again, Run)
    assert again.scenario == small_run.scenario
    assert again.summary == small_run.summary
    pd.testing.assert_frame_equal(again.per_run, small_run.per_run)
    for name in TABLES:
        pd.testing.assert_frame_equal(getattr(again, name), getattr(small_run, name))


def test_events_of_one_replicate(small_run: Run, small_run_folder: Path) -> None:
    frame = read_events(small_run_folder, 1)
    assert set(frame["replicate"]) == {1}
    mine = small_run.events[small_run.events["replicate"] == 1]
    assert frame["event_id"].tolist() == mine["event_id"].tolist()
    assert len(read_events(small_run_folder)) == len(small_run.events)
    for wrong in (-1, 3):
        with pytest.raises(InputError, match="Allowed: 0 to 2"):
            read_events(small_run_folder, wrong)


def test_folders_without_a_finished_run_are_refused(copied: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no run, comparison or sweep"):
        sim.open(tmp_path / "nothing")
    (copied / "events.parquet").unlink()
    with pytest.raises(InputError, match="table of the run is missing"):
        sim.open(copied)


def test_logs_that_were_not_written_are_made_again(small_run: Run, tmp_path: Path) -> None:
    folder = small_run.write(tmp_path / "few", logs=1, figures=False)
    assert pd.read_parquet(folder / "events.parquet")["replicate"].unique().tolist() == [0]
    assert set(pd.read_parquet(folder / "projects.parquet")["replicate"]) == {0, 1, 2}
    again = read_events(folder, 2)
    mine = small_run.events[small_run.events["replicate"] == 2].reset_index(drop=True)
    pd.testing.assert_frame_equal(again, mine)
    opened = sim.open(folder)
    assert isinstance(opened, Run)
    pd.testing.assert_frame_equal(opened.events, small_run.events)
    with pytest.raises(InputError, match="Allowed: 0 to 2"):
        read_events(folder, 3)
    with pytest.raises(InputError, match="0 or more"):
        small_run.write(tmp_path / "none", logs=-1)
    manifest = read_manifest(folder) | {"model_version": "0.0.1+old"}
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    with pytest.raises(InputError, match=r"another version of the model.* --logs 3"):
        read_events(folder, 2)
    assert len(read_events(folder, 0)) > 0


@pytest.mark.parametrize("name", [*TABLES, "per_run"])
def test_a_table_that_was_changed_is_refused_by_name(copied: Path, name: str) -> None:
    path = copied / f"{name}.parquet"
    pd.read_parquet(path).iloc[1:].to_parquet(path)
    with pytest.raises(InputError, match=rf"/{name}\.parquet: was damaged or changed"):
        sim.open(copied)
    if name == "events":
        with pytest.raises(InputError, match="was damaged or changed"):
            read_events(copied, 1)


def test_a_file_that_is_no_table_is_refused(unhashed: Path) -> None:
    (unhashed / "events.parquet").write_bytes(b"PAR1 but not really")
    with pytest.raises(InputError, match="cannot be read as a table"):
        sim.open(unhashed)


def test_a_log_with_numbers_for_identities_is_refused(unhashed: Path) -> None:
    path = unhashed / "events.parquet"
    frame = pd.read_parquet(path)
    frame.assign(event_id=range(len(frame))).to_parquet(path)
    for read in (sim.open, read_events):
        with pytest.raises(InputError, match="make it again"):
            read(unhashed)


@pytest.mark.parametrize("text", ["{", "[]", '{"seed": 1}'])
def test_broken_manifests_are_refused(copied: Path, text: str) -> None:
    (copied / "manifest.json").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"manifest"):
        read_manifest(copied)


def test_runs_on_other_tables_are_refused(copied: Path) -> None:
    manifest = read_manifest(copied)
    manifest["world"]["digest"] = "0" * 64
    (copied / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    with pytest.raises(InputError, match="other tables"):
        sim.open(copied)
