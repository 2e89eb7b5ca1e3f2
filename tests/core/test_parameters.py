"""The table of parameters is data that is checked: each fault is told with its line."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from sim.core.errors import InputError, ManyInputsError
from sim.core.parameters import (
    PARAMETERS,
    TABLE,
    UNITS,
    Parameter,
    default_values,
    prior_terms,
    read_parameters,
)

ENTRY = """# A comment.
[tie.contact]
unit = "share"
low = 0
high = 1.0
default = 0.5  # why
prior = "uniform(0, 1)"
meaning = "What it does."
source = "assumption"
"""


def read(folder: Path, text: str) -> dict[str, Parameter]:
    file = folder / "parameters.toml"
    file.write_text(text, encoding="utf-8")
    return read_parameters(file)


def test_an_entry_is_read_as_it_stands(tmp_path: Path) -> None:
    found = read(tmp_path, ENTRY.replace('prior = "uniform(0, 1)"\n', ""))
    expected = Parameter("tie.contact", "share", 0.0, 1.0, 0.5, "What it does.", "assumption")
    assert found == {"tie.contact": expected}
    assert isinstance(found["tie.contact"].low, float)
    assert (expected.group, expected.field) == ("tie", "tie_contact")
    assert read(tmp_path, ENTRY)["tie.contact"].prior == "uniform(0, 1)"


@pytest.mark.parametrize(
    ("old", "new", "line", "field", "words"),
    [
        ("low = 0\n", "", 2, "tie.contact.low", "is missing. Allowed: a finite number"),
        ('source = "assumption"\n', "", 2, "tie.contact.source", "is missing. Allowed: text"),
        ("low = 0", "lower = 0", 4, "tie.contact.lower", "no such field"),
        ("unit =", "units =", 3, "tie.contact.units", "Did you mean 'unit'?"),
        ("low = 0", 'low = "0"', 4, "tie.contact.low", "'0' is not a finite number"),
        ("low = 0", "low = true", 4, "tie.contact.low", "True is not a finite number"),
        ("high = 1.0", "high = inf", 5, "tie.contact.high", "inf is not a finite number"),
        ("default = 0.5", "default = nan", 6, "tie.contact.default", "nan is not a finite"),
        ('"assumption"', "1", 9, "tie.contact.source", "1 is not text in quotes"),
        ('"assumption"', '" "', 9, "tie.contact.source", "' ' is not text in quotes"),
        ("default = 0.5", "default = 1.5", 6, "tie.contact.default", "low to high, 0 to 1.0"),
        ("low = 0", "low = 1", 4, "tie.contact.low", "1 is out of range"),
        ('"share"', '"shares"', 3, "tie.contact.unit", "Did you mean 'share'?"),
        ("uniform(0, 1)", "uniform(0)", 7, "tie.contact.prior", "lognormal(median"),
        ("uniform(0, 1)", "unifrom(0, 1)", 7, "tie.contact.prior", "is no prior"),
        ("[tie.contact]", "[tie]", 3, "tie.unit", "is no entry of a parameter"),
        ("[tie.contact]", "[tie_a.contact]", 2, "tie_a.contact", "is no entry of a parameter"),
        ("[tie.contact]", 'tie = "x"\n[a.b]', 2, "tie", "is no entry of a parameter"),
        ("low = 0", "low = = 0", 4, None, "is not valid TOML"),
        ("# A comment.", ENTRY.strip(), 10, None, "twice"),
    ],
)
def test_a_fault_is_told_with_file_line_and_field(
    old: str, new: str, line: int, field: str | None, words: str, tmp_path: Path
) -> None:
    assert old in ENTRY
    with pytest.raises(InputError) as caught:
        read(tmp_path, ENTRY.replace(old, new, 1))
    first = caught.value.errors[0]
    assert (first.file, first.line) == (str(tmp_path / "parameters.toml"), line)
    assert first.field == field
    assert words in str(first)


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    other = ENTRY.replace("tie.contact", "tie.other").replace('"share"', '"apples"')
    with pytest.raises(ManyInputsError) as caught:
        read(tmp_path, ENTRY.replace("0.5", "5") + other)
    assert [error.line for error in caught.value.errors] == [6, 12]


def test_the_shipped_table_keeps_its_order_and_uses_every_unit() -> None:
    text = TABLE.read_text(encoding="utf-8")
    headers = [line[1:-1] for line in text.splitlines() if line.startswith("[")]
    assert list(PARAMETERS) == headers
    assert {entry.unit for entry in PARAMETERS.values()} == set(UNITS)
    data = tomllib.loads(text)
    for name, value in default_values().items():
        group, what = name.split(".")
        assert data[group][what]["default"] == value


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("uniform(0, 1)", ("uniform", 0.0, 1.0)),
        (" normal ( -0.7 ,.5e0 ) ", ("normal", -0.7, 0.5)),
        ("log(0, 1)", None),
        ("uniform(0, 1, 2)", None),
        ("", None),
    ],
)
def test_a_prior_is_a_form_and_two_numbers(
    text: str, terms: tuple[str, float, float] | None
) -> None:
    assert prior_terms(text) == terms


ROOT = Path(__file__).resolve().parents[2]
TRY = """
from sim.core import enums
from sim.engine.initial_state import initial_state
from sim.rules.ties import call_for_answer
from sim.scenario.schema import load
from sim.world import load_world
world = load_world()
for share in (0.0, 1.0):
    values = {"turnover.fade": 1.0, "turnover.handover": share}
    w = initial_state(load("baseline", world).with_overrides(parameters=values), world)
    tie = w.tie[0]
    tie.actor, tie.place, tie.turn, tie.latest = 0, 0, enums.LAC, 0
    w.governor[0].since, w.governor[0].invited_by = 1, -1
    call_for_answer(w, 0, 2)
    print(w.governor[0].invited_by)
"""


@pytest.mark.slow
def test_the_documented_example_of_a_new_parameter_works(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "parameters.md").read_text(encoding="utf-8")
    (entry,) = re.findall(r"^```toml\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
    (lines,) = re.findall(r"^```text\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
    before, after = lines.splitlines()
    shutil.copytree(ROOT / "sim", tmp_path / "sim", ignore=shutil.ignore_patterns("app", "report"))
    shutil.copytree(ROOT / "scenarios", tmp_path / "scenarios")
    table = tmp_path / "sim" / "core" / "parameters.toml"
    table.write_text(f"{table.read_text('utf-8')}\n{entry}", encoding="utf-8")
    rules = tmp_path / "sim" / "rules" / "ties.py"
    text = rules.read_text(encoding="utf-8")
    assert text.count(before) == 1
    rules.write_text(text.replace(before, after), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", TRY],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path), "PARADIPLOMACY_COMPILE": "0"},
    )
    assert done.stdout.split() == ["-1", "0"]
