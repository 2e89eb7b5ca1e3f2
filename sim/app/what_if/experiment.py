"""What a visitor has set up: a scenario begun from a shipped one, and what it is compared with.

As part of an address it is what differs from the scenario begun from: parameters in plain sight,
the rest packed. All of it goes through the schema, the world's tables and the limits.
"""

from __future__ import annotations

import base64
import binascii
import json
import math
import re
import tempfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from sim.app.labels import label_tables
from sim.app.limits import HIGHEST_SEED, INTERVENTIONS, MONTHS, UPLOAD_BYTES, VALUE_CHARACTERS
from sim.core.errors import InputError
from sim.core.parameters import PARAMETERS, default_values
from sim.scenario.problems import closest, parameter_problem, shown
from sim.scenario.reading import read_document
from sim.scenario.schema import Scenario, build, find, load, names
from sim.scenario.world_names import unknown_names
from sim.world import World

PLAIN = "baseline"
"""The scenario that a page begins with and that all others are compared with at first."""
SHOWN = tuple(label_tables()["outcomes"])
"""Outcomes that the page shows: those followed by month and by locality."""
UPLOADED = "uploaded"
OPENING = ("authority.threshold", 0.3)
"""Parameter that is moved when the page is opened, and where to."""


@dataclass(frozen=True)
class Experiment:
    """Hold the names of the scenarios begun from and compared with, what is changed and seen.

    Parameters are drawn from what fits the evidence, if that is known, unless they are ``fixed``.
    """

    start: str
    against: str
    scenario: Scenario
    outcome: str = SHOWN[0]
    fixed: bool = False

    def baseline(self) -> Scenario:
        """Return what it is compared with, over the same months and with the same seed."""
        own = {name: getattr(self.scenario, name) for name in ("start", "end", "seed")}
        return build(shipped(self.against).model_dump(exclude_none=True) | own)

    def with_settings(self, **given: Any) -> Experiment:
        """Return the experiment with another against, outcome, fixed, seed or title (and name)."""
        mine = given.keys() & {"against", "outcome", "fixed"}
        own = {name: given.pop(name) for name in mine}
        for field, known in (("against", names()), ("outcome", SHOWN)):
            if field in own:
                _known(field, own[field], known)
        if "title" in given:
            slug = re.sub(r"[^a-z0-9]+", "-", given["title"].lower())[:64].strip("-")
            given["name"] = slug or "what-if"
        changed = replace(self, **own)
        return changed._built(**given) if given else changed

    def looked_at_as(self, other: Experiment) -> Experiment:
        """Return the experiment with another's outcome, its parameters held fixed as there."""
        return replace(self, outcome=other.outcome, fixed=other.fixed)

    def seen_as(self, other: Experiment) -> Experiment:
        """Return the experiment begun and looked at as another: its runs are the same."""
        return replace(self, start=other.start, outcome=other.outcome)

    def with_parameter(self, name: str, value: float) -> Experiment:
        """Return the experiment with one parameter at another value."""
        problem = parameter_problem(("parameters", name), name, value, ("parameters", name))
        if problem is not None:
            raise problem.error()
        # Not a number is neither below nor above a limit.
        if not math.isfinite(value):
            raise InputError(f"{shown(value)} is not a finite number", field=name)
        changed = self.scenario.parameters | {name: float(value)}
        return self._built(parameters=only_changed(changed))

    def with_interventions(self, changes: Sequence[Mapping[str, Any]], world: World) -> Experiment:
        """Return the experiment with these interventions, given as the fields of each."""
        result = self._built(interventions=list(changes))
        named_in(result.scenario, world)
        return result

    def _built(self, **changed: Any) -> Experiment:
        data = self.scenario.model_dump(exclude_none=True) | changed
        return replace(self, scenario=within_limits(build(data)))

    def interventions(self) -> list[dict[str, Any]]:
        """Return the interventions as their fields, those left out missing."""
        return [change.model_dump(exclude_none=True) for change in self.scenario.interventions]


@cache
def shipped(name: str) -> Scenario:
    """Return a shipped scenario by its name; a path is no name."""
    return _without_defaults(load(find(name)))


def begin(start: str = PLAIN, against: str = PLAIN) -> Experiment:
    """Return an experiment that changes nothing yet of a shipped scenario."""
    return Experiment(start, _known("against", against, names()), shipped(start))


def opening() -> Experiment:
    """Return the experiment that the page shows first: one lever is moved already."""
    return begin().with_parameter(*OPENING)


def from_toml(content: bytes, world: World, filename: str = UPLOADED) -> Experiment:
    """Return an experiment with the scenario of a file, which may extend shipped scenarios only."""
    called = shown(filename[:80]).strip('"')
    if len(content) > UPLOAD_BYTES:
        raise InputError(
            "is too large for a scenario", file=called, allowed=f"at most {UPLOAD_BYTES:,} bytes"
        )
    with tempfile.TemporaryDirectory() as folder:
        # The loader reads files; this one's name is not the visitor's.
        file = Path(folder) / f"{UPLOADED}.toml"
        file.write_bytes(content)
        try:
            extended = read_document(file).data.get("extends", PLAIN)
            if extended not in names():
                raise InputError(
                    f"there is no shipped scenario {shown(extended)} to extend",
                    field="extends",
                    allowed=", ".join(names()),
                    nearest=closest(extended, names()),
                )
            scenario = load(file, world)
        except InputError as error:
            where = {name: getattr(error, name) for name in ("line", "field", "allowed", "nearest")}
            raise InputError(error.message, file=called, **where) from None
    return Experiment(str(extended), PLAIN, within_limits(_without_defaults(scenario)))


def _without_defaults(scenario: Scenario) -> Scenario:
    data = scenario.model_dump(exclude_none=True)
    return build(data | {"parameters": only_changed(scenario.parameters)})


def only_changed(parameters: Mapping[str, float]) -> dict[str, float]:
    """Return the parameters that differ from their defaults, in the order of the table."""
    defaults = default_values()
    return {
        name: float(parameters[name])
        for name in PARAMETERS
        if name in parameters and parameters[name] != defaults[name]
    } | {name: value for name, value in parameters.items() if name not in defaults}


def within_limits(scenario: Scenario) -> Scenario:
    """Return the scenario unchanged if the page may run it; raise InputError otherwise."""
    for field, value, most in (
        ("interventions", len(scenario.interventions), INTERVENTIONS),
        ("end", scenario.n_months, MONTHS),
        ("seed", scenario.seed, HIGHEST_SEED),
    ):
        if value > most:
            unit = " months" if field == "end" else ""
            raise InputError(
                f"{value}{unit} is more than this page runs",
                field=field,
                allowed=f"at most {most}{unit}",
            )
    return scenario


def named_in(scenario: Scenario, world: World) -> Scenario:
    """Return the scenario unchanged if the world knows all names in it, else raise InputError."""
    problems = unknown_names(scenario, scenario.interventions, world)
    if problems:
        raise problems[0].error()
    return scenario


def _known(field: str, given: str, known: Sequence[str]) -> str:
    """Return a name unchanged if it is one of those known."""
    if given not in known:
        raise InputError(
            f"there is no {shown(given)}",
            field=field,
            allowed=", ".join(known),
            nearest=closest(given, known),
        )
    return given


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
    *("name", "title", "question", "lineage", "start", "end"),
    *("replicates", "focus", "interventions"),
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
        ("f", "1" if experiment.fixed else "", ""),
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
    experiment = tried(experiment, lambda e: e.with_settings(against=state.get("b", PLAIN)))
    experiment = tried(experiment, lambda e: e.with_settings(outcome=state.get("o", SHOWN[0])))
    experiment = experiment.with_settings(fixed=state.get("f") == "1")
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
    return experiment.with_settings(seed=int(text))
