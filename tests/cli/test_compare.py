"""The command ``compare`` and ``explain --between``."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from sim.cli import main as cli
from tests.schemas import printed_json

SHORT = ("--end", "2003-12", "--replicates", "3")


def call(*arguments: str) -> Result:
    return CliRunner().invoke(cli.app, list(arguments), prog_name="paradiplomacy")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("compared") / "out"
    result = call(
        "compare", "baseline", "no-twinning", *SHORT, "--out", str(target), "--figures", "none"
    )
    assert result.exit_code == 0, result.output
    assert "What if: No twinning agreements (no-twinning)" in result.stdout
    assert f"Files: {target}" in result.stdout
    return target


def test_a_comparison_is_written(folder: Path) -> None:
    held = {path.name for path in folder.iterdir()}
    assert {"manifest.json", "summary.json", "effects.csv", "deals_in_one_world.parquet"} <= held
    assert "figures" not in held


def test_json_is_for_machines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = call("compare", "baseline", "no-twinning", *SHORT, "--figures", "none", "--json")
    assert result.exit_code == 0, result.output
    summary = printed_json("compare", result.stdout)
    assert summary["folder"] == "results/no-twinning-vs-baseline"
    assert summary["effects"]["no-twinning"]["twinnings"]["what_if"] == 0.0
    assert (tmp_path / summary["folder"] / "manifest.json").is_file()


def test_settings_hold_for_all_and_may_make_them_equal(tmp_path: Path) -> None:
    arguments = ("--set", "twinning.rate=0.02", "--out", str(tmp_path / "x"), "--figures", "none")
    result = call("compare", "baseline", "no-twinning", *SHORT, *arguments)
    assert result.exit_code == 0, result.output
    assert "All differences are exactly zero" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("baseline",), "WHATIF"),
        (("baseline", "no-twining"), "Did you mean 'no-twinning'?"),
        (("baseline", "no-twinning", "--replicates", "1"), "2 or more"),
        (("baseline", "no-twinning", "--workers", "0"), "workers"),
        (("baseline", "no-twinning", "--set", "twinning.rat=0"), "Did you mean 'twinning.rate'?"),
        (("baseline", "no-twinning", "--end", "1990-01"), "end"),
        (("baseline", "no-twinning", "--seed", "-1"), "seed"),
        (("baseline", "late.toml"), "'late' has 2021-03 where the baseline 'baseline' has 2020-12"),
    ],
    ids=lambda given: " ".join(given) if isinstance(given, tuple) else "",
)
def test_wrong_input_is_exit_2_and_leaves_nothing(
    arguments: tuple[str, ...], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    text = 'extends = "baseline"\nname = "late"\nend = "2021-03"\n'
    (tmp_path / "late.toml").write_text(text, encoding="utf-8")
    result = call("compare", *arguments)
    assert result.exit_code == 2, result.output
    assert said in result.stderr
    assert "Traceback" not in result.output
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["late.toml"]


def test_explain_tells_the_difference_of_two_worlds(folder: Path) -> None:
    listed = call("explain", str(folder), "--between", "no-twinning", "--replicate", "1")
    assert listed.exit_code == 0, listed.output
    assert "Run 1: baseline beside no-twinning" in listed.stdout
    assert "They part in" in listed.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "--between no-twinning"),
        (("--between", "no-twining"), "Did you mean 'no-twinning'?"),
        (("99x", "--between", "no-twinning"), "has no project '99x'"),
        (("--between", "no-twinning", "--replicate", "3"), "0 to 2"),
    ],
)
def test_explain_refuses_what_it_cannot_tell(
    folder: Path, arguments: tuple[str, ...], said: str
) -> None:
    result = call("explain", str(folder), *arguments)
    assert result.exit_code == 2, result.output
    assert said in result.stderr
