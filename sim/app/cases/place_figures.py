"""Drawings of a place: the record above, what the runs make of it below, on one axis of years."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from bokeh.models import ColumnDataSource, CustomJSTickFormatter, Range1d
from bokeh.plotting import figure

from sim.app.bokeh_style import (
    add_tips,
    band,
    drawn,
    legend_above,
    plot_of_lanes,
    plot_of_years,
    side_by_side,
)
from sim.app.cases.case_texts import kind_names
from sim.app.cases.documented_record import Fact
from sim.app.cases.place_counts import NAMES, PlaceCounts, SwapEffect
from sim.app.session import Session
from sim.report import figure_style
from sim.report.figure_style import Floats
from sim.report.locality_timeline import LANES
from sim.report.stated_totals import KINDS, VISIT, StatedTotal, least, record_end

MARKERS = ("circle", "square", "diamond", "triangle", "star", "hex", "inverted_triangle")
"""Marker of each lane: colour is not the only sign."""
_COLUMNS = ("year", "middle", "middle_low", "middle_high")
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


def years(counts: PlaceCounts) -> Floats:
    """Return the ends of months (T,) on an axis of years, as 2016.5 for the middle of 2016."""
    return np.asarray(figure_style.year(counts.start + 1) + np.arange(counts.counts.shape[2]) / 12)


def positions(facts: Sequence[Fact]) -> Floats:
    """Return where facts stand on an axis of years, so that no mark covers another."""
    starts = [figure_style.year(f.earliest) - (0 if f.whole_year else 1 / 12) for f in facts]
    slots = [(fact.lane, fact.earliest, fact.whole_year) for fact in facts]
    return starts + side_by_side(slots, [1.0 if fact.whole_year else 0.25 for fact in facts])


def record_plot(session: Session, facts: Sequence[Fact], x_range: Range1d) -> figure:
    """Draw the documented facts in lanes; hollow marks are known to the year only."""
    _ = session._
    filled = {fact.lane for fact in facts}
    lanes = [
        (_(name), colour)
        if lane in filled
        else (_("{what}: none", what=_(name)), figure_style.QUIET)
        for lane, (name, colour, _kinds) in enumerate(LANES)
    ]
    made, _names, rows = plot_of_lanes(lanes, x_range, _("Documented"), "record")
    source = ColumnDataSource(
        {
            "x": positions(facts),
            "y": [rows[fact.lane] for fact in facts],
            "date": [fact.date for fact in facts],
            "label": [_(fact.label) for fact in facts],
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
    tips = [(_("When"), "@date"), (_("What"), "@label"), (_("Source"), "@source")]
    add_tips(made, [marks], tips)
    return made


class CountPlot:
    """Draw how many there are up to each month: middle and 90 % band of runs, and record."""

    def __init__(
        self,
        session: Session,
        name: str,
        facts: Sequence[Fact],
        x_range: Range1d,
        totals: Sequence[StatedTotal] = (),
    ) -> None:
        _ = session._
        self.kinds = KINDS.get(name, (name,))
        title = _("{what}, so far", what=kind_names(session)[name])
        self.figure = plot_of_years(122, x_range, title, name)
        self.figure.yaxis.ticker.update(desired_num_ticks=3, min_interval=1, num_minor_ticks=0)
        self.source = ColumnDataSource({name: [] for name in _COLUMNS})
        line = band(self.figure, self.source, "middle", COUNTS[name])
        # The record as steps: each fact adds one where it stands.
        mine = [fact for fact in facts if fact.kind in self.kinds]
        at = np.sort(positions(mine)).tolist()
        # No further than the record goes: what it does not cover is not known to be none.
        end = min(float(x_range.end), figure_style.year(record_end(session.world) + 1))
        x = [float(x_range.start), *at]
        self.figure.step(
            [*x, max(end, *x)], [*range(len(x)), len(at)], mode="after",
            color=figure_style.INK, line_width=1.8, line_dash="dashed",
        )  # fmt: skip
        self._draw_stated(session, mine, [t for t in totals if t.kinds == self.kinds])
        # Room for a mark that is higher than all lines.
        self.figure.y_range.update(start=0, min_interval=2, range_padding=0.3)
        tips = [
            (_("Year"), "@year{0.0}"),
            (_("Middle"), "@middle{0.[0]}"),
            (_("90 % of runs"), "@middle_low{0.[0]} – @middle_high{0.[0]}"),
        ]
        add_tips(self.figure, [line], tips, "vline")

    def _draw_stated(
        self, session: Session, facts: Sequence[Fact], totals: Sequence[StatedTotal]
    ) -> None:
        """Mark how many there were at least at the end of the period that a total is stated for."""
        _, heights = session._, []
        for total in totals:
            so_far = [fact for fact in facts if fact.month <= total.last]
            dated = {kind: [f.month for f in so_far if f.kind == kind] for kind in self.kinds}
            heights.append(least(dated, [total], self.kinds))
        columns = {
            "x": [figure_style.year(total.last + 1) for total in totals],
            "y": heights,
            "label": [_(total.label) for total in totals],
            "source": [total.source for total in totals],
        }
        look = {"marker": "triangle", "size": 11, "color": figure_style.INK}
        marks = self.figure.scatter("x", "y", source=ColumnDataSource(columns), **look)
        tips = [(_("Stated, at least"), "@y"), (_("What"), "@label"), (_("Source"), "@source")]
        add_tips(self.figure, [marks], tips)

    @drawn
    def update(self, counts: PlaceCounts) -> None:
        """Show what the runs hold by now."""
        found = counts.so_far(*self.kinds)
        bands = {"middle_low": found.low, "middle_high": found.high}
        self.source.data = {"year": years(counts), "middle": found.median, **bands}


class SharePlot:
    """Draw the share of runs in which a first event has come about by each month."""

    def __init__(self, session: Session, facts: Sequence[Fact], x_range: Range1d) -> None:
        _, names = session._, kind_names(session)
        title = _("Share of runs that have had their first")
        self.figure = plot_of_years(250, x_range, title, "share")
        self.figure.y_range = Range1d(-0.03, 1.12)
        self.figure.yaxis.ticker = [0.0, 0.5, 1.0]
        self.figure.yaxis.major_label_overrides = {0: "0 %", 0.5: "50 %", 1: "100 %"}
        self.figure.xaxis.axis_label = _("year")
        self.source = ColumnDataSource({"x": [], **{name: [] for name in SHARES}})
        lines = [
            self.figure.line(
                "x", name, source=self.source, color=colour, line_dash=dash, width=2.5,
                legend_label=names[name],
            )
            for name, (colour, dash) in SHARES.items()
        ]  # fmt: skip
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
        legend_above(self.figure, ncols=2, glyph_width=28, spacing=6)
        tips = [(_("Year"), "@x{0.0}"), *((names[name], f"@{name}{{0 %}}") for name in SHARES)]
        add_tips(self.figure, lines[:1], tips, "vline")

    @drawn
    def update(self, counts: PlaceCounts) -> None:
        """Show what the runs hold by now."""
        self.source.data = {"x": years(counts), **{name: counts.share_by(name) for name in SHARES}}


class EffectPlot:
    """Draw numbers per run without and with an exchange, joined by a line."""

    def __init__(self, session: Session) -> None:
        _ = session._
        names = [kind_names(session)[name] for name in NAMES]
        self.figure, _names, rows = plot_of_lanes(
            [(name, figure_style.INK) for name in names],
            Range1d(0, 1),
            _("Mean number per run"),
            "effects",
        )
        self.figure.xaxis.formatter = CustomJSTickFormatter(code="return tick.toString()")
        empty = {side: np.zeros(len(names)) for side in ("before", "after")}
        self.source = ColumnDataSource({"y": rows, "name": names, **empty})
        self.figure.segment(
            "before", "y", "after", "y", source=self.source, color=figure_style.QUIET, line_width=2
        )
        marks = [
            self.figure.scatter(
                "before", "y", source=self.source, size=12, marker="circle", line_width=2,
                line_color=figure_style.QUIET, fill_color=figure_style.PAPER,
                legend_label=_("as it was"),
            ),
            self.figure.scatter(
                "after", "y", source=self.source, size=14, marker="diamond",
                color=figure_style.VERMILLION, legend_label=_("with the exchange"),
            ),
        ]  # fmt: skip
        legend_above(self.figure, orientation="horizontal")
        tips = [(_("as it was"), "@before{0.0}"), (_("with the exchange"), "@after{0.0}")]
        add_tips(self.figure, marks, [(_("What"), "@name"), *tips])

    @drawn
    def update(self, effects: Sequence[SwapEffect]) -> None:
        """Show the effects of each kind (:data:`NAMES`), in that order."""
        means = [(effect.before, effect.after) for effect in effects]
        before, after = np.array(means).T
        self.source.data = {**self.source.data, "before": before, "after": after}
        self.figure.x_range.end = 1.08 * max(1.0, float(np.max(means)))
