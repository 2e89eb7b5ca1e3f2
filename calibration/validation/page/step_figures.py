"""Figures of the steps after the fit: wrong worlds, mechanisms off, sensitivity, what-ifs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import wrap
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from calibration.checks import load_thresholds
from sim.report import figure_style
from sim.report.figure_style import BLUE, INK, QUIET, SKY, VERMILLION, told_apart

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Numbers = Mapping[str, Any]

ROW, _LEGEND = 0.3, 0.62
"""Inches of a row, and from the rows down to the legend."""


def row_figure(count: int, *, left: float = 0.27) -> Axes:
    """Return axes for a number of rows, with room for names at the left and a legend below."""
    return figure_style.row_axes(None, count, ROW, (0.8, 1.05), left=left, right=0.04, width=9.6)


def finish_rows(
    ax: Axes,
    names: Sequence[str],
    label: str,
    titles: tuple[str, str],
    legend_columns: int,
    *,
    left: float = -0.38,
) -> Axes:
    """Name the rows and the axis of x, set titles, and put the legend where it hides nothing."""
    figure_style.name_rows(ax, names)
    ax.set_xlabel(label)
    figure_style.set_title(ax, *titles, left=left)
    below = -_LEGEND / (ROW * max(len(names), 3))
    figure_style.legend(ax, bbox_to_anchor=(-0.38, below), ncols=legend_columns, columnspacing=1.4)
    return ax


def draw_power(numbers: Numbers) -> Axes:
    """Draw how many of each wrong world's runs are rejected, given the check of power."""
    worlds = pd.DataFrame(numbers["worlds"])
    worlds["share"] = 100.0 * worlds["rejected"].astype(float).fillna(0.0)
    worlds = worlds.sort_values("share", ascending=False, kind="stable", ignore_index=True)
    ax = row_figure(len(worlds))
    words = "rejected ({} worlds)", "not seen ({} worlds)"
    for rows, (colour, _), label in told_apart(worlds["seen"], words):
        mine = worlds[rows]
        bars = ax.barh(mine.index, mine["share"], color=colour, height=0.66, label=label)
        ax.bar_label(bars, fmt="{:.0f} %", padding=4, fontsize=9.0)
    ax.axvline(100.0 * numbers["rejected_from"], color=INK, linewidth=1.2, linestyle="--",
               label="counts as rejected from here")  # fmt: skip
    ax.axvline(100.0 * numbers["size"], color=VERMILLION, linewidth=1.4, linestyle=":",
               label=f"right worlds rejected ({numbers['size']:.1%})")  # fmt: skip
    ax.set_xlim(0.0, 108.0)
    how = f"share of their runs that the joint check rejects at {numbers['level']:.0%}"
    titles = "Worlds that are wrong on purpose", how
    return finish_rows(ax, list(worlds["id"]), "Runs rejected, %", titles, 4)


def draw_ablation(numbers: Numbers) -> Axes:
    """Draw what the log score loses without each mechanism, given the ablation."""
    least = load_thresholds()["ablation"]["least_loss"]
    rows = pd.DataFrame(numbers["mechanisms"])
    rows = rows.sort_values("loss", ascending=False, kind="stable", ignore_index=True)
    ax = row_figure(len(rows))
    words = "supported ({})", "unsupported ({})"
    for mask, (colour, form), label in told_apart(rows["supported"], words):
        mine = rows[mask]
        ax.errorbar(mine["loss"], mine.index, xerr=least * mine["error"], fmt=form, color=colour,
                    elinewidth=2.0, capsize=4, label=label)  # fmt: skip
    if "expected_loss" in rows and rows["expected_loss"].notna().all():
        ax.plot(rows["expected_loss"], rows.index, "|", color=INK, markersize=12.0,
                markeredgewidth=1.8, label="expected, were the model true")  # fmt: skip
    ax.axvline(0.0, color=QUIET, linewidth=1.0)
    titles = (
        "Mechanisms left out, refitted",
        f"bars: {least:g} standard errors, clustered by evidence",
    )
    label = "Loss of log score without the mechanism"
    return finish_rows(ax, list(rows["id"]), label, titles, 3)


def draw_sensitivity(numbers: Numbers) -> Axes:
    """Draw total effects of every parameter on every outcome, given the check of sensitivity."""
    rows = pd.DataFrame(numbers["indices"])
    largest = rows.groupby("parameter", sort=False)["total"].max()
    names = list(largest.sort_values(ascending=False, kind="stable").index)
    rows["place"] = rows["parameter"].map(names.index)
    outcomes = rows.groupby("outcome", sort=False)
    height = 1.9 + 0.27 * len(names)
    host, panels = figure_style.panels(
        None, (11.5, height), (0.2, 0.65 / height, 0.78, 1.0 - 1.8 / height),
        figure_style.columns(len(outcomes), 0.14 / len(outcomes)),
    )  # fmt: skip
    how = (
        "total effects (Sobol'): share of an outcome's variance; bars: half-widths of "
        "95 % intervals"
    )
    title = host.inset_axes((0.0, 1.0, 1.0, 0.35 / (height - 1.8)))
    title.set_axis_off()
    figure_style.set_title(title, "Which parameters matter, within the posterior", how, left=-0.24)
    low = min(0.0, (rows["total"] - rows["half_width"]).min())
    high = max(0.1, (rows["total"] + rows["half_width"]).max())
    room = 0.05 * (high - low)
    for number, (ax, (outcome, mine)) in enumerate(zip(panels, outcomes, strict=True)):
        ax.errorbar(mine["total"], mine["place"], xerr=mine["half_width"], fmt="o",
                    markersize=4.5, color=BLUE, elinewidth=1.6)  # fmt: skip
        ax.axvline(0.0, color=QUIET, linewidth=0.8)
        ax.set_xlim(low - room, high + room)
        words = "\n".join(wrap(str(outcome).replace("_", " "), 14))
        ax.set_title(words, fontsize=9.0, loc="left", fontweight="bold")
        figure_style.name_rows(ax, names if number == 0 else [""] * len(names), size=8.5)
        ax.tick_params(labelsize=8.5)
        ax.set_xlabel("Total effect", fontsize=9.0)
    return host


def draw_what_ifs(numbers: Numbers) -> Axes:
    """Draw what each what-if changes of deals, or of the first outcome, over the posterior."""
    rows = pd.DataFrame(numbers["effects"])
    outcome = "deals" if rows["outcome"].eq("deals").any() else rows["outcome"].iloc[0]
    rows = rows[rows["outcome"] == outcome].reset_index(drop=True)
    ax = row_figure(len(rows))
    ax.hlines(rows.index, rows["low"], rows["high"], color=SKY, linewidth=6.0,
              label="90 % of paired runs")  # fmt: skip
    ax.errorbar(rows["mean"], rows.index, xerr=2.0 * rows["error_of_mean"], fmt="o", color=BLUE,
                elinewidth=2.0, capsize=4, label="mean, with 2 Monte Carlo errors")  # fmt: skip
    ax.axvline(0.0, color=QUIET, linewidth=1.0)
    words = str(outcome).replace("_", " ")
    how = f"{numbers['runs']:,} paired runs of each at {numbers['draws']:,} draws"
    label = f"Change in {words} (baseline {np.mean(rows['baseline']):,.1f})"
    titles = f"What-ifs over the posterior: {words}", how
    return finish_rows(ax, list(rows["what_if"]), label, titles, 2)
