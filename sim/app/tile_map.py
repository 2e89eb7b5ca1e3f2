"""What the page's maps have in common: their frame, borders and the codes of the countries."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from bokeh.models import Range1d
from bokeh.plotting import figure

from sim.report.figure_style import INK, PAPER
from sim.report.label_placement import Room, code_boxes
from sim.report.tilemap import OUTLINE, MapGeometry

if TYPE_CHECKING:
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


@lru_cache(maxsize=2)
def country_codes(world: World) -> list[tuple[float, float, str]]:
    """Return where the code of each country stands, x before y; takes seconds, once a world."""
    sheet = MapGeometry(world.localities, world.grid)
    boxes = code_boxes(Room(sheet.labels), sheet.names, 7.0, POINTS, inside=False)
    return [(float(box.x), float(box.y), sheet.names[country]) for country, box, _ in boxes]


def map_figure(sheet: MapGeometry, ground: str, **size: Any) -> figure:
    """Return an empty map on which a tile measures 1; y counts to the south."""
    rows, columns = sheet.labels.shape
    plot = figure(
        x_range=Range1d(-1.2, columns + 0.2),
        y_range=Range1d(rows + 0.2, -1.2),
        sizing_mode="scale_width",
        toolbar_location=None,
        tools="",
        background_fill_color=ground,
        border_fill_color=ground,
        outline_line_color=None,
        **size,
    )
    plot.axis.visible = plot.grid.visible = False
    return plot


def draw_borders(plot: figure, sheet: MapGeometry) -> None:
    """Draw the edges between countries and along coasts."""
    (x0, y0), (x1, y1) = np.array(sheet.outlines()).transpose(1, 2, 0)
    plot.segment(x0, y0, x1, y1, line_color=OUTLINE, line_width=1.1)


def write_codes(plot: figure, world: World) -> None:
    """Write the code of each country where there is room."""
    x, y, codes = (list(part) for part in zip(*country_codes(world), strict=True))
    plot.text(x, y, codes, **CODE)
