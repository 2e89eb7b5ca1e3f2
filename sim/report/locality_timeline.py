"""The timeline of one locality: what is documented, and what the runs show."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sim.core.calendar import month_index, month_name
from sim.core.errors import InputError
from sim.experiments.run import RunTables
from sim.experiments.sender_words import sender_words
from sim.report import figure_style, run_summaries
from sim.report.display_names import Names
from sim.report.figure_style import INK, month_ends, year
from sim.report.stated_totals import least, record_end, stated_of
from sim.report.timeline_lanes import LaneLayout, draw_timeline
from sim.world.names import LOCALITIES, PlaceNames

if TYPE_CHECKING:
    from matplotlib.axes import Axes


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
LAYOUT = LaneLayout(left=1.95, lanes=7.3, gap=0.034, key_line=0.17, key_columns=41)
PANEL, GAP = 1.45, 0.3
"""Inches of a panel of the runs, and between two."""
AFTER = "#f1f1f1"
"""Colour of the months after the end of the record."""


def plot_timeline(run: RunTables, locality: str, ax: Axes | None = None) -> Axes:
    """Draw a locality's documented events above and the simulated ones below.

    Below stand, over all runs, the visits and the deals so far (median and 90 % interval, with
    the dated ones as a line in black and a total stated without dates as a triangle) and the
    share of runs in which a first twinning, memorandum or deal has come about. Dotted lines mark
    changes of governor that fall into the same month in every run. Months after the record's end
    are shaded, and no dated ones are drawn there.

    InputError if ``locality`` is no ISO 3166-2 code of the world's.
    """
    if locality not in set(run.world.localities["code"]):
        raise InputError(
            f"there is no locality {locality!r}",
            allowed="ISO 3166-2 codes of the world's localities",
            nearest=PlaceNames.of(run.world.tables).suggest(locality, (LOCALITIES,)),
        )
    facts = documented_in(run, locality)
    spoken = sender_words(run.world)
    looks = {number: (spoken(name), colour) for number, (name, colour, _) in enumerate(LANES)}
    length, below = run.scenario.n_months / 12.0, 3 * (PANEL + GAP)
    host, top, height = draw_timeline(ax, facts, looks, LAYOUT, length, below=below)
    if facts.empty:
        top.set_axis_off()
        words = "No event is documented here for these years."
        top.text(0.0, 0.5, words, transform=top.transAxes, va="center", fontsize=11)
    share = PANEL / height
    visits, deals, steps = panels = [
        host.inset_axes((0.0, i * (PANEL + GAP) / height, 1.0, share)) for i in (2, 1, 0)
    ]
    events = run_summaries.slim_events(run)
    events = events[events["locality"] == locality]
    _draw_count(visits, run, locality, events, facts, VISITS, figure_style.BLUE, "visits so far")
    _draw_count(deals, run, locality, events, facts, ("deal",), "#8f3f71", "deals so far")
    _draw_milestones(steps, run, events, facts)
    for panel in panels:
        figure_style.tidy(panel)
        figure_style.year_axis(panel, run.scenario.start_month, run.scenario.end_month)
        panel.yaxis.set_label_coords(-0.085, 0.5)
        panel.tick_params(labelbottom=panel is steps)
    turns = _common_changes(run, events)
    for each in (top, *panels):
        each.set_xlim(steps.get_xlim())
        if (after := _covered(run) + 1) <= run.scenario.end_month:
            begin = max(after, run.scenario.start_month)
            each.axvspan(year(begin), each.get_xlim()[1], color=AFTER, zorder=0)
        for month in turns:
            each.axvline(month, color="#777777", linewidth=1.0, linestyle=":", zorder=0.5)
    top.tick_params(labelbottom=False, bottom=False)
    _set_title(run, locality, host, bool(turns))
    return host


def _set_title(run: RunTables, locality: str, host: Axes, turns: bool) -> None:
    names = Names(run.world)
    country = names.country(names.home.get(locality))
    words = "Above: documented events (hollow: known to the year). Below: median and 90 % interval."
    if turns:
        words += " Dotted: change of governor in every run."
    if _covered(run) < run.scenario.end_month:
        words += " Shaded: after the record."
    title, source = f"{names.place(locality, None)}, {country}", figure_style.stamp_text(run)
    figure_style.set_title(host, title, words, left=-1.75 / LAYOUT.lanes, source=source)


def documented_in(run: RunTables, locality: str) -> pd.DataFrame:
    """Return a locality's documented events within the run: month, kind, and the look of a mark."""
    table = run.world.documented
    table = table[table["locality"] == locality]
    dates = table["date"].astype(str)
    lane_of = {kind: number for number, (_, _, kinds) in enumerate(LANES) for kind in kinds}
    # An event known to the year only stands in the middle of it.
    months = [month_index(d if len(d) > 4 else f"{d}-07") for d in dates]
    table = table.assign(
        month=np.array(months, dtype=np.int64),
        year=[year(month) + 1 / 24 for month in months],
        whole_year=dates.str.len() == 4,
        lane=table["kind"].map(lane_of),
        text=dates + "  " + table["label"],
    )
    inside = table["month"].between(run.scenario.start_month, run.scenario.end_month)
    return table[inside].sort_values(["month", "label"], ignore_index=True)


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


def _draw_count(
    ax: Axes,
    run: RunTables,
    locality: str,
    events: pd.DataFrame,
    facts: pd.DataFrame,
    kinds: tuple[str, ...],
    colour: str,
    label: str,
) -> None:
    """Draw how many events of some kinds there are so far: in the runs, dated, and stated."""
    counts = run_summaries.counts_by_month(run, run_summaries.of_kind(events, kinds))
    so_far = run_summaries.spread(np.cumsum(counts, axis=1))
    first, last = run.scenario.start_month, run.scenario.end_month
    at = month_ends(first, counts.shape[1])
    figure_style.band(ax, at, (so_far.median, so_far.low, so_far.high), colour, "runs")
    end = _covered(run) + 1
    if len(facts) and end > first:
        # As far as the record goes.
        months = facts.loc[facts["kind"].isin(kinds), "month"].tolist()
        steps = [year(month) for month in (first, *months, max([end, *months]))]
        dated = [0, *range(1, len(months) + 1), len(months)]
        ax.step(steps, dated, where="post", color=INK, linewidth=1.8, label="dated events")
    totals = [t for t in stated_of(run.world, locality, first, last) if set(t.kinds) <= set(kinds)]
    if totals:
        end = max(total.last for total in totals)
        past = facts[facts["month"] <= end]
        known = {kind: past.loc[past["kind"] == kind, "month"].tolist() for kind in kinds}
        count = least(known, totals, kinds)
        words = f"stated: at least {count}"
        ax.plot([year(end + 1)], [count], "^", color=INK, ms=8, clip_on=False, label=words)
    ax.set_ylabel(label)
    # The headroom is for the legend.
    ax.set_ylim(0.0, 1.3 * max(1.0, ax.get_ylim()[1]))
    ax.locator_params(axis="y", nbins=5, integer=True)
    figure_style.legend(ax, ncols=3)


def _draw_milestones(ax: Axes, run: RunTables, events: pd.DataFrame, facts: pd.DataFrame) -> None:
    """Draw the share of runs with a first event of a kind, and when there was one on record."""
    for words, kind, colour, line in MILESTONES:
        counts = run_summaries.counts_by_month(run, run_summaries.of_kind(events, (kind,)))
        share = (np.cumsum(counts, axis=1) > 0).mean(axis=0)
        at = month_ends(run.scenario.start_month, len(share))
        ax.plot(at, share, color=colour, linestyle=line, linewidth=2.2, label=words)
        first = facts.loc[facts["kind"] == kind, "month"]
        if len(first):
            ax.plot([year(int(first.min()))], [1.1], "v", color=colour, ms=8)
    ax.set_ylim(0.0, 1.55)
    ax.set_yticks([0.0, 0.5, 1.0], ["0 %", "50 %", "100 %"])
    ax.set_ylabel("share of runs")
    ax.set_xlabel("year (triangles: first documented)", loc="left")
    figure_style.legend(ax, ncols=3)


def _covered(run: RunTables) -> int:
    """Return the last month of a run that the record covers."""
    return min(record_end(run.world), run.scenario.end_month)


def _common_changes(run: RunTables, events: pd.DataFrame) -> list[float]:
    """Return when governors change in every run, on an axis of years."""
    changes = events[(events["kind"] == "governor_change") & events["city"].isna()]
    counts = run_summaries.counts_by_month(run, changes)
    always = np.flatnonzero((counts > 0).all(axis=0))
    return [year(run.scenario.start_month + int(month)) for month in always]
