"""What is told of one run, one point or one place is told in the singular."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import typer
from typer.testing import CliRunner

import sim
from sim.cli import main as cli
from sim.experiments.design import Design, Varied
from sim.experiments.sensitivity.monte_carlo_noise import response
from sim.experiments.sensitivity.scenario_discovery import Condition, DiscoveredBox, Discovery
from sim.experiments.sweep import Sweep
from sim.report import (
    cards,
    compare_figures,
    compare_page,
    compare_text,
    figure_style,
    figures,
    run_page,
    sensitivity_page,
    user_data_page,
)
from sim.report.claims_page import counted_verdicts
from sim.results.run_result import Run

PLURAL = re.compile(
    r"(?<![\w.,:–-])1 (?:paired |base |first-level )?"
    r"(?!is\b|has\b|was\b|lies\b|says\b|less\b)([a-z]+s)\b"
)
NO_DRAWING = b"<svg xmlns='http://www.w3.org/2000/svg'/>"
END = "2000-03"


def plurals(text: str) -> list[str]:
    """Return the nouns in the plural that a text sets behind a one; cells of a table stay apart."""
    return PLURAL.findall(re.sub(r"<[^>]*>", "|", text))


@pytest.fixture(scope="module")
def run() -> Run:
    data = sim.load("jujuy").model_dump(exclude_none=True)
    order = {"month": "2000-02", "kind": "shock", "what": "strain", "value": 1.0}
    scenario = sim.Scenario.model_validate(
        {**data, "end": END, "replicates": 1, "interventions": [order]}
    )
    return sim.run(scenario, draws=[{"turnover.fade": 0.5}])


@pytest.fixture(scope="module")
def sweep(tmp_path_factory: pytest.TempPathFactory) -> Sweep:
    folder = tmp_path_factory.mktemp("one")
    (folder / "one.csv").write_text("turnover.fade\n0.5\n")
    return sim.sweep(
        "baseline", design=str(folder / "one.csv"), replicates=1, end=END,
        out=str(folder / "sweep"), workers=1
    )  # fmt: skip


def test_a_plural_behind_a_one_would_be_found() -> None:
    assert plurals("1 runs, of 1 points; 1 paired runs") == ["runs", "points", "runs"]
    assert not plurals("1 run has 21 deals, 0.1 units, 1 is left; <td>1</td><td>visits</td>")


def test_of_one_run(run: Run) -> None:
    texts = [
        repr(run),
        cards.run_card(run),
        run_page.notebook_html(run),
        figure_style.stamp_text(run),
    ]
    texts.append(run_page.report_page(run, dict.fromkeys(figures.captions(run), NO_DRAWING)))
    assert "1 replicate" in texts[0]
    assert "1 draw" in texts[1]
    assert "1 intervention" in texts[1]
    assert not plurals("\n".join(texts))


def test_of_one_intervention_in_a_comparison(run: Run) -> None:
    base = run.scenario.model_copy(update={"interventions": (), "replicates": 2})
    found = sim.compare(
        base, run.scenario.model_copy(update={"name": "other", "replicates": 2}), workers=1
    )
    (label,) = found.labels
    assert compare_text.changes_words(found, label).startswith("1 intervention more")
    drawings = dict.fromkeys(compare_figures.captions(found), NO_DRAWING)
    texts = [repr(found), cards.compare_card(found), compare_page.notebook_html(found)]
    assert not plurals("\n".join([*texts, compare_page.report_page(found, drawings)]))


def test_of_one_point_in_a_sweep(sweep: Sweep) -> None:
    failed = sweep.frame.assign(error="did not work")
    text = f"{sweep!r}\n{cards.sweep_card(sweep)}"
    assert text.count("1 point") == text.count("1 replicate") == 2
    assert "1 run:" in text
    assert not plurals(text)
    answers = response(sweep.design, failed.assign(deals=np.nan), "deals")
    assert answers.notes()
    assert not plurals("\n".join(answers.notes()))


@pytest.mark.usefixtures("sweep")
def test_of_one_point_in_a_plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("one.csv").write_text("turnover.fade\n0.5\n")
    words = ["sweep", "baseline", "--design", "one.csv", "--replicates", "1", "--end", END]
    done = CliRunner().invoke(cli.app, [*words, "--workers", "1", "--dry-run"])
    assert "1 point " in done.output
    assert "1 run in 1 file" in done.output
    assert "1 worker," in done.output
    assert not plurals(done.output)


def test_of_one_draw_and_one_repetition() -> None:
    drawn = {"draws": 1, "drawn": 1, "notes": []}
    one = Varied("turnover.fade", low=0.2, high=0.9)
    design = Design("file", (one,), pd.DataFrame({one.name: [0.5]}), 1, drawn)
    assert design.description == "1 parameter in 1 draw"


def test_of_one_point_in_a_box() -> None:
    box = DiscoveredBox(limits=(), coverage=1.0, density=1.0, mass=1.0, points=1)
    found = Discovery((Condition("deals", ">=", 1.0),), asked=1, points=1, boxes=(box,))
    lines = sensitivity_page.discovery_lines(found)
    assert "1 of 1 point " in lines[0]
    assert not plurals("\n".join(lines))


def test_of_one_month_claim_and_unit() -> None:
    compared = {
        "level": "locality", "units": 1, "listed": 1, "complete": False, "within": [],
        "aside": {}, "unknown": {}, "layout": None, "least": 0.0,
        "brought_to": "as-is", "factor": 1.0,
        "resampled": "units", "file": "mine.csv", "rows": 1, "outcome": "deals",
        "unit": "count", "meaning": "deals formed", "years": [2000, 2000], "sectors": [],
    }  # fmt: skip
    record = {"compared": compared, "replicates": 1, "scenario": "baseline"}
    texts = [
        user_data_page.question(record),
        counted_verdicts({"counts": {"shown": 1}, "by_construction": 0}),
    ]
    assert "1 run of" in texts[0]
    assert not plurals("\n".join(texts))


def helps(command: Any, name: str) -> Iterator[str]:
    """Yield the help of a command and of all below it."""
    context = command.make_context(name, ["--help"], resilient_parsing=True)
    yield command.get_help(context)
    for below in getattr(command, "commands", {}).values():
        yield from helps(below, f"{name} {below.name}")


def test_in_the_help_of_every_command() -> None:
    texts = list(helps(typer.main.get_command(cli.app), "paradiplomacy"))
    assert len(texts) > 10
    assert not plurals("\n".join(texts))
