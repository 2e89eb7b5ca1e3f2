"""The plain tile map as a figure, which ``docs/images/grid.png`` is."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure

from sim.core.files import replacing
from sim.core.plurals import counted
from sim.report.label_placement import SEA, Room
from sim.report.map_geometry import MapGeometry
from sim.report.tilemap import draw_labels, draw_tiles, map_frame
from sim.world import World

# Light tints that stay apart for colour-blind readers and under black type.
TINTS = ("#8ecae6", "#f4b66a", "#a8d5a2", "#e8a0bf", "#c9b6e4", "#f1e27a", "#b8c4cc")


def draw_countries(ax: Axes, world_localities: pd.DataFrame, grid: pd.DataFrame) -> Axes:
    """Draw the plain tile map, neighbouring countries in different tints, with their codes."""
    sheet = MapGeometry(world_localities, grid)
    map_frame(ax, sheet)
    tint = _tints(sheet)
    own = sheet.labels[sheet.rows, sheet.columns]
    colours = np.array([to_rgba(TINTS[tint[country]]) for country in own])
    draw_tiles(ax, sheet, colours)
    draw_labels(ax, sheet, Room(sheet.labels), inland=0)
    return ax


def grid_figure(world: World) -> Figure:
    """Return a figure, 8 by 8 inches, of the plain tile map."""
    figure = Figure(figsize=(8.0, 8.0), facecolor="white")
    ax = figure.add_axes((0.01, 0.01, 0.98, 0.98))
    draw_countries(ax, world.localities, world.grid)
    units = counted(len(world.localities), "first-level unit")
    countries = counted(world.localities["iso3"].nunique(), "country")
    ax.text(
        0.02,
        0.02,
        f"{units} of {countries},\n"
        "one tile each, north up. Countries that share\na land border touch.",
        transform=ax.transAxes,
        fontsize=9.5,
        color="#444444",
        linespacing=1.35,
    )
    return figure


def save_figure(path: Path, world: World) -> None:
    """Write the plain tile map as a PNG file."""
    with replacing(path) as partial:
        grid_figure(world).savefig(partial, format="png", dpi=160, metadata={"Software": None})


def _tints(sheet: MapGeometry) -> list[int]:
    """Colour the countries so that near ones differ, the most crowded first."""
    count = len(sheet.names)
    near = np.zeros((count, count), dtype=np.bool_)
    padded = np.pad(sheet.labels, 3, constant_values=SEA)
    for dr in range(-3, 4):
        for dc in range(-3, 4):
            other = padded[3 + dr : padded.shape[0] - 3 + dr, 3 + dc : padded.shape[1] - 3 + dc]
            both = (sheet.labels != SEA) & (other != SEA)
            near[sheet.labels[both], other[both]] = True
    touch = near.sum(axis=1)
    tint = [-1] * count
    used = [0] * len(TINTS)
    for country in sorted(range(count), key=lambda k: (-touch[k], k)):
        clash = [
            sum(near[country, o] and tint[o] == t for o in range(count)) for t in range(len(TINTS))
        ]
        best = min(range(len(TINTS)), key=lambda t: (clash[t], used[t], t))
        tint[country] = best
        used[best] += 1
    return tint
