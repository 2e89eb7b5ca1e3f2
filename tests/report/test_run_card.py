from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from rich.cells import cell_len

from sim.report import run_summaries
from sim.report.biography import example_of
from sim.report.cards import run_card
from sim.report.display_names import CARD_OUTCOMES
from sim.report.phrases import caution
from sim.report.run_page import notebook_html
from sim.report.run_summaries import key_rows, locality_spreads
from sim.results.run_result import Run


def altered(run: Run, **parts: Any) -> Run:
    names = ("scenario", "world", "driver", "tables", "per_run", "manifest")
    return Run(*(parts.get(name, getattr(run, name)) for name in names))


def titled(run: Run, title: str, question: str = "") -> Run:
    scenario = run.scenario.model_copy(update={"title": title, "question": question})
    return altered(run, scenario=scenario)


def test_card_fits_a_screen(small_run: Run) -> None:
    lines = run_card(small_run).splitlines()
    assert {len(line) for line in lines} == {80}
    assert len(lines) <= 38


def test_card_says_what_was_run_and_what_came_of_it(small_run: Run) -> None:
    card = run_card(small_run)
    for text in (
        "baseline · 2000-01 to 2010-12 · 3 replicates · seed 2020",
        small_run.manifest["model_version"],
        "compiled driver",
        caution(small_run.world.digest),
        small_run.scenario.title,
        "90 % interval",
        f"{small_run.per_run['deals'].median():,.0f}",
    ):
        assert text in card
    for code in run_summaries.places_of(small_run):
        assert code in card


def test_no_line_of_places_is_cut(small_run: Run) -> None:
    always = small_run.tables["by_locality"]
    at = always.schema.get_field_index("deals")
    tables = small_run.tables | {
        "by_locality": always.set_column(at, "deals", [np.full(len(always), 12)])
    }
    run = altered(small_run, tables=tables)
    assert run_card(run).count("12 [12–12] 100 % of runs") == 2


def test_key_outcomes_are_those_of_the_runs(small_run: Run) -> None:
    for key, row in zip(CARD_OUTCOMES, key_rows(small_run), strict=True):
        values = small_run.per_run[key.name]
        low, middle, high = (key.scale * v for v in np.nanquantile(values, (0.05, 0.5, 0.95)))
        low, middle, high = (key.pattern.format(v) for v in (low, middle, high))
        assert row == (key.words, middle, f"{low} to {high}", key.unit)


def test_card_of_one_replicate_and_of_unknown_outcomes(small_run: Run) -> None:
    per_run = small_run.per_run.head(1).copy()
    per_run["conversion"] = np.nan
    one = altered(small_run, per_run=per_run)
    card = run_card(one)
    assert "1 replicate ·" in card
    line = next(text for text in card.splitlines() if "per 100 memoranda" in text)
    assert "none" in line


@pytest.mark.parametrize("title", ["x" * 200, "<b>&\"'</b>", "Ñandú · 粤"])
def test_any_title_keeps_the_frame(small_run: Run, title: str) -> None:
    card = run_card(titled(small_run, title, "why " * 900))
    # A character of some scripts is two columns wide.
    assert {cell_len(line) for line in card.splitlines()} == {80}
    assert len(card.splitlines()) <= 38


def test_card_for_notebooks_is_escaped(small_run: Run) -> None:
    fragment = notebook_html(titled(small_run, "<script>alert(1)</script>", "a & b < c"))
    assert "<script" not in fragment
    assert "&lt;script&gt;" in fragment
    assert "a &amp; b &lt; c" in fragment
    assert 'scope="row"' in fragment
    assert small_run._repr_html_() == notebook_html(small_run)


def test_places_are_those_of_the_scenario_then_the_best_documented(small_run: Run) -> None:
    documented = small_run.world.documented["locality"].value_counts()
    assert len(run_summaries.places_of(small_run)) == 2
    assert documented[run_summaries.places_of(small_run)[0]] == documented.max()
    focus = tuple(small_run.world.localities["code"][:3])
    scenario = small_run.scenario.model_copy(update={"focus": focus})
    run = altered(small_run, scenario=scenario)
    assert tuple(run_summaries.places_of(run)) == focus


def test_a_place_counts_its_own_events(small_run: Run) -> None:
    code = run_summaries.places_of(small_run)[0]
    rows = small_run.by_locality[small_run.by_locality["locality"] == code]
    place = locality_spreads(small_run, code)
    assert float(place["deals"].median) == rows["deals"].median()
    assert float(place["with_deal"].mean) == (rows["deals"] > 0).mean()


def test_the_card_of_a_case_tells_of_its_place(small_run: Run) -> None:
    scenario = small_run.scenario.model_copy(update={"focus": ("AR-Y",)})
    run = altered(small_run, scenario=scenario)
    card = run_card(run)
    lines = card.splitlines()
    assert {cell_len(line) for line in lines} == {80}
    assert len(lines) <= 50
    # The place comes first, beside what is on record, then the story, then the region in short.
    places = [
        card.index(text) for text in ("Jujuy, Argentina (AR-Y)", "Runs with a deal", "The whole")
    ]
    assert places == sorted(places)
    assert "on record" in card
    assert "Ties lost at turnover" not in card
    life = example_of(run, "AR-Y")
    if life is None:
        assert "project came about" not in card
    else:
        assert f"Project {life.project}, run {life.replicate}" in card
    found = locality_spreads(run, "AR-Y")["visits"]
    assert f"{found.low:,.0f} to {found.high:,.0f}" in card


def test_a_long_story_is_cut_in_its_middle(small_run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    codes = small_run.by_locality.groupby("locality")["deals"].sum().sort_values().index
    scenario = small_run.scenario.model_copy(update={"focus": (str(codes[-1]),)})
    run = altered(small_run, scenario=scenario)
    whole = run_card(run)
    monkeypatch.setattr("sim.report.cards._STORY_LINES", 3)
    card = run_card(run)
    assert "│ …  " in card
    assert len(card.splitlines()) < len(whole.splitlines())
