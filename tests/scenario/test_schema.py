"""Scenario files are read, merged and checked, and mistakes are placed at their line."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

from sim.core.errors import InputError
from sim.core.parameters import PARAMETERS
from sim.scenario.interventions import KINDS
from sim.scenario.reading import LARGEST_FILE
from sim.scenario.schema import Scenario, build, find, load, names, outline, shipped_folder
from sim.scenario.toml_dump import literal
from sim.scenario.writing import starter
from sim.world import World

HEAD = 'name = "x"\ntitle = "X"\n'
Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def file(text: str | bytes, name: str = "x") -> Path:
        path = tmp_path / f"{name}.toml"
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    return file


@pytest.fixture
def world() -> World:
    """Return a world with a few names, none of them real."""
    tables = {
        "countries": pd.DataFrame(
            {"iso3": ["AAA", "BBB"], "iso2": ["A", "B"], "name": ["Alland", "Beland"]}
        ),
        "localities": pd.DataFrame(
            {"code": ["A-1", "B-1"], "iso3": ["AAA", "BBB"], "name": ["Norland", "Sorland"]}
        ).assign(type="Province"),
        "country_names": pd.DataFrame({"iso3": ["AAA"], "name": ["Republic of Alland"]}),
        "locality_names": pd.DataFrame({"locality": ["B-1"], "name": ["Old Sorland"]}),
        "banks": pd.DataFrame({"code": ["one"], "name": ["First Bank"]}),
        "signals": pd.DataFrame(
            {"signal": ["weather"], "low": [0.0], "high": [2.0], "meaning": ["Rain."]}
        ),
    }
    tables["cities"] = pd.DataFrame({"code": [], "name": [], "locality": []}, dtype=str)
    return cast("World", SimpleNamespace(tables=tables))


def error_of(path: str | Path, world: World | None = None) -> InputError:
    with pytest.raises(InputError) as caught:
        load(path, world=world)
    return caught.value


def intervention(**fields: Any) -> str:
    lines = [f"{key} = {literal(value)}" for key, value in fields.items()]
    return "\n".join(["[[interventions]]", *lines]) + "\n"


# --- the shipped scenarios


@pytest.mark.parametrize("name", names())
def test_shipped_scenarios_load_and_explain_themselves(name: str) -> None:
    scenario = load(name)
    text = find(name).read_text("utf-8")
    assert scenario.name == name
    assert scenario.question.endswith("?")
    assert f"paradiplomacy run {name}" in text
    assert "# Evidence: Myers (2020)" in text


@pytest.mark.parametrize("name", names())
def test_what_ifs_pair_with_the_baseline(name: str) -> None:
    scenario, baseline = load(name), load("baseline")
    assert scenario.lineage[-1:] == (() if name == "baseline" else ("baseline",))
    later = "outlook" in (name, *scenario.lineage)
    assert scenario.end == (load("outlook") if later else baseline).end
    for field in ("start", "seed", "replicates"):
        assert getattr(scenario, field) == getattr(baseline, field)


def test_each_what_if_changes_something() -> None:
    same = {"baseline", "jujuy", "outlook"}
    changed = {n for n in names() if load(n).parameters or load(n).interventions}
    assert changed == set(names()) - same


def test_baseline_covers_the_history_with_default_parameters() -> None:
    baseline = load("baseline")
    assert (baseline.start_month, baseline.end_month, baseline.n_months) == (0, 251, 252)
    assert (baseline.seed, baseline.replicates) == (2020, 20)
    assert baseline.parameter_values() == {n: p.default for n, p in PARAMETERS.items()}


@pytest.mark.parametrize("name", names())
def test_a_dump_loads_to_the_same_scenario(name: str, write: Write) -> None:
    scenario = load(name)
    again = load(write(scenario.dump_toml(), "dump"))
    assert again == scenario
    assert again.digest == scenario.digest


def test_every_field_of_the_schema_is_described() -> None:
    for name, field in Scenario.model_fields.items():
        assert field.description, name


def test_scenarios_are_frozen() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        load("baseline").seed = 1


# --- finding and merging


def test_names_and_find_agree() -> None:
    assert "baseline" in names()
    assert find("baseline") == shipped_folder() / "baseline.toml"
    with pytest.raises(InputError) as caught:
        find("juju")
    assert caught.value.nearest == "jujuy"


@pytest.mark.parametrize("name", ["", "nothing-like-it", "../baseline", "a\0b", "n" * 5000, "."])
def test_unknown_scenarios_are_refused(name: str) -> None:
    error_of(name)


def test_a_missing_file_suggests_its_neighbour(write: Write, tmp_path: Path) -> None:
    beside = write(HEAD, "drought")
    assert error_of(tmp_path / "drougt.toml").nearest == str(beside)
    assert error_of(tmp_path / "no" / "baselin.toml").nearest == "baseline"


def test_name_and_title_come_from_the_file_if_not_given(write: Write) -> None:
    scenario = load(write("seed = 1", "My Idea"))
    assert (scenario.name, scenario.title) == ("my-idea", "my-idea")
    assert scenario.start == "2000-01"


def test_a_byte_order_mark_and_windows_line_ends_are_accepted(write: Write) -> None:
    assert load(write(b"\xef\xbb\xbf" + HEAD.replace("\n", "\r\n").encode())).title == "X"


def test_children_override_parents_and_append_interventions(write: Write) -> None:
    shock = {"month": "2010-01", "kind": "shock", "what": "fiscal", "value": 0.5}
    write(
        'title = "P"\nquestion = "Q?"\nseed = 5\nend = "2015-12"\nfocus = ["AR-Y"]\n'
        '[parameters]\n"turnover.fade" = 0.1\ntie.contact = 0.3\n' + intervention(**shock),
        "parent",
    )
    child = load(
        write(
            'extends = "parent"\nseed = 6\nfocus = []\n[parameters.turnover]\nfade = 0.2\n'
            + intervention(**{**shock, "month": "2005-01"}),
            "child",
        )
    )
    assert (child.name, child.title, child.question) == ("child", "child", "")
    assert (child.seed, child.end, child.focus) == (6, "2015-12", ())
    assert child.parameters == {"turnover.fade": 0.2, "tie.contact": 0.3}
    assert [c.month for c in child.interventions] == ["2010-01", "2005-01"]
    assert child.lineage == ("parent",)
    assert child.parameter_values()["tie.contact"] == 0.3


def test_a_copy_of_a_shipped_scenario_extends_the_shipped_one(write: Write) -> None:
    assert load(write('extends = "jujuy"', "jujuy")).lineage == ("jujuy", "baseline")


def test_a_sibling_goes_before_a_shipped_scenario_of_its_name(write: Write) -> None:
    write("seed = 9", "baseline")
    assert load(write('extends = "baseline"')).seed == 9


def test_extends_takes_a_path_from_the_files_own_folder(write: Write, tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    write("seed = 9", "sub/parent")
    assert load(write('extends = "sub/parent.toml"')).seed == 9


def test_circles_are_reported_with_the_chain(write: Write) -> None:
    write('extends = "b"', "a")
    write('\nextends = "c"', "b")
    error = error_of(write('# comment\n\nextends = "a"', "c"))
    assert "c → a → b → c" in error.message
    assert (Path(str(error.file)).stem, error.line, error.field) == ("b", 2, "extends")
    assert "a → a" in error_of(write('extends = "a.toml"', "a")).message


def test_missing_parents_are_reported_with_the_chain(write: Write) -> None:
    write('seed = 1\nextends = "basline"', "b")
    error = error_of(write('extends = "b"', "a"))
    assert "(a → b → basline)" in error.message
    assert (error.line, error.nearest) == (2, "baseline")


def test_a_parents_mistake_is_placed_in_the_parents_file(write: Write) -> None:
    parent = write('\n[parameters]\n"turnover.fade" = 7', "parent")
    error = error_of(write('extends = "parent"', "child"))
    assert (error.file, error.line) == (str(parent), 3)


def test_the_childs_own_mistake_comes_first(write: Write) -> None:
    write("seed = -1", "parent")
    assert error_of(write('extends = "parent"\n\nreplicates = 0')).line == 3


# --- files that are no scenarios


@pytest.mark.parametrize(
    ("content", "words", "line"),
    [
        (b"", "the file is empty", None),
        (b"# only a comment\n", "the file is empty", None),
        (b'title = "x"\nquestion = "\xff\xfe"', "not a text in UTF-8", 2),
        (b"\x89PNG\r\n\x1a\n", "not a text in UTF-8", 1),
        (b"seed = 1\nseed = 2", "not valid TOML", 2),
        (b"seed = 1\n[", "not valid TOML", 2),
        (b"start = 2014-01", "not valid TOML", 1),
        (b"a" + b".a" * 5000 + b" = 1", "too many dots", 1),
        (b"x = " + b"[" * 9000 + b"]" * 9000, "nested too deeply", None),
        (b"seed = " + b"1" * 5000, "too many digits", None),
        (b"#" * (LARGEST_FILE + 1), "too large", None),
    ],
)
def test_what_is_no_scenario_is_refused(
    content: bytes, words: str, line: int | None, write: Write
) -> None:
    error = error_of(write(content))
    assert words in error.message
    assert error.line == line


def test_an_unquoted_month_gets_a_hint(write: Write) -> None:
    assert "months in quotes" in str(error_of(write(HEAD + "start = 2014-01 # when\n")).allowed)


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("title = \u201cHalf\u201d", "straight quotes"),
        ("title = Half", "text in quotes"),
        ('x = { kind = "shock", month = 2014-01, value = 1 }', "months in quotes"),
        ('x = { kind = "governor", new = True }', "true or false in small letters"),
        ('x = { kind = "envelope", factor = 0,5 }', "a point before decimals"),
        ("seed = 50 %", "without a percent sign"),
    ],
)
def test_common_slips_of_toml_get_a_hint(line: str, hint: str, write: Write) -> None:
    assert hint in str(error_of(write(HEAD + line + "\n")).allowed)


def test_a_misspelt_field_is_told_before_what_it_leaves_missing(write: Write) -> None:
    error = error_of(
        write(HEAD + 'interventions = [{ kind = "envelope", month = "2012-01", facter = 2 }]\n')
    )
    assert (error.message, error.nearest) == ("there is no such field", "factor")


def test_codes_of_a_short_table_are_listed(write: Write) -> None:
    change = '{ kind = "envelope", month = "2012-01", factor = 2, bank = "CBD" }'
    assert error_of(write(f"{HEAD}interventions = [{change}]\n")).allowed == "cdb, exim"


def test_folders_and_special_files_are_refused(tmp_path: Path) -> None:
    assert "is a folder" in error_of(tmp_path).message
    assert "regular" in error_of(Path(os.devnull)).message


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read all")
def test_files_that_may_not_be_read_are_refused(write: Write) -> None:
    path = write(HEAD)
    path.chmod(0)
    assert "cannot be read" in error_of(path).message


# --- mistakes in fields


MISTAKES = [
    ("sed = 3", 3, "sed", "no such field", "seed"),
    ("extend = 'baseline'", 3, "extend", "no such field", "extends"),
    ("seed = true", 3, "seed", "true is not a whole number", None),
    ("seed = 1.0", 3, "seed", "1.0 is not a whole number", None),
    ("seed = -1", 3, "seed", "-1 is out of range", None),
    ("seed = 9223372036854775808", 3, "seed", "out of range", None),
    ("seed = 0x" + "f" * 9000, 3, "seed", "out of range", None),
    ("seed = '1'", 3, "seed", '"1" is not a whole number', None),
    ("\n\nreplicates = 0", 5, "replicates", "0 is out of range", None),
    ("replicates = 1_000_001", 3, "replicates", "1000001 is out of range", None),
    ("start = '2015-13'", 3, "start", '"2015-13" is not a month', None),
    ("start = '1999-12'", 3, "start", "outside the model's calendar", None),
    ("end = '2061-01'", 3, "end", "outside the model's calendar", None),
    ("start = 2014-01-01", 3, "start", "2014-01-01 is not text in quotes", None),
    ("start = '2010-01'\nend = '2009-12'", 4, "end", 'before the start "2010-01"', None),
    ("end = '2009-12'\nstart = '2010-01'", 3, "end", "before the start", None),
    ("focus = 'AR-Y'", 3, "focus", '"AR-Y" is not a list', None),
    ("focus = [\n'AR-Y',\n3]", 5, "focus.2", "3 is not text in quotes", None),
    ("focus = ['AR-Y',\n'AR-Y']", 4, "focus.2", "given twice", None),
    ("question = 3", 3, "question", "3 is not text in quotes", None),
    ("extends = 3", 3, "extends", "3 is not text in quotes", None),
    ("extends = 'baseline'\nlineage = ['a']", 4, "lineage", "goes without 'extends'", None),
    ("parameters = 3", 3, "parameters", "3 is not a table", None),
    ("interventions = 3", 3, "interventions", "3 is not a list", None),
    ("[interventions]\nmonth = 1", 3, "interventions", "a table is not a list", None),
    ("interventions = [3]", 3, "interventions.1", "3 is not a table", None),
    (
        "[parameters]\n'turnover.fad' = 1",
        4,
        "parameters.turnover.fad",
        'no parameter "turnover.fad"',
        "turnover.fade",
    ),
    ("[parameters.turnover]\nfade = 2", 4, "parameters.turnover.fade", "out of range", None),
    ("parameters.turnover.fade = 2", 3, "parameters.turnover.fade", "out of range", None),
    ("[parameters]\nturnover = 2", 4, "parameters.turnover", "no parameter", None),
    ("[parameters]\n'turnover.fade' = true", 4, "parameters.turnover.fade", "true is not", None),
    ("[parameters]\n'turnover.fade' = 'a'", 4, "parameters.turnover.fade", '"a" is not', None),
    ("[parameters]\n'turnover.fade' = nan", 4, "parameters.turnover.fade", "not a finite", None),
    ("[parameters]\n'turnover.fade' = -inf", 4, "parameters.turnover.fade", "not a finite", None),
    ("[parameters]\n'turnover.fade' = []", 4, "parameters.turnover.fade", "a list is not", None),
    (
        "[parameters]\n'turnover.fade' = 0.1\nturnover.fade = 0.2",
        5,
        "parameters.turnover.fade",
        "set twice",
        None,
    ),
    ("[parameters.a.b.c.d.e.f.g.h.i]\nj = 1", 3, None, "nested too deeply", None),
]


@pytest.mark.parametrize(("text", "line", "field", "words", "nearest"), MISTAKES)
def test_mistakes_are_placed_and_explained(
    text: str, line: int, field: str | None, words: str, nearest: str | None, write: Write
) -> None:
    path = write(HEAD + text)
    error = error_of(path)
    assert (error.file, error.line, error.nearest) == (str(path), line, nearest)
    assert words in error.message
    if field is not None:
        assert error.field == field
    assert "\n" not in str(error)


GOOD = {"month": "2010-01", "kind": "authority", "country": "AAA", "value": 0.5}
WRONG_INTERVENTIONS: list[tuple[dict[str, Any], int, str, str, str | None]] = [
    ({"kind": "authorty"}, 6, "kind", "no kind", "authority"),
    ({"month": "2015-13"}, 5, "month", "not a month", None),
    ({"month": "2030-01"}, 5, "month", "outside the run", None),
    ({"country": "AAAB"}, 7, "country", "among its countries", "AAA"),
    ({"country": "Alland"}, 7, "country", "among its countries", "AAA"),
    ({"value": True}, 8, "value", "true is not a number", None),
    ({"change": 0.1}, 9, "change", "give only one of", None),
    ({"chang": 0.1}, 9, "chang", "no such field", "change"),
    ({"id": "A B"}, 9, "id", "not accepted", None),
]


@pytest.mark.parametrize(("changes", "line", "field", "words", "nearest"), WRONG_INTERVENTIONS)
def test_mistakes_in_interventions_are_placed_and_explained(
    changes: dict[str, Any],
    line: int,
    field: str,
    words: str,
    nearest: str | None,
    write: Write,
    world: World,
) -> None:
    error = error_of(write(f"{HEAD}\n{intervention(**{**GOOD, **changes})}"), world)
    assert (error.line, error.field, error.nearest) == (line, f"interventions.1.{field}", nearest)
    assert words in error.message


def test_missing_fields_are_placed_at_their_table(write: Write, world: World) -> None:
    text = HEAD + intervention(**GOOD) + intervention(kind="shock", month="2010-01", value=0.5)
    error = error_of(write(text), world)
    assert (error.line, error.field) == (8, "interventions.2.what")
    assert error.message == "is missing"
    error = error_of(write(HEAD + intervention(month="2010-01")), world)
    assert (error.line, error.field, error.message) == (3, "interventions.1.kind", "is missing")


@pytest.mark.parametrize(
    ("fields", "field", "nearest"),
    [
        ({"kind": "governor", "locality": "A-11", "will": 1}, "locality", "A-1"),
        ({"kind": "governor", "locality": "Norland", "will": 1}, "locality", "A-1"),
        ({"kind": "governor", "locality": "Old Sorland", "will": 1}, "locality", "B-1"),
        ({"kind": "envelope", "bank": "ones", "factor": 1}, "bank", "one"),
        ({"kind": "signal", "signal": "wether", "value": 1}, "signal", "weather"),
        ({"kind": "shock", "what": "fiscal", "country": "AAAA", "value": 1}, "country", "AAA"),
    ],
)
def test_names_are_looked_up_in_the_world(
    fields: dict[str, Any], field: str, nearest: str, write: Write, world: World
) -> None:
    path = write(HEAD + intervention(month="2010-01", **fields))
    error = error_of(path, world)
    assert (error.field, error.nearest) == (f"interventions.1.{field}", nearest)
    assert outline(path).interventions
    load(write(HEAD + intervention(month="2010-01", **{**fields, field: nearest})), world)


def test_a_signal_keeps_to_the_range_that_the_world_declares(write: Write, world: World) -> None:
    fields = {"kind": "signal", "signal": "weather", "month": "2010-01"}
    error = error_of(write(HEAD + intervention(**fields, value=2.5)), world)
    assert (error.line, error.field) == (7, "interventions.1.value")
    assert error.allowed == "0 to 2 (Rain.)"
    load(write(HEAD + intervention(**fields, value=2)), world)


@pytest.mark.parametrize(
    ("fields", "field", "nearest"),
    [
        ({"kind": "visit", "actor": "Henan"}, "actor", "CN-HA"),
        ({"kind": "visit", "actor": "organisation:cpafc"}, "actor", "organisation:cpaffc"),
        ({"kind": "visit", "actor": "cpaffc"}, "actor", "organisation:cpaffc"),
        ({"kind": "visit", "actor": "firm:huawey"}, "actor", "firm:huawei"),
        ({"kind": "visit", "actor": "embasy:CHL"}, "actor", "embassy:CHL"),
        ({"kind": "visit", "actor": "embassy:ARG"}, "actor", "embassy:CHL"),
        ({"kind": "visit", "actor": "embassy:Chile"}, "actor", "embassy:CHL"),
        ({"kind": "visit", "actor": "Embassy in República de Chile"}, "actor", "embassy:CHL"),
        ({"kind": "visit", "actor": "CN-HA", "locality": "CL-COO"}, "locality", "CL-CO"),
        (
            {"kind": "visit", "actor": "CN-HA", "locality": "Región de Coquimbo"},
            "locality",
            "CL-CO",
        ),
        ({"kind": "authority", "country": "Venezuela, RB", "value": 1}, "country", "VEN"),
        ({"kind": "twinning", "province": "Henan"}, "province", "CN-HA"),
        ({"kind": "programme", "country": "CHL", "sector": "powr", "value": 1}, "sector", "power"),
    ],
)
def test_actors_and_sectors_are_looked_up_in_the_world(
    fields: dict[str, Any], field: str, nearest: str, write: Write
) -> None:
    if fields["kind"] in ("visit", "twinning"):
        fields = {"locality": "CL-CO", **fields}
    error = error_of(write(HEAD + intervention(month="2010-01", **fields)))
    assert (error.field, error.nearest) == (f"interventions.1.{field}", nearest)
    assert error.allowed
    load(write(HEAD + intervention(month="2010-01", **{**fields, field: nearest})))


@pytest.mark.parametrize(
    "fields",
    [
        {"actor": "embassy:PR"},
        {"actor": "embassy:GUA"},
        {"actor": "embassy in Puerto Rico"},
        {"locality": "Paraguai"},
        {"locality": "GT-XX"},
        {"locality": "Quito, Ecuador"},
    ],
)
def test_no_place_in_another_country_is_suggested(fields: dict[str, Any], write: Write) -> None:
    fields = {"kind": "visit", "actor": "CN-HA", "locality": "CL-CO", **fields}
    assert error_of(write(HEAD + intervention(month="2010-01", **fields))).nearest is None


def test_all_places_of_a_name_are_told(write: Write) -> None:
    fields = {"kind": "visit", "actor": "CN-HA", "locality": "Córdoba"}
    error = error_of(write(HEAD + intervention(month="2010-01", **fields)))
    assert "AR-X (Córdoba, Argentina) or CO-COR (Córdoba, Colombia)" in str(error)


@pytest.mark.parametrize("actor", ["bank:cdb", "association:CHL"])
def test_who_sends_no_delegations_cannot_visit(actor: str, write: Write) -> None:
    fields = {"month": "2010-01", "kind": "visit", "locality": "CL-CO", "actor": actor}
    assert "travelling actors" in error_of(write(HEAD + intervention(**fields))).message


def test_focus_is_looked_up_in_the_world(write: Write, world: World) -> None:
    assert load(write(HEAD + "focus = ['A-1']"), world).focus == ("A-1",)
    error = error_of(write(HEAD + "focus = ['A-1',\n'B-11']"), world)
    assert (error.line, error.field, error.nearest) == (4, "focus.2", "B-1")


def test_parameters_of_interventions_are_checked(write: Write) -> None:
    fields = {"month": "2010-01", "kind": "parameter", "parameter": "turnover.fade"}
    error = error_of(write(HEAD + intervention(**fields, value=2.0)))
    assert (error.line, error.field) == (7, "interventions.1.value")
    assert error.allowed == "a number from 0 to 1 (share)"
    error = error_of(write(HEAD + intervention(**{**fields, "parameter": "fade"}, value=0.5)))
    assert (error.line, error.nearest) == (6, "turnover.fade")


def test_ids_and_changes_of_the_same_thing_clash_across_files(write: Write, world: World) -> None:
    write(HEAD + intervention(**GOOD, id="one"), "parent")
    start = 'extends = "parent"\n\n'
    same_id = intervention(**{**GOOD, "country": "BBB"}, id="one")
    error = error_of(write(start + same_id, "child"), world)
    assert (Path(str(error.file)).stem, error.line) == ("child", 8)
    assert error.message == '"one" is given twice'
    error = error_of(write(start + intervention(**GOOD), "child"), world)
    assert (Path(str(error.file)).stem, error.line) == ("child", 3)
    assert "the same thing in 2010-01" in error.message
    later = intervention(**{**GOOD, "month": "2010-02"})
    assert len(load(write(start + later, "child"), world).interventions) == 2


def test_an_intervention_may_outlast_the_run(write: Write) -> None:
    fields = {"kind": "shock", "what": "strain", "value": 0.5, "until": "2030-01"}
    assert load(write(HEAD + intervention(month="2010-01", **fields))).interventions


# --- overrides


def test_overrides_make_a_changed_copy() -> None:
    scenario = load("high-turnover")
    changed = scenario.with_overrides(
        parameters={"turnover.fade": np.float64(0.2)},
        seed=cast("int", np.int64(7)),
        replicates=3,
        end="2035-12",
    )
    assert (changed.seed, changed.replicates, changed.end) == (7, 3, "2035-12")
    assert type(changed.seed) is int
    assert changed.parameters == {**scenario.parameters, "turnover.fade": 0.2}
    assert scenario.seed == 2020
    assert scenario.with_overrides() == scenario
    assert changed.digest != scenario.digest


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"parameters": {"turnover.fad": 0.1}}, "parameters.turnover.fad"),
        ({"parameters": {"turnover.fade": 3}}, "parameters.turnover.fade"),
        ({"parameters": {"turnover.fade": float("nan")}}, "parameters.turnover.fade"),
        ({"parameters": {"turnover.fade": np.bool_(True)}}, "parameters.turnover.fade"),
        ({"seed": -1}, "seed"),
        ({"replicates": 0}, "replicates"),
        ({"replicates": 2.5}, "replicates"),
        ({"end": "1999-12"}, "end"),
        ({"end": "2009-12"}, "interventions.1.month"),
    ],
)
def test_wrong_overrides_are_input_errors(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(InputError) as caught:
        load("taiwan-switch").with_overrides(**changes)
    assert caught.value.field == field
    assert caught.value.file is None


def test_build_reports_wrong_fields_as_input_errors() -> None:
    assert build({"name": "a", "title": "A"}).n_months == 252
    with pytest.raises(InputError, match="title: is missing"):
        build({"name": "a"})


# --- texts


def test_a_dump_keeps_awkward_texts(write: Write) -> None:
    awkward = 'quotes " and \\ and \x7f, tab\tand\nline, Ñuble → "x" # no comment'
    scenario = build({"name": "a", "title": "=[]#'\"", "question": awkward})
    assert load(write(scenario.dump_toml())) == scenario


@pytest.mark.parametrize("value", [1e-7, 1e22, 0.1, -0.0, 2**62, True, "a", [1, ["b"]]])
def test_literals_are_read_back(value: Any) -> None:
    assert tomllib.loads(f"x = {literal(value)}")["x"] == value


@pytest.mark.parametrize("parent", [None, "baseline", "hostile-president"])
def test_a_starter_loads_and_changes_nothing(parent: str | None, write: Write) -> None:
    base = None if parent is None else load(parent)
    text = starter("mine", base)
    scenario = load(write(text, "mine"))
    assert scenario.interventions == (base.interventions if base else ())
    assert scenario.parameter_values() == (base or scenario).parameter_values()
    for name in [*PARAMETERS, "replicates", "until", "recognises"]:
        assert name in text


def test_every_setting_of_a_starter_can_be_taken_into_use(write: Write) -> None:
    lines = starter("mine", load("baseline")).splitlines()
    used = [line[1:] if line[:1] == "#" and line[1:2] not in " #" else line for line in lines]
    data = tomllib.loads("\n".join(line for line in used if line))
    assert set(data["parameters"]) == set(PARAMETERS)
    assert {change["kind"] for change in data["interventions"]} == set(KINDS)
    assert len(data["interventions"]) == len(KINDS)
    for table in data.pop("interventions"):
        assert set(table) >= {"month", "kind"}
    data.pop("extends")
    assert build(data).parameter_values() == load("baseline").parameter_values()
