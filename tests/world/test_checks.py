"""Rows and tables that contradict each other give one clear message each."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from sim.core.enums import SIGNALS
from sim.engine.monthly_inputs import month_matrices
from sim.world import load_world
from sim.world.positions import Positions
from sim.world.table_schemas import TABLES, Each

if TYPE_CHECKING:
    from tests.world.conftest import Copy


# Words that are not known: the nearest one is named

NAMES = [
    ("countries", 2, "governor_selection", "electd", "elected"),
    ("recognition", 4, "recognises", "prc", "PRC"),
    ("localities", 10, "iso3", "ARGX", "ARG"),
    ("endowments", 5, "locality", "AR-YY", "AR-Y"),
    ("endowments", 5, "sector", "litium", "lithium"),
    ("firms", 3, "home", "CN-BJJ", "CN-BJ"),
    ("organisation_offices", 2, "organisation", "ccpitt", "ccpit"),
    ("envelopes", 2, "bank", "cdbb", "cdb"),
    ("signals", 2, "signal", "policy_emphasi", "policy_emphasis"),
    ("signal_levels", 3, "signal", "policy_emphasi", "policy_emphasis"),
    ("borders", 2, "iso3_b", "Brasil", "BRA"),
    ("governors", 2, "locality", "Provincia de Jujuy", "AR-Y"),
    ("borders", 2, "iso3_b", "BRAZ", "BRA"),
    ("documented", 2, "kind", "twining", "twinning"),
]


@pytest.mark.parametrize(("name", "line", "field", "cell", "nearest"), NAMES)
def test_unknown_name(
    copied: Copy, name: str, line: int, field: str, cell: str, nearest: str
) -> None:
    copied.recell(name, line, field, cell)
    error = copied.error()
    assert error.file == str(copied.path(name))
    assert (error.line, error.field) == (line, field)
    assert error.nearest == nearest


@pytest.mark.parametrize("name", list(TABLES))
def test_repeated_row(copied: Copy, name: str) -> None:
    path = copied.path(name)
    text = path.read_text(encoding="utf-8")
    last = text.splitlines()[-1]
    path.write_text(text + last + "\n", encoding="utf-8")
    error = copied.error()
    assert error.field == ", ".join(TABLES[name].key)
    assert error.line == len(text.splitlines()) + 1
    assert f"line {len(text.splitlines())}" in error.message


def test_two_localities_in_one_cell(copied: Copy) -> None:
    frame = pd.read_csv(copied.path("grid"), dtype=str)
    copied.recell("grid", 3, "row", frame["row"][0])
    copied.recell("grid", 3, "col", frame["col"][0])
    error = copied.error()
    assert (error.line, error.field) == (3, "row, col")


EACH = [(n, rule) for n, table in TABLES.items() for rule in table.each]


@pytest.mark.parametrize(("name", "rule"), EACH, ids=[n for n, _ in EACH])
def test_row_for_each(copied: Copy, name: str, rule: Each) -> None:
    table, column = rule.refers.split(".")
    value = str(pd.read_csv(copied.path(table), dtype=str)[column].iloc[-1])
    copied.drop(name, rule.column, value)
    error = copied.error()
    if name == "localities":
        # Other tables may name the dropped localities first.
        assert "not in localities.csv" in error.message or value in error.message
        return
    assert error.file == str(copied.path(name))
    assert error.field == rule.column
    assert repr(value) in error.message


@pytest.mark.parametrize("name", ["executives", "recognition"])
def test_first_month_is_covered(copied: Copy, name: str) -> None:
    copied.recell(name, 2, "start", "2000-02")
    if name == "executives":
        copied.recell(name, 2, "start", "2000-01")
        load_world(copied.folder)
        copied.recell(name, 2, "start", "2000-02")
    error = copied.error()
    assert error.field == "iso3"
    assert "that starts by 2000-01" in error.message


def test_starts_are_in_order(copied: Copy) -> None:
    copied.recell("executives", 3, "start", "1999-11")
    error = copied.error()
    assert (error.line, error.field) == (3, "start")
    assert "line 2" in error.message


def test_end_after_start(copied: Copy) -> None:
    copied.recell("governors", 2, "end", "2015-12")
    error = copied.error()
    assert (error.line, error.field) == (2, "end")


def test_overlapping_periods(copied: Copy) -> None:
    header = copied.lines("strains")[0]
    rows = ["PER,2001-01,2003-01,0.5,made up", "PER,2003-01,,0.4,made up"]
    copied.write("strains", [header, *rows])
    load_world(copied.folder)
    copied.write("strains", [header, rows[1], "PER,2001-01,2003-02,0.5,made up"])
    error = copied.error()
    assert (error.line, error.field) == (2, "start")
    assert "overlaps" in error.message


@pytest.mark.parametrize(("selection", "since"), [("elected", ""), ("none", "2001-01")])
def test_elected_since_goes_with_elections(copied: Copy, selection: str, since: str) -> None:
    copied.recell("countries", 4, "governor_selection", selection)
    copied.recell("countries", 4, "elected_since", since)
    error = copied.error()
    assert (error.line, error.field) == (4, "elected_since")
    assert selection in error.message


# --- signals


def test_every_signal_is_declared(copied: Copy) -> None:
    copied.drop("signal_levels", "signal", "us_china_tension")
    copied.drop("signals", "signal", "us_china_tension")
    error = copied.error()
    assert (error.file, error.field) == (str(copied.path("signals")), "signal")
    assert "us_china_tension" in error.message


def test_a_signal_without_a_default_has_a_level_in_every_month(copied: Copy) -> None:
    copied.recell("signals", 2, "default", "")
    load_world(copied.folder)
    copied.recell("signal_levels", 3, "start", "2008-12")
    error = copied.error()
    assert error.message == "policy_emphasis has no level in 2008-11"
    copied.drop("signal_levels", "signal", "policy_emphasis")
    assert copied.error().message == "policy_emphasis has no level in 2000-01"


def test_a_signal_without_rows_stands_at_its_default(copied: Copy) -> None:
    copied.drop("signal_levels", "signal", "policy_emphasis")
    world = load_world(copied.folder)
    signal = month_matrices(world, Positions(world), 24)["signal"]
    assert signal[:, SIGNALS.index("policy_emphasis")].tolist() == [1.0] * 24


def test_levels_of_a_signal_are_within_its_range(copied: Copy) -> None:
    copied.recell("signal_levels", 16, "value", "1000")
    error = copied.error()
    assert (error.line, error.field, error.allowed) == (16, "value", "0 to 1")


def test_the_default_of_a_signal_is_within_its_range(copied: Copy) -> None:
    copied.recell("signals", 4, "default", "2")
    assert copied.error().line == 4


# --- yearly series


@pytest.mark.parametrize(("year", "line"), [("2000", None), ("2013", 15), ("2040", 42)])
def test_a_bank_has_an_envelope_for_every_year(copied: Copy, year: str, line: int | None) -> None:
    frame = copied.frame("envelopes")
    bank = frame["bank"][0]
    kept = frame[(frame["bank"] != bank) | (frame["year"] != year)]
    kept.to_csv(copied.path("envelopes"), index=False, lineterminator="\n")
    error = copied.error()
    # A missing row is pointed at by the one before.
    assert error.line == (None if line is None else line - 1)
    assert (error.file, error.field) == (str(copied.path("envelopes")), "bank, year")
    assert error.message == f"there is no row for {bank!r} in {year}"
    assert "a row for every year from 2000 to 2040" in str(error.allowed)


def test_a_year_that_all_banks_lack_is_refused(copied: Copy) -> None:
    copied.drop("envelopes", "year", "2013")
    assert [error.message[-4:] for error in copied.error().errors] == ["2013", "2013"]


def test_envelopes_of_all_months_are_numbers(copied: Copy) -> None:
    world = load_world(copied.folder)
    envelope = month_matrices(world, Positions(world), 50 * 12)["envelope"]
    assert np.isfinite(envelope).all()


# --- all faults at once


def test_faults_of_all_tables_are_told_at_once(copied: Copy) -> None:
    copied.recell("sectors", 3, "visibility", "2")
    copied.recell("sectors", 4, "visibility", "-1")
    copied.recell("banks", 3, "name", copied.frame("banks")["name"][0].upper())
    copied.recell("endowments", 5, "locality", "AR-YY")
    copied.path("fiscal").unlink()
    found = [(Path(str(e.file)).stem, e.line, e.field) for e in copied.error().errors]
    assert found == [
        ("sectors", 3, "visibility"),
        ("sectors", 4, "visibility"),
        ("endowments", 5, "locality"),
        ("banks", 3, "name"),
        ("fiscal", None, None),
    ]
    assert "5 faults" in str(copied.error())
