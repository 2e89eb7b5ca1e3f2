"""Which figures and tables belong to which section, drawn from the numbers of the verdicts."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Collection, Mapping
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from calibration.inference.posterior import Posterior
from calibration.validation.page import (
    fit_figures,
    left_out_figures,
    step_figures,
)
from sim.report import figure_style
from sim.report.html_page import Figure, Table
from sim.report.interval_charts import number_words

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Checks = Mapping[str, Mapping[str, Any]]
Numbers = Mapping[str, Any]

_MOST_PAIRS = 8
_WHERE = ("global", "local")
_TEXTS: dict[str, Any] = tomllib.loads(
    (files("calibration.validation.page") / "page_texts.toml").read_text(encoding="utf-8")
)
SECTIONS: list[dict[str, Any]] = _TEXTS["sections"]
"""``name`` and ``title`` of each section, in the order of the protocol, and what each check
``asks``."""
CAPTIONS: dict[str, str] = _TEXTS["captions"]
"""Captions of the figures by name."""


class _Figure(NamedTuple):
    """Name section, caption, check and the numbers it must have, and draw from them."""

    section: str
    caption: str
    check: str
    needs: tuple[str, ...]
    draw: Callable[[Numbers], Axes]


_FIGURES = (
    _Figure("identifiability", "contraction", "contraction", ("contraction",),
            fit_figures.draw_contraction),
    _Figure("targets", "targets", "posterior predictive", ("p_values",),
            fit_figures.draw_targets),
    _Figure("targets", "distances", "posterior predictive", ("p_values", "distances"),
            fit_figures.draw_distances),
    *(_Figure("left-out", *figure) for figure in left_out_figures.FIGURES),
    _Figure("power", "power", "power", ("worlds", "size"), step_figures.draw_power),
    _Figure("ablation", "ablation", "ablation", ("mechanisms",), step_figures.draw_ablation),
    _Figure("sensitivity", "sensitivity", "sensitivity", ("indices",),
            step_figures.draw_sensitivity),
    _Figure("what-ifs", "what-ifs", "what-ifs", ("effects",), step_figures.draw_what_ifs),
)  # fmt: skip


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
        (figure.section, figure.caption, figure.draw(held))
        for figure in _FIGURES
        if (held := numbers(figure.check, *figure.needs))
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


class _Table(NamedTuple):
    """Hold a table: section, check, caption, columns, rows from numbers, columns of numbers."""

    section: str
    check: str
    caption: str
    head: tuple[str, ...]
    rows: Callable[[Numbers], list[list[str]]]
    numeric: Collection[int]


def _outside_prior(held: Numbers) -> list[list[str]]:
    return [
        [held["names"][i], *(number_words(held[key][i])
                             for key in ("observed", "low", "median", "high"))]
        for i, out in enumerate(held["outside"]) if out
    ]  # fmt: skip


def _largest_correlations(held: Numbers) -> list[list[str]]:
    names, matrix = held["names"], np.array(held["matrix"], dtype=np.float64)
    pairs = [(float(matrix[i, j]), i, j) for i in range(len(names)) for j in range(i)]
    pairs.sort(key=lambda pair: -abs(pair[0]))
    return [[names[i], names[j], f"{value:+.2f}"] for value, i, j in pairs[:_MOST_PAIRS]]


_TABLES = (
    _Table("table", "prior predictive", "Targets outside what the prior allows",
           ("Target", "Observed", "1 %", "Median", "99 %"), _outside_prior, range(1, 5)),
    _Table("identifiability", "correlation", "Largest correlations of the posterior",
           ("Parameter", "with", ""), _largest_correlations, (2,)),
    _Table("identifiability", "two routes", "The second route against the first",
           ("Parameter", "Shift of the mean, sd", "Ratio of sd", "Wider"), lambda held: [
               [name, f"{held['shift'][i]:+.2f}", f"{held['ratio'][i]:.2f}", held["wider"][i]]
               for i, name in enumerate(held["names"])
           ], (1, 2)),
    *(_Table("left-out", *table) for table in left_out_figures.TABLES),
    _Table("power", "power", "Wrong worlds",
           ("World", "What is wrong in it", "Rejected", "Median p", "Seen"), lambda held: [
               [world["id"], world["what"], f"{100.0 * (world['rejected'] or 0.0):.0f} %",
                number_words(world["median_p"]), "yes" if world["seen"] else "no"]
               for world in held["worlds"]
           ], (2, 3)),
    _Table("ablation", "ablation", "Mechanisms left out",
           ("Mechanism", "What is left out", "Loss", "Standard error", "In this record"),
           lambda held: [
               [row["id"], row["what"], f"{row['loss']:+.2f}", f"{row['error']:.2f}",
                "supported" if row["supported"] else "unsupported"]
               for row in held["mechanisms"]
           ], (2, 3)),
    _Table("what-ifs", "what-ifs", "What-ifs over the posterior",
           ("What-if", "Outcome", "Baseline", "Change", "90 % of runs", "Monte Carlo error",
            "Of the variance, parameters"),
           lambda held: [
               [row["what_if"], str(row["outcome"]).replace("_", " "),
                number_words(row["baseline"]), f"{row['mean']:+.3g}",
                f"{row['low']:+.3g} to {row['high']:+.3g}", f"{100.0 * row['share']:.1f} %",
                f"{100.0 * row['by_draws']:.0f} %"]
               for row in held["effects"]
           ], range(2, 7)),
)  # fmt: skip


def tables_of(section: str, numbers: Mapping[str, Numbers]) -> list[Table]:
    """Return the tables of a section from the numbers of its checks by name."""
    parts: list[Table] = []
    if section == "ranks":
        parts = _rank_table(numbers)
    elif section == "left-out":
        parts = left_out_figures.case_tables(numbers)
    for table in _TABLES:
        held = numbers.get(table.check) if table.section == section else None
        rows = table.rows(held) if held else []
        if rows:
            parts.append(Table(table.caption, table.head, rows, table.numeric))
    return parts


def _rank_table(numbers: Mapping[str, Numbers]) -> list[Table]:
    """Return adjusted p-values and coverage of every parameter and derived quantity."""
    columns: dict[str, Mapping[str, float]] = {}
    for where in _WHERE:
        ranks = numbers.get(f"simulation-based calibration, {where}")
        if ranks:
            columns[f"p, {where}"] = dict(zip(ranks["names"], ranks["adjusted"], strict=True))
        covered = numbers.get(f"coverage, {where}") or {}
        for at, shares in covered.get("intervals", {}).items():
            words = f"in {100.0 * float(at):.0f} %, {where}"
            columns[words] = dict(zip(covered["names"], shares, strict=True))
    if not columns:
        return []
    names = next(iter(columns.values()))
    rows = [[name, *(f"{column[name]:.3f}" for column in columns.values())] for name in names]
    caption = "Adjusted p-values of an even spread, and shares of true values in central intervals"
    head = ("Parameter or derived quantity", *columns)
    return [Table(caption, head, rows, range(1, len(head)))]
