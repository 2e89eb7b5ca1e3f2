"""An experiment: every change goes through the scenario's schema and the page's limits."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest

from sim.app.limits import HIGHEST_SEED, INTERVENTIONS, UPLOAD_BYTES
from sim.app.what_if import experiment as module
from sim.app.what_if.experiment import (
    Experiment,
    begin,
    from_toml,
    only_changed,
    shipped,
)
from sim.core.errors import InputError
from sim.core.parameters import PARAMETERS
from sim.scenario.schema import names
from sim.world import World

AUTHORITY = {"month": "2010-01", "kind": "authority", "country": "CHL", "change": 0.3}


@pytest.mark.parametrize("name", names())
def test_each_shipped_scenario_begins_unchanged(name: str) -> None:
    experiment = begin(name)
    assert experiment.scenario == shipped(experiment.start)
    assert experiment.scenario.name == name
    assert experiment.baseline().seed == experiment.scenario.seed


@pytest.mark.parametrize("name", ["../baseline", "/etc/passwd", "baseline.toml", "", "x\0"])
def test_only_names_of_shipped_scenarios_begin_one(name: str) -> None:
    with pytest.raises(InputError, match="there is no scenario"):
        begin(name)
    with pytest.raises(InputError, match="there is no"):
        begin().with_settings(against=name)


def test_a_parameter_back_at_its_default_is_no_change() -> None:
    entry = PARAMETERS["turnover.fade"]
    changed = begin().with_parameter(entry.name, entry.high)
    assert changed.scenario != shipped(changed.start)
    assert changed.scenario.parameters == {entry.name: entry.high}
    back = changed.with_parameter(entry.name, entry.default)
    assert back.scenario == shipped(back.start)


@pytest.mark.parametrize("value", [-0.1, 1.1, math.nan, math.inf])
def test_a_value_out_of_range_is_refused(value: float) -> None:
    with pytest.raises(InputError):
        begin().with_parameter("turnover.fade", value)


def test_an_unknown_parameter_is_refused_with_the_nearest() -> None:
    with pytest.raises(InputError) as caught:
        begin().with_parameter("turnover.fades", 0.5)
    assert caught.value.nearest == "turnover.fade"
    assert only_changed({"no.such": 1.0}) == {"no.such": 1.0}


def test_interventions_pass_the_schema_and_the_tables(world: World) -> None:
    changed = begin().with_interventions([AUTHORITY], world)
    assert changed.interventions() == [AUTHORITY]
    wrong: list[list[dict[str, Any]]] = [
        [AUTHORITY | {"country": "XXX"}],
        [AUTHORITY | {"change": 4.0}],
        [AUTHORITY | {"month": "2030-01"}],
        [AUTHORITY, AUTHORITY],
        [AUTHORITY | {"kind": "spell"}],
    ]
    for changes in wrong:
        with pytest.raises(InputError):
            begin().with_interventions(changes, world)


def test_limits_hold_for_every_way_in(world: World) -> None:
    many = [
        {"month": f"2001-{m:02}", "kind": "shock", "what": what, "value": 0.1, "country": country}
        for m in range(1, 13)
        for what in ("fiscal", "strain")
        for country in ("CHL", "PER")
    ]
    assert len(many) > INTERVENTIONS
    with pytest.raises(InputError, match="more than this page runs"):
        begin().with_interventions(many, world)
    with pytest.raises(InputError, match="more than this page runs"):
        begin().with_settings(seed=HIGHEST_SEED + 1)
    with pytest.raises(InputError, match="more than this page runs"):
        from_toml(b'extends = "baseline"\nend = "2060-12"\n', world)


def test_a_title_names_the_scenario() -> None:
    experiment = begin().with_settings(title="Chile: <script>alert(1)</script>")
    assert experiment.scenario.name == "chile-script-alert-1-script"
    assert begin().with_settings(title="…").scenario.name == "what-if"
    with pytest.raises(InputError):
        begin().with_settings(title="two\nlines")


def test_the_baseline_takes_the_months_and_the_seed(world: World) -> None:
    text = b'extends = "baseline"\nend = "2002-12"\nseed = 5\n'
    base = from_toml(text, world).baseline()
    assert (base.name, base.end, base.seed) == ("baseline", "2002-12", 5)


def test_a_saved_scenario_loads_to_the_same(world: World) -> None:
    changed = begin("jujuy").with_parameter("turnover.fade", 0.1)
    changed = changed.with_interventions([AUTHORITY | {"note": 'a "note" <b>'}], world)
    again = from_toml(changed.scenario.dump_toml().encode(), world)
    assert again.scenario == changed.scenario


@pytest.mark.parametrize(
    "extends", ['"/etc/passwd.toml"', '"../scenarios/baseline.toml"', '"uploaded"', "[1]", "{}"]
)
def test_an_upload_extends_shipped_scenarios_only(world: World, extends: str) -> None:
    with pytest.raises(InputError, match="there is no shipped scenario"):
        from_toml(f"extends = {extends}\n".encode(), world)


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe", b"a = ", b"x" * (UPLOAD_BYTES + 1), b"a" + b".a" * 300 + b"=1"]
)
def test_an_upload_that_is_no_scenario_is_refused(world: World, content: bytes) -> None:
    with pytest.raises(InputError) as caught:
        from_toml(content, world, "<img src=x>\n.toml")
    assert caught.value.file == "<img src=x>?.toml"


def test_an_upload_is_written_under_no_name_of_the_visitor(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[Path] = []
    original = module.read_document  # type: ignore[attr-defined]

    def watched(file: Path) -> Any:
        read.append(file)
        return original(file)

    monkeypatch.setattr(module, "read_document", watched)
    result = from_toml(b'extends = "jujuy"\n', world, "../../evil.toml")
    assert isinstance(result, Experiment)
    assert [file.name for file in read] == ["uploaded.toml"]
    assert not read[0].exists()
    assert result.start == "jujuy"
    assert shipped("jujuy").focus == result.scenario.focus
