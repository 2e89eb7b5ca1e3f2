"""Figures of a run. Each function draws on the axes given, or on a figure of its own.

The axes that are returned hold the drawing; where a figure has several panels these are the
``child_axes`` of the axes returned.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from textwrap import fill
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sim.core.enums import CHANNELS, LEVELS
from sim.core.errors import known_name
from sim.core.plurals import counted
from sim.engine.outcomes import MONTHS, OUTCOMES, Outcome
from sim.experiments.run import RunTables
from sim.experiments.sender_words import sender_words
from sim.report import figure_style, run_summaries
from sim.report.display_names import Names, plain_word
from sim.report.figure_style import BLUE, GREEN, INK, ORANGE, PURPLE, SKY, VERMILLION, stamp_text
from sim.report.locality_timeline import plot_timeline
from sim.report.phrases import capital, catalogue
from sim.report.run_summaries import Funnel, interval_words, ranked, spread
from sim.report.tilemap import draw_tilemap

if TYPE_CHECKING:
    from matplotlib.axes import Axes


SHOWN_COUNTRIES = 3
"""Countries whose trust is drawn beside the mean of the region."""
MOST_ROWS = 20
LEVEL_LOOK = {
    "local": (BLUE, "", "decided by a governor"),
    "municipal": ("#7fb3d5", "\\\\", "decided by a mayor"),
    "central": (ORANGE, "//", "decided by the centre"),
    "none": ("#9a9a9a", "..", "no public decision (acquired)"),
}
LOSS_COLOURS = {
    "lapsed": "#8c8c8c",
    "refused": ORANGE,
    "vetoed": PURPLE,
    "lost_in_tender": SKY,
    "cancelled": VERMILLION,
}
GLYPH = 0.085
"""Inches that a character of a label takes, at most."""


def known_outcome(name: str, outcomes: Sequence[Outcome], what: str) -> Outcome:
    """Return the outcome of a name.

    InputError if there is none among those given.
    """
    known = {outcome.name: outcome for outcome in outcomes}
    return known[known_name(what, name, known)]


def plot_map(
    run: RunTables, outcome: str = "deals", ax: Axes | None = None, kind: str = "map"
) -> Axes:
    """Draw an outcome of every locality on a map, as its mean over replicates.

    Parameters
    ----------
    kind
        ``map``: every locality where it lies and as large as it is (equal areas; small island
        countries enlarged in a frame). ``tiles``: a square for each, all of the same size.

    Raises
    ------
    InputError
        If ``outcome`` is none of :data:`sim.engine.outcomes.OUTCOMES`, or there is no such kind.
    """
    from matplotlib.colors import Normalize, PowerNorm

    entry, scenario = known_outcome(outcome, OUTCOMES, "outcome by locality"), run.scenario
    values, dated = run.by_locality[outcome], outcome in MONTHS
    if dated:
        values = values.map(figure_style.year, na_action="ignore")
    means = values.groupby(run.by_locality["locality"]).mean()
    top = float(np.nanmax(means.to_numpy(dtype=np.float64), initial=0.0)) or 1.0
    # Counts crowd near zero; the square root keeps small differences visible.
    counts = entry.unit in {"count", "US$ million"}
    norm = PowerNorm(0.5, 0.0, top) if counts else Normalize(0.0, top)
    if dated:
        norm = Normalize(figure_style.year(scenario.start), figure_style.year(scenario.end))
    ax = figure_style.host_axes(ax, (8.0, 8.6), (0.01, 0.025, 0.98, 0.905))
    draw_tilemap(
        ax,
        run.world,
        means,
        cmap=figure_style.MAP_COLOURS,
        norm=norm,
        label=catalogue()["map_labels"].get(entry.unit, f"{entry.unit}, mean over runs"),
        zero_color=None if dated else "#e4e4e4",
        highlight=scenario.focus,
        kind=kind,
    )
    words = sender_words(run.world)(capital(entry.meaning))
    each = "One tile per first-level unit"
    if kind == "map":
        each = "First-level units; small island countries enlarged in the frame"
    below = f"{each} · {scenario.start} to {scenario.end}"
    figure_style.set_title(ax, words, below, source=stamp_text(run))
    return ax


def plot_ties(run: RunTables, ax: Axes | None = None) -> Axes:
    """Draw visits each way, twinnings so far and mean trust over time, with 90 % bands."""
    parts = ((0.0, 0.67, 1.0, 0.33), (0.0, 0.37, 1.0, 0.22), (0.0, 0.0, 1.0, 0.29))
    host, panels = figure_style.panels(ax, (10.0, 8.6), (0.085, 0.07, 0.88, 0.84), parts)
    top, middle, bottom = panels
    events, start = run_summaries.slim_events(run), run.scenario.start_month
    spoken = sender_words(run.world)

    def draw(ax: Axes, kind: str, colour: str, words: str, *, total: bool) -> None:
        counts = run_summaries.counts_by_month(run, run_summaries.of_kind(events, (kind,)))
        values, first = (np.cumsum(counts, 1), 0) if total else run_summaries.per_year(counts)
        found = spread(values)
        at = figure_style.month_ends(start + first, values.shape[1])
        figure_style.band(ax, at, (found.median, found.low, found.high), colour, words)

    draw(top, "visit_to_lac", BLUE, spoken("from China to the region"), total=False)
    draw(top, "visit_to_china", VERMILLION, spoken("of governors to China"), total=False)
    draw(middle, "twinning", GREEN, "twinnings", total=True)
    _draw_trust(run, bottom)
    top.set_ylabel("visits in 12 months" if run.scenario.n_months > 24 else "visits a month")
    middle.set_ylabel("twinnings so far")
    bottom.set_ylabel("trust, 0 to 1 (mean)")
    figure_style.legend(top)
    for panel in panels:
        figure_style.tidy(panel)
        figure_style.year_axis(panel, start, run.scenario.end_month)
        panel.set_ylim(bottom=0.0)
        panel.yaxis.set_label_coords(-0.06, 0.5)
        panel.tick_params(labelbottom=panel is bottom)
    bottom.set_xlabel("year")
    words = f"Median over runs (trust: mean) and {interval_words(run)}"
    title = spoken("Ties between China and the region")
    figure_style.set_title(host, title, words, source=stamp_text(run))
    return host


def _draw_trust(run: RunTables, ax: Axes) -> None:
    """Draw the mean trust of the region, and that of the countries with most deals."""
    names = Names(run.world)
    frame = run.series[run.series["metric"] == "trust"]
    wide = frame.pivot(index="month", columns="country", values=["mean", "q05", "q95"])
    size = run.world.localities["iso3"].value_counts().reindex(wide["mean"].columns).fillna(0)
    region = wide["mean"].to_numpy() @ size.to_numpy() / size.sum()
    deals = run.by_country.groupby("country", observed=True)["deals"].mean()
    shown = sorted(deals.index, key=lambda code: (-deals[code], code))[:SHOWN_COUNTRIES]
    at = figure_style.month_ends(run.scenario.start_month, len(region))
    for colour, code in zip((PURPLE, ORANGE, SKY), shown, strict=False):
        ends = wide["mean"][code], wide["q05"][code], wide["q95"][code]
        figure_style.band(ax, at, ends, colour, names.country(str(code)))
    ax.plot(at, region, color=INK, linewidth=2.0, linestyle="--", label="whole region")
    figure_style.legend(ax, ncols=2)


def plot_countries(run: RunTables, ax: Axes | None = None) -> Axes:
    """Draw the deals of each country, ranked, as median over runs and 90 % interval."""
    names = Names(run.world)
    wide = run.by_country.pivot(index="replicate", columns="country", values="deals")
    table = ranked(wide)
    table = table[table["mean"] > 0].head(MOST_ROWS)
    ax = figure_style.host_axes(ax, (10.0, 6.6), (0.225, 0.1, 0.745, 0.77))
    _dots(ax, table, [names.country(code) for code in table.index], BLUE, "deals per run")
    silent = int((wide.sum() == 0).sum())
    words = f"Median over runs and {interval_words(run)}"
    words += f" · {counted(silent, 'country')} without any" if silent else ""
    figure_style.set_title(ax, "Deals by country", words, left=-0.28, source=stamp_text(run))
    return ax


def plot_sectors(run: RunTables, ax: Axes | None = None) -> Axes:
    """Draw the number and the value of deals of each sector, ranked by number."""
    names = Names(run.world)
    codes = [str(code) for code in run.world.sectors["code"]]
    number, value = (
        run_summaries.totals(run, column, "sector").reindex(columns=codes).fillna(0.0)
        for column in ("", "value_usd_m")
    )
    count = ranked(number)
    host, (left, right) = figure_style.panels(
        ax, (10.0, 6.6), (0.245, 0.1, 0.735, 0.77), figure_style.columns(2, 0.08)
    )
    labels = [fill(names.sectors.get(code, code), 28) for code in count.index]
    _dots(left, count, labels, BLUE, "deals per run")
    _dots(
        right, ranked(value / 1000.0, list(count.index)), [""] * len(count), VERMILLION,
        "value per run, US$ billion",
    )  # fmt: skip
    words = f"Median over runs and {interval_words(run)}"
    figure_style.set_title(host, "Deals by sector", words, left=-0.315, source=stamp_text(run))
    return host


def _dots(ax: Axes, table: pd.DataFrame, names: list[str], colour: str, label: str) -> None:
    """Draw one row per line of ``table``: the interval as a line, the median as a dot."""
    at = np.arange(len(table))
    ax.hlines(at, table["low"], table["high"], color=colour, alpha=0.45, linewidth=4.0)
    ax.plot(table["median"], at, "o", color=colour, markersize=7.5, markeredgecolor="white")
    figure_style.name_rows(ax, names)
    ax.set_xlim(left=0.0)
    ax.set_xlabel(label)
    _say_if_empty(ax, len(table))


def _say_if_empty(ax: Axes, rows: int) -> None:
    if not rows:
        ax.text(0.5, 0.5, "no deals", transform=ax.transAxes, ha="center", fontsize=14)


def plot_channels(run: RunTables, ax: Axes | None = None) -> Axes:
    """Draw deals by channel, stacked by level of decision, with the 90 % interval of the sum."""
    columns = ["replicate", "channel", "level", "month_deal"]
    frame = run.tables["projects"].select(columns).to_pandas()
    frame = frame[frame["month_deal"].notna()].fillna({"level": "none"})
    runs = range(run_summaries.logs_kept(run))
    cells = pd.MultiIndex.from_product((CHANNELS, LEVELS, runs), names=columns[1:3] + columns[:1])
    counts = frame.groupby(cells.names).size().reindex(cells, fill_value=0).unstack()
    total = ranked(counts.groupby("channel").sum().T)
    order = total.sort_values("mean", ascending=False, kind="stable").query("mean > 0")
    ax = figure_style.host_axes(ax, (10.0, 5.8), (0.235, 0.115, 0.735, 0.745))
    left = np.zeros(len(order))
    for level, (colour, hatch, words) in LEVEL_LOOK.items():
        width = counts.xs(level, level="level").mean(axis=1)[order.index].to_numpy()
        if width.any():
            ax.barh(
                range(len(order)), width, 0.66, left, color=colour, label=words, hatch=hatch,
                edgecolor="white", linewidth=0.8,
            )  # fmt: skip
        left = left + width
    gap = np.maximum((left - order["low"], order["high"] - left), 0.0)
    ax.errorbar(left, range(len(order)), xerr=gap, fmt="none", ecolor=INK, capsize=3.5, lw=1.4)
    labels, spoken = catalogue()["channel_labels"], sender_words(run.world)
    figure_style.name_rows(ax, [spoken(labels[channel]) for channel in order.index])
    ax.set_xlim(left=0.0)
    ax.set_xlabel("deals per run (mean; line: 90 % interval of the sum)")
    if len(order):
        figure_style.legend(ax, loc="lower right", fontsize=11)
    _say_if_empty(ax, len(order))
    words = "Who brought the partners together, and who decided"
    figure_style.set_title(ax, "Deals by channel", words, left=-0.29, source=stamp_text(run))
    return ax


def plot_funnel(run: RunTables, ax: Axes | None = None) -> Axes:
    """Draw how many visits, memoranda, approvals, awards and deals there are, and what is lost.

    The left panel gives the median over runs and the 90 % interval; the right one, for each
    step, the projects that came that far and then failed, by reason (mean over runs).
    """
    parts = ((0.0, 0.0, 0.54, 1.0), (0.6, 0.0, 0.4, 1.0))
    host, (left, right) = figure_style.panels(ax, (10.0, 6.0), (0.175, 0.11, 0.8, 0.76), parts)
    numbers = run_summaries.funnel(run)
    _draw_steps(left, numbers)
    _draw_losses(right, numbers)
    words = (
        "Left: what is reached, median over runs and 90 % interval. Right: what is lost on the way"
    )
    figure_style.set_title(host, "From visits to deals", words, left=-0.2, source=stamp_text(run))
    return host


def _draw_steps(ax: Axes, numbers: Funnel) -> None:
    reached = spread(numbers.reached)
    at = np.arange(len(numbers.steps))
    ax.barh(at, reached.median, 0.62, color=BLUE)
    ax.hlines(at, reached.low, reached.high, color=INK, linewidth=1.4)
    figure_style.name_rows(ax, [catalogue()["step_labels"][name] for name in numbers.steps])
    ends = np.maximum(reached.median, reached.high)
    words = [spread(column).words(join="–") for column in numbers.reached.T]
    for y, end, text in zip(at, ends, words, strict=True):
        ax.annotate(
            text, (end, y), (6.0, 0.0), textcoords="offset points", va="center", color=INK,
            fontsize=figure_style.NOTE_SIZE,
        )  # fmt: skip
    # Each label must end inside the panel, however many digits it has.
    wide = ax.get_window_extent().width / figure_style.figure_of(ax).dpi
    room = wide - 0.1 - GLYPH * np.array([len(text) for text in words])
    ax.set_xlim(0.0, max(1.0, float((ends * wide / np.maximum(room, 0.2 * wide)).max())))
    ax.spines["bottom"].set_visible(False)
    ax.set_xticks([])


def _draw_losses(ax: Axes, numbers: Funnel) -> None:
    means, sums = numbers.lost.mean(axis=0), numbers.lost.sum(axis=1)
    at, start = np.arange(len(numbers.steps)), np.zeros(len(numbers.steps))
    for j, name in enumerate(run_summaries.LOSSES):
        words = f"{plain_word(name)}, {spread(sums[:, j]).words(join='–')}"
        ax.barh(at, means[:, j], 0.62, start, color=LOSS_COLOURS[name], label=words)
        start = start + means[:, j]
    figure_style.name_rows(ax, [""] * len(at))
    ax.set_xlabel("projects lost after this step, mean per run")
    figure_style.legend(ax, loc="lower right", borderaxespad=0.1)


FIGURES: dict[str, Callable[[RunTables], Axes]] = {
    "map_deals": partial(plot_map, kind="tiles"),
    "map_trust": partial(plot_map, outcome="trust", kind="tiles"),
    "countries": plot_countries,
    "funnel": plot_funnel,
    "ties": plot_ties,
    "channels": plot_channels,
    "sectors": plot_sectors,
}
"""Figures of every run; those of single localities come on top."""


def captions(run: RunTables) -> dict[str, str]:
    """Return the names of a run's figures in order, with their captions."""
    names, texts = Names(run.world), catalogue()["run_captions"]
    found = {name: sender_words(run.world)(texts[name]) for name in FIGURES}
    for code in run_summaries.places_of(run):
        found[f"timeline_{code}"] = texts["timeline"].format(place=names.place(code, None))
    return found


def draw(run: RunTables, name: str) -> Axes:
    """Draw one of the figures named by :func:`captions`."""
    if name.startswith("timeline_"):
        return plot_timeline(run, name.removeprefix("timeline_"))
    return FIGURES[name](run)
