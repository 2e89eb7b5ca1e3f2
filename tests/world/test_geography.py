"""Localities are compared with their country's totals and with the map."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sim.core.errors import InputError
from sim.world import check_world, load_world
from sim.world.geography import REACH, distance

if TYPE_CHECKING:
    from tests.world.conftest import Copy


def line_of(copied: Copy, code: str) -> int:
    return copied.frame("localities")["code"].tolist().index(code) + 2


def faults(copied: Copy) -> str:
    with pytest.raises(InputError) as caught:
        check_world(copied.folder)
    return str(caught.value)


def test_the_shipped_world_fits_its_countries_and_the_map() -> None:
    world = check_world()
    assert world.digest == load_world().digest
    assert len(world.outlines) > 540
    capitals = world.localities.groupby("iso3")["capital"].sum()
    assert (capitals == 1).all()


@pytest.mark.parametrize("column", ["population", "gdp_usd_m"])
def test_units_that_do_not_add_up_are_told(copied: Copy, column: str) -> None:
    figures = copied.frame("localities").set_index("code")[column]
    line = line_of(copied, "CL-RM")
    copied.recell("localities", line, column, str(int(float(figures["CL-RM"]) * 1.1)))
    said = faults(copied)
    assert f"localities.csv, line {line}" in said
    assert "the units of CHL sum to" in said
    assert column in said
    load_world(copied.folder)


def test_a_neighbours_coordinates_are_told(copied: Copy) -> None:
    line = line_of(copied, "CL-LL")
    copied.recell("localities", line, "latitude", "-39.913")
    copied.recell("localities", line, "longitude", "-73.011")
    said = faults(copied)
    assert f"localities.csv, line {line}" in said
    assert "outside the outline of CL-LL" in said


def test_all_that_does_not_fit_is_told_at_once(copied: Copy) -> None:
    copied.recell("localities", line_of(copied, "AR-Y"), "latitude", "24.2")
    copied.recell("localities", line_of(copied, "BR-SP"), "capital", "1")
    copied.recell("outlines", 5, "outline", "-61.8 17.12 -61.7")
    copied.recell("borders", 2, "iso3_b", "Brasil")
    said = faults(copied)
    for part in ("outline of AR-Y", "the capital of BRA is already on", "half a corner", "Brasil"):
        assert part in said


def test_distance_from_an_outline() -> None:
    square = [(0.0, 0.0), (2.0, 0.0), (2.0, 2.0), (0.0, 2.0)]
    island = [(5.0, 0.0), (6.0, 0.0), (6.0, 1.0)]
    assert distance((1.0, 1.0), [square]) == 0.0
    assert distance((5.8, 0.5), [square, island]) == 0.0
    assert distance((1.0, -REACH), [square]) == pytest.approx(REACH)
    assert distance((3.0, 0.0), [square]) == pytest.approx(1.0)
