"""The page: a table of all verdicts, then each check with its figure and its numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from calibration.inference.posterior import Posterior
from calibration.validation.page.page_sections import SECTIONS, figures_of, tables_of
from sim.report.html_page import render

Record = Mapping[str, Any]


def validation_page(record: Record, posterior: Posterior) -> str:
    """Return what ``validation.json`` holds of a posterior as a page of HTML."""
    asks = {check: text for part in SECTIONS for check, text in part["asks"].items()}
    entries = {str(entry["check"]): dict(entry) for entry in record["checks"]}
    drawn, parts = figures_of(entries, posterior), []
    others = {check: "" for check in entries if check not in asks}
    for part in (*SECTIONS, {"name": "others", "title": "Other checks", "asks": others}):
        here = {check: entries[check] for check in part["asks"] if check in entries}
        for check, entry in here.items():
            entry |= {"section": part["name"], "asks": part["asks"][check]}
        if here:
            numbers = {check: entry["numbers"] for check, entry in here.items()}
            shown = {"tables": tables_of(part["name"], numbers), "checks": list(here.values())}
            parts.append({**part, **shown, "figures": drawn.get(part["name"], [])})
    return render(
        "validation.html",
        "calibration.validation.page",
        title="Validation of the calibration",
        checks=list(entries.values()),
        parts=parts,
        record=record,
        minutes={part: sum(record["seconds"][part].values()) / 60.0 for part in ("fit", "steps")},
        model_version=record["model_version"],
    )
