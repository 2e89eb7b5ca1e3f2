"""Where localities lie on a map: a square each on the tile map, or what a subclass draws."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.report.figure_style import Floats
from sim.report.label_placement import SEA, LabelBox

if TYPE_CHECKING:
    from matplotlib.path import Path

TILE = 0.9  # side of a square; the rest is the gap
Rings = list[Floats]
"""Closed rings of corners (n, 2), x before y."""


class MapGeometry:
    """Hold the geometry of one map, x to the east and y to the south.

    ``inland`` is the least number of tiles of a country whose code belongs on its own land, ``pen``
    the width of borders in tiles.
    """

    inland = np.inf
    pen = 0.085
    frame: LabelBox | None = None
    rows: npt.NDArray[Any]
    columns: npt.NDArray[Any]

    def __init__(self, localities: pd.DataFrame, grid: pd.DataFrame) -> None:
        cells = grid.set_index("code").loc[localities["code"], ["row", "col"]].to_numpy()
        self.rows, self.columns = cells.T.astype(np.int64)
        names, member = np.unique(localities["iso3"].to_numpy(dtype=str), return_inverse=True)
        self.names = [str(name) for name in names]
        self.labels = np.full((self.rows.max() + 1, self.columns.max() + 1), SEA, dtype=np.int64)
        self.labels[self.rows, self.columns] = member
        self.codes = [str(code) for code in localities["code"]]

    def shapes(self) -> list[Rings]:
        """Return what is drawn of every locality: here a square."""
        half = TILE / 2
        corner = np.array([(-half, -half), (half, -half), (half, half), (-half, half)])
        centres = np.column_stack([self.columns, self.rows])[:, None]
        return [[square] for square in centres + corner]

    def outlines(self) -> list[Floats]:
        """Return the edges between tiles of different countries and along the coast."""
        padded = np.pad(self.labels, 1, constant_values=SEA)
        lines = []
        for r, c in np.argwhere(padded[1:] != padded[:-1]):
            lines.append(np.array([(c - 1.5, r - 0.5), (c - 0.5, r - 0.5)]))
        for r, c in np.argwhere(padded[:, 1:] != padded[:, :-1]):
            lines.append(np.array([(c - 0.5, r - 1.5), (c - 0.5, r - 0.5)]))
        return lines

    def paths(self) -> list[Path]:
        """Return the shapes as matplotlib draws them, with their holes."""
        from matplotlib.path import Path

        parts = [
            [Path(np.vstack([ring, ring[:1]]), closed=True) for ring in rings]
            for rings in self.shapes()
        ]
        return [Path.make_compound_path(*paths) for paths in parts]
