"""Checks of the tile map: its geography, its search and what is drawn from it."""

from __future__ import annotations

import hashlib
import shutil
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from scipy.ndimage import label
from scipy.stats import spearmanr

from sim.core.errors import InputError
from sim.world import SHIPPED, World, load_world
from tools.tile_map.__main__ import main
from tools.tile_map.figure import grid_figure
from tools.tile_map.grid import check, place, regenerate

# What the committed map was made from: code, country and position of every locality and the land
# borders. If this changes: make tile-map, and update it.
MADE_FROM = "d4f4377b1b5ea766"


@pytest.fixture(scope="module")
def world() -> World:
    return load_world()


@pytest.fixture(scope="module")
def placed(world: World) -> pd.DataFrame:
    """Return localities with their cells."""
    return world.localities.merge(world.grid, on="code", validate="1:1")


def islands(rows: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return a small world: two countries side by side and an island to their north-east."""
    spots = [("AA", 0.0, 0.0), ("BB", 0.0, 3.0), ("CC", 6.0, 9.0)]
    localities = pd.DataFrame(
        [
            (f"{iso3}-{i}", iso3, latitude + i / 3, longitude + i % 2)
            for iso3, latitude, longitude in spots
            for i in range(rows)
        ],
        columns=["code", "iso3", "latitude", "longitude"],
    )
    return localities, pd.DataFrame({"iso3_a": ["AA"], "iso3_b": ["BB"]})


def test_every_locality_has_one_cell_of_its_own(world: World) -> None:
    assert list(world.grid["code"]) == list(world.localities["code"])
    assert not world.grid.duplicated(["row", "col"]).any()


def test_the_committed_map_breaks_no_rule(world: World) -> None:
    assert check(world.grid, world.localities, world.borders) == []


def test_every_country_is_one_block(placed: pd.DataFrame) -> None:
    for _, cells in placed.groupby("iso3"):
        block = np.zeros((placed["row"].max() + 1, placed["col"].max() + 1), dtype=int)
        block[cells["row"], cells["col"]] = 1
        assert label(block)[1] == 1


def contacts(placed: pd.DataFrame, corners: bool) -> set[tuple[str, str]]:
    """Return the pairs of countries that meet along edges, or also at corners."""
    owner = {(r, c): iso3 for iso3, r, c in placed[["iso3", "row", "col"]].itertuples(index=False)}
    steps = [(0, 1), (1, 0)] + ([(1, 1), (1, -1)] if corners else [])
    met = set()
    for (row, column), mine in owner.items():
        for down, right in steps:
            other = owner.get((row + down, column + right), mine)
            if other != mine:
                met.add((min(mine, other), max(mine, other)))
    return met


def land_borders(world: World) -> set[tuple[str, str]]:
    pairs = world.borders[["iso3_a", "iso3_b"]].itertuples(index=False)
    return {(min(a, b), max(a, b)) for a, b in pairs}


def test_countries_touch_exactly_where_they_share_a_land_border(
    world: World, placed: pd.DataFrame
) -> None:
    assert contacts(placed, corners=False) == land_borders(world)


def test_there_is_sea_around_every_island(world: World, placed: pd.DataFrame) -> None:
    on_land = {iso3 for pair in land_borders(world) for iso3 in pair}
    alone = set(placed["iso3"]) - on_land
    assert len(alone) >= 10
    assert not [pair for pair in contacts(placed, corners=True) if alone & set(pair)]


def test_the_map_is_compact(world: World) -> None:
    height, width = world.grid["row"].max() + 1, world.grid["col"].max() + 1
    assert world.grid[["row", "col"]].min().tolist() == [0, 0]
    assert height <= 45
    assert width <= min(45, 1.2 * height)


def test_countries_lie_as_on_the_globe(placed: pd.DataFrame) -> None:
    middle = placed.groupby("iso3")[["latitude", "longitude", "row", "col"]].mean()
    assert spearmanr(middle["latitude"], -middle["row"])[0] > 0.9
    assert spearmanr(middle["longitude"], middle["col"])[0] > 0.9


def test_localities_lie_as_in_their_country(placed: pd.DataFrame) -> None:
    north, east = [], []
    for _, cells in placed.groupby("iso3"):
        if len(cells) >= 16:
            north.append(spearmanr(cells["latitude"], -cells["row"])[0])
            east.append(spearmanr(cells["longitude"], cells["col"])[0])
    assert np.mean(north) > 0.8
    assert np.mean(east) > 0.8
    # A country of one or two columns can't show much of west and east, but must not mirror it.
    assert min(north) > 0.5
    assert min(east) > 0.0


def test_the_committed_map_was_made_from_these_tables(world: World) -> None:
    tables = (
        world.localities[["code", "iso3", "latitude", "longitude"]],
        world.borders[["iso3_a", "iso3_b"]],
    )
    text = "".join(table.to_csv(index=False, lineterminator="\n") for table in tables)
    assert hashlib.sha256(text.encode()).hexdigest()[:16] == MADE_FROM


@pytest.mark.slow
def test_the_committed_map_is_what_placing_gives(world: World) -> None:
    again = place(world.localities, world.borders)
    pd.testing.assert_frame_equal(again, world.grid, check_dtype=False)


@pytest.mark.slow
def test_another_region_gets_a_map(tmp_path: Path) -> None:
    localities, borders = islands(6)
    grid = place(localities, borders)
    assert check(grid, localities, borders) == []
    pd.testing.assert_frame_equal(grid, place(localities, borders))
    middle = localities.merge(grid, on="code").groupby("iso3")[["row", "col"]].mean()
    row, column = middle["row"].to_dict(), middle["col"].to_dict()
    assert column["AA"] < column["BB"]
    assert row["CC"] < row["AA"]

    for name in ("localities", "borders"):
        source = (SHIPPED / f"{name}.csv").read_text(encoding="utf-8").splitlines()
        kept = source[:1] if name == "borders" else source[:9]
        (tmp_path / f"{name}.csv").write_text("\n".join(kept) + "\n", encoding="utf-8")
    assert regenerate(tmp_path) == []
    assert len(pd.read_csv(tmp_path / "grid.csv")) == 8


def test_check_says_what_is_wrong() -> None:
    localities, borders = islands(2)
    grid = pd.DataFrame(
        {"code": localities["code"], "row": [0, 0, 0, 0, 1, 2], "col": [0, 2, 4, 5, 6, 6]}
    )
    assert check(grid, localities, borders) == [
        "AA is torn into 2 pieces.",
        "AA and BB share a land border but don't touch.",
        "There is no sea between BB and CC.",
    ]
    assert check(grid.iloc[1:], localities, borders) == ["No cell for AA-0."]
    same = grid.assign(row=0, col=[0, 0, 1, 2, 4, 5])
    assert check(same, localities, borders) == ["Cell (0, 0) is shared by AA-0, AA-1."]


def test_a_border_of_an_unknown_country_is_refused() -> None:
    localities, _ = islands(2)
    with pytest.raises(InputError, match="'ZZ' has no locality"):
        place(localities, pd.DataFrame({"iso3_a": ["AA"], "iso3_b": ["ZZ"]}))
    with pytest.raises(InputError, match="no locality to place"):
        place(localities.iloc[:0], pd.DataFrame({"iso3_a": [], "iso3_b": []}))


def test_the_tool_says_what_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    assert "one block" in capsys.readouterr().out
    mine = shutil.copytree(SHIPPED, tmp_path / "mine")
    header, first, *rest = (mine / "grid.csv").read_text(encoding="utf-8").splitlines()
    moved = f"{first.split(',')[0]},900,900"
    (mine / "grid.csv").write_text("\n".join([header, moved, *rest, ""]), encoding="utf-8")
    assert main([str(mine)]) == 1
    assert "is torn into 2 pieces" in capsys.readouterr().out
    assert main(["--seed", "-1"]) == 2
    assert main([str(tmp_path / "nowhere")]) == 2
    assert "does not exist" in capsys.readouterr().err


def test_the_plain_map_has_all_labels_on_the_page(world: World) -> None:
    figure = grid_figure(world)
    FigureCanvasAgg(figure)
    figure.draw_without_rendering()
    boxes = {t.get_text(): t.get_window_extent() for t in figure.axes[0].texts}
    assert set(world.countries["iso3"]) <= set(boxes)
    for one, other in combinations(boxes.values(), 2):
        # Extents hold room for letters with descenders, which codes don't have.
        high = min(one.y1, other.y1) - max(one.y0, other.y0)
        wide = min(one.x1, other.x1) - max(one.x0, other.x0)
        assert wide <= 1 or high <= 0.3 * min(one.height, other.height)
    for box in boxes.values():
        assert figure.bbox.x0 <= box.x0 < box.x1 <= figure.bbox.x1
        assert figure.bbox.y0 <= box.y0 < box.y1 <= figure.bbox.y1


def test_the_same_map_gives_the_same_file(world: World, tmp_path: Path) -> None:
    for name in ("a.png", "b.png"):
        assert main(["--figure", str(tmp_path / name)]) == 0
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()
