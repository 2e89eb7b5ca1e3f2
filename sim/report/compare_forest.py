"""The forest plot of a comparison: all effects on the region, sorted."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import shorten
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.experiments.comparison.paired_simulation import REGION_OUTCOMES
from sim.report import figure_style
from sim.report.compare_style import GREY, HIGHER, LOWER, known_outcome, rows_of, stamp
from sim.report.compare_text import INTERVAL, amount, digits_of, key_of, label_of

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from sim.experiments.comparison.paired_comparison import ComparisonTables

POLITICS = ("governor_changes", "executive_changes", "recognition_switches")
"""Outcomes of politics rather than of outreach, left out unless asked for."""


def plot_forest(
    comparison: ComparisonTables,
    outcomes: Sequence[str] | None = None,
    what_if: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the effects on outcomes for the region in percent of the baseline, sorted.

    Those that can't be told from none are grey. Without a choice of outcomes, those are left out
    that are equal in all runs or have no percentage.

    Parameters
    ----------
    comparison
        The comparison.
    outcomes
        Names of outcomes for the region.
    what_if
        Which what-if; the first by default.
    ax
        Axes to draw on.

    Raises
    ------
    InputError
        If there is no such outcome or what-if.
    """
    label = comparison.label_of(what_if)
    frame = rows_of(comparison.effects, label)
    if outcomes is not None:
        chosen = [known_outcome(name, REGION_OUTCOMES, "outcome").name for name in outcomes]
        rows = frame[frame["outcome"].isin(chosen)]
    else:
        rows = frame[(frame["share_equal"] < 1) & ~frame["outcome"].isin(POLITICS)]
    rows = rows[rows["percent"].notna() & rows["low"].notna()]
    rows = rows.sort_values("percent", kind="stable").reset_index(drop=True)
    height = 0.27 * max(len(rows), 3) + 1.9
    box = (0.36, 0.75 / height, 0.42, 1.0 - 1.65 / height)
    ax = figure_style.host_axes(ax, (10.0, height), box)
    for y, row in enumerate(rows.itertuples()):
        _draw_effect(ax, float(y), row)
    ax.axvline(0.0, color=figure_style.INK, linewidth=1.0)
    ax.set_yticks(
        range(len(rows)), [shorten(label_of(n), 50, placeholder=" …") for n in rows["outcome"]]
    )
    ax.set_ylim(-0.8, max(len(rows), 1) - 0.2)
    _limit(ax, rows)
    figure_style.tidy(ax, grid="x")
    ax.tick_params(axis="y", length=0, labelsize=figure_style.NOTE_SIZE - 0.5)
    ax.set_xlabel("difference in % of the baseline's mean")
    figure_style.set_title(
        ax,
        "Effects on the region",
        f"{label} less {comparison.baseline.name}: mean of {comparison.pairs} and "
        f"{INTERVAL}; grey: not distinguishable from none",
        left=-0.83,
    )
    stamp(ax, comparison)
    return ax


def _limit(ax: Axes, rows: pd.DataFrame) -> None:
    """Set the x-axis so that one large effect, then an arrow at the edge, hides no others."""
    if rows.empty:
        ax.text(0.5, 0.5, "no outcome differs in any run", transform=ax.transAxes, ha="center")
        return
    sizes = np.abs(rows["percent"].to_numpy(dtype=np.float64))
    ordinary = sizes <= 3.0 * np.quantile(sizes, 0.9)
    top = float(np.abs(_ends(rows))[:, ordinary].max(initial=0.0)) or 1.0
    ax.set_xlim(-1.08 * top, 1.08 * top)
    edge = 1.08 * top
    shares, clears = rows["percent"].tolist(), rows["distinguishable"].tolist()
    for y, (share, clear, *ends) in enumerate(zip(shares, clears, *_ends(rows), strict=True)):
        colour = (HIGHER if share > 0 else LOWER) if clear else GREY
        # An arrow where the effect, or its interval, goes on beyond the axis.
        for side, mark in ((-1.0, "<"), (1.0, ">")):
            if max(side * value for value in (share, *ends)) > edge:
                ax.plot(side * 0.965 * edge, y, mark, color=colour, markersize=7)


def _ends(rows: pd.DataFrame) -> np.ndarray[Any, Any]:
    scale = 100.0 / rows["baseline"].abs().to_numpy(dtype=np.float64)
    return np.stack([rows[name].to_numpy(dtype=np.float64) * scale for name in ("low", "high")])


def _draw_effect(ax: Axes, y: float, row: Any) -> None:
    scale = 100.0 / abs(float(row.baseline))
    low, high = scale * float(row.low), scale * float(row.high)
    clear = bool(row.distinguishable)
    colour = (HIGHER if row.difference > 0 else LOWER) if clear else GREY
    ax.plot((low, high), (y, y), color=colour, linewidth=2.0, solid_capstyle="butt")
    face = colour if clear else figure_style.PAPER
    ax.plot(row.percent, y, "o", color=colour, markerfacecolor=face, markersize=5.5)
    key = key_of(row.outcome)
    width = key.scale * (float(row.high) - float(row.low)) / 2
    digits = digits_of(width, 2) if width > 0 else None
    ends = [
        amount(key.scale * float(v), digits, signed=True)
        for v in (row.difference, row.low, row.high)
    ]
    ax.annotate(
        f"{ends[0]} [{ends[1]}, {ends[2]}]",
        (1.02, y),
        xycoords=("axes fraction", "data"),
        va="center",
        fontsize=figure_style.NOTE_SIZE - 2.0,
        color=figure_style.INK if clear else "#6e6e6e",
        annotation_clip=False,
    )
