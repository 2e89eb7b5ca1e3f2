"""The map as a Bokeh figure whose columns are patched, never drawn anew."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from bokeh.models import (
    ColorBar,
    ColumnDataSource,
    CustomJS,
    FixedTicker,
    HoverTool,
    LinearColorMapper,
    Range1d,
    TapTool,
)
from bokeh.palettes import Viridis256
from bokeh.plotting import figure

from sim.app.bokeh_style import drawn, tips
from sim.app.theme import GROUND
from sim.app.watch.geometry import PROVINCE, TILE, arcs, layout_of
from sim.core import enums as k
from sim.engine.monthly_inputs import Positions
from sim.report.figure_style import BLUE, GREEN, INK, PAPER, VERMILLION
from sim.report.tilemap import ZERO

if TYPE_CHECKING:
    from collections.abc import Callable

    from sim.app.session import Session
    from sim.app.watch.geometry import Floats
    from sim.app.watch.hover_summary import Notes
    from sim.app.watch.map_measures import MeasureScale
    from sim.app.watch.recorder import Recorder
    from sim.core.state import Array

OUTLINE = "#3a3a3a"
NEUTRAL = "#ffffff"
MOST_ARCS = 400
"""Most lines drawn of one sort."""

NARROW = 560
"""Width in pixels up to which names do not fit into or above their squares."""

COLOURS = tuple(reversed(Viridis256))
"""Light is little, dark is much; readers with any colour vision see the same order."""

_EMPTY: dict[str, list[float]] = {name: [] for name in ("x0", "y0", "x1", "y1", "cx", "cy")}


class Map:
    """Draw one world.

    Parameters
    ----------
    session
        The visitor.
    chosen
        Called with the code of the place or province that was clicked, such as ``place:CODE``.
    """

    def __init__(self, session: Session, chosen: Callable[[str], None]) -> None:
        self.session = session
        self.layout = layout_of(session.world)
        self.at = Positions(session.world)
        self.first_firm = self.at.actor_offset[k.FIRM]
        self.mapper = LinearColorMapper(
            palette=list(COLOURS), low=0.0, high=1.0, nan_color=NEUTRAL, low_color=ZERO
        )
        self.figure = self._figure()
        self.places = ColumnDataSource(self._place_columns())
        self.provinces = ColumnDataSource(self._province_columns())
        self.firms = ColumnDataSource(self._firm_columns())
        self.twinned = ColumnDataSource(dict(_EMPTY))
        self.inward = ColumnDataSource(dict(_EMPTY))
        self.outward = ColumnDataSource(dict(_EMPTY))
        self.own = ColumnDataSource(dict(_EMPTY))
        self.mark = ColumnDataSource({"x": [], "y": [], "side": []})
        self._draw_land()
        self._draw_arcs()
        self._draw_labels()
        self.bar = self._colour_bar()
        self._listen(chosen)

    def _figure(self) -> Any:
        columns, rows = self.layout.size
        fig = figure(
            width=columns * 17,
            height=rows * 17 + 60,
            x_range=Range1d(-1.2, columns + 0.2),
            y_range=Range1d(rows + 0.2, -1.2),
            match_aspect=True,
            sizing_mode="scale_width",
            toolbar_location=None,
            tools="",
            background_fill_color=GROUND,
            border_fill_color=GROUND,
            outline_line_color=None,
            min_border=0,
        )
        fig.axis.visible = False
        fig.grid.visible = False
        return fig

    def _place_columns(self) -> dict[str, Any]:
        table = self.at.localities
        names = self.session.world.countries.set_index("iso3")["name"]
        return _columns(
            self.layout.places,
            code=[f"place:{code}" for code in table["code"]],
            name=[str(name) for name in table["name"]],
            country=[self.session._(str(names[c])) for c in table["iso3"]],
            holder=[""] * len(table),
        )

    def _province_columns(self) -> dict[str, Any]:
        table = self.session.world.provinces
        return _columns(
            self.layout.provinces,
            code=[f"actor:{code}" for code in table["code"]],
            name=[self.session._(str(name)) for name in table["name"]],
            short=[str(code).partition("-")[2] for code in table["code"]],
        )

    def _firm_columns(self) -> dict[str, Any]:
        world, first = self.session.world, self.first_firm
        names = world.provinces.set_index("code")["name"]
        # A map without room for firms has none.
        table = world.firms.iloc[: len(self.layout.firms)]
        return _columns(
            self.layout.firms,
            code=[f"actor:{code}" for code in self.at.actor_codes[first : first + len(table)]],
            name=[self.session._(str(name)) for name in table["name"]],
            home=[self.session._(str(names[code])) for code in table["home"]],
        )

    def _draw_land(self) -> None:
        fill = {"field": "value", "transform": self.mapper}
        side = PROVINCE * TILE
        line = {"line_color": "#00000022", "line_width": 0.5}
        self.cells = self.figure.rect(
            "x", "y", TILE, TILE, source=self.places, fill_color=fill, **line
        )
        edges = {"line_color": OUTLINE, "line_width": 0.8}
        self.blocks = self.figure.rect(
            "x", "y", side, side, source=self.provinces, fill_color=fill, **edges
        )
        self.dots = self.figure.circle(
            "x", "y", radius=TILE / 2, source=self.firms, fill_color=fill, **edges
        )
        x, y = self.layout.state
        self.figure.rect([x], [y], side, side, fill_color=PAPER, line_dash="dotted", **edges)
        x0, y0, x1, y1 = self.layout.borders.T
        self.figure.segment(x0, y0, x1, y1, line_color=OUTLINE, line_width=1.1)
        for shape in (self.cells, self.blocks, self.dots):
            shape.selection_glyph = shape.nonselection_glyph = shape.glyph

    def _draw_arcs(self) -> None:
        def draw(source: ColumnDataSource, **look: Any) -> None:
            self.figure.quadratic(
                "x0", "y0", "x1", "y1", "cx", "cy", source=source, level="annotation", **look
            )

        draw(self.twinned, line_color=BLUE, line_width=0.8, line_alpha=0.45)
        draw(self.inward, line_color=VERMILLION, line_width=1.8)
        draw(self.outward, line_color=GREEN, line_width=1.8, line_dash="dashed")
        draw(self.own, line_color=INK, line_width=1.6, line_alpha=0.8)
        self.figure.rect(
            "x",
            "y",
            "side",
            "side",
            source=self.mark,
            fill_color=None,
            line_color=VERMILLION,
            line_width=3,
            level="annotation",
        )

    def _draw_labels(self) -> None:
        look = {
            "text_align": "center",
            "text_baseline": "middle",
            "background_fill_color": PAPER,
            "background_fill_alpha": 0.8,
            "padding": 1,
        }
        x, y, text = zip(*self.layout.codes, strict=True)
        size = {"text_font_size": "11px", "text_font_style": "bold"}
        self.figure.text(list(x), list(y), list(text), text_color=INK, **size, **look)
        names = self.figure.text(
            "x", "y", "short", source=self.provinces, text_color=INK, **size, **look
        )
        sx, sy = self.layout.state
        small = {"text_font_size": "10px", "text_color": INK, **look}
        self.figure.text([sx], [sy], [self.session._("State")], **small)
        wide_only = [names]
        if len(self.layout.firms):
            x, y = self.layout.firms.mean(axis=0)[0], self.layout.firms.min(axis=0)[1] - 1.0
            title = self.session._("Firms, by home province")
            wide_only.append(self.figure.text([x], [y], [title], **small))
        # On a narrow screen they would cover the colours; a click still tells the names.
        hide = CustomJS(
            args={"labels": wide_only},
            code=f"for (const label of labels) label.visible = this.inner_width > {NARROW}",
        )
        self.figure.js_on_change("inner_width", hide)

    def _colour_bar(self) -> ColorBar:
        bar = ColorBar(
            color_mapper=self.mapper,
            orientation="horizontal",
            height=10,
            padding=4,
            background_fill_color=GROUND,
            title_text_color=INK,
            title_text_font_style="normal",
            title_text_font_size="13px",
            major_label_text_color=INK,
            major_label_text_font_size="12px",
            ticker=FixedTicker(ticks=[0.0, 0.25, 0.5, 0.75, 1.0]),
        )
        self.figure.add_layout(bar, "below")
        return bar

    def _listen(self, chosen: Callable[[str], None]) -> None:
        _ = self.session._
        known = [
            (_("Ties"), "@ties"),
            (_("Projects"), "@projects"),
            (_("Colour"), "@value{0.[00]}"),
        ]
        tooltip_rows = {
            self.cells: [("", "@name, @country"), (_("Governor"), "@holder"), *known],
            self.blocks: [("", "@name"), *known],
            self.dots: [("", "@name"), (_("Home province"), "@home"), *known],
        }
        hovers = [
            HoverTool(renderers=[shape], tooltips=tips(rows))
            for shape, rows in tooltip_rows.items()
        ]
        self.figure.add_tools(*hovers, TapTool(renderers=list(tooltip_rows)))

        def tapped(source: ColumnDataSource) -> Callable[[str, Any, Any], None]:
            def choose(attribute: str, old: Any, new: Any) -> None:
                if new:
                    chosen(source.data["code"][new[0]])

            return choose

        for source in (self.places, self.provinces, self.firms):
            source.selected.on_change("indices", tapped(source))

    @drawn
    def set_scale(self, scale: MeasureScale) -> None:
        """Show another measure's scale."""
        # Exactly nothing has a colour of its own.
        self.mapper.update(low=scale.low + 1e-9, high=scale.high)
        steps = np.linspace(scale.low, scale.high, 5)
        self.bar.ticker = FixedTicker(ticks=[float(step) for step in steps])
        self.bar.title = f"{scale.title}: {scale.unit}"

    @drawn
    def set_values(self, places: Floats, provinces: Floats, firms: Floats) -> None:
        """Colour the squares and dots."""
        sources = (self.places, self.provinces, self.firms)
        for source, values in zip(sources, (places, provinces, firms), strict=True):
            shown = len(source.data["x"])
            source.patch({"value": [(slice(0, shown), values[:shown])]})

    @drawn
    def set_notes(self, places: Notes, actors: Notes) -> None:
        """Renew what pointing tells, where that has changed."""
        self.places.patch({name: rows for name, rows in places.items() if rows})
        for source, first in ((self.provinces, 0), (self.firms, self.first_firm)):
            shown = range(len(source.data["x"]))
            mine = {
                name: [(row - first, text) for row, text in rows if row - first in shown]
                for name, rows in actors.items()
            }
            source.patch({name: rows for name, rows in mine.items() if rows})

    @drawn
    def set_arcs(self, recorder: Recorder, twinned: Array | None, events: Array) -> None:
        """Draw the twinned pairs, if they have changed, and the month's journeys."""
        if twinned is not None:
            self.twinned.data = self._between(recorder, twinned[:, 0], twinned[:, 1])
        for source, kinds in (
            (self.inward, (k.VISIT_TO_LAC,)),
            (self.outward, (k.VISIT_TO_CHINA,)),
        ):
            moves = events[np.isin(events["kind"], kinds)]
            source.data = self._between(recorder, moves["actor"], moves["place"])

    @drawn
    def set_own(self, recorder: Recorder, actors: Array, places: Array) -> None:
        """Draw the ties of what is looked at."""
        self.own.data = self._between(recorder, actors, places)

    @drawn
    def set_mark(self, code: str) -> None:
        """Frame the square looked at, if it is on the map."""
        for source, side in (
            (self.places, 1.0),
            (self.provinces, PROVINCE),
            (self.firms, 1.0),
        ):
            codes = source.data["code"]
            if code in codes:
                row = codes.index(code)
                x, y = float(source.data["x"][row]), float(source.data["y"][row])
                self.mark.data = {"x": [x], "y": [y], "side": [side]}
                return
        self.mark.data = {"x": [], "y": [], "side": []}

    def _between(self, recorder: Recorder, actors: Array, places: Array) -> dict[str, Any]:
        """Return the lines between actors and localities; those without a square have none.

        A firm's line begins at its dot, any other actor's at its home province.
        """
        kind = recorder.state.actor["kind"]
        at_home = (kind != k.EMBASSY) & (kind != k.ASSOCIATION)
        inside = (places >= 0) & (places < len(self.layout.places)) & (actors >= 0)
        inside &= at_home[actors]
        actors, places = actors[inside][:MOST_ARCS], places[inside][:MOST_ARCS]
        home = recorder.state.actor["home"][actors]
        tile = np.where(home >= 0, home, actors)
        ends = np.concatenate([self.layout.provinces, [self.layout.state]])
        start = ends[np.minimum(tile, len(self.layout.provinces))]
        firm = actors - self.first_firm
        dotted = (firm >= 0) & (firm < len(self.layout.firms))
        start[dotted] = self.layout.firms[firm[dotted]]
        return dict(arcs(start, self.layout.places[places]))


def _columns(centres: Floats, **own: list[str]) -> dict[str, Any]:
    """Return the columns of squares or dots: what all have, not yet filled in, and their own."""
    x, y = centres.T
    blank = {name: [""] * len(x) for name in ("ties", "projects")}
    return {"x": x, "y": y, "value": np.full(len(x), np.nan), **blank, **own}
