"""A biography as a figure: lanes of politics, ties and the project, with their key."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from sim.report import figure_style
from sim.report.biography import LANES, headline, trace_project
from sim.report.event_phrases import EventDescriber
from sim.report.timeline_lanes import LaneLayout, draw_timeline
from sim.world import load_world

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from sim.world import World

LAYOUT = LaneLayout(left=1.6, lanes=5.2, gap=0.04, key_line=0.165, key_columns=78)


def draw_biography(
    events: pd.DataFrame,
    deal: str,
    replicate: int = 0,
    world: World | None = None,
    ax: Axes | None = None,
    note: str = "",
) -> Axes:
    """Draw the biography of a project: when it happened on the left, what on the right.

    Events, deal, replicate and world are as for :func:`sim.report.biography.biography_of`; ``note``
    is small print at the lower edge, such as where the run comes from.

    Raises
    ------
    InputError
        If there is no such run or project.
    """
    names = EventDescriber(load_world() if world is None else world)
    life = trace_project(events, deal, replicate)
    marks = pd.DataFrame(
        {
            "year": figure_style.year(line.event.month) + 1 / 24,
            "lane": line.lane,
            "text": f"{line.event.month}  "
            f"{names.line_sentence(line.event, line.causes, life.project)}",
            "whole_year": False,
        }
        for line in life.lines
    )
    first = marks["year"].iloc[0] - 1 / 24
    span = max(float(marks["year"].iloc[-1]) - 1 / 24 - first, 1.0)
    looks = {lane: (look.name, look.colour) for lane, look in LANES.items()}
    host, left, _ = draw_timeline(ax, marks, looks, LAYOUT, 1.08 * span)
    left.set_xlim(first - 0.04 * span, first + 1.04 * span)
    left.grid(visible=True, axis="x", color="#cfcfcf", linewidth=0.8)
    left.set_axisbelow(True)
    figure_style.whole_years(left, 8)
    left.tick_params(axis="x", labelsize=figure_style.TICK_SIZE, length=3)
    left.set_xlabel("year", fontsize=figure_style.LABEL_SIZE)
    source = f"{note} · project {life.project}, run {replicate}".removeprefix(" · ")
    aside = -0.93 * LAYOUT.left / LAYOUT.lanes
    figure_style.set_title(host, *headline(life, names), left=aside, source=source)
    return host
