"""Every artefact tells its months, replicates, seed and what differs from what is shipped."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

import sim
from calibration.user_data import ComparisonRequest, compare_with_table
from sim.experiments.run_settings import changed_words, settings_words, simulated, stamp_words
from sim.report import (
    compare_figures,
    compare_page,
    figures,
    run_page,
    user_data_figures,
    user_data_page,
)
from sim.report import sensitivity_page as analysis_page
from sim.report.cards import compare_card, run_card, sweep_card
from sim.report.figure_style import figure_of
from sim.report.user_data_page import settings
from sim.scenario.schema import Scenario, build

END, SEED, RUNS, CHANGE = "2000-12", 7, 20, {"tie.university": 0.3}
SVG = b"<svg/>"


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    """Return a shipped scenario with its end, seed and one parameter changed."""
    chosen = sim.load("baseline")
    return chosen.with_overrides(end=END, replicates=RUNS, seed=SEED, parameters=CHANGE)


Told = dict[str, tuple[dict[str, Any], list[str]]]


@pytest.fixture(scope="module")
def artefacts(scenario: Scenario, tmp_path_factory: pytest.TempPathFactory) -> Told:
    """Return the record of each artefact, as its JSON holds it, and the texts that tell it."""
    place = tmp_path_factory.mktemp("artefacts")
    run = sim.run(scenario)
    page = run_page.report_page(run, dict.fromkeys(figures.captions(run), SVG))
    found: Told = {
        "run": (run.summary, [run_card(run), page, run._repr_html_(), small_print(run.plot_ties())])
    }
    other = sim.load("no-twinning").with_overrides(end=END, parameters=CHANGE)
    both = sim.compare(scenario, other, workers=1)
    page = compare_page.report_page(both, dict.fromkeys(compare_figures.captions(both), SVG))
    drawn = small_print(both.plot_forest())
    found["compare"] = (both.summary, [compare_card(both), page, both._repr_html_(), drawn])
    swept = sim.sweep(scenario, ["project.wish=0.1..0.9"], n=12, workers=1, out=place / "sweep")
    found["sweep"] = (swept.plan.simulated, [sweep_card(swept)])
    seen = sim.sensitivity(swept, "visits_to_lac")
    page = analysis_page.page_html(seen, {})
    drawn = small_print(seen.plot())
    found["sensitivity"] = (seen.summary["source"], [repr(seen), page, seen._repr_html_(), drawn])
    table = place / "table.csv"
    codes = run.world.localities["code"][:6]
    table.write_text("unit,count\n" + "".join(f"{code},{i}\n" for i, code in enumerate(codes)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("calibration.user_data.comparison.RIVAL_DRAWS", 40)
        beside = compare_with_table(
            table, ComparisonRequest("visits_to_lac"), scenario=scenario, replicates=None
        )
    record, units = beside.record, beside.units
    drawings = user_data_figures.drawings(record, units)
    page = user_data_page.comparison_page(
        record, units, defaultdict(lambda: SVG, dict.fromkeys(drawings, SVG))
    )
    found["against"] = (
        record,
        [settings(record), page, *(small_print(draw()) for draw in drawings.values())],
    )
    return found


def small_print(ax: Any) -> str:
    """Return what a figure says at its lower edge."""
    return " ".join(text.get_text() for text in figure_of(ax).texts)


@pytest.mark.parametrize("name", ["run", "compare", "sweep", "sensitivity", "against"])
def test_every_artefact_says_what_was_simulated(artefacts: Told, name: str) -> None:
    record, texts = artefacts[name]
    assert record["months"] == ["2000-01", END]
    assert (record["replicates"], record["seed"], record["scenario"]) == (RUNS, SEED, "baseline")
    assert record["changed"]["parameters"] == {"tie.university": [0.6, 0.3]}
    assert record["changed"]["end"] == ["2020-12", END]
    for text in texts:
        flat = " ".join(text.replace("│", " ").split())
        words = f"baseline · 2000-01 to {END} · {RUNS} "
        assert words in flat, text[:400]
        assert f"seed {SEED}" in flat
        assert "tie.university 0.6 to 0.3" in flat


def test_what_ifs_say_what_was_changed_in_them(artefacts: Told) -> None:
    found = artefacts["compare"][0]["what_ifs_changed"]["no-twinning"]
    assert found["shipped"] == "no-twinning"
    assert set(found["parameters"]) == {"tie.university"}


def test_a_scenario_as_shipped_is_told_so(scenario: Scenario) -> None:
    record = simulated(sim.load("jujuy"))
    assert record["changed"] == {"shipped": "jujuy"}
    assert changed_words(record) == "Changed against jujuy as shipped: nothing"
    assert stamp_words(record) == settings_words(record)


def test_own_scenarios_are_told_from_those_they_build_on(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text('extends = "hostile-president"\n[parameters]\n"tie.office" = 1.0\n')
    assert changed_words(simulated(sim.load(file))) == (
        "Changed against hostile-president as shipped: tie.office 0.5 to 1"
    )
    alone = simulated(build({"name": "alone", "title": "Alone", "end": "2001-01"}), draws=3)
    assert changed_words(alone) == "No shipped scenario; changed against the defaults: nothing"
    assert (
        settings_words(alone) == "alone · 2000-01 to 2001-01 · 20 replicates · 3 draws · seed 2020"
    )


def test_interventions_that_differ_are_counted_and_kept() -> None:
    shipped = sim.load("hostile-president")
    fewer = shipped.model_copy(update={"interventions": shipped.interventions[1:]})
    record = simulated(fewer)
    assert changed_words(record).endswith(
        ": 1 intervention fewer: changes the national executive from 2016-01 (country ARG, "
        "stance -0.8)"
    )
    assert stamp_words(record).endswith(" · changed: 1 intervention fewer")
    gone = record["changed"]["interventions"]["fewer"]
    assert gone == [shipped.interventions[0].model_dump(mode="json", exclude_none=True)]


def test_of_many_interventions_the_first_are_told_and_the_others_counted() -> None:
    shipped = sim.load("baseline")
    months = [f"2001-{month:02}" for month in range(1, 7)]
    changes = [{"kind": "envelope", "month": month, "factor": 0.5} for month in months]
    told = changed_words(simulated(shipped.with_interventions(*changes)))
    assert "6 interventions more: scales what banks may lend from 2001-01 (factor 0.5); " in told
    assert told.endswith("2001-03 (factor 0.5); and 3 more")


def test_no_title_of_a_shipped_scenario_names_the_years_of_its_run() -> None:
    from sim.scenario.schema import names, outline

    for one in map(outline, names()):
        assert one.start[:4] not in one.title
        assert one.end[:4] not in one.title
