"""Checks of the tile map as a figure."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import PathCollection
from matplotlib.colors import Normalize, PowerNorm, to_rgba
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox

from sim.core.errors import InputError
from sim.report.tilemap import (
    KINDS,
    MISSING,
    ZERO,
    clear_ticks,
    draw_tilemap,
    map_geometry,
)
from sim.world import World


def blank(width: float = 8.0, height: float = 9.0) -> Axes:
    figure = Figure(figsize=(width, height))
    FigureCanvasAgg(figure)
    return figure.add_axes((0.02, 0.02, 0.96, 0.96))


def text_boxes(ax: Axes) -> dict[str, Bbox]:
    """Return the extent of every text of the map, in pixels."""
    figure = ax.get_figure(root=True)
    assert figure is not None
    figure.draw_without_rendering()
    return {t.get_text(): t.get_window_extent() for t in ax.texts}


def overlapping(boxes: dict[str, Bbox]) -> list[tuple[str, str]]:
    def cross(a: Bbox, b: Bbox) -> bool:
        wide = min(a.x1, b.x1) - max(a.x0, b.x0)
        high = min(a.y1, b.y1) - max(a.y0, b.y0)
        # Extents hold room for letters with descenders, which codes don't have.
        return bool(wide > 1 and high > 0.3 * min(a.height, b.height))

    return [(s, t) for s, t in combinations(boxes, 2) if cross(boxes[s], boxes[t])]


def draw(
    ax: Axes, world: World, values: pd.Series, marked: Sequence[str] = (), kind: str = "tiles"
) -> None:
    draw_tilemap(
        ax, world, values, cmap="viridis_r", norm=Normalize(0.0, 600.0), label="Deals",
        highlight=marked, kind=kind,
    )  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_every_country_is_labelled_without_overlap(world: World, kind: str) -> None:
    codes, ax = world.localities["code"], blank()
    draw(ax, world, pd.Series(range(len(codes)), index=codes), list(codes[::70]), kind)
    boxes = text_boxes(ax)
    assert set(world.countries["iso3"]) <= set(boxes)
    assert len(boxes) > len(world.countries) + 5
    assert overlapping(boxes) == []


def test_zero_and_missing_have_their_own_colours(world: World) -> None:
    codes, ax = list(world.localities["code"]), blank()
    draw(ax, world, pd.Series({codes[0]: 0.0, codes[1]: 5.0}))
    tiles = next(c for c in ax.collections if isinstance(c, PathCollection))
    colours = np.asarray(tiles.get_facecolor())
    assert colours[0] == pytest.approx(to_rgba(ZERO))
    assert colours[2] == pytest.approx(to_rgba(MISSING))
    assert len({tuple(colour) for colour in colours[:3]}) == 3
    assert {"none", "no data"} <= {t.get_text() for t in ax.texts}


@pytest.mark.parametrize("value", [0.0, np.nan])
def test_all_zero_or_nothing_known_is_no_error(world: World, value: float) -> None:
    draw(blank(2.0, 2.0), world, pd.Series(value, index=world.localities["code"]))


def test_unknown_marks_are_refused(world: World) -> None:
    with pytest.raises(InputError, match="there is no locality"):
        draw(blank(), world, pd.Series(dtype=float), [f"{world.localities['code'].iloc[0]}X"])


def test_there_are_two_kinds_of_map(world: World) -> None:
    with pytest.raises(InputError, match="no kind of map 'globe'"):
        map_geometry(world, "globe")


@pytest.mark.parametrize("norm", [PowerNorm(0.5, 0.0, 15.7), Normalize(2000.0, 2025.9)])
def test_labels_of_the_scale_stand_apart(norm: Normalize) -> None:
    ticks = clear_ticks(norm, 6.0)
    assert len(ticks) >= 3
    assert np.diff(np.asarray(norm(ticks))).min() >= 1.0 / 6.0
    assert all(tick == round(tick) for tick in ticks)
