"""Where everything is on the map: localities, provinces, a dot a firm, lines.

x counts tiles to the east, y to the south. Provinces and firms, in the order of home provinces, lie
in open water, on the map of outlines across the ocean, to a scale of their own.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.app.tile_map import country_codes
from sim.report.label_placement import SEA
from sim.report.map_geometry import MapGeometry, Rings
from sim.report.outline_map import dot, middle, project
from sim.report.tilemap import map_geometry
from sim.world import World
from sim.world.geography import read_rings
from sim.world.positions import Positions

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

TILE = 0.92
"""Side of a square; the rest is the gap."""
PROVINCE = 2.0
"""Side of a province's cell, in tiles."""
MOST_COLUMNS = 8
ACROSS, FIRMS_IN_ROW = 19, 19
"""Width of the provinces' map in tiles, and firms that stand side by side below it."""
FIRM_ROWS = 5
"""Most rows of firms; a world with more firms than fit shows them in the inspector alone."""


@dataclass(frozen=True)
class MapLayout:
    """Hold positions in the order of the arrays of the state, x before y.

    Centres of localities, provinces (n, 2) and of the central state's tile; centres of the firms,
    (0, 2) if the open water does not hold them; and what is drawn of each province.
    """

    geometry: MapGeometry
    places: Floats
    provinces: Floats
    state: tuple[float, float]
    firms: Floats
    province_shapes: list[Rings]

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """Return the western, eastern, northern and southern ends of the map, a square."""
        rows, columns = self.geometry.labels.shape
        # Beside a small region provinces reach beyond its own square.
        beside = np.vstack([self.provinces, self.state])
        (left, _), (_, low) = beside.min(axis=0) - PROVINCE, beside.max(axis=0) + PROVINCE
        side = float(max(max(rows, columns) + 1.4, columns + 0.2 - left, low + 1.2))
        return columns + 0.2 - side, columns + 0.2, -1.2, side - 1.2


@lru_cache(maxsize=4)
def layout_of(world: World, kind: str = "tiles") -> MapLayout:
    """Return the layout of a world; finding room for its labels takes seconds, once."""
    at = Positions(world)
    geometry = map_geometry(world, kind, at.localities)
    places = np.column_stack([geometry.columns, geometry.rows]).astype(np.float64)
    country_codes(world, kind)
    made = _beside_tiles if kind == "tiles" else _across_the_ocean
    return MapLayout(geometry, places, *made(world, at, geometry.labels))


Beside = tuple[Floats, tuple[float, float], Floats, list[Rings]]
"""Provinces, the state's tile, firms and the provinces' shapes of a layout."""


def _beside_tiles(world: World, at: Positions, labels: Ints) -> Beside:
    cells = _province_cells(list(at.province))
    down, across = cells.max(axis=0) + 1
    # The lowest place in the west that no locality takes.
    top = max(labels.shape[0] - PROVINCE * down - 0.5, 0.0)
    land = np.flatnonzero((labels[int(top) :] != SEA).any(axis=0))
    coast = land[0] if len(land) else labels.shape[1]
    corner = np.array([coast - PROVINCE * across, top + 0.5])
    provinces = cells[:, ::-1] * PROVINCE + corner
    state = (float(corner[0] + PROVINCE), float(corner[1]))
    half = PROVINCE * TILE / 2
    square = np.array([(-half, -half), (half, -half), (half, half), (-half, half)])
    shapes = [[centre + square] for centre in provinces]
    return provinces, state, _firms(world, at, labels), shapes


def _across_the_ocean(world: World, at: Positions, labels: Ints) -> Beside:
    """Draw the provinces' outlines, and the firms in rows below, in the lower left."""
    with Path(__file__).with_name("province_outlines.csv").open(encoding="utf-8") as stream:
        known = {row["code"]: read_rings(row["outline"]) for row in csv.DictReader(stream)}
    drawn = [code for code in at.province if code in known]
    every = np.array([corner for code in drawn for ring in known[code] for corner in ring])
    home = world.firms["home"].map(at.province).to_numpy()
    rows, columns = labels.shape
    below = -(-len(home) // FIRMS_IN_ROW)
    corner = np.array([min(columns - rows, 0) + 0.5, rows - below - 0.5])
    shapes: dict[str, list[Floats]] = {}
    if drawn:
        centre = (every.min(axis=0) + every.max(axis=0)) / 2
        flat = {code: [project(ring, centre) for ring in known[code]] for code in drawn}
        ends = np.concatenate([ring for rings in flat.values() for ring in rings])
        scale = ACROSS / float(np.ptp(ends[:, 0]))
        west_south = np.array([ends[:, 0].min(), ends[:, 1].max()])
        lower = corner - (0.0, 2.0)
        for code, rings in flat.items():
            shapes[code] = [lower + scale * (ring - west_south) for ring in rings]
    for place, code in enumerate(code for code in at.province if code not in known):
        beside = np.array([place % ACROSS, -ACROSS - place // ACROSS])
        shapes[code] = [dot(corner + beside, TILE / 2)]
    provinces = np.array([middle(shapes[code][0]) for code in at.province]).reshape(-1, 2)
    number = _ranks(world, home)
    firms = np.column_stack([number % FIRMS_IN_ROW, number // FIRMS_IN_ROW]) + corner
    state = (float(corner[0]) + 1.0, float(corner[1]) - 3.5)
    return provinces, state, firms, [shapes[code] for code in at.province]


def _ranks(world: World, home: npt.NDArray[Any]) -> Ints:
    """Return the place of each firm in the order of home provinces."""
    number = np.empty(len(home), dtype=np.int64)
    number[np.lexsort((world.firms["code"].to_numpy(dtype=str), home))] = np.arange(len(home))
    return number


def _province_cells(codes: list[str]) -> Ints:
    """Return row and column of each province, those without a place below the others."""
    with Path(__file__).with_name("provinces.csv").open(encoding="utf-8", newline="") as stream:
        known = {r["code"]: (int(r["row"]), int(r["col"])) for r in csv.DictReader(stream)}
    below = 1 + max((known[code][0] for code in codes if code in known), default=-1)
    others = [code for code in codes if code not in known]
    for number, code in enumerate(others):
        known[code] = (below + number // MOST_COLUMNS, number % MOST_COLUMNS)
    return np.array([known[code] for code in codes], dtype=np.int64)


def _firms(world: World, at: Positions, labels: Ints) -> Floats:
    """Return a dot for every firm in the north-eastern corner, clear of land and of codes."""
    firms = world.firms
    taken = labels != SEA
    for x, y, _ in country_codes(world):
        taken[max(int(y) - 1, 0) : int(y) + 2, max(int(x) - 1, 0) : int(x) + 2] = True
    # The first row is the title's.
    for rows in range(1, FIRM_ROWS + 1):
        columns = -(-len(firms) // rows)
        if columns <= taken.shape[1] and not taken[: rows + 1, -columns:].any():
            home = firms["home"].map(at.province).to_numpy()
            number = _ranks(world, home)
            west = taken.shape[1] - columns
            dots = np.column_stack([west + number % columns, 1 + number // columns])
            return dots.astype(np.float64)
    return np.zeros((0, 2))


def arcs(start: Floats, end: Floats) -> dict[str, Floats]:
    """Return lines (n, 2) that bow to the north, as columns for a quadratic curve."""
    (x0, y0), (x1, y1) = start.reshape(-1, 2).T, end.reshape(-1, 2).T
    length = np.hypot(x1 - x0, y1 - y0)
    middle = {"cx": (x0 + x1) / 2, "cy": (y0 + y1) / 2 - 0.3 * length}
    return {"x0": x0, "y0": y0, "x1": x1, "y1": y1, **middle}
