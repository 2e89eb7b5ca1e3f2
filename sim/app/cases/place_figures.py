"""Drawings of a place: the record above, what the runs make of it below, on one axis of years."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from bokeh.models import ColumnDataSource, CustomJSTickFormatter, HoverTool, Range1d
from bokeh.plotting import figure

from sim.app.bokeh_style import drawn, plot_of_years, tips
from sim.app.cases.place_counts import NAMES
from sim.report import figure_style
from sim.report.locality_timeline import LANES
from sim.report.stated_totals import KINDS, VISIT, least, record_end

if TYPE_CHECKING:
    from sim.app.cases.documented_record import Fact
    from sim.app.cases.place_counts import PlaceCounts
    from sim.app.cases.swap_effects import SwapEffect
    from sim.app.session import Session
    from sim.report.run_summaries import Floats
    from sim.report.stated_totals import StatedTotal

LANE = 40
"""Pixels a lane of the record takes."""
MARKERS = ("circle", "square", "diamond", "triangle", "star", "hex", "inverted_triangle")
"""Marker of each lane: colour is not the only sign."""
COUNTS = {
    "visit_to_lac": figure_style.BLUE,
    "visit_to_china": figure_style.VERMILLION,
    VISIT: "#444444",
    "memorandum": "#8a5a00",
    "deal": "#8f3f71",
}
"""Numbers drawn month by month, and their colours; visits either way where a total is stated."""
SHARES = {
    "visit_to_lac": (figure_style.BLUE, "dotted"),
    "twinning": (figure_style.GREEN, "solid"),
    "memorandum": ("#8a5a00", "dashed"),
    "deal": ("#8f3f71", "dashdot"),
}
"""Firsts drawn as shares of runs, with their colours and lines."""


def kind_names(session: Session) -> dict[str, str]:
    """Return the names of what is counted."""
    _ = session._
    return {
        "visit_to_lac": _("Visits from China"),
        "visit_to_china": _("Visits to China"),
        VISIT: _("Visits either way"),
        "memorandum": _("Memoranda"),
        "twinning": _("Twinnings"),
        "deal": _("Deals"),
    }


def fact_kind_names(session: Session) -> dict[str, str]:
    """Return the names of what is counted, to be used inside a sentence."""
    _ = session._
    return {
        "visit_to_lac": _("visits from China"),
        "visit_to_china": _("visits to China"),
        VISIT: _("visits either way"),
        "memorandum": _("memoranda"),
        "twinning": _("twinnings"),
        "deal": _("deals"),
    }


def years(start: int, months: int) -> Floats:
    """Return the ends of months on an axis of years, as 2016.5 for the middle of 2016."""
    return np.asarray(2000.0 + (start + 1 + np.arange(months)) / 12.0)


def positions(facts: Sequence[Fact]) -> Floats:
    """Return where facts stand on an axis of years.

    Those known to the year only are spread over it, those of one month over the month.
    """

    def slot(fact: Fact) -> tuple[int, int, bool]:
        return fact.lane, fact.earliest, fact.whole_year

    many, seen = Counter(slot(f) for f in facts), Counter[tuple[int, int, bool]]()
    found = []
    for fact in facts:
        share = (seen[slot(fact)] + 0.5) / many[slot(fact)]
        seen[slot(fact)] += 1
        # Marks of one month would cover each other, so they may reach a little beyond it.
        width, prepare = (1.0, 0.0) if fact.whole_year else (0.25, -1 / 12)
        found.append(2000.0 + fact.earliest / 12.0 + prepare + share * width)
    return np.array(found)


def record_plot(session: Session, facts: Sequence[Fact], x_range: Range1d) -> figure:
    """Draw the documented facts in lanes; hollow marks are known to the year only."""
    names = [session._(name) for name, _, _ in LANES]
    made = plot_of_years(LANE * len(names) + 56, x_range, session._("Documented"), "record")
    made.y_range = Range1d(-0.65, len(names) - 0.3)
    made.yaxis.visible = False
    made.ygrid.grid_line_color = None
    lanes = range(len(names))
    there = [any(fact.lane == lane for fact in facts) for lane in lanes]
    rows = {lane: float(len(names) - 1 - lane) for lane in lanes}
    made.text(
        x=[x_range.start] * len(names),
        y=[rows[lane] + 0.3 for lane in lanes],
        text=[
            names[lane] if there[lane] else session._("{what}: none", what=names[lane])
            for lane in lanes
        ],
        text_color=[LANES[lane][1] if there[lane] else figure_style.QUIET for lane in lanes],
        text_font_size="12px",
        text_baseline="middle",
        text_font_style="bold",
        x_offset=2,
    )
    source = ColumnDataSource(
        {
            "x": positions(facts),
            "y": [rows[fact.lane] - 0.15 for fact in facts],
            "date": [fact.date for fact in facts],
            "label": [session._(fact.label) for fact in facts],
            "source": [fact.source for fact in facts],
            "marker": [MARKERS[fact.lane] for fact in facts],
            "line": [LANES[fact.lane][1] for fact in facts],
            "fill": [figure_style.PAPER if f.whole_year else LANES[f.lane][1] for f in facts],
        }
    )
    marks = made.scatter(
        "x", "y", source=source, marker="marker", size=12, line_width=2, line_color="line",
        fill_color="fill",
    )  # fmt: skip
    tooltip_rows = [
        (session._("When"), "@date"),
        (session._("What"), "@label"),
        (session._("Source"), "@source"),
    ]
    made.add_tools(HoverTool(renderers=[marks], tooltips=tips(tooltip_rows)))
    return made


class CountPlot:
    """Draw how many there are up to each month: middle and 90 % band of the runs, and the record.

    Parameters
    ----------
    session
        The visitor.
    name
        One of :data:`COUNTS`.
    facts, totals
        The dated facts, and the stated totals.
    x_range
        The axis of years shared with the other plots.
    """

    def __init__(
        self,
        session: Session,
        name: str,
        facts: Sequence[Fact],
        x_range: Range1d,
        totals: Sequence[StatedTotal] = (),
    ) -> None:
        self.name, self.kinds = name, KINDS.get(name, (name,))
        colour = COUNTS[name]
        title = session._("{what}, so far", what=kind_names(session)[name])
        self.figure = plot_of_years(122, x_range, title, name)
        self.figure.yaxis.ticker.desired_num_ticks = 3
        self.figure.yaxis.ticker.min_interval = 1
        self.figure.yaxis.ticker.num_minor_ticks = 0
        self.source = ColumnDataSource({"x": [], "low": [], "high": [], "middle": []})
        self.figure.varea(
            "x", "low", "high", source=self.source, color=colour, alpha=figure_style.BAND
        )
        line = self.figure.line("x", "middle", source=self.source, color=colour, width=2.5)
        # The record as steps: each fact adds one where it stands.
        mine = [fact for fact in facts if fact.kind in self.kinds]
        at = np.sort(positions(mine))
        # No further than the record goes: what it does not cover is not known to be none.
        end = min(float(x_range.end), figure_style.year(record_end(session.world) + 1))
        x = [float(x_range.start), *at.tolist(), max(end, *at.tolist(), float(x_range.start))]
        y = [0, *range(1, len(mine) + 1), len(mine)]
        self.figure.step(
            x, y, mode="after", color=figure_style.INK, line_width=1.8, line_dash="dashed"
        )
        self._draw_stated(session, mine, [t for t in totals if t.kinds == self.kinds])
        self.figure.y_range.start = 0
        self.figure.y_range.min_interval = 2
        # Room for a mark that is higher than all lines.
        self.figure.y_range.range_padding = 0.3
        tooltip_rows = [
            (session._("Year"), "@x{0.0}"),
            (session._("Middle"), "@middle{0.[0]}"),
            (session._("90 % of runs"), "@low{0.[0]} – @high{0.[0]}"),
        ]
        self.figure.add_tools(
            HoverTool(renderers=[line], tooltips=tips(tooltip_rows), mode="vline")
        )

    def _draw_stated(
        self, session: Session, facts: Sequence[Fact], totals: Sequence[StatedTotal]
    ) -> None:
        """Mark how many there were at least at the end of the period that a total is stated for."""
        ends = [total.last for total in totals]
        dated = [
            {
                kind: [f.month for f in facts if f.kind == kind and f.month <= end]
                for kind in self.kinds
            }
            for end in ends
        ]
        source = ColumnDataSource(
            {
                "x": [2000.0 + (end + 1) / 12.0 for end in ends],
                "y": [least(d, [t], self.kinds) for d, t in zip(dated, totals, strict=True)],
                "label": [session._(total.label) for total in totals],
                "source": [total.source for total in totals],
            }
        )
        marks = self.figure.scatter(
            "x", "y", source=source, marker="triangle", size=11, color=figure_style.INK
        )
        tooltip_rows = [(session._("Stated, at least"), "@y"), (session._("What"), "@label")]
        tooltip_rows.append((session._("Source"), "@source"))
        self.figure.add_tools(HoverTool(renderers=[marks], tooltips=tips(tooltip_rows)))

    @drawn
    def update(self, run_counts: PlaceCounts) -> None:
        """Show what the runs hold by now."""
        numbers = run_counts.so_far(*self.kinds)
        self.source.data = {
            "x": years(run_counts.start, run_counts.months),
            "low": numbers.low,
            "high": numbers.high,
            "middle": numbers.median,
        }


class SharePlot:
    """Draw the share of runs in which a first event has come about by each month."""

    def __init__(self, session: Session, facts: Sequence[Fact], x_range: Range1d) -> None:
        title = session._("Share of runs that have had their first")
        self.figure = plot_of_years(250, x_range, title, "share")
        self.figure.y_range = Range1d(-0.03, 1.12)
        self.figure.yaxis.ticker = [0.0, 0.5, 1.0]
        self.figure.yaxis.major_label_overrides = {0: "0 %", 0.5: "50 %", 1: "100 %"}
        self.figure.xaxis.axis_label = session._("year")
        self.source = ColumnDataSource({"x": [], **{name: [] for name in SHARES}})
        names = kind_names(session)
        lines = []
        for name, (colour, dash) in SHARES.items():
            lines.append(
                self.figure.line(
                    "x", name, source=self.source, color=colour, line_dash=dash, width=2.5,
                    legend_label=names[name],
                )
            )  # fmt: skip
        firsts = {
            name: float(positions(mine).min())
            for name in SHARES
            if (mine := [fact for fact in facts if fact.kind == name])
        }
        colours = [SHARES[name][0] for name in firsts]
        at = {"x": list(firsts.values()), "y": [1.06] * len(firsts), "colour": colours}
        self.figure.scatter(
            "x", "y", source=ColumnDataSource(at), marker="inverted_triangle", size=11,
            color="colour",
        )  # fmt: skip
        legend = self.figure.legend[0]
        legend.ncols, legend.label_text_font_size, legend.padding = 2, "12px", 2
        legend.glyph_width, legend.border_line_color = 28, None
        legend.spacing = 14
        self.figure.add_layout(legend, "above")
        tooltip_rows = [(session._("Year"), "@x{0.0}")]
        tooltip_rows += [(names[name], f"@{name}{{0 %}}") for name in SHARES]
        self.figure.add_tools(
            HoverTool(renderers=lines[:1], tooltips=tips(tooltip_rows), mode="vline")
        )

    @drawn
    def update(self, run_counts: PlaceCounts) -> None:
        """Show what the runs hold by now."""
        shares = {name: run_counts.share_by(name) for name in SHARES}
        self.source.data = {"x": years(run_counts.start, run_counts.months), **shares}


class EffectPlot:
    """Draw numbers per run without and with an exchange, joined by a line."""

    def __init__(self, session: Session) -> None:
        names = [kind_names(session)[name] for name in reversed(NAMES)]
        made = plot_of_years(290, Range1d(0, 1), session._("Mean number per run"), "effects")
        self.figure = made
        made.y_range = Range1d(-0.6, len(names) - 0.2)
        made.yaxis.visible = False
        made.xaxis.formatter = CustomJSTickFormatter(code="return tick.toString()")
        made.ygrid.grid_line_color = None
        rows = np.arange(len(names), dtype=float)
        self.source = ColumnDataSource(
            {
                "y": rows - 0.15,
                "name": names,
                "before": np.zeros(len(names)),
                "after": np.zeros(len(names)),
            }
        )
        made.text(
            x=0, y=rows + 0.25, text=names, text_font_size="12px", text_baseline="middle",
            text_color=figure_style.INK, x_offset=2,
        )  # fmt: skip
        made.segment(
            "before", "y", "after", "y", source=self.source, color=figure_style.QUIET, line_width=2
        )
        marks = [
            made.scatter(
                "before", "y", source=self.source, size=12, marker="circle", line_width=2,
                line_color=figure_style.QUIET, fill_color=figure_style.PAPER,
                legend_label=session._("as it was"),
            ),
            made.scatter(
                "after", "y", source=self.source, size=14, marker="diamond",
                color=figure_style.VERMILLION, legend_label=session._("with the exchange"),
            ),
        ]  # fmt: skip
        legend = made.legend[0]
        legend.orientation, legend.border_line_color = "horizontal", None
        legend.label_text_font_size, legend.padding = "12px", 2
        made.add_layout(legend, "above")
        tooltip_rows = [
            (session._("What"), "@name"),
            (session._("as it was"), "@before{0.0}"),
            (session._("with the exchange"), "@after{0.0}"),
        ]
        made.add_tools(HoverTool(renderers=marks, tooltips=tips(tooltip_rows)))

    @drawn
    def update(self, effects: Sequence[SwapEffect]) -> None:
        """Show the effects, by name in any order."""
        by_name = {effect.name: effect for effect in effects}
        if not by_name:
            return
        ordered = [by_name[name] for name in reversed(NAMES)]
        before = np.array([effect.before for effect in ordered])
        after = np.array([effect.after for effect in ordered])
        self.source.patch(
            {
                "before": [(slice(0, len(before)), before)],
                "after": [(slice(0, len(after)), after)],
            }
        )
        self.figure.x_range.end = 1.08 * max(1.0, float(before.max()), float(after.max()))
