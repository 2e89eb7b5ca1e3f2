"""The timeline of a story: a lane for each kind of event, and lines to causes and effects."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
from bokeh.models import ColumnDataSource, HoverTool, Range1d, TapTool

from sim.app.bokeh_style import drawn, plot_of_years, tips
from sim.report import figure_style
from sim.report.biography import LANES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sim.app.session import Session
    from sim.app.why.project_history import Story
    from sim.report.biography import Line

LANE = 46
"""Pixels a lane takes."""
WIDTH = 0.9 / 12
"""Part of a year over which events of one month are spread."""


def positions(lines: Sequence[Line]) -> list[float]:
    """Return where events stand on an axis of years; those of one lane and month side by side."""

    def slot(line: Line) -> tuple[str, str]:
        return line.lane, line.event.month

    many, seen = Counter(slot(line) for line in lines), Counter[tuple[str, str]]()
    found = []
    for line in lines:
        share = (seen[slot(line)] + 0.5) / many[slot(line)]
        seen[slot(line)] += 1
        found.append(figure_style.year(line.event.month) + WIDTH * share)
    return found


class LifePlot:
    """Draw a story and let an event of it be chosen.

    Parameters
    ----------
    session
        The visitor.
    chosen
        Called with the identity of an event that was clicked.
    """

    def __init__(self, session: Session, chosen: Callable[[str], None]) -> None:
        self._chosen = chosen
        self._ids: list[str] = []
        self._marked: str | None = None
        self.lanes = list(reversed(LANES))
        self.x_range = Range1d(2000, 2021)
        self.figure = made = plot_of_years(LANE * len(self.lanes) + 60, self.x_range, "", "life")
        made.y_range = Range1d(-0.5, len(self.lanes) - 0.25)
        made.yaxis.visible = False
        made.ygrid.grid_line_color = None
        made.xaxis.axis_label = session._("year")
        self.titles = ColumnDataSource(
            {
                "x": [2000.0] * len(self.lanes),
                "y": [row + 0.35 for row in range(len(self.lanes))],
                "text": [session._(LANES[lane].name) for lane in self.lanes],
                "colour": [LANES[lane].colour for lane in self.lanes],
            }
        )
        made.text(
            "x", "y", "text", source=self.titles, text_color="colour", text_font_size="12px",
            text_font_style="bold", text_baseline="middle", x_offset=2,
        )  # fmt: skip
        self.links = ColumnDataSource(
            {"x0": [], "y0": [], "x1": [], "y1": [], "colour": [], "dash": []}
        )
        made.segment(
            "x0", "y0", "x1", "y1", source=self.links, line_color="colour", line_dash="dash",
            line_width=2,
        )  # fmt: skip
        self.source = ColumnDataSource(
            {name: [] for name in ("x", "y", "marker", "colour", "month", "text")}
        )
        marks = made.scatter(
            "x", "y", source=self.source, marker="marker", fill_color="colour", line_color="colour",
            size=13, nonselection_fill_alpha=0.65, nonselection_line_alpha=1.0,
            selection_fill_alpha=1.0, selection_line_color=figure_style.INK,
            selection_line_width=2.5,
        )  # fmt: skip
        tooltip_rows = [(session._("When"), "@month"), (session._("What"), "@text")]
        made.add_tools(
            HoverTool(renderers=[marks], tooltips=tips(tooltip_rows)), TapTool(renderers=[marks])
        )
        self.source.selected.on_change("indices", self._clicked)

    def _clicked(self, attribute: str, old: list[int], new: list[int]) -> None:
        event = self._ids[new[0]] if new and new[0] < len(self._ids) else None
        # What was marked from elsewhere was not clicked.
        if event is not None and event != self._marked:
            self._chosen(event)

    @drawn
    def show(self, story: Story, texts: Sequence[str]) -> None:
        """Draw a story whose events read as the texts given, in their order."""
        lines = story.life.lines
        self._ids = [line.event.event_id for line in lines]
        x = positions(lines)
        self.links.data = {name: [] for name in self.links.data}
        self._marked = None
        self.source.selected.indices = []
        self.source.data = {
            "x": x,
            "y": [self.lanes.index(line.lane) - 0.1 for line in lines],
            "marker": [LANES[line.lane].marker for line in lines],
            "colour": [LANES[line.lane].colour for line in lines],
            "month": [line.event.month for line in lines],
            "text": list(texts),
        }
        first, last = (min(x), max(x)) if x else (2000.0, 2021.0)
        span = max(last - first, 1.0)
        self.x_range.update(start=first - 0.05 * span, end=last + 0.05 * span)
        self.titles.patch({"x": [(slice(0, len(self.lanes)), [self.x_range.start] * 5)]})

    @drawn
    def mark(self, event: str, causes: Sequence[str], effects: Sequence[str]) -> None:
        """Mark an event, with lines from its causes and to its effects."""
        if event not in self._ids:
            return
        at = self._ids.index(event)
        self._marked = event
        self.source.selected.indices = [at]
        x, y = np.asarray(self.source.data["x"]), np.asarray(self.source.data["y"])
        known = [self._ids.index(c) for c in causes if c in self._ids]
        led = [self._ids.index(e) for e in effects if e in self._ids]
        self.links.data = {
            "x0": [*x[known], *[x[at]] * len(led)],
            "y0": [*y[known], *[y[at]] * len(led)],
            "x1": [*[x[at]] * len(known), *x[led]],
            "y1": [*[y[at]] * len(known), *y[led]],
            "colour": [figure_style.INK] * len(known) + [figure_style.QUIET] * len(led),
            "dash": ["solid"] * len(known) + ["dashed"] * len(led),
        }
