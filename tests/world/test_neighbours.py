"""Checks of who lies beside whom on the tile map."""

from __future__ import annotations

import numpy as np
import pytest

from sim.core.errors import InputError
from sim.world import World
from sim.world.neighbours import neighbours


def test_neighbours_are_the_eight_cells_around(world: World) -> None:
    start, index = neighbours(world.grid)
    assert start.dtype == index.dtype == np.int32
    assert start.shape == (len(world.grid) + 1,)
    cells = world.grid[["row", "col"]].to_numpy()
    found = np.zeros((len(cells), len(cells)), dtype=bool)
    for i in range(len(cells)):
        found[i, index[start[i] : start[i + 1]]] = True
    near = np.abs(cells[:, None] - cells[None]).max(axis=-1) == 1
    assert (found == near).all()
    assert (found == found.T).all()


def test_neighbours_follow_the_order_asked_for(world: World) -> None:
    codes = list(world.grid["code"])[::-1]
    start, index = neighbours(world.grid, codes)
    there, other = neighbours(world.grid)
    first = {codes[j] for j in index[start[0] : start[1]]}
    assert first == {codes[::-1][j] for j in other[there[-2] : there[-1]]}
    with pytest.raises(InputError, match="'ZZ-1' has no cell"):
        neighbours(world.grid, ["ZZ-1"])
