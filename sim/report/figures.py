"""Figures of a run. Each function draws on the axes given, or on a figure of its own.

The axes that are returned hold the drawing; where a figure has several panels these are the
``child_axes`` of the axes returned.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from sim.core.errors import InputError, nearest_name
from sim.engine.outcomes import MONTHS, OUTCOMES
from sim.report import figure_style, run_summaries
from sim.report.channels import plot_channels
from sim.report.display_names import Names
from sim.report.dot_plots import plot_countries, plot_sectors
from sim.report.funnel import plot_funnel
from sim.report.locality_timeline import plot_timeline
from sim.report.tilemap import draw_tilemap

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from sim.experiments.run import RunTables

__all__ = [
    "FIGURES",
    "plot_channels",
    "plot_countries",
    "plot_funnel",
    "plot_map",
    "plot_sectors",
    "plot_ties",
    "plot_timeline",
    "save_figures",
]

TIES = "Median over runs (trust: mean) and 90 % interval"
SHOWN_COUNTRIES = 3
"""Countries whose trust is drawn beside the mean of the region."""


def plot_map(run: RunTables, outcome: str = "deals", ax: Axes | None = None) -> Axes:
    """Draw an outcome of every locality on the tile map, as its mean over replicates.

    Parameters
    ----------
    run
        The run.
    outcome
        Name of an outcome by locality, see :data:`sim.engine.outcomes.OUTCOMES`.
    ax
        Axes to draw on.

    Raises
    ------
    InputError
        If there is no such outcome.
    """
    from matplotlib.colors import Normalize, PowerNorm

    known = {o.name: o for o in OUTCOMES}
    if outcome not in known:
        raise InputError(
            f"there is no outcome {outcome!r} by locality",
            allowed=", ".join(known),
            nearest=nearest_name(outcome, known),
        )
    ax = figure_style.host_axes(ax, (8.0, 8.6), (0.01, 0.025, 0.98, 0.905))
    rows, dated = run.by_locality[["locality", outcome]], outcome in MONTHS
    if dated:
        rows = rows.assign(**{outcome: rows[outcome].map(figure_style.year, na_action="ignore")})
    means = rows.groupby("locality")[outcome].mean()
    top = float(np.nanmax(means.to_numpy(dtype=np.float64), initial=0.0))
    entry = known[outcome]
    counted = entry.unit in {"count", "US$ million"}
    # Counts crowd near zero; the square root keeps small differences visible.
    norm = PowerNorm(0.5, 0.0, top or 1.0) if counted else Normalize(0.0, top or 1.0)
    if dated:
        first, last = run.scenario.start, run.scenario.end
        norm = Normalize(figure_style.year(first), figure_style.year(last))
    units = {
        "count": "mean per run",
        "0-1": "0 to 1, mean over runs",
        "YYYY-MM": "year, mean over runs",
    }
    unit = units.get(entry.unit, f"{entry.unit}, mean over runs")
    draw_tilemap(
        ax,
        run.world.localities,
        run.world.grid,
        means,
        cmap=figure_style.MAP_COLOURS,
        norm=norm,
        label=unit,
        zero_color=None if dated else "#e4e4e4",
        highlight=list(run.scenario.focus) or None,
    )
    words = entry.meaning[:1].upper() + entry.meaning[1:]
    years = f"{run.scenario.start} to {run.scenario.end}"
    figure_style.set_title(ax, words, f"One tile per first-level unit · {years}")
    figure_style.stamp(figure_style.figure_of(ax), run)
    return ax


def plot_ties(run: RunTables, ax: Axes | None = None) -> Axes:
    """Draw visits each way, twinnings so far and mean trust over time, with 90 % bands."""
    host = figure_style.host_axes(ax, (10.0, 8.6), (0.085, 0.07, 0.88, 0.84))
    host.set_axis_off()
    events = run_summaries.slim_events(run)
    top = figure_style.panel(host, (0.0, 0.67, 1.0, 0.33))
    middle = figure_style.panel(host, (0.0, 0.37, 1.0, 0.22))
    bottom = figure_style.panel(host, (0.0, 0.0, 1.0, 0.29))
    per_year = run.scenario.n_months > 24
    for kind, colour, words in (
        ("visit_to_lac", figure_style.BLUE, "from China to the region"),
        ("visit_to_china", figure_style.VERMILLION, "of governors to China"),
    ):
        counts = run_summaries.counts_by_month(run, run_summaries.of_kind(events, (kind,)))
        numbers, first = run_summaries.per_year(counts)
        figure_style.band(top, run, first, run_summaries.spread(numbers), colour, words)
    top.set_ylabel("visits in 12 months" if per_year else "visits a month")
    figure_style.legend(top)
    counts = run_summaries.counts_by_month(run, run_summaries.of_kind(events, ("twinning",)))
    total = run_summaries.spread(np.cumsum(counts, axis=1))
    figure_style.band(middle, run, 0, total, figure_style.GREEN, "twinnings")
    middle.set_ylabel("twinnings so far")
    _draw_trust(run, bottom)
    for panel in (top, middle, bottom):
        figure_style.tidy(panel)
        figure_style.year_axis(panel, run.scenario.start_month, run.scenario.end_month)
        panel.set_ylim(bottom=0.0)
        panel.yaxis.set_label_coords(-0.06, 0.5)
    for panel in (top, middle):
        panel.tick_params(labelbottom=False)
    bottom.set_xlabel("year")
    figure_style.set_title(host, "Ties between China and the region", TIES)
    figure_style.stamp(figure_style.figure_of(host), run)
    return host


def _draw_trust(run: RunTables, ax: Axes) -> None:
    """Draw the mean trust of the region, and that of the countries with most deals."""
    names = Names(run.world)
    frame = run.series[run.series["metric"] == "trust"]
    wide = {
        q: frame.pivot(index="month", columns="country", values=q) for q in ("mean", "q05", "q95")
    }
    size = run.world.localities["iso3"].value_counts().reindex(wide["mean"].columns).fillna(0)
    region = wide["mean"].to_numpy() @ size.to_numpy() / size.sum()
    deals = run.by_country.groupby("country", observed=True)["deals"].mean()
    shown = sorted(deals.index, key=lambda code: (-deals[code], code))[:SHOWN_COUNTRIES]
    for colour, code in zip(
        (figure_style.PURPLE, figure_style.ORANGE, figure_style.SKY), shown, strict=False
    ):
        numbers = run_summaries.Spread(
            *(wide[q][code].to_numpy() for q in ("mean", "q05", "q95", "mean"))
        )
        figure_style.band(ax, run, 0, numbers, colour, names.country(str(code)))
    months = figure_style.years(run, 0, len(region))
    ax.plot(
        months, region, color=figure_style.INK, linewidth=2.0, linestyle="--", label="whole region"
    )
    ax.set_ylabel("trust, 0 to 1 (mean)")
    figure_style.legend(ax, ncols=2)


FIGURES: dict[str, tuple[Callable[[RunTables], Axes], str]] = {
    "map_deals": (
        plot_map,
        "Where deals are formed: each tile is a first-level unit, coloured by its mean per run.",
    ),
    "map_trust": (
        lambda run: plot_map(run, "trust"),
        "Trust at the end of the run: the highest trust of each locality in any Chinese actor.",
    ),
    "countries": (
        plot_countries,
        "Deals by country, median over runs and 90 % interval.",
    ),
    "funnel": (
        plot_funnel,
        "From visits to completed projects, and where projects are lost on the way.",
    ),
    "ties": (
        plot_ties,
        "Visits each way, twinnings so far and trust over time, with bands of 90 %.",
    ),
    "channels": (
        plot_channels,
        "Deals by the channel that brought them about and the level that decided, mean over runs.",
    ),
    "sectors": (
        plot_sectors,
        "Number and value of deals by sector, median over runs and 90 % interval.",
    ),
}
"""Figures of every run, with their captions; those of single localities come on top."""


def captions(run: RunTables) -> dict[str, str]:
    """Return the names of a run's figures in order, with their captions."""
    names = Names(run.world)
    found = {name: caption for name, (_, caption) in FIGURES.items()}
    for code in run_summaries.places_of(run):
        found[f"timeline_{code}"] = (
            f"{names.place(code, None)}: documented events above, and below what the runs show: "
            "visits and deals so far, and the share of runs in which a step has been taken."
        )
    return found


def draw(run: RunTables, name: str) -> Axes:
    """Draw one of the figures named by :func:`captions`."""
    if name.startswith("timeline_"):
        return plot_timeline(run, name.removeprefix("timeline_"))
    return FIGURES[name][0](run)


def save_figures(run: RunTables, folder: str | Path) -> list[Path]:
    """Write all figures of a run as PNG (150 dpi) and SVG.

    Parameters
    ----------
    run
        The run.
    folder
        Where to; it is made if missing and files of the same names are replaced.

    Returns
    -------
    list of Path
        The files written.

    Raises
    ------
    InputError, MachineError
        If the folder cannot be written to.
    """
    return figure_style.save_all(captions(run), partial(draw, run), folder)
