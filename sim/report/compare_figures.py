"""Figures of a comparison: where, when and by how much a what-if differs from the baseline.

Each function draws on the axes given, or on a figure of its own, and returns the axes. What
can't be told from no difference is grey, pale or hatched.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from textwrap import shorten
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sim.experiments.comparison.paired_comparison import ComparisonTables
from sim.experiments.comparison.paired_simulation import LOCALITY_OUTCOMES, PATHS, REGION_OUTCOMES
from sim.experiments.run_settings import varies_words
from sim.experiments.sender_words import sender_words
from sim.report import figure_style
from sim.report.amount_words import signed_amounts
from sim.report.compare_text import cases_words
from sim.report.display_names import outcome_label
from sim.report.figure_style import BLUE, CYCLE, INK, NOTE_SIZE, PAPER, VERMILLION, stamp_text
from sim.report.figures import known_outcome
from sim.report.phrases import capital, catalogue
from sim.report.tilemap import draw_tilemap

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colors import Colormap, Normalize


METRICS = ("visits_to_lac", "memoranda", "deals", "ties")
"""Metrics whose paths are drawn if none are asked for."""
POLITICS = ("governor_changes", "executive_changes", "recognition_switches")
"""Outcomes of politics rather than of outreach, left out of the forest unless asked for."""
GREY, LOWER, HIGHER = "#8c8c8c", VERMILLION, BLUE
PALE, PALER, HATCH = "#f3f3f3", "#f7cfb0", "//////"
PAIRED = "paired run"


@cache
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
    kind: str = "map",
) -> Axes:
    """Draw the mean difference of an outcome by locality on a map.

    ``kind`` is ``map`` or ``tiles``, as :func:`sim.report.figures.plot_map` takes it.

    Localities whose mean difference isn't told from none, after correction for the number of those
    that differ in a run, are pale and hatched, or only pale where that holds of all; those where no
    run differs are white. The first what-if is drawn by default.

    InputError if there is no such what-if or kind of map, or ``outcome`` is none of
    :data:`sim.experiments.comparison.paired_simulation.LOCALITY_OUTCOMES`.
    """
    from matplotlib.collections import PathCollection

    entry = known_outcome(outcome, LOCALITY_OUTCOMES, "outcome by locality")
    label, baseline = comparison.label_of(what_if), comparison.baseline
    frame = comparison.by_locality
    rows = frame[frame["scenario"].eq(label) & frame["outcome"].eq(outcome)].set_index("locality")
    gaps = rows["difference"]
    largest = float(np.nanmax(np.abs(gaps.to_numpy(dtype=np.float64)), initial=0.0))
    ax = figure_style.host_axes(ax, (8.0, 9.0), (0.01, 0.055, 0.98, 0.86))
    unit = {"count": "per run", "0-1": "0 to 1"}.get(entry.unit, entry.unit)
    sheet = draw_tilemap(
        ax,
        comparison.world,
        gaps,
        cmap=diverging(),
        norm=symmetric(largest),
        label=f"mean difference, {unit}",
        zero_color=None,
        missing_color="#c9c9c9",
        highlight=comparison.what_ifs[label].focus,
        kind=kind,
    )
    differs = (rows["share_equal"] < 1) & gaps.notna()
    clear = rows["distinguishable"] & differs
    unclear = (differs & ~clear).reindex(sheet.codes).to_numpy(dtype=bool)
    squares = [path for path, pale in zip(sheet.paths(), unclear, strict=True) if pale]
    parts = [PathCollection(squares, facecolors="#ffffff99", edgecolors="none")]
    # Where nothing can be told from none, hatching everything would only hide the magnitudes.
    if clear.any():
        faint: dict[str, Any] = {"facecolors": "none", "edgecolors": "#00000055", "hatch": HATCH}
        parts.append(PathCollection(squares, linewidths=0.0, **faint))
    for part in parts:
        ax.add_collection(part, autolim=False)
    _map_key(ax, rows, differs, clear)
    words = sender_words(comparison.world)(capital(entry.meaning))
    below = f"{label} less {baseline.name}: mean {varies_words(comparison.manifest)}"
    figure_style.set_title(ax, words, below, source=stamp_text(comparison, PAIRED))
    return ax


def _map_key(
    ax: Axes, rows: pd.DataFrame, differs: pd.Series[bool], clear: pd.Series[bool]
) -> None:
    """Say below the map what is drawn and of how many localities; only that has an entry."""
    from matplotlib.patches import Patch

    higher = rows["difference"] > 0
    unclear, some = int((differs & ~clear).sum()), bool(clear.any())
    none = f"of the {unclear} that differ no mean is told from none"
    entries = (
        (int((clear & ~higher).sum()), "mean lower: {}", LOWER, "#00000044", ""),
        (int((clear & higher).sum()), "mean higher: {}", HIGHER, "#00000044", ""),
        (unclear if some else 0, "mean not told from none: {}", PALE, "#00000055", HATCH),
        (0 if some else unclear, none, PALER, "#00000022", ""),
        (int((rows["share_equal"] == 1).sum()), "equal in all runs: {}", "#ffffff", "#999999", ""),
    )
    ax.legend(
        handles=[
            Patch(fc=face, ec=edge, hatch=hatch, linewidth=0.6, label=words.format(count))
            for count, words, face, edge, hatch in entries
            if count
        ],
        loc="upper center",
        bbox_to_anchor=(0.5, 0.015),
        ncols=4,
        fontsize=NOTE_SIZE - 0.5,
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
    """Draw mean differences over time and where nine cases in ten lie, a panel a metric.

    Some key metrics are drawn by default, and all what-ifs.

    InputError if there is no such what-if, or a metric is none of
    :data:`sim.experiments.comparison.paired_simulation.PATHS`.
    """
    chosen = [known_outcome(name, PATHS, "metric over time") for name in metrics or METRICS]
    labels = comparison.labels if what_if is None else (comparison.label_of(what_if),)
    first, last = comparison.baseline.start_month, comparison.baseline.end_month
    height, count = 2.15 * len(chosen) + 1.9, len(chosen)
    low, high = 0.72 / height, 1.0 - 1.15 / height
    part = 1.0 / (count + 0.22 * (count - 1))
    boxes = [(0.0, 1.0 - part - 1.22 * part * number, 1.0, part) for number in range(count)]
    above = (0.0, 1.0, 1.0, 0.32 / (height - 1.87))
    host, (title, *panels) = figure_style.panels(
        ax, (10.0, height), (0.1, low, 0.87, high - low), (above, *boxes)
    )
    for panel, entry in zip(panels, chosen, strict=True):
        for number, label in enumerate(labels):
            mine = comparison.paths.query("scenario == @label and metric == @entry.name")
            ends = mine["difference"], mine["p05"], mine["p95"]
            at = figure_style.month_ends(first, len(ends[0]))
            figure_style.band(panel, at, ends, CYCLE[number % len(CYCLE)], label)
        figure_style.tidy(panel)
        panel.axhline(0.0, color=INK, linewidth=1.0)
        figure_style.year_axis(panel, first, last)
        unit = "" if entry.unit == "count" else f" ({entry.unit})"
        words = sender_words(comparison.world)(capital(entry.meaning)) + unit
        panel.set_title(words, loc="left", fontsize=figure_style.LABEL_SIZE, color=INK, pad=4.0)
        panel.set_ylabel("difference")
        panel.yaxis.set_label_coords(-0.075, 0.5)
        panel.tick_params(labelbottom=panel is panels[-1])
    panels[-1].set_xlabel("year")
    if len(labels) > 1:
        figure_style.legend(panels[0], ncols=min(len(labels), 4), loc="best")
    title.set_axis_off()
    who = f"{labels[0]} less" if len(labels) == 1 else "What-ifs less"
    words = f"{who} {comparison.baseline.name}: mean of {comparison.pairs}, and band of "
    words += cases_words(comparison)
    source = stamp_text(comparison, PAIRED)
    figure_style.set_title(title, "Difference over time", words, source=source)
    return host


def plot_forest(
    comparison: ComparisonTables,
    outcomes: Sequence[str] | None = None,
    what_if: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the effects on outcomes for the region in percent of the baseline, sorted.

    Those that can't be told from none are grey. Without a choice of outcomes, those are left out
    that are equal in all runs or have no percentage. The first what-if is drawn by default.

    InputError if there is no such outcome for the region or what-if.
    """
    label = comparison.label_of(what_if)
    rows = comparison.effects[comparison.effects["scenario"] == label]
    if outcomes is not None:
        chosen = [known_outcome(name, REGION_OUTCOMES, "outcome").name for name in outcomes]
        rows = rows[rows["outcome"].isin(chosen)]
    else:
        rows = rows[(rows["share_equal"] < 1) & ~rows["outcome"].isin(POLITICS)]
    rows = rows.dropna(subset=["percent", "low", "high"])
    rows = rows.sort_values("percent", ascending=False, kind="stable", ignore_index=True)
    ax = figure_style.row_axes(ax, len(rows), 0.27, (0.9, 0.75), left=0.36, right=0.22)
    _draw_effects(ax, rows)
    ax.axvline(0.0, color=INK, linewidth=1.0)
    names = [
        shorten(outcome_label(name, comparison.world).with_unit, 50, placeholder=" …")
        for name in rows["outcome"]
    ]
    figure_style.name_rows(ax, names, size=NOTE_SIZE - 0.5)
    for y, row in enumerate(rows.itertuples()):
        ax.annotate(
            _effect_words(row),
            (1.02, y),
            xycoords=("axes fraction", "data"),
            va="center",
            fontsize=NOTE_SIZE - 2.0,
            color=INK if row.distinguishable else "#6e6e6e",
            annotation_clip=False,
        )
    ax.set_xlabel("difference in % of the baseline's mean")
    words = (
        f"{label} less {comparison.baseline.name}: mean, and {cases_words(comparison)}; "
        "grey: mean not told from none"
    )
    source = stamp_text(comparison, PAIRED)
    figure_style.set_title(ax, "Effects on the region", words, left=-0.83, source=source)
    return ax


def _draw_effects(ax: Axes, rows: pd.DataFrame) -> None:
    """Draw effects, on an axis such that one large one, then an arrow at its edge, hides none."""
    if rows.empty:
        ax.text(0.5, 0.5, "no outcome differs in any run", transform=ax.transAxes, ha="center")
        return
    scale = 100.0 / rows["baseline"].abs()
    ends = pd.DataFrame(
        {"low": rows["p05"] * scale, "high": rows["p95"] * scale, "middle": rows["percent"]}
    )
    sizes = ends["middle"].abs()
    ordinary = sizes <= 3.0 * sizes.quantile(0.9)
    edge = 1.08 * (float(ends.loc[ordinary, ["low", "high"]].abs().to_numpy().max()) or 1.0)
    ax.set_xlim(-edge, edge)
    clear = rows["distinguishable"].astype(bool)
    for mask, colour in (
        (clear & (ends["middle"] > 0), HIGHER),
        (clear & (ends["middle"] <= 0), LOWER),
        (~clear, GREY),
    ):
        at, mine = np.flatnonzero(mask), ends[mask]
        figure_style.draw_intervals(
            ax, at, mine["low"], mine["high"], mine["middle"], (colour, "o"), width=2.0, size=5.5,
            markerfacecolor=PAPER if colour == GREY else colour,
        )  # fmt: skip
        # An arrow where the effect, or its interval, goes on beyond the axis.
        for side, mark in ((-1.0, "<"), (1.0, ">")):
            beyond = at[((side * mine).max(axis=1) > edge).to_numpy()]
            ax.plot([side * 0.965 * edge] * len(beyond), beyond, mark, color=colour, markersize=7)


def _effect_words(row: Any) -> str:
    """Return a difference with its interval in the outcome's own unit."""
    scale = outcome_label(row.outcome).scale
    ends = (scale * float(value) for value in (row.p05, row.p95, row.difference))
    low, high, middle = signed_amounts(*ends)
    return f"{middle} [{low}, {high}]"


FIGURES: dict[str, Callable[[ComparisonTables, str], Axes]] = {
    "forest": lambda comparison, label: plot_forest(comparison, what_if=label),
    "map_deals": lambda comparison, label: plot_map(comparison, "deals", label, kind="tiles"),
    "paths": lambda comparison, label: plot_paths(comparison, what_if=label),
    "map_trust": lambda comparison, label: plot_map(comparison, "trust", label, kind="tiles"),
}
"""Figures of each what-if."""
TOGETHER = "paths_together"


def captions(comparison: ComparisonTables) -> dict[str, str]:
    """Return the names of a comparison's figures in order, with their captions."""
    words = sender_words(comparison.world)
    texts = {name: words(text) for name, text in catalogue()["comparison_captions"].items()}
    found = {} if len(comparison.labels) == 1 else {TOGETHER: texts[TOGETHER]}
    for label in comparison.labels:
        if label not in comparison.identical:
            found |= {f"{label}_{name}": texts[name] for name in FIGURES}
    return found


def draw(comparison: ComparisonTables, name: str) -> Axes:
    """Draw one of the figures named by :func:`captions`."""
    if name == TOGETHER:
        return plot_paths(comparison)
    label = max((x for x in comparison.labels if name.startswith(f"{x}_")), key=len)
    return FIGURES[name.removeprefix(f"{label}_")](comparison, label)
