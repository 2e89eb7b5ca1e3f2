"""The report of a comparison: one page that an analyst can send, and its figures in a folder."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from sim.core.parameters import PARAMETERS
from sim.experiments.run_settings import changed_parameters, changed_words, settings_words, titled
from sim.report import compare_figures, compare_tables, html_markup
from sim.report.compare_text import changes_words, headlines
from sim.report.display_names import intervention_cells
from sim.report.event_phrases import EventDescriber
from sim.report.run_card import CAUTION

if TYPE_CHECKING:
    from sim.experiments.comparison.paired_comparison import ComparisonTables

READING = """\
Both scenarios are run many times. Each run of the what-if has a twin: the run of the baseline \
with the same seed and number. Paired runs share every draw of chance and differ only in what \
follows from the change, so that their difference is the effect of the change in that course of \
events.
The difference is the mean over pairs of runs. Its 95 % interval says how much that mean could \
still move with more runs; it is Student's interval of paired differences. Where few runs differ, \
as with rare events at one place, one pair of each sign is added to it (Bonett and Price 2012) and \
the p-value is that of the sign-flip test. Where few large amounts make the difference, as with \
the value of deals, the interval is somewhat too narrow with few runs.
"Sure" is the probability that the mean difference lies on the side it was found on. A difference \
whose interval holds zero can't be told from none. "Half" says beside it how many runs would show \
a difference half as large, with a chance of 80 %; to have found no difference is not to have \
shown that there is none.
Where many outcomes or places are looked at, some differ by chance: one in twenty, if nothing \
differed. Differences by country and locality are therefore corrected for the number of those that \
differ in a run at all (Benjamini and Hochberg 1995): of those named at most one in twenty is \
wrong in the mean.
"Gain" is the variance that the difference of two independent sets of runs would have, over that \
of the paired ones: a gain of 20 saves nineteen runs in twenty.
The intervals show chance within the model. They do not say how sure the model itself is: its \
parameters and rules are held fixed.""".splitlines()
"""How to read the numbers, a paragraph a line."""


def write_report(comparison: ComparisonTables, folder: str | Path) -> Path:
    """Write the figures of a comparison and its report; return the page.

    Parameters
    ----------
    comparison
        The comparison.
    folder
        Gets ``figures/`` and ``report.html``; files of these names are replaced.

    Raises
    ------
    InputError, MachineError
        If the folder cannot be written to.
    """
    save = partial(compare_figures.save_figures, comparison)
    return html_markup.write_report(folder, save, partial(report_page, comparison))


def report_page(comparison: ComparisonTables, drawings: dict[str, bytes]) -> str:
    """Return the report as HTML, the same for the same comparison.

    Parameters
    ----------
    comparison
        The comparison.
    drawings
        The SVG of each figure named by :func:`sim.report.compare_figures.captions`.
    """
    names = EventDescriber(comparison.world)
    shown = _figures(comparison, drawings)
    sections: list[tuple[str, str, list[str]]] = []
    if len(comparison.labels) > 1:
        together = [compare_tables.together_table(comparison)]
        together.append(shown[compare_figures.TOGETHER])
        sections.append(("together", "Side by side", together))
    for number, label in enumerate(comparison.labels, start=1):
        title = comparison.what_ifs[label].title
        sections.append((f"what-if-{number}", title, _what_if(comparison, label, shown, names)))
    sections.append(("changes", "What was changed", _changes(comparison)))
    reading = [html_markup.paragraph(text) for text in READING]
    sections.append(("reading", "How to read the numbers", reading))
    sections.append(("provenance", "Where this comes from", _provenance(comparison)))
    title = _title(comparison)
    version = comparison.manifest["model_version"]
    foot = f"Paradiplomacy {version}."
    return html_markup.page(f"{title}: comparison", _top(comparison, title, names), sections, foot)


def _title(comparison: ComparisonTables) -> str:
    if len(comparison.labels) == 1:
        return f"What if: {titled(comparison.what_ifs[comparison.labels[0]])}"
    return f"{len(comparison.labels)} what-ifs compared with {titled(comparison.baseline)}"


def _top(comparison: ComparisonTables, title: str, names: EventDescriber) -> str:
    """Return the head of the page: the question and what changes, how sure and why."""
    base = comparison.baseline
    parts = [html_markup.heading(1, title)]
    if len(comparison.labels) == 1 and comparison.what_ifs[comparison.labels[0]].question:
        question = comparison.what_ifs[comparison.labels[0]].question
        parts.append(html_markup.paragraph(question, "question"))
    parts.append(
        html_markup.paragraph(
            f"Compared with {base.title}: {settings_words(comparison.simulated, 'paired run')}. "
            f"{changed_words(comparison.simulated)}."
        )
    )
    for label in comparison.labels:
        sentences = headlines(comparison, label, names)
        if len(comparison.labels) > 1:
            parts.append(html_markup.heading(3, comparison.what_ifs[label].title))
            # The sections below tell the rest.
            sentences = sentences[:2]
        parts.append(_bullets(sentences))
    parts.append(html_markup.paragraph(CAUTION, "notice"))
    return "\n".join(parts)


def _bullets(texts: list[str]) -> str:
    """Return sentences as a list; a number and its percent sign stay on one line."""
    return html_markup.bullets(text.replace(" %", "\u00a0%") for text in texts)


def _figures(comparison: ComparisonTables, drawings: dict[str, bytes]) -> dict[str, str]:
    """Return each figure as HTML."""
    found = {}
    for name, caption in compare_figures.captions(comparison).items():
        kind = "square" if "_map_" in name else ""
        alt = f"{caption} The numbers are in the tables of this page."
        found[name] = html_markup.figure(drawings[name], alt, caption, kind)
    return found


def _what_if(
    comparison: ComparisonTables, label: str, shown: dict[str, str], names: EventDescriber
) -> list[str]:
    """Return the parts of the section of one what-if."""
    parts = [html_markup.paragraph(f"Changed: {changes_words(comparison, label)}.")]
    if len(comparison.labels) > 1:
        question = comparison.what_ifs[label].question
        parts += [html_markup.paragraph(question, "question")] if question else []
        parts.append(_bullets(headlines(comparison, label, names)))
    if label in comparison.identical:
        return parts
    tables = compare_tables
    return [
        *parts,
        tables.key_table(comparison, label),
        shown[f"{label}_forest"],
        shown[f"{label}_paths"],
        html_markup.heading(3, "Where it differs"),
        shown[f"{label}_map_deals"],
        shown[f"{label}_map_trust"],
        html_markup.paragraph(tables.flag_words(comparison, label)),
        tables.locality_table(comparison, label, names),
        tables.country_table(comparison, label, names),
        html_markup.heading(3, "Where the worlds part"),
        tables.divergence_table(comparison, label, names),
        html_markup.heading(3, "Deals in one world only, and why"),
        *_deals(comparison, label, names),
        html_markup.heading(3, "All outcomes"),
        tables.outcome_table(comparison, label),
    ]


def _deals(comparison: ComparisonTables, label: str, names: EventDescriber) -> list[str]:
    """Return the tables of deals that exist in one world only."""
    frame = comparison.deals_in_one_world
    if not (frame["scenario"] == label).any():
        return [html_markup.paragraph("Every deal exists in both worlds, in every run.")]
    return [
        compare_tables.reason_table(comparison, label),
        compare_tables.deal_table(comparison, label, names),
        html_markup.paragraph(
            "The command explain tells the whole chain of one of them: paradiplomacy explain "
            f"FOLDER PROJECT_ID --between {label}"
        ),
    ]


def _changes(comparison: ComparisonTables) -> list[str]:
    """Return what each what-if changes against the baseline."""
    base = comparison.baseline
    parts = []
    for label, scenario in comparison.what_ifs.items():
        parts.append(html_markup.heading(3, f"{scenario.title} ({label})"))
        changed = {"changed": comparison.summary["what_ifs_changed"][label]}
        parts.append(html_markup.paragraph(f"{changed_words(changed)}."))
        changed = changed_parameters(base, scenario)
        if changed:
            rows = [
                (name, f"{was:g}", f"{now:g}", PARAMETERS[name].unit, PARAMETERS[name].meaning)
                for name, (was, now) in changed.items()
            ]
            head = ("Parameter", "Baseline", "What-if", "Unit", "Meaning")
            parts.append(html_markup.table("Parameters that differ", head, rows, (1, 2)))
        rows = []
        for words, one, other in (
            ("what-if", scenario, base),
            ("baseline", base, scenario),
        ):
            rows += [
                (*intervention_cells(change), words)
                for change in one.interventions
                if change not in other.interventions
            ]
        if rows:
            head = ("Month", "Kind", "What changes", "Why", "Only in the")
            parts.append(html_markup.table("Interventions that differ", head, rows))
        if not changed and not rows:
            parts.append(html_markup.paragraph("Nothing that is simulated."))
    return parts


def _provenance(comparison: ComparisonTables) -> list[str]:
    base = comparison.baseline
    pairs = [
        ("Model", str(comparison.manifest["model_version"])),
        ("Baseline", f"{base.name}, {base.digest}"),
        *((f"What-if {label}", s.digest) for label, s in comparison.what_ifs.items()),
        ("Tables of the world", comparison.world.digest),
        ("Seed", str(comparison.worlds.seed)),
        ("Paired runs", f"{comparison.replicates:,}"),
    ]
    return [
        html_markup.facts(pairs),
        html_markup.paragraph(
            "The same model, scenarios, tables and seed give the same numbers, whatever the number "
            "of processors. The manifest beside this page holds every parameter and the software "
            "used; the CSV files beside it hold every table in full."
        ),
    ]
