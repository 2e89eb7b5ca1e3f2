"""The map of outlines draws every locality once, where and as large as it is."""

from __future__ import annotations

import numpy as np
import pytest

from sim.report.label_placement import SEA
from sim.report.outline_map import CELL, SMALL, OutlineGeometry, is_land, middle
from sim.world import World
from sim.world.geography import read_rings
from tools.places.outlines import area


@pytest.fixture(scope="module")
def sheet(world: World) -> OutlineGeometry:
    return OutlineGeometry(world.localities, world.outlines)


def flat_area(ring: np.ndarray) -> float:
    x, y = ring.T
    return float(abs(x @ np.roll(y, 1) - y @ np.roll(x, 1)) / 2)


def test_every_locality_is_an_outline_or_a_dot(sheet: OutlineGeometry, world: World) -> None:
    known = dict(zip(world.outlines["code"], world.outlines["outline"], strict=True))
    assert sheet.codes == list(world.localities["code"])
    assert len(sheet.shapes()) == len(sheet.paths()) == len(sheet.codes)
    for code, rings in zip(sheet.codes, sheet.shapes(), strict=True):
        assert len(rings) == (known[code].count(";") + 1 if code in known else 1)
        assert all(len(ring) >= 3 for ring in rings)
    assert set(sheet.labels.ravel().tolist()) == {SEA, *range(len(sheet.names))}


def test_areas_are_true_but_in_the_frame(sheet: OutlineGeometry, world: World) -> None:
    assert sheet.frame is not None
    left, top = sheet.frame.x - sheet.frame.width / 2, sheet.frame.y - sheet.frame.height / 2
    within = (np.array([sheet.columns, sheet.rows]) > [[left], [top]]).all(axis=0)
    within &= sheet.rows < top + sheet.frame.height
    known = dict(zip(world.outlines["code"], world.outlines["outline"], strict=True))
    framed = set(world.localities["iso3"][within])
    assert set(world.localities["iso3"][~within]).isdisjoint(framed)
    assert 4 < len(framed) < 12
    for code, rings, enlarged in zip(sheet.codes, sheet.shapes(), within, strict=True):
        if code in known:
            ring = read_rings(known[code])[0]
            true = area(np.concatenate([ring, ring[:1]])) / CELL**2
            drawn = flat_area(rings[0])
            assert drawn > 3.0 * true if enlarged else drawn == pytest.approx(true, rel=0.12)


def test_borders_are_coasts_and_frontiers(sheet: OutlineGeometry) -> None:
    border = {tuple(corner) for line in sheet.outlines() for corner in line.round(6).tolist()}
    every = {
        tuple(corner)
        for rings in sheet.shapes()
        for ring in rings
        for corner in ring.round(6).tolist()
    }
    assert border < every
    assert 0.3 < len(border) / len(every) < 0.9


def test_a_hole_runs_the_other_way_round() -> None:
    square = np.array([(0.0, 0.0), (4.0, 0.0), (4.0, 4.0), (0.0, 4.0)])
    assert is_land([square, square[::-1] / 2 + 1, square + 9]) == [True, False, True]
    assert middle(square).tolist() == [2.0, 2.0]


def test_a_region_without_outlines_is_dots(world: World) -> None:
    sheet = OutlineGeometry(world.localities, world.outlines.iloc[:0])
    assert {len(rings) for rings in sheet.shapes()} == {1}
    assert sheet.outlines() == []
    assert 0 < SMALL < 2
