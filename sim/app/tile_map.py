"""What the page's maps have in common: their frame, borders and the codes of the countries."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from bokeh.models import Range1d
from bokeh.plotting import figure

from sim.report.figure_style import INK, PAPER
from sim.report.label_placement import Room, code_boxes
from sim.report.map_geometry import MapGeometry
from sim.report.tilemap import map_geometry
from sim.world import World

POINTS = 9.0
"""Points a tile is taken to measure when room for labels is sought."""
TEXT = {
    "text_color": INK,
    "text_align": "center",
    "text_baseline": "middle",
    "background_fill_color": PAPER,
    "background_fill_alpha": 0.8,
    "padding": 1,
}
CODE = {"text_font_size": "11px", "text_font_style": "bold", **TEXT}
"""Look of codes; words that stand on the map have :data:`TEXT`."""


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
    )
    plot.axis.visible = plot.grid.visible = False
    return plot


def border_lines(sheet: MapGeometry) -> dict[str, list[list[float]]]:
    """Return the edges between countries and along coasts, as columns of lines."""
    lines = [line.round(2).T.tolist() for line in sheet.outlines()]
    return {"xs": [x for x, _ in lines], "ys": [y for _, y in lines]}


def code_columns(world: World, kind: str = "tiles") -> dict[str, list[Any]]:
    """Return where the code of each country stands, as columns of texts."""
    x, y, codes = (list(part) for part in zip(*country_codes(world, kind), strict=True))
    return {"x": x, "y": y, "text": codes}
