"""The localities that lie beside each other on the tile map."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.core.errors import InputError


def neighbours(
    grid: pd.DataFrame, codes: Sequence[str] | None = None
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """Return the up to eight neighbours of every locality, in rising order, as two int32 arrays.

    Those of locality i are ``neighbour_index[neighbour_start[i]:neighbour_start[i + 1]]``; the
    shapes are (n + 1,) and (number of pairs,). Localities are in the order of ``codes``, or of
    the rows of ``grid``, which has the columns code, row and col.

    InputError if a locality has no cell.
    """
    placed = grid if codes is None else grid.set_index("code").reindex(list(codes))
    if placed[["row", "col"]].isna().any(axis=None):
        missing = placed.index[placed["row"].isna()]
        raise InputError(f"{missing[0]!r} has no cell", file="grid.csv", field="code")
    rows, columns = (placed[name].to_numpy().tolist() for name in ("row", "col"))
    at = {(int(r), int(c)): i for i, (r, c) in enumerate(zip(rows, columns, strict=True))}
    around = [(dr, dc) for dr in (-1, 0, 1) for dc in (-1, 0, 1) if (dr, dc) != (0, 0)]
    lists = [
        sorted(at[r + dr, c + dc] for dr, dc in around if (r + dr, c + dc) in at) for r, c in at
    ]
    start = np.cumsum([0, *map(len, lists)])
    return start.astype(np.int32), np.array([j for found in lists for j in found], dtype=np.int32)
