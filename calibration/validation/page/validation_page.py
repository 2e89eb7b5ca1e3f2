"""The page: a table of all verdicts, then each check with its figures and its numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from calibration.inference.posterior import Posterior
from calibration.validation.page import fit_figures, step_figures
from calibration.validation.summary import TEXTS, rivals_words, summary_of
from sim.report import figure_style
from sim.report.display_names import plain_word
from sim.report.html_page import Figure, render
from sim.report.interval_charts import number_words

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Checks = Mapping[str, Mapping[str, Any]]
Numbers = Mapping[str, Any]

_WHERE = ("global", "local")
SECTIONS: list[dict[str, Any]] = TEXTS["sections"]
"""``name`` and ``title`` of each section, in the order of the protocol, and what each check
``asks``."""
CAPTIONS: dict[str, str] = TEXTS["captions"]
"""Captions of the figures by name."""
COMPARISONS = {
    "worlds": "wrong worlds",
    "mechanisms": "mechanisms",
    "rivals": "rivals without agents",
}
"""Checks that compare the model with others, by caption of the figure."""

_LEFT_OUT = {"cases": step_figures.CASES, "deep": step_figures.DEEP}


_FIGURES: tuple[tuple[str, str, str, tuple[str, ...], Callable[[Numbers], Axes]], ...] = (
    ("identifiability", "contraction", "contraction", ("contraction",),
     fit_figures.draw_contraction),
    ("targets", "targets", "posterior predictive", ("p_values",), fit_figures.draw_targets),
    ("targets", "distances", "posterior predictive", ("p_values", "distances"),
     fit_figures.draw_distances),
    *(("left-out", *figure) for figure in step_figures.FIGURES),
    *(("comparison", caption, check, ("models",), step_figures.draw_comparison)
      for caption, check in COMPARISONS.items()),
    ("sensitivity", "sensitivity", "sensitivity", ("indices",), step_figures.draw_sensitivity),
    ("what-ifs", "what-ifs", "what-ifs", ("effects",), step_figures.draw_what_ifs),
)  # fmt: skip
"""Section, caption, check, the numbers it must have, and the drawing of each figure."""


def figures_of(checks: Checks, posterior: Posterior) -> dict[str, list[Figure]]:
    """Return by section all figures that the verdicts, by name of the check, have numbers for."""

    def numbers(check: str, *keys: str) -> Numbers | None:
        held = checks.get(check, {}).get("numbers") or {}
        return held if all(held.get(key) is not None for key in keys) and held else None

    drawn: list[tuple[str, str, Axes]] = []
    for stem, key, draw, name in (
        ("simulation-based calibration", "differences", fit_figures.draw_ranks, "ranks"),
        ("coverage", "curve", fit_figures.draw_coverage, "coverage"),
    ):
        found = {where.capitalize(): numbers(f"{stem}, {where}", key) for where in _WHERE}
        known = [(title, held) for title, held in found.items() if held is not None]
        if known:
            drawn.append(("ranks", name, draw(known)))
    drawn += [
        (section, caption, draw_figure(held))
        for section, caption, check, needs, draw_figure in _FIGURES
        if (held := numbers(check, *needs))
    ]
    priors = fit_figures.marginals(posterior)
    if priors is not None and (held := numbers("contraction", "contraction")):
        words = dict(zip(held["names"], held["words"], strict=True))
        ax = fit_figures.draw_posterior(posterior, priors, words)
        drawn.append(("identifiability", "posterior", ax))
    found_by_section: dict[str, list[Figure]] = {}
    for section, name, ax in drawn:
        caption = CAPTIONS[name]
        asks = next(part["asks"] for part in SECTIONS if part["name"] == section)
        said = "; ".join(f"{key}: {checks[key]['found']}" for key in asks if key in checks)
        figure = Figure(svg_of(ax, caption), f"{caption} {said}", caption)
        found_by_section.setdefault(section, []).append(figure)
    return found_by_section


def svg_of(ax: Axes, title: str) -> bytes:
    """Return a drawing as SVG, the same bytes for the same drawing."""
    with TemporaryDirectory() as folder:
        target = Path(folder) / "drawing.svg"
        figure_style.save_as(figure_style.figure_of(ax), target, title)
        return target.read_bytes()


def validation_page(record: Mapping[str, Any], posterior: Posterior) -> str:
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
            shown = {"numbers": numbers, "checks": list(here.values())}
            parts.append({**part, **shown, "figures": drawn.get(part["name"], [])})
    return render(
        "validation.html",
        "calibration.validation.page",
        title="Validation of the calibration",
        checks=list(entries.values()),
        parts=parts,
        number=number_words,
        plain=plain_word,
        predictors=step_figures.PREDICTORS,
        shares={name: step_figures.share_of(check) for name, check in _LEFT_OUT.items()},
        record=record,
        summary=summary_of(record),
        rivals=rivals_words(record),
        minutes={part: sum(record["seconds"][part].values()) / 60.0 for part in ("fit", "steps")},
        model_version=record["model_version"],
    )
