"""Figures of the fit's own checks: ranks, coverage, contraction, posteriors, targets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from calibration.checks import load_thresholds
from calibration.checks.identifiability import ASSUMPTION, IDENTIFIED, WEAK
from calibration.checks.rank_statistics import ecdf_band
from calibration.inference.posterior import Posterior
from calibration.inference.prior import Array, Marginal, parse_prior
from sim.core.parameters import PARAMETERS
from sim.report import figure_style
from sim.report.figure_style import BLUE, FAINT, INK, ORANGE, PAPER, QUIET, SKY, VERMILLION
from sim.report.interval_charts import number_words
from sim.report.phrases import whole_percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Numbers = Mapping[str, Any]

WORDS = {IDENTIFIED: BLUE, WEAK: SKY, ASSUMPTION: ORANGE}
"""Colours of what the data say of a parameter."""
BAND_SHARE = 0.95
OUTSIDE = VERMILLION, "D"
"""Look of what was observed outside its interval."""
_COLUMNS, _BINS, _PANEL = 5, 24, 0.62
_ROOM = 1.75
"""How much higher than needed an axis is, so that the legend lies on nothing."""
_REACH = 0.9
"""How far beyond the interval a mark may lie, in widths of the interval."""


def _check_panels(checks: Sequence[tuple[str, Numbers]]) -> tuple[Axes, list[Axes]]:
    """Return an empty host and a panel for each check, with its title."""
    parts = figure_style.columns(len(checks), 0.1)
    host, axes = figure_style.panels(None, (11.0, 4.6), (0.07, 0.13, 0.9, 0.7), parts)
    for ax, (title, numbers) in zip(axes, checks, strict=True):
        ax.axhline(0.0, color=QUIET, linewidth=0.8)
        ax.set_xlim(0.0, 1.0)
        figure_style.tidy(ax)
        figure_style.set_title(ax, title, f"{numbers['rows']:,} rows used for nothing else")
    return host, axes


def draw_ranks(checks: Sequence[tuple[str, Numbers]]) -> Axes:
    """Draw rank ECDF differences of each simulation-based calibration, and the band of chance."""
    host, axes = _check_panels(checks)
    limits = load_thresholds()["simulation_based_calibration"]
    for ax, (_, numbers) in zip(axes, checks, strict=True):
        points, lines = np.array(numbers["points"]), np.array(numbers["differences"])
        low, high = ecdf_band(numbers["rows"], BAND_SHARE, limits["simulations"])
        ax.fill_between(points, low, high, color=FAINT, linewidth=0,
                        label=f"{BAND_SHARE:.0%} of uniform samples")  # fmt: skip
        failed = np.array(numbers["adjusted"]) < limits["level"]
        ax.plot(points, lines[~failed].T, color=BLUE, linewidth=0.9, alpha=0.55)
        ax.plot([], [], color=BLUE, linewidth=0.9, label="no failure")
        for number, place in enumerate(np.flatnonzero(failed)):
            dashes = ("-", "--", ":", "-.")[number % 4]
            ax.plot(points, lines[place], dashes, color=VERMILLION, linewidth=1.8,
                    label=f"{numbers['names'][place]} fails")  # fmt: skip
        most = 1.1 * max(float(np.abs(lines).max()), float(high.max()))
        ax.set_ylim(-most, most * _ROOM)
        ax.set_xlabel("Level of the true value in its posterior")
        figure_style.legend(ax, loc="upper right")
    axes[0].set_ylabel("ECDF less uniform")
    return host


def draw_coverage(checks: Sequence[tuple[str, Numbers]]) -> Axes:
    """Draw how often central intervals hold the truth, less what they claim, for each check."""
    host, axes = _check_panels(checks)
    limits = load_thresholds()["coverage"]
    allowed = 100.0 * np.array(limits["tolerance"])
    for ax, (_, numbers) in zip(axes, checks, strict=True):
        claimed = np.array([float(at) for at in numbers["curve"]])
        off = 100.0 * (np.array(list(numbers["curve"].values())) - claimed[:, None])
        ax.plot(claimed, off, color=BLUE, linewidth=0.8, alpha=0.5)
        words = "a parameter or derived quantity"
        ax.plot([], [], color=BLUE, linewidth=0.8, label=words)
        ax.plot(claimed, off.mean(axis=1), color=INK, linewidth=2.2, label="mean of all")
        ax.errorbar(limits["intervals"], 0.0 * allowed, yerr=allowed, fmt="none", color=VERMILLION,
                    capsize=6, elinewidth=2.0, capthick=2.0, label="allowed")  # fmt: skip
        most = 1.1 * max(float(np.abs(off).max()), float(allowed.max()))
        ax.set_ylim(-most, most * _ROOM)
        ax.xaxis.set_major_formatter(lambda value, _: whole_percent(value))
        ax.set_xlabel("Probability that the interval claims")
        figure_style.legend(ax, loc="upper left")
    axes[0].set_ylabel("Coverage less claim, percentage points")
    return host


def draw_contraction(numbers: Numbers) -> Axes:
    """Draw how much narrower than its prior each parameter's posterior is, given the check."""
    limits = load_thresholds()["identifiability"]
    rows = pd.DataFrame({key: numbers[key] for key in ("names", "contraction", "words")})
    rows = rows.sort_values("contraction", ascending=False, kind="stable", ignore_index=True)
    ax = figure_style.row_axes(None, len(rows), 0.27, (0.8, 0.65), left=0.25, right=0.04, width=9.6)
    for word, colour in WORDS.items():
        mine = rows.loc[rows["words"] == word, "contraction"]
        ax.barh(mine.index, mine, color=colour, height=0.68, label=f"{word} ({len(mine)})")
    for i, value in rows["contraction"].items():
        ax.annotate(f"{value:.2f}", (max(value, 0.0), i), xytext=(4, 0), va="center",
                    textcoords="offset points", fontsize=9.0, color=INK,
                    bbox={"facecolor": PAPER, "edgecolor": "none", "pad": 0.8})  # fmt: skip
    for at in (limits["assumption"], limits["identified"]):
        ax.axvline(at, color=INK, linewidth=1.0, linestyle="--")
    ax.axvline(0.0, color=QUIET, linewidth=0.8)
    figure_style.name_rows(ax, list(rows["names"]))
    ax.set_xlim(min(0.0, rows["contraction"].min()) - 0.02, 1.05)
    ax.set_xlabel("Contraction: one minus posterior over prior variance, on normal scores")
    how = (
        f"dashed: {limits['assumption']:g}, below which a number is an assumption, and "
        f"{limits['identified']:g}, from which it is identified"
    )
    figure_style.set_title(ax, "What the data say about each parameter", how, left=-0.33)
    figure_style.legend(ax, loc="lower right")
    return ax


def marginals(posterior: Posterior) -> list[Marginal] | None:
    """Return the full priors of a posterior's parameters; None if they are not the model's."""
    texts = posterior.made_by.get("prior", {})
    if any(name not in PARAMETERS or name not in texts for name in posterior.names):
        return None
    return [parse_prior(replace(PARAMETERS[name], prior=texts[name])) for name in posterior.names]


def draw_posterior(
    posterior: Posterior, priors: Sequence[Marginal], words: Mapping[str, str]
) -> Axes:
    """Draw each parameter's posterior over its prior, in the colour of what the data say of it."""
    rows = -(-len(priors) // _COLUMNS)
    height = 1.15 + 1.75 * rows
    size = 0.88 / _COLUMNS, _PANEL / rows
    places = [divmod(number, _COLUMNS) for number in range(len(priors))]
    parts = [(column / _COLUMNS, 1.0 - (row + 0.86) / rows, *size) for row, column in places]
    host, panels = figure_style.panels(
        None, (11.5, height), (0.02, 0.02, 0.96, 1.0 - 1.0 / height), parts
    )
    how = (
        "grey: prior; coloured: posterior, by what the data say; line: its median; "
        "dashed: the present default"
    )
    figure_style.set_title(host, "Prior and posterior", how)
    for ax, marginal, draws in zip(panels, priors, posterior.values.T, strict=True):
        _draw_marginal(ax, marginal, draws, WORDS[words.get(marginal.name, WEAK)])
    return host


def _draw_marginal(ax: Axes, marginal: Marginal, draws: Array, colour: str) -> None:
    low, high = marginal.ppf(np.array([0.0005, 0.9995]))
    edges = (np.geomspace if marginal.logarithmic else np.linspace)(low, high, _BINS + 1)
    after = np.histogram(draws, bins=edges)[0] / len(draws)
    ax.stairs(np.diff(marginal.cdf(edges)), edges, fill=True, color=FAINT)
    ax.stairs(after, edges, color=colour, linewidth=1.6)
    ax.stairs(after, edges, color=colour, alpha=0.35, fill=True)
    ax.axvline(float(np.median(draws)), color=colour, linewidth=1.6)
    ax.axvline(PARAMETERS[marginal.name].default, color=INK, linewidth=1.2, linestyle="--")
    if marginal.logarithmic:
        from matplotlib.ticker import LogLocator

        ax.set_xscale("log")
        ax.xaxis.set_major_locator(LogLocator(subs=(1.0, 3.0), numticks=5))
        ax.minorticks_off()
        ax.xaxis.set_major_formatter("{x:g}")
    else:
        ax.locator_params(axis="x", nbins=4)
    ax.set_xlim(low, high)
    ax.set_yticks([])
    ax.tick_params(labelsize=7.5, color="#999999", pad=1.5, length=2.5)
    ax.spines[["top", "right", "left"]].set_visible(False)
    ax.set_title(marginal.name, fontsize=8.8, fontweight="bold", loc="left", pad=3.0)


def draw_targets(numbers: Numbers) -> Axes:
    """Draw what was observed on what the posterior predicts, a row a target.

    Every target has its own scale, on which its 90 % predictive interval goes from 0 to 1. The
    numbers are those of the posterior predictive check.
    """
    keys = ("names", "observed", "median", "low", "high", "p_values")
    rows = pd.DataFrame({key: numbers[key] for key in keys})
    low, wide = rows["low"], rows["high"] > rows["low"]
    width = (rows["high"] - low).where(wide, 1.0)
    ax = figure_style.row_axes(
        None, len(rows), 0.235, (0.95, 1.05), left=0.25, right=0.29, width=11.2
    )
    ax.barh(rows.index, np.where(wide, 1.0, 0.02), color=FAINT, height=0.62,
            label="90 % of runs")  # fmt: skip
    if "quartiles" in numbers:
        first, third = ((np.array(q) - low) / width for q in numbers["quartiles"])
        ax.barh(rows.index, third - first, left=first, color="#b5b5b5", height=0.62,
                label="50 % of runs")  # fmt: skip
    ax.plot((rows["median"] - low) / width, rows.index, "|", color=INK, markersize=8.0,
            markeredgewidth=1.5, label="median of runs")  # fmt: skip
    at = (rows["observed"] - low) / width
    inside = rows["observed"].between(low, rows["high"])
    words = "observed, inside ({})", "observed, outside ({})"
    for mask, (colour, form), label in figure_style.told_apart(inside, words, OUTSIDE):
        shown = at[mask].clip(-_REACH, 1.0 + _REACH)
        ax.plot(shown, shown.index, form, color=colour, markersize=6.5, markeredgecolor=PAPER,
                markeredgewidth=0.6, label=label)  # fmt: skip
    for row, value in at[(at - 0.5).abs() > 0.5 + _REACH].items():
        end, by = (1.0 + _REACH, 0.1) if value > 0.0 else (-_REACH, -0.1)
        arrow = {"arrowstyle": "->", "color": VERMILLION}
        ax.annotate("", (end + by, row), (end, row), arrowprops=arrow)
    figure_style.name_rows(ax, list(rows["names"]), size=8.6)
    _write_beside(ax, rows)
    ax.set_xlim(-_REACH - 0.12, 1.0 + _REACH + 0.12)
    ax.set_xticks([0.0, 0.5, 1.0], ["5 %", "", "95 %"])
    ax.set_xlabel("Predictive interval of each target, on its own scale")
    title, how = "What was observed and what the fit predicts", "arrows: farther out than shown"
    figure_style.set_title(ax, title, how, left=-0.54)
    below = -0.55 / (0.235 * max(len(rows), 3))
    figure_style.legend(ax, bbox_to_anchor=(-0.54, below), ncols=5, fontsize=9.0,
                        columnspacing=1.4, handlelength=1.4)  # fmt: skip
    return ax


def _write_beside(ax: Axes, rows: pd.DataFrame) -> None:
    """Write observed, median, interval and p-value at the right of each row."""
    ends = zip(rows["low"], rows["high"], strict=True)
    columns = (
        (1.05, "observed", [number_words(value) for value in rows["observed"]]),
        (1.2, "median", [number_words(value) for value in rows["median"]]),
        (1.34, "90 % interval", [f"{number_words(a)} to {number_words(b)}" for a, b in ends]),
        (1.56, "p", [f"{value:.2f}" for value in rows["p_values"]]),
    )
    for x, head, texts in columns:
        for row, text in enumerate([head, *texts], start=-1):
            ax.annotate(text, (x, row), xycoords=("axes fraction", "data"), fontsize=8.5,
                        va="center", color=QUIET if row < 0 else INK,
                        annotation_clip=False)  # fmt: skip


def draw_distances(numbers: Numbers) -> Axes:
    """Draw the joint distance of what was observed among those of runs, given the same check."""
    ax = figure_style.host_axes(None, (9.6, 3.6), (0.09, 0.2, 0.87, 0.56))
    shares = np.linspace(0.0, 1.0, len(numbers["distances"]))
    words = "runs of the fitted model"
    ax.plot(numbers["distances"], shares, color=BLUE, linewidth=2.0, label=words)
    ax.axvline(numbers["distance"], color=VERMILLION, linewidth=2.0, label="the record")
    ax.set_ylim(0.0, 1.02)
    ax.yaxis.set_major_formatter(lambda value, _: whole_percent(value))
    ax.set_xlabel("Mahalanobis distance of all targets together")
    ax.set_ylabel("Runs nearer than this")
    figure_style.tidy(ax)
    figure_style.set_title(ax, "All targets together", f"joint p-value {numbers['p']:.3g}")
    figure_style.legend(ax, loc="center right")
    return ax
