"""Endowments follow one rule from their sources; outlines keep the shape of the units."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.core.errors import InputError
from sim.world import load_world
from tools.places.endowments import BUILT_ANYWHERE, Units, endowments
from tools.places.outlines import area, outlines, read_rings, simplified
from tools.places.weights import MARKETS, country_weights

TABLES = {
    "mines_by_unit": (
        "code,commodity,mines,mines_confident\n"
        "BR-MG,iron ore,36,36\nPE-LMA,copper,4,4\nBO-L,tin,36,0\nBO-P,lithium,1,1\n"
    ),
    "ports_by_unit": (
        "code,large,medium,small,very_small\n"
        "BR-SP,2,0,0,0\nPE-LIM,0,1,0,0\nCL-CO,0,0,0,1\nCL-AN,0,0,0,0\n"
    ),
    "power_plants_by_unit": (
        "code,fuel,mw_to_2010,mw_year_unknown\n"
        "BR-PR,Hydro,9000,0\nAR-Z,Hydro,0,90\nBR-CE,Wind,0,400\nAR-U,Wind,4,0\nAR-U,Biomass,50,0\n"
    ),
    "sector_shares_by_unit": (
        "iso3,code,year,sector,share_of_unit_gdp\n"
        "COL,CO-CAS,2005,oil and gas,0.8\nCOL,CO-MET,2005,oil and gas,0.4\n"
        "COL,CO-CAS,2016,oil and gas,0.0\nCOL,CO-ANT,2005,agriculture,0.1\n"
        "COL,CO-DC,2005,agriculture,0.0\nCHL,CL-BI,2013,manufacturing,0.3\n"
        "CHL,CL-RM,2013,manufacturing,0.1\n"
    ),
    "unit_size_capital": "code,largest_city_population\nAR-X,3000000\n",
}


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    for name, text in TABLES.items():
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    return tmp_path


@pytest.fixture
def made(sources: Path) -> pd.DataFrame:
    land = pd.Series({"AR-U": 20.0, "AR-Y": 5.0, "AR-X": 16.0, "CO-ANT": 5.0, "CO-DC": 0.1})
    return endowments(load_world(), sources, land).set_index(["locality", "sector"])


def value(made: pd.DataFrame, locality: str, sector: str) -> float:
    return float(made["value"].get((locality, sector), 0.0))


def test_listed_sites_count_by_the_root_of_their_number(made: pd.DataFrame) -> None:
    assert value(made, "BR-MG", "mining") == 1.0
    assert value(made, "BO-L", "mining") == 0.5, "uncertain mines count for a quarter"
    assert value(made, "PE-LIM", "mining") == 0.33, "a former code stands for the present one"
    assert value(made, "BO-P", "lithium") == 1.0
    assert value(made, "BO-P", "mining") == 0.0
    assert value(made, "CL-CO", "ports") == 0.25
    assert ("CL-AN", "ports") not in made.index


def test_plants_count_up_to_2010_and_units_without_have_what_their_size_gives(
    made: pd.DataFrame,
) -> None:
    weight = load_world().country_sectors.set_index(["iso3", "sector"])["weight"]
    assert value(made, "BR-PR", "power") == 1.0
    assert value(made, "AR-Z", "power") == pytest.approx(0.1, abs=0.06)
    assert value(made, "BR-CE", "renewables") == 1.0
    least = BUILT_ANYWHERE * weight["ARG", "renewables"]
    assert value(made, "AR-U", "renewables") == pytest.approx(least, abs=0.006)
    assert value(made, "AR-Y", "renewables") == pytest.approx(least / 2.0, abs=0.006)


def test_published_shares_come_before_what_is_generally_known(made: pd.DataFrame) -> None:
    weight = load_world().country_sectors.set_index(["iso3", "sector"])["weight"]
    assert value(made, "CO-MET", "oil_gas") > 0.3
    assert made["source"]["CO-CAS", "oil_gas"] == "DANE accounts"
    assert value(made, "AR-Q", "oil_gas") == weight["ARG", "oil_gas"]
    assert made["source"]["AR-Q", "oil_gas"].endswith("unverified")
    assert value(made, "CO-DC", "agriculture") == 0.0
    assert value(made, "CL-BI", "manufacturing") > 0.0
    assert value(made, "AR-X", "agriculture") > value(made, "AR-Y", "agriculture")


def test_values_are_skewed(made: pd.DataFrame) -> None:
    power = made.xs("power", level="sector")["value"]
    assert power.median() < power.mean() < 0.5 * power.max()


def test_countries_weigh_by_sites_production_and_product(sources: Path) -> None:
    world = load_world()
    units = Units(world, sources, pd.Series({"AR-X": 16.0, "BR-SP": 64.0}))
    table = country_weights(units)
    assert len(table) == len(world.countries) * len(world.sectors)
    weight = table.set_index(["iso3", "sector"])["weight"]
    assert weight["BRA", "mining"] == 1.0
    assert weight["BOL", "mining"] == 0.5
    assert weight["CHL", "ports"] == 0.25
    assert weight["ARG", "lithium"] == 0.0
    assert weight["MEX", "oil_gas"] == 1.0
    assert weight["BRA", "agriculture"] == 1.0 > weight["ARG", "agriculture"] > 0.0
    for sector, factor in MARKETS.items():
        assert weight["BRA", sector] == pytest.approx(min(factor, 1.0), abs=0.006)
        assert weight["MEX", sector] > weight["CHL", sector] > weight["ATG", sector] > 0.0


def test_a_missing_source_is_told(sources: Path) -> None:
    (sources / "ports_by_unit.csv").unlink()
    with pytest.raises(InputError, match="missing"):
        endowments(load_world(), sources, pd.Series(dtype=float))


def test_shipped_endowments_come_from_the_rule_alone() -> None:
    world = load_world()
    table = world.endowments
    said = set(table["source"])
    assert not [x for x in said | set(world.country_sectors["source"]) if "report" in x]
    assert len(said) < 12
    assert table["locality"].nunique() > 540


def test_outlines_are_simplified_and_former_codes_put_together(tmp_path: Path) -> None:
    angle = np.linspace(0.0, 2.0 * np.pi, 361)
    circle = np.column_stack([3.0 * np.cos(angle), 3.0 * np.sin(angle)])
    rough = simplified(circle, 0.2)
    assert 4 < len(rough) < 40
    assert area(rough) == pytest.approx(area(circle), rel=0.1)
    features = [
        {
            "properties": {"code": code},
            "geometry": {"type": "Polygon", "coordinates": [(circle + shift).tolist()]},
        }
        for code, shift in (("OLD", 10.0), ("NEW", 0.0))
    ]
    path = tmp_path / "units.geojson"
    path.write_text(json.dumps({"features": features}), encoding="utf-8")
    table = outlines(read_rings(path, {"OLD": "NEW"}))
    assert table["code"].tolist() == ["NEW"]
    assert table["outline"][0].count(";") == 1


def test_what_is_no_geojson_is_told(sources: Path) -> None:
    with pytest.raises(InputError, match="GeoJSON"):
        read_rings(sources / "ports_by_unit.csv", {})
