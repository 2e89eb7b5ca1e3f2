"""Whatever a scenario file holds, loading gives a scenario or one input error."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.core.calendar import month_name
from sim.core.errors import InputError
from sim.core.line_finder import KeyPath, LineFinder
from sim.core.parameters import PARAMETERS
from sim.scenario.interventions import KINDS
from sim.scenario.problems import allowed_words
from sim.scenario.schema import Scenario, build, find, load, names
from sim.scenario.toml_dump import literal
from sim.world import load_world
from sim.world.actors import visitor_names

pytestmark = pytest.mark.slow  # each test tries many scenarios

TEXTS = [find(name).read_text("utf-8") for name in names()]
QUICK = settings(max_examples=200)
WORLD = load_world()
CODES = {
    "countries": list(WORLD.countries["iso3"]),
    "localities": list(WORLD.localities["code"]),
    "banks": list(WORLD.banks["code"]),
    "signals": sorted(set(WORLD.signals["signal"])),
    "parameters": list(PARAMETERS),
    "provinces": list(WORLD.provinces["code"]),
    "sectors": list(WORLD.sectors["code"]),
    "travelling actors": list(visitor_names(WORLD)),
}
RANGES = WORLD.signals.set_index("signal")[["low", "high"]].astype(float)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "scenario.toml"


def loads_or_is_refused(file: Path) -> None:
    """Load a file, failing on any other error than one tidy input error."""
    try:
        scenario = load(file)
    except InputError as error:
        refusal = error
    else:
        file.write_text(scenario.dump_toml(), encoding="utf-8", newline="")
        assert load(file) == scenario
        return
    assert refusal.message
    assert str(refusal).isprintable()
    assert len(str(refusal)) < 2000
    if refusal.line is not None:
        count = Path(str(refusal.file)).read_bytes().count(b"\n") + 1
        assert 1 <= refusal.line <= count


def paths(value: Any, above: KeyPath = ()) -> Iterator[KeyPath]:
    parts: Any = value.items() if isinstance(value, dict) else ()
    parts = enumerate(value) if isinstance(value, list) else parts
    for key, item in parts:
        yield (*above, key)
        yield from paths(item, (*above, key))


# --- texts near to valid ones

snippets = st.one_of(
    st.text(max_size=8),
    st.sampled_from([*"[]{}\"'=.,#\n\\\x00é", "[[", "]]", '"""', "'''", "\r\n", "nan"]),
)


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """Draw a shipped text with a few pieces replaced, doubled or cut out."""
    text = draw(st.sampled_from(TEXTS))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        stop = min(len(text), start + draw(st.integers(0, 12)))
        piece = draw(st.one_of(snippets, st.just(text[start:stop] * 2)))
        text = text[:start] + piece + text[stop:]
    return text


@QUICK
@given(text=mutated())
def test_texts_near_to_valid_ones(file: Path, text: str) -> None:
    file.write_bytes(text.encode("utf-8", errors="surrogatepass"))
    loads_or_is_refused(file)


@QUICK
@given(content=st.binary(max_size=200))
def test_any_bytes(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    loads_or_is_refused(file)


@QUICK
@given(text=mutated())
def test_the_line_finder_finds_what_the_parser_finds(text: str) -> None:
    try:
        data = tomllib.loads(text)
    except ValueError:
        LineFinder(text).line_of(("a",))
    else:
        assert set(LineFinder(text).lines) == set(paths(data))


# --- valid TOML with wrong content


def toml(value: Any) -> str:
    return literal(value) if value == value else "nan"


NAMES = ["CN-HA", "organisation:cpaffc", "embassy:ARG", "embassy:CHL", "bank:cdb", "power"]
scalars = st.one_of(
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(),
    st.text(max_size=10),
    st.sampled_from(["2010-01", "2015-13", "ARG", "AR-Y", "PRC", "turnover.fade", "fiscal", "cdb"]),
    st.sampled_from(NAMES),
)
values = st.recursive(
    scalars.map(toml),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]"),
        st.dictionaries(st.text(max_size=5), inner, max_size=2).map(
            lambda table: f"{{{', '.join(f'{literal(k)} = {v}' for k, v in table.items())}}}"
        ),
        st.sampled_from(["2010-01-01", "10:00:00", "2010-01-01T10:00:00Z", "1_000", "0x10"]),
    ),
    max_leaves=4,
)
scenario_keys = st.sampled_from([*Scenario.model_fields, "extends"])
change_keys = st.sampled_from(sorted({f for model in KINDS.values() for f in model.model_fields}))


@st.composite
def documents(draw: st.DrawFn) -> str:
    """Draw a valid TOML text whose keys are those of a scenario and whose values are any."""
    lines = [f"{k} = {v}" for k, v in draw(st.dictionaries(scenario_keys, values)).items()]
    given_keys = {line.partition(" ")[0] for line in lines}
    if "parameters" not in given_keys:
        table = draw(st.dictionaries(st.sampled_from(CODES["parameters"]), values, max_size=3))
        lines += ["[parameters]", *(f"{literal(k)} = {v}" for k, v in table.items())]
    if "interventions" not in given_keys:
        for _ in range(draw(st.integers(0, 2))):
            fields = draw(st.dictionaries(change_keys, values, max_size=5))
            fields["kind"] = literal(draw(st.sampled_from(list(KINDS))))
            lines += ["[[interventions]]", *(f"{k} = {v}" for k, v in fields.items())]
    return "\n".join(lines)


@QUICK
@given(text=documents())
def test_valid_toml_with_any_values(file: Path, text: str) -> None:
    try:
        file.write_text(text, encoding="utf-8")
    except UnicodeEncodeError:
        return
    loads_or_is_refused(file)


# --- scenarios that are right

months = st.integers(0, 251).map(month_name)


def good_values(model: Any, field: str) -> st.SearchStrategy[Any]:
    """Return a strategy for what a field of an intervention accepts."""
    marks = model.model_fields[field].json_schema_extra
    if isinstance(marks, dict) and marks.get("names") in CODES:
        codes = st.sampled_from(CODES[str(marks["names"])])
        many = st.lists(codes, min_size=1, max_size=3, unique=True).map(tuple)
        return st.one_of(codes, many, st.just("all")) if marks.get("several") else codes
    words = allowed_words(model, field) or ""
    if words.startswith("a number from"):
        low, high = words.removeprefix("a number from ").split(" to ")
        return st.floats(float(low), float(high))
    if words.startswith("true"):
        return st.booleans()
    if words.startswith('"'):
        return st.sampled_from([choice.strip('"') for choice in words.split(" or ")])
    return st.text(st.characters(exclude_categories=["C", "Zl", "Zp"]), min_size=1, max_size=20)


@st.composite
def changes(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a right intervention."""
    kind = draw(st.sampled_from(list(KINDS)))
    model = KINDS[kind]
    fields: dict[str, Any] = {"month": draw(months), "kind": kind}
    if kind == "parameter":
        name = draw(st.sampled_from(CODES["parameters"]))
        entry = PARAMETERS[name]
        return {**fields, "parameter": name, "value": draw(st.floats(entry.low, entry.high))}
    for field in model.model_fields:
        if field in {"month", "kind", "id", "note", "until", "every", "lasts"}:
            continue
        fields[field] = draw(good_values(model, field))
    if {"locality", "country"} <= fields.keys():
        fields.pop(draw(st.sampled_from(["locality", "country"])))
    if kind == "visit" and fields["actor"].startswith("embassy:"):
        fields.pop("locality", None)
        fields["country"] = fields["actor"].removeprefix("embassy:")
    if "new" in fields:
        fields.pop(draw(st.sampled_from(["name", "new"])))
    if "name" in fields and kind == "governor":
        fields.pop("country", None)
        fields["locality"] = draw(st.sampled_from(CODES["localities"]))
    elif "name" in fields:
        fields["country"] = draw(st.sampled_from(CODES["countries"]))
    if kind == "signal":
        fields["value"] = draw(st.floats(*RANGES.loc[fields["signal"]].tolist()))
    if kind == "authority":
        chosen = "value" if "locality" in fields else draw(st.sampled_from(["value", "change"]))
        fields.pop(chosen)
    if "name" not in fields and draw(st.booleans()):
        fields["every"] = draw(st.integers(12, 732))
    if "lasts" in model.model_fields and ("every" in fields or draw(st.booleans())):
        fields["lasts"] = draw(st.integers(1, fields.get("every", 732)))
    if ("lasts" in model.model_fields or "every" in fields) and draw(st.booleans()):
        fields["until"] = max(fields["month"], draw(months))
    if draw(st.booleans()):
        fields["note"] = draw(st.text(st.characters(exclude_categories=["Cs"]), max_size=20))
    return fields


@st.composite
def scenarios(draw: st.DrawFn) -> Scenario:
    """Draw a right scenario."""
    chosen = draw(st.lists(st.sampled_from(CODES["parameters"]), unique=True, max_size=4))
    drawn = draw(st.lists(changes(), max_size=5, unique_by=lambda c: (c["month"], c["kind"])))
    return build(
        {
            "name": draw(st.from_regex(r"[a-z0-9]{1,20}", fullmatch=True)),
            "title": draw(
                st.text(st.characters(exclude_categories=["C"]), min_size=1, max_size=200)
            ),
            "question": draw(st.text(st.characters(exclude_categories=["Cs"]), max_size=400)),
            "seed": draw(st.integers(0, 2**63 - 1)),
            "replicates": draw(st.integers(1, 1_000_000)),
            "focus": draw(st.lists(st.sampled_from(CODES["localities"]), unique=True, max_size=3)),
            "parameters": {
                n: draw(st.floats(PARAMETERS[n].low, PARAMETERS[n].high)) for n in chosen
            },
            "interventions": drawn,
        }
    )


@QUICK
@given(scenario=scenarios())
def test_a_dump_loads_to_the_same_scenario(file: Path, scenario: Scenario) -> None:
    file.write_text(scenario.dump_toml(), encoding="utf-8", newline="")
    again = load(file)
    assert again == scenario
    assert again.digest == scenario.digest
    assert again.dump_toml() == scenario.dump_toml()


@QUICK
@given(
    name=st.sampled_from(CODES["parameters"]),
    value=st.one_of(st.floats(), st.integers(), st.booleans(), st.text(max_size=3), st.none()),
)
def test_overrides_give_a_scenario_or_an_input_error(name: str, value: Any) -> None:
    entry = PARAMETERS[name]
    right = isinstance(value, (int, float)) and not isinstance(value, bool)
    if right and entry.low <= value <= entry.high:
        changed = build({"name": "a", "title": "A"}).with_overrides(parameters={name: value})
        assert changed.parameter_values()[name] == value
    else:
        with pytest.raises(InputError):
            build({"name": "a", "title": "A"}).with_overrides(parameters={name: value})
