from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.world.endowment import (
    RESOURCE_FACTOR,
    SITE_EXPONENT,
    SIZE_EXPONENT,
    endowment_matrix,
)
from sim.world.tables import World, load_world


@pytest.fixture
def small() -> World:
    """Two countries, three localities, a mine-like and a market-like sector."""
    tables = {
        "countries": pd.DataFrame({"iso3": ["AAA", "BBB"]}),
        "localities": pd.DataFrame(
            {
                "code": ["AA-1", "BB-1", "AA-2"],
                "iso3": ["AAA", "BBB", "AAA"],
                "population": [1_000_000, 100_000, 10_000],
            }
        ),
        "sectors": pd.DataFrame({"code": ["ore", "town"], "size_driven": [0, 1]}),
        "country_sectors": pd.DataFrame(
            {
                "iso3": ["AAA", "AAA", "BBB"],
                "sector": ["ore", "town", "town"],
                "weight": [0.8, 0.5, 1.0],
            }
        ),
        "endowments": pd.DataFrame({"locality": ["AA-2"], "sector": ["ore"], "value": [0.95]}),
    }
    return World(Path("nowhere"), tables, "")


def test_documented_values_count_as_they_are(small: World) -> None:
    assert endowment_matrix(small)[2, 0] == 0.95


def test_units_without_a_known_site_have_none_where_others_have_one(small: World) -> None:
    matrix = endowment_matrix(small)
    assert matrix[0, 0] == 0.0
    assert matrix[1, 0] == 0.0, "a country without a row has no weight"


def test_where_no_site_is_known_most_have_little(small: World) -> None:
    nothing = {**small.tables, "endowments": small.tables["endowments"].iloc[:0]}
    matrix = endowment_matrix(World(Path("nowhere"), nothing, ""))
    assert matrix[0, 0] == pytest.approx(RESOURCE_FACTOR * 0.8)
    assert matrix[2, 0] == pytest.approx(RESOURCE_FACTOR * 0.8 * 0.01**SITE_EXPONENT)


def test_market_sectors_follow_size_across_the_whole_region(small: World) -> None:
    matrix = endowment_matrix(small)
    assert matrix[0, 1] == pytest.approx(0.5), "the largest locality has its country's weight"
    assert matrix[1, 1] == pytest.approx(0.1**SIZE_EXPONENT)
    assert matrix[2, 1] == pytest.approx(0.5 * 0.01**SIZE_EXPONENT)


def test_the_size_rule_is_concave() -> None:
    population = np.linspace(0.01, 1, 100)
    slopes = np.diff(population**SIZE_EXPONENT)
    assert (slopes > 0).all()
    assert (np.diff(slopes) < 0).all()


def test_the_small_world_is_left_as_it_was(small: World) -> None:
    before = {name: frame.copy() for name, frame in small.tables.items()}
    endowment_matrix(small)
    for name, frame in before.items():
        pd.testing.assert_frame_equal(frame, small.tables[name])


def test_the_shipped_world_has_endowments_between_zero_and_one() -> None:
    world = load_world()
    matrix = endowment_matrix(world)
    assert matrix.shape == (len(world.localities), len(world.sectors))
    assert np.isfinite(matrix).all()
    assert (matrix >= 0).all()
    assert (matrix <= 1).all()
    assert (matrix.max(axis=0) > 0).all(), "every sector exists somewhere"


def test_the_shipped_world_keeps_its_documented_values() -> None:
    world = load_world()
    matrix = endowment_matrix(world)
    rows = pd.Index(world.localities["code"]).get_indexer(world.endowments["locality"])
    columns = pd.Index(world.sectors["code"]).get_indexer(world.endowments["sector"])
    np.testing.assert_array_equal(matrix[rows, columns], world.endowments["value"])
