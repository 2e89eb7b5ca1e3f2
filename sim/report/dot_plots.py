"""Ranked dot plots: deals by country and by sector."""

from __future__ import annotations

from textwrap import fill
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sim.core.plurals import counted
from sim.report import figure_style, run_summaries
from sim.report.display_names import Names

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from sim.experiments.run import RunTables

MOST_ROWS = 20


def plot_countries(run: RunTables, ax: Axes | None = None) -> Axes:
    """Draw the deals of each country, ranked, as median over runs and 90 % interval."""
    names = Names(run.world)
    wide = run.by_country.pivot(index="replicate", columns="country", values="deals")
    table = run_summaries.ranked(wide)
    table = table[table["mean"] > 0].head(MOST_ROWS)
    ax = figure_style.host_axes(ax, (10.0, 6.6), (0.225, 0.1, 0.745, 0.77))
    _dots(ax, table, [names.country(code) for code in table.index], figure_style.BLUE)
    ax.set_xlabel("deals per run")
    silent = wide.shape[1] - int((wide.sum() > 0).sum())
    without = f" · {counted(silent, 'country')} without any" if silent else ""
    words = f"Median over runs and 90 % interval{without}"
    figure_style.set_title(ax, "Deals by country", words, left=-0.28)
    figure_style.stamp(figure_style.figure_of(ax), run)
    return ax


def plot_sectors(run: RunTables, ax: Axes | None = None) -> Axes:
    """Draw the number and the value of deals of each sector, ranked by number."""
    names = Names(run.world)
    codes = [str(code) for code in run.world.sectors["code"]]
    count = run_summaries.ranked(
        run_summaries.totals(run, "", "sector").reindex(columns=codes).fillna(0.0)
    )
    value = (
        run_summaries.totals(run, "value_usd_m", "sector").reindex(columns=codes).fillna(0.0)
        / 1000.0
    )
    host = figure_style.host_axes(ax, (10.0, 6.6), (0.245, 0.1, 0.735, 0.77))
    host.set_axis_off()
    left = figure_style.panel(host, (0.0, 0.0, 0.46, 1.0))
    right = figure_style.panel(host, (0.54, 0.0, 0.46, 1.0))
    labels = [fill(names.sectors.get(code, code), 28) for code in count.index]
    _dots(left, count, labels, figure_style.BLUE)
    left.set_xlabel("deals per run")
    _dots(right, run_summaries.ranked(value, list(count.index)), [], figure_style.VERMILLION)
    right.set_xlabel("value per run, US$ billion")
    figure_style.set_title(
        host, "Deals by sector", "Median over runs and 90 % interval", left=-0.315
    )
    figure_style.stamp(figure_style.figure_of(host), run)
    return host


def _dots(ax: Axes, table: pd.DataFrame, labels: list[str], colour: str) -> None:
    """Draw one row per line of ``table``: the interval as a line, the median as a dot."""
    at = np.arange(len(table))
    ax.hlines(at, table["low"], table["high"], color=colour, alpha=0.45, linewidth=4.0)
    ax.plot(table["median"], at, "o", color=colour, markersize=7.5, markeredgecolor="white")
    ax.set_ylim(max(len(table), 1) - 0.4, -0.6)
    ax.set_xlim(left=0.0)
    figure_style.tidy(ax, grid="x")
    if labels:
        ax.set_yticks(at, labels)
    else:
        ax.set_yticks(at)
        ax.tick_params(labelleft=False)
    ax.tick_params(axis="y", length=0)
    if not len(table):
        ax.text(0.5, 0.5, "no deals", transform=ax.transAxes, ha="center", fontsize=14)
