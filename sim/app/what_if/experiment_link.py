"""An experiment as part of an address, and back.

An address holds only what differs from the shipped scenario that the experiment was begun from:
parameters in plain sight, the rest packed. Nothing in it is trusted: all of it goes through the
scenario's schema, the world's tables and the limits of the page.
"""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from collections.abc import Callable, Mapping
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
    """Return an experiment as short keys and plain strings; what is usual is left out.

    Raises
    ------
    InputError
        If it is too long for an address.
    """
    origin, mine = shipped(experiment.start), experiment.scenario
    parts = (
        ("s", experiment.start, PLAIN),
        ("b", experiment.against, PLAIN),
        ("o", experiment.outcome, SHOWN[0]),
        ("r", str(mine.seed), str(origin.seed)),
        ("p", _settings(experiment), ""),
    )
    state = {key: value for key, value, usual in parts if value != usual}
    one, other = (s.model_dump(mode="json", exclude_none=True) for s in (origin, mine))
    differing = {name: other[name] for name in _PACKED if other[name] != one[name]}
    if differing:
        state["d"] = packed(differing)
    return state


def from_address(state: Mapping[str, str], world: World) -> tuple[Experiment, list[InputError]]:
    """Return the experiment of an address, and what in it could not be used.

    Parameters
    ----------
    state
        As :func:`to_address` returns it; anything may stand in it.
    world
        Tables in which names are looked up.
    """
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
        experiment = tried(experiment, lambda e: e.with_seed(_whole(state["r"])))
    settings = state.get("p", "")
    if len(settings) > VALUE_CHARACTERS:
        problems.append(InputError("is too long", field="p"))
        settings = ""
    for setting in filter(None, settings.split(",")):
        experiment = tried(experiment, lambda e, s=setting: _with_setting(e, s))  # type: ignore[misc]
    return experiment, problems


def packed(data: Mapping[str, Any]) -> str:
    """Return plain data as a text of letters, digits, ``-`` and ``_``.

    Raises
    ------
    InputError
        If it is too long for an address.
    """
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
    """Return what :func:`packed` packed.

    Raises
    ------
    InputError
        If the text is too long, unpacks to too much or is no packing.
    """
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


def _settings(experiment: Experiment) -> str:
    """Return the parameters that differ from the start as ``name:value`` with commas between."""
    origin = shipped(experiment.start).parameter_values()
    values = experiment.scenario.parameter_values()
    return ",".join(f"{n}:{v!r}" for n, v in values.items() if v != origin[n])


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
    return Experiment(
        experiment.start,
        experiment.against,
        named_in(within_limits(scenario), world),
        experiment.outcome,
    )


def _whole(text: str) -> int:
    """Return the seed that a text of digits means."""
    if not (text.isascii() and text.isdigit() and len(text) <= 16):
        raise InputError(f"{shown(text)} is not a whole number", field="seed")
    return int(text)
