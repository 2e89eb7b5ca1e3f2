"""The page of a comparison with a user's table: findings, figures and tables in one file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.core import files, folders
from sim.report import figure_style, html_markup
from sim.report.interval_charts import interval_words, number_words
from sim.report.user_data_figures import LABELS, MEASURES, MODEL, MOST_UNITS, drawings, shown_units
from sim.report.user_data_text import (
    finding_sentences,
    how,
    notices,
    question,
    range_words,
    settings,
)

if TYPE_CHECKING:
    import pandas as pd

Record = Mapping[str, Any]

READING = """\
The model is run many times with different chance, and the same is counted in each run as in the \
table: the same outcome, years, sectors and units. Predictive intervals hold 90 % of these runs. \
Intervals of correlations and of differences are 95 % intervals from resampling the units; \
localities are resampled country by country where there are enough countries.
Ranks are compared with those of the runs' mean. A correlation of 1 is out of reach where counts \
are small: the shaded bands show what the model would reach if it were true, each run taken in \
turn for the table.
A naive prediction shares the table's own total out in proportion to population, GDP, the index of \
authority, or a product. For counts it gets a negative binomial distribution whose dispersion is \
fitted to the table: it has seen the total and the spread, the model has not. For values it has no \
distribution.
The correlation given GDP asks what is left once both sides are told how large the units are.
The PIT says where the table lies in the predictive distribution of each unit, 0 at its lower end \
and 1 at its upper. Over all units it should be spread evenly. Counts take up a stretch of it, \
which is shared out evenly (Czado, Gneiting and Held 2009). Too many units near 1: the model \
predicts too little; a heap in the middle: its intervals are too wide; at both ends: too narrow. \
The bands hold 90 % of runs taken for the table, so they allow for units that move together.
A table records what somebody found and could date and place. Where it leaves things out, more in \
some places than in others, the comparison is of the model with the record, not with the \
world.""".splitlines()
"""How to read the page, a paragraph a line."""

TITLE = "The model beside a table"


def captions(record: Record, units: pd.DataFrame) -> dict[str, str]:
    """Return the captions of the figures by name."""
    count = len(units)
    few = f" The {len(shown_units(units))} of {count} with most." if count > MOST_UNITS else ""
    return {
        "units": f"What the table has in each unit, on the interval of the runs.{few}",
        "ranks": "How well the units are ranked, by the model and by naive predictors.",
        "concentration": "How concentrated the table is, and how concentrated predictions are.",
        "calibration": "How often the table lies below each predictive quantile, and the "
        "histogram of where it lies in the model's prediction.",
        "years": "Totals by year.",
        "sectors": "Totals by sector.",
    }


def write_page(record: Record, units: pd.DataFrame, folder: str | Path) -> Path:
    """Write ``figures/`` and ``against.html`` into a folder; return the page.

    Raises
    ------
    InputError, MachineError
        If the folder cannot be written to.
    """
    place = folders.make_folder(folder)
    drawn = folders.make_folder(place / "figures")
    pictures = {}
    for name, ax in drawings(record, units).items():
        svg = figure_style.save(
            figure_style.figure_of(ax), drawn, name, captions(record, units)[name]
        )[1]
        pictures[name] = svg.read_bytes()
    target = place / "against.html"
    files.write_text(target, comparison_page(record, units, pictures))
    return target


def comparison_page(record: Record, units: pd.DataFrame, pictures: Mapping[str, bytes]) -> str:
    """Return the comparison as HTML, the same for the same comparison.

    Parameters
    ----------
    record
        What ``against.json`` holds.
    units
        Its table of units.
    pictures
        The SVG of each figure by its name.
    """
    words = captions(record, units)
    kinds = ("total", "ranks", "size", "concentration", "calibration")
    alt = dict(zip(kinds, finding_sentences(record)))  # noqa: B905
    drawn = {
        name: html_markup.figure(svg, alt.get(name, words[name]), words[name])
        for name, svg in pictures.items()
    }
    sections = [
        ("found", "What is found", [html_markup.bullets(finding_sentences(record))]),
        ("units", "Unit by unit", [drawn["units"], _misses(units)]),
        ("ranks", "Ranking", [drawn["ranks"], _rank_table(record)]),
        ("concentration", "Concentration", [drawn["concentration"], _concentration_table(record)]),
        ("calibration", "Calibration", [drawn["calibration"], _calibration_table(record)]),
    ]
    more = [drawn[name] for name in ("years", "sectors") if name in drawn]
    if more:
        sections.append(("totals", "By year and sector", more))
    sections += [
        ("how", "How it was compared", [html_markup.facts(how(record))]),
        ("reading", "How to read this page", [html_markup.paragraph(text) for text in READING]),
        ("provenance", "Where this comes from", [_provenance(record)]),
    ]
    top = [html_markup.heading(1, TITLE), html_markup.paragraph(question(record), "question")]
    top.append(html_markup.paragraph(settings(record)))
    top += [html_markup.paragraph(text, "notice") for text in notices(record)]
    return html_markup.page(
        TITLE, "\n".join(top), sections, f"Paradiplomacy {record['model_version']}."
    )


def _estimate(found: Record | None) -> str:
    return "–" if found is None else interval_words(found)


def _misses(units: pd.DataFrame) -> str:
    """Return the units that lie farthest from the runs as a table."""
    middle = (units["pit_low"] + units["pit_high"]) / 2.0
    outside = ~units["observed"].between(units["q05"], units["q95"])
    order = (middle - 0.5).abs()[outside].sort_values(ascending=False, kind="stable").index[:15]
    if not len(order):
        return html_markup.paragraph("No unit lies outside its 90 % interval.")
    found: list[dict[str, Any]] = [dict(row) for _, row in units.loc[order].iterrows()]
    rows = [
        [
            f"{row['name']} ({row['unit']})",
            number_words(row["observed"]),
            range_words(row),
            "more than predicted" if row["observed"] > row["q95"] else "less than predicted",
        ]
        for row in found
    ]
    label = f"Units outside their 90 % interval: {int(outside.sum())} of {len(units)}"
    label += ", the farthest 15" if len(order) < outside.sum() else ""
    return html_markup.table(label, ["Unit", "Table", "Runs", ""], rows, (1, 2))


def _rank_table(record: Record) -> str:
    rows = [
        [
            LABELS[name],
            _estimate(found["rank"]),
            _estimate(found["model_minus"]),
            _estimate(found["partial"]),
        ]
        for name, found in record["ranks"].items()
    ]
    head = ["Prediction", "Rank correlation", "Model minus this", "Given GDP"]
    return html_markup.table(
        "Rank correlations with the table, 95 % intervals", head, rows, (1, 2, 3)
    )


def _concentration_table(record: Record) -> str:
    """Return measures of concentration as a table, one row a prediction."""
    measures = record["concentration"]
    rows = [["the table", *(number_words(row["observed"]) for row in measures)]]
    for name in measures[0]["predictions"]:
        cells = [range_words(row["predictions"][name]) for row in measures]
        rows.append([LABELS[name], *cells])
    head = ["", *(MEASURES[row["measure"]] for row in measures)]
    label = "Concentration: predictive medians with 90 % intervals"
    return html_markup.table(label, head, rows, range(1, len(head)))


def _calibration_table(record: Record) -> str:
    """Return coverage, departure from uniform and scores as a table."""
    found = record["calibration"]["predictions"]
    true = found[MODEL]["coverage_if_true"]
    rows = []
    for name, row in found.items():
        shares = [f"{100.0 * share:.0f} %" for share in row["coverage"].values()]
        p = number_words(row["p"]) if "p" in row else ""
        cells = [number_words(row["departure"]), p, number_words(row["score"])]
        rows.append([LABELS[name], *shares, *cells, _estimate(row.get("model_minus"))])
    ends = [f"{100.0 * t['q05']:.0f} to {100.0 * t['q95']:.0f} %" for t in true.values()]
    rows.append(["were the model true", *ends, "", "", "", ""])
    head = ["Prediction", *(f"In the {level} % interval" for level in true)]
    head += ["Departure from uniform", "p", "Score", "Model's score minus this"]
    label = "Calibration, and the mean ranked probability score (lower is better)"
    return html_markup.table(label, head, rows, range(1, len(head)))


def _provenance(record: Record) -> str:
    return html_markup.facts(
        [
            ("Model", str(record["model_version"])),
            ("Scenario", str(record["scenario"])),
            ("Seed", str(record["seed"])),
            ("SHA-256 of the table", str(record["compared"]["sha256"])),
        ]
    )
