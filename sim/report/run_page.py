"""The report of a run: figures in a folder and one page that holds everything."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from sim.core.parameters import PARAMETERS
from sim.core.plurals import counted
from sim.engine.outcomes import OUTCOMES, REGION, SUMMED
from sim.engine.record_coverage import words as coverage_words
from sim.experiments.run import RunTables
from sim.experiments.run_settings import changed_words, drawn_words, settings_words, titled
from sim.experiments.sender_words import sender_words
from sim.report import figures as run_figures
from sim.report import html_page
from sim.report.biography import example_of, story_title, text_of
from sim.report.display_names import Names, intervention_cells
from sim.report.event_phrases import EventDescriber
from sim.report.figure_choice import RUN, Choice, Format
from sim.report.figure_workers import FigureWorkers
from sim.report.html_page import Figure, Table
from sim.report.locality_timeline import visits_on_record
from sim.report.phrases import caution, phrase
from sim.report.run_summaries import (
    INTERVAL,
    Spread,
    interval_words,
    key_rows,
    locality_spreads,
    logs_kept,
    most_deals,
    places_of,
    spread,
)


def write_report(
    run: RunTables,
    folder: str | Path,
    figures: Choice = True,
    form: str = Format.PNG,
    workers: FigureWorkers | None = None,
) -> Path:
    """Write ``figures/`` and ``report.html`` of a run, in the place of earlier ones.

    Which ``figures`` is as in :data:`sim.report.figure_choice.RUN`, ``form`` png or svg;
    ``workers`` draw them too where there are any.

    InputError or MachineError if there is no such figure, or the folder cannot be written to.
    """
    page, captions = Path(folder) / "report.html", run_figures.captions(run)
    draw, html = partial(run_figures.draw, run), partial(report_page, run)
    save = partial(workers.save_all, run) if workers is not None else None
    return html_page.write_report(page, RUN, (figures, form), captions, draw, html, save)


def report_page(run: RunTables, drawings: dict[str, bytes]) -> str:
    """Return the report as HTML from the figures drawn, PNG or SVG by name."""
    shown = {
        name: Figure(drawings[name], _alt(run, name, caption), caption, name.startswith("map_"))
        if name in drawings
        else None
        for name, caption in run_figures.captions(run).items()
    }
    words = sender_words(run.world)
    scenario = words.scenario(run.scenario)
    return html_page.render(
        "run.html",
        title=f"{titled(scenario)}: report",
        heading=titled(scenario),
        scenario=scenario,
        digest=run.scenario.digest,
        settings=settings_words(run.simulated),
        changed=changed_words(run.simulated),
        caution=caution(run.world.digest),
        figures=shown,
        tables=_tables(run),
        beyond_the_record=[*map(words, coverage_words(run.world, run.scenario.end))],
        places=[_place(run, code, shown[f"timeline_{code}"]) for code in places_of(run)],
        logs=logs_kept(run),
        run=run,
        draws=drawn_words(run.manifest),
        model_version=run.manifest["model_version"],
    )


def notebook_html(run: RunTables) -> str:
    """Return a run as a fragment of HTML, for notebooks."""
    what = f"{settings_words(run.simulated)} · model {run.manifest['model_version']}. "
    what += f"{changed_words(run.simulated)}."
    scenario = sender_words(run.world).scenario(run.scenario)
    parts = [scenario.question, what, _outcome_table(run), most_deals(run)]
    return html_page.render(
        "notebook.html", title=titled(scenario), parts=[*parts, caution(run.world.digest)]
    )


def _alt(run: RunTables, name: str, caption: str) -> str:
    """Return what a figure says in words, for readers who don't see it."""
    code = name.removeprefix("timeline_")
    if code == name:
        return phrase("page.figure", caption=caption)
    found = locality_spreads(run, code)
    return phrase(
        "page.timeline",
        place=Names(run.world).place(code, None),
        dated=visits_on_record(run, code),
        share=100 * found["with_deal"].mean,
        **{name: found[name].words() for name in ("visits", "twinnings", "deals")},
    )


def _tables(run: RunTables) -> dict[str, Table | None]:
    """Return the tables of the page by name."""
    scenario, words = run.scenario, sender_words(run.world)
    found = {
        "outcomes": _outcome_table(run),
        "places": _place_table(run),
        "countries": _country_table(run),
        "all_outcomes": _all_outcomes(run),
        "parameters": Table(
            "Parameters that differ",
            ("Parameter", "Value", "Default", "Unit", "Meaning"),
            [
                (name, f"{value:g}", f"{entry.default:g}", entry.unit, words(entry.meaning))
                for name, value in scenario.parameters.items()
                for entry in (PARAMETERS[name],)
            ],
            (1, 2),
        ),
        "interventions": Table(
            "Interventions",
            ("Month", "Kind", "What changes", "Why"),
            [intervention_cells(change) for change in scenario.interventions],
        ),
    }
    return {name: table if table.rows else None for name, table in found.items()}


def _outcome_table(run: RunTables) -> Table:
    caption = f"Key outcomes for the whole region, {counted(len(run.per_run), 'run')}"
    caption += f"; {interval_words(run)}"
    return Table(caption, ("Outcome", "Median", INTERVAL, "Unit"), key_rows(run), (1, 2))


def _place_table(run: RunTables) -> Table:
    rows = []
    for code in places_of(run):
        found = locality_spreads(run, code)
        words = {name: numbers.words(join="–") for name, numbers in found.items()}
        words["with_deal"] = f"{100 * found['with_deal'].mean:.0f} %"
        place = f"{Names(run.world).place(code, None)} ({code})"
        rows.append((place, visits_on_record(run, code), *words.values()))
    head = (
        *("Place", "Visits on record", "Visits either way", "Twinnings", "Memoranda", "Deals"),
        *("Runs with a deal", "Value, US$ million"),
    )
    return Table(f"Outcomes per run: median and {interval_words(run)}", head, rows, range(2, 8))


_COUNTRY_COLUMNS = {
    "deals": "Deals",
    "deal_value_usd_m": "Value, US$ billion",
    "deals_local": "Decided locally",
    "visits_to_lac": "Visits from China",
    "visits_to_china": "Visits to China",
    "twinnings": "Twinnings",
    "memoranda": "Memoranda",
}


def _country_table(run: RunTables) -> Table:
    names, cells = Names(run.world), {}
    for column in _COUNTRY_COLUMNS:
        wide = run.by_country.pivot(index="replicate", columns="country", values=column)
        money = column.endswith("usd_m")
        found = spread(wide.to_numpy(dtype=np.float64) / (1000.0 if money else 1.0))
        pattern = "{:,.1f}" if money else "{:,.0f}"
        cells[column] = [Spread(*one).words(pattern, "–") for one in zip(*found, strict=True)]
        if column == "deals":
            order = np.lexsort((-found.mean, -found.median))
    rows = [
        [names.country(str(wide.columns[i])), *(texts[i] for texts in cells.values())]
        for i in order
    ]
    head = ("Country", *map(sender_words(run.world), _COUNTRY_COLUMNS.values()))
    caption = f"Outcomes per run by country: median and {interval_words(run)}; most deals first"
    return Table(caption, head, rows, range(1, len(head)))


def _all_outcomes(run: RunTables) -> Table:
    by_name = {outcome.name: outcome for outcome in (*OUTCOMES, *REGION)}
    rows, words = [], sender_words(run.world)
    for name in (*SUMMED, *(outcome.name for outcome in REGION)):
        if name not in run.per_run:
            continue
        unit = by_name[name].unit
        pattern = "{:,.0f}" if unit in {"count", "US$ million"} else "{:,.3g}"
        cells = spread(run.per_run[name]).cells(pattern)
        rows.append((name, words(by_name[name].meaning), *cells, unit))
    head = ("Outcome", "Meaning", "Median", INTERVAL, "Unit")
    caption = f"Every outcome for the whole region; {interval_words(run)}"
    return Table(caption, head, rows, (2, 3))


def _place(run: RunTables, code: str, timeline: Figure | None) -> dict[str, Any]:
    """Return name, timeline and the biography of one project of a place."""
    names = EventDescriber(run.world)
    life = example_of(run, code)
    found = {"name": names.full_place(code), "timeline": timeline, "life": life}
    if life is None:
        return found
    return found | {"title": story_title(life), "biography": text_of(life, names)}
