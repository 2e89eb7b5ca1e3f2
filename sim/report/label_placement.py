"""Find room for labels on a tile map: on the sea, inside a block, at the end of a line.

Boxes are measured in tiles: x to the east, y to the south, tile (row, column) has its centre at
x = column, y = row. All searches go through fixed candidates in a fixed order, so the same map
always gets the same labels.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
SEA = -1


@dataclass(frozen=True)
class LabelBox:
    """Hold a rectangle by its centre and size, in tiles."""

    x: float
    y: float
    width: float
    height: float

    def apart(self, other: LabelBox) -> float:
        """Return the distance to another box; 0 if they overlap."""
        aside = max(0.0, abs(self.x - other.x) - (self.width + other.width) / 2)
        above = max(0.0, abs(self.y - other.y) - (self.height + other.height) / 2)
        return float(np.hypot(aside, above))


@dataclass
class Room:
    """Keep account of what is taken on one map.

    Parameters
    ----------
    labels
        Country of each tile or ``SEA``, shape (rows, columns).
    taken
        Boxes in use.
    """

    labels: Ints
    taken: list[LabelBox] = field(default_factory=list)

    def __post_init__(self) -> None:
        """List the land tiles."""
        rows, columns = np.nonzero(self.labels != SEA)
        self.land = np.column_stack([columns, rows]).astype(np.float64)
        self.owner = self.labels[rows, columns]

    def shores(self, box: LabelBox) -> Floats:
        """Return the distance of every land tile to a box, 0 where they overlap."""
        aside = np.abs(self.land[:, 0] - box.x) - (box.width + 1) / 2
        above = np.abs(self.land[:, 1] - box.y) - (box.height + 1) / 2
        return np.asarray(np.hypot(np.maximum(aside, 0), np.maximum(above, 0)), dtype=np.float64)

    def free(self, box: LabelBox, gap: float = 0.15) -> bool:
        """Tell whether a box keeps its distance from all boxes in use."""
        return all(box.apart(other) >= gap for other in self.taken)

    def beside(self, country: int, width: float, height: float) -> list[tuple[float, LabelBox]]:
        """Return boxes on the sea next to a country and next to nothing else, with their cost."""
        mine = self.owner == country
        west, north = self.land[mine].min(axis=0)
        east, south = self.land[mine].max(axis=0)
        middle = self.land[mine].mean(axis=0)
        found = []
        for y in np.arange(north - 1.5, south + 1.51, 0.25):
            for x in np.arange(west - 2.0, east + 2.01, 0.25):
                box = LabelBox(float(x), float(y), width, height)
                far = self.shores(box)
                near, others = float(far[mine].min()), float(far[~mine].min(initial=9.0))
                if 0.08 <= near <= 0.6 and others >= near + 0.6:
                    away = float(np.hypot(x - middle[0], y - middle[1]))
                    found.append((0.3 * away + near + 0.5 / others, box))
        return sorted(found, key=lambda item: item[0])

    def inside(self, country: int, width: float, height: float) -> list[tuple[float, LabelBox]]:
        """Return boxes within a country's block, with their cost: distance from its middle."""
        mine = self.owner == country
        middle = self.land[mine].mean(axis=0)
        found = []
        for x, y in self.land[mine]:
            for right, down in ((0.0, 0.0), (0.5, 0.0), (0.0, 0.5), (0.5, 0.5)):
                box = LabelBox(float(x + right), float(y + down), width, height)
                away = float(np.hypot(box.x - middle[0], box.y - middle[1]))
                # To lie partly on the sea is better than on a neighbour.
                others = self.shores(box)[~mine]
                strangers, clear = int((others == 0).sum()), float(others.min(initial=9.0))
                spill = 1.0 - self._share(country, box)
                found.append((away + 6.0 * strangers + 10.0 * spill - 0.6 * min(clear, 1.5), box))
        return sorted(found, key=lambda item: item[0])

    def _share(self, country: int, box: LabelBox) -> float:
        """Return the share of a box that lies on a country's tiles."""
        mine = self.land[self.owner == country]
        wide = np.minimum(mine[:, 0] + 0.5, box.x + box.width / 2)
        wide = wide - np.maximum(mine[:, 0] - 0.5, box.x - box.width / 2)
        high = np.minimum(mine[:, 1] + 0.5, box.y + box.height / 2)
        high = high - np.maximum(mine[:, 1] - 0.5, box.y - box.height / 2)
        covered = (np.maximum(wide, 0) * np.maximum(high, 0)).sum()
        return float(covered) / (box.width * box.height)

    def open_water(self, width: float, height: float, margin: float) -> LabelBox | None:
        """Return the place for a large box furthest from all land, the lower left if in doubt."""
        rows, columns = self.labels.shape
        best, widest = None, margin
        for y in np.arange(rows - height / 2 - 0.5, height / 2 - 0.5, -1.0):
            for x in np.arange(width / 2 - 0.5, columns - width / 2, 1.0):
                box = LabelBox(float(x), float(y), width, height)
                clear = float(self.shores(box).min(initial=99.0))
                if clear > widest + 0.01 and self.free(box, 0.5):
                    best, widest = box, clear
        return best

    def callout(self, at: tuple[float, float], width: float, height: float) -> LabelBox | None:
        """Return a box on the sea for the label of the tile at ``at`` (x, y), or None.

        The line to it should be short and cross little land and no other box.
        """
        rows, columns = self.labels.shape
        best, price = None, np.inf
        for y in np.arange(0.0, rows - 0.5, 0.5):
            for x in np.arange(width / 2 - 0.5, columns - width / 2, 0.5):
                box = LabelBox(float(x), float(y), width, height)
                end = nearest(box, at)
                length = float(np.hypot(end[0] - at[0], end[1] - at[1]))
                if length >= price or length < 1.2:
                    continue
                if float(self.shores(box).min(initial=9.0)) < 0.35 or not self.free(box, 0.4):
                    continue
                cost = length + self._crossings(at, end)
                if cost < price:
                    best, price = box, cost
        return best

    def _crossings(self, start: tuple[float, float], end: tuple[float, float]) -> float:
        """Return the cost of what a straight line crosses."""
        steps = np.linspace(0.0, 1.0, 40)
        xs = start[0] + (end[0] - start[0]) * steps
        ys = start[1] + (end[1] - start[1]) * steps
        beyond = np.hypot(xs - start[0], ys - start[1]) > 0.75
        xs, ys = xs[beyond], ys[beyond]
        rows = np.clip(np.rint(ys).astype(int), 0, self.labels.shape[0] - 1)
        columns = np.clip(np.rint(xs).astype(int), 0, self.labels.shape[1] - 1)
        land = len({(r, c) for r, c in zip(rows, columns, strict=True) if self.labels[r, c] != SEA})
        boxes = sum(
            bool(
                (
                    (np.abs(xs - box.x) < box.width / 2 + 0.2)
                    & (np.abs(ys - box.y) < box.height / 2 + 0.2)
                ).any()
            )
            for box in self.taken
        )
        return 0.6 * land + 8.0 * boxes


def nearest(box: LabelBox, at: tuple[float, float]) -> tuple[float, float]:
    """Return the point of a box nearest to a point (x, y)."""
    x = min(max(at[0], box.x - box.width / 2), box.x + box.width / 2)
    y = min(max(at[1], box.y - box.height / 2), box.y + box.height / 2)
    return x, y


def extent(text: str, size: float, point: float, weight: str = "normal") -> tuple[float, float]:
    """Return the width and height of a text in tiles."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import TextPath

    lines = text.split("\n")
    font = FontProperties(weight=weight)
    wide = max(
        TextPath((0, 0), line or " ", size=size, prop=font).get_extents().x1 for line in lines
    )
    return float(wide) / point, (1.25 * len(lines) - 0.45) * size / point


def code_boxes(
    room: Room, names: Sequence[str], size: float, point: float, inside: bool
) -> list[tuple[int, LabelBox, bool]]:
    """Choose a place for every country's code, the hardest first.

    Parameters
    ----------
    room
        The map; the boxes chosen are entered in it.
    names
        Code of each country.
    size, point
        Size of the type and side of a tile, in points.
    inside
        Whether codes belong inside the blocks; otherwise the sea beside them is preferred.

    Returns
    -------
    list
        Country, its box, and whether the box lies on tiles.
    """
    choices = []
    for country, name in enumerate(names):
        width, height = extent(name, size, point, "bold")
        within = [(cost, box, True) for cost, box in room.inside(country, width, height)]
        outside = [] if inside else room.beside(country, width, height)
        shore = [(cost, box, False) for cost, box in outside]
        choices.append((len(shore), country, shore + within))
    placed = []
    for _, country, options in sorted(choices, key=lambda item: item[:2]):
        fitting = [option for option in options if room.free(option[1])]
        _, box, on_land = (fitting or options)[0]
        room.taken.append(box)
        placed.append((country, box, on_land))
    return placed
