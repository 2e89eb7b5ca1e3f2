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
    TapTool,
)
from bokeh.palettes import Viridis256

from sim.app.bokeh_style import drawn, tips
from sim.app.theme import GROUND
from sim.app.tile_map import CODE, TEXT, draw_borders, map_figure, write_codes
from sim.app.watch.map_layout import PROVINCE, TILE, arcs, layout_of
from sim.core import enums as k
from sim.report.figure_style import BLUE, GREEN, INK, PAPER, VERMILLION
from sim.report.tilemap import OUTLINE, ZERO
from sim.world.positions import Positions

if TYPE_CHECKING:
    from collections.abc import Callable

    from sim.app.session import Session
    from sim.app.watch.hover_summary import Notes
    from sim.app.watch.map_layout import Floats
    from sim.app.watch.map_measures import MeasureScale
    from sim.app.watch.recorder import Recorder
    from sim.core.state import Array

NEUTRAL = "#ffffff"
MOST_ARCS = 400
"""Most lines drawn of one sort."""
NARROW = 560
"""Width in pixels up to which names do not fit into or above their squares."""
COLOURS = tuple(reversed(Viridis256))
"""Light is little, dark is much; readers with any colour vision see the same order."""
_SIDES = {"line_color": OUTLINE, "line_width": 0.8}


class Map:
    """Draw one world.

    ``chosen`` is called with the code of what was clicked, such as ``place:CODE``.
    """

    def __init__(self, session: Session, chosen: Callable[[str], None]) -> None:
        self.session = session
        self.layout = layout_of(session.world)
        self.at = Positions(session.world)
        self.first_firm = self.at.actor_offset[k.FIRM]
        self.mapper = LinearColorMapper(
            palette=list(COLOURS), low=0.0, high=1.0, nan_color=NEUTRAL, low_color=ZERO
        )
        rows, columns = self.layout.geometry.labels.shape
        size = {"width": columns * 17, "height": rows * 17 + 60, "match_aspect": True}
        self.figure = map_figure(self.layout.geometry, GROUND, min_border=0, **size)
        self._fill_sources()
        shapes = self._draw_land()
        self._draw_arcs()
        self._draw_labels()
        self.bar = self._colour_bar()
        self._listen(shapes, chosen)

    def _fill_sources(self) -> None:
        """Make the columns of squares and dots: what they are, and what each month fills in."""
        _, world, table = self.session._, self.session.world, self.at.localities
        country = world.countries.set_index("iso3")["name"].loc[table["iso3"]]
        self.places = _source(
            self.layout.places,
            code=[f"place:{code}" for code in table["code"]],
            name=[str(name) for name in table["name"]],
            country=[_(str(name)) for name in country],
            holder=[""] * len(table),
        )
        provinces = world.provinces
        self.provinces = _source(
            self.layout.provinces,
            code=[f"actor:{code}" for code in provinces["code"]],
            name=[_(str(name)) for name in provinces["name"]],
            short=[str(code).partition("-")[2] for code in provinces["code"]],
        )
        # A map without room for firms has none.
        firms, first = world.firms.iloc[: len(self.layout.firms)], self.first_firm
        home = provinces.set_index("code")["name"].loc[firms["home"]]
        self.firms = _source(
            self.layout.firms,
            code=[f"actor:{code}" for code in self.at.actor_codes[first : first + len(firms)]],
            name=[_(str(name)) for name in firms["name"]],
            home=[_(str(name)) for name in home],
        )

    def _draw_land(self) -> tuple[Any, Any, Any]:
        """Draw squares, provinces and dots, coloured by their values; return them."""
        plot, side = self.figure, PROVINCE * TILE
        fill: dict[str, Any] = {"fill_color": {"field": "value", "transform": self.mapper}}
        faint = {"line_color": "#00000022", "line_width": 0.5}
        shapes = (
            plot.rect("x", "y", TILE, TILE, source=self.places, **fill, **faint),
            plot.rect("x", "y", side, side, source=self.provinces, **fill, **_SIDES),
            plot.circle("x", "y", radius=TILE / 2, source=self.firms, **fill, **_SIDES),
        )
        x, y = self.layout.state
        plot.rect([x], [y], side, side, fill_color=PAPER, line_dash="dotted", **_SIDES)
        draw_borders(plot, self.layout.geometry)
        for shape in shapes:
            shape.selection_glyph = shape.nonselection_glyph = shape.glyph
        return shapes

    def _draw_arcs(self) -> None:
        """Draw the lines by what they are, and the frame around what is looked at."""
        looks: dict[str, dict[str, Any]] = {
            "twinned": {"line_color": BLUE, "line_width": 0.8, "line_alpha": 0.45},
            "inward": {"line_color": VERMILLION, "line_width": 1.8},
            "outward": {"line_color": GREEN, "line_width": 1.8, "line_dash": "dashed"},
            "own": {"line_color": INK, "line_width": 1.6, "line_alpha": 0.8},
        }
        ends = ("x0", "y0", "x1", "y1", "cx", "cy")
        self.lines = {name: ColumnDataSource({end: [] for end in ends}) for name in looks}
        for name, look in looks.items():
            source = self.lines[name]
            self.figure.quadratic(*ends, source=source, level="annotation", **look)
        self.mark = ColumnDataSource({"x": [], "y": [], "side": []})
        look = {"fill_color": None, "line_color": VERMILLION, "line_width": 3}
        self.figure.rect("x", "y", "side", "side", source=self.mark, level="annotation", **look)

    def _draw_labels(self) -> None:
        _, plot = self.session._, self.figure
        write_codes(plot, self.session.world)
        (x, y), small = self.layout.state, {"text_font_size": "10px", **TEXT}
        plot.text([x], [y], [_("State")], **small)
        wide_only = [plot.text("x", "y", "short", source=self.provinces, **CODE)]
        if len(self.layout.firms):
            x, y = self.layout.firms.mean(axis=0)[0], self.layout.firms.min(axis=0)[1] - 1.0
            wide_only.append(plot.text([x], [y], [_("Firms, by home province")], **small))
        # On a narrow screen they would cover the colours; a click still tells the names.
        hide = CustomJS(
            args={"labels": wide_only},
            code=f"for (const label of labels) label.visible = this.inner_width > {NARROW}",
        )
        plot.js_on_change("inner_width", hide)

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
        )
        self.figure.add_layout(bar, "below")
        return bar

    def _listen(self, shapes: tuple[Any, Any, Any], chosen: Callable[[str], None]) -> None:
        """Let pointing tell what is known, and a click choose."""
        _ = self.session._
        known = [
            (_("Ties"), "@ties"),
            (_("Projects"), "@projects"),
            (_("Colour"), "@value{0.[00]}"),
        ]
        titles = (
            [("", "@name, @country"), (_("Governor"), "@holder")],
            [("", "@name")],
            [("", "@name"), (_("Home province"), "@home")],
        )
        for shape, rows in zip(shapes, titles, strict=True):
            self.figure.add_tools(HoverTool(renderers=[shape], tooltips=tips([*rows, *known])))

            def choose(_name: str, _old: Any, new: Any, shape: Any = shape) -> None:
                if new:
                    chosen(shape.data_source.data["code"][new[0]])

            shape.data_source.selected.on_change("indices", choose)
        self.figure.add_tools(TapTool(renderers=list(shapes)))

    @drawn
    def set_scale(self, scale: MeasureScale) -> None:
        """Show another measure's scale."""
        # Exactly nothing has a colour of its own.
        self.mapper.update(low=scale.low + 1e-9, high=scale.high)
        self.bar.ticker = FixedTicker(ticks=np.linspace(scale.low, scale.high, 5).tolist())
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
        """Renew what pointing tells, sending only what has changed."""
        parts = ((self.places, places, 0), (self.provinces, actors, 0))
        for source, notes, first in (*parts, (self.firms, actors, self.first_firm)):
            changed = {}
            for name, texts in notes.items():
                shown = source.data[name]
                pairs = enumerate(zip(shown, texts[first : first + len(shown)], strict=True))
                changed[name] = [(row, text) for row, (before, text) in pairs if text != before]
            source.patch({name: rows for name, rows in changed.items() if rows})

    @drawn
    def set_lines(self, recorder: Recorder, name: str, actors: Array, places: Array) -> None:
        """Draw the lines of one sort: ``twinned``, ``inward``, ``outward`` or ``own``.

        Actors and localities without a square have none. A firm's line begins at its dot, any
        other actor's at its home province.
        """
        kind, layout = recorder.state.actor["kind"], self.layout
        at_home = (kind != k.EMBASSY) & (kind != k.ASSOCIATION)
        inside = (places >= 0) & (places < len(layout.places)) & (actors >= 0)
        inside &= at_home[actors]
        actors, places = actors[inside][:MOST_ARCS], places[inside][:MOST_ARCS]
        home = recorder.state.actor["home"][actors]
        tile = np.where(home >= 0, home, actors)
        ends = np.concatenate([layout.provinces, [layout.state]])
        start = ends[np.minimum(tile, len(layout.provinces))]
        firm = actors - self.first_firm
        dotted = (firm >= 0) & (firm < len(layout.firms))
        start[dotted] = layout.firms[firm[dotted]]
        self.lines[name].data = dict(arcs(start, layout.places[places]))

    @drawn
    def set_mark(self, code: str) -> None:
        """Frame the square looked at, if it is on the map."""
        mark: dict[str, list[float]] = {"x": [], "y": [], "side": []}
        sources = ((self.places, 1.0), (self.provinces, PROVINCE), (self.firms, 1.0))
        for source, side in sources:
            if code in source.data["code"]:
                row = source.data["code"].index(code)
                x, y = float(source.data["x"][row]), float(source.data["y"][row])
                mark = {"x": [x], "y": [y], "side": [side]}
        self.mark.data = mark


def _source(centres: Floats, **own: list[str]) -> ColumnDataSource:
    """Return the columns of squares or dots: what all have, not yet filled in, and their own."""
    x, y = centres.T
    blank = {name: [""] * len(x) for name in ("ties", "projects")}
    return ColumnDataSource({"x": x, "y": y, "value": np.full(len(x), np.nan), **blank, **own})
