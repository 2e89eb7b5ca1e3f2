"""Figures of predictions: targets against what the fit predicts, and places of left-out cases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from calibration.inference.prior import Array
from sim.report import figure_style
from sim.report.interval_charts import number_words

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Numbers = Mapping[str, Any]

_REACH = 0.9
"""How far beyond the interval a mark may lie, in widths of the interval."""
_BINS = 10
_INSIDE, _OUTSIDE = (figure_style.BLUE, "o"), (figure_style.VERMILLION, "D")


def draw_targets(numbers: Numbers) -> Axes:
    """Draw what was observed on what the posterior predicts, a row a target.

    Every target has its own scale, on which its 90 % predictive interval goes from 0 to 1.

    Parameters
    ----------
    numbers
        Of the posterior predictive check.
    """
    names = numbers["names"]
    low, high, observed = (np.array(numbers[key]) for key in ("low", "high", "observed"))
    width = np.where(high > low, high - low, 1.0)
    place = np.arange(len(names))[::-1]
    height = 2.0 + 0.235 * len(names)
    ax = figure_style.new_figure(11.2, height).add_axes(
        (0.25, 1.05 / height, 0.46, 1.0 - 2.0 / height)
    )
    ax.barh(place, np.where(high > low, 1.0, 0.02), color=figure_style.FAINT, height=0.62,
            label="90 % of runs")  # fmt: skip
    if "quartiles" in numbers:
        first, third = ((np.array(q) - low) / width for q in numbers["quartiles"])
        ax.barh(
            place, third - first, left=first, color="#b5b5b5", height=0.62, label="50 % of runs"
        )
    middle = (np.array(numbers["median"]) - low) / width
    ax.plot(middle, place, "|", color=figure_style.INK, markersize=8.0, markeredgewidth=1.5,
            label="median of runs")  # fmt: skip
    at = (observed - low) / width
    inside = (observed >= low) & (observed <= high)
    for chosen, (colour, mark), words in (
        (inside, _INSIDE, "observed, inside"),
        (~inside, _OUTSIDE, "observed, outside"),
    ):
        ax.plot(np.clip(at[chosen], -_REACH, 1.0 + _REACH), place[chosen], mark, color=colour,
                markersize=6.5, markeredgecolor=figure_style.PAPER, markeredgewidth=0.6,
                label=f"{words} ({chosen.sum()})")  # fmt: skip
    _far(ax, at, place)
    _beside(ax, place, [observed, np.array(numbers["median"]), low, high], numbers["p_values"])
    ax.set_yticks(place, names)
    ax.set_ylim(-0.8, len(names) - 0.2)
    ax.set_xlim(-_REACH - 0.12, 1.0 + _REACH + 0.12)
    ax.set_xticks([0.0, 0.5, 1.0], ["5 %", "", "95 %"])
    ax.set_xlabel("Predictive interval of each target, on its own scale")
    figure_style.tidy(ax, grid="x")
    ax.tick_params(axis="y", labelsize=8.6)
    figure_style.set_title(ax, "What was observed and what the fit predicts",
                    "arrows: farther out than shown", left=-0.54)  # fmt: skip
    ax.legend(loc="upper left", bbox_to_anchor=(-0.54, -0.55 / (height - 2.0)), ncols=5,
              frameon=False, fontsize=9.0, columnspacing=1.4, handlelength=1.4)  # fmt: skip
    return ax


def _far(ax: Axes, at: Array, place: Array) -> None:
    """Mark what lies beyond the ends of the axis with an arrow."""
    for value, row in zip(at, place, strict=True):
        if -_REACH <= value <= 1.0 + _REACH:
            continue
        end, by = (1.0 + _REACH, 0.1) if value > 0.0 else (-_REACH, -0.1)
        ax.annotate("", (end + by, row), (end, row),
                    arrowprops={"arrowstyle": "->", "color": figure_style.VERMILLION})  # fmt: skip


def _beside(ax: Axes, place: Array, columns: Sequence[Array], p_values: Sequence[float]) -> None:
    """Write observed, median, interval and p-value at the right of each row."""
    heads = ("observed", "median", "90 % interval", "p")
    at = (1.05, 1.2, 1.34, 1.56)
    top = float(place.max()) + 1.0
    for x, head in zip(at, heads, strict=True):
        ax.annotate(head, (x, top), xycoords=("axes fraction", "data"), fontsize=8.5, va="center",
                    color=figure_style.QUIET, annotation_clip=False)  # fmt: skip
    for i, row in enumerate(place):
        observed, median, low, high = (float(column[i]) for column in columns)
        texts = (number_words(observed), number_words(median),
                 f"{number_words(low)} to {number_words(high)}", f"{p_values[i]:.2f}")  # fmt: skip
        for x, text in zip(at, texts, strict=True):
            ax.annotate(text, (x, row), xycoords=("axes fraction", "data"), fontsize=8.5,
                        va="center", color=figure_style.INK, annotation_clip=False)  # fmt: skip


def draw_distances(numbers: Numbers) -> Axes:
    """Draw the joint distance of what was observed among those of runs.

    Parameters
    ----------
    numbers
        Of the posterior predictive check.
    """
    ax = figure_style.new_figure(9.6, 3.6).add_axes((0.09, 0.2, 0.87, 0.56))
    quantiles = np.array(numbers["distances"])
    shares = np.linspace(0.0, 1.0, len(quantiles))
    ax.plot(
        quantiles, shares, color=figure_style.BLUE, linewidth=2.0, label="runs of the fitted model"
    )
    ax.axvline(
        numbers["distance"], color=figure_style.VERMILLION, linewidth=2.0, label="the record"
    )
    ax.set_ylim(0.0, 1.02)
    ax.yaxis.set_major_formatter(lambda value, _: f"{100.0 * value:.0f} %")
    ax.set_xlabel("Mahalanobis distance of all targets together")
    ax.set_ylabel("Runs nearer than this")
    figure_style.tidy(ax)
    figure_style.set_title(ax, "All targets together", f"joint p-value {numbers['p']:.3g}")
    figure_style.legend(ax, loc="center right")
    return ax


def draw_pit(groups: Mapping[str, Sequence[float]], what: str) -> Axes:
    """Draw histograms of where held-out observations lie in their predictions.

    Parameters
    ----------
    groups
        PIT values by the words for what predicted them.
    what
        What was predicted.
    """
    from scipy.stats import binom

    host = figure_style.new_figure(11.0, 4.2).add_axes((0.07, 0.15, 0.9, 0.64))
    host.set_axis_off()
    gap = 0.08
    width = (1.0 - gap * (len(groups) - 1)) / len(groups)
    tallest = 0.0
    axes = []
    for number, (words, values) in enumerate(groups.items()):
        ax = host.inset_axes((number * (width + gap), 0.0, width, 1.0))
        counts, edges = np.histogram(values, bins=_BINS, range=(0.0, 1.0))
        low, high = binom.ppf((0.05, 0.95), len(values), 1.0 / _BINS)
        ax.axhspan(
            low, high, color=figure_style.FAINT, linewidth=0, label="90 % of even samples, each bar"
        )
        ax.bar(
            edges[:-1],
            counts,
            width=1.0 / _BINS,
            align="edge",
            color=figure_style.CYCLE[number],
            edgecolor=figure_style.PAPER,
            alpha=0.85,
        )
        for end in (low, high):
            ax.axhline(end, color="#8a8a8a", linewidth=1.0)
        ax.axhline(
            len(values) / _BINS, color=figure_style.INK, linewidth=1.0, linestyle="--", label="even"
        )
        ax.set_xlim(0.0, 1.0)
        ax.set_xlabel("PIT: place in the prediction")
        figure_style.tidy(ax)
        figure_style.set_title(ax, words, f"{len(values):,} {what}")
        tallest = max(tallest, float(counts.max()), high)
        axes.append(ax)
    for ax in axes:
        ax.set_ylim(0.0, 1.3 * tallest)
    axes[0].set_ylabel("Observations")
    figure_style.legend(axes[0], loc="upper right")
    return host
