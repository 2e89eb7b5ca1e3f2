"""An experiment as part of an address, and back.

An address holds only what differs from the shipped scenario begun from: parameters in plain
sight, the rest packed. All of it goes through the schema, the world's tables and the limits.
"""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sim.app.limits import VALUE_CHARACTERS
from sim.app.what_if.experiment import (
    PLAIN,
    SHOWN,
    Experiment,
    begin,
    named_in,
    shipped,
    within_limits,
)
from sim.core.errors import InputError
from sim.scenario.problems import shown
from sim.scenario.schema import build

if TYPE_CHECKING:
    from sim.world import World

LARGEST_UNPACKED = 1 << 16
"""Bytes that the packed part may hold."""
_FORMAT = "1"
# Begins every packing, so that what most experiments share takes no room. A change of this text
# needs another format.
_COMMON = (
    b'"lineage":["baseline"]"focus":["start":"2000-01","end":"2020-12","replicates":20,'
    b'"question":"title":"What if "name":"note":"id":"until":"recognition","recognises":"PRC"'
    b'"Taiwan""kind":"programme","sector":"kind":"twinning","province":"kind":"visit","actor":'
    b'"kind":"shock","what":"strain""fiscal","kind":"signal","signal":"kind":"envelope","bank":'
    b'"factor":"kind":"executive","stance":"consolidation":"kind":"governor","will":"aligned":true'
    b'"kind":"authority","country":"change":"kind":"parameter","parameter":"turnover.fade",'
    b'"value":0.5,"locality":"interventions":[{"month":"2010-01","kind":"'
)
_PACKED = (
    "name",
    "title",
    "question",
    "lineage",
    "start",
    "end",
    "replicates",
    "focus",
    "interventions",
)


def to_address(experiment: Experiment) -> dict[str, str]:
    """Return an experiment as short keys and plain strings; what is usual is left out."""
    origin, mine = shipped(experiment.start), experiment.scenario
    usual_values = origin.parameter_values()
    changed = {n: v for n, v in mine.parameter_values().items() if v != usual_values[n]}
    settings = [f"{name}:{value!r}" for name, value in changed.items()]
    parts = (
        ("s", experiment.start, PLAIN),
        ("b", experiment.against, PLAIN),
        ("o", experiment.outcome, SHOWN[0]),
        ("r", str(mine.seed), str(origin.seed)),
        ("p", ",".join(settings), ""),
    )
    state = {key: value for key, value, usual in parts if value != usual}
    one, other = (s.model_dump(mode="json", exclude_none=True) for s in (origin, mine))
    differing = {name: other[name] for name in _PACKED if other[name] != one[name]}
    if differing:
        state["d"] = packed(differing)
    return state


def from_address(state: Mapping[str, str], world: World) -> tuple[Experiment, list[InputError]]:
    """Return the experiment of an address, in which anything may stand, and what was no use."""
    problems: list[InputError] = []

    def tried(result: Experiment, change: Callable[[Experiment], Experiment]) -> Experiment:
        try:
            return change(result)
        except InputError as error:
            problems.append(error)
            return result

    # One step for each part, so that a part that is wrong takes no other with it.
    experiment = tried(begin(), lambda _: begin(state.get("s", PLAIN)))
    experiment = tried(experiment, lambda e: e.with_against(state.get("b", PLAIN)))
    experiment = tried(experiment, lambda e: e.with_outcome(state.get("o", SHOWN[0])))
    if "d" in state:
        experiment = tried(experiment, lambda e: _with_packed(e, state["d"], world))
    if "r" in state:
        experiment = tried(experiment, lambda e: _with_seed(e, state["r"]))
    settings = state.get("p", "")
    if len(settings) > VALUE_CHARACTERS:
        problems.append(InputError("is too long", field="p"))
        settings = ""
    for setting in filter(None, settings.split(",")):
        experiment = tried(experiment, lambda e, s=setting: _with_setting(e, s))  # type: ignore[misc]
    return experiment, problems


def packed(data: Mapping[str, Any]) -> str:
    """Return plain data as a text of letters, digits, ``-`` and ``_``, short enough to share."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()
    press = zlib.compressobj(9, wbits=-15, zdict=_COMMON)
    small = press.compress(text) + press.flush()
    result = _FORMAT + base64.urlsafe_b64encode(small).decode().rstrip("=")
    if len(result) > VALUE_CHARACTERS:
        raise InputError(
            "the experiment is too long for an address", allowed="save it as a file instead"
        )
    return result


def unpacked(text: str) -> dict[str, Any]:
    """Return what :func:`packed` packed; raise InputError for anything else."""
    wrong = InputError("this part of the address cannot be read", field="d")
    if len(text) > VALUE_CHARACTERS or not text.startswith(_FORMAT):
        raise wrong
    try:
        small = base64.b64decode(text[1:] + "=" * (-(len(text) - 1) % 4), b"-_", validate=True)
        press = zlib.decompressobj(wbits=-15, zdict=_COMMON)
        content = press.decompress(small, LARGEST_UNPACKED)
        if not press.eof:
            raise wrong
        data = json.loads(content)
    except (ValueError, binascii.Error, zlib.error, RecursionError):
        raise wrong from None
    if not isinstance(data, dict):
        raise wrong
    return data


def _with_setting(experiment: Experiment, setting: str) -> Experiment:
    name, _, value = setting.partition(":")
    try:
        number = float(value[:32])
    except ValueError:
        raise InputError(f"{shown(value)} is not a number", field=shown(name)) from None
    return experiment.with_parameter(name, number)


def _with_packed(experiment: Experiment, text: str, world: World) -> Experiment:
    data = unpacked(text)
    # Parameters and the seed have parts of their own; anything else is not a scenario's.
    strange = [name for name in data if name not in _PACKED]
    if strange:
        raise InputError(f"there is no {shown(strange[0])}", field="d")
    scenario = build(experiment.scenario.model_dump(exclude_none=True) | data)
    checked = named_in(within_limits(scenario), world)
    return replace(experiment, scenario=checked)


def _with_seed(experiment: Experiment, text: str) -> Experiment:
    if not (text.isascii() and text.isdigit() and len(text) <= 16):
        raise InputError(f"{shown(text)} is not a whole number", field="seed")
    return experiment.with_seed(int(text))
