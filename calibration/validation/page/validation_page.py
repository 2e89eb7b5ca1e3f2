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
        provenance=_provenance(record),
        model_version=record["model_version"],
    )


def _provenance(record: Record) -> dict[str, str]:
    made_by, seconds = record["made_by"], record["seconds"]
    fit, steps = (sum(seconds[part].values()) / 60.0 for part in ("fit", "steps"))
    return {
        "Model of the validation": str(record["model_version"]),
        "Model of the fit": str(made_by.get("model_version", "–")),
        "Behaviour it was fitted to": str(made_by.get("behaviour", "–")),
        "Thresholds": str(record["thresholds"]),
        "Posterior (SHA-256)": str(record["posterior_sha256"]),
        "Seed": str(made_by.get("seed", "–")),
        "Runs of the fit": ", ".join(f"{count:,}" for count in made_by.get("runs", [])),
        "Time": f"fit {fit:.0f} min, steps after it {steps:.0f} min",
        "Processors": str(record["environment"].get("cpu_count", "–")),
    }
