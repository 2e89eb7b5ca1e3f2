"""An experiment as an address: round trips, and nothing in an address is trusted."""

from __future__ import annotations

import base64
import json
import zlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.app.limits import VALUE_CHARACTERS
from sim.app.what_if import experiment
from sim.app.what_if.experiment import (
    SHOWN,
    Experiment,
    begin,
    from_address,
    packed,
    to_address,
    unpacked,
)
from sim.core.errors import InputError
from sim.core.parameters import PARAMETERS
from sim.scenario.schema import names
from sim.world import World, load_world

_VALUES = st.dictionaries(st.sampled_from(sorted(PARAMETERS)), st.floats(0.0, 1.0), max_size=5)


def changed(world: World) -> Experiment:
    experiment = begin("jujuy", "coquimbo").with_settings(seed=7, outcome="trust", fixed=True)
    experiment = experiment.with_parameter("turnover.fade", 0.85).with_settings(
        title='A "title" <b>é</b>'
    )
    changes = [
        {"month": "2010-01", "kind": "authority", "country": "CHL", "change": 0.3},
        {"month": "2011-05", "kind": "governor", "locality": "CL-CO", "will": 0.9, "note": "<i>"},
    ]
    return experiment.with_interventions(changes, world)


@pytest.mark.parametrize("name", names())
def test_an_unchanged_scenario_is_its_name(name: str, world: World) -> None:
    state = to_address(begin(name))
    assert state == ({} if name == "baseline" else {"s": name})
    assert from_address(state, world) == (begin(name), [])


def test_an_address_carries_everything(world: World) -> None:
    experiment = changed(world)
    state = to_address(experiment)
    assert from_address(state, world) == (experiment, [])
    assert state["p"] == "turnover.fade:0.85"
    assert [state[key] for key in "sbrof"] == ["jujuy", "coquimbo", "7", "trust", "1"]
    # Long enough for four interventions in a message, short enough to be pasted.
    assert len("&".join(f"{k}={v}" for k, v in state.items())) < 400


@given(values=_VALUES, outcome=st.sampled_from(SHOWN), seed=st.integers(0, 999_999))
def test_any_parameters_return(values: dict[str, float], outcome: str, seed: int) -> None:
    experiment = begin("high-turnover").with_settings(outcome=outcome).with_settings(seed=seed)
    for name, share in values.items():
        entry = PARAMETERS[name]
        value = min(entry.low + share * (entry.high - entry.low), entry.high)
        experiment = experiment.with_parameter(name, value)
    assert from_address(to_address(experiment), load_world()) == (experiment, [])


def test_a_parameter_that_the_start_sets_can_be_reset(world: World) -> None:
    start = begin("high-turnover")
    name, _ = next(iter(start.scenario.parameters.items()))
    reset = start.with_parameter(name, PARAMETERS[name].default)
    assert from_address(to_address(reset), world) == (reset, [])


def test_bad_parts_are_left_out_and_told(world: World) -> None:
    state = {
        "s": "../../etc/passwd",
        "b": "<script>",
        "o": "nothing",
        "r": "-1",
        "p": "no.such:1,turnover.fade:9,turnover.fade:nan,turnover.lapse:x,turnover.lapse:0.5",
        "d": "1!!!",
    }
    experiment, problems = from_address(state, world)
    assert experiment == begin().with_parameter("turnover.lapse", 0.5)
    assert len(problems) == 9


@given(state=st.dictionaries(st.sampled_from("sborpdfx"), st.text(max_size=60), max_size=7))
def test_no_address_breaks_the_page(state: dict[str, str]) -> None:
    experiment, _ = from_address(state, load_world())
    assert from_address(to_address(experiment), load_world()) == (experiment, [])


def raw(content: bytes) -> str:
    press = zlib.compressobj(9, wbits=-15, zdict=experiment._COMMON)
    text = base64.urlsafe_b64encode(press.compress(content) + press.flush()).decode()
    return "1" + text.rstrip("=")


@pytest.mark.parametrize(
    "content",
    [
        b" " * (1 << 22) + b"{}",
        b"[" * 20_000,
        b"[]",
        b"{",
        b"\xff",
    ],
)
def test_what_unpacks_to_too_much_or_to_nothing_is_refused(content: bytes) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        unpacked(raw(content))


@pytest.mark.parametrize(
    "data",
    [
        {"parameters": {"turnover.fade": 0.5}},
        {"seed": 1},
        {"extends": "/etc/passwd"},
        {"name": "../x"},
        {"end": "2060-12"},
        {"interventions": [{"month": "2010-01", "kind": "shock", "what": "fiscal", "value": 2}]},
        {"interventions": {}},
        {"focus": ["XX-X"]},
        {"title": "a\nb"},
        {"replicates": 10**30},
    ],
)
def test_packed_data_passes_the_schema(data: dict[str, Any], world: World) -> None:
    experiment, problems = from_address({"d": raw(json.dumps(data).encode())}, world)
    assert experiment == begin()
    assert len(problems) == 1


def test_an_experiment_too_long_for_an_address_says_so(world: World) -> None:
    text = "".join(chr(0x4E00 + 7 * n % 20000) for n in range(3900))
    changes = [{"month": "2010-01", "kind": "authority", "country": "CHL", "change": 0.3}]
    long = begin().with_interventions([changes[0] | {"note": text}], world)
    with pytest.raises(InputError, match="too long for an address"):
        to_address(long)


def test_packing_returns_what_was_packed() -> None:
    data = {"title": "é — 中", "interventions": [{"value": 0.1}]}
    assert unpacked(packed(data)) == data
    assert len(packed(data)) < VALUE_CHARACTERS
