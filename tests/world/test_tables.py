"""The shipped world is complete, sourced and consistent, and loads as described."""

from __future__ import annotations

import pickle
import shutil
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.core.calendar import month_index
from sim.core.table_reader import Column
from sim.world import NO_MONTH, SHIPPED, World, load_world
from sim.world.table_schemas import TABLES, Given


@dataclass(frozen=True)
class Copy:
    """A folder with the shipped world's files."""

    folder: Path

    def path(self, name: str) -> Path:
        return self.folder / f"{name}.csv"


@pytest.fixture(scope="module")
def world() -> World:
    return load_world()


@pytest.fixture
def copied(tmp_path: Path) -> Copy:
    return Copy(shutil.copytree(SHIPPED, tmp_path / "world"))


def test_region_is_complete(world: World) -> None:
    assert len(world.countries) == 33
    assert len(world.localities) == 555
    assert len(world.provinces) == 31
    assert len(world.executives) == 189


def test_columns_and_types_follow_the_schema(world: World) -> None:
    assert set(world.tables) == set(TABLES)
    for name, table in TABLES.items():
        frame = world.tables[name]
        assert tuple(frame.columns) == table.columns
        for field in table.fields:
            column = frame[field.name]
            if field.kind in ("text", "date"):
                assert all(isinstance(cell, str) for cell in column)
            elif field.kind == "month" or (field.kind != "number" and field.required):
                assert column.dtype == np.int64
            else:
                assert column.dtype == np.float64


def test_rows_keep_the_files_order(world: World) -> None:
    written = pd.read_csv(SHIPPED / "localities.csv", dtype=str, keep_default_na=False)
    assert list(world.localities["code"]) == list(written["code"])


def figures_without_source(name: str) -> list[str]:
    table = TABLES[name]
    if any(field.name == "source" for field in table.fields):
        return []
    return [f.name for f in table.fields if f.kind in ("number", "integer", "flag", "month")]


def test_every_table_has_a_source_but_the_placement(world: World) -> None:
    bare = {name for name in TABLES if figures_without_source(name)}
    # Countries and localities have a source per figure; the grid is computed, not measured.
    assert bare == {"countries", "localities", "grid"}
    for name in ("countries", "localities"):
        sources = [c for c in TABLES[name].columns if c.endswith("_source")]
        assert sources
        assert (world.tables[name][sources].map(len) > 5).all(axis=None)
    for frame in world.tables.values():
        if "source" in frame:
            assert (frame["source"].map(len) > 5).all()


def test_assessments_of_executives_have_a_source(world: World) -> None:
    executives = world.executives
    assessed = executives["stance"].notna() | executives["consolidation"].notna()
    assert 15 <= assessed.sum() <= 30
    assert ((executives["stance_source"] != "") == assessed).all()


def test_countries_are_covered_from_the_first_month(world: World) -> None:
    for frame in (world.executives, world.recognition):
        first = frame.groupby("iso3")["start"].min()
        assert set(first.index) == set(world.countries["iso3"])
        assert (first <= 0).all()


def recognising(world: World, month: str) -> int:
    at = month_index(month)
    held = world.recognition[world.recognition["start"] <= at].groupby("iso3")["recognises"].last()
    return int((held == "PRC").sum())


@pytest.mark.parametrize(
    ("month", "count"), [("2000-08", 19), ("2007-06", 21), ("2018-12", 24), ("2023-04", 26)]
)
def test_number_of_recognising_countries(world: World, month: str, count: int) -> None:
    assert recognising(world, month) == count


def test_units_add_up_to_their_country(world: World) -> None:
    sums = world.localities.groupby("iso3")[["population", "gdp_usd_m"]].sum()
    countries = world.countries.set_index("iso3").loc[sums.index]
    assert np.allclose(sums["population"], countries["population"], rtol=1e-3)
    assert np.allclose(sums["gdp_usd_m"], countries["gdp_usd_m"], rtol=1e-3)


def test_localities_carry_their_countrys_code(world: World) -> None:
    iso2 = world.countries.set_index("iso3")["iso2"]
    prefixes = world.localities["code"].str.slice(0, 2)
    assert (prefixes == world.localities["iso3"].map(iso2)).all()


def test_governor_rules_are_usable(world: World) -> None:
    countries = world.countries
    assert (countries["governor_term_months"] >= 36).all()
    assert (countries["governor_anchor"] != NO_MONTH).all()
    elected = countries["governor_selection"] == "elected"
    assert ((countries["elected_since"] != NO_MONTH) == elected).all()


def test_blank_months_and_numbers_have_their_signs(world: World) -> None:
    assert (world.countries["elected_since"] == NO_MONTH).any()
    assert world.executives["stance"].isna().any()


def test_world_is_loaded_once(world: World) -> None:
    assert load_world() is world


def test_world_names_its_tables(world: World) -> None:
    assert world.countries is world.tables["countries"]
    assert "33 countries" in repr(world)
    with pytest.raises(AttributeError, match="contries"):
        _ = world.contries
    assert pickle.loads(pickle.dumps(world)).digest == world.digest  # noqa: S301


def test_digest_ignores_line_ends_but_no_letter(world: World, copied: Copy) -> None:
    path = copied.path("banks")
    content = path.read_bytes()
    path.write_bytes(content.replace(b"\n", b"\r\n"))
    assert load_world(copied.folder).digest == world.digest
    path.write_bytes(content.replace(b"Bank", b"bank"))
    assert load_world(copied.folder).digest != world.digest


def test_byte_order_mark_and_column_order_are_accepted(world: World, copied: Copy) -> None:
    path = copied.path("banks")
    frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    frame[frame.columns[::-1]].to_csv(path, index=False, encoding="utf-8-sig")
    pd.testing.assert_frame_equal(load_world(copied.folder).banks, world.banks)


def test_references_point_at_keys_of_earlier_tables() -> None:
    seen: set[str] = set()
    for name, table in TABLES.items():
        refers = [f.refers for f in table.fields if f.refers] + [e.refers for e in table.each]
        for reference in refers:
            other, column = reference.split(".")
            assert other in seen
            assert TABLES[other].key == (column,)
        seen.add(name)


def test_rules_name_columns_that_exist() -> None:
    for table in TABLES.values():
        named = [*table.key, *table.ascending, *(table.ordered or ()), *(table.differ or ())]
        for columns in table.unique:
            named += columns
        for rule in table.given:
            assert isinstance(rule, Given)
            named += [rule.when, rule.then]
        if table.spans:
            named += [*table.spans, "start", "end"]
        assert set(named) <= set(table.columns)
        assert len(set(table.columns)) == len(table.columns)


def test_fields_say_what_they_hold() -> None:
    for table in TABLES.values():
        for field in table.fields:
            assert isinstance(field, Column)
            assert field.meaning.endswith(".")
            assert field.in_words()
    assert TABLES["countries"]["rai_score"].in_words() == "a number from 0 to 60, or blank"
    assert TABLES["localities"]["iso3"].in_words() == "one of the column iso3 in countries.csv"
