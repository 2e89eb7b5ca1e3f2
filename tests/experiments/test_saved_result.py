"""Results come back from their folders as they were."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pandas as pd
import pytest

import sim
from sim.core.errors import InputError
from sim.core.folders import digest
from sim.experiments.comparison.comparison_tables import TABLES
from sim.experiments.data_package import columns_of
from sim.experiments.saved_run import read_manifest
from sim.results.run_result import Run
from sim.results.table_export import export_tables
from tests.crates import METADATA, crate_faults

KINDS = {".csv", ".parquet"}


@pytest.fixture(scope="module")
def compared() -> sim.Comparison:
    return sim.compare("baseline", "no-twinning", replicates=3, end="2008-12", workers=1)


@pytest.fixture(scope="module")
def compared_folder(compared: sim.Comparison, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return compared.write(tmp_path_factory.mktemp("compared") / "here", figures=False)


def test_a_run_opens_as_one_that_draws_and_explains(small_run: Run, small_run_folder: Path) -> None:
    again = sim.open(small_run_folder)
    assert isinstance(again, sim.Run)
    deal = again.deals["project_id"][0]
    assert again.explain(deal) == small_run.explain(deal)
    assert repr(again) == repr(small_run)


def test_a_comparison_opens_as_it_was(compared: sim.Comparison, compared_folder: Path) -> None:
    again = sim.open(compared_folder)
    assert isinstance(again, sim.Comparison)
    assert (again.labels, again.identical) == (compared.labels, compared.identical)
    assert again.what_ifs == compared.what_ifs
    assert repr(again) == repr(compared)
    for name in TABLES:
        # A file holds no None.
        mine, kept = (
            frame.astype(object).where(frame.notna(), None)
            for frame in (getattr(again, name), getattr(compared, name))
        )
        assert len(kept) > 0
        pd.testing.assert_frame_equal(mine, kept, check_dtype=False, rtol=1e-9)
    deal, replicate = compared.deals_in_one_world[["project_id", "replicate"]].iloc[0]
    told = again.explain(deal, replicate=replicate)
    assert told == compared.explain(deal, replicate=replicate)


def test_a_comparison_that_opens_writes_the_same_page(
    compared: sim.Comparison, compared_folder: Path, tmp_path: Path
) -> None:
    again = sim.open(compared_folder)
    assert isinstance(again, sim.Comparison)
    pages = [one.write_report(tmp_path, "none") for one in (compared, again)]
    assert pages[0].read_text("utf-8") == pages[1].read_text("utf-8")


@pytest.mark.parametrize("kind", ["small_run_folder", "compared_folder"])
def test_what_opens_is_written_again_the_same(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    folder: Path = request.getfixturevalue(kind)
    again = sim.open(folder)
    assert isinstance(again, sim.Run | sim.Comparison)
    again.write(tmp_path / "copy", figures=False)
    old, new = (read_manifest(place)["written"] for place in (folder, tmp_path / "copy"))
    assert set(old) == set(new)
    differ = {name for name in old if old[name] != new[name]}
    # Tables as text hold ten digits, the summary all.
    assert differ <= (
        {"summary.json", "ro-crate-metadata.json"} if isinstance(again, sim.Comparison) else set()
    )


def test_a_comparison_whose_table_was_changed_is_refused(
    compared_folder: Path, tmp_path: Path
) -> None:
    copy = Path(shutil.copytree(compared_folder, tmp_path / "copy"))
    (copy / "effects.csv").write_text("scenario\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"effects\.csv: was damaged or changed"):
        sim.open(copy)
    manifest = json.loads((copy / "manifest.json").read_text("utf-8"))
    manifest["world"]["digest"] = "0" * 64
    (copy / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    with pytest.raises(InputError, match="other tables"):
        sim.open(copy)


@pytest.fixture(scope="module")
def swept(tmp_path_factory: pytest.TempPathFactory) -> sim.Sweep:
    return sim.sweep(
        "baseline",
        ["turnover.fade=0.2..0.8", "authority.effect=0.1..0.9"],
        n=8,
        end="2000-03",
        replicates=2,
        tables=("by_country", "by_locality"),
        keep_events=True,
        workers=1,
        out=tmp_path_factory.mktemp("swept") / "here",
    )


def test_a_sweep_opens(swept: sim.Sweep) -> None:
    again = sim.open(swept.folder)
    assert isinstance(again, sim.Sweep)
    pd.testing.assert_frame_equal(again.frame, swept.frame)
    assert "16 of 16 done" in again._repr_html_()


def test_the_list_of_files_names_each_that_is_written(
    small_run: Run, compared: sim.Comparison, swept: sim.Sweep, tmp_path: Path
) -> None:
    found = sim.sensitivity(swept, "visits_to_lac")
    found.write(figures=True)
    folders = [
        small_run.write(tmp_path / "run", figures="none"),
        compared.write(tmp_path / "compared", figures="none"),
        Path(swept.folder),
        Path(swept.folder) / "sensitivity",
    ]
    text = (Path(__file__).parents[2] / "results" / "README.md").read_text(encoding="utf-8")
    tables = text.split("| file | content |\n")[1:]
    assert len(tables) == len(folders)
    for folder, table in zip(folders, tables, strict=True):
        cells = " ".join(re.findall(r"^\| (`.*?`) \|", table, re.MULTILINE))
        held = {f"{path.name}/" if path.is_dir() else path.name for path in folder.iterdir()}
        assert len(held) >= 4
        assert held <= set(re.findall(r"`(.*?)`", cells))
        described(folder)
        exported(folder)


def exported(folder: Path) -> None:
    """Hold tables written as CSV and for Stata to what the folder holds."""
    written = export_tables(folder, folder.parent / f"{folder.name}-csv")
    again = export_tables(folder, folder.parent / f"{folder.name}-dta", "stata")
    for text, stata in zip(written, again, strict=True):
        one, other = pd.read_csv(text), pd.read_stata(stata)
        assert one.shape == other.shape
        assert len(one) > 0
        with pd.read_stata(stata, iterator=True) as stream:
            assert all(stream.variable_labels().values())
    package = json.loads((written[0].parent / "datapackage.json").read_text("utf-8"))
    assert len(package["resources"]) == len(written)


def described(folder: Path) -> None:
    """Hold the data dictionary and the RO-Crate of a folder to what the folder holds."""
    package = json.loads((folder / "datapackage.json").read_text("utf-8"))
    told = {}
    for table in package["resources"]:
        fields = table["schema"]["fields"]
        for name in [table["path"]] if isinstance(table["path"], str) else table["path"]:
            told[name] = [field["name"] for field in fields]
            assert list(columns_of(folder / name)) == told[name]
        assert [f["name"] for f in fields if not (f.get("description") and f["unit"])] == []
        assert "any" not in {field["type"] for field in fields}
        if "hash" in table:
            assert table["hash"] == f"sha256:{digest(folder / table['path'])}"
    tables = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.suffix in KINDS}
    apart = ("copies/", "sensitivity/")
    assert set(told) == {name for name in tables if not name.startswith(apart)}
    if (folder / "sensitivity.json").exists():
        return
    assert crate_faults(folder) == []
    graph = json.loads((folder / METADATA).read_text("utf-8"))["@graph"]
    (parts,) = ({p["@id"] for p in one["hasPart"]} for one in graph if one["@id"] == "./")
    if (folder / "manifest.json").exists():
        rest = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()} - parts
        assert rest == {METADATA}


@pytest.mark.parametrize("held", ["", "notes.txt"])
def test_any_other_folder_is_refused_once_with_what_is_allowed(held: str, tmp_path: Path) -> None:
    if held:
        (tmp_path / held).write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match=r"(?s)no run, comparison or sweep.*Allowed: a folder"):
        sim.open(tmp_path)
