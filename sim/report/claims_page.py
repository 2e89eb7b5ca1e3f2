"""The page of findings about claims: verdicts, and a small chart for each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from importlib.resources import files
from typing import Any

from sim.core.plurals import counted
from sim.report import html_markup
from sim.report.interval_charts import (
    EFFECT,
    VERDICT_MARKS,
    WITH,
    WITHOUT,
    chart,
    interval_words,
    number_words,
)

__all__ = ["counted_verdicts", "interval_words", "number_words", "patterns_page", "threshold_words"]

Row = Mapping[str, Any]

READING = """\
Every claim names the parameters that carry it and a pattern that must follow from it. The model \
is run with the mechanism and with it switched off, many times each, with the same chance on \
both sides, so that runs pair. Where a claim is about a change, each of the two worlds comes \
twice, with the change and without, and the pattern is how these differ.
The bars are 95 % intervals from resampling the runs, all worlds of a claim together. They say \
how much chance matters within the model, not how sure the model itself is.
A claim is shown if the interval with the mechanism lies wholly where it should (tinted), the \
same check fails without the mechanism, and the interval of the effect lies wholly on the right \
side of zero. It is weak if that holds for the numbers themselves but an interval reaches \
across, or if the pattern holds without the mechanism too. It is contrary if the interval of the \
effect lies wholly on the other side of zero. Otherwise it is not shown.""".splitlines()
"""How to read the page, a paragraph a line."""


def counted_verdicts(counts: Mapping[str, int]) -> str:
    """Return in words how many claims have each verdict."""
    words = ", ".join(f"{count} {verdict}" for verdict, count in counts.items() if count)
    return f"{counted(sum(counts.values()), 'claim')}: {words}."


def threshold_words(row: Row) -> str:
    """Return in words where the pattern should lie."""
    above, below = row["above"], row["below"]
    if above is not None and below is not None:
        return f"between {number_words(above)} and {number_words(below)}"
    if above is not None:
        return f"above {number_words(above)}"
    return f"below {number_words(below)}" if below is not None else ""


def patterns_page(
    record: Mapping[str, Any], texts: Mapping[str, tuple[str, str]] | None = None
) -> str:
    """Return the findings as HTML, the same for the same findings.

    Parameters
    ----------
    record
        What ``patterns.json`` holds.
    texts
        Each claim's sentence and the pattern in words, by its identity.
    """
    rows: Sequence[Row] = record["claims"]
    known = texts or {}
    sections = [("claims", "Claim by claim", [_legend(), _table(rows, known)])]
    open_ = [row for row in rows if row["verdict"] not in {"shown", "not expressed"}]
    if open_:
        sections.insert(0, ("open", "What is not shown", [_list(open_)]))
    sections += [
        ("reading", "How to read this page", [html_markup.paragraph(text) for text in READING]),
        ("provenance", "Where this comes from", [_provenance(record)]),
    ]
    top = "\n".join(
        [
            html_markup.heading(1, "Claims of the report, checked against the model"),
            html_markup.paragraph(counted_verdicts(record["counts"]), "question"),
        ]
    )
    foot = f"Paradiplomacy {record['model_version']}."
    return html_markup.page("Claims checked against the model", top, sections, foot, _style())


def _style() -> str:
    return (files("sim.report") / "patterns.css").read_text(encoding="utf-8")


def _verdict(word: str) -> str:
    sign, colour = VERDICT_MARKS[word]
    return (
        f'<span class="verdict"><span style="color:{colour}" aria-hidden="true">{sign}</span> '
        f"{escape(word)}</span>"
    )


def _list(rows: Sequence[Row]) -> str:
    items = "\n".join(
        f'<li><a href="#{escape(row["id"])}">{escape(row["id"])}</a> {escape(row["title"])}: '
        f"{_verdict(row['verdict'])}, effect {escape(interval_words(row['effect']))}</li>"
        for row in rows
    )
    return f"<ul>\n{items}\n</ul>"


def _legend() -> str:
    """Return the marks of the charts and what they stand for."""
    number = {"value": 0.5, "low": 0.2, "high": 0.8}
    marks = (("with the mechanism", WITH), ("without it", WITHOUT), ("with minus without", EFFECT))
    items = []
    for words, (colour, form) in marks:
        drawn = chart([("", number, (colour, form))], words, width=48.0, axis=False)
        items.append(f"<li>{drawn} {escape(words)}</li>")
    items.append('<li><span class="passes"></span> where the pattern should lie</li>')
    return f'<ul class="legend">{"".join(items)}</ul>'


def _table(rows: Sequence[Row], texts: Mapping[str, tuple[str, str]]) -> str:
    head = "".join(
        f'<th scope="col">{words}</th>'
        for words in ("Claim", "Pattern, with the mechanism and without", "Effect", "Verdict")
    )
    body = [_row(row, texts.get(row["id"])) for row in rows]
    return html_markup.framed("Findings by claim, with 95 % intervals", head, body, "claims")


def _row(row: Row, text: tuple[str, str] | None) -> str:
    """Return the finding about one claim as a row of the table."""
    anchor = escape(row["id"])
    claim = [f"<b>{anchor}</b> {escape(row['title'])}"]
    if text is not None:
        claim.append(f'<span class="said">{escape(text[1])}</span>')
    claim.append(f'<span class="said">Report: {escape(row["section"])}</span>')
    cells = [f'<th scope="row">{"".join(claim)}</th>', *_charts(row)]
    cells.append(f"<td>{_verdict(row['verdict'])}</td>")
    return f'<tr id="{anchor}">{"".join(cells)}</tr>'


def _charts(row: Row) -> list[str]:
    """Return the cells with the charts of a row."""
    if row["verdict"] == "not expressed":
        return ["<td>not expressed at this scale</td>", "<td></td>"]
    unit = str(row["unit"])
    pair = [("with", row["with"], WITH), ("without", row["without"], WITHOUT)]
    words = (
        f"with {interval_words(row['with'])}, without {interval_words(row['without'])} "
        f"({unit}); should be {threshold_words(row)}"
    )
    sign = "negative" if row["direction"] == "-" else "positive"
    effect = f"{interval_words(row['effect'])}, should be {sign}"
    pattern = chart(pair, words, above=row["above"], below=row["below"])
    difference = chart([("", row["effect"], EFFECT)], f"effect {effect}", zero=True, width=190.0)
    return [
        f'<td>{pattern}<span class="said">{escape(words)}</span></td>',
        f'<td>{difference}<span class="said">{escape(effect)}</span></td>',
    ]


def _provenance(record: Mapping[str, Any]) -> str:
    rows = record["claims"]
    runs = sorted({row["runs"] for row in rows if row["runs"]})
    words = " to ".join(dict.fromkeys(f"{n:,}" for n in (runs[0], runs[-1]))) if runs else "none"
    return html_markup.facts(
        [
            ("Model", str(record["model_version"])),
            ("Claims and statistics", str(record["checks_version"])),
            ("Seed", str(record["seed"])),
            ("Runs of each world", words),
            ("Resamples", f"{record['resamples']:,}"),
        ]
    )
