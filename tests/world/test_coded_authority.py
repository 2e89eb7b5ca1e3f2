"""The coded index of authority ranks countries as the evidence says and follows reforms."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.world import SHIPPED, load_world
from sim.world.coded_authority import FIRST_YEAR, LAST_YEAR, WEIGHTS, coded_authority


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    return coded_authority(load_world())


def by_country(rows: pd.DataFrame, year: int) -> pd.Series[float]:
    return rows[rows["year"] == year].set_index("iso3")["index"]


def with_country(folder: Path, iso3: str, **cells: str) -> pd.DataFrame:
    path = shutil.copytree(SHIPPED, folder / "world") / "countries.csv"
    frame = pd.read_csv(path, dtype=str, keep_default_na=False).set_index("iso3")
    for field, cell in cells.items():
        frame.loc[iso3, field] = cell
    frame.reset_index().to_csv(path, index=False)
    return coded_authority(load_world(path.parent))


def test_shape_and_range(rows: pd.DataFrame) -> None:
    assert list(rows.columns) == ["iso3", "year", "index", *WEIGHTS]
    assert len(rows) == 33 * (LAST_YEAR - FIRST_YEAR + 1)
    assert rows["index"].between(0, 1).all()
    for name in WEIGHTS:
        assert rows[name].dropna().between(0, 1).all()
    assert rows["year"].dtype == np.int64


def test_weights_make_one() -> None:
    assert sum(WEIGHTS.values()) == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize("year", [2000, 2010, 2020])
def test_two_federations_lead(rows: pd.DataFrame, year: int) -> None:
    ranked = by_country(rows, year).sort_values(ascending=False)
    assert set(ranked.index[:2]) == {"ARG", "BRA"}
    assert ranked.iloc[1] - ranked.iloc[2] > 0.05


def test_small_unitary_islands_have_next_to_none(rows: pd.DataFrame) -> None:
    islands = ["ATG", "BHS", "BRB", "DMA", "GRD", "JAM", "VCT"]
    assert (by_country(rows, 2015)[islands] < 0.05).all()


def test_reform_lifts_chile(rows: pd.DataFrame) -> None:
    chile = rows[rows["iso3"] == "CHL"].set_index("year")["index"]
    assert chile[2020] == pytest.approx(chile[2000])
    assert chile[2020] < 0.15
    assert chile[2020] < chile[2021] < chile[2022] < chile[2030]
    assert chile[2022] - chile[2020] > 0.15


def test_year_of_reform_counts_its_months(rows: pd.DataFrame) -> None:
    chile = rows[rows["iso3"] == "CHL"].set_index("year")
    assert chile.loc[2021, "elected"] == pytest.approx(6 / 12)
    assert chile.loc[2021, "experience"] == 0
    assert chile.loc[2031, "experience"] == pytest.approx(10 / 20)


def test_index_is_the_weighted_mean(rows: pd.DataFrame) -> None:
    full = rows[rows[list(WEIGHTS)].notna().all(axis=1)]
    mean = sum(full[name] * weight for name, weight in WEIGHTS.items())
    assert np.allclose(full["index"], mean, atol=1e-12)


def test_unknown_component_leaves_the_weight_to_the_others(rows: pd.DataFrame) -> None:
    islands = rows[rows["iso3"] == "KNA"]
    assert islands["institutions"].isna().all()
    known = {name: weight for name, weight in WEIGHTS.items() if name != "institutions"}
    mean = sum(islands[name] * weight for name, weight in known.items()) / sum(known.values())
    assert np.allclose(islands["index"], mean, atol=1e-12)


@pytest.mark.parametrize(
    "cells",
    [
        {"foreign_powers": "0.5"},
        {"own_revenue": "0.3"},
        {"federal": "1"},
        {"dpi_state": "2"},
        {"governor_selection": "elected", "elected_since": "1990-01"},
    ],
)
def test_each_component_raises_the_index(
    tmp_path: Path, rows: pd.DataFrame, cells: dict[str, str]
) -> None:
    changed = with_country(tmp_path, "GTM", **cells)
    rise = by_country(changed, 2015) - by_country(rows, 2015)
    assert rise["GTM"] > 0.03
    assert (rise.drop("GTM") == 0).all()
