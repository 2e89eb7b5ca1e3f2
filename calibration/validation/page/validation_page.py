"""The page: a table of all verdicts, then each check with its figure and its numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from html import escape
from importlib.resources import files
from typing import Any

from calibration.checks.verdict import MISSED, NOT_RUN, PASSED
from calibration.inference.posterior import Posterior
from calibration.validation.page.page_sections import Part, figures_of, tables_of
from calibration.validation.page.page_texts import ASKS, READING, SECTIONS, TITLE
from sim.report import html_markup

Record = Mapping[str, Any]

_KINDS = {PASSED: "passed", MISSED: "missed", NOT_RUN: "not-run"}


@cache
def _style() -> str:
    return (files("calibration.validation.page") / "validation.css").read_text(encoding="utf-8")


def validation_page(record: Record, posterior: Posterior) -> str:
    """Return the page as HTML, the same for the same validation.

    Parameters
    ----------
    record
        What ``validation.json`` holds.
    posterior
        Its draws.
    """
    checks = {str(entry["check"]): entry for entry in record["checks"]}
    drawn = figures_of(checks, posterior)
    sections = [("verdicts", "All verdicts", [_verdicts(record["checks"])])]
    for name, title, held in SECTIONS:
        inner = [part for check in held if check in checks for part in _check(checks[check])]
        here = [check for check in held if check in checks]
        inner += [_html(part) for part in drawn if part.section == name]
        inner += tables_of(name, {check: checks[check]["numbers"] for check in here})
        if here:
            sections.append((name, title, inner))
    others = [check for check in checks if not any(check in held for _, _, held in SECTIONS)]
    if others:
        inner = [part for check in others for part in _check(checks[check])]
        sections.append(("others", "Other checks", inner))
    sections += [
        ("reading", "How to read this page", [html_markup.paragraph(text) for text in READING]),
        ("provenance", "Where this comes from", [_provenance(record)]),
    ]
    foot = f"Paradiplomacy {record['model_version']}."
    return html_markup.page(TITLE, "\n".join(_top(record)), sections, foot, _style())


def _top(record: Record) -> list[str]:
    words = [entry["verdict"] for entry in record["checks"]]
    counts = ", ".join(f"{words.count(word)} {word}" for word in _KINDS)
    top = [
        html_markup.heading(1, TITLE),
        html_markup.paragraph(
            "How far can the fitted model be trusted? Each check was given a threshold before the "
            "first fit.",
            "question",
        ),
        html_markup.paragraph(f"{len(words)} checks: {counts}.", "counts"),
    ]
    missed = [entry for entry in record["checks"] if entry["verdict"] == MISSED]
    if missed:
        names = ", ".join(entry["check"] for entry in missed)
        top.append(html_markup.paragraph(f"Missed: {names}.", "notice"))
    return top


def _mark(verdict: str) -> str:
    return f'<span class="verdict {_KINDS[verdict]}">{escape(verdict)}</span>'


def _verdicts(entries: Sequence[Record]) -> str:
    """Return all verdicts as a table."""
    section_of = {check: name for name, _, held in SECTIONS for check in held}
    rows = []
    for entry in entries:
        check = str(entry["check"])
        target = section_of.get(check, "others")
        rows.append(
            f'<tr><th scope="row"><a href="#{target}">{escape(check)}</a></th>'
            f"<td>{_mark(entry['verdict'])}</td><td>{escape(entry['found'])}</td>"
            f"<td>{escape(entry['threshold'])}</td></tr>"
        )
    head = "".join(
        f'<th scope="col">{text}</th>' for text in ("Check", "Verdict", "Found", "Passes when")
    )
    return html_markup.framed("All verdicts, in the order of the protocol", head, rows, "verdicts")


def _check(entry: Record) -> list[str]:
    """Return what stands above the figure of a check: what it asks, what was found."""
    check, kind = str(entry["check"]), _KINDS[entry["verdict"]]
    parts = [html_markup.heading(3, check[:1].upper() + check[1:])]
    if check in ASKS:
        parts.append(html_markup.paragraph(ASKS[check]))
    parts.append(
        f'<p class="judged is-{kind}">{_mark(entry["verdict"])}: {escape(entry["found"])}. '
        f"<br>Passes when: {escape(entry['threshold'])}.</p>"
    )
    return parts


def _html(part: Part) -> str:
    return html_markup.figure(part.svg, part.alt, part.caption)


def _provenance(record: Record) -> str:
    made_by, seconds = record["made_by"], record["seconds"]
    fit, steps = (sum(seconds[part].values()) / 60.0 for part in ("fit", "steps"))
    runs = made_by.get("runs", [])
    pairs = [
        ("Model of the validation", str(record["model_version"])),
        ("Model of the fit", str(made_by.get("model_version", "–"))),
        ("Behaviour it was fitted to", str(made_by.get("behaviour", "–"))),
        ("Thresholds", str(record["thresholds"])),
        ("Posterior (SHA-256)", str(record["posterior_sha256"])),
        ("Seed", str(made_by.get("seed", "–"))),
        ("Runs of the fit", ", ".join(f"{count:,}" for count in runs)),
        ("Time", f"fit {fit:.0f} min, steps after it {steps:.0f} min"),
        ("Processors", str(record["environment"].get("cpu_count", "–"))),
    ]
    return html_markup.facts(pairs)
