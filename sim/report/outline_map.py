"""The map of outlines: localities where they lie and as large as they are.

Countries too small to be pointed at are drawn larger, side by side in a frame of open sea.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.report.figure_style import Floats
from sim.report.label_placement import SEA, LabelBox, Room
from sim.report.map_geometry import MapGeometry, Rings
from sim.world.geography import read_rings

Corner = tuple[float, float]
CELL = 1.5
"""Degrees that a cell of the map is wide; it is the unit of all positions, as on the tile map."""
SMALL = 2.0 / CELL
"""Cells across up to which a country is drawn enlarged."""
ENLARGED, PITCH = 3.0, 4.5
"""Cells across that an enlarged country is, and from one to the next."""
POINT = 0.3
"""Radius in cells of the dot that stands for a locality without an outline."""


def project(degrees: Floats, centre: Floats) -> Floats:
    """Return where longitudes and latitudes (n, 2) lie, in cells east and south of a centre.

    Areas keep their proportions (Lambert's azimuthal projection of 1772).
    """
    (east, north), (east_0, north_0) = np.radians(degrees).T, np.radians(centre)
    turn, sine, cosine = east - east_0, np.sin(north), np.cos(north)
    inward = np.sin(north_0) * sine + np.cos(north_0) * cosine * np.cos(turn)
    scale = np.degrees(np.sqrt(2.0 / (1.0 + inward))) / CELL
    x = cosine * np.sin(turn)
    y = np.cos(north_0) * sine - np.sin(north_0) * cosine * np.cos(turn)
    return np.column_stack([scale * x, -scale * y])


def _turned(ring: Floats) -> tuple[Floats, Floats]:
    """Return the next corner of each corner, and twice the signed area that both span (n,)."""
    along = np.roll(ring, -1, axis=0)
    return along, ring[:, 0] * along[:, 1] - along[:, 0] * ring[:, 1]


def middle(ring: Floats) -> Floats:
    """Return the centre of gravity of a ring's area."""
    along, cross = _turned(ring)
    total = cross.sum()
    if abs(total) < 1e-9:
        return np.asarray(ring.mean(axis=0))
    return np.asarray((cross[:, None] * (ring + along)).sum(axis=0) / (3.0 * total))


def is_land(rings: Rings) -> list[bool]:
    """Tell which rings run around land, as the first does, and which around a hole in it."""
    turns = [float(_turned(ring)[1].sum()) > 0 for ring in rings]
    return [turn == turns[0] for turn in turns]


def dot(at: Floats, radius: float = POINT) -> Floats:
    """Return a ring around a point."""
    angle = np.linspace(0.0, 2.0 * np.pi, 12, endpoint=False)
    return np.asarray(at + radius * np.column_stack([np.cos(angle), np.sin(angle)]))


class OutlineGeometry(MapGeometry):
    """Hold the outlines of one world's localities, in cells like the tiles of the tile map.

    ``frame`` is the box of the enlarged countries, None if there are none or no room for them.
    """

    inland = 12.0
    pen = 0.05

    def __init__(self, table: pd.DataFrame, outlines: pd.DataFrame) -> None:
        self.codes = [str(code) for code in table["code"]]
        names, self._country = np.unique(table["iso3"].to_numpy(dtype=str), return_inverse=True)
        self.names = [str(name) for name in names]
        texts = dict(zip(outlines["code"], outlines["outline"], strict=True))
        self._degrees = [read_rings(texts[code]) if code in texts else [] for code in self.codes]
        points = table[["longitude", "latitude"]].to_numpy(dtype=np.float64)
        centre = (points.min(axis=0) + points.max(axis=0)) / 2
        at = project(points, centre)
        shapes = [[project(ring, centre) for ring in rings] for rings in self._degrees]
        every = np.concatenate([at, *(ring for rings in shapes for ring in rings)])
        corner = np.floor(every.min(axis=0)) - 1.0
        width, height = (np.ceil(every.max(axis=0) - corner) + 2.0).astype(int).tolist()
        self._at = at - corner
        self._shapes = [[ring - corner for ring in rings] for rings in shapes]
        self.labels = np.full((height, width), SEA, dtype=np.int64)
        small = self._small_countries()
        self._fill_cells(~np.isin(self._country, list(small)))
        self.frame = self._enlarge(small)
        self._fill_cells(np.isin(self._country, list(small)))
        for at, rings in zip(self._at, self._shapes, strict=True):
            if not rings:
                rings.append(dot(at))
        self.columns, self.rows = np.array([middle(rings[0]) for rings in self._shapes]).T
        self._borders = self._find_borders()

    def shapes(self) -> list[Rings]:
        """Return the rings of every locality, the widest first."""
        return self._shapes

    def outlines(self) -> list[Floats]:
        """Return coasts and the borders between countries."""
        return self._borders

    def _find_borders(self) -> list[Floats]:
        owners: dict[frozenset[Corner], set[int]] = {}
        for country, rings in zip(self._country.tolist(), self._degrees, strict=True):
            for side in (side for ring in rings for side in _sides(ring)):
                # What two localities of one country share is no border.
                owners.setdefault(side, set()).symmetric_difference_update({country})
        lines = []
        for degrees, rings in zip(self._degrees, self._shapes, strict=True):
            for sides, ring in zip(map(_sides, degrees), rings, strict=False):
                # Each is drawn once.
                border = np.array([bool(owners.pop(side, ())) for side in sides])
                if border.all():
                    lines.append(np.concatenate([ring, ring[:1]]))
                for start in np.flatnonzero(border & ~np.roll(border, 1)).tolist():
                    count = int(np.argmin(np.roll(border, -start)))
                    lines.append(ring.take(range(start, start + count + 1), 0, mode="wrap"))
        return lines

    def _small_countries(self) -> dict[int, tuple[Floats, Floats]]:
        """Return the corners of the countries too small to be pointed at, from the north."""
        found = {}
        for country in range(len(self.names)):
            rows = np.flatnonzero(self._country == country)
            rings = [ring for row in rows for ring in self._shapes[row]]
            corners = np.concatenate([self._at[rows], *rings])
            if np.ptp(corners, axis=0).max() < SMALL:
                found[country] = corners.min(axis=0), corners.max(axis=0)
        return dict(sorted(found.items(), key=lambda item: float(item[1][0][1])))

    def _enlarge(self, small: Mapping[int, tuple[Floats, Floats]]) -> LabelBox | None:
        """Draw small countries larger, in the open sea that is nearest to them; return its box."""
        if not small:
            return None
        across = int(np.ceil(np.sqrt(len(small))))
        down = -(-len(small) // across)
        middles = np.array([(low + high) / 2 for low, high in small.values()])
        near = tuple(middles.mean(axis=0).tolist())
        size = across * PITCH, down * PITCH
        box = Room(self.labels).open_water(size[0] + 1.0, size[1] + 1.0, 0.3, near)
        if box is None:
            return None
        for number, (country, (low, high)) in enumerate(small.items()):
            cell = np.array([number % across + 0.5, number // across + 0.5]) * PITCH
            to = cell + np.array([box.x - size[0] / 2, box.y - size[1] / 2])
            scale = ENLARGED / max(float((high - low).max()), 0.1)
            for row in np.flatnonzero(self._country == country).tolist():
                self._at[row] = to + scale * (self._at[row] - (low + high) / 2)
                self._shapes[row] = [
                    to + scale * (ring - (low + high) / 2) for ring in self._shapes[row]
                ]
        return box

    def _fill_cells(self, chosen: npt.NDArray[np.bool_]) -> None:
        """Enter which cells localities lie on, so that labels and frames find the open sea."""
        from PIL import Image, ImageDraw

        sheet = Image.new("L", self.labels.shape[::-1], 0)
        pen, rows = ImageDraw.Draw(sheet), np.flatnonzero(chosen).tolist()
        for row in rows:
            for ring in self._shapes[row]:
                pen.polygon(
                    [tuple(corner) for corner in ring.tolist()], int(self._country[row]) + 1
                )
        for row in rows:
            # However small, every country has a cell.
            pen.point(tuple(np.rint(self._at[row]).tolist()), int(self._country[row]) + 1)
        drawn = np.asarray(sheet, dtype=np.int64) - 1
        self.labels = np.where(drawn == SEA, self.labels, drawn)


def _sides(ring: Floats) -> list[frozenset[Corner]]:
    """Return the ends of each side of a ring."""
    corners = [(x, y) for x, y in ring.tolist()]
    return [frozenset(side) for side in zip(corners, [*corners[1:], corners[0]], strict=True)]
