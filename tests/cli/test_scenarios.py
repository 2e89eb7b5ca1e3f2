"""The scenarios commands list, show, check and start scenarios."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from sim.cli.main import app
from sim.scenario.schema import load, names


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "120")


def call(*arguments: str, code: int = 0) -> Result:
    result = CliRunner().invoke(app, ["scenarios", *arguments])
    assert result.exit_code == code, result.output
    assert "Traceback" not in result.output
    return result


def test_list_names_every_scenario_with_its_question() -> None:
    shown = call("list").stdout
    for name in names():
        assert name in shown
    listed = json.loads(call("list", "--json").stdout)["scenarios"]
    assert [entry["name"] for entry in listed] == list(names())
    assert all(entry["question"] for entry in listed)


@pytest.mark.parametrize("name", names())
def test_show_tells_what_differs(name: str) -> None:
    scenario = load(name)
    shown = call("show", name).stdout
    assert scenario.title in shown
    for parameter in scenario.parameters:
        assert parameter in shown
    for change in scenario.interventions:
        assert change.month in shown


def test_show_gives_the_scenario_in_full_as_json_and_toml() -> None:
    scenario = load("hostile-president")
    data = json.loads(call("show", "hostile-president", "--json").stdout)
    assert data == scenario.model_dump(mode="json", exclude_none=True)
    Path("copy.toml").write_text(call("show", "hostile-president", "--toml").stdout, "utf-8")
    assert load("copy.toml") == scenario


def test_show_prints_texts_as_they_are() -> None:
    Path("a.toml").write_text('title = "[red]x[/] :smile:"\n', "utf-8")
    assert "a: [red]x[/] :smile:" in call("show", "a.toml").stdout


def test_check_says_which_are_in_order() -> None:
    assert call("check", *names()).stdout.count("in order") == len(names())


def test_check_says_how_a_file_was_understood() -> None:
    text = """extends = "baseline"
[[interventions]]
kind = "envelope"
month = "2012-01"
until = "2014-12"
factor = 50
[parameters]
"turnover.fade" = 0.5
"""
    Path("a.toml").write_text(text, "utf-8")
    told = call("check", "a.toml", "jujuy").stdout
    assert "scales what banks may lend from 2012-01 to 2014-12 (factor 50)" in told
    assert "turnover.fade 0.11 to 0.5" in told
    assert told.endswith("jujuy: in order\n")


def test_a_file_of_the_folder_is_suggested_for_a_name_alike() -> None:
    Path("half.toml").write_text('extends = "baseline"\n', "utf-8")
    for given in ("half", "half.tml", "halv.toml"):
        assert "Did you mean 'half.toml'?" in call("check", given, code=2).stderr
    assert "Did you mean 'jujuy'?" in call("check", "juju", code=2).stderr


def test_check_reports_one_mistake_with_its_line() -> None:
    Path("a.toml").write_text('title = "A"\nsed = 1\n', "utf-8")
    result = call("check", "baseline", "a.toml", code=2)
    assert "baseline: in order" in result.stdout
    assert "a.toml, line 2: sed: there is no such field" in result.stderr
    assert "Did you mean 'seed'?" in result.stderr


def test_check_reports_the_first_mistake_of_each_file() -> None:
    Path("a.toml").write_text("sed = 1\n", "utf-8")
    Path("b.toml").write_text("seed = true\n", "utf-8")
    result = call("check", "a.toml", "b.toml", "baseline", code=2)
    assert "2 of 3 scenarios are wrong" in result.stderr
    assert "a.toml, line 1" in result.stderr
    assert "b.toml, line 1" in result.stderr


def test_check_gives_verdicts_as_json() -> None:
    Path("a.toml").write_text("seed = true\n", "utf-8")
    told = json.loads(call("check", "baseline", "a.toml", "--json", code=2).stdout)
    good, bad = told["scenarios"]
    assert good == {"scenario": "baseline", "ok": True}
    assert bad == {"scenario": "a.toml", "ok": False}
    (error,) = told["errors"]
    assert (error["line"], error["field"]) == (1, "seed")


def test_new_writes_a_file_that_is_in_order_and_changes_nothing() -> None:
    call("new", "mine", "--extends", "taiwan-switch")
    mine, parent = load("mine.toml"), load("taiwan-switch")
    assert mine.lineage == ("taiwan-switch", "baseline")
    assert mine.interventions == parent.interventions
    call("check", "mine.toml")


def test_new_refers_to_a_parent_file_from_where_it_is_written() -> None:
    Path("sub").mkdir()
    Path("parent.toml").write_text("seed = 9\n", "utf-8")
    call("new", "mine", "--extends", "parent.toml", "--out", "sub/mine.toml")
    assert load("sub/mine.toml").seed == 9


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("new", "Not a slug"), "small letters"),
        (("new", "jujuy"), "comes with the package"),
        (("new", "mine", "--extends", "basline"), "Did you mean 'baseline'?"),
        (("new", "mine", "--out", "no/such/folder/mine.toml"), "cannot write"),
        (("show", "juju"), "Did you mean 'jujuy'?"),
        (("show", "missing.toml"), "there is no such file"),
        (("check", "."), "is a folder"),
        (("show", "baseline", "--world", "nowhere"), "nowhere"),
    ],
)
def test_wrong_input_is_exit_2_and_writes_nothing(arguments: tuple[str, ...], said: str) -> None:
    assert said in call(*arguments, code=2).stderr
    assert list(Path().iterdir()) == []


def test_new_does_not_replace_a_file() -> None:
    Path("mine.toml").write_text("# mine\n", "utf-8")
    assert "there already" in call("new", "mine", code=2).stderr
    assert Path("mine.toml").read_text("utf-8") == "# mine\n"
