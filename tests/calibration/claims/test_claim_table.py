"""The table of claims: the shipped one is in order, and mistakes are told with their line."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pytest

from calibration.claims.claim import Claim
from calibration.claims.claim_table import TABLE, load_claims, select_claims
from sim.core.errors import InputError

ROOT = Path(__file__).resolve().parents[3]
PLAIN = Path(__file__).parents[1] / "data" / "plain.toml"


@pytest.fixture(scope="module")
def claims() -> tuple[Claim, ...]:
    return load_claims()


@cache
def functions_of(file: Path) -> frozenset[str]:
    """Return the functions of a source file, methods as Class.method."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    names = {node.name for node in tree.body if isinstance(node, kinds)}
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            names |= {f"{node.name}.{m.name}" for m in node.body if isinstance(m, kinds)}
    return frozenset(names)


def nowhere(places: Sequence[str]) -> list[str]:
    """Return the places file:function that do not exist."""
    missing = []
    for place in places:
        file, _, name = place.partition(":")
        path = ROOT / file
        if not path.is_file() or name not in functions_of(path):
            missing.append(place)
    return missing


def test_the_shipped_table_holds_every_claim(claims: tuple[Claim, ...]) -> None:
    assert [claim.id for claim in claims] == [f"M{n:02d}" for n in range(1, 65)]
    assert sum(claim.experiment is None for claim in claims) <= 4


def test_every_claim_lives_where_the_table_says(claims: tuple[Claim, ...]) -> None:
    for claim in claims:
        assert claim.where or claim.not_expressed, claim.id
        assert not nowhere(claim.where), claim.id


def test_the_search_for_places_finds_what_is_missing() -> None:
    there = "sim/rules/basics.py:local_authority"
    assert nowhere([there]) == []
    missing = ["sim/rules/basics.py:nothing", "sim/rules/nowhere.py:local_authority"]
    assert nowhere([there, *missing]) == missing


def test_what_switches_a_claim_off_is_among_what_carries_it(claims: tuple[Claim, ...]) -> None:
    for claim in claims:
        if claim.experiment is not None:
            assert set(claim.experiment.without) & set(claim.parameters), claim.id


def test_a_claim_can_be_told_from_its_table(plain_claims: tuple[Claim, ...]) -> None:
    strain = plain_claims[2]
    assert strain.id == "T03"
    assert strain.args == {"countries": ["ARG", "BRA", "CHL", "MEX", "PER"]}
    assert strain.trial.contrast == "ratio"
    assert strain.trial.without == {"outreach.strain": 0.0}
    assert plain_claims[4].experiment is None


def test_parameters_may_be_nested(tmp_path: Path) -> None:
    text = PLAIN.read_text(encoding="utf-8").replace('"outreach.strain" =', "outreach.strain =")
    (claim,) = [c for c in load_claims(written(tmp_path, text)) if c.id == "T03"]
    assert claim.trial.without == {"outreach.strain": 0.0}


def test_claims_are_chosen_by_identity(plain_claims: tuple[Claim, ...]) -> None:
    assert select_claims(plain_claims, []) == plain_claims
    assert [c.id for c in select_claims(plain_claims, ["t03", " T01"])] == ["T01", "T03"]
    with pytest.raises(InputError) as caught:
        select_claims(plain_claims, ["T1"])
    assert caught.value.nearest == "T01"
    assert "from T01 to T05" in str(caught.value)


def test_thinned_claims_run_less(tmp_path: Path) -> None:
    added = 'thin = { end = "2001-12", replicates = 3 }\n[claim.experiment]'
    text = PLAIN.read_text(encoding="utf-8").replace("[claim.experiment]", added, 1)
    first, second, *_ = load_claims(written(tmp_path, text))
    assert first.thinned().trial.end == "2001-12"
    assert first.thinned().trial.replicates == 3
    assert first.trial.end == "2003-12"
    assert second.thinned() == second


def written(folder: Path, text: str) -> Path:
    file = folder / "claims.toml"
    file.write_text(text, encoding="utf-8")
    return file


# What is replaced in the first claim of the table, by what, and the complaint.
MISTAKES = {
    "statistic": ('"plain_local_visits"', '"plain_local_visit"', "Did you mean 'plain_local_vis"),
    "parameter": ('["outreach.province_rate"]', '["outreach.province_rat"]', "mean 'outreach.prov"),
    "switch": ('{ "outreach.province_rate"', '{ "outreach.province_rat"', "mean 'outreach.prov"),
    "range": ('"outreach.province_rate" = 0.0', '"outreach.province_rate" = 9.0', "from 0 to 0.6"),
    "switch off nothing": ('{ "outreach.province_rate" = 0.0, "outreach.firm_rate" = 0.0 }', "{}",
                           "switches nothing off"),
    "field": ('section = "nowhere"', 'sektion = "nowhere"', "there is no such field"),
    "direction": ('direction = "+"', 'direction = "up"', '"+" or "-"'),
    "threshold": ("above = 120", "", "has no threshold"),
    "thresholds": ("above = 120", "above = 120\nbelow = 50", "is not larger than 'above'"),
    "text": ("above = 120", 'above = "100"', '"100" is not a number'),
    "month": ('end = "2003-12"', 'end = "2003-13"', "is not a month"),
    "order of months": ('end = "2003-12"', 'end = "1999-12"', "outside the model's calendar"),
    "place": ("outreach.py:travels", "outreach travels", "file.py:function"),
    "identity": ('id = "T01"', 'id = "T02"', "is given twice"),
    "form of identity": ('id = "T01"', 'id = "first"', "as in M07"),
    "argument": ('statistic = "plain_local_visits"',
                 'statistic = "plain_local_visits"\nargs = { country = "ARG" }', "does not suit"),
    "code": ('statistic = "plain_local_visits"',
             'statistic = "plain_local_visits"\nargs = { countries = ["ARGG"] }', "mean 'ARG'"),
    "list": ('statistic = "plain_local_visits"',
             'statistic = "plain_local_visits"\nargs = { localities = "visit" }', "'visited'"),
    "contrast": ('end = "2003-12"', 'end = "2003-12"\ncontrast = "ratio"', "nothing to compare"),
    "not expressed": ("above = 120", 'above = 120\nnot_expressed = "why"', "does not go with"),
    "thin": ("above = 120", "above = 120\nthin = { replicates = 0 }", "from 1 to 1000"),
    "thin month": ("above = 120", 'above = 120\nthin = { end = "1999-12" }', "calendar"),
}  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_told_with_its_line(mistake: str, tmp_path: Path) -> None:
    old, new, complaint = MISTAKES[mistake]
    text = PLAIN.read_text(encoding="utf-8")
    assert old in text
    file = written(tmp_path, text.replace(old, new, 1))
    with pytest.raises(InputError) as caught:
        load_claims(file)
    assert complaint in str(caught.value)
    assert caught.value.file == str(file)
    second = text.index("[[claim]]", text.index("[[claim]]") + 1)
    lines = len(text[:second].splitlines()) + 4
    assert caught.value.line is not None
    assert 5 <= caught.value.line <= lines


CHANGES = {
    "country": ('country = ["ARG", "BRA", "CHL"', 'country = ["ARGG", "BRA", "CHL"', "mean 'ARG'"),
    "kind": ('kind = "shock"', 'kind = "shok"', "mean 'shock'"),
    "value": ("value = 1.0", "value = 2.0", "from 0 to 1"),
    "month": ('month = "2001-01"', 'month = "2007-01"', "outside the run"),
    "list": ('country = ["ARG", "BRA", "CHL", "MEX", "PER"]', 'each = "seen"', "is no list"),
    "switch": ("[claim.experiment.change]",
               '[claim.experiment.change]\nparameters = { "outreach.strain" = 1.0 }',
               "is also what switches the claim off"),
}  # fmt: skip


@pytest.mark.parametrize("mistake", CHANGES)
def test_a_mistake_in_a_change_is_told_with_its_line(mistake: str, tmp_path: Path) -> None:
    old, new, complaint = CHANGES[mistake]
    text = PLAIN.read_text(encoding="utf-8")
    assert old in text
    changed = text.replace(old, new, 1)
    with pytest.raises(InputError) as caught:
        load_claims(written(tmp_path, changed))
    assert complaint in str(caught.value)
    line = caught.value.line
    assert line is not None
    assert re.search(r"month =|parameters =|interventions", changed.splitlines()[line - 1])


def test_a_change_must_change_something(tmp_path: Path) -> None:
    text = PLAIN.read_text(encoding="utf-8")
    start = text.index("interventions = [")
    changed = text[:start] + "parameters = {}\n" + text[text.index("]\n\n", start) + 2 :]
    with pytest.raises(InputError, match="changes nothing"):
        load_claims(written(tmp_path, changed))


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("claims = 1", "there is no such table"),
        ("claim = 1", "is not a list of tables"),
        ("[lists]\na = 1", "is not a list of codes"),
        ("lists = 1", "is not a table"),
        ("[lists]\na = ['AR-B']", "is not a list of tables"),
        ("[[claim]\n", "is not valid TOML"),
    ],
)
def test_a_file_that_is_no_table_of_claims(text: str, complaint: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=complaint):
        load_claims(written(tmp_path, text))


def test_the_shipped_table_is_in_the_package() -> None:
    assert TABLE.is_file()
