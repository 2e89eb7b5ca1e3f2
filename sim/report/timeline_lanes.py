"""Lanes of numbered marks on an axis of years with their key, and a biography drawn in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from textwrap import wrap
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from sim.report.biography import LANES, headline, trace_project
from sim.report.event_phrases import EventDescriber
from sim.report.figure_style import (
    INK,
    LABEL_SIZE,
    PAPER,
    TICK_SIZE,
    Look,
    panels,
    set_title,
    whole_years,
    year,
)
from sim.world import World, load_world

if TYPE_CHECKING:
    from matplotlib.axes import Axes


WIDE = 12.6
"""Inches of a whole figure of a timeline."""
MARK = 0.165
"""Diameter of a mark, in inches."""
ROW = 0.2
"""Height of one row of marks, in inches."""


class LaneLayout(NamedTuple):
    """Hold how a timeline is laid out: inches, and characters of a line of the key."""

    left: float
    lanes: float
    gap: float
    key_line: float
    key_columns: int


_LIFE = LaneLayout(left=1.6, lanes=5.2, gap=0.04, key_line=0.165, key_columns=78)
"""How a biography is laid out."""


def rows_of(years: Iterable[float], inches_per_year: float) -> list[int]:
    """Return the row of each mark of a lane, in order of years, so that no two overlap."""
    reach = 1.08 * MARK / inches_per_year
    ends: list[float] = []
    rows = []
    for at in years:
        row = next((i for i, end in enumerate(ends) if at - end >= reach), len(ends))
        ends[row : row + 1] = [at]
        rows.append(row)
    return rows


def draw_timeline(
    ax: Axes | None,
    marks: pd.DataFrame,
    looks: Mapping[Any, Look],
    layout: LaneLayout,
    years: float,
    *,
    below: float = 0.0,
) -> tuple[Axes, Axes, float]:
    """Draw numbered marks in the lanes that hold any, and at their right what each number means.

    Each of ``marks``, numbered from 1 in order of years, has ``year``, ``lane``, ``text`` and
    ``whole_year``: it is hollow where the date is known to the year only. ``looks`` are name and
    colour of each lane from the top down, ``years`` is the length of the axis, whose limits are the
    caller's, and ``below`` are inches to be left free below the lanes.

    Return the host, the axes of the lanes, and the height of the host in inches.
    """
    groups = {lane: marks[marks["lane"] == lane] for lane in looks}
    rows = {
        lane: rows_of(group["year"], layout.lanes / years)
        for lane, group in groups.items()
        if len(group)
    }
    tall = {lane: ROW * (max(found) + 1) + 0.1 for lane, found in rows.items()}
    # Where there is no mark, a line must have room to say so.
    deep = sum(tall.values()) or 0.35
    key = [wrap(text, layout.key_columns, subsequent_indent=" " * 4) for text in marks["text"]]
    height = max(deep + below, layout.key_line * sum(map(len, key)))
    whole = height + 1.35
    host, (top, beside) = panels(
        ax,
        (WIDE, whole),
        (layout.left / WIDE, 0.55 / whole, layout.lanes / WIDE, height / whole),
        ((0.0, 1.0 - deep / height, 1.0, deep / height), (1.0 + layout.gap, 0.0, 1.0, 1.0)),
    )
    top.set_ylim(deep, 0.0)
    ticks, above = [], 0.0
    for number, lane in enumerate(rows):
        if number % 2 == 0:
            top.axhspan(above, above + tall[lane], color="#f3f3f3", linewidth=0, zorder=0)
        ticks.append(above + tall[lane] / 2)
        places = [above + 0.05 + ROW * (row + 0.5) for row in rows[lane]]
        _draw_marks(top, groups[lane], places, looks[lane][1])
        above += tall[lane]
    top.set_yticks(ticks, [looks[lane][0] for lane in rows])
    top.spines[:].set_visible(False)
    top.tick_params(axis="y", length=0, labelsize=TICK_SIZE)
    colours = [looks[lane][1] for lane in marks["lane"]]
    _write_key(beside, key, colours, layout.key_line / height, layout)
    return host, top, height


def _draw_marks(ax: Axes, marks: pd.DataFrame, places: list[float], colour: str) -> None:
    years, heights, numbers = marks["year"].to_numpy(), np.array(places), (marks.index + 1).tolist()
    hollow = marks["whole_year"].to_numpy(dtype=bool)
    for which, face, ink in ((hollow, PAPER, INK), (~hollow, colour, PAPER)):
        mine = np.flatnonzero(which)
        look: dict[str, Any] = {"mfc": face, "mec": colour, "mew": 1.2, "clip_on": False}
        ax.plot(years[mine], heights[mine], "o", ms=72.0 * MARK, **look)
        for number in mine:
            ax.text(
                years[number], heights[number], str(numbers[number]), ha="center",
                va="center_baseline", fontsize=7.0, color=ink, fontweight="bold", zorder=4,
            )  # fmt: skip


def _write_key(
    ax: Axes, key: list[list[str]], colours: list[str], line: float, layout: LaneLayout
) -> None:
    """Write the lines of each number from the top down; ``line`` is a share of the height."""
    ax.set_axis_off()
    y = 1.0 - 0.8 * line
    across = 1.0 / layout.lanes  # an inch
    for number, (lines, colour) in enumerate(zip(key, colours, strict=True), start=1):
        mark = ax.text(0.18 * across, y, str(number), ha="right", va="baseline")
        mark.set(fontsize=8.5, fontweight="bold", color=colour)
        for text in lines:
            ax.text(0.25 * across, y, text, va="baseline", fontsize=8.5, color=INK)
            y -= line


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

    InputError if there is no such run or project.
    """
    names = EventDescriber(load_world() if world is None else world)
    life = trace_project(events, deal, replicate)
    marks = pd.DataFrame(
        {
            "year": year(line.event.month) + 1 / 24,
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
    host, left, _ = draw_timeline(ax, marks, looks, _LIFE, 1.08 * span)
    left.set_xlim(first - 0.04 * span, first + 1.04 * span)
    left.grid(visible=True, axis="x", color="#cfcfcf", linewidth=0.8)
    left.set_axisbelow(True)
    whole_years(left, 8)
    left.tick_params(axis="x", labelsize=TICK_SIZE, length=3)
    left.set_xlabel("year", fontsize=LABEL_SIZE)
    source = f"{note} · project {life.project}, run {replicate}".removeprefix(" · ")
    aside = -0.93 * _LIFE.left / _LIFE.lanes
    set_title(host, *headline(life, names), left=aside, source=source)
    return host
