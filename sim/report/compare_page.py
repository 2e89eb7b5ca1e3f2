"""The report of a comparison: one page that an analyst can send, and its figures in a folder."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from sim.core.parameters import PARAMETERS
from sim.experiments.comparison.paired_comparison import ComparisonTables
from sim.experiments.run_settings import (
    changed_interventions,
    changed_parameters,
    changed_words,
    drawn_words,
    settings_words,
    titled,
)
from sim.experiments.sender_words import sender_words
from sim.report import compare_figures, compare_tables, html_page
from sim.report.compare_text import (
    certainty_words,
    changes_words,
    divergence_words,
    headlines,
    identical_words,
    places_changed,
)
from sim.report.display_names import intervention_cells
from sim.report.event_phrases import EventDescriber
from sim.report.figure_choice import COMPARISON, Choice, Format
from sim.report.html_page import Figure, Table
from sim.report.phrases import phrase


def write_report(
    comparison: ComparisonTables, folder: str | Path, figures: Choice = True, form: str = Format.PNG
) -> Path:
    """Write ``figures/`` and ``report.html`` of a comparison, in the place of earlier ones.

    Which ``figures`` is as in :data:`sim.report.figure_choice.COMPARISON`, ``form`` png or svg.

    InputError or MachineError if there is no such figure, or the folder cannot be written to.
    """
    page, captions = Path(folder) / "report.html", compare_figures.captions(comparison)
    draw, html = partial(compare_figures.draw, comparison), partial(report_page, comparison)
    return html_page.write_report(page, COMPARISON, (figures, form), captions, draw, html)


def report_page(comparison: ComparisonTables, drawings: dict[str, bytes]) -> str:
    """Return the report as HTML from the figures drawn, PNG or SVG by name."""
    words, labels = sender_words(comparison.world), comparison.labels
    base = words.scenario(comparison.baseline)
    figures = {
        name: Figure(
            drawings[name], phrase("page.figure", caption=caption), caption, "_map_" in name
        )
        for name, caption in compare_figures.captions(comparison).items()
        if name in drawings
    }
    heading = (
        phrase("page.what_if", title=titled(words.scenario(comparison.what_ifs[labels[0]])))
        if len(labels) == 1
        else phrase("page.what_ifs", count=len(labels), title=titled(base))
    )
    return html_page.render(
        "comparison.html",
        title=f"{heading}: comparison",
        heading=heading,
        baseline=base,
        settings=settings_words(comparison.simulated, "paired run"),
        changed=changed_words(comparison.simulated),
        caution=certainty_words(comparison),
        together=compare_tables.together_table(comparison) if len(labels) > 1 else None,
        figures={"together": figures.get(compare_figures.TOGETHER)},
        what_ifs=[_what_if(comparison, label, figures) for label in labels],
        comparison=comparison,
        model_version=comparison.manifest["model_version"],
        draws=drawn_words(comparison.manifest),
    )


def notebook_html(comparison: ComparisonTables) -> str:
    """Return a comparison as a fragment of HTML, for notebooks."""
    from markupsafe import Markup

    names, words = EventDescriber(comparison.world), sender_words(comparison.world)
    what = f"{settings_words(comparison.simulated, 'paired run')} · model "
    what += f"{comparison.manifest['model_version']}. {changed_words(comparison.simulated)}."
    parts: list[str | Table] = [what]
    heading = Markup("<strong>{}</strong> ({})<br>{}")
    for label in comparison.labels:
        title = words.scenario(comparison.what_ifs[label]).title
        parts.append(heading.format(title, label, changes_words(comparison, label)))
        if label in comparison.identical:
            parts.append(identical_words(comparison, label))
        else:
            table = compare_tables.key_table(comparison, label)
            parts += [table, divergence_words(comparison, label, names)]
    title = phrase("card.compared_with", title=titled(words.scenario(comparison.baseline)))
    parts.append(certainty_words(comparison))
    return html_page.render("notebook.html", title=title, parts=parts)


def _what_if(
    comparison: ComparisonTables, label: str, figures: dict[str, Figure]
) -> dict[str, Any]:
    """Return what the page shows of one what-if."""
    names = EventDescriber(comparison.world)
    found = {
        "label": label,
        "scenario": sender_words(comparison.world).scenario(comparison.what_ifs[label]),
        "digest": comparison.what_ifs[label].digest,
        "headlines": headlines(comparison, label, names),
        "first": len(places_changed(comparison, label)) + 2,
        "changes": changes_words(comparison, label),
        "changed_as_shipped": changed_words(
            {"changed": comparison.summary["what_ifs_changed"][label]}
        ),
        "change_tables": _change_tables(comparison, label),
        "tables": {},
    }
    if label in comparison.identical:
        return found
    return found | {
        "figures": {name: figures.get(f"{label}_{name}") for name in compare_figures.FIGURES},
        "flags": compare_tables.flag_words(comparison, label),
        "tables": compare_tables.tables_of(comparison, label, names),
    }


def _change_tables(comparison: ComparisonTables, label: str) -> list[Table]:
    """Return what a what-if changes against the baseline: parameters, then interventions."""
    both, words = (comparison.baseline, comparison.what_ifs[label]), sender_words(comparison.world)
    parameters = [
        (name, f"{was:g}", f"{now:g}", PARAMETERS[name].unit, words(PARAMETERS[name].meaning))
        for name, (was, now) in changed_parameters(*both).items()
    ]
    interventions = [
        (*intervention_cells(change), side)
        for side, found in zip(
            ("what-if", "baseline"), changed_interventions(*both).values(), strict=True
        )
        for change in found
    ]
    tables = [
        Table(
            "Parameters that differ",
            ("Parameter", "Baseline", "What-if", "Unit", "Meaning"),
            parameters,
            (1, 2),
        ),
        Table(
            "Interventions that differ",
            ("Month", "Kind", "What changes", "Why", "Only in the"),
            interventions,
        ),
    ]
    return [table for table in tables if table.rows]
