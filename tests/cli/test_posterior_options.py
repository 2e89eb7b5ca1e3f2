"""The option --posterior of run, sweep and compare, on a made-up posterior."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner, Result

import sim
from calibration.inference.posterior import Posterior
from sim.cli import main as cli
from sim.scenario.schema import load
from tests.posteriors import made_up
from tests.schemas import printed_json

pytestmark = pytest.mark.slow  # commands run over draws, some as processes

END = ("--end", "2001-06")


def call(*arguments: str) -> Result:
    return CliRunner().invoke(cli.app, list(arguments), prog_name="paradiplomacy")


@pytest.fixture(scope="module")
def posterior(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Posterior]:
    """Return the folder of a made-up calibration and its posterior."""
    folder = tmp_path_factory.mktemp("calibrations") / "made-up"
    return str(folder), made_up(folder)


@pytest.mark.usefixtures("without_report")
def test_run_takes_draws_and_says_so(posterior: tuple[str, Posterior], tmp_path: Path) -> None:
    folder, held = posterior
    out = tmp_path / "run"
    result = call(
        "run", "baseline", *END, "--replicates", "4", "--posterior", "3", "--calibration", folder,
        "--set", "turnover.fade=0.5", "--out", str(out),
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    assert "3 draws" in result.stdout
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["draws"] == held.first(3)
    assert manifest["drawn_from"]["behaviour"] == held.made_by["behaviour"]
    per_run = pd.read_parquet(out / "per_run.parquet")
    assert per_run["draw"].tolist() == [0, 1, 2, 0]
    short = load("baseline").with_overrides(end="2001-06", replicates=2)
    alone = sim.run(short, parameters=held.first(3)[1] | {"turnover.fade": 0.5}).per_run
    assert per_run["visits_to_lac"][1] == alone["visits_to_lac"][1]


def test_run_takes_every_draw_unless_told_otherwise(
    posterior: tuple[str, Posterior], tmp_path: Path
) -> None:
    given = ("--posterior", "3", "--calibration", posterior[0])
    result = call(
        "run", "baseline", *END, "--replicates", "2", *given, "--out", str(tmp_path / "r")
    )
    assert result.exit_code == 2
    assert "3 or more" in result.stderr
    assert not (tmp_path / "r").exists()


def test_compare_gives_both_sides_of_a_pair_one_draw(
    posterior: tuple[str, Posterior], tmp_path: Path
) -> None:
    folder, held = posterior
    out = tmp_path / "compared"
    result = call(
        "compare", "baseline", "no-twinning", *END, "--replicates", "3", "--posterior", "3",
        "--calibration", folder, "--figures", "none", "--out", str(out), "--json",
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["draws"] == held.first(3)
    per_run = pd.read_csv(out / "per_run.csv")
    short = load("baseline").with_overrides(end="2001-06")
    again = sim.run(short, replicates=3, draws=held.first(3)).per_run
    mine = per_run[per_run["scenario"] == "baseline"]["visits_to_lac"]
    assert mine.tolist() == again["visits_to_lac"].tolist()


def test_compare_carries_what_is_published_unless_parameters_are_fixed(
    carrying: Posterior, tmp_path: Path
) -> None:
    short = (*END, "--replicates", "2", "--figures", "none", "--json")
    called = ("compare", "baseline", "no-twinning", *short)
    for more, draws, why in (((), 2, None), (("--fixed",), 0, "asked")):
        out = tmp_path / f"out{draws}"
        result = call(*called, *more, "--out", str(out))
        assert result.exit_code == 0, result.output
        told = printed_json("compare", result.stdout)
        assert (told["draws"], told["fixed_because"]) == (draws, why)
        manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
        assert manifest["draws"] == (carrying.first(draws) if draws else [])
    both = call(*called, "--fixed", "--posterior", "2", "--out", str(tmp_path / "both"))
    assert both.exit_code == 2
    assert "fixed: excludes draws" in both.stderr + both.stdout
    assert not (tmp_path / "both").exists()


def test_sweep_crosses_the_points_with_draws(
    posterior: tuple[str, Posterior], tmp_path: Path
) -> None:
    folder, held = posterior
    out = str(tmp_path / "swept")
    result = call(
        "sweep", "baseline", "--vary", "turnover.fade=0.2,0.8", "--replicates", "2", *END,
        "--posterior", "3", "--calibration", folder, "--workers", "1", "--out", out,
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    others = len(set(posterior[1].names) - {"turnover.fade"})
    free = next(name for name in posterior[1].names if name != "turnover.fade")
    told = f"6 points (grid) of turnover.fade, {others} parameters in 3 draws"
    assert told in result.stdout
    frame = sim.Sweep(out).frame
    assert frame["draw"].tolist() == [0, 0, 1, 1, 2, 2] * 2
    assert frame["turnover.fade"].tolist() == [0.2] * 6 + [0.8] * 6
    for draw, values in enumerate(held.first(3)):
        assert set(frame.loc[frame["draw"] == draw, free]) == {values[free]}
    plan = json.loads((tmp_path / "swept" / "plan.json").read_text(encoding="utf-8"))
    assert plan["design"]["settings"]["drawn_from"]["file_sha256"]


def test_a_sweep_of_draws_alone_needs_nothing_to_vary(
    posterior: tuple[str, Posterior], tmp_path: Path
) -> None:
    result = call(
        "sweep", "baseline", "--posterior", "2", "--calibration", posterior[0], *END,
        "--replicates", "2", "--dry-run", "--out", str(tmp_path / "none"),
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    told = f"2 points (draws) of {len(posterior[1].names)} parameters in 2 draws"
    assert told in result.stdout


@pytest.mark.usefixtures("without_report")
@pytest.mark.parametrize(
    "command",
    [
        ("run", "baseline"),
        ("compare", "baseline", "no-twinning", "--figures", "none"),
        ("sweep", "baseline", "--vary", "turnover.fade=0.2,0.8", "--workers", "1"),
    ],
)
def test_a_stale_posterior_is_used_with_a_warning(command: tuple[str, ...], tmp_path: Path) -> None:
    made_up(tmp_path / "old", changes={"behaviour": "others"})
    out = tmp_path / "out"
    given = ("--posterior", "2", "--calibration", str(tmp_path / "old"), "--out", str(out))
    result = call(*command, *END, "--replicates", "2", *given)
    assert result.exit_code == 0, result.output
    (told,) = [line for line in result.stderr.splitlines() if "posterior" in line]
    assert "another version of the model (behaviour changed since)" in told
    name = "plan.json" if command[0] == "sweep" else "manifest.json"
    kept = json.loads((out / name).read_text(encoding="utf-8"))
    source = kept["design"]["settings"] if command[0] == "sweep" else kept
    assert source["drawn_from"]["changed_since_fit"] == ["behaviour"]
    if command[0] == "compare":
        page = (out / "report.html").read_text(encoding="utf-8")
        assert "2 draws of a fit to an earlier version of the model, one a run" in page
        assert "as they were fitted to an earlier version of the model (2 draws)" in page


def test_a_calibration_without_posterior_is_refused(tmp_path: Path) -> None:
    result = call("run", "baseline", *END, "--calibration", str(tmp_path))
    assert result.exit_code == 2
    assert "belongs to --posterior" in result.stderr
