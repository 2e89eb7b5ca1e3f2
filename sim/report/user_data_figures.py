"""Figures of a comparison with a user's table: units, ranks, concentration, calibration."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import shorten
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.experiments.run_settings import stamp_words
from sim.report import figure_style

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

Record = Mapping[str, Any]

MODEL = "model"
LABELS = {
    MODEL: "model",
    "population": "population",
    "gdp": "GDP",
    "authority": "authority",
    "population_authority": "population × authority",
    "gdp_authority": "GDP × authority",
}
"""Predictions in words."""
MEASURES = {
    "gini": "Gini coefficient",
    "top5": "share of the 5 largest",
    "top10": "share of the 10 largest",
    "touched": "share of units with any",
}
"""Measures of concentration in words."""
MOST_UNITS = 36
_NAIVE_COLOURS = (
    figure_style.VERMILLION,
    figure_style.GREEN,
    figure_style.PURPLE,
    figure_style.ORANGE,
    figure_style.SKY,
)
_DASHES = ("--", "-.", ":", (0, (6, 1, 1, 1, 1, 1)), (0, (3, 1)))


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
    """Draw what was observed in each unit on the predictive interval.

    Parameters
    ----------
    record
        What ``against.json`` holds.
    units
        Its table of units.
    ax
        Axes to draw on; new ones by default.
    """
    rows = shown_units(units)
    height = 1.35 + 0.25 * max(len(rows), 4)
    host = figure_style.host_axes(
        ax, (10.0, height), (0.25, 0.75 / height, 0.72, 1.0 - 1.35 / height)
    )
    y = np.arange(len(rows))[::-1]
    for low, high, width, words in (("q05", "q95", 3.0, "90 %"), ("q25", "q75", 8.0, "50 %")):
        host.hlines(
            y, rows[low], rows[high], color=figure_style.BLUE, alpha=0.35, linewidth=width,
            label=f"{words} of runs",
        )  # fmt: skip
    host.plot(rows["median"], y, "|", color=figure_style.BLUE, markersize=9, mew=2, label="median")
    inside = rows["observed"].between(rows["q05"], rows["q95"]).to_numpy()
    for mask, form, fill, words in (
        (inside, "o", figure_style.INK, "in the table"),
        (~inside, "D", figure_style.VERMILLION, "in the table, outside the 90 %"),
    ):
        if mask.any():
            host.plot(
                rows["observed"][mask], y[mask], form, color=fill, markersize=5.5, label=words
            )
    host.set_yticks(y, [shorten(name, 30, placeholder=" …") for name in _unit_names(rows)])
    host.set_ylim(-0.8, len(rows) - 0.2)
    _stretched(host, float(max(rows["q95"].max(), rows["observed"].max())), record)
    host.set_xlabel(f"{amount_words(record)}, stretched scale")
    figure_style.tidy(host, grid="x")
    host.tick_params(axis="y", labelsize=9.0, length=0)
    figure_style.legend(
        host, loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=5, handlelength=1.2
    )
    return host


def _unit_names(rows: pd.DataFrame) -> list[str]:
    """Return the names of units, of localities with their country."""
    pairs = zip(rows["name"], rows["unit"], rows["country"], strict=True)
    return [name if unit == home else f"{name} ({home})" for name, unit, home in pairs]


def _stretched(ax: Axes, largest: float, record: Record) -> None:
    """Give the x-axis a scale that shows zero, small and large numbers."""
    counts = record["compared"]["measure"] == "count"
    least = 1.0 if counts else max(10.0 ** np.floor(np.log10(max(largest, 1.0)) - 3.0), 1.0)
    ax.set_xscale("symlog", linthresh=least, linscale=0.5)
    top = 1.25 * max(largest, 4.0 * least)
    steps = [least * s * 10.0**power for power in range(9) for s in (1.0, 2.0, 5.0)]
    if top > 300.0 * least:
        steps = [least * 10.0**power for power in range(10)]
    ax.set_xlim(-0.15 * least, top)
    ax.set_xticks([0.0, *(step for step in steps if step <= top)])
    ax.xaxis.set_major_formatter(
        lambda value, _: f"{value:,.0f}" if value < 1e7 else f"{value:.0e}"
    )
    ax.xaxis.set_minor_locator(_no_ticks())


def _no_ticks() -> Any:
    from matplotlib.ticker import NullLocator

    return NullLocator()


def draw_ranks(record: Record, ax: Axes | None = None) -> Axes:
    """Draw how well the model and naive predictors rank the units, and the same given GDP."""
    ranks: Record = record["ranks"]
    host = figure_style.host_axes(ax, (10.0, 4.4), (0.19, 0.13, 0.78, 0.68))
    y = np.arange(len(ranks))[::-1].astype(float)
    kinds = (
        ("rank", 0.14, "o", figure_style.BLUE, "rank correlation"),
        ("partial", -0.14, "s", figure_style.VERMILLION, "the same given GDP"),
    )
    for kind, shift, form, colour, words in kinds:
        for at, found in zip(y, ranks.values(), strict=True):
            _draw_estimate(host, found[kind], at + shift, form, colour)
        host.plot([], [], form, color=colour, label=f"{words}, 95 % interval")
        true = ranks[MODEL]["if_true"][kind]
        if true["q05"] is not None:
            host.fill_betweenx(
                [y[0] + shift - 0.12, y[0] + shift + 0.12], true["q05"], true["q95"],
                color=colour, alpha=figure_style.BAND, linewidth=0,
                label="90 % of runs, were the model true" if kind == "rank" else None,
            )  # fmt: skip
    host.axvline(0.0, color=figure_style.INK, linewidth=1.0, zorder=0)
    host.set_yticks(y, [LABELS[name] for name in ranks])
    host.set_ylim(-0.6, len(ranks) - 0.4)
    lows = [f[k]["low"] for f in ranks.values() for k in ("rank", "partial") if f[k] is not None]
    host.set_xlim(min([-0.05, *(low - 0.03 for low in lows if low is not None)]), 1.02)
    host.set_xlabel("correlation of ranks with the table (Spearman)")
    figure_style.tidy(host, grid="x")
    figure_style.legend(host, loc="lower left", bbox_to_anchor=(-0.2, 1.01), ncols=2)
    return host


def _draw_estimate(ax: Axes, found: Record | None, y: float, form: str, colour: str) -> None:
    """Draw a number with its interval, or nothing where there is none."""
    if found is None or found["value"] is None:
        return
    if found["low"] is not None:
        ax.plot([found["low"], found["high"]], [y, y], color=colour, linewidth=1.8)
    ax.plot([found["value"]], [y], form, color=colour, markersize=6)


def draw_concentration(record: Record, ax: Axes | None = None) -> Axes:
    """Draw each measure of concentration: the table's as a line, predictions as intervals."""
    rows: Sequence[Record] = record["concentration"]
    host = figure_style.host_axes(ax, (10.0, 4.2), (0.0, 0.0, 1.0, 1.0))
    host.set_axis_off()
    width = 0.80 / len(rows)
    for i, row in enumerate(rows):
        inner = host.inset_axes((0.185 + i * width, 0.11, width - 0.025, 0.70))
        _draw_measure(inner, row, named=i == 0)
    handles, labels = inner.get_legend_handles_labels()
    host.legend(
        handles, labels, loc="upper left", bbox_to_anchor=(0.18, 1.0), ncols=2, frameon=False,
        fontsize=figure_style.NOTE_SIZE,
    )  # fmt: skip
    return host


def _draw_measure(ax: Axes, row: Record, named: bool) -> None:
    """Draw one measure of concentration."""
    predictions: Record = row["predictions"]
    y = np.arange(len(predictions))[::-1]
    for at, (name, found) in zip(y, predictions.items(), strict=True):
        if found["median"] is None:
            continue
        colour = figure_style.BLUE if name == MODEL else figure_style.QUIET
        if found["q05"] is not None:
            ax.plot([found["q05"], found["q95"]], [at, at], color=colour, linewidth=2.2)
        ax.plot([found["median"]], [at], "o", color=colour, markersize=6)
    ax.plot([], [], "o-", color=figure_style.QUIET, label="prediction: median, 90 % interval")
    ax.axvline(row["observed"], color=figure_style.VERMILLION, linewidth=2.0, label="the table")
    ax.set_yticks(y, [LABELS[name] for name in predictions] if named else [""] * len(y))
    ax.set_ylim(-0.6, len(y) - 0.4)
    ends = [f[e] for f in predictions.values() for e in ("q05", "median", "q95")]
    ends = [end for end in ends if end is not None]
    low, high = min([*ends, row["observed"]]), max([*ends, row["observed"]])
    room = max(0.06 * (high - low), 0.02)
    ax.set_xlim(low - room, high + room)
    ax.xaxis.set_major_locator(_few_ticks())
    ax.set_xlabel(MEASURES[row["measure"]])
    figure_style.tidy(ax, grid="x")
    ax.xaxis.label.set_fontsize(figure_style.TICK_SIZE)
    ax.tick_params(axis="y", length=0)


def _few_ticks() -> Any:
    from matplotlib.ticker import MaxNLocator

    return MaxNLocator(nbins=4)


def draw_calibration(record: Record, ax: Axes | None = None) -> Axes:
    """Draw how often the table lies below each predictive quantile, and the PIT's histogram."""
    found: Record = record["calibration"]
    levels, marks = np.array(found["levels"]), found["predictions"]
    host = figure_style.host_axes(ax, (10.0, 5.2), (0.0, 0.0, 1.0, 1.0))
    host.set_axis_off()
    left = host.inset_axes((0.075, 0.12, 0.40, 0.70))
    right = host.inset_axes((0.575, 0.12, 0.40, 0.70))
    model = marks[MODEL]
    words = "90 % of runs, were the model true"
    left.fill_between(
        levels, model["function_low"], model["function_high"], color=figure_style.BLUE,
        alpha=figure_style.BAND, linewidth=0, label=words,
    )  # fmt: skip
    left.plot(levels, levels, color=figure_style.INK, linewidth=1.0, label="perfect")
    left.plot(levels, model["function"], color=figure_style.BLUE, linewidth=2.6, label="model")
    naive = [name for name in marks if name != MODEL]
    for name, colour, dash in zip(naive, _NAIVE_COLOURS, _DASHES, strict=False):
        left.plot(
            levels, marks[name]["function"], color=colour, linestyle=dash, linewidth=1.5,
            label=LABELS[name],
        )  # fmt: skip
    left.set(xlim=(0.0, 1.0), ylim=(0.0, 1.0), xlabel="predictive quantile")
    left.set_ylabel("share of units below it")
    _draw_histogram(right, model)
    for inner in (left, right):
        figure_style.tidy(inner)
    handles, labels = left.get_legend_handles_labels()
    host.legend(
        handles, labels, loc="upper left", bbox_to_anchor=(0.06, 1.0), ncols=3, frameon=False,
        fontsize=figure_style.NOTE_SIZE,
    )  # fmt: skip
    return host


def _draw_histogram(ax: Axes, model: Record) -> None:
    """Draw the histogram of the model's PIT with its band."""
    shares = np.array(model["shares"])
    edges = np.linspace(0.0, 1.0, len(shares) + 1)
    ax.bar(
        edges[:-1], shares, width=np.diff(edges), align="edge", facecolor=figure_style.FAINT,
        edgecolor=figure_style.PAPER,
    )  # fmt: skip
    for i, (low, high) in enumerate(zip(model["shares_low"], model["shares_high"], strict=True)):
        ax.fill_between(
            edges[i : i + 2],
            low,
            high,
            color=figure_style.BLUE,
            alpha=figure_style.BAND,
            linewidth=0,
        )
    ax.stairs(shares, edges, color=figure_style.INK, linewidth=1.4)
    ax.axhline(1.0 / len(shares), color=figure_style.INK, linewidth=1.0, linestyle="--")
    ax.set(xlim=(0.0, 1.0), xlabel="where the table lies in the model's prediction (PIT)")
    ax.set_ylim(0.0, 1.1 * max(float(shares.max()), *model["shares_high"]))
    ax.set_ylabel("share of units")


def draw_totals(record: Record, what: str, ax: Axes | None = None) -> Axes:
    """Draw the totals over units by year or by sector on their predictive intervals.

    Parameters
    ----------
    record
        What ``against.json`` holds.
    what
        ``years`` or ``sectors``.
    ax
        Axes to draw on; new ones by default.
    """
    rows: Sequence[Record] = record[what]
    seen = [row["observed"] for row in rows]
    ends = {end: [row[end] for row in rows] for end in ("q05", "median", "q95")}
    words = "90 % of runs"
    if what == "years":
        host = figure_style.host_axes(ax, (10.0, 4.2), (0.08, 0.14, 0.89, 0.72))
        x = [int(row["name"]) for row in rows]
        host.fill_between(
            x,
            ends["q05"],
            ends["q95"],
            color=figure_style.BLUE,
            alpha=figure_style.BAND,
            linewidth=0,
            label=words,
        )
        host.plot(x, ends["median"], color=figure_style.BLUE, linewidth=2.2, label="median")
        host.plot(x, seen, "o", color=figure_style.INK, label="the table")
        host.xaxis.set_major_locator(_whole_years())
        host.set_xlim(min(x) - 0.5, max(x) + 0.5)
        host.set_ylim(bottom=0.0)
        host.yaxis.set_major_formatter(lambda value, _: f"{value:,g}")
        # Flush left above the axes: along the axis it would be longer than the figure is high.
        host.set_title(amount_words(record), loc="left", fontsize=figure_style.NOTE_SIZE, pad=9.0)
        figure_style.tidy(host)
    else:
        height = 1.5 + 0.32 * max(len(rows), 3)
        host = figure_style.host_axes(
            ax, (10.0, height), (0.36, 0.7 / height, 0.61, 1 - 1.3 / height)
        )
        y = np.arange(len(rows))[::-1]
        host.hlines(
            y, ends["q05"], ends["q95"], color=figure_style.BLUE, alpha=0.5, lw=5, label=words
        )
        host.plot(ends["median"], y, "|", color=figure_style.BLUE, ms=10, mew=2, label="median")
        host.plot(seen, y, "o", color=figure_style.INK, label="the table")
        host.set_yticks(y, [shorten(row["name"], 44, placeholder=" …") for row in rows])
        host.set_ylim(-0.6, len(rows) - 0.4)
        host.set_xlim(left=0.0)
        host.xaxis.set_major_formatter(lambda value, _: f"{value:,g}")
        host.set_xlabel(amount_words(record))
        figure_style.tidy(host, grid="x")
    figure_style.legend(host, loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=3)
    return host


def _whole_years() -> Any:
    from matplotlib.ticker import MaxNLocator

    return MaxNLocator(nbins=12, integer=True)


def drawings(record: Record, units: pd.DataFrame) -> dict[str, Axes]:
    """Return every figure of a comparison, by its name."""
    found = {
        "units": draw_units(record, units),
        "ranks": draw_ranks(record),
        "concentration": draw_concentration(record),
        "calibration": draw_calibration(record),
    }
    found |= {what: draw_totals(record, what) for what in ("years", "sectors") if record[what]}
    for ax in found.values():
        text = f"{stamp_words(record)} · model {record['model_version']}"
        figure_style.small_print(ax, text)
    return found
