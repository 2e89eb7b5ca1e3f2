"""``paradiplomacy validate --against``: a table for readers, a record for machines, files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from sim.cli import main as cli
from tests.posteriors import made_up
from tests.schemas import printed_json

pytestmark = pytest.mark.slow  # validations are carried out over runs


def call(*arguments: str) -> Result:
    return CliRunner().invoke(cli.app, ["validate", *arguments], prog_name="paradiplomacy")


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("scenario") / "short.toml"
    file.write_text('extends = "baseline"\nend = "2002-12"\n')
    return file


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("table") / "mine.csv"
    file.write_text("unit,year,count\nBRA,2000,9\nCHL,2001,2\nARG,2001,7\nPER,2002,1\nMEX,2002,4\n")
    return file


@pytest.fixture(scope="module")
def options(scenario: Path, table: Path) -> list[str]:
    return [
        *("--against", str(table), "--scenario", str(scenario), "--outcome", "visits_to_lac"),
        *("--replicates", "20"),
    ]


def test_scores_findings_and_the_folder_are_printed(options: list[str], tmp_path: Path) -> None:
    result = call(*options, "--out", str(tmp_path / "out"))
    assert result.exit_code == 0, result.output
    for words in ("Delegations received from China", "GDP × authority", "- Ranking:"):
        assert words in result.stdout
    assert f"Files: {tmp_path / 'out'}" in result.stdout.replace("\n", "")
    assert (tmp_path / "out" / "against.html").is_file()


def test_json_is_the_record(options: list[str], tmp_path: Path) -> None:
    folder = tmp_path / "out"
    result = call(*options, "--complete", "--json", "--workers", "1", "--out", str(folder))
    assert result.exit_code == 0, result.output
    printed = printed_json("validate", result.stdout)
    assert printed.pop("folder") == folder.as_posix()
    assert printed == json.loads((folder / "against.json").read_text(encoding="utf-8"))
    assert printed["compared"]["units"] == 33
    assert printed["replicates"] == 20


def test_the_same_command_gives_the_same_bytes(options: list[str], tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("one", "two")]
    for folder, workers in zip(folders, ("1", "2"), strict=True):
        assert call(*options, "--workers", workers, "--out", str(folder)).exit_code == 0
    for name in ("against.json", "units.csv", "scores.csv", "against.html", "figures/ranks.png"):
        assert (folders[0] / name).read_bytes() == (folders[1] / name).read_bytes()


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"--against": None}, "--outcome: belongs to --against"),
        ({"--against": "nothing.csv"}, "there is no such file"),
        ({"--outcome": "deals_locl"}, "Did you mean 'deals_local'?"),
        ({"--replicates": "5"}, "20 or more"),
        ({"--scenario": "basline"}, "Did you mean 'baseline'?"),
        ({"--workers": "0"}, "1 or more"),
        ({"--from": "2003"}, "--from: 2003 is after the last year, 2002"),
        ({"--to": "1999"}, "--to: the scenario cannot be run for 1999"),
        ({"--within": "BR"}, "Did you mean 'BRA'?"),
        ({"--within": "República Dominicana"}, "Did you mean 'DOM'?"),
        ({"--by": "locality"}, "line 2: unit: a country cannot be compared by locality"),
    ],
)
def test_wrong_input(
    changed: dict[str, str | None], words: str, options: list[str], tmp_path: Path
) -> None:
    given = dict(zip(options[::2], options[1::2], strict=True)) | changed
    arguments = [part for name, value in given.items() if value for part in (name, value)]
    result = call(*arguments, "--out", str(tmp_path / "out"))
    assert result.exit_code == 2, result.output
    assert words in result.stderr
    assert "Traceback" not in result.stderr
    assert not (tmp_path / "out").exists()


def test_draws_of_a_posterior_are_taken(options: list[str], tmp_path: Path) -> None:
    made_up(tmp_path / "calibration", draws=20)
    given = ("--posterior", "20", "--calibration", str(tmp_path / "calibration"))
    result = call(*options, *given, "--out", str(tmp_path / "out"))
    assert result.exit_code == 0, result.output
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text(encoding="utf-8"))
    assert len(manifest["draws"]) == 20


def test_a_wrong_cell_is_pointed_at(options: list[str], tmp_path: Path) -> None:
    file = tmp_path / "wrong.csv"
    file.write_text("unit,count\nBRA,1\nChile,2\n")
    result = call(*options[2:], "--against", str(file), "--out", str(tmp_path / "out"))
    assert result.exit_code == 2
    assert f"{file}, line 3: unit: 'Chile' is no country or locality" in result.stderr
    assert "Did you mean 'CHL'?" in result.stderr
