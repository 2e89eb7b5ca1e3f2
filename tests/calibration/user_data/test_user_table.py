from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from calibration.user_data import ComparisonRequest
from calibration.user_data.user_table import read_observed
from sim.core.errors import InputError
from sim.world import World


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "mine.csv"


def fault(
    file: Path, text: str | bytes, world: World, request: ComparisonRequest | None = None
) -> InputError:
    """Return the error that a file causes."""
    file.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    with pytest.raises(InputError) as caught:
        read_observed(file, world, request)
    return caught.value


def test_a_table_is_read(file: Path, world: World) -> None:
    file.write_text(
        "\ufeffunit,name,year,sector,count\n"
        'BR-SP,"São Paulo, the state",2010,ports,2\n'
        "\n"
        " AR-Y ,Jujuy,2012,lithium,3\n"
        "BR-SP,,2011,digital,1\n",
        encoding="utf-8",
    )
    table = read_observed(file, world)
    assert (table.measure, table.level, table.aside) == ("count", "locality", {})
    assert sorted(table.units) == ["AR-Y", "BR-SP"]
    assert table.rows["unit"].tolist() == ["BR-SP", "AR-Y", "BR-SP"]
    assert table.rows["amount"].tolist() == [2.0, 3.0, 1.0]
    assert table.rows["year"].tolist() == [2010, 2012, 2011]
    assert table.rows["sector"].tolist() == ["ports", "lithium", "digital"]


def test_localities_add_up_to_countries(file: Path, world: World) -> None:
    file.write_text("unit,value\nBR-SP,1.5\nBRA,2\nCHL,0\n")
    table = read_observed(file, world, ComparisonRequest(by="country"))
    assert table.level == "country"
    assert table.rows["unit"].tolist() == ["BRA", "BRA", "CHL"]


def test_rows_of_other_years_and_countries_are_left_out(file: Path, world: World) -> None:
    file.write_text("unit,year,count\nBRA,1995,1\nBRA,2005,2\nCHL,2005,3\nBRA,2031,4\n")
    table = read_observed(file, world, ComparisonRequest(first=2000, last=2020, within=("BRA",)))
    assert table.rows["amount"].tolist() == [2.0]
    assert table.aside == {"asked": 3}


def test_rows_before_and_after_the_runs_are_set_aside_and_counted(file: Path, world: World) -> None:
    file.write_text("unit,year,count\nBRA,1995,1\nBRA,2005,2\nCHL,2031,3\nBRA,2032,4\n")
    table = read_observed(file, world)
    assert table.rows["amount"].tolist() == [2.0]
    assert table.aside == {"early": 1, "late": 2}
    error = fault(file, "unit,year,count\nBRA,2031,1\n", world)
    assert "no row is left to compare: 1 after the last year run" in str(error)


# Text, line, field, and what the message must hold.
WRONG: dict[str, tuple[str | bytes, int | None, str | None, str]] = {
    "unknown unit": ("unit,count\nBRA,1\nQQQ,2\n", 3, "unit", "'QQQ' is no country or locality"),
    "blank unit": ("unit,count\n,1\n", 2, "unit", "the cell is blank"),
    "small letters": ("unit,count\nbra,1\n", 2, "unit", "Did you mean 'BRA'?"),
    "two letters": ("unit,count\nBR,1\n", 2, "unit", "Did you mean 'BRA'?"),
    "a country's name": ("unit,count\nBrazil,1\n", 2, "unit", "Did you mean 'BRA'?"),
    "a name without its accent": ("unit,count\nSao Paulo,1\n", 2, "unit", "Did you mean 'BR-SP'?"),
    "slip in a code": ("unit,count\nBR_SP,1\n", 2, "unit", "Did you mean 'BR-SP'?"),
    "mixed levels": ("unit,count\nBRA,1\nBR-SP,1\n", 3, "unit", "localities are added up"),
    "a year of two digits": ("unit,year,count\nBRA,15,1\n", 2, "year", "15 is too small"),
    "a date for a year": ("unit,year,count\nBRA,2015-03,1\n", 2, "year", "a year of four digits"),
    "blank year": ("unit,year,count\nBRA,,1\n", 2, "year", "the cell is blank"),
    "unknown sector": ("unit,sector,count\nBRA,port,1\n", 2, "sector", "Did you mean 'ports'?"),
    "a sector's name": (
        "unit,sector,count\nBRA,Metal mining,1\n",
        2,
        "sector",
        "Did you mean 'mining'?",
    ),
    "blank sector": ("unit,sector,count\nBRA,,1\n", 2, "sector", "leave the column out"),
    "part of a count": ("unit,count\nBRA,1.5\n", 2, "count", "'1.5' is not a whole number"),
    "count below zero": ("unit,count\nBRA,-1\n", 2, "count", "-1 is too small"),
    "blank count": ("unit,count\nBRA,\n", 2, "count", "the cell is blank"),
    "word for a count": ("unit,count\nBRA,many\n", 2, "count", "'many' is not a number"),
    "marked thousands": ('unit,count\nBRA,"1,200"\n', 2, "count", "without marks"),
    "not a number": ("unit,value\nBRA,nan\n", 2, "value", "'nan' is not a number"),
    "infinite": ("unit,value\nBRA,1e999\n", 2, "value", "too large"),
    "no unit": ("code,count\nBRA,1\n", 1, "unit", "this column is missing"),
    "slip in a column": ("unit,yaer,count\nBRA,2010,1\n", 1, "yaer", "Did you mean 'year'?"),
    "no measure": ("unit,year\nBRA,2010\n", 1, "count or value", "this column is missing"),
    "both measures": ("unit,count,value\nBRA,1,1\n", 1, "count or value", "cannot both"),
    "column twice": ("unit,count,count\nBRA,1,1\n", 1, "count", "occurs twice"),
    "nameless column": ("unit,count,\nBRA,1,\n", 1, "(a column without a name)", "no such column"),
    "unit missing": ("name,count\nBrazil,1\n", 1, "unit", "this column is missing"),
    "a point that may part thousands": (
        "unit;value\nBRA;1.234\n",
        2,
        "value",
        "may be a decimal or a thousand; write 1234, or 1.2340",
    ),
    "a point that parts thousands": (
        "unit;value\nBRA;2,5\nCHL;1.234\n",
        3,
        "value",
        "write 1234",
    ),
    "two marks for decimals": ("unit;value\nBRA;2,5\nCHL;1.5\n", 3, "value", "other cells a comma"),
    "a column for another": ("country,count\nBRA,1\n", 1, "unit", "Allowed: unit, year"),
    "ragged row": ("unit,count\nBRA,1\nCHL,1,000\n", 3, None, "the row has 3 cells"),
    "broken quotes": ('unit,count\n"BRA"x,1\n', 2, None, "the CSV text is broken"),
    "empty": ("", 1, None, "no line of names"),
    "header alone": ("unit,count\n", 1, None, "the file has no rows"),
    "null character": ("unit,count\nBRA,\0\n", 2, None, "null character"),
    "two encodings": (
        "unit,name,count\nBRA,São,1\n".encode() + "CHL,Valparaíso,1".encode("latin-1"),
        3,
        None,
        "not valid UTF-8",
    ),
    "a workbook": (b"PK\x03\x04", None, None, "a workbook of a spreadsheet"),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_cells_are_pointed_at(case: str, file: Path, world: World) -> None:
    text, line, field, words = WRONG[case]
    error = fault(file, text, world)
    assert (error.file, error.line, error.field) == (str(file), line, field)
    assert words in str(error)
    assert all("\n" not in str(one) for one in error.errors)


def test_a_country_cannot_be_compared_by_locality(file: Path, world: World) -> None:
    error = fault(file, "unit,count\nBR-SP,1\nBRA,1\n", world, ComparisonRequest(by="locality"))
    assert (error.line, error.field) == (3, "unit")


def test_nothing_left(file: Path, world: World) -> None:
    error = fault(
        file, "unit,year,count\nBRA,2005,1\n", world, ComparisonRequest(first=2010, last=2012)
    )
    assert "no row is left" in str(error)


def test_the_example_of_the_documentation_is_a_table(file: Path, world: World) -> None:
    page = Path(__file__).resolve().parents[3] / "docs" / "validate.md"
    example = page.read_text(encoding="utf-8").split("```csv\n")[1].split("```")[0]
    file.write_text(example)
    table = read_observed(file, world)
    assert len(table.rows) == len(example.splitlines()) - 1
    assert len(table.units) >= 5


def test_a_missing_file_and_a_folder(tmp_path: Path, file: Path, world: World) -> None:
    file.write_text("unit,count\nBRA,1\n")
    with pytest.raises(InputError, match=r"no such file.*Did you mean 'mine\.csv'"):
        read_observed(tmp_path / "mime.csv", world)
    with pytest.raises(InputError, match="is a folder"):
        read_observed(tmp_path, world)


EXCEL: dict[str, bytes] = {
    "semicolons and decimal commas": b"unit;value\r\nBR-SP;2,5\r\n",
    "a line that names the mark": b"sep=,\r\nunit,value\r\nBR-SP,2.5\r\n",
    "a line that names semicolons": b"sep=;\r\nunit;value\r\nBR-SP;2,5\r\n",
    "Latin-1": "unit;name;value\r\nBR-SP;São Paulo;2,5\r\n".encode("latin-1"),
    "Unicode text": "unit\tname\tvalue\r\nBR-SP\tSão Paulo\t2,5\r\n".encode("utf-16"),
    "UTF-8 with a mark": "unit;name;value\r\nBR-SP;São Paulo;2,5\r\n".encode("utf-8-sig"),
    "a quoted comma": b'unit,value\nBR-SP,"2,5"\n',
}


@pytest.mark.parametrize("form", EXCEL)
def test_tables_are_read_as_spreadsheets_write_them(form: str, file: Path, world: World) -> None:
    file.write_bytes(EXCEL[form])
    table = read_observed(file, world)
    assert (table.units, table.rows["amount"].tolist()) == (("BR-SP",), [2.5])


def test_all_wrong_cells_are_told_at_once(file: Path, world: World) -> None:
    error = fault(file, "unit,count\nQQQ,1\nBRA,x\n,-1\n", world)
    assert [(one.line, one.field) for one in error.errors] == [
        (2, "unit"),
        (3, "count"),
        (4, "unit"),
        (4, "count"),
    ]
    assert str(error).startswith("4 faults:\n")
    assert error.errors[0].to_json()["line"] == 2


def test_a_parquet_table_is_read(tmp_path: Path, world: World) -> None:
    path = tmp_path / "mine.parquet"
    frame = pd.DataFrame({"unit": ["BRA", "CHL"], "count": [1, 2]})
    frame.to_parquet(path)
    assert read_observed(path, world).rows["amount"].tolist() == [1.0, 2.0]
    frame.assign(count=[1.0, float("nan")]).to_parquet(path)
    with pytest.raises(InputError, match="count, row 2: the cell is blank"):
        read_observed(path, world)


@pytest.mark.parametrize(
    ("text", "nearest"),
    [
        ("unit,count\nRepública Dominicana,1\n", "DOM"),
        ("unit,name,count\nCórdoba,Argentina,1\n", "AR-X"),
        ('unit,note,count\nCórdoba,"a city, Colombia",1\n', "CO-COR"),
        ("unit,name,count\nNI-GRA,Granada,1\n", "NI-GR"),
        ("unit,name,count\nGT-CQ,Perú,1\n", None),
    ],
)
def test_what_stands_beside_a_unit_decides_its_country(
    text: str, nearest: str | None, file: Path, world: World
) -> None:
    assert fault(file, text, world).nearest == nearest


def test_all_that_a_name_may_mean_is_told(file: Path, world: World) -> None:
    error = fault(file, "unit,count\nCórdoba,1\n", world)
    assert "It may mean AR-X (Córdoba, Argentina) or CO-COR (Córdoba, Colombia)." in str(error)
    assert error.to_json()["nearest"] is None
    assert len(error.to_json()["candidates"]) == 2
