"""Figures of the fit's own checks: ranks, coverage, contraction, priors beside posteriors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from calibration.checks import load_thresholds
from calibration.checks.identifiability import ASSUMPTION, IDENTIFIED, WEAK
from calibration.checks.rank_statistics import ecdf_band
from calibration.inference.posterior import Posterior
from calibration.inference.prior import Array, Marginal, parse_prior
from sim.core.parameters import PARAMETERS
from sim.report import figure_style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Numbers = Mapping[str, Any]

WORDS = {IDENTIFIED: figure_style.BLUE, WEAK: figure_style.SKY, ASSUMPTION: figure_style.ORANGE}
"""Colours of what the data say of a parameter."""
BAND_SHARE = 0.95
_COLUMNS = 5
_BINS = 24
_PANEL = 0.62
_ROOM = 1.75
"""How much higher than needed an axis is, so that the legend lies on nothing."""


def side_by_side(count: int, height: float) -> tuple[Axes, list[Axes]]:
    """Return an empty host and ``count`` axes beside each other on it."""
    host = figure_style.new_figure(11.0, height).add_axes((0.07, 0.13, 0.9, 0.7))
    host.set_axis_off()
    width = (1.0 - 0.1 * (count - 1)) / count
    return host, [host.inset_axes((i * (width + 0.1), 0.0, width, 1.0)) for i in range(count)]


def _finish(ax: Axes, title: str, numbers: Numbers, most: float) -> None:
    """Set the ends of both axes and the title; ``most`` is the largest difference from zero."""
    ax.axhline(0.0, color=figure_style.QUIET, linewidth=0.8)
    ax.set_xlim(0.0, 1.0)
    ax.set_ylim(-1.1 * most, 1.1 * most * _ROOM)
    figure_style.tidy(ax)
    figure_style.set_title(ax, title, f"{numbers['rows']:,} rows used for nothing else")


def draw_ranks(checks: Sequence[tuple[str, Numbers]]) -> Axes:
    """Draw rank ECDF differences with the band that uniform samples stay in.

    Parameters
    ----------
    checks
        Title and numbers of each simulation-based calibration.
    """
    host, axes = side_by_side(len(checks), 4.6)
    limits = load_thresholds()["simulation_based_calibration"]
    for ax, (title, numbers) in zip(axes, checks, strict=True):
        points, lines = np.array(numbers["points"]), np.array(numbers["differences"])
        low, high = ecdf_band(numbers["rows"], BAND_SHARE, limits["simulations"])
        ax.fill_between(points, low, high, color=figure_style.FAINT, linewidth=0,
                        label=f"{BAND_SHARE:.0%} of uniform samples")  # fmt: skip
        adjusted = np.array(numbers["adjusted"])
        failed = adjusted < limits["level"]
        for line in lines[~failed]:
            ax.plot(points, line, color=figure_style.BLUE, linewidth=0.9, alpha=0.55)
        ax.plot([], [], color=figure_style.BLUE, linewidth=0.9, label="no failure")
        for number, place in enumerate(np.flatnonzero(failed)):
            dashes = ("-", "--", ":", "-.")[number % 4]
            ax.plot(points, lines[place], dashes, color=figure_style.VERMILLION, linewidth=1.8,
                    label=f"{numbers['names'][place]} fails")  # fmt: skip
        _finish(ax, title, numbers, max(float(np.abs(lines).max()), float(high.max())))
        ax.set_xlabel("Level of the true value in its posterior")
        figure_style.legend(ax, loc="upper right")
    axes[0].set_ylabel("ECDF less uniform")
    return host


def draw_coverage(checks: Sequence[tuple[str, Numbers]]) -> Axes:
    """Draw how often central intervals hold the truth, less what they claim.

    Parameters
    ----------
    checks
        Title and numbers of each check of coverage.
    """
    host, axes = side_by_side(len(checks), 4.6)
    limits = load_thresholds()["coverage"]
    for ax, (title, numbers) in zip(axes, checks, strict=True):
        claimed = np.array([float(at) for at in numbers["curve"]])
        off = 100.0 * (np.array(list(numbers["curve"].values())) - claimed[:, None])
        for j in range(off.shape[1]):
            ax.plot(claimed, off[:, j], color=figure_style.BLUE, linewidth=0.8, alpha=0.5)
        ax.plot(
            [], [], color=figure_style.BLUE, linewidth=0.8, label="a parameter or derived quantity"
        )
        ax.plot(
            claimed, off.mean(axis=1), color=figure_style.INK, linewidth=2.2, label="mean of all"
        )
        for at, allowed in zip(limits["intervals"], limits["tolerance"], strict=True):
            ax.errorbar(
                [at],
                [0.0],
                yerr=[100.0 * allowed],
                color=figure_style.VERMILLION,
                capsize=6,
                elinewidth=2.0,
                capthick=2.0,
                label="allowed" if at == limits["intervals"][0] else None,
            )
        most = max(float(np.abs(off).max()), 100.0 * max(limits["tolerance"]))
        _finish(ax, title, numbers, most)
        ax.xaxis.set_major_formatter(lambda value, _: f"{100.0 * value:.0f} %")
        ax.set_xlabel("Probability that the interval claims")
        figure_style.legend(ax, loc="upper left")
    axes[0].set_ylabel("Coverage less claim, percentage points")
    return host


def draw_contraction(numbers: Numbers) -> Axes:
    """Draw how much narrower than its prior each parameter's posterior is.

    Parameters
    ----------
    numbers
        Of the check of contraction.
    """
    limits = load_thresholds()["identifiability"]
    order = np.argsort(numbers["contraction"])
    names = [numbers["names"][i] for i in order]
    values = [numbers["contraction"][i] for i in order]
    words = [numbers["words"][i] for i in order]
    height = 1.45 + 0.27 * len(names)
    ax = figure_style.new_figure(9.6, height).add_axes(
        (0.25, 0.65 / height, 0.71, 1.0 - 1.4 / height)
    )
    places = np.arange(len(names))
    for word, colour in WORDS.items():
        chosen = [i for i in places if words[i] == word]
        ax.barh(chosen, [values[i] for i in chosen], color=colour, height=0.68,
                label=f"{word} ({len(chosen)})")  # fmt: skip
    for i, value in enumerate(values):
        ax.annotate(
            f"{value:.2f}",
            (max(value, 0.0), i),
            xytext=(4, 0),
            va="center",
            textcoords="offset points",
            fontsize=9.0,
            color=figure_style.INK,
            bbox={"facecolor": figure_style.PAPER, "edgecolor": "none", "pad": 0.8},
        )
    for at in (limits["assumption"], limits["identified"]):
        ax.axvline(at, color=figure_style.INK, linewidth=1.0, linestyle="--")
    ax.axvline(0.0, color=figure_style.QUIET, linewidth=0.8)
    ax.set_yticks(places, names)
    ax.set_ylim(-0.7, len(names) - 0.3)
    ax.set_xlim(min(0.0, *values) - 0.02, 1.05)
    ax.set_xlabel("Contraction: one minus posterior over prior variance, on normal scores")
    figure_style.tidy(ax, grid="x")
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


def draw_posterior(posterior: Posterior, priors: Sequence[Marginal], words: Numbers) -> Axes:
    """Draw each parameter's posterior over its prior, in small panels.

    Parameters
    ----------
    posterior
        The draws.
    priors
        In the order of its parameters.
    words
        What the data say of each parameter, by name.
    """
    rows = -(-len(priors) // _COLUMNS)
    height = 1.15 + 1.75 * rows
    host = figure_style.new_figure(11.5, height).add_axes((0.02, 0.02, 0.96, 1.0 - 1.0 / height))
    host.set_axis_off()
    how = (
        "grey: prior; coloured: posterior, by what the data say; line: its median; "
        "dashed: the present default"
    )
    figure_style.set_title(host, "Prior and posterior", how)
    for number, marginal in enumerate(priors):
        row, column = divmod(number, _COLUMNS)
        box = (column / _COLUMNS, 1.0 - (row + 0.86) / rows, 0.88 / _COLUMNS, _PANEL / rows)
        word = words.get(marginal.name, WEAK)
        _panel(host.inset_axes(box), marginal, posterior.values[:, number], word)
    return host


def _panel(ax: Axes, marginal: Marginal, draws: Array, word: str) -> None:
    low, high = marginal.ppf(np.array([0.0005, 0.9995]))
    scale = np.geomspace if marginal.logarithmic else np.linspace
    edges = scale(low, high, _BINS + 1)
    before = np.diff(marginal.cdf(edges))
    after = np.histogram(draws, bins=edges)[0] / len(draws)
    ax.stairs(before, edges, fill=True, color=figure_style.FAINT)
    ax.stairs(after, edges, color=WORDS[word], linewidth=1.6, fill=False)
    ax.stairs(after, edges, color=WORDS[word], alpha=0.35, fill=True)
    ax.axvline(float(np.median(draws)), color=WORDS[word], linewidth=1.6)
    default = PARAMETERS[marginal.name].default
    ax.axvline(default, color=figure_style.INK, linewidth=1.2, linestyle="--")
    if marginal.logarithmic:
        from matplotlib.ticker import LogLocator, NullFormatter, NullLocator

        ax.set_xscale("log")
        ax.xaxis.set_major_locator(LogLocator(subs=(1.0, 3.0), numticks=5))
        ax.xaxis.set_minor_locator(NullLocator())
        ax.xaxis.set_minor_formatter(NullFormatter())
        ax.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    else:
        ax.locator_params(axis="x", nbins=4)
    ax.set_xlim(low, high)
    ax.set_yticks([])
    ax.tick_params(labelsize=7.5, color="#999999", pad=1.5, length=2.5)
    ax.spines[["top", "right", "left"]].set_visible(False)
    ax.set_title(marginal.name, fontsize=8.8, fontweight="bold", loc="left", pad=3.0)
