"""How much each parameter matters, as bars with intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sim.experiments.run_settings import stamp_words
from sim.report import figure_style
from sim.report.display_names import outcome_meaning

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from sim.experiments.sensitivity.analysis import SensitivityTables

MOST_SHOWN = 25
"""Most parameters drawn; the others matter less than these."""

AXIS = {
    "sobol": "share of the variance of the points' means",
    "morris": "mean size of the change over the parameter's whole range",
    "pawn": "PAWN index: distance between distributions, 0 to 1",
    "delta": "delta: share of the density that moves, 0 to 1",
}
MAIN = {"sobol": "total effect", "morris": "mu*", "pawn": "PAWN", "delta": "delta"}
INERT_WORDS = "what an inert parameter would show"
SEED_WORDS = {
    "morris": "seed (deviation of one run)",
}


def plot_indices(
    found: SensitivityTables, outcome: str | None = None, ax: Axes | None = None
) -> Axes:
    """Draw the indices of an outcome, the most influential parameter on top.

    Parameters
    ----------
    found
        The analysis.
    outcome
        The outcome; the first one by default.
    ax
        Axes to draw on.
    """
    name = found.outcomes[0] if outcome is None else outcome
    every = found.of(name)
    rows = every.head(MOST_SHOWN)
    seed = found.table[found.table["outcome"].eq(name) & found.table["parameter"].eq("seed")]
    if found.method.name == "sobol":
        # The seed's is a share of another variance, that of one run: it has no place on this axis.
        seed = seed.iloc[:0]
    slots = len(rows) + (1.3 if len(seed) else 0.0)
    height = 2.35 + 0.42 * slots
    box = (0.26, 1.4 / height, 0.7, 1.0 - 2.2 / height)
    ax = figure_style.host_axes(ax, (10.0, height), box)
    at = np.arange(len(rows), dtype=float)
    _bars(found, rows, at, ax)
    labels = list(rows["parameter"])
    if len(seed):
        at = np.append(at, len(rows) + 0.3)
        labels.append("seed")
        _seed(found, seed.iloc[0], float(at[-1]), ax)
    ax.set_yticks(at, labels)
    ax.set_ylim(slots - 0.4, -0.6)
    ax.set_xlim(left=min(0.0, ax.get_xlim()[0]))
    ax.set_xlabel(AXIS[found.method.name])
    figure_style.tidy(ax, grid="x")
    ax.tick_params(axis="y", length=0)
    _legend(ax)
    shown = "" if len(rows) == len(every) else f", the first {len(rows)} of {len(every)}"
    below = f"{outcome_meaning(name)}. Lines: 95 % intervals{shown}"
    figure_style.set_title(ax, f"What matters to {name}", below, left=-0.345)
    _stamp(found, ax)
    _warn(found, name, ax)
    return ax


def _bars(found: SensitivityTables, rows: pd.DataFrame, at: Any, ax: Axes) -> None:
    main = found.method.main
    wide = found.method.name == "sobol"
    tall, up = (0.36, -0.19) if wide else (0.62, 0.0)
    distinct = rows["matters"].fillna(True).to_numpy(dtype=bool)
    for mask, colour, hatch, words in (
        (distinct, figure_style.BLUE, "", MAIN[found.method.name]),
        (~distinct, "#c9c9c9", "///", f"{MAIN[found.method.name]}, not told from inert"),
    ):
        if mask.any():
            values = np.nan_to_num(rows[main].to_numpy()[mask])
            bars = ax.barh(at[mask] + up, values, tall, color=colour, label=words)
            for bar in bars:
                bar.set(hatch=hatch, edgecolor="white", linewidth=0.8)
    _whiskers(ax, rows, main, at + up)
    if wide:
        ax.barh(
            at - up, rows["first"], tall, color=figure_style.ORANGE, label="first order, by itself"
        )
        _whiskers(ax, rows, "first", at - up)
    if found.method.name == "morris":
        ax.scatter(
            rows["sigma"],
            at,
            marker="D",
            s=34,
            color=figure_style.ORANGE,
            edgecolors=figure_style.INK,
            linewidths=0.8,
            zorder=4,
            label="sigma: interaction or curvature",
        )
    reach = 0.5 * tall
    ax.vlines(
        rows["inert"],
        at + up - reach,
        at + up + reach,
        color=figure_style.VERMILLION,
        linewidth=2.4,
        zorder=3,
        label=INERT_WORDS,
    )


def _whiskers(ax: Axes, rows: pd.DataFrame, name: str, at: Any) -> None:
    ax.hlines(
        at,
        rows[f"{name}_low"],
        rows[f"{name}_high"],
        color=figure_style.INK,
        linewidth=1.5,
        zorder=3,
    )


def _seed(found: SensitivityTables, row: Any, at: float, ax: Axes) -> None:
    main, words = found.method.main, SEED_WORDS[found.method.name]
    ax.barh([at], [np.nan_to_num(row[main])], 0.5, color=figure_style.PURPLE, label=words)
    ax.hlines(
        [at],
        row[f"{main}_low"],
        row[f"{main}_high"],
        color=figure_style.INK,
        linewidth=1.5,
        zorder=3,
    )
    ax.axhline(at - 0.65, color=figure_style.FAINT, linewidth=1.0)


def _legend(ax: Axes) -> None:
    """Put the legend below the axis, where no bar can be."""
    handles, labels = ax.get_legend_handles_labels()
    # Bars come first and the mark of an inert parameter last.
    order = sorted(range(len(labels)), key=lambda i: (labels[i] == INERT_WORDS, i))
    bottom = -0.62 / (figure_style.figure_of(ax).get_figheight() * ax.get_position().height)
    figure_style.legend(
        ax,
        handles=[handles[i] for i in order],
        labels=[labels[i] for i in order],
        loc="upper center",
        bbox_to_anchor=(0.32, bottom),
        ncols=min(len(order), 3),
        fontsize=9.5,
        borderaxespad=0.0,
    )


def _warn(found: SensitivityTables, outcome: str, ax: Axes) -> None:
    """Say on the figure that there are too few points for its indices."""
    mine = [note for note in found.notes if note.startswith(f"{outcome}: too few points")]
    if mine:
        figure = figure_style.figure_of(ax)
        words, above = mine[0][:1].upper() + mine[0][1:], 0.21 / figure.get_figheight()
        figure.text(
            0.01,
            above,
            words,
            fontsize=figure_style.STAMP_SIZE + 1.0,
            color=figure_style.VERMILLION,
        )


def _stamp(found: SensitivityTables, ax: Axes) -> None:
    source, design = found.source, found.design
    parts = [stamp_words(source)] if "changed" in source else []
    parts += [f"model {source['model_version']}"] if "model_version" in source else []
    parts.append(f"{design.kind} of {found.status.points_text}, seed {design.seed}")
    figure_style.small_print(ax, " · ".join(parts))
