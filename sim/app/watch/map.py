"""The maps as a Bokeh figure whose columns are patched, never drawn anew."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from bokeh.events import DoubleTap
from bokeh.models import (
    ColorBar,
    ColumnDataSource,
    CustomJS,
    FixedTicker,
    HoverTool,
    LinearColorMapper,
    NumeralTickFormatter,
    PanTool,
    Range1d,
    TapTool,
    WheelZoomTool,
)
from bokeh.palettes import Viridis256

from sim.app.bokeh_style import describe, drawn, tips
from sim.app.session import Session
from sim.app.theme import GROUND
from sim.app.tile_map import (
    Label,
    border_lines,
    code_labels,
    draw_labels,
    label_columns,
    map_figure,
)
from sim.app.watch.map_layout import PROVINCE, TILE, Floats, arcs, layout_of
from sim.app.watch.map_measures import MeasureScale
from sim.app.watch.profile import Notes
from sim.app.watch.recorder import Recorder
from sim.core import enums as k
from sim.core.state import Array
from sim.report.figure_style import BLUE, GREEN, INK, PAPER, VERMILLION
from sim.report.map_geometry import Rings
from sim.report.outline_map import dot, is_land
from sim.report.tilemap import KINDS, OUTLINE, ZERO
from sim.world.positions import Positions

NEUTRAL = "#ffffff"
MOST_ARCS = 400
"""Most lines drawn of one sort."""
SMALL: dict[str, Any] = {"size": 10.0, "style": "normal", "cells": 1.2}
"""Look of words beside the countries' codes; they shrink with the map and leave it in time."""
SIDE = 765
"""Side of the map in pixels where there is room; it is a square above its legend."""
MOST_ZOOM = 16
"""Times that a part of the map can be enlarged."""
NO_FRAME: dict[str, list[float]] = {name: [] for name in "xywh"}
COLOURS = tuple(reversed(Viridis256))
"""Light is little, dark is much; readers with any colour vision see the same order."""
_SIDES = {"line_color": OUTLINE, "line_width": 0.8}


class Map:
    """Draw one world, on the map of outlines or of tiles; ``chosen`` takes the code of a click."""

    def __init__(
        self, session: Session, chosen: Callable[[str], None], kind: str = KINDS[0]
    ) -> None:
        self.session, self.kind = session, kind
        self.layout = layout_of(session.world, kind)
        self.at = Positions(session.world)
        self.first_firm = self.at.actor_offset[k.FIRM]
        self.mapper = LinearColorMapper(
            palette=list(COLOURS), low=0.0, high=1.0, nan_color=NEUTRAL, low_color=ZERO
        )
        self._ends: dict[str, tuple[Any, ...]] = {}
        self._marked = ""
        size = {"width": SIDE, "height": SIDE + 60, "match_aspect": True, "min_border": 0}
        x_range, y_range = Range1d(), Range1d()
        self.figure = map_figure(
            self.layout.geometry, GROUND, x_range=x_range, y_range=y_range, **size
        )
        self._fill_sources()
        shapes = self._draw_land()
        self._draw_arcs()
        self.still.append(draw_labels(self.figure, self.labels))
        for part in self.still:
            part.level = "overlay"
        self._place()
        self.bar = self._colour_bar()
        self._listen(shapes, chosen)
        self._let_zoom()

    def _fill_sources(self) -> None:
        """Make the columns of localities, provinces, firms: what they are, and what months fill."""
        _, world, table = self.session._, self.session.world, self.at.localities
        country = world.countries.set_index("iso3")["name"].loc[table["iso3"]]
        self.places = _source(
            code=[f"place:{code}" for code in table["code"]],
            name=[str(name) for name in table["name"]],
            country=[_(str(name)) for name in country],
            holder=[""] * len(table),
        )
        provinces = world.provinces
        self.provinces = _source(
            code=[f"actor:{code}" for code in provinces["code"]],
            name=[_(str(name)) for name in provinces["name"]],
        )
        firms, first = world.firms, self.first_firm
        home = provinces.set_index("code")["name"].loc[firms["home"]]
        self.firms = _source(
            code=[f"actor:{code}" for code in self.at.actor_codes[first : first + len(firms)]],
            name=[_(str(name)) for name in firms["name"]],
            home=[_(str(name)) for name in home],
        )
        parts = {"borders": ("xs", "ys"), "state": ("x", "y"), "frame": ("x", "y", "w", "h")}
        self.parts = {
            name: ColumnDataSource({column: [] for column in columns})
            for name, columns in parts.items()
        }
        self.labels = ColumnDataSource(label_columns([]))

    def _place(self) -> None:
        """Say where everything is on the kind of map that is shown."""
        _, layout, world = self.session._, self.layout, self.session.world
        self.places.data.update(_columns(layout.geometry.shapes()))
        self.provinces.data.update(_columns(layout.province_shapes))
        dots = np.full((len(world.firms), 2), np.nan)
        # A map without room for firms has none.
        dots[: len(layout.firms)] = layout.firms
        self.firms.data.update({"x": dots[:, 0], "y": dots[:, 1]})
        x, y = layout.provinces.T.round(2)
        words = [Label(*layout.state, _("State"), style="normal")]
        if self.kind == "map" and len(x):
            words.append(
                Label(
                    x.min() + 2.0, y[x.argmin()] - 3.8, _("China, drawn smaller"), **SMALL, rise=0.5
                )
            )
        if len(layout.firms):
            middle, top = layout.firms.mean(axis=0)[0], layout.firms.min(axis=0)[1]
            words.append(Label(middle, top - 0.6, _("Firms, by home province"), **SMALL, rise=0.5))
        short = [str(code).partition("-")[2] for code in world.provinces["code"]]
        words += [Label(*place, **SMALL) for place in zip(x, y, short, strict=True)]
        box = layout.geometry.frame
        parts: dict[str, dict[str, Any]] = {
            "borders": border_lines(layout.geometry),
            "state": {"x": [layout.state[0]], "y": [layout.state[1]]},
            "frame": {n: [v] for n, v in zip("xywh", box or (), strict=False)} or NO_FRAME,
        }
        for name, columns in parts.items():
            self.parts[name].data = columns
        self.labels.data = label_columns([*code_labels(world, self.kind), *words])
        west, east, north, south = layout.bounds
        least = {"min_interval": (east - west) / MOST_ZOOM}
        self.figure.x_range.update(start=west, end=east, bounds=(west, east), **least)
        self.figure.y_range.update(start=south, end=north, bounds=(north, south), **least)

    @drawn
    def set_kind(self, recorder: Recorder, kind: str) -> None:
        """Switch to another kind of map; the month, its lines and the frame stay."""
        self.kind, self.layout = kind, layout_of(self.session.world, kind)
        self._place()
        for name, ends in self._ends.items():
            self.set_lines(recorder, name, *ends)
        self.set_mark(self._marked)

    def _draw_land(self) -> tuple[Any, Any, Any]:
        """Draw localities, provinces and firms, coloured by their values; return them."""
        plot, side = self.figure, PROVINCE * TILE
        fill: dict[str, Any] = {"fill_color": {"field": "value", "transform": self.mapper}}
        faint = {"line_color": "#00000055", "line_width": 0.5}
        shapes = (
            plot.multi_polygons("xs", "ys", source=self.places, **fill, **faint),
            plot.multi_polygons("xs", "ys", source=self.provinces, **fill, **_SIDES),
            plot.circle("x", "y", radius=TILE / 2, source=self.firms, **fill, **_SIDES),
        )
        frame = {"line_color": "#9a9a9a", "line_width": 0.8}
        square = {"fill_color": PAPER, "line_dash": "dotted", **_SIDES}
        parts = self.parts
        self.still = [
            plot.rect("x", "y", side, side, source=parts["state"], **square),
            plot.multi_line("xs", "ys", source=parts["borders"], **_SIDES),
            plot.rect("x", "y", "w", "h", source=parts["frame"], fill_color=None, **frame),
        ]
        for shape in shapes:
            shape.selection_glyph = shape.nonselection_glyph = shape.glyph
        return shapes

    def _draw_arcs(self) -> None:
        """Draw the lines by what they are, and the frame around what is looked at."""
        looks: dict[str, dict[str, Any]] = {
            "twinned": {"line_color": BLUE, "line_width": 1.4},
            "inward": {"line_color": VERMILLION, "line_width": 1.4},
            "outward": {"line_color": GREEN, "line_width": 1.4, "line_dash": "dashed"},
            "own": {"line_color": INK, "line_width": 1.6},
        }
        ends = ("x0", "y0", "x1", "y1", "cx", "cy")
        columns = (*ends, "alpha")
        self.lines = {name: ColumnDataSource({end: [] for end in columns}) for name in looks}
        for name, look in looks.items():
            look |= {"source": self.lines[name], "line_alpha": "alpha", "level": "annotation"}
            self.figure.quadratic(*ends, **look)
        self.mark = ColumnDataSource({"xs": [], "ys": []})
        look = {"fill_color": None, "line_color": VERMILLION, "line_width": 3}
        self.figure.multi_polygons("xs", "ys", source=self.mark, level="annotation", **look)

    def _let_zoom(self) -> None:
        """Let wheel and pinch zoom, a drag move the part that is shown, two clicks show all."""
        plot, pan, wheel = self.figure, PanTool(), WheelZoomTool(zoom_on_axis=False)
        plot.add_tools(pan, wheel)
        plot.toolbar.update(active_scroll=wheel, active_drag=None)
        # While all is shown a finger that moves over the map moves the page.
        # What stands still has a sheet of its own that no month repaints. Nothing is cut off there,
        # so it is left while a part of the map is enlarged.
        moved = CustomJS(
            args={"pan": pan, "still": self.still},
            code="""const [low, high] = cb_obj.bounds
const enlarged = cb_obj.end - cb_obj.start < high - low - 0.1
pan.active = enlarged
for (const part of still) part.level = enlarged ? "glyph" : "overlay" """,
        )
        plot.x_range.js_on_change("end", moved)
        every = CustomJS(
            args={"x": plot.x_range, "y": plot.y_range},
            code="""x.setv({start: x.bounds[0], end: x.bounds[1]})
y.setv({start: y.bounds[1], end: y.bounds[0]})""",
        )
        plot.js_on_event(DoubleTap, every)

    def _colour_bar(self) -> ColorBar:
        # Its own mapper: one that colours shapes would let the bar be drawn anew with each of them.
        mapper = LinearColorMapper(palette=list(COLOURS), low=0.0, high=1.0, low_color=ZERO)
        bar = ColorBar(
            color_mapper=mapper,
            orientation="horizontal",
            height=10,
            padding=4,
            background_fill_color=GROUND,
            title_text_color=INK,
            title_text_font_style="normal",
            title_text_font_size="13px",
            major_label_text_color=INK,
            major_label_text_font_size="12px",
            formatter=NumeralTickFormatter(format="0.[00]"),
        )
        self.figure.add_layout(bar, "below")
        return bar

    def _listen(self, shapes: tuple[Any, Any, Any], chosen: Callable[[str], None]) -> None:
        """Let pointing tell what is known, and a click choose."""
        _ = self.session._
        known = [
            (_("Ties"), "@ties"),
            (_("Projects"), "@projects"),
        ]
        self.tools: list[tuple[HoverTool, list[tuple[str, str]]]] = []
        titles = (
            [("", "@name, @country"), (_("Governor"), "@holder")],
            [("", "@name")],
            [("", "@name"), (_("Home province"), "@home")],
        )
        for shape, rows in zip(shapes, titles, strict=True):
            tool = HoverTool(renderers=[shape])
            self.figure.add_tools(tool)
            self.tools.append((tool, [*rows, *known]))

            def choose(_name: str, _old: Any, new: Any, shape: Any = shape) -> None:
                if new:
                    chosen(shape.data_source.data["code"][new[0]])

            shape.data_source.selected.on_change("indices", choose)
        self.figure.add_tools(TapTool(renderers=list(shapes)))

    @drawn
    def set_scale(self, scale: MeasureScale) -> None:
        """Show another measure's scale."""
        # Exactly nothing has a colour of its own.
        low = scale.low + 1e-9
        for mapper in (self.mapper, self.bar.color_mapper):
            mapper.update(low=low, high=scale.high)
        self.bar.ticker = FixedTicker(ticks=np.linspace(low, scale.high, 5).tolist())
        self.bar.title = f"{scale.title}: {scale.unit}"
        describe(self.figure, self.bar.title)
        value = (scale.title, "@value{0.[00]}")
        for tool, rows in self.tools:
            has_value = scale.of_actors or tool.renderers[0].data_source is self.places
            tool.tooltips = tips([*rows, value] if has_value else rows)

    @drawn
    def set_values(self, places: Floats, provinces: Floats, firms: Floats) -> None:
        """Colour the squares and dots."""
        sources = (self.places, self.provinces, self.firms)
        for source, exact in zip(sources, (places, provinces, firms), strict=True):
            # Finer than colours and words tell; arrays would travel in messages of their own.
            values = exact.round(3)
            if not np.array_equal(values, source.data["value"], equal_nan=True):
                source.patch({"value": [(slice(0, len(values)), values.tolist())]})

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
    def set_lines(
        self, recorder: Recorder, name: str, actors: Array, places: Array, alpha: Floats
    ) -> None:
        """Draw the lines of one sort: ``twinned``, ``inward``, ``outward`` or ``own``.

        A firm's line begins at its dot, another actor's at its home; who is not drawn has none.
        """
        self._ends[name] = actors, places, alpha
        kind, layout = recorder.state.actor["kind"], self.layout
        at_home = (kind != k.EMBASSY) & (kind != k.ASSOCIATION)
        inside = (places >= 0) & (places < len(layout.places)) & (actors >= 0)
        inside &= at_home[actors]
        actors, places, alpha = (part[inside][:MOST_ARCS] for part in (actors, places, alpha))
        home = recorder.state.actor["home"][actors]
        tile = np.where(home >= 0, home, actors)
        ends = np.concatenate([layout.provinces, [layout.state]])
        start = ends[np.minimum(tile, len(layout.provinces))]
        firm = actors - self.first_firm
        dotted = (firm >= 0) & (firm < len(layout.firms))
        start[dotted] = layout.firms[firm[dotted]]
        if len(places) or len(self.lines[name].data["alpha"]):
            columns = {**arcs(start, layout.places[places]), "alpha": alpha}
            self.lines[name].data = {end: part.round(3).tolist() for end, part in columns.items()}

    @drawn
    def set_mark(self, code: str) -> None:
        """Frame what is looked at, if it is on the map."""
        self._marked = code
        mark: dict[str, Any] = {"xs": [], "ys": []}
        for source in (self.places, self.provinces):
            if code in source.data["code"]:
                row = source.data["code"].index(code)
                mark = {name: [source.data[name][row]] for name in ("xs", "ys")}
        if code in self.firms.data["code"][: len(self.layout.firms)]:
            row = self.firms.data["code"].index(code)
            mark = _columns([[dot(self.layout.firms[row], TILE / 2)]])
        self.mark.data = mark


def _source(**own: list[str]) -> ColumnDataSource:
    """Return columns: what all have, not yet filled in, and their own."""
    count = len(own["code"])
    blank = {name: [""] * count for name in ("ties", "projects")}
    return ColumnDataSource({"value": np.full(count, np.nan), **blank, **own})


def _columns(shapes: Sequence[Rings]) -> dict[str, list[Any]]:
    """Return shapes as columns of polygons, each a ring around land and its holes."""
    columns: dict[str, list[Any]] = {"xs": [], "ys": []}
    for rings in shapes:
        land = is_land(rings)
        polygons: list[list[Any]] = []
        for ring, around in zip(rings, land, strict=True):
            if around:
                polygons.append([])
            polygons[-1 if around else 0].append(ring.round(2).T.tolist())
        columns["xs"].append([[x for x, _ in polygon] for polygon in polygons])
        columns["ys"].append([[y for _, y in polygon] for polygon in polygons])
    return columns
