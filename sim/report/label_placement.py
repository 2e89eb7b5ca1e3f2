"""Find room for labels on a tile map: on the sea, inside a block, at the end of a line.

Boxes are rows of x, y (of the centre), width and height in tiles: x to the east, y to the south,
tile (row, column) has its centre at x = column, y = row. All searches go through fixed candidates
in a fixed order, so the same map always gets the same labels.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sim.report.figure_style import Floats

Ints = npt.NDArray[np.int64]
SEA = -1


class LabelBox(NamedTuple):
    """Hold a rectangle by its centre and size, in tiles."""

    x: float
    y: float
    width: float
    height: float


def _gaps(boxes: Floats, others: Floats) -> Floats:
    """Return the gaps along x and y between boxes and others, shape (2, boxes, others).

    A negative gap is an overlap.
    """
    # Along one axis after the other, which is several times as fast as along both at once.
    both = [
        np.abs(boxes[:, None, i] - others[:, i]) - (boxes[:, None, i + 2] + others[:, i + 2]) / 2
        for i in (0, 1)
    ]
    return np.asarray(both)


def _distances(boxes: Floats, others: Floats) -> Floats:
    """Return the distance of every box to every other, 0 where they overlap."""
    return np.asarray(np.hypot(*np.maximum(_gaps(boxes, others), 0.0)))


def _candidates(xs: Floats, ys: Floats, width: float, height: float) -> Floats:
    """Return boxes of one size around every pair of coordinates, x running fastest."""
    x, y = (part.ravel() for part in np.meshgrid(xs, ys))
    return np.column_stack([x, y, np.full(len(x), width), np.full(len(x), height)])


class Room:
    """Keep account of what is taken on one map.

    ``labels`` has the country of each tile or ``SEA``, shape (rows, columns).
    """

    def __init__(self, labels: Ints, taken: Iterable[LabelBox] = ()) -> None:
        self.labels = labels
        self.taken = list(taken)
        rows, columns = np.nonzero(labels != SEA)
        ones = np.ones(len(rows))
        self.land = np.column_stack([columns, rows, ones, ones]).astype(np.float64)
        self.owner = labels[rows, columns]

    def free(self, boxes: Floats, gap: float = 0.15) -> npt.NDArray[np.bool_]:
        """Tell which boxes keep their distance from all boxes in use."""
        taken = np.array(self.taken, dtype=np.float64).reshape(-1, 4)
        return np.asarray((_distances(boxes, taken) >= gap).all(axis=1))

    def beside(self, country: int, width: float, height: float) -> Floats:
        """Return boxes on the sea next to a country and next to nothing else, the best first."""
        mine = self.owner == country
        tiles = self.land[mine, :2]
        (west, north), (east, south) = tiles.min(axis=0), tiles.max(axis=0)
        across = np.arange(west - 2.0, east + 2.01, 0.25)
        down = np.arange(north - 1.5, south + 1.51, 0.25)
        boxes = _candidates(across, down, width, height)
        near = _distances(boxes, self.land[mine]).min(axis=1)
        # Only a few are near enough for their distance to the others to matter.
        close = (near >= 0.08) & (near <= 0.6)
        boxes, near = boxes[close], near[close]
        others = _distances(boxes, self.land[~mine]).min(axis=1, initial=9.0)
        fits = others >= near + 0.6
        away = np.linalg.norm(boxes[fits, :2] - tiles.mean(axis=0), axis=1)
        cost = 0.3 * away + near[fits] + 0.5 / others[fits]
        return np.asarray(boxes[fits][np.argsort(cost, kind="stable")])

    def inside(self, country: int, width: float, height: float) -> Floats:
        """Return boxes within a country's block, those nearest to its middle first.

        To lie partly on the sea is better than on a neighbour.
        """
        mine = self.owner == country
        tiles = self.land[mine, :2]
        shifts = np.array([(0.0, 0.0), (0.5, 0.0), (0.0, 0.5), (0.5, 0.5)])
        centres = (tiles[:, None] + shifts).reshape(-1, 2)
        boxes = np.column_stack([centres, np.full((len(centres), 2), (width, height))])
        others = _distances(boxes, self.land[~mine])
        strangers, clear = (others == 0).sum(axis=1), others.min(axis=1, initial=1.5)
        smaller = np.minimum((width, height), 1.0)
        on_own = np.clip(-_gaps(boxes, self.land[mine]), 0.0, smaller[:, None, None])
        on_own = on_own.prod(axis=0).sum(axis=1)
        spill = 1.0 - on_own / (width * height)
        away = np.linalg.norm(centres - tiles.mean(axis=0), axis=1)
        cost = away + 6.0 * strangers + 10.0 * spill - 0.6 * clear
        return boxes[np.argsort(cost, kind="stable")]

    def open_water(
        self, width: float, height: float, margin: float,
        near: tuple[float, float] | None = None, step: float = 1.0,
    ) -> LabelBox | None:  # fmt: skip
        """Return the place for a large box furthest from all land, the lower left if in doubt.

        With ``near``, the one nearest to that point of those that keep the margin. Places are tried
        ``step`` tiles apart.
        """
        rows, columns = self.labels.shape
        across = np.arange(width / 2 - 0.5, columns - width / 2, step)
        up = np.arange(rows - height / 2 - 0.5, height / 2 - 0.5, -step)
        boxes = _candidates(across, up, width, height)
        boxes = boxes[self.free(boxes, 0.5)]
        clear = _distances(boxes, self.land).min(axis=1, initial=99.0)
        if clear.max(initial=0.0) <= margin:
            return None
        if near is not None:
            away = np.linalg.norm(boxes[:, :2] - near, axis=1)
            return LabelBox(*boxes[np.argmin(np.where(clear > margin, away, np.inf))].tolist())
        return LabelBox(*boxes[np.argmax(clear >= clear.max() - 0.01)])


def nearest(box: LabelBox, at: tuple[float, float]) -> tuple[float, float]:
    """Return the point of a box nearest to a point (x, y)."""
    x = min(max(at[0], box.x - box.width / 2), box.x + box.width / 2)
    y = min(max(at[1], box.y - box.height / 2), box.y + box.height / 2)
    return x, y


def extent(text: str, size: float, point: float) -> tuple[float, float]:
    """Return the width and height in tiles of a line in bold type of a size.

    ``size`` and the side of a tile, ``point``, are points.
    """
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import TextPath

    path = TextPath((0, 0), text or " ", size=size, prop=FontProperties(weight="bold"))
    # No curve of a letter reaches beyond its points, which are much quicker to look at.
    return float(path.vertices[:, 0].max()) / point, 0.8 * size / point


def code_boxes(
    room: Room, names: Sequence[str], size: float, point: float, inland: float
) -> list[tuple[int, LabelBox, bool]]:
    """Choose a place for every country's code, the hardest first.

    The boxes chosen are entered in ``room``. Size of the type and side of a tile are points.
    Codes belong on the sea beside their countries where there is room; those of countries with at
    least ``inland`` tiles belong inside.

    Return each country's number, its box, and whether the box lies on tiles.
    """
    cells, shape = room.labels.tobytes(), room.labels.shape
    placed = _placed(cells, shape, tuple(room.taken), tuple(names), size, point, inland)
    room.taken += [box for _, box, _ in placed]
    return list(placed)


@lru_cache(maxsize=8)
def _placed(
    cells: bytes,
    shape: tuple[int, ...],
    taken: tuple[LabelBox, ...],
    names: tuple[str, ...],
    size: float,
    point: float,
    inland: float,
) -> tuple[tuple[int, LabelBox, bool], ...]:
    """Return the places chosen on a map; it takes a second, and a report has several alike."""
    room = Room(np.frombuffer(cells, dtype=np.int64).reshape(shape), taken)
    choices = []
    for country, name in enumerate(names):
        width, height = extent(name, size, point)
        large = (room.owner == country).sum() >= inland
        shore = np.empty((0, 4)) if large else room.beside(country, width, height)
        boxes = np.concatenate([shore, room.inside(country, width, height)])
        choices.append((len(shore), country, boxes))
    placed = []
    for shores, country, boxes in sorted(choices, key=lambda item: item[:2]):
        # Where none is free, the first, which is the best, is taken all the same.
        first = int(np.argmax(room.free(boxes)))
        box = LabelBox(*boxes[first].tolist())
        room.taken.append(box)
        placed.append((country, box, first >= shores))
    return tuple(placed)
