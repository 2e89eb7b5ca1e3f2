"""With ``--json`` each command prints one object that its schema allows, whatever comes of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import typer
from jsonschema import Draft202012Validator
from typer.testing import CliRunner, Result

from sim.benchmark import measure
from sim.benchmark.measure import BARS
from sim.benchmark.timing import figure
from sim.cli import main as cli
from sim.cli import output
from sim.core.errors import InputError, refuse
from sim.core.files import MachineError
from sim.world import SHIPPED
from tests.schemas import SCHEMAS, printed_json

SHORT = ("--replicates", "2", "--end", "2000-03")
LONG = ("--replicates", "2", "--end", "2008-12", "--figures", "none")
LHS = ("sweep", "baseline", "--vary", "turnover.fade=0.2..0.9", "-n", "8", *SHORT)


def call(*arguments: str) -> Result:
    return CliRunner().invoke(cli.app, [*arguments, "--json"], prog_name="paradiplomacy")


def done(name: str, *arguments: object) -> dict[str, Any]:
    """Return what a command printed that ended well."""
    result = call(*map(str, arguments))
    assert result.exit_code == 0, result.output
    return printed_json(name, result.stdout)


def with_json(command: Any, name: str = "") -> set[str]:
    """Return the commands that take ``--json``, their words joined by a hyphen."""
    found = {name} if any("--json" in one.opts for one in command.params) else set()
    for part, inner in getattr(command, "commands", {}).items():
        found |= with_json(inner, f"{name}-{part}".strip("-"))
    return found


COMMANDS = with_json(typer.main.get_command(cli.app))


def test_every_command_that_prints_json_has_a_schema() -> None:
    assert {"explain", "world-check", "run", "sweep"} <= COMMANDS
    assert {path.stem for path in SCHEMAS.glob("*.json")} == COMMANDS | {"errors"}
    for path in SCHEMAS.glob("*.json"):
        Draft202012Validator.check_schema(json.loads(path.read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("compared") / "here"
    done("compare", "compare", "baseline", "no-twinning", *LONG, "--out", folder)
    return folder


@pytest.mark.usefixtures("without_report")
@pytest.mark.parametrize("scenario", ["baseline", "jujuy"])
def test_run(scenario: str, tmp_path: Path) -> None:
    found = done("run", "run", scenario, *SHORT, "--out", tmp_path / "out")
    assert found["months"] == ["2000-01", "2000-03"]
    assert list(found["focus"]) == (["AR-Y"] if scenario == "jujuy" else [])


@pytest.mark.slow
def test_explain_a_run(small_run_folder: Path) -> None:
    deals = done("explain", "explain", small_run_folder)["deals"]
    project, country = deals[0]["project_id"], deals[0]["country"]
    there = done("explain", "explain", small_run_folder, "--country", country)["deals"]
    assert there == [deal for deal in deals if deal["country"] == country]
    assert call("explain", str(small_run_folder), project, "--year", "2005").exit_code == 2
    found = done("explain", "explain", small_run_folder, project, "--no-draw")
    assert found["project_id"] == project
    assert found["figure"] is None
    deal = next(step for step in found["steps"] if step["event"]["kind"] == "deal")
    assert deal["event"] == deals[0]
    assert [cause["event_id"] for cause in deal["causes"]] == deal["event"]["causes"]
    assert deal["decision"].startswith("The deal on the project is formed")


@pytest.mark.slow
def test_explain_two_worlds(compared: Path) -> None:
    beside = ("explain", compared, "--between", "no-twinning")
    every = done("explain", *beside)
    assert every["worlds"] == ["baseline", "no-twinning"]
    assert every["parting"]["event"]["month"] >= "2000-01"
    lone = every["deals"][0]
    found = done("explain", *beside, lone["project_id"])
    assert {name: found[name] for name in lone} == lone
    assert {step["in_both"] for step in found["steps"]} == {True, False}
    events = [step["event"]["event_id"] for step in found["steps"] if not step["in_both"]]
    assert lone["deal"]["event_id"] in events


@pytest.mark.slow
def test_explain_a_project_that_both_worlds_have(compared: Path) -> None:
    from sim.experiments.comparison.saved_comparison import read_paired_runs
    from sim.report.biography import project_ids

    one, other = (project_ids(log, 0) for log in read_paired_runs(compared, "no-twinning").logs)
    both = next(project for project in one if project in other)
    found = done("explain", "explain", compared, both, "--between", "no-twinning")
    assert found["only_in"] is None
    assert list(found["ends"]) == ["baseline", "no-twinning"]


@pytest.mark.slow
def test_sweep_and_sensitivity(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    assert done("sweep", *LHS, "--dry-run")["runs"] == 16
    assert done("sweep", *LHS, "--workers", "1", "--out", folder)["done"] == 16
    assert done("sweep", "sweep", "--status", folder)["left"] == 0
    more = done("sweep", "sweep", "--extend", folder, "--replicates", "3", "--dry-run")
    assert (more["added"], more["left"]) == (24, 0)
    found = done("sensitivity", "sensitivity", folder, "--outcome", "visits_to_lac")
    assert list(found["outcomes"]) == ["visits_to_lac"]


def test_scenarios_and_tables(tmp_path: Path) -> None:
    listed = done("scenarios-list", "scenarios", "list")["scenarios"]
    for scenario in listed:
        assert done("scenarios-show", "scenarios", "show", scenario["name"])["end"]
    assert done("scenarios-check", "scenarios", "check", "baseline")["scenarios"][0]["ok"]
    assert done("world-check", "world", "check")["rows"]["countries"] > 20


def test_the_published_calibration() -> None:
    assert done("validate", "validate")["faults"] == []


def test_bench(monkeypatch: pytest.MonkeyPatch) -> None:
    names = [bar.name for bar in BARS]
    found = {name: figure([1.5]) for name in names}
    monkeypatch.setattr(measure, "MEASURES", {tuple(names): lambda _: found})
    printed = done("bench", "bench", "--end", "2000-03")
    assert {name: printed[name] for name in names} == dict.fromkeys(names, 1.5)
    assert printed["settings"]["end"] == "2000-03"


@pytest.mark.parametrize(
    ("arguments", "field", "word"),
    [
        (("run", "basline"), None, "basline"),
        (("run", "baseline", "--set", "turnover.fad=1"), "--set turnover.fad=1", "no parameter"),
        (("run", "baseline", "--driver", "fast"), "--driver", "fast"),
        (("run", "baseline", "--wrold", "x"), "--wrold", "No such option"),
        (("run",), "scenario", "Missing argument"),
        (("nothing",), None, "nothing"),
        (("--nothing", "run", "baseline"), "--nothing", "No such option"),
        (("app",), "--json", "No such option"),
        (("compare", "baseline", "nothing"), None, "nothing"),
        (("sweep",), None, "nothing to sweep"),
        (("sensitivity", "nowhere"), None, "sweep"),
        (("explain", "nowhere"), None, "finished run"),
        (("explain", "nowhere", "--between", "there"), None, "finished run"),
        (("patterns", "--only", "X01"), None, "X01"),
        (("calibrate", "--runs", "-5"), None, ""),
        (("validate", "--by", "country"), "--by", "--against"),
        (("scenarios", "show", "nothing"), None, "nothing"),
        (("world", "check", "nowhere"), None, "folder"),
    ],
    ids=lambda given: " ".join(given) if isinstance(given, tuple) else "",
)
def test_wrong_input_is_told_as_json_too(
    arguments: tuple[str, ...],
    field: str | None,
    word: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    result = call(*arguments)
    assert result.exit_code == 2
    (error,) = printed_json("errors", result.stdout)["errors"]
    assert word in error["message"]
    assert field is None or error["field"] == field
    assert error["message"].splitlines()[0][:40] in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_nearest_name_and_what_is_allowed_stand_apart() -> None:
    (error,) = printed_json("errors", call("run", "basline").stdout)["errors"]
    assert error["nearest"] == "baseline"
    (error,) = printed_json("errors", call("run", "baseline", "--seeed", "1").stdout)["errors"]
    assert (error["field"], error["nearest"]) == ("--seeed", "--seed")
    (error,) = printed_json("errors", call("run", "baseline", "--rep", "1").stdout)["errors"]
    assert (error["nearest"], error["candidates"]) == (None, [])


def test_every_fault_of_a_table_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    CliRunner().invoke(cli.app, ["world", "new", str(folder)])
    for name in ("banks", "sectors"):
        table = SHIPPED / f"{name}.csv"
        head = table.read_text(encoding="utf-8").splitlines()[0]
        (folder / f"{name}.csv").write_text(f"{head},surplus\n", encoding="utf-8")
    result = call("world", "check", str(folder))
    assert result.exit_code == 2
    errors = printed_json("errors", result.stdout)["errors"]
    assert {Path(error["file"]).name for error in errors} >= {"banks.csv", "sectors.csv"}
    assert result.stderr.startswith(f"paradiplomacy: {len(errors):,} faults")
    assert all(error["message"] in result.stderr for error in errors[:100])


@pytest.mark.parametrize("files", [("a.toml",), ("a.toml", "baseline", "b.toml")], ids=len)
def test_scenarios_that_are_wrong_are_told_with_those_in_order(
    files: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("a.toml", "b.toml"):
        Path(name).write_text("seed = true\n", encoding="utf-8")
    result = call("scenarios", "check", *files)
    assert result.exit_code == 2
    found = printed_json("scenarios-check", result.stdout)
    printed_json("errors", json.dumps({"errors": found["errors"]}))
    wrong = [one["scenario"] for one in found["scenarios"] if not one["ok"]]
    assert [error["file"] for error in found["errors"]] == wrong
    assert "a.toml, line 1" in result.stderr


@pytest.mark.parametrize(
    ("error", "code", "expected"),
    [
        (MachineError("the disk is full", file="b"), 1, {"file": "b"}),
        (OSError(5, "broken disk", "c"), 1, {"file": "c"}),
        (KeyboardInterrupt(), 130, {"file": None}),
        (ZeroDivisionError("a fault of the program"), 1, {"message": "a fault of the program"}),
        (
            InputError("is wrong", argument="outcomes", field="dealz"),
            2,
            {"field": "--outcome dealz"},
        ),
    ],
    ids=lambda given: type(given).__name__,
)
def test_every_failure_is_told_as_json(
    error: BaseException,
    code: int,
    expected: dict[str, object],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr("sim.world.check_world", fail)
    result = call("world", "check")
    assert result.exit_code == code
    (found,) = printed_json("errors", result.stdout)["errors"]
    assert expected.items() <= found.items()


def test_several_faults_name_the_options_of_each(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = [InputError("is wrong", argument=name) for name in ("outcomes", "replicates")]
    monkeypatch.setattr("sim.world.check_world", lambda _: refuse(wrong))
    errors = printed_json("errors", call("world", "check").stdout)["errors"]
    assert [error["field"] for error in errors] == ["--outcome", "--replicates"]


def test_work_that_is_stopped_says_in_json_how_to_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(stopped: BaseException) -> None:
        with output.resumable("Go on so.", "."):
            raise stopped

    for stopped, code in ((KeyboardInterrupt(), 130), (MachineError("is full", file="b"), 1)):
        monkeypatch.setattr("sim.world.check_world", lambda _, stopped=stopped: fail(stopped))
        result = call("world", "check")
        assert result.exit_code == code
        (error,) = printed_json("errors", result.stdout)["errors"]
        assert error["message"].endswith("Go on so.")
        assert "Go on so." in result.stderr


def test_numbers_are_short_and_finite(capsys: pytest.CaptureFixture[str]) -> None:
    output.print_json(
        {
            "noise": [0.1 + 0.2, 1 - 0.9, np.float64(0.1) * 3, np.quantile([0.1, 0.1, 0.3], 0.05)],
            "kept": [0.1, 1e-300, 123456789.123456, 2**60],
            "none": [float("nan"), np.inf, -np.inf],
        }
    )
    assert capsys.readouterr().out == (
        '{"noise": [0.3, 0.1, 0.3, 0.1], '
        '"kept": [0.1, 1e-300, 123456789.123456, 1152921504606846976], '
        '"none": [null, null, null]}\n'
    )
