"""What the page's maps have in common: their frame, borders and the codes of the countries."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from bokeh.models import ColumnDataSource, CustomJS, GlyphRenderer, Range1d, Text
from bokeh.plotting import figure

from sim.app.bokeh_style import OWN_COLOURS
from sim.app.theme import source
from sim.report.figure_style import INK, PAPER
from sim.report.label_placement import Room, code_boxes
from sim.report.map_geometry import MapGeometry
from sim.report.tilemap import map_geometry
from sim.world import World

POINTS = 9.0
"""Points a tile is taken to measure when room for labels is sought."""
COLUMNS = ("x", "y", "text", "size", "style", "cells", "rise")


class Label(NamedTuple):
    """Hold a text on a map and where it stands, in tiles; which of them stay is the map's to say.

    ``size`` is of type, in pixels, at most ``cells`` tiles (0: any); ``rise`` is the share of its
    height by which the text stands above ``y``.
    """

    x: float
    y: float
    text: str
    size: float = 11.0
    style: str = "bold"
    cells: float = 0.0
    rise: float = 0.0


@lru_cache(maxsize=4)
def country_codes(world: World, kind: str = "tiles") -> list[tuple[float, float, str]]:
    """Return where the code of each country stands, x before y; takes seconds, once a world."""
    sheet = map_geometry(world, kind)
    boxes = code_boxes(Room(sheet.labels), sheet.names, 7.0, POINTS, sheet.inland)
    return [(float(box.x), float(box.y), sheet.names[country]) for country, box, _ in boxes]


def map_figure(sheet: MapGeometry, ground: str, **size: Any) -> figure:
    """Return an empty map on which a tile measures 1; y counts to the south."""
    rows, columns = sheet.labels.shape
    ranges = {"x_range": Range1d(-1.2, columns + 0.2), "y_range": Range1d(rows + 0.2, -1.2)}
    plot = figure(
        **{**ranges, **size},
        sizing_mode="scale_width",
        toolbar_location=None,
        tools="",
        background_fill_color=ground,
        border_fill_color=ground,
        outline_line_color=None,
        stylesheets=[OWN_COLOURS],
    )
    plot.axis.visible = plot.grid.visible = False
    return plot


def border_lines(sheet: MapGeometry) -> dict[str, list[list[float]]]:
    """Return the edges between countries and along coasts, as columns of lines."""
    lines = [line.round(2).T.tolist() for line in sheet.outlines()]
    return {"xs": [x for x, _ in lines], "ys": [y for _, y in lines]}


def code_labels(world: World, kind: str = "tiles") -> list[Label]:
    """Return the codes of the countries, those with most localities first."""
    units = world.localities["iso3"].value_counts()
    labels = (Label(*place) for place in country_codes(world, kind))
    return sorted(labels, key=lambda label: -int(units.get(label.text, 0)))


def label_columns(labels: Sequence[Label]) -> dict[str, list[Any]]:
    """Return labels as columns, the most important first."""
    columns = {name: [getattr(label, name) for label in labels] for name in COLUMNS}
    # Filled in by the browser.
    return (
        columns
        | {name: [math.nan] * len(labels) for name in ("at_x", "at_y")}
        | {"shown": [""] * len(labels), "font": ["11px"] * len(labels)}
    )


def draw_labels(plot: figure, labels: ColumnDataSource) -> GlyphRenderer[Text]:
    """Draw labels, as many as have room at the size of the map and of type; return them."""
    drawn = plot.text(
        "at_x", "at_y", "shown", source=labels, text_font_size="font", text_font_style="style",
        text_color=INK, text_align="center", text_baseline="middle", padding=1,
        background_fill_color=PAPER, background_fill_alpha=0.8,
    )  # fmt: skip
    place = CustomJS(args={"plot": plot, "labels": labels}, code=source("map_labels.js"))
    plot.js_on_change("inner_width", place)
    plot.x_range.js_on_change("end", place)
    labels.js_on_change("data", place)
    return drawn
