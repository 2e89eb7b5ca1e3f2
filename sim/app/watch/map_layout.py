"""Where everything is on the map: one square a locality, one a province, a dot a firm, lines.

x counts tiles to the east, y tiles to the south. The provinces lie in the open water south-west of
the region, each as wide as two tiles; a last tile stands for the actors of the central state. The
firms lie in the open water of the north-east, ordered by their home province.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from sim.app.tile_map import country_codes
from sim.report.label_placement import SEA
from sim.report.tilemap import MapGeometry
from sim.world.positions import Positions

if TYPE_CHECKING:
    from sim.world import World

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

TILE = 0.92
"""Side of a square; the rest is the gap."""
PROVINCE = 2.0
"""Side of a province's cell, in tiles."""
MOST_COLUMNS = 8
FIRM_ROWS = 5
"""Most rows of firms; a world with more firms than fit shows them in the inspector alone."""


@dataclass(frozen=True)
class MapLayout:
    """Hold positions in the order of the arrays of the state, x before y.

    Parameters
    ----------
    geometry
        Tiles and borders of the region.
    places, provinces
        Centres of the localities and of the provinces, shapes (n, 2).
    state
        Centre of the tile of the central state's actors.
    firms
        Centres of the firms in the order of the world's table, shape (firms, 2), below their
        title; shape (0, 2) if the open water does not hold them.
    """

    geometry: MapGeometry
    places: Floats
    provinces: Floats
    state: tuple[float, float]
    firms: Floats


@lru_cache(maxsize=2)
def layout_of(world: World) -> MapLayout:
    """Return the layout of a world; finding room for its labels takes seconds, once."""
    at = Positions(world)
    geometry = MapGeometry(at.localities, world.grid)
    labels = geometry.labels
    cells = _province_cells(list(at.province))
    down, across = cells.max(axis=0) + 1
    # The lowest place in the west that no locality takes.
    top = max(labels.shape[0] - PROVINCE * down - 0.5, 0.0)
    land = np.flatnonzero((labels[int(top) :] != SEA).any(axis=0))
    coast = land[0] if len(land) else labels.shape[1]
    corner = np.array([coast - PROVINCE * across, top + 0.5])
    return MapLayout(
        geometry=geometry,
        places=np.column_stack([geometry.columns, geometry.rows]).astype(np.float64),
        provinces=cells[:, ::-1] * PROVINCE + corner,
        state=(float(corner[0] + PROVINCE), float(corner[1])),
        firms=_firms(world, at, labels),
    )


def _province_cells(codes: list[str]) -> Ints:
    """Return row and column of each province; the central state's tile is at (0, 1).

    Provinces without a place of their own are lined up below the others.
    """
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
            number = np.empty(len(firms), dtype=np.int64)
            number[np.lexsort((firms["code"].to_numpy(dtype=str), home))] = np.arange(len(firms))
            west = taken.shape[1] - columns
            dots = np.column_stack([west + number % columns, 1 + number // columns])
            return dots.astype(np.float64)
    return np.zeros((0, 2))


def arcs(start: Floats, end: Floats) -> dict[str, Floats]:
    """Return lines that bow to the north, as columns for a quadratic curve.

    ``start`` and ``end`` are of shape (lines, 2).
    """
    (x0, y0), (x1, y1) = start.reshape(-1, 2).T, end.reshape(-1, 2).T
    length = np.hypot(x1 - x0, y1 - y0)
    middle = {"cx": (x0 + x1) / 2, "cy": (y0 + y1) / 2 - 0.3 * length}
    return {"x0": x0, "y0": y0, "x1": x1, "y1": y1, **middle}
