"""Draw what a change of office-holder costs: the event study above, dose-responses below."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sim.report import figure_style
from sim.report.figure_style import BLUE, GREEN, ORANGE, QUIET, SKY, VERMILLION

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH, HEIGHT = 14.0, 9.0
BAND = 0.14
"""Opacity of bands, of which several overlap."""
TITLES = {
    "visits": "Visits, either way",
    "memoranda": "Memoranda signed",
    "deals": "Deals formed",
}
LOOKS = {
    ("as it is", "another bloc"): (VERMILLION, "-", "successor of another bloc"),
    ("as it is", "the same bloc"): (BLUE, "-", "of the same bloc"),
    ("nothing lost", "another bloc"): (ORANGE, "--", "of another bloc, nothing lost"),
    ("nothing lost", "the same bloc"): (SKY, "--", "of the same bloc, nothing lost"),
}
DOSE_LOOKS = {"visits": BLUE, "memoranda": GREEN, "deals": VERMILLION}


def draw(found: pd.DataFrame, draws: str) -> Figure:
    """Return the figure of intervals over draws from the priors."""
    figure = figure_style.new_figure(WIDTH, HEIGHT)
    grid = figure.add_gridspec(
        2, 6, left=0.06, right=0.98, top=0.85, bottom=0.09, wspace=0.75, hspace=0.55
    )
    events = found[found["study"] == "event"]
    for column, (outcome, title) in enumerate(TITLES.items()):
        ax = figure.add_subplot(grid[0, 2 * column : 2 * column + 2])
        _around(ax, events[events["outcome"] == outcome], legend=column == 0)
        figure_style.set_title(ax, title, "per office and year; the year before the change is 1")
    pace = found[found["study"] == "turnover.pace"]
    ax = figure.add_subplot(grid[1, :3])
    _doses(ax, pace, dashed=True)
    ax.set_xscale("log", base=2)
    ax.set_xticks([0.5, 1.0, 2.0, 4.0], ["½", "1", "2", "4"])
    ax.set_xlabel("turnover.pace: changes beside those of the law")
    figure_style.set_title(ax, "Turnover", "the whole region; half the law's pace is 1")
    ax = figure.add_subplot(grid[1, 3:])
    _doses(ax, found[found["study"] == "authority.effect"], dashed=False)
    ax.set_xlabel("authority.effect: how far countries differ in authority")
    figure_style.set_title(ax, "Authority", "the whole region; no differences is 1")
    figure.text(0.06, 0.955, "What a change of office-holder costs", fontsize=19, weight="bold")
    note = f"Medians and, as bands, 90 % intervals over {draws} from the priors"
    figure.text(0.06, 0.925, note, fontsize=figure_style.LABEL_SIZE, color=QUIET)
    return figure


def _mark(colour: str) -> dict[str, Any]:
    return {"color": colour, "lw": 2.0, "marker": "o", "ms": 4}


def _around(ax: Axes, rows: pd.DataFrame, *, legend: bool) -> None:
    """Draw the years around a change, each in its middle, so that the change lies at 0."""
    for (world, group), (colour, line, label) in LOOKS.items():
        mine = rows[(rows["world"] == world) & (rows["group"] == group)]
        x = mine["at"] - 0.5 * (mine["at"] > 0) + 0.5 * (mine["at"] < 0)
        if world == "as it is":
            low, high = mine["index_low"], mine["index_high"]
            ax.fill_between(x, low, high, color=colour, alpha=BAND, lw=0)
        ax.plot(x, mine["index"], line, label=label, **_mark(colour))
    ax.axvline(0.0, color=QUIET, lw=1.0, ls=":")
    ax.set_xticks([-3, -2, -1, 0, 1, 2, 3])
    ax.set_xlabel("years from the change")
    figure_style.tidy(ax)
    if legend:
        figure_style.legend(ax, loc="upper left", fontsize=8.5, handlelength=2.8)


def _doses(ax: Axes, rows: pd.DataFrame, *, dashed: bool) -> None:
    """Draw how the region's outcomes follow a parameter, with and without loss at a change."""
    for outcome, colour in DOSE_LOOKS.items():
        for world, line in (("as it is", "-"), ("nothing lost", "--")):
            mine = rows[(rows["outcome"] == outcome) & (rows["world"] == world)]
            if not len(mine):
                continue
            if world == "as it is":
                low, high = mine["index_low"], mine["index_high"]
                ax.fill_between(mine["at"], low, high, color=colour, alpha=BAND, lw=0)
            label = outcome if world == "as it is" else f"{outcome}, nothing lost"
            ax.plot(mine["at"], mine["index"], line, label=label, **_mark(colour))
    ax.set_ylim(bottom=0.0)
    figure_style.tidy(ax)
    options: dict[str, Any] = (
        {"loc": "lower left", "ncols": 2} if dashed else {"loc": "lower right"}
    )
    figure_style.legend(ax, handlelength=2.8, **options)
