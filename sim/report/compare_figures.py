"""Figures of a comparison: where, when and by how much a what-if differs from the baseline.

Each function draws on the axes given, or on a figure of its own, and returns the axes. What
can't be told from no difference is grey, pale or hatched.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.experiments.comparison.paired_simulation import LOCALITY_OUTCOMES, PATHS
from sim.report import figure_style
from sim.report.compare_forest import plot_forest
from sim.report.compare_style import HIGHER, LOWER, known_outcome, rows_of, stamp
from sim.report.compare_text import INTERVAL
from sim.report.tilemap import TILE, draw_tilemap

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.colors import Colormap, Normalize

    from sim.engine.outcomes import Outcome
    from sim.experiments.comparison.paired_comparison import ComparisonTables

__all__ = ["FIGURES", "plot_forest", "plot_map", "plot_paths", "save_figures"]

METRICS = ("visits_to_lac", "memoranda", "deals", "ties")
"""Metrics whose paths are drawn if none are asked for."""
PALE, PALER, HATCH = "#f3f3f3", "#f7cfb0", "//////"


def diverging() -> Colormap:
    """Return colours from lower over white to higher, told apart by any common colour vision."""
    from matplotlib.colors import LinearSegmentedColormap

    ends = ("#7a3000", LOWER, "#f6c9a8", "#ffffff", "#a9d3ee", HIGHER, "#003a63")
    return LinearSegmentedColormap.from_list("difference", ends)


def symmetric(largest: float) -> Normalize:
    """Return a scale that is the same on both sides of zero and shows small differences."""
    from matplotlib.colors import FuncNorm

    top = largest or 1.0

    def root(x: Any) -> Any:
        return np.sign(x) * np.sqrt(np.abs(x))

    def square(x: Any) -> Any:
        return np.sign(x) * np.square(x)

    return FuncNorm((root, square), -top, top)


def plot_map(
    comparison: ComparisonTables,
    outcome: str = "deals",
    what_if: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the mean difference of an outcome by locality on the tile map.

    Localities whose difference can't be told from none, after correction for the number of those
    that differ in a run, are pale and hatched, or only pale where that holds of all; those where no
    run differs are white.

    Parameters
    ----------
    comparison
        The comparison.
    outcome
        Name of an outcome by locality, see
        :data:`sim.experiments.comparison.paired_simulation.LOCALITY_OUTCOMES`.
    what_if
        Which what-if; the first by default.
    ax
        Axes to draw on.

    Raises
    ------
    InputError
        If there is no such outcome or what-if.
    """
    entry = known_outcome(outcome, LOCALITY_OUTCOMES, "outcome by locality")
    label = comparison.label_of(what_if)
    frame = rows_of(comparison.by_locality, label)
    rows = frame[frame["outcome"] == outcome].set_index("locality")
    gaps = rows["difference"]
    largest = float(np.nanmax(np.abs(gaps.to_numpy(dtype=np.float64)), initial=0.0))
    ax = figure_style.host_axes(ax, (8.0, 9.0), (0.01, 0.055, 0.98, 0.86))
    unit = {"count": "per run", "0-1": "0 to 1"}.get(entry.unit, entry.unit)
    draw_tilemap(
        ax,
        comparison.world.localities,
        comparison.world.grid,
        gaps,
        cmap=diverging(),
        norm=symmetric(largest),
        label=f"mean difference, {unit}",
        zero_color=None,
        missing_color="#c9c9c9",
        highlight=list(comparison.what_ifs[label].focus) or None,
    )
    differs = (rows["share_equal"] < 1) & gaps.notna()
    clear = rows["distinguishable"] & differs
    # Where nothing can be told from none, hatching everything would only hide the magnitudes.
    _pale(ax, comparison, rows.index[differs & ~clear], hatched=bool(clear.any()))
    _map_key(ax, rows, differs, clear)
    words = entry.meaning[:1].upper() + entry.meaning[1:]
    years = f"{comparison.baseline.start} to {comparison.baseline.end}"
    figure_style.set_title(ax, words, f"{label} less {comparison.baseline.name} · {years}")
    stamp(ax, comparison)
    return ax


def _pale(ax: Axes, comparison: ComparisonTables, codes: pd.Index[Any], *, hatched: bool) -> None:
    """Pale, and if asked hatch, the tiles of some localities."""
    from matplotlib.collections import PolyCollection

    cells = comparison.world.grid.set_index("code").loc[list(codes), ["col", "row"]].to_numpy()
    half = TILE / 2
    corners = np.array([(-half, -half), (half, -half), (half, half), (-half, half)])
    squares = list(cells[:, None].astype(np.float64) + corners)
    parts = [PolyCollection(squares, facecolors="#ffffff99", edgecolors="none")]
    if hatched:
        lines = PolyCollection(squares, facecolors="none", edgecolors="#00000055", linewidths=0.0)
        lines.set_hatch(HATCH)
        parts.append(lines)
    for part in parts:
        ax.add_collection(part, autolim=False)


def _map_key(
    ax: Axes, rows: pd.DataFrame, differs: pd.Series[bool], clear: pd.Series[bool]
) -> None:
    """Say below the map what is drawn and of how many localities; only that has an entry."""
    from matplotlib.patches import Patch

    higher = rows["difference"] > 0
    unclear, some = int((differs & ~clear).sum()), bool(clear.any())
    hatched = {"facecolor": PALE, "edgecolor": "#00000055", "hatch": HATCH}
    none = f"none of the {unclear} that differ can be told from no difference"
    entries: list[tuple[int, str, dict[str, Any]]] = [
        (int((clear & ~higher).sum()), "lower: {}", {"facecolor": LOWER, "edgecolor": "#00000044"}),
        (
            int((clear & higher).sum()),
            "higher: {}",
            {"facecolor": HIGHER, "edgecolor": "#00000044"},
        ),
        (unclear if some else 0, "may be none: {}", hatched),
        (0 if some else unclear, none, {"facecolor": PALER, "edgecolor": "#00000022"}),
        (
            int((rows["share_equal"] == 1).sum()),
            "equal in all runs: {}",
            {"facecolor": "#ffffff", "edgecolor": "#999999"},
        ),
    ]
    ax.legend(
        handles=[
            Patch(**look, linewidth=0.6, label=words.format(count))
            for count, words, look in entries
            if count
        ],
        loc="upper center",
        bbox_to_anchor=(0.5, 0.015),
        ncols=4,
        fontsize=figure_style.NOTE_SIZE - 0.5,
        frameon=False,
        columnspacing=1.1,
        handlelength=1.5,
    )


def plot_paths(
    comparison: ComparisonTables,
    metrics: Sequence[str] | None = None,
    what_if: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw mean differences over time with their 95 % bands, a panel a metric.

    Parameters
    ----------
    comparison
        The comparison.
    metrics
        Names of :data:`sim.experiments.comparison.paired_simulation.PATHS`; some key ones by
        default.
    what_if
        Draw this what-if only; all by default.
    ax
        Axes to draw on.

    Raises
    ------
    InputError
        If there is no such metric or what-if.
    """
    chosen = [known_outcome(name, PATHS, "metric over time") for name in metrics or METRICS]
    labels = comparison.labels if what_if is None else (comparison.label_of(what_if),)
    count = len(chosen)
    height = 2.15 * count + 1.9
    low, high = 0.72 / height, 1.0 - 1.15 / height
    host = figure_style.host_axes(ax, (10.0, height), (0.1, low, 0.87, high - low))
    host.set_axis_off()
    part = 1.0 / (count + 0.22 * (count - 1))
    for number, entry in enumerate(chosen):
        bottom = 1.0 - part - 1.22 * part * number
        panel = figure_style.panel(host, (0.0, bottom, 1.0, part))
        for colour, label in zip(_colours(len(labels)), labels, strict=True):
            frame = rows_of(comparison.paths, label)
            _path(panel, comparison, frame[frame["metric"] == entry.name], colour, label)
        _dress_path(panel, comparison, entry, last=number == count - 1)
        if number == 0 and len(labels) > 1:
            figure_style.legend(panel, ncols=min(len(labels), 4), loc="best")
    who = f"{labels[0]} less" if len(labels) == 1 else "What-ifs less"
    title = figure_style.panel(host, (0.0, 1.0, 1.0, 0.32 / (height - 1.87)))
    title.set_axis_off()
    figure_style.set_title(
        title,
        "Difference over time",
        f"{who} {comparison.baseline.name}: mean of {comparison.pairs} and {INTERVAL}",
    )
    stamp(host, comparison)
    return host


def _colours(count: int) -> list[str]:
    return [figure_style.CYCLE[i % len(figure_style.CYCLE)] for i in range(count)]


def _path(
    ax: Axes, comparison: ComparisonTables, rows: pd.DataFrame, colour: str, label: str
) -> None:
    first = comparison.baseline.start_month
    x = 2000.0 + (first + 1 + np.arange(len(rows))) / 12.0
    middle = rows["difference"].to_numpy(dtype=np.float64)
    # Where no run differs nothing is known but the zero.
    low, high = (rows[name].fillna(rows["difference"]).to_numpy() for name in ("low", "high"))
    ax.fill_between(x, low, high, color=colour, alpha=figure_style.BAND, linewidth=0)
    ax.plot(x, middle, color=colour, linewidth=2.0, label=label)


def _dress_path(ax: Axes, comparison: ComparisonTables, entry: Outcome, *, last: bool) -> None:
    figure_style.tidy(ax)
    ax.axhline(0.0, color=figure_style.INK, linewidth=1.0)
    figure_style.year_axis(ax, comparison.baseline.start_month, comparison.baseline.end_month)
    unit = "" if entry.unit == "count" else f" ({entry.unit})"
    ax.text(
        0.0,
        1.03,
        f"{entry.meaning[:1].upper()}{entry.meaning[1:]}{unit}",
        transform=ax.transAxes,
        fontsize=figure_style.LABEL_SIZE,
        color=figure_style.INK,
    )
    ax.set_ylabel("difference")
    ax.yaxis.set_label_coords(-0.075, 0.5)
    ax.tick_params(labelbottom=last)
    if last:
        ax.set_xlabel("year")


FIGURES: dict[str, tuple[Callable[[ComparisonTables, str], Axes], str]] = {
    "forest": (
        lambda comparison, label: plot_forest(comparison, what_if=label),
        (
            "Effects on the region in percent of the baseline, sorted, with 95 % intervals. What "
            "can't be told from no difference is grey."
        ),
    ),
    "map_deals": (
        lambda comparison, label: plot_map(comparison, "deals", label),
        (
            "Where deals are gained and lost: the mean difference by first-level unit. Hatched or "
            "pale tiles can't be told from no difference, after correction for the number of units "
            "that differ in a run."
        ),
    ),
    "paths": (
        lambda comparison, label: plot_paths(comparison, what_if=label),
        "Differences over time with 95 % bands; visits, memoranda and deals add up from the start.",
    ),
    "map_trust": (
        lambda comparison, label: plot_map(comparison, "trust", label),
        "Difference of trust at the end: the highest trust of each locality in any Chinese actor.",
    ),
}
"""Figures of each what-if, with their captions."""
TOGETHER = "paths_together"
TOGETHER_CAPTION = "All what-ifs over time, as differences from the baseline with 95 % bands."


def captions(comparison: ComparisonTables) -> dict[str, str]:
    """Return the names of a comparison's figures in order, with their captions."""
    found = {} if len(comparison.labels) == 1 else {TOGETHER: TOGETHER_CAPTION}
    for label in comparison.labels:
        if label not in comparison.identical:
            found |= {f"{label}_{name}": caption for name, (_, caption) in FIGURES.items()}
    return found


def draw(comparison: ComparisonTables, name: str) -> Axes:
    """Draw one of the figures named by :func:`captions`."""
    if name == TOGETHER:
        return plot_paths(comparison)
    label = max((x for x in comparison.labels if name.startswith(f"{x}_")), key=len)
    return FIGURES[name.removeprefix(f"{label}_")][0](comparison, label)


def save_figures(comparison: ComparisonTables, folder: str | Path) -> list[Path]:
    """Write all figures of a comparison as PNG (150 dpi) and SVG; return the files written.

    Raises
    ------
    InputError, MachineError
        If the folder cannot be written to.
    """
    return figure_style.save_all(captions(comparison), partial(draw, comparison), folder)
