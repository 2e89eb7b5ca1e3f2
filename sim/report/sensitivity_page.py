"""What a sensitivity analysis found: as text on one screen, and as a page with figures."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from sim.core import provenance
from sim.core.parameters import PARAMETERS
from sim.core.plurals import counted
from sim.experiments.run_settings import changed_words, settings_words
from sim.experiments.sender_words import sender_words
from sim.experiments.sensitivity.analysis import SensitivityTables
from sim.experiments.sensitivity.scenario_discovery import Discovery
from sim.report import html_page
from sim.report.cards import aligned
from sim.report.display_names import outcome_meaning
from sim.report.figure_choice import SENSITIVITY, Choice, Format
from sim.report.html_page import Figure, Table
from sim.report.interval_charts import number_words
from sim.report.phrases import catalogue, phrase, whole_percent
from sim.report.sensitivity_bars import plot_indices

NAMES = {"total": "total", "first": "first order", "mu_star": "mu*", "mu": "mu", "sigma": "sigma"}
"""Indices that are shown under another name than their column."""


def titled(found: SensitivityTables, outcome: str) -> str:
    """Return an outcome's name with what it is."""
    words = outcome_meaning(outcome, found.world)
    return outcome if words == outcome else f"{outcome}, {words}"


def sentences(found: SensitivityTables, outcome: str) -> list[str]:
    """Return which parameters cannot be told from inert ones, and what chance adds."""
    inert, undecided = found.known_inert(outcome), found.undecided(outcome)
    said = []
    if inert:
        said.append(phrase("sensitivity.inert", names=", ".join(inert)))
    elif not undecided:
        said.append(phrase("sensitivity.none_inert"))
    if undecided:
        said.append(phrase("sensitivity.undecided", names=", ".join(undecided)))
    row = found.noise[found.noise["outcome"] == outcome].iloc[0]
    if math.isnan(row["share"]):
        return [*said, phrase("sensitivity.seed_unknown")]
    seed = phrase(
        "sensitivity.seed",
        **{name: whole_percent(row[name]) for name in ("share", "low", "high", "left")},
        deviation=number_words(row["deviation"]),
        replicates=counted(float(row["replicates"]), "replicate"),
    )
    return [*said, seed]


def settings(found: SensitivityTables) -> list[str]:
    """Return what the sweep simulated, in lines; nothing if that is not recorded."""
    if "changed" not in found.source:
        return []
    return [settings_words(found.source), changed_words(found.source)]


def headline(found: SensitivityTables) -> str:
    """Return what was measured on what, as a line; of an unfinished sweep first what is there."""
    return phrase(
        "sensitivity.unfinished" if found.status.left else "sensitivity.headline",
        measured=catalogue()["indices"][found.method.name],
        design=catalogue()["designs"][found.design.kind],
        points=found.status.points_text,
    )


def outcome_table(found: SensitivityTables, outcome: str) -> Table:
    """Return an outcome's indices, the most influential first."""
    main = found.method.main
    also = [name for name in found.method.also if not name.endswith(("_low", "_high"))]
    name = NAMES.get(main, main)
    head = ["parameter", name, "95 % interval", *(NAMES[n] for n in also)]
    rows = []
    for _, row in found.of(outcome).iterrows():
        low, high = row[f"{main}_low"], row[f"{main}_high"]
        span = "" if math.isnan(low) else f"{number_words(low)} to {number_words(high)}"
        matters = "not decided" if pd.isna(row["matters"]) else "yes" if row["matters"] else "no"
        numbers = [number_words(row[column]) for column in (*also, "inert")]
        rows.append([str(row["parameter"]), number_words(row[main]), span, *numbers, matters])
    caption = f"{outcome}: {name} and its 95 % interval, largest first"
    head += ["inert would be", "matters"]
    return Table(caption, head, rows, range(1, len(head) - 1))


def box_tables(found: Discovery) -> list[Table]:
    """Return the limits of each box found."""
    return [
        Table(
            phrase(
                "sensitivity.box",
                place=place,
                density=whole_percent(box.density),
                coverage=whole_percent(box.coverage),
                points=counted(box.points, "point"),
            ),
            ("Parameter", "From", "To", "Quasi-p"),
            [(x.parameter, f"{x.low:.4g}", f"{x.high:.4g}", f"{x.chance:.2g}") for x in box.limits],
            (1, 2, 3),
        )
        for place, box in enumerate(found.boxes, start=1)
    ]


def discovery_lines(found: Discovery) -> list[str]:
    """Return the boxes found, in lines of text."""
    share, points = whole_percent(found.asked / found.points), counted(found.points, "point")
    lines = [
        phrase("sensitivity.where", what=found.text, asked=found.asked, points=points, share=share)
    ]
    for box in box_tables(found):
        limits = aligned(box.head, box.rows) if box.rows else [phrase("sensitivity.unrestricted")]
        lines += [box.caption, *limits]
    return lines


def sensitivity_card(found: SensitivityTables) -> str:
    """Return everything on one screen."""
    lines = [headline(found), *settings(found), found.method.words]
    for outcome in found.outcomes:
        table = outcome_table(found, outcome)
        lines += ["", titled(found, outcome), *aligned(table.head, table.rows)]
        lines += sentences(found, outcome)
    if found.discovery is not None:
        lines += ["", *discovery_lines(found.discovery)]
    if found.notes:
        lines += ["", *(f"Note: {note}" for note in found.notes)]
    return "\n".join(lines)


def write_page(
    found: SensitivityTables, folder: Path, figures: Choice = True, form: str = Format.PNG
) -> Path:
    """Write the figures and ``sensitivity.html`` into a folder and return the page.

    Which ``figures`` is as in :data:`sim.report.figure_choice.SENSITIVITY`, ``form`` png or svg.

    InputError or MachineError if there is no such figure, or they cannot be written.
    """
    captions = {f"sensitivity_{name}": f"Sensitivity of {name}" for name in found.outcomes}

    def draw(name: str) -> Any:
        return plot_indices(found, name.removeprefix("sensitivity_"))

    page, html = folder / "sensitivity.html", partial(page_html, found)
    return html_page.write_report(page, SENSITIVITY, (figures, form), captions, draw, html)


def page_html(found: SensitivityTables, drawings: Mapping[str, bytes]) -> str:
    """Return the page as HTML from the figures drawn, named ``sensitivity_`` and outcome."""
    discovery = found.discovery
    return html_page.render(
        "sensitivity.html",
        title="Sensitivity: report",
        headline=headline(found),
        settings=settings(found),
        outcomes=[
            {
                "name": name,
                "figure": _figure(found, name, drawings),
                "table": outcome_table(found, name),
                "sentences": sentences(found, name),
            }
            for name in found.outcomes
        ],
        boxes=discovery
        and {"sentence": discovery_lines(discovery)[0], "tables": box_tables(discovery)},
        parameters=_parameters(found),
        found=found,
        model_version=provenance.model_version(),
    )


def notebook_html(found: SensitivityTables) -> str:
    """Return the tables as HTML, for a notebook."""
    parts: list[str | Table] = [f"{text}." for text in (headline(found), *settings(found))]
    for name in found.outcomes:
        parts += [outcome_table(found, name), *sentences(found, name)]
    return html_page.render("notebook.html", title="", parts=parts)


def _figure(found: SensitivityTables, name: str, drawings: Mapping[str, bytes]) -> Figure | None:
    drawing = drawings.get(f"sensitivity_{name}")
    if drawing is None:
        return None
    first = ", ".join(found.of(name)["parameter"].head(3))
    caption = phrase("sensitivity.caption", outcome=titled(found, name))
    return Figure(drawing, phrase("sensitivity.alt", first=first), caption)


def _parameters(found: SensitivityTables) -> Table:
    rows, spoken = [], sender_words(found.world)
    for one in found.design.varied:
        entry = PARAMETERS.get(one.name)
        span = " to ".join(number_words(end) for end in one.bounds)
        if one.values is not None:
            span = ", ".join(number_words(value) for value in one.values)
        unit_and_meaning = ("", "") if entry is None else (entry.unit, spoken(entry.meaning))
        rows.append((one.name, span, *unit_and_meaning))
    return Table("Parameters", ("Parameter", "Values", "Unit", "Meaning"), rows)
