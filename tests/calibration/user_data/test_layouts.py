"""Lists in the layouts of their publishers; all rows are made up."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from calibration.user_data import ComparisonRequest
from calibration.user_data.layouts import LAYOUTS, Listed, layout_of
from calibration.user_data.user_table import read_observed
from sim.core.errors import InputError
from sim.world import World

GCDF = """\
AidData Record ID,Recommended For Aggregates,Recipient,Recipient ISO-3,Commitment Year,\
Sector Name,Infrastructure,Adjusted Amount (Constant USD 2021),Staff Comments
1,Yes,Brazil,BRA,2010,ENERGY,Yes,250000000.5,made up
2,Yes,Peru,PER,2012.0,TRANSPORT AND STORAGE,Yes,9000000,made up
3,No,Peru,PER,2012,ENERGY,Yes,900000000,made up
4,Yes,Angola,AGO,2012,ENERGY,Yes,900000000,made up
5,Yes,"America, regional",,2013,ENERGY,No,,made up
6,Yes,Bolivia,BOL,2023,ENERGY,Yes,50000000,made up
7,Yes,Ecuador,ECU,2011,ENERGY,Yes,80000000,made up
8,Yes,Chile,CHL,2011,HEALTH,No,,made up
"""
ADM1 = """\
id,shapeID,shapeGroup,shapeName,intersection_ratio,intersection_ratio_commitment_value
1,made-up,BRA,São Paulo,0.5,125000000
1,made-up,BRA,Parana,0.5,125000000
2,made-up,PER,Lima,1,9000000
3,made-up,PER,Cusco,1,9000000
7,made-up,ECU,Azuai,1,80000000
4,made-up,AGO,Luanda,1,70000000
"""
CGIT = """\
A title above the names,,,
,,,
Year,Investor,Quantity in Millions,Country
2010,made up,"$3,100.5",Argentina
2012,made up,50,Brasil
2013,made up,480,Trinidad-Tobago
2014,made up,480,Venezuella
2016,made up,480,Zambia
2016,made up,480,Zambia
"""
SISTERS = """\
country,place,partner,date
Brazil,São Paulo,made up,1988-07-07
Brazil,Curitiba,made up,2003-05
Mexico,MX-DIF,made up,2009-10-19
Chile,Region de Coquimbo,made up,2005
Argentina,Córdoba,made up,2005
Peru,Atlantis,made up,2008
Peru,Lima,made up,
"""


def read(folder: Path, text: str, world: World, value: bool = False, **asked: Any) -> Listed:
    file = folder / "list.csv"
    file.write_text(text, encoding="utf-8")
    return read_observed(file, world, ComparisonRequest(**asked), value=value)


def cells(table: Listed, *columns: str) -> list[tuple[Any, ...]]:
    return list(zip(*(table.rows[name].tolist() for name in columns), strict=True))


def test_records_of_development_finance(tmp_path: Path, world: World) -> None:
    table = read(tmp_path, GCDF, world, layout="gcdf")
    assert cells(table, "unit", "year", "amount") == [
        *(("BRA", 2010, 1.0), ("PER", 2012, 1.0), ("ECU", 2011, 1.0), ("CHL", 2011, 1.0))
    ]
    assert table.level == "country"
    # Not recommended for aggregates, elsewhere, after the last year run.
    assert table.aside == {"where": 1, "elsewhere": 2, "late": 1}
    assert [one["name"] for one in table.unknown["elsewhere"]] == ["Angola", "America, regional"]
    large = read(
        tmp_path, GCDF, world, value=True, layout="gcdf", least=10.0, where=("sector name=energy",)
    )
    assert cells(large, "unit", "amount") == [("BRA", 250.0000005), ("ECU", 80.0)]


def test_units_of_records_take_years_and_conditions_from_these(
    tmp_path: Path, world: World
) -> None:
    records = tmp_path / "records.csv"
    records.write_text(GCDF, encoding="utf-8")
    asked: dict[str, Any] = {"layout": "gcdf-adm1", "records": records}
    table = read(tmp_path, ADM1, world, **asked, where=("Infrastructure=Yes",))
    assert cells(table, "unit", "year") == [("BR-SP", 2010), ("BR-PR", 2010), ("PE-LIM", 2012)]
    assert table.aside == {"where": 1, "elsewhere": 1, "unresolved": 1}
    assert table.unknown["unresolved"] == [{"name": "Azuai, ECU", "rows": 1, "nearest": "EC-A"}]
    # Half the record is over the bound nowhere, the record is.
    large = read(tmp_path, ADM1, world, value=True, **asked, least=200.0)
    assert cells(large, "unit", "amount") == [("BR-SP", 125.0), ("BR-PR", 125.0)]
    # A record in two units of a country is one of the country.
    alone = read(tmp_path, ADM1, world, layout="gcdf-adm1", by="country")
    assert cells(alone, "unit") == [("BRA",), ("PER",), ("PER",), ("ECU",)]
    assert alone.aside == {"elsewhere": 1, "again": 1}


def test_units_that_share_a_name_with_a_city(tmp_path: Path, world: World) -> None:
    units = "id,shapeGroup,shapeName\n1,ARG,Buenos Aires\n"
    assert read(tmp_path, units, world, layout="gcdf-adm1").units == ("AR-B",)
    cities = "country,city\nArgentina,Buenos Aires\nArgentina,Rosario\n"
    table = read(tmp_path, cities, world, layout="sister-cities")
    assert table.units == ("AR-S",)
    assert "AR-C" in table.unknown["unresolved"][0]["nearest"]


def test_conditions_on_the_columns_that_are_read(tmp_path: Path, world: World) -> None:
    table = read(tmp_path, SISTERS, world, layout="sister-cities", where=("country=Brazil|Mexico",))
    assert table.units == ("BR-PR", "MX-CMX")


def test_large_investments_below_titles(tmp_path: Path, world: World) -> None:
    table = read(tmp_path, CGIT, world, layout="cgit")
    assert cells(table, "unit", "year") == [("ARG", 2010), ("TTO", 2013)]
    assert table.aside == {"small": 1, "elsewhere": 2, "unresolved": 1}
    assert table.unknown["elsewhere"] == [{"name": "Zambia", "rows": 2, "nearest": None}]
    assert table.unknown["unresolved"] == [{"name": "Venezuella", "rows": 1, "nearest": "VEN"}]


def test_amounts_as_publishers_and_parquet_have_them(tmp_path: Path, world: World) -> None:
    found = read(tmp_path, CGIT, world, value=True, layout="cgit", least=0.0)
    assert cells(found, "unit", "amount") == [("ARG", 3100.5), ("BRA", 50.0), ("TTO", 480.0)]
    file = tmp_path / "list.parquet"
    columns = {"Year": [2010.0, None], "Quantity in Millions": [310.5, 99.0]}
    pd.DataFrame(columns | {"Country": ["Peru", "Chile"]}).to_parquet(file)
    table = read_observed(file, world, ComparisonRequest(layout="cgit"), value=True)
    assert cells(table, "unit", "year", "amount") == [("PER", 2010, 310.5)]
    assert table.aside == {"no_year": 1}


def test_twinnings_of_units_and_cities(tmp_path: Path, world: World) -> None:
    table = read(tmp_path, SISTERS, world, layout="sister-cities")
    # Curitiba is a city of Paraná, MX-DIF a former code; the country decides on Córdoba.
    assert [unit for (unit,) in cells(table, "unit")] == ["BR-PR", "MX-CMX", "CL-CO", "AR-X"]
    assert table.aside == {"no_year": 1, "unresolved": 1, "early": 1}
    undated = SISTERS.replace("date", "since when")
    assert len(read(tmp_path, undated, world, layout="sister-cities", by="country").rows) == 7


WRONG = {
    "two cells": (
        "cgit",
        CGIT.replace("$3,100.5", "many").replace("2013", "soon"),
        [(4, "Quantity in Millions"), (6, "Year")],
    ),
    "a date the wrong way round": (
        "sister-cities",
        SISTERS.replace("2003-05", "05/2003"),
        [(3, "date")],
    ),
    "no amounts": ("cgit", CGIT.replace("Quantity", "Amount"), [(1, "amount")]),
    "no places": ("sister-cities", "partner,date\nmade up,2003\n", [(1, "country")]),
}


@pytest.mark.parametrize("name", WRONG)
def test_all_wrong_cells_are_told_at_once(name: str, tmp_path: Path, world: World) -> None:
    layout, text, expected = WRONG[name]
    with pytest.raises(InputError) as caught:
        read(tmp_path, text, world, layout=layout)
    assert [(one.line, one.field) for one in caught.value.errors] == expected
    assert all(one.allowed for one in caught.value.errors)


def test_a_condition_on_no_column(tmp_path: Path, world: World) -> None:
    with pytest.raises(InputError, match="Did you mean 'Investor'"):
        read(tmp_path, CGIT, world, layout="cgit", where=("Investr=x",))
    with pytest.raises(InputError, match="COLUMN=VALUE"):
        read(tmp_path, CGIT, world, layout="cgit", where=("Investor",))


def test_every_layout_says_where_and_what_is_counted() -> None:
    assert set(LAYOUTS) == {"gcdf", "gcdf-adm1", "cgit", "sister-cities"}
    assert all(layout.title and layout.country and layout.year for layout in LAYOUTS.values())


@pytest.mark.parametrize(
    ("name", "text"),
    [("gcdf", GCDF), ("gcdf-adm1", ADM1), ("cgit", CGIT), ("sister-cities", SISTERS)],
)
def test_a_published_list_read_as_a_table_of_ones_own_is_told_its_format(
    name: str, text: str, tmp_path: Path, world: World
) -> None:
    file = tmp_path / "list.csv"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="the columns of a published list") as caught:
        read_observed(file, world)
    assert (caught.value.argument, caught.value.nearest) == ("layout", name)


@pytest.mark.parametrize("columns", ["country,year,count", "code,value"])
def test_a_table_of_ones_own_is_taken_for_no_list(columns: str, tmp_path: Path) -> None:
    file = tmp_path / "own.csv"
    file.write_text(f"{columns}\nBRA,2010,1\n", encoding="utf-8")
    assert layout_of(file) is None
