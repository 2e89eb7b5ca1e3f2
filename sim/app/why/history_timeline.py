"""The timeline of a history: a lane for each kind of event, and lines to causes and effects."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
from bokeh.models import ColumnDataSource, Range1d, TapTool

from sim.app.bokeh_style import add_tips, describe, drawn, plot_of_lanes, side_by_side
from sim.app.session import Session
from sim.app.why.project_history import ProjectHistory
from sim.report import figure_style
from sim.report.biography import LANES, Line

WIDTH = 0.9 / 12
"""Part of a year over which events of one month are spread."""


def positions(lines: Sequence[Line]) -> list[float]:
    """Return where events stand on an axis of years; those of one lane and month side by side."""
    slots = [(line.lane, line.event.month) for line in lines]
    starts = [figure_style.year(line.event.month) for line in lines]
    return list(starts + side_by_side(slots, [WIDTH] * len(slots)))


class HistoryTimeline:
    """Draw a history; ``chosen`` is called with the identity of an event that was clicked."""

    def __init__(self, session: Session, chosen: Callable[[str], None]) -> None:
        self._chosen = chosen
        self._ids: list[str] = []
        self._marked: str | None = None
        self.x_range = Range1d(2000, 2021)
        _ = session._
        self._lanes = {lane: (_(look.name), look.colour) for lane, look in LANES.items()}
        self._empty = {
            lane: _("{what}: none", what=name) for lane, (name, _c) in self._lanes.items()
        }
        self.figure, self.titles, rows = plot_of_lanes(
            list(self._lanes.values()),
            self.x_range,
            "",
            "life",
        )
        self.rows = dict(zip(LANES, rows.tolist(), strict=True))
        self.figure.xaxis.axis_label = session._("year")
        describe(self.figure, session._("Timeline of the events"))
        self.links = ColumnDataSource(
            {name: [] for name in ("x0", "y0", "x1", "y1", "colour", "dash")}
        )
        self.figure.segment(
            "x0", "y0", "x1", "y1", source=self.links, line_color="colour", line_dash="dash",
            line_width=2,
        )  # fmt: skip
        self.source = ColumnDataSource(
            {name: [] for name in ("x", "y", "marker", "colour", "month", "text")}
        )
        marks = self.figure.scatter(
            "x", "y", source=self.source, marker="marker", fill_color="colour", line_color="colour",
            size=13, nonselection_fill_alpha=0.65, nonselection_line_alpha=1.0,
            selection_fill_alpha=1.0, selection_line_color=figure_style.INK,
            selection_line_width=2.5,
        )  # fmt: skip
        tips = [(session._("When"), "@month"), (session._("What"), "@text")]
        add_tips(self.figure, [marks], tips)
        self.figure.add_tools(TapTool(renderers=[marks]))
        self.source.selected.on_change("indices", self._clicked)

    def _clicked(self, attribute: str, old: list[int], new: list[int]) -> None:
        event = self._ids[new[0]] if new and new[0] < len(self._ids) else None
        # What was marked from elsewhere was not clicked.
        if event is not None and event != self._marked:
            self._chosen(event)

    @drawn
    def show(self, history: ProjectHistory, texts: Sequence[str]) -> None:
        """Draw a history whose events read as the texts given, in their order."""
        lines = history.life.lines
        self._ids = [line.event.event_id for line in lines]
        x = positions(lines)
        self.links.data = {name: [] for name in self.links.data}
        self._marked = None
        self.source.selected.indices = []
        self.source.data = {
            "x": x,
            "y": [self.rows[line.lane] for line in lines],
            "marker": [LANES[line.lane].marker for line in lines],
            "colour": [LANES[line.lane].colour for line in lines],
            "month": [line.event.month for line in lines],
            "text": list(texts),
        }
        first, last = (min(x), max(x)) if x else (2000.0, 2021.0)
        span = max(last - first, 1.0)
        self.x_range.update(start=first - 0.05 * span, end=last + 0.05 * span)
        filled = {line.lane for line in lines}
        every = [
            shown if lane in filled else (self._empty[lane], figure_style.QUIET)
            for lane, shown in self._lanes.items()
        ]
        names, colours = map(list, zip(*every, strict=True))
        columns = {"x": [self.x_range.start] * len(every), "text": names, "colour": colours}
        self.titles.patch({name: [(slice(None), values)] for name, values in columns.items()})

    @drawn
    def mark(self, event: str, causes: Iterable[str], effects: Iterable[str]) -> None:
        """Mark an event, with lines from its causes and to its effects."""
        if event not in self._ids:
            return
        at = self._ids.index(event)
        self._marked = event
        self.source.selected.indices = [at]
        x, y = np.asarray(self.source.data["x"]), np.asarray(self.source.data["y"])
        rows: list[tuple[Any, ...]] = []
        for linked, colour, dash in (
            (causes, figure_style.INK, "solid"),
            (effects, figure_style.QUIET, "dashed"),
        ):
            for i in (self._ids.index(other) for other in linked if other in self._ids):
                start, end = (i, at) if dash == "solid" else (at, i)
                rows.append((x[start], y[start], x[end], y[end], colour, dash))
        columns = zip(*rows, strict=True) if rows else [()] * len(self.links.data)
        self.links.data = dict(zip(self.links.data, map(list, columns), strict=True))
