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

from sim.engine.monthly_inputs import Positions
from sim.report.label_placement import SEA, Room, code_boxes

if TYPE_CHECKING:
    from sim.world import World

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

TILE = 0.92
"""Side of a square; the rest is the gap."""

PROVINCE = 2.0
"""Side of a province's cell, in tiles."""

POINTS = 9.0
"""Points a tile is taken to measure when room for labels is sought."""

MOST_COLUMNS = 8

FIRM_ROWS = 5
"""Most rows of firms; a world with more firms than fit shows them in the inspector alone."""


@dataclass(frozen=True)
class Layout:
    """Hold positions in the order of the arrays of the state.

    Parameters
    ----------
    places
        Centres of the localities, shape (localities, 2), x before y.
    provinces
        Centres of the provinces, shape (provinces, 2).
    state
        Centre of the tile of the central state's actors.
    firms
        Centres of the firms in the order of the world's table, shape (firms, 2), below their
        title; shape (0, 2) if the open water does not hold them.
    borders
        Edges between countries and along coasts, shape (edges, 4): x0, y0, x1, y1.
    codes
        Where the codes of the countries stand: x, y, text.
    size
        Columns and rows of the whole map.
    """

    places: Floats
    provinces: Floats
    state: tuple[float, float]
    firms: Floats
    borders: Floats
    codes: list[tuple[float, float, str]]
    size: tuple[int, int]


@lru_cache(maxsize=2)
def layout_of(world: World) -> Layout:
    """Return the layout of a world; finding room for its labels takes seconds, once."""
    at = Positions(world)
    cells = world.grid.set_index("code").loc[list(at.locality), ["row", "col"]].to_numpy()
    rows, columns = cells.T.astype(np.int64)
    countries = at.localities["iso3"].map(at.country).to_numpy(dtype=np.int64)
    labels = np.full((rows.max() + 1, columns.max() + 1), SEA, dtype=np.int64)
    labels[rows, columns] = countries
    grid, state = _province_cells([str(code) for code in at.province])
    height = int(grid[:, 0].max()) + 1
    # The lowest place in the west that no locality takes.
    top = max(float(labels.shape[0]) - PROVINCE * height - 0.5, 0.0)
    left = _left_of_land(labels, top) - PROVINCE * (int(grid[:, 1].max()) + 1) - 0.5
    provinces = np.column_stack([grid[:, 1], grid[:, 0]]) * PROVINCE + [left + 0.5, top + 0.5]
    room = Room(labels)
    boxes = code_boxes(room, list(at.country), 7.0, POINTS, False)
    names = list(at.country)
    return Layout(
        places=np.column_stack([columns, rows]).astype(np.float64),
        provinces=provinces,
        state=(state[1] * PROVINCE + left + 0.5, state[0] * PROVINCE + top + 0.5),
        firms=_firms(world, at, labels, [(box.x, box.y) for _, box, _ in boxes]),
        borders=borders(labels),
        codes=[(box.x, box.y, names[country]) for country, box, _ in boxes],
        size=(labels.shape[1], labels.shape[0]),
    )


def _left_of_land(labels: Ints, top: float) -> float:
    """Return the first column with land in the rows from ``top`` on, at least far enough east."""
    land = np.flatnonzero((labels[int(top) :] != SEA).any(axis=0))
    return float(land[0]) if len(land) else float(labels.shape[1])


def _province_cells(codes: list[str]) -> tuple[Ints, tuple[float, float]]:
    """Return row and column of each province, and of the central state's tile.

    Provinces without a place of their own are lined up below the others.
    """
    with Path(__file__).with_name("provinces.csv").open(encoding="utf-8", newline="") as stream:
        known = {r["code"]: (int(r["row"]), int(r["col"])) for r in csv.DictReader(stream)}
    placed = [known[code] for code in codes if code in known]
    below = 1 + max((row for row, _ in placed), default=-1)
    others = iter(range(len(codes)))
    cells = []
    for code in codes:
        if code in known:
            cells.append(known[code])
        else:
            number = next(others)
            cells.append((below + number // MOST_COLUMNS, number % MOST_COLUMNS))
    return np.array(cells, dtype=np.int64), (0.0, 1.0)


def _firms(world: World, at: Positions, labels: Ints, codes: list[tuple[float, float]]) -> Floats:
    """Return a dot for every firm in the north-eastern corner, clear of land and of codes."""
    firms = world.firms
    taken = labels != SEA
    for x, y in codes:
        taken[max(int(y) - 1, 0) : int(y) + 2, max(int(x) - 1, 0) : int(x) + 2] = True
    # The first row is the title's.
    for rows in range(1, FIRM_ROWS + 1):
        columns = -(-len(firms) // rows)
        corner = taken[: rows + 1, -columns:]
        if columns <= taken.shape[1] and not corner.any():
            home = firms["home"].map(at.province).to_numpy()
            order = np.lexsort((firms["code"].to_numpy(dtype=str), home))
            number = np.empty(len(firms), dtype=np.int64)
            number[order] = np.arange(len(firms))
            west = taken.shape[1] - columns
            found = np.column_stack([west + number % columns, 1 + number // columns])
            return found.astype(np.float64)
    return np.zeros((0, 2))


def borders(labels: Ints) -> Floats:
    """Return the edges between tiles of different countries and along coasts, (edges, 4)."""
    padded = np.pad(labels, 1, constant_values=SEA)
    across = np.argwhere(padded[1:] != padded[:-1])
    upright = np.argwhere(padded[:, 1:] != padded[:, :-1])
    r, c = across.T
    flat = np.column_stack([c - 1.5, r - 0.5, c - 0.5, r - 0.5])
    r, c = upright.T
    steep = np.column_stack([c - 0.5, r - 1.5, c - 0.5, r - 0.5])
    return np.concatenate([flat, steep]).astype(np.float64)


def arcs(start: Floats, end: Floats) -> dict[str, Floats]:
    """Return lines that bow to the north, as columns for a quadratic curve.

    Parameters
    ----------
    start, end
        Shape (lines, 2), x before y.
    """
    start, end = start.reshape(-1, 2), end.reshape(-1, 2)
    middle = (start + end) / 2
    length = np.hypot(*(end - start).T)
    return {
        "x0": start[:, 0],
        "y0": start[:, 1],
        "x1": end[:, 0],
        "y1": end[:, 1],
        "cx": middle[:, 0],
        "cy": middle[:, 1] - 0.3 * length,
    }
