"""Deals by the channel that brought them about and the level that decided on them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.core.enums import CHANNELS, LEVELS
from sim.report import figure_style, run_summaries

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from sim.experiments.run import RunTables

WORDS = {
    "province": "Chinese provinces",
    "organisation": "Quasi-governmental bodies",
    "embassy": "Embassies",
    "firm": "Firms",
    "bank": "Policy banks",
    "association": "Business associations",
    "locality": "Localities' own search",
    "executive": "National executives",
    "acquisition": "Acquisitions",
}
LEVEL_LOOK = {
    "local": (figure_style.BLUE, "", "decided locally"),
    "central": (figure_style.ORANGE, "//", "decided by the centre"),
    "none": ("#9a9a9a", "..", "no public decision (acquired)"),
}


def plot_channels(run: RunTables, ax: Axes | None = None) -> Axes:
    """Draw deals by channel, stacked by level of decision, with the 90 % interval of the sum."""
    ax = figure_style.host_axes(ax, (10.0, 5.8), (0.235, 0.115, 0.735, 0.745))
    columns = ["replicate", "channel", "level", "month_deal"]
    frame = run.tables["projects"].select(columns).to_pandas()
    frame = frame[frame["month_deal"].notna()]
    runs = run_summaries.logs_kept(run)
    shape = (runs, len(CHANNELS), len(LEVELS))
    counts = np.zeros(shape)
    named = zip(frame["replicate"], frame["channel"], frame["level"].fillna("none"), strict=True)
    for replicate, channel, level in named:
        counts[replicate, CHANNELS.index(channel), LEVELS.index(level)] += 1
    total = run_summaries.spread(counts.sum(axis=2))
    order = [i for i in np.argsort(-total.mean, kind="stable") if total.mean[i] > 0]
    at, left = np.arange(len(order)), np.zeros(len(order))
    for name, (colour, hatch, words) in LEVEL_LOOK.items():
        width = counts.mean(axis=0)[order, LEVELS.index(name)]
        if width.any():
            bars = ax.barh(at, width, 0.66, left, color=colour, label=words)
            for bar in bars:
                bar.set(hatch=hatch, edgecolor="white", linewidth=0.8)
        left = left + width
    gap = (left - total.low[order], total.high[order] - left)
    ax.errorbar(
        left,
        at,
        xerr=np.maximum(gap, 0.0),
        fmt="none",
        ecolor=figure_style.INK,
        capsize=3.5,
        lw=1.4,
    )
    ax.set_yticks(at, [WORDS[CHANNELS[i]] for i in order])
    ax.set_ylim(max(len(order), 1) - 0.4, -0.6)
    ax.set_xlim(left=0.0)
    ax.set_xlabel("deals per run (mean; line: 90 % interval of the sum)")
    figure_style.tidy(ax, grid="x")
    ax.tick_params(axis="y", length=0)
    if order:
        figure_style.legend(ax, loc="lower right", fontsize=11)
    else:
        ax.text(0.5, 0.5, "no deals", transform=ax.transAxes, ha="center", fontsize=14)
    words = "Who brought the partners together, and who decided"
    figure_style.set_title(ax, "Deals by channel", words, left=-0.29)
    figure_style.stamp(figure_style.figure_of(ax), run)
    return ax
