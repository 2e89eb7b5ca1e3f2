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


@pytest.fixture(autouse=True)
def few_draws_of_rivals(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("calibration.user_data.comparison.RIVAL_DRAWS", 40)


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


def test_the_same_command_gives_the_same_bytes_and_json_is_the_record(
    options: list[str], tmp_path: Path
) -> None:
    folders = [tmp_path / name for name in ("one", "two")]
    for folder, workers in zip(folders, ("1", "2"), strict=True):
        given = ("--complete", "--json", "--workers", workers, "--out", str(folder))
        result = call(*options, *given)
        assert result.exit_code == 0, result.output
    printed = printed_json("validate", result.stdout)
    assert printed.pop("folder") == folders[1].as_posix()
    assert printed == json.loads((folders[1] / "against.json").read_text(encoding="utf-8"))
    assert printed["compared"]["units"] == 33
    assert printed["replicates"] == 20
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
        ({"--format": "gdcf"}, "Did you mean 'gcdf'?"),
        ({"--level": "thinner"}, "--level: 'thinner' is no level"),
        ({"--where": "Sector=x"}, "--where: belongs to the format"),
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


def test_a_published_list_is_brought_to_and_what_was_set_aside_told(
    scenario: Path, tmp_path: Path
) -> None:
    file = tmp_path / "made-up.csv"
    rows = ("2001,300,Brazil", "2002,200,Urugay", "2023,200,Peru", "2002,30,Chile")
    file.write_text("\n".join(["Year,Quantity in Millions,Country", *rows]) + "\n")
    given = ("--against", str(file), "--format", "cgit", "--level", "thinned", "--complete")
    result = call(*given, "--scenario", str(scenario), "--replicates", "20", "--figures", "none",
                  "--out", str(tmp_path / "out"))  # fmt: skip
    assert result.exit_code == 0, result.output
    said = " ".join(result.stdout.split())
    assert "1 below the least amount, 1 whose place could not be resolved, 1 after the last" in said
    assert "Urugay (1 row; URY?)" in said


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
