"""Files and cells that cannot be read give one clear message each."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from sim.world import load_world
from sim.world.table_schemas import TABLES

if TYPE_CHECKING:
    from tests.world.conftest import Copy


def test_missing_folder(absent: Copy, tmp_path: Path) -> None:
    error = absent.error()
    assert "does not exist" in error.message
    assert error.file == str(tmp_path / "nowhere")


@pytest.mark.parametrize("name", [name for name, table in TABLES.items() if table.of_runs])
def test_missing_table(copied: Copy, name: str) -> None:
    copied.path(name).unlink()
    error = copied.error()
    assert error.file == str(copied.path(name))
    assert "missing" in error.message
    assert TABLES[name].columns[0] in str(error.allowed)


def test_tables_on_which_no_run_depends_may_be_missing_and_do_not_count(copied: Copy) -> None:
    whole = load_world(copied.folder)
    for name in ("country_names", "locality_names"):
        copied.path(name).unlink()
        world = load_world(copied.folder)
        assert world.digest == whole.digest
        assert world.tables[name].empty
        assert list(world.tables[name]) == list(TABLES[name].columns)
    copied.write("countrynames", ["iso3,name,source"])
    assert copied.error().nearest == "countrynames.csv"


def test_misspelt_table(copied: Copy) -> None:
    copied.path("banks").rename(copied.path("bank"))
    assert copied.error().nearest == "bank.csv"


def test_a_table_that_nothing_reads_is_refused_with_the_nearest_name(copied: Copy) -> None:
    for name in ("README.md", "notes.txt", ".~lock.banks.csv#"):
        (copied.folder / name).write_text("notes\n", encoding="utf-8")
    (copied.folder / "drafts.csv").mkdir()
    assert load_world(copied.folder).is_shipped
    copied.write("cross_border", ["code,name,locality_a,locality_b", "x,y,AR-A,CL-AN"])
    error = copied.error()
    assert (error.file, error.nearest) == (str(copied.path("cross_border")), None)
    assert "nothing reads it" in error.message
    copied.path("cross_border").rename(copied.folder / "Agreement.CSV")
    assert copied.error().nearest == "agreements.csv"


def test_bad_utf8(copied: Copy) -> None:
    path = copied.path("localities")
    lines = path.read_bytes().splitlines()
    lines[3] += b"\xff"
    path.write_bytes(b"\n".join(lines))
    error = copied.error()
    assert (error.file, error.line) == (str(path), 4)
    assert "UTF-8" in error.message


def test_null_character(copied: Copy) -> None:
    path = copied.path("sectors")
    path.write_bytes(path.read_bytes().replace(b"a", b"\0", 1))
    assert copied.error().line == 1


@pytest.mark.parametrize("content", ["", "\n"])
def test_empty_file(copied: Copy, content: str) -> None:
    copied.path("sectors").write_text(content, encoding="utf-8")
    error = copied.error()
    assert "empty" in error.message
    assert "central_level" in str(error.allowed)


def test_header_alone(copied: Copy) -> None:
    for name, enough in (("strains", True), ("banks", False)):
        copied.write(name, copied.lines(name)[:1])
        if enough:
            assert load_world(copied.folder).tables[name].empty
        else:
            assert "no rows" in copied.error().message


def test_missing_column(copied: Copy) -> None:
    lines = copied.lines("sectors")
    copied.write("sectors", [lines[0].replace("visibility", "visiblity"), *lines[1:]])
    error = copied.error()
    assert (error.line, error.field, error.nearest) == (1, "visibility", "visiblity")


def test_extra_column(copied: Copy) -> None:
    copied.write("sectors", [f"{line},visible" for line in copied.lines("sectors")])
    error = copied.error()
    assert (error.line, error.field, error.nearest) == (1, "visible", None)


def test_repeated_column(copied: Copy) -> None:
    copied.write("sectors", [f"{line},code" for line in copied.lines("sectors")])
    error = copied.error()
    assert (error.line, error.field) == (1, "code")
    assert "twice" in error.message


def test_wrong_number_of_cells(copied: Copy) -> None:
    lines = copied.lines("sectors")
    lines[4] += ",more"
    copied.write("sectors", lines)
    error = copied.error()
    assert error.line == 5
    assert "the row has" in error.message
    assert str(error.allowed).startswith(f"{len(TABLES['sectors'].columns)} cells")


def test_blank_lines_and_spaces_around_cells_are_nothing(copied: Copy) -> None:
    lines = copied.lines("banks")
    before = load_world(copied.folder).banks
    copied.write("banks", [lines[0], "", *(line.replace(",", " , ", 1) for line in lines[1:]), ""])
    pd.testing.assert_frame_equal(load_world(copied.folder).banks, before)


def test_unclosed_quote(copied: Copy) -> None:
    lines = copied.lines("sectors")
    copied.write("sectors", [*lines, '"' + lines[-1]])
    assert "broken" in copied.error().message


# Broken cells: table, line, field, cell, part of the message

CELLS = [
    ("countries", 2, "gdp_usd_m", "", "blank"),
    ("countries", 2, "gdp_usd_m", "much", "not a number"),
    ("countries", 2, "gdp_usd_m", "nan", "not a number"),
    ("countries", 2, "gdp_usd_m", "1_000", "not a number"),
    ("countries", 2, "gdp_usd_m", "1e999", "too large"),
    ("countries", 5, "gdp_usd_m", "-3", "too small"),
    ("countries", 9, "population", "12.5", "not a whole number"),
    ("countries", 9, "population", "0", "too small"),
    ("countries", 7, "federal", "yes", "neither 0 nor 1"),
    ("countries", 7, "dpi_state", "3", "too large"),
    ("countries", 7, "own_revenue", "1.2", "too large"),
    ("countries", 7, "iso3", "Arg", "wrong form"),
    ("countries", 7, "governor_anchor", "2015", "YYYY-MM"),
    ("countries", 7, "governor_anchor", "2015-13", "YYYY-MM"),
    ("countries", 7, "gdp_source", "", "blank"),
    ("countries", 7, "governor_reelection", "two", "not known"),
    ("executives", 20, "stance", "-1.5", "too small"),
    ("localities", 300, "latitude", "91", "too large"),
    ("localities", 300, "code", "X", "wrong form"),
    ("documented", 3, "date", "May 2016", "wrong form"),
    ("grid", 12, "row", "-1", "too small"),
    ("banks", 2, "name", "B" * 5000, "5,000 characters"),
    ("banks", 2, "source", "0", "no letters"),
    ("banks", 2, "source", "s" * 1001, "1,001 characters"),
    ("banks", 2, "source", "=cmd|'/c calc'!A1", "formula"),
    ("strains", 2, "start", "1950-01", "too early"),
    ("strains", 2, "start", "٢٠٠٠-٠١", "YYYY-MM"),
    ("grid", 12, "row", "1.234", "decimal or a thousand"),
]


@pytest.mark.parametrize(("name", "line", "field", "cell", "said"), CELLS)
def test_bad_cell(copied: Copy, name: str, line: int, field: str, cell: str, said: str) -> None:
    copied.recell(name, line, field, cell)
    error = copied.error()
    assert error.file == str(copied.path(name))
    assert (error.line, error.field) == (line, field)
    assert said in error.message
    assert error.allowed == TABLES[name][field].in_words()


@pytest.mark.parametrize(("name", "field"), [("banks", "name"), ("strains", "start")])
def test_line_breaks_in_cells_are_refused(copied: Copy, name: str, field: str) -> None:
    copied.recell(name, 2, field, f"{copied.frame(name)[field][0]}\n")
    assert (copied.error().line, copied.error().field) == (3, field)
