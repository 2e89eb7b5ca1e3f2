"""The funnel from visits to completed projects."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.report import figure_style, run_summaries
from sim.report.display_names import plain_word

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from sim.experiments.run import RunTables

WORDS = {
    "visits": "Visits, either way",
    "proposals": "Projects proposed",
    "memoranda": "Memoranda signed",
    "approvals": "Approved",
    "awards": "Awarded",
    "deals": "Deals formed",
    "completed": "Completed",
}
LOSS_COLOURS = {
    "lapsed": "#8c8c8c",
    "refused": figure_style.ORANGE,
    "vetoed": figure_style.PURPLE,
    "lost_in_tender": figure_style.SKY,
    "cancelled": figure_style.VERMILLION,
}


GLYPH = 0.085
"""Inches that a character of a label takes, at most."""


def plot_funnel(run: RunTables, ax: Axes | None = None) -> Axes:
    """Draw how many visits, memoranda, approvals, awards and deals there are, and what is lost.

    The left panel gives the median over runs and the 90 % interval; the right one, for each
    step, the projects that came that far and then failed, by reason (mean over runs).
    """
    host = figure_style.host_axes(ax, (10.0, 6.0), (0.175, 0.11, 0.8, 0.76))
    host.set_axis_off()
    numbers = run_summaries.funnel(run)
    left = figure_style.panel(host, (0.0, 0.0, 0.54, 1.0))
    right = figure_style.panel(host, (0.6, 0.0, 0.4, 1.0))
    _draw_steps(left, numbers)
    _draw_losses(right, numbers)
    figure_style.set_title(
        host,
        "From visits to deals",
        "Left: what is reached, median over runs and 90 % interval. Right: what is lost on the way",
        left=-0.2,
    )
    figure_style.stamp(figure_style.figure_of(host), run)
    return host


def _draw_steps(ax: Axes, numbers: run_summaries.Funnel) -> None:
    reached = run_summaries.spread(numbers.reached)
    at = np.arange(len(numbers.steps))
    ax.barh(at, reached.median, 0.62, color=figure_style.BLUE)
    limit, right = float(reached.high.max(initial=1.0)), 0.0
    wide = ax.get_window_extent().width / figure_style.figure_of(ax).dpi
    for i in at:
        low, middle, high = (float(v[i]) for v in (reached.low, reached.median, reached.high))
        ax.plot([low, high], [i, i], color=figure_style.INK, linewidth=1.4)
        end = max(middle, high) + 0.02 * limit
        words = f"{middle:,.0f}  [{low:,.0f}–{high:,.0f}]"
        # The label must end inside the panel, however many digits it has.
        right = max(right, end * wide / max(wide - GLYPH * len(words), 0.2 * wide))
        ax.text(
            end,
            float(i),
            words,
            va="center",
            fontsize=figure_style.NOTE_SIZE,
            color=figure_style.INK,
        )
    ax.set_xlim(0.0, max(right, 1.42 * limit))
    ax.set_ylim(len(at) - 0.5, -0.6)
    ax.set_yticks(at, [WORDS[name] for name in numbers.steps])
    figure_style.tidy(ax, grid="")
    ax.tick_params(axis="y", length=0)
    ax.spines["bottom"].set_visible(False)
    ax.set_xticks([])


def _draw_losses(ax: Axes, numbers: run_summaries.Funnel) -> None:
    means = numbers.lost.mean(axis=0)
    sums = run_summaries.spread(numbers.lost.sum(axis=1))
    at, start = np.arange(len(numbers.steps)), np.zeros(len(numbers.steps))
    for j, name in enumerate(run_summaries.LOSSES):
        low, middle, high = (float(v[j]) for v in (sums.low, sums.median, sums.high))
        words = f"{plain_word(name)}, {middle:,.0f}  [{low:,.0f}–{high:,.0f}]"
        ax.barh(at, means[:, j], 0.62, start, color=LOSS_COLOURS[name], label=words)
        start = start + means[:, j]
    ax.set_ylim(len(at) - 0.5, -0.6)
    ax.set_yticks(at)
    figure_style.tidy(ax, grid="x")
    ax.tick_params(axis="y", length=0, labelleft=False)
    ax.set_xlabel("projects lost after this step, mean per run")
    figure_style.legend(ax, loc="lower right", fontsize=figure_style.NOTE_SIZE, borderaxespad=0.1)
