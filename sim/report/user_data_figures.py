"""Figures of a comparison with a user's table: units, ranks, concentration, calibration."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from itertools import cycle
from textwrap import shorten
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sim.experiments.run_settings import stamp_words
from sim.report import figure_style
from sim.report.figure_style import BAND, BLUE, FAINT, INK, NOTE_SIZE, PAPER, QUIET, VERMILLION
from sim.report.phrases import catalogue

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Record = Mapping[str, Any]

MODEL = "model"
LABELS: dict[str, str] = catalogue()["predictor_labels"]
"""Predictions in words."""
MEASURES: dict[str, str] = catalogue()["concentration_labels"]
"""Measures of concentration in words."""
MOST_UNITS = 36
_DASHES = ("--", "-.", ":", (0, (6, 1, 1, 1, 1, 1)), (0, (3, 1)), (0, (1, 3)))
_MODEL_TRUE = "90 % of runs, were the model true"


def shown_units(units: pd.DataFrame) -> pd.DataFrame:
    """Return the units that are drawn: those with most, observed or predicted."""
    most = units[["observed", "mean"]].max(axis=1)
    chosen = units.loc[most.sort_values(ascending=False, kind="stable").index[:MOST_UNITS]]
    return chosen.sort_values(["observed", "mean"], ascending=False, kind="stable")


def amount_words(record: Record) -> str:
    """Return what is compared, with its unit."""
    compared = record["compared"]
    unit = "" if compared["unit"] == "count" else f" ({compared['unit']})"
    return f"{compared['meaning']}{unit}"


def draw_units(record: Record, units: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Draw what was observed in each unit on the predictive interval, given both tables."""
    rows = shown_units(units)
    host = figure_style.row_axes(ax, len(rows), 0.25, (0.6, 0.75), left=0.25)
    y = np.arange(len(rows))
    for low, high, width, words in (("q05", "q95", 3.0, "90 %"), ("q25", "q75", 8.0, "50 %")):
        look: dict[str, Any] = {"color": BLUE, "alpha": 0.35, "linewidth": width}
        host.hlines(y, rows[low], rows[high], label=f"{words} of runs", **look)
    host.plot(rows["median"], y, "|", color=BLUE, markersize=9, mew=2, label="median")
    inside = rows["observed"].between(rows["q05"], rows["q95"])
    for mask, (colour, form), words in figure_style.told_apart(
        inside, ("in the table", "in the table, outside the 90 %"), (VERMILLION, "D"), (INK, "o")
    ):
        if mask.any():
            host.plot(
                rows["observed"][mask], y[mask], form, color=colour, markersize=5.5, label=words
            )
    places = rows["name"].where(
        rows["unit"] == rows["country"], rows["name"] + " (" + rows["country"] + ")"
    )
    names = [shorten(name, 30, placeholder=" …") for name in places]
    figure_style.name_rows(host, names, size=9.0)
    _stretch(host, float(rows[["q95", "observed"]].to_numpy().max()), record)
    host.set_xlabel(f"{amount_words(record)}, stretched scale")
    _legend_above(host, ncols=5, handlelength=1.2)
    return host


def _stretch(ax: Axes, largest: float, record: Record) -> None:
    """Give the x-axis a scale that shows zero, small and large numbers."""
    counts = record["compared"]["measure"] == "count"
    least = 1.0 if counts else max(10.0 ** np.floor(np.log10(max(largest, 1.0)) - 3.0), 1.0)
    ax.set_xscale("symlog", linthresh=least, linscale=0.5)
    top = 1.25 * max(largest, 4.0 * least)
    steps = (1.0,) if top > 300.0 * least else (1.0, 2.0, 5.0)
    ticks = [least * step * 10.0**power for power in range(10) for step in steps]
    ax.set_xlim(-0.15 * least, top)
    ax.set_xticks([0.0, *(tick for tick in ticks if tick <= top)])
    ax.set_xticks([], minor=True)
    ax.xaxis.set_major_formatter(
        lambda value, _: f"{value:,.0f}" if value < 1e7 else f"{value:.0e}"
    )


def _legend_above(ax: Axes, **options: Any) -> None:
    figure_style.legend(ax, loc="lower right", bbox_to_anchor=(1.0, 1.0), **options)


def draw_ranks(record: Record, ax: Axes | None = None) -> Axes:
    """Draw how well the model and its rivals rank the units."""
    ranks: Record = record["ranks"]
    host = figure_style.host_axes(ax, (10.0, 4.4), (0.235, 0.15, 0.735, 0.72))
    # A prediction may have no such number, and a number no interval.
    found = pd.DataFrame([row["rank"] for row in ranks.values()], dtype=float)
    y, look = np.arange(len(found)), (BLUE, "o")
    figure_style.draw_intervals(
        host, y, found["low"], found["high"], found["value"], look, label="95 % interval"
    )
    true = ranks[MODEL]["if_true"]
    if true["q05"] is not None:
        width = true["q95"] - true["q05"]
        host.barh(y[0], width, 0.4, true["q05"], color=BLUE, alpha=BAND, label=_MODEL_TRUE)
    host.axvline(0.0, color=INK, linewidth=1.0, zorder=0)
    figure_style.name_rows(host, [LABELS[name] for name in ranks])
    host.set_xlim(float(np.nanmin([-0.02, found["low"].min()])) - 0.03, 1.02)
    host.set_xlabel("correlation of ranks with the table (Spearman)")
    figure_style.legend(host, loc="lower left", bbox_to_anchor=(-0.2, 1.01), ncols=2)
    return host


def draw_concentration(record: Record, ax: Axes | None = None) -> Axes:
    """Draw each measure of concentration: the table's as a line, predictions as intervals."""
    rows = record["concentration"]
    box = (0.23, 0.15, 0.745, 0.67)
    host, panels = figure_style.panels(ax, (10.0, 4.8), box, figure_style.columns(len(rows), 0.05))
    for number, (panel, row) in enumerate(zip(panels, rows, strict=True)):
        found = pd.DataFrame(row["predictions"]).T.astype(float)
        y, model = np.arange(len(found)), found.index == MODEL
        for mask, colour in ((model, BLUE), (~model, QUIET)):
            mine = found[mask]
            figure_style.draw_intervals(
                panel, y[mask], mine["q05"], mine["q95"], mine["median"], (colour, "o"), width=2.2
            )
        panel.plot([], [], "o-", color=QUIET, label="prediction: median, 90 % interval")
        panel.axvline(row["observed"], color=VERMILLION, linewidth=2.0, label="the table")
        figure_style.name_rows(panel, [LABELS[name] if number == 0 else "" for name in found.index])
        ends = [*found[["q05", "median", "q95"]].to_numpy().ravel(), row["observed"]]
        low, high = float(np.nanmin(ends)), float(np.nanmax(ends))
        room = max(0.06 * (high - low), 0.02)
        panel.set_xlim(low - room, high + room)
        panel.locator_params(axis="x", nbins=4)
        panel.set_xlabel(MEASURES[row["measure"]], fontsize=NOTE_SIZE)
    _shared_legend(host, panels[0], 2)
    return host


def _shared_legend(host: Axes, panel: Axes, columns: int) -> None:
    """Write the legend of a panel above all panels."""
    handles, labels = panel.get_legend_handles_labels()
    place = {"loc": "lower left", "bbox_to_anchor": (-0.02, 1.02), "ncols": columns}
    figure_style.legend(host, handles=handles, labels=labels, **place)


def draw_calibration(record: Record, ax: Axes | None = None) -> Axes:
    """Draw how often the table lies below each predictive quantile, and the PIT's histogram."""
    found: Record = record["calibration"]
    levels, marks = np.array(found["levels"]), found["predictions"]
    box = (0.075, 0.13, 0.9, 0.64)
    host, (left, right) = figure_style.panels(ax, (10.0, 5.6), box, figure_style.columns(2, 0.11))
    model = marks[MODEL]
    left.fill_between(
        levels, model["function_low"], model["function_high"], color=BLUE, alpha=BAND,
        linewidth=0, label=_MODEL_TRUE,
    )  # fmt: skip
    left.plot(levels, levels, color=INK, linewidth=1.0, label="perfect")
    left.plot(levels, model["function"], color=BLUE, linewidth=2.6, label="model")
    rivals = [name for name in marks if name != MODEL]
    for name, colour, dash in zip(rivals, cycle(figure_style.CYCLE[1:]), cycle(_DASHES)):
        style: dict[str, Any] = {"color": colour, "linestyle": dash, "linewidth": 1.5}
        left.plot(levels, marks[name]["function"], label=LABELS[name], **style)
    left.set(xlim=(0.0, 1.0), ylim=(0.0, 1.0), xlabel="predictive quantile")
    left.set_ylabel("share of units below it")
    _draw_histogram(right, model)
    for inner in (left, right):
        figure_style.tidy(inner)
    _shared_legend(host, left, 3)
    return host


def _draw_histogram(ax: Axes, model: Record) -> None:
    """Draw the histogram of the model's PIT with its band."""
    shares = np.array(model["shares"])
    edges = np.linspace(0.0, 1.0, len(shares) + 1)
    ax.stairs(shares, edges, fill=True, color=FAINT)
    ax.vlines(edges, 0.0, np.maximum([*shares, 0.0], [0.0, *shares]), color=PAPER, linewidth=1.0)
    ax.stairs(
        model["shares_high"], edges, baseline=model["shares_low"], fill=True, color=BLUE,
        alpha=BAND, linewidth=0,
    )  # fmt: skip
    ax.stairs(shares, edges, color=INK, linewidth=1.4)
    ax.axhline(1.0 / len(shares), color=INK, linewidth=1.0, linestyle="--")
    ax.set(xlim=(0.0, 1.0), xlabel="where the table lies in the model's prediction (PIT)")
    ax.set_ylim(0.0, 1.1 * max(float(shares.max()), *model["shares_high"]))
    ax.set_ylabel("share of units")


def draw_years(record: Record, ax: Axes | None = None) -> Axes:
    """Draw the totals over units by year on their predictive intervals."""
    rows = pd.DataFrame(record["years"]).astype({"name": int})
    host = figure_style.host_axes(ax, (10.0, 4.2), (0.08, 0.14, 0.89, 0.72))
    x = rows["name"]
    figure_style.band(host, x, (rows["median"], rows["q05"], rows["q95"]), BLUE, "median")
    host.collections[0].set_label("90 % of runs")
    host.plot(x, rows["observed"], "o", color=INK, label="the table")
    host.locator_params(axis="x", nbins=12, integer=True)
    host.set_xlim(min(x) - 0.5, max(x) + 0.5)
    host.set_ylim(bottom=0.0)
    host.yaxis.set_major_formatter("{x:,g}")
    # Flush left above the axes: along the axis it would be longer than the figure is high.
    host.set_title(amount_words(record), loc="left", fontsize=NOTE_SIZE, pad=9.0)
    figure_style.tidy(host)
    _legend_above(host, ncols=3)
    return host


def draw_sectors(record: Record, ax: Axes | None = None) -> Axes:
    """Draw the totals over units by sector on their predictive intervals."""
    rows = pd.DataFrame(record["sectors"])
    y = rows.index
    host = figure_style.row_axes(ax, len(rows), 0.32, (0.6, 0.8), left=0.36)
    host.hlines(y, rows["q05"], rows["q95"], color=BLUE, alpha=0.5, lw=5, label="90 % of runs")
    host.plot(rows["median"], y, "|", color=BLUE, ms=10, mew=2, label="median")
    host.plot(rows["observed"], y, "o", color=INK, label="the table")
    figure_style.name_rows(host, [shorten(name, 44, placeholder=" …") for name in rows["name"]])
    host.set_xlim(left=0.0)
    host.xaxis.set_major_formatter("{x:,g}")
    host.set_xlabel(amount_words(record))
    _legend_above(host, ncols=3)
    return host


def drawings(record: Record, units: pd.DataFrame) -> dict[str, Callable[[], Axes]]:
    """Return what draws each figure of a comparison, from ``against.json`` and its units."""

    def stamped(draw: Callable[..., Axes]) -> Axes:
        ax = draw(record)
        figure_style.small_print(ax, f"{stamp_words(record)} · model {record['model_version']}")
        return ax

    draws: dict[str, Callable[..., Axes]] = {
        "units": partial(draw_units, units=units),
        "ranks": draw_ranks,
        "concentration": draw_concentration,
        "calibration": draw_calibration,
        "years": draw_years,
        "sectors": draw_sectors,
    }
    return {name: partial(stamped, draw) for name, draw in draws.items() if record.get(name, True)}
