"""Maps as figures: one square or one outline per locality, one outlined block per country."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sim.core.errors import InputError, known_name, nearest_name
from sim.report.figure_style import Floats, figure_of
from sim.report.label_placement import LabelBox, Room, code_boxes, extent, nearest
from sim.report.map_geometry import TILE, MapGeometry
from sim.report.outline_map import OutlineGeometry
from sim.world import World

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colors import Colormap, Normalize


ZERO = "#e4e4e4"
MISSING = "#ffffff"
OUTLINE = "#3a3a3a"
ACCENT = "#c8102e"


KINDS = ("map", "tiles")
"""Localities where they lie and as large as they are, or as squares of one size."""


def kinds_of(world: World) -> tuple[str, ...]:
    """Return the kinds of map that a world has: without outlines only the one of tiles."""
    return KINDS if len(world.outlines) else ("tiles",)


def map_geometry(world: World, kind: str, localities: pd.DataFrame | None = None) -> MapGeometry:
    """Return the geometry of a map, of a kind of :data:`KINDS`.

    Localities are in the order of their table, or of that given. InputError if there is no such
    kind.
    """
    known_name("kind of map", kind, KINDS)
    table = world.localities if localities is None else localities
    if kind == "tiles":
        return MapGeometry(table, world.grid)
    return OutlineGeometry(table, world.outlines)


def draw_tilemap(
    ax: Axes,
    world: World,
    values: pd.Series,
    *,
    cmap: str | Colormap,
    norm: Normalize,
    label: str,
    missing_color: str = MISSING,
    zero_color: str | None = ZERO,
    highlight: Sequence[str] = (),
    kind: str = "tiles",
) -> MapGeometry:
    """Draw values of localities on a map, of a kind of :data:`KINDS`, and return its geometry.

    Values are by code; NaN is missing. ``label``, at the colour bar, says what they are, with
    their unit. ``zero_color`` is that of exact zeros; None leaves zero on the scale. Localities
    to ``highlight`` are marked and named. The size of the axes decides the size of the type.

    InputError if ``highlight`` names an unknown locality, or there is no such kind.
    """
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import to_rgba

    sheet = map_geometry(world, kind)
    map_frame(ax, sheet)
    numbers = values.reindex(sheet.codes).to_numpy(dtype=np.float64)
    scale = ScalarMappable(norm, cmap)
    colours = scale.to_rgba(numbers)
    zero, missing = numbers == 0, np.isnan(numbers)
    if zero_color is not None:
        colours[zero] = to_rgba(zero_color)
    colours[missing] = to_rgba(missing_color)
    draw_tiles(ax, sheet, colours)
    room = Room(sheet.labels)
    keys = {"none": zero_color} if zero_color is not None and zero.any() else {}
    if missing.any():
        keys["no data"] = missing_color
    _draw_bar(ax, room, _points_per_tile(ax, sheet), scale, label, keys)
    names = world.localities.set_index("code")["name"]
    for code in highlight:
        if code not in names:
            raise InputError(
                f"there is no locality {code!r}",
                field="highlight",
                allowed="ISO 3166-2 codes of the world's localities",
                nearest=nearest_name(code, names.index),
            )
    _draw_callouts(ax, sheet, room, {code: str(names[code]) for code in highlight})
    draw_labels(ax, sheet, room, sheet.inland)
    return sheet


def map_frame(ax: Axes, sheet: MapGeometry) -> None:
    """Set axes up for a map."""
    rows, columns = sheet.labels.shape
    ax.set(xlim=(-1.5, columns + 0.5), ylim=(rows + 0.5, -1.5), aspect="equal")
    ax.set_axis_off()


def draw_tiles(ax: Axes, sheet: MapGeometry, colours: Floats) -> None:
    """Draw the localities in their colours, shape (n, 4), and the outlines of countries."""
    from matplotlib.collections import LineCollection, PathCollection
    from matplotlib.patches import Rectangle

    point = _points_per_tile(ax, sheet)
    faint: dict[str, Any] = {"edgecolors": "#00000044", "linewidths": 0.02 * point}
    ax.add_collection(PathCollection(sheet.paths(), facecolors=colours, **faint), autolim=False)
    if sheet.frame is not None:
        x, y, width, height = sheet.frame
        corner = (x - width / 2, y - height / 2)
        ax.add_patch(Rectangle(corner, width, height, fill=False, ec="#9a9a9a", lw=0.6))
    edges: dict[str, Any] = {"colors": OUTLINE, "linewidths": min(1.1, sheet.pen * point)}
    lines = LineCollection(sheet.outlines(), capstyle="projecting", **edges)
    ax.add_collection(lines, autolim=False)


def _points_per_tile(ax: Axes, sheet: MapGeometry) -> float:
    """Return the side of a tile in points."""
    inches = ax.get_window_extent().transformed(figure_of(ax).dpi_scale_trans.inverted())
    rows, columns = sheet.labels.shape
    return float(72.0 * min(inches.width / (columns + 2), inches.height / (rows + 2)))


def draw_labels(ax: Axes, sheet: MapGeometry, room: Room, inland: float) -> None:
    """Write the code of each country, on its own tiles or beside them."""
    from matplotlib.patheffects import AbstractPathEffect, withStroke

    point = _points_per_tile(ax, sheet)
    size = min(max(0.66 * point, 4.5), 9.5)
    halo: list[AbstractPathEffect] = [
        withStroke(linewidth=0.16 * point, foreground="white", alpha=0.9)
    ]
    for country, box, on_land in code_boxes(room, sheet.names, size, point, inland):
        text = ax.text(box.x, box.y, sheet.names[country], ha="center", va="center_baseline")
        text.set(fontsize=size, fontweight="bold", zorder=5)
        text.set_color("#111111" if on_land else "#333333")
        if on_land and inland:
            text.set_path_effects(halo)


def _draw_callouts(ax: Axes, sheet: MapGeometry, room: Room, texts: Mapping[str, str]) -> None:
    """Frame tiles and write a text for each where the sea has room, at the end of a line."""
    from matplotlib.patches import PathPatch

    point = _points_per_tile(ax, sheet)
    size = min(max(0.7 * point, 5.0), 9.5)
    spots = zip(sheet.codes, sheet.columns.tolist(), sheet.rows.tolist(), strict=True)
    position = {code: (float(x), float(y)) for code, x, y in spots if code in texts}
    for x, y in position.values():
        # Neither lines nor country codes may cover a marked tile.
        room.taken.append(LabelBox(x, y, 1.0, 1.0))
    for code, path in zip(sheet.codes, sheet.paths(), strict=True):
        if code in position:
            ax.add_patch(PathPatch(path, fill=False, ec=ACCENT, lw=0.14 * point, zorder=6))
    for code in sorted(position, key=lambda c: position[c][::-1]):
        width, height = extent(texts[code], size, point)
        box = room.open_water(width + 0.4, height + 0.3, 0.35, position[code], 0.5)
        if box is None:
            continue
        room.taken.append(box)
        end = nearest(box, position[code])
        start = nearest(LabelBox(*position[code], 1.0, 1.0), end)
        ax.plot(*zip(start, end, strict=True), color=ACCENT, linewidth=0.9, zorder=6)
        text = ax.text(box.x, box.y, texts[code], ha="center", va="center", fontsize=size)
        text.set(color=ACCENT, fontweight="bold", zorder=7)


def _draw_bar(
    ax: Axes, room: Room, point: float, scale: Any, label: str, keys: Mapping[str, str]
) -> None:
    """Draw the colour bar and a key on open sea, or the bar beside the map if there is no room."""
    from matplotlib.patches import Rectangle

    figure = figure_of(ax)
    rows, columns = room.labels.shape
    size = min(max(0.68 * point, 5.0), 9.5)
    line = size / point
    width, bar_height = min(16.0, 0.4 * columns), 0.9
    box = room.open_water(width, bar_height + (5.6 if keys else 3.6) * line, 1.0)
    if box is None:
        figure.colorbar(scale, ax=ax, shrink=0.5, label=label)
        return
    room.taken.append(box)
    left, top = box.x - width / 2, box.y - box.height / 2 + 1.6 * line
    place = (left + 1.5, rows + 0.5 - top - bar_height, width, bar_height)
    inset = ax.inset_axes(tuple(np.array(place) / np.tile([columns + 2, rows + 2], 2)))
    bar = figure.colorbar(scale, cax=inset, orientation="horizontal")
    inset.spines[:].set_visible(False)
    bar.set_ticks(clear_ticks(scale.norm, width / (2.6 * line)))
    bar.ax.tick_params(labelsize=size, length=2.0, color=OUTLINE)
    bar.ax.set_title(label, fontsize=size + 0.5, loc="left", pad=0.35 * size)
    bar.outline.set_visible(False)
    for number, (text, colour) in enumerate(keys.items()):
        x, y = left + 0.5 + number * width / 2, top + bar_height + 3.0 * line
        square = Rectangle((x - 0.45, y - 0.45), TILE, TILE, fc=colour, ec="#00000044", lw=0.4)
        ax.add_patch(square)
        ax.text(x + 0.8, y, text, va="center", fontsize=size)


def clear_ticks(norm: Normalize, most: float) -> list[float]:
    """Return round values of a scale at which labels stand clear of one another.

    ``most`` is how many labels the scale is as long as.
    """
    from matplotlib.ticker import MaxNLocator

    assert norm.vmin is not None
    assert norm.vmax is not None
    ticks = MaxNLocator(nbins=5, steps=[1, 2, 5, 10]).tick_values(norm.vmin, norm.vmax)
    kept: list[float] = []
    # From the largest: on a scale by roots it is the small ones that lie far apart.
    for tick in sorted((t for t in ticks if norm.vmin <= t <= norm.vmax), key=abs, reverse=True):
        if all(abs(norm(tick) - norm(other)) >= 1.0 / most for other in kept):
            kept.append(float(tick))
    return sorted(kept)
