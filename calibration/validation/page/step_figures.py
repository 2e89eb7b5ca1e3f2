"""Figures of the steps after the fit: other models, sensitivity, what-ifs, what was left out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from textwrap import wrap
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from calibration.checks import load_thresholds
from calibration.validation.page.fit_figures import OUTSIDE
from sim.report import figure_style
from sim.report.display_names import plain_word
from sim.report.figure_style import BLUE, FAINT, INK, PAPER, QUIET, SKY, told_apart
from sim.report.phrases import whole_percent

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


def draw_comparison(numbers: Numbers) -> Axes:
    """Draw the power against each other model with the record's p, given a comparison's numbers."""
    models = pd.DataFrame(numbers["models"])
    models = models.sort_values("power", ascending=False, kind="stable", ignore_index=True)
    ax = row_figure(len(models))
    words = "rejected by the record ({})", "not rejected ({})"
    for rows, (colour, _), label in told_apart(models["rejected"], words):
        mine = models[rows]
        bars = ax.barh(mine.index, 100.0 * mine["power"], color=colour, height=0.66, label=label)
        pairs = zip(100.0 * mine["power"], mine["p"], strict=True)
        said = [f"{power:.0f} %, p {p:.2g}" for power, p in pairs]
        ax.bar_label(bars, said, padding=4, fontsize=9.0)
    high = 100.0 * load_thresholds()["model_comparison"]["high_power"]
    ax.axvline(high, color=INK, linewidth=1.2, linestyle="--", label=f"power of {high:.0f} %")
    ax.axvline(100.0 * numbers["level"], color=QUIET, linewidth=1.0, linestyle=":",
               label="no power at all")  # fmt: skip
    ax.set(xlim=(0.0, 122.0), xticks=range(0, 101, 20))
    titles = (
        "Could the record tell, and does it?",
        "share of the model's own runs that reject the other; p: the record's under the other",
    )
    return finish_rows(ax, list(models["id"]), "Power, %", titles, 4)


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


# --- what was predicted without having been seen

Row = Mapping[str, Any]

CASES, DEEP, LATER = "leave one case out", "leave deep cases out", "temporal"
PREDICTORS = {
    "model": "Model",
    "regression": "Regression",
    "persistence": "Persistence",
    "trend": "Trend",
    "prior": "The model, not fitted",
    "gdp_recognition": "GDP × recognition",
    "size_recognition": "Size × recognition, fitted to the lists",
}
_MOST_ROWS, _BINS = 24, 10


def _counts(cases: Sequence[Row]) -> list[dict[str, Any]]:
    """Return a row a case and outcome."""
    return [
        {"name": f"{case['case']}, {plain_word(outcome)}", "observed": observed,
         "low": case["low"][outcome], "high": case["high"][outcome]}
        for case in cases
        for outcome, observed in case["observed"].items()
    ]  # fmt: skip


def draw_pit(groups: Mapping[str, Sequence[float]], what: str) -> Axes:
    """Draw where held-out observations lie in their predictions: PIT values by who predicted."""
    from scipy.stats import binom

    parts = figure_style.columns(len(groups), 0.08)
    host, axes = figure_style.panels(None, (11.0, 4.2), (0.07, 0.15, 0.9, 0.64), parts)
    tallest = 0.0
    for number, (ax, (who, values)) in enumerate(zip(axes, groups.items(), strict=True)):
        low, high = binom.ppf((0.05, 0.95), len(values), 1.0 / _BINS)
        ax.axhspan(low, high, color=FAINT, linewidth=0, label="90 % of even samples, each bar")
        counts, _, _ = ax.hist(
            values,
            _BINS,
            range=(0.0, 1.0),
            color=figure_style.CYCLE[number],
            edgecolor=PAPER,
            alpha=0.85,
        )
        for end in (low, high):
            ax.axhline(end, color="#8a8a8a", linewidth=1.0)
        ax.axhline(len(values) / _BINS, color=INK, linewidth=1.0, linestyle="--", label="even")
        ax.set_xlim(0.0, 1.0)
        ax.set_xlabel("PIT: place in the prediction")
        figure_style.tidy(ax)
        figure_style.set_title(ax, PREDICTORS.get(who, who), f"{len(values):,} {what}")
        tallest = max(tallest, float(np.max(counts)), high)
    for ax in axes:
        ax.set_ylim(0.0, 1.3 * tallest)
    axes[0].set_ylabel("Observations")
    figure_style.legend(axes[0], loc="upper right")
    return host


def draw_scores(cases: Sequence[Row]) -> Axes:
    """Draw by how much the model scores each left-out case better than the regression."""
    rows = pd.DataFrame(cases)
    rows["apart"] = rows["score"].astype(float) - rows["regression"].astype(float)
    rows = rows.sort_values("apart", ascending=False, kind="stable", ignore_index=True)
    ax = row_figure(len(rows), left=0.33)
    words = "the model is better ({} cases)", "the regression is better ({} cases)"
    for mask, look, label in told_apart(rows["apart"] > 0.0, words):
        apart = rows.loc[mask, "apart"]
        figure_style.draw_intervals(
            ax, apart.index, 0.0, apart, apart, look, width=2.0, label=label
        )
    ax.axvline(0.0, color=QUIET, linewidth=1.0)
    how = f"sum over {len(rows)} cases {rows['apart'].sum():+.1f}"
    label = "Log score of the model less that of the regression"
    titles = "Cases predicted without having been seen", how
    return finish_rows(ax, list(rows["case"]), label, titles, 2, left=-0.52)


def share_of(check: str) -> float:
    """Return what share of predictions the intervals of a check hold."""
    limits = load_thresholds()[check.replace(" ", "_")]
    return float(limits["coverage"] if check == CASES else limits["inside"])


def draw_counts(counts: Sequence[Row], title: str, check: str) -> Axes:
    """Draw what is on record beside the interval predicted by a check, a row a count."""
    rows = pd.DataFrame(counts).astype({"observed": float, "low": float, "high": float})
    ax = row_figure(len(rows), left=0.33)
    ax.hlines(rows.index, rows["low"], rows["high"], color=FAINT, linewidth=9.0,
              label=f"{whole_percent(share_of(check))} predicted")  # fmt: skip
    for end in ("low", "high"):
        ax.plot(rows[end], rows.index, "|", color="#8a8a8a", markersize=9.0)
    inside = rows["observed"].between(rows["low"], rows["high"])
    words = "on record, inside ({})", "on record, outside ({})"
    for mask, (colour, form), label in told_apart(inside, words, OUTSIDE):
        mine = rows.loc[mask, "observed"]
        ax.plot(mine, mine.index, form, color=colour, markersize=6.5, label=label)
    ax.locator_params(axis="x", integer=True)
    titles = title, f"{inside.sum()} of {len(rows)} rows inside"
    return finish_rows(ax, list(rows["name"]), "Events on record", titles, 3, left=-0.52)


def _draw_later(held: Numbers) -> Axes:
    rows = [{"name": f"{row['country']}, {plain_word(row['outcome'])}", **row}
            for row in held["rows"]]  # fmt: skip
    # Those with most: the others are zeros in a zero interval.
    rows.sort(key=lambda row: -max(row["observed"], row["high"]))
    return draw_counts(rows[:_MOST_ROWS], "2014 to 2020", LATER)


FIGURES: tuple[tuple[str, str, tuple[str, ...], Callable[[Numbers], Axes]], ...] = (
    ("pit-cases", CASES, ("pit",), lambda held: draw_pit(held["pit"], "counts of cases")),
    ("scores", CASES, ("cases",), lambda held: draw_scores(held["cases"])),
    ("deep", DEEP, ("cases",),
     lambda held: draw_counts(_counts(held["cases"]), "Both left out", DEEP)),
    ("pit-later", LATER, ("pit",), lambda held: draw_pit(held["pit"], "counts by country")),
    ("later", LATER, ("rows",), _draw_later),
)  # fmt: skip
"""Name of the caption, check, numbers needed and drawing of each figure."""
