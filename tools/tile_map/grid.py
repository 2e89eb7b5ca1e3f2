"""The tile map: every locality is one cell, every country one block of cells.

Row 0 is the north, column 0 the west. Countries come first: blocks with as many cells as units,
in the order of the real map; countries with a land border touch along an edge, others don't, and
around every landmass there is sea, corners included. Then the localities of each country are
assigned to its cells by latitude and longitude (linear sum assignment, Crouse 2016). Nothing is
placed by hand, so another region's tables get a map in the same way.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from sim.world.tables import World
    from tools.tile_map.arrangement import TileArrangement
    from tools.tile_map.placement import Floats, Ints

SEED = 6
"""Seed of the first map that is compact and leaves the firms room in the open water."""


def place(localities: pd.DataFrame, borders: pd.DataFrame, seed: int = SEED) -> pd.DataFrame:
    """Place every locality on one cell; takes about ten seconds for 500 localities.

    The same tables and seed always give the same map.

    Parameters
    ----------
    localities
        Columns code, iso3, latitude, longitude (degrees, north and east positive).
    borders
        Land borders, columns iso3_a, iso3_b.
    seed
        Key of the random numbers of the search, not negative.

    Returns
    -------
    pandas.DataFrame
        Columns code, row, col (int64), rows in the order of ``localities``. The best map found;
        :func:`check` tells whether anything is amiss.

    Raises
    ------
    InputError
        If there is no locality, or a border names a country that has none.
    """
    from tools.tile_map.arrangement import blocks
    from tools.tile_map.placement import country_centres, national_clouds, plan

    world = plan(localities, borders)
    clouds = national_clouds(world)
    labels = blocks(world, clouds, country_centres(world, clouds), seed)
    cells = np.full((len(localities), 2), -1, dtype=np.int64)
    for country in range(len(world.names)):
        mine = world.member == country
        cells[mine] = _settled(world.points[mine], np.argwhere(labels == country))
    return pd.DataFrame(
        {"code": localities["code"].to_numpy(), "row": cells[:, 0], "col": cells[:, 1]}
    )


def _settled(points: Floats, cells: Ints) -> Ints:
    """Give each point (x east, y south) a cell (row, column) of its country's block.

    Each axis is stretched to the block twice, linearly and by rank, and the mean of both is
    used: ranks spread out dense parts, the linear part keeps true distances.
    """
    from scipy.optimize import linear_sum_assignment

    wanted = np.column_stack(
        [_stretched(points[:, 1], cells[:, 0]), _stretched(points[:, 0], cells[:, 1])]
    )
    far = ((wanted[:, None] - cells[None]) ** 2).sum(axis=-1)
    # Rounded, so that the last digits of the machine's arithmetic don't decide.
    return np.asarray(cells[linear_sum_assignment(np.rint(far * 1e6))[1]], dtype=np.int64)


def _stretched(values: Floats, cells: Ints) -> Floats:
    rank = np.argsort(np.argsort(values, kind="stable"), kind="stable")
    even = np.quantile(cells, (rank + 0.5) / len(values))
    spread = values.std()
    linear = (values - values.mean()) * (cells.std() / spread if spread > 0 else 0.0) + cells.mean()
    return np.asarray(0.5 * (even + linear), dtype=np.float64)


def check(grid: pd.DataFrame, localities: pd.DataFrame, borders: pd.DataFrame) -> list[str]:
    """Say in one sentence each what is wrong with a map; an empty list means nothing is.

    Parameters
    ----------
    grid
        Columns code, row, col.
    localities
        Columns code, iso3, latitude, longitude.
    borders
        Columns iso3_a, iso3_b.
    """
    from tools.tile_map.arrangement import TileArrangement, kinds
    from tools.tile_map.placement import plan
    from tools.tile_map.regions import SEA

    wrong = _cells_wrong(grid, localities)
    if wrong:
        return wrong
    world = plan(localities, borders)
    cells = grid.set_index("code").loc[localities["code"], ["row", "col"]].to_numpy()
    corner = cells.min(axis=0) - 1
    labels = np.full(tuple(cells.max(axis=0) - corner + 2), SEA, dtype=np.int64)
    labels[tuple((cells - corner).T)] = world.member
    sheet = TileArrangement(labels, kinds(world), world.sizes)
    return _blocks_wrong(sheet, world.names) + _contacts_wrong(sheet, world.names)


def _cells_wrong(grid: pd.DataFrame, localities: pd.DataFrame) -> list[str]:
    wrong = []
    missing = sorted(set(localities["code"]) - set(grid["code"]))
    unknown = sorted(set(grid["code"]) - set(localities["code"]))
    if missing:
        wrong.append(f"No cell for {', '.join(missing)}.")
    if unknown:
        wrong.append(f"Unknown localities {', '.join(unknown)}.")
    if grid["code"].duplicated().any():
        twice = sorted(set(grid.loc[grid["code"].duplicated(), "code"]))
        wrong.append(f"More than one cell for {', '.join(twice)}.")
    for (row, col), shared in grid.groupby(["row", "col"])["code"]:
        if len(shared) > 1:
            wrong.append(f"Cell ({row}, {col}) is shared by {', '.join(sorted(shared))}.")
    return wrong


def _blocks_wrong(sheet: TileArrangement, names: tuple[str, ...]) -> list[str]:
    from scipy.ndimage import label

    from tools.tile_map.arrangement import seas

    wrong = []
    for country, name in enumerate(names):
        pieces = int(label(sheet.labels == country)[1])
        if pieces > 1:
            wrong.append(f"{name} is torn into {pieces} pieces.")
    if seas(sheet.labels) > 1:
        wrong.append("Land encloses a sea.")
    return wrong


def _contacts_wrong(sheet: TileArrangement, names: tuple[str, ...]) -> list[str]:
    from tools.tile_map.arrangement import corners, edges
    from tools.tile_map.regions import BORDER, OVERSEAS

    met = edges(sheet.labels, sheet.sizes)
    near = met + corners(sheet.labels, sheet.sizes)
    wrong = []
    for a, first in enumerate(names):
        for b in range(a + 1, len(names)):
            kind, second = sheet.kind[a, b], names[b]
            if kind == BORDER and met[a, b] == 0:
                wrong.append(f"{first} and {second} share a land border but don't touch.")
            elif kind == OVERSEAS and near[a, b] > 0:
                wrong.append(f"There is no sea between {first} and {second}.")
            elif kind not in (BORDER, OVERSEAS) and met[a, b] > 0:
                wrong.append(f"{first} and {second} touch without sharing a land border.")
    return wrong


def regenerate(world: World | Path | str, seed: int = SEED) -> list[str]:
    """Place a world's localities anew and write its ``grid.csv``.

    Parameters
    ----------
    world
        A world, or its folder; the folder needs no ``grid.csv`` yet.
    seed
        As in :func:`place`.

    Returns
    -------
    list of str
        What :func:`check` finds wrong with the new map; try another seed then.

    Raises
    ------
    InputError
        If ``localities.csv`` or ``borders.csv`` is missing or wrong, or the folder may not be
        written.
    """
    from sim.core.files import write_csv

    folder = Path(world) if isinstance(world, (str, Path)) else world.folder
    localities, borders = (_table(folder, name) for name in ("localities", "borders"))
    grid = place(localities, borders, seed)
    write_csv(folder / "grid.csv", grid)
    return check(grid, localities, borders)


def _table(folder: Path, name: str) -> pd.DataFrame:
    """Read and check one table by itself, since the whole world may lack its map."""
    from sim.core.table_reader import read_table
    from sim.world.checks import check_sheet
    from sim.world.table_schemas import TABLES

    table = TABLES[name]
    sheet = read_table(folder / f"{name}.csv", table.fields, may_be_empty=table.may_be_empty)
    check_sheet(table, sheet)
    sheet.refuse()
    return pd.DataFrame(sheet.values)
