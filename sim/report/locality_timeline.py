"""The timeline of one locality: what is documented, and what the runs show."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sim.core.calendar import month_index, month_name
from sim.core.errors import InputError
from sim.report import figure_style, run_summaries
from sim.report.display_names import Names
from sim.report.stated import least, record_end, stated_of
from sim.report.timeline_lanes import Lane, Mark, draw_key, draw_lanes, lanes_height
from sim.world.names import LOCALITIES, PlaceNames

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from sim.experiments.run import RunTables
    from sim.report.run_summaries import Floats

LANES = (
    ("Visits from China", figure_style.BLUE, ("visit_to_lac",)),
    ("Visits to China", figure_style.VERMILLION, ("visit_to_china",)),
    ("Twinning, universities", figure_style.GREEN, ("twinning", "university_link")),
    ("Memoranda, tenders", "#8a5a00", ("memorandum", "tender")),
    ("Deals and finance", "#8f3f71", ("deal", "finance")),
    ("Works and their end", "#444444", ("completion", "cancellation")),
    ("Other", "#6e6e6e", ("other",)),
)
"""Lanes of documented events: name, colour and the kinds they hold."""

VISITS = ("visit_to_lac", "visit_to_china")
MILESTONES = (
    ("with a twinning", "twinning", figure_style.GREEN, "-"),
    ("with a memorandum", "memorandum", "#8a5a00", "--"),
    ("with a deal", "deal", "#8f3f71", "-."),
)
WIDE, PLOT_WIDTH, KEY_WIDTH = 12.6, 7.3, 3.35
"""Inches: the figure, its panels and the key beside them."""
PANEL, GAP = 1.45, 0.3
AFTER = "#f1f1f1"
"""Colour of the months after the end of the record."""


def plot_timeline(run: RunTables, locality: str, ax: Axes | None = None) -> Axes:
    """Draw a locality's documented events above and the simulated ones below.

    Below stand, over all runs, the visits and the deals so far (median and 90 % interval, with
    the dated ones as a line in black and a total stated without dates as a triangle) and the
    share of runs in which a first twinning, memorandum or deal has come about. Dotted lines mark
    changes of governor that fall into the same month in every run. Months after the record's end
    are shaded, and no dated ones are drawn there.

    Parameters
    ----------
    run
        The run.
    locality
        ISO 3166-2 code.
    ax
        Axes to draw on.

    Raises
    ------
    InputError
        If the world has no such locality.
    """
    known = set(run.world.localities["code"])
    if locality not in known:
        raise InputError(
            f"there is no locality {locality!r}",
            allowed="ISO 3166-2 codes of the world's localities",
            nearest=PlaceNames.of(run.world.tables).suggest(locality, (LOCALITIES,)),
        )
    facts = documented_in(run, locality)
    lanes, key = _lanes(facts)
    scale = PLOT_WIDTH / (run.scenario.n_months / 12.0)
    # An empty documented record needs a line of its own to say so.
    deep = lanes_height(lanes, scale) if lanes else 0.35
    below = 3 * PANEL + 3 * GAP
    height = max(deep + below, 0.17 * sum(1 + text.count("\n") for _, _, text in key))
    tall = height + 1.35
    left = 1.95
    box = (left / WIDE, 0.55 / tall, PLOT_WIDTH / WIDE, height / tall)
    host = figure_style.host_axes(ax, (WIDE, tall), box)
    host.set_axis_off()
    top = figure_style.panel(host, (0.0, 1.0 - deep / height, 1.0, deep / height))
    panels = _panels(host, height)
    if lanes:
        draw_lanes(top, lanes, scale)
        beside = (1.0 + 0.25 / PLOT_WIDTH, 0.0, KEY_WIDTH / PLOT_WIDTH, 1.0)
        draw_key(figure_style.panel(host, beside), key, 0.17 / height)
    else:
        top.set_axis_off()
        words = "No event is documented here for these years."
        top.text(0.0, 0.5, words, transform=top.transAxes, va="center", fontsize=11)
    _draw_runs(run, locality, facts, panels)
    turns = _common_changes(run, locality)
    for each in (top, *panels):
        each.set_xlim(
            figure_style.year(run.scenario.start_month),
            figure_style.year(run.scenario.end_month + 1),
        )
        if (after := _covered(run) + 1) <= run.scenario.end_month:
            begin = max(after, run.scenario.start_month)
            each.axvspan(figure_style.year(begin), each.get_xlim()[1], color=AFTER, zorder=0)
        for month in turns:
            each.axvline(month, color="#777777", linewidth=1.0, linestyle=":", zorder=0.5)
    top.tick_params(labelbottom=False, bottom=False)
    _set_titles(run, locality, host, bool(turns))
    return host


def _panels(host: Axes, height: float) -> list[Axes]:
    """Return the three panels of the runs, from the top down."""
    places = [(2 - i) * (PANEL + GAP) for i in range(3)]
    return [figure_style.panel(host, (0.0, y / height, 1.0, PANEL / height)) for y in places]


def _set_titles(run: RunTables, locality: str, host: Axes, turns: bool) -> None:
    names = Names(run.world)
    country = names.country(names.home.get(locality))
    words = "Above: documented events (hollow: known to the year). Below: median and 90 % interval."
    if turns:
        words += " Dotted: change of governor in every run."
    if _covered(run) < run.scenario.end_month:
        words += " Shaded: after the record."
    title = f"{names.place(locality, None)}, {country}"
    figure_style.set_title(host, title, words, left=-1.75 / PLOT_WIDTH)
    figure_style.stamp(figure_style.figure_of(host), run)


def documented_in(run: RunTables, locality: str) -> pd.DataFrame:
    """Return the documented events of a locality within the run, with their place on the axis."""
    table = run.world.documented
    table = table[table["locality"] == locality].copy()
    table["whole_year"] = table["date"].str.len() == 4
    # An event known to the year only stands in the middle of it.
    months = [d if len(d) > 4 else f"{d}-07" for d in table["date"].astype(str)]
    table["month"] = np.array([month_index(m) for m in months], dtype=np.int64)
    inside = (table["month"] >= run.scenario.start_month) & (
        table["month"] <= run.scenario.end_month
    )
    return table[inside].sort_values(["month", "label"]).reset_index(drop=True)


def visits_on_record(run: RunTables, locality: str) -> str:
    """Return how many visits either way the evidence dates, and how many it states at least."""
    scenario = run.scenario
    facts = documented_in(run, locality)
    dated = int(facts["kind"].isin(VISITS).sum())
    totals = stated_of(run.world, locality, scenario.start_month, scenario.end_month)
    stated = sum(total.at_least for total in totals if set(total.kinds) <= set(VISITS))
    words = f"{dated} dated, at least {stated} stated" if stated else f"{dated} dated"
    end = record_end(run.world)
    return f"{words}, up to {month_name(end)}" if 0 <= end < scenario.end_month else words


def _lanes(facts: pd.DataFrame) -> tuple[list[Lane], list[tuple[int, str, str]]]:
    """Return the lanes that hold something, and the key of their numbers."""
    colour_of = {kind: colour for _, colour, kinds in LANES for kind in kinds}
    key = []
    for number, row in enumerate(facts.itertuples(), start=1):
        text = "\n".join(wrap(f"{row.date}  {row.label}", 41, subsequent_indent="    "))
        key.append((number, colour_of[str(row.kind)], text))
    lanes = []
    for name, colour, kinds in LANES:
        mine = facts[facts["kind"].isin(kinds)]
        marks = tuple(
            Mark(figure_style.year(int(month)) + 1 / 24, int(at) + 1, bool(whole))
            for at, month, whole in zip(mine.index, mine["month"], mine["whole_year"], strict=True)
        )
        if marks:
            lanes.append(Lane(name, colour, marks))
    return lanes, key


def _draw_runs(run: RunTables, locality: str, facts: pd.DataFrame, panels: list[Axes]) -> None:
    from matplotlib.ticker import MaxNLocator

    events = run_summaries.slim_events(run)
    events = events[events["locality"] == locality]
    for ax, kinds, colour, words in (
        (panels[0], VISITS, figure_style.BLUE, "visits so far"),
        (panels[1], ("deal",), "#8f3f71", "deals so far"),
    ):
        counts = run_summaries.counts_by_month(run, run_summaries.of_kind(events, kinds))
        numbers = run_summaries.spread(np.cumsum(counts, axis=1))
        figure_style.band(ax, run, 0, numbers, colour, "runs")
        if len(facts):
            _draw_documented(ax, run, facts.loc[facts["kind"].isin(kinds), "month"])
        _draw_stated(ax, run, locality, facts, kinds)
        ax.set_ylabel(words)
        # The headroom is for the legend.
        ax.set_ylim(0.0, 1.3 * max(1.0, ax.get_ylim()[1]))
        ax.yaxis.set_major_locator(MaxNLocator(nbins=5, integer=True))
        figure_style.legend(ax, ncols=3)
    for words, kind, colour, line in MILESTONES:
        counts = run_summaries.counts_by_month(run, run_summaries.of_kind(events, (kind,)))
        share = (np.cumsum(counts, axis=1) > 0).mean(axis=0)
        at = figure_style.years(run, 0, len(share))
        panels[2].plot(at, share, color=colour, linestyle=line, linewidth=2.2, label=words)
        first = facts.loc[facts["kind"] == kind, "month"]
        if len(first):
            # The triangle marks when it came about according to the record.
            panels[2].plot([figure_style.year(int(first.min()))], [1.1], "v", color=colour, ms=8)
    panels[2].set_ylim(0.0, 1.55)
    panels[2].set_yticks([0.0, 0.5, 1.0], ["0 %", "50 %", "100 %"])
    panels[2].set_ylabel("share of runs")
    panels[2].set_xlabel("year (triangles: first documented)", loc="left")
    figure_style.legend(panels[2], ncols=3)
    for number, ax in enumerate(panels):
        figure_style.tidy(ax)
        figure_style.year_axis(ax, run.scenario.start_month, run.scenario.end_month)
        ax.yaxis.set_label_coords(-0.085, 0.5)
        ax.tick_params(labelbottom=number == 2)


def _covered(run: RunTables) -> int:
    """Return the last month of a run that the record covers."""
    return min(record_end(run.world), run.scenario.end_month)


def _draw_documented(ax: Axes, run: RunTables, months: pd.Series) -> None:
    """Draw the documented events so far as a line of steps as far as the record goes."""
    first, last = run.scenario.start_month, _covered(run) + 1
    if last <= first:
        return
    last = max([last, *(int(month) for month in months)])
    at = [
        figure_style.year(first),
        *(figure_style.year(int(m)) for m in months),
        figure_style.year(last),
    ]
    so_far = [0, *range(1, len(months) + 1), len(months)]
    ax.step(at, so_far, where="post", color=figure_style.INK, linewidth=1.8, label="dated events")


def _draw_stated(
    ax: Axes, run: RunTables, locality: str, facts: pd.DataFrame, kinds: tuple[str, ...]
) -> None:
    """Mark how many there were at least where the evidence states a total."""
    first, last = run.scenario.start_month, run.scenario.end_month
    totals = [t for t in stated_of(run.world, locality, first, last) if set(t.kinds) <= set(kinds)]
    if not totals:
        return
    end = max(total.last for total in totals)
    past = facts[facts["month"] <= end]
    dated = {kind: past.loc[past["kind"] == kind, "month"].tolist() for kind in kinds}
    count = least(dated, totals, kinds)
    words = f"stated: at least {count}"
    ax.plot(
        [figure_style.year(end + 1)],
        [count],
        "^",
        color=figure_style.INK,
        ms=8,
        clip_on=False,
        label=words,
    )


def _common_changes(run: RunTables, locality: str) -> list[float]:
    """Return when governors change in every run, on an axis of years."""
    events = run_summaries.slim_events(run)
    events = events[(events["locality"] == locality) & (events["kind"] == "governor_change")]
    counts: Floats = run_summaries.counts_by_month(run, events)
    always = np.flatnonzero((counts > 0).all(axis=0))
    return [figure_style.year(run.scenario.start_month + int(month)) for month in always]
