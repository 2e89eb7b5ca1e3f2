"""A world of several times the size is a world, and its parts don't touch."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.core.errors import InputError
from sim.world import SHIPPED, World, load_world
from sim.world.actors import actor_names
from sim.world.enlargement import enlarged_tables
from sim.world.neighbours import neighbours


@pytest.fixture(scope="module")
def twice(tmp_path_factory: pytest.TempPathFactory) -> World:
    folder = tmp_path_factory.mktemp("twice")
    for name, content in enlarged_tables(2).items():
        (folder / name).write_bytes(content)
    return load_world(folder)


def test_once_is_the_shipped_world() -> None:
    files = enlarged_tables(1)
    assert files == {path.name: path.read_bytes() for path in SHIPPED.glob("*.csv")}


def test_countries_localities_and_actors_are_doubled(twice: World) -> None:
    once = load_world()
    for name in ("countries", "localities", "provinces", "firms", "organisations", "banks"):
        table, double = once.tables[name], twice.tables[name]
        assert len(double) == 2 * len(table)
        # The originals stand first and as they were.
        assert double.iloc[: len(table)].equals(table)
    counts = {kind: len(names) for kind, names in actor_names(once).items()}
    assert {k: len(names) for k, names in actor_names(twice).items()} == {
        kind: 2 * count for kind, count in counts.items()
    }


def test_a_copy_has_the_history_and_figures_of_the_original(twice: World) -> None:
    for name in ("executives", "envelopes", "governors", "programmes"):
        table = twice.tables[name]
        half = len(table) // 2
        for column in table.columns:
            first, second = table[column].iloc[:half], table[column].iloc[half:]
            if column in ("iso3", "bank", "locality"):
                assert not set(first) & set(second)
            else:
                assert first.equals(second.reset_index(drop=True))


def test_the_map_of_a_copy_lies_apart(twice: World) -> None:
    starts, found = neighbours(load_world().grid)
    starts2, found2 = neighbours(twice.grid)
    half = len(starts) - 1
    assert (found2[: len(found)] == found).all()
    assert (found2[len(found) :] == found + half).all()
    assert (starts2[half:] == starts + len(found)).all()


@pytest.mark.parametrize("times", [0, 20])
def test_more_copies_than_codes_are_refused(times: int) -> None:
    with pytest.raises(InputError, match="1 to 19"):
        enlarged_tables(times)


def test_it_is_the_same_each_time(twice: World, tmp_path: Path) -> None:
    for name, content in enlarged_tables(2).items():
        assert (twice.folder / name).read_bytes() == content
