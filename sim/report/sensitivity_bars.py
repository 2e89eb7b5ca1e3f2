"""How much each parameter matters, as bars with intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sim.experiments.run_settings import stamp_words
from sim.experiments.sensitivity.analysis import SensitivityTables
from sim.report import figure_style
from sim.report.display_names import outcome_meaning
from sim.report.figure_style import BLUE, FAINT, INK, ORANGE, PURPLE, VERMILLION
from sim.report.phrases import capital, catalogue

if TYPE_CHECKING:
    from matplotlib.axes import Axes


MOST_SHOWN = 25
"""Most parameters drawn; the others matter less than these."""

INERT_WORDS = "what an inert parameter would show"
SEED_WORDS = "seed (deviation of one run)"


def plot_indices(
    found: SensitivityTables, outcome: str | None = None, ax: Axes | None = None
) -> Axes:
    """Draw the indices of an outcome, by default the first; the most influential comes on top."""
    name = found.outcomes[0] if outcome is None else outcome
    method, every = found.method, found.of(name)
    rows = every.head(MOST_SHOWN)
    table = found.table
    seed = table[table["outcome"].eq(name) & table["parameter"].eq("seed")]
    # Sobol's is a share of another variance, that of one run: it has no place on this axis.
    has_seed = len(seed) > 0 and method.name != "sobol"
    at = np.arange(len(rows) + has_seed, dtype=float)
    slots = len(rows) + 1.3 * has_seed
    height = 2.35 + 0.42 * slots
    ax = figure_style.host_axes(ax, (10.0, height), (0.26, 1.4 / height, 0.7, 1.0 - 2.2 / height))
    _draw_bars(ax, found, rows, at[: len(rows)])
    names = list(rows["parameter"])
    if has_seed:
        at[-1] += 0.3
        names.append("seed")
        _bars(ax, at[-1:], seed, method.main, 0.5, color=PURPLE, label=SEED_WORDS)
        ax.axhline(at[-1] - 0.65, color=FAINT, linewidth=1.0)
    figure_style.name_rows(ax, names, at)
    ax.set_xlim(left=min(0.0, ax.get_xlim()[0]))
    ax.set_xlabel(catalogue()["axis_labels"][method.name])
    _legend_below(ax)
    shown = "" if len(rows) == len(every) else f", the first {len(rows)} of {len(every)}"
    below = f"{outcome_meaning(name, found.world)}. Lines: 95 % intervals{shown}"
    title = f"What matters to {name}"
    figure_style.set_title(ax, title, below, left=-0.345, source=_source(found))
    _warn(found, name, ax)
    return ax


def _bars(ax: Axes, at: Any, rows: Any, index: str, tall: float, **look: Any) -> None:
    """Draw an index of each row as a bar, and its interval as a line."""
    ax.barh(at, rows[index].fillna(0.0), tall, **look)
    ends = rows[f"{index}_low"], rows[f"{index}_high"]
    ax.hlines(at, *ends, color=INK, linewidth=1.5, zorder=3)


def _draw_bars(ax: Axes, found: SensitivityTables, rows: Any, at: Any) -> None:
    method = found.method
    tall, up = (0.36, -0.19) if method.name == "sobol" else (0.62, 0.0)
    words = catalogue()["index_labels"][method.name]
    matters = rows["matters"].fillna(True).to_numpy(dtype=bool)
    for mask, colour, hatch, label in (
        (matters, BLUE, "", words),
        (~matters, "#c9c9c9", "///", f"{words}, not told from inert"),
    ):
        if mask.any():
            look: dict[str, Any] = {"hatch": hatch, "edgecolor": "white", "linewidth": 0.8}
            _bars(
                ax, at[mask] + up, rows[mask], method.main, tall, color=colour, label=label, **look
            )
    if method.name == "sobol":
        _bars(ax, at - up, rows, "first", tall, color=ORANGE, label="first order, by itself")
    if method.name == "morris":
        ax.plot(
            rows["sigma"], at, "D", markersize=5.8, color=ORANGE, markeredgecolor=INK,
            markeredgewidth=0.8, zorder=4, label="sigma: interaction or curvature",
        )  # fmt: skip
    ends = at + up - 0.5 * tall, at + up + 0.5 * tall
    ax.vlines(rows["inert"], *ends, color=VERMILLION, linewidth=2.4, zorder=3, label=INERT_WORDS)


def _legend_below(ax: Axes) -> None:
    """Put the legend below the axis, where no bar can be, the mark of an inert parameter last."""
    handles, labels = ax.get_legend_handles_labels()
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
        words, above = capital(mine[0]), 0.21 / figure.get_figheight()
        size = figure_style.STAMP_SIZE + 1.0
        figure.text(0.01, above, words, fontsize=size, color=VERMILLION)


def _source(found: SensitivityTables) -> str:
    source, design = found.source, found.design
    parts = [stamp_words(source)] if "changed" in source else []
    parts += [f"model {source['model_version']}"] if "model_version" in source else []
    parts.append(f"{design.kind} of {found.status.points_text}, seed {design.seed}")
    return " · ".join(parts)
