"""Figures of the steps after the fit: wrong worlds, mechanisms off, sensitivity, what-ifs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import wrap
from typing import TYPE_CHECKING, Any

import numpy as np

from calibration.checks import load_thresholds
from calibration.inference.prior import Array
from sim.report import figure_style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Numbers = Mapping[str, Any]
Row = Mapping[str, Any]


_TOP, _BOTTOM, _ROW, _LEGEND = 0.8, 1.05, 0.3, 0.62
"""Inches above and below the rows, of a row, and from the rows down to the legend."""


def rows_of(count: int, *, left: float) -> Axes:
    """Return axes for a number of rows, with room for names at the left and a legend below."""
    height = _TOP + _BOTTOM + _ROW * count
    box = (left, _BOTTOM / height, 0.96 - left, _ROW * count / height)
    return figure_style.new_figure(9.6, height).add_axes(box)


def finish_rows(
    ax: Axes,
    names: Sequence[str],
    label: str,
    titles: tuple[str, str],
    columns: int,
    *,
    places: Array | None = None,
    left: float = -0.38,
) -> Axes:
    """Name the rows and the axis of x, set titles, and put the legend where it hides nothing."""
    ax.set_yticks(range(len(names)) if places is None else places, names)
    ax.set_ylim(-0.7, len(names) - 0.3)
    ax.set_xlabel(label)
    figure_style.tidy(ax, grid="x")
    figure_style.set_title(ax, *titles, left=left)
    figure_style.legend(
        ax,
        loc="upper left",
        bbox_to_anchor=(-0.38, -_LEGEND / (_ROW * len(names))),
        ncols=columns,
        columnspacing=1.4,
    )
    return ax


def draw_power(numbers: Numbers) -> Axes:
    """Draw how many of each wrong world's runs are rejected.

    Parameters
    ----------
    numbers
        Of the check of power.
    """
    worlds = sorted(numbers["worlds"], key=lambda world: float(world["rejected"] or 0.0))
    ax = rows_of(len(worlds), left=0.27)
    for seen, colour, words in (
        (True, figure_style.BLUE, "rejected"),
        (False, figure_style.ORANGE, "not seen"),
    ):
        chosen = [i for i, world in enumerate(worlds) if world["seen"] is seen]
        ax.barh(chosen, [100.0 * (worlds[i]["rejected"] or 0.0) for i in chosen], color=colour,
                height=0.66, label=f"{words} ({len(chosen)} worlds)")  # fmt: skip
    for i, world in enumerate(worlds):
        share = 100.0 * (world["rejected"] or 0.0)
        ax.annotate(f"{share:.0f} %", (share, i), xytext=(4, 0), textcoords="offset points",
                    va="center", fontsize=9.0)  # fmt: skip
    ax.axvline(
        100.0 * numbers["rejected_from"],
        color=figure_style.INK,
        linewidth=1.2,
        linestyle="--",
        label="counts as rejected from here",
    )
    ax.axvline(100.0 * numbers["size"], color=figure_style.VERMILLION, linewidth=1.4, linestyle=":",
               label=f"right worlds rejected ({numbers['size']:.1%})")  # fmt: skip
    ax.set_xlim(0.0, 108.0)
    how = f"share of their runs that the joint check rejects at {numbers['level']:.0%}"
    names = [world["id"] for world in worlds]
    return finish_rows(ax, names, "Runs rejected, %", ("Worlds that are wrong on purpose", how), 4)


def draw_ablation(numbers: Numbers) -> Axes:
    """Draw what the log score loses without each mechanism.

    Parameters
    ----------
    numbers
        Of the ablation.
    """
    least = load_thresholds()["ablation"]["least_loss"]
    rows = sorted(numbers["mechanisms"], key=lambda row: float(row["loss"]))
    ax = rows_of(len(rows), left=0.27)
    for supported, colour, mark, words in (
        (True, figure_style.BLUE, "o", "supported"),
        (False, figure_style.ORANGE, "s", "unsupported"),
    ):
        chosen = [i for i, row in enumerate(rows) if row["supported"] is supported]
        ax.errorbar([rows[i]["loss"] for i in chosen], chosen,
                    xerr=[least * rows[i]["error"] for i in chosen], fmt=mark, color=colour,
                    elinewidth=2.0, capsize=4, label=f"{words} ({len(chosen)})")  # fmt: skip
    if rows and all("expected_loss" in row for row in rows):
        ax.plot(
            [row["expected_loss"] for row in rows],
            range(len(rows)),
            "|",
            color=figure_style.INK,
            markersize=12.0,
            markeredgewidth=1.8,
            label="expected, were the model true",
        )
    ax.axvline(0.0, color=figure_style.QUIET, linewidth=1.0)
    how = f"bars: {least:g} standard errors, clustered by evidence"
    return finish_rows(ax, [row["id"] for row in rows], "Loss of log score without the mechanism",
                       ("Mechanisms left out, refitted", how), 3)  # fmt: skip


def draw_sensitivity(numbers: Numbers) -> Axes:
    """Draw total effects of every parameter on every outcome, with their half-widths.

    Parameters
    ----------
    numbers
        Of the check of sensitivity.
    """
    rows = numbers["indices"]
    outcomes = list(dict.fromkeys(row["outcome"] for row in rows))
    largest: dict[str, float] = {}
    for row in rows:
        largest[row["parameter"]] = max(largest.get(row["parameter"], 0.0), row["total"])
    names = sorted(largest, key=lambda name: largest[name])
    place = {name: i for i, name in enumerate(names)}
    height = 1.9 + 0.27 * len(names)
    host = figure_style.new_figure(11.5, height).add_axes(
        (0.2, 0.65 / height, 0.78, 1.0 - 1.45 / height)
    )
    host.set_axis_off()
    figure_style.set_title(host, "Which parameters matter, within the posterior",
                    "total effects (Sobol'): share of an outcome's variance; bars: half-widths of "
                    "95 % intervals", left=-0.24)  # fmt: skip
    width = 1.0 / len(outcomes)
    ends = [row["total"] + sign * row["half_width"] for row in rows for sign in (-1.0, 1.0)]
    low, high = min(0.0, *ends), max(0.1, *ends)
    for number, outcome in enumerate(outcomes):
        ax = host.inset_axes((number * width, 0.0, 0.86 * width, 0.92))
        mine = [row for row in rows if row["outcome"] == outcome]
        ax.errorbar([row["total"] for row in mine], [place[row["parameter"]] for row in mine],
                    xerr=[row["half_width"] for row in mine], fmt="o", markersize=4.5,
                    color=figure_style.BLUE, elinewidth=1.6)  # fmt: skip
        ax.axvline(0.0, color=figure_style.QUIET, linewidth=0.8)
        ax.set_ylim(-0.7, len(names) - 0.3)
        ax.set_yticks(range(len(names)), names if number == 0 else [])
        ax.set_xlim(low - 0.05 * (high - low), high + 0.05 * (high - low))
        words = "\n".join(wrap(outcome.replace("_", " "), 14))
        ax.set_title(words, fontsize=9.0, loc="left", fontweight="bold")
        figure_style.tidy(ax, grid="x")
        ax.tick_params(labelsize=8.5)
        ax.set_xlabel("Total effect", fontsize=9.0)
    return host


def draw_what_ifs(numbers: Numbers, outcome: str) -> Axes:
    """Draw what each what-if changes of an outcome, over the posterior.

    Parameters
    ----------
    numbers
        Of the check of what-ifs.
    outcome
        Which outcome.
    """
    rows: Sequence[Row] = [row for row in numbers["effects"] if row["outcome"] == outcome][::-1]
    ax = rows_of(len(rows), left=0.27)
    for i, row in enumerate(rows):
        ax.plot([row["low"], row["high"]], [i, i], color=figure_style.SKY, linewidth=6.0,
                solid_capstyle="butt", label="90 % of paired runs" if i == 0 else None)  # fmt: skip
    ax.errorbar([row["mean"] for row in rows], range(len(rows)),
                xerr=[2.0 * row["error_of_mean"] for row in rows], fmt="o", color=figure_style.BLUE,
                elinewidth=2.0, capsize=4, label="mean, with 2 Monte Carlo errors")  # fmt: skip
    ax.axvline(0.0, color=figure_style.QUIET, linewidth=1.0)
    base = float(np.mean([row["baseline"] for row in rows])) if rows else 0.0
    words = outcome.replace("_", " ")
    how = f"{numbers['runs']:,} paired runs of each at {numbers['draws']:,} draws"
    return finish_rows(ax, [row["what_if"] for row in rows],
                       f"Change in {words} (baseline {base:,.1f})",
                       (f"What-ifs over the posterior: {words}", how), 2)  # fmt: skip
