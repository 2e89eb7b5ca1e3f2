"""What a visitor has set up: a scenario begun from a shipped one, and what it is compared with.

Every change goes through the scenario's schema and the page's limits: what exists can be run.
"""

from __future__ import annotations

import math
import re
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.app.limits import HIGHEST_SEED, INTERVENTIONS, MONTHS, UPLOAD_BYTES
from sim.core.errors import InputError
from sim.core.parameters import PARAMETERS, default_values
from sim.scenario.problems import closest, parameter_problem, shown
from sim.scenario.reading import read_document
from sim.scenario.schema import Scenario, build, find, load, names
from sim.scenario.world_names import unknown_names

if TYPE_CHECKING:
    from sim.world import World

PLAIN = "baseline"
"""The scenario that a page begins with and that all others are compared with at first."""
SHOWN = (
    "deals",
    "deal_value_usd_m",
    "memoranda",
    "visits_to_lac",
    "visits_to_china",
    "twinnings",
    "cancellations",
    "ties_lost",
    "trust",
)
"""Outcomes that the page shows: those followed by month and by locality."""
UPLOADED = "uploaded"


@dataclass(frozen=True)
class Experiment:
    """Hold the shipped scenarios that it begins from and is compared with, and what is changed.

    ``outcome`` is the one of :data:`SHOWN` that is looked at.
    """

    start: str
    against: str
    scenario: Scenario
    outcome: str = SHOWN[0]

    def baseline(self) -> Scenario:
        """Return what it is compared with, over the same months and with the same seed.

        An intervention of the baseline outside these months raises InputError.
        """
        own = {name: getattr(self.scenario, name) for name in ("start", "end", "seed")}
        return build(shipped(self.against).model_dump(exclude_none=True) | own)

    def with_outcome(self, outcome: str) -> Experiment:
        """Return the experiment with another outcome looked at."""
        return replace(self, outcome=_known("outcome", outcome, SHOWN))

    def with_against(self, name: str) -> Experiment:
        """Return the experiment compared with another shipped scenario."""
        return replace(self, against=_known("against", name, names()))

    def with_parameter(self, name: str, value: float) -> Experiment:
        """Return the experiment with one parameter at another value."""
        problem = parameter_problem(("parameters", name), name, value, ("parameters", name))
        # Not a number is neither below nor above a limit.
        if problem is None and not math.isfinite(value):
            raise InputError(f"{shown(value)} is not a finite number", field=name)
        if problem is not None:
            raise problem.error()
        changed = self.scenario.parameters | {name: float(value)}
        return self._built(parameters=only_changed(changed))

    def with_interventions(self, changes: Sequence[Mapping[str, Any]], world: World) -> Experiment:
        """Return the experiment with these interventions, given as the fields of each."""
        result = self._built(interventions=list(changes))
        named_in(result.scenario, world)
        return result

    def with_seed(self, seed: int) -> Experiment:
        """Return the experiment with another seed."""
        return self._built(seed=seed)

    def with_title(self, title: str) -> Experiment:
        """Return the experiment under another title, from which its name is made."""
        slug = re.sub(r"[^a-z0-9]+", "-", title.lower())[:64].strip("-")
        return self._built(title=title, name=slug or "what-if")

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


def from_toml(content: bytes, world: World, filename: str = UPLOADED) -> Experiment:
    """Return an experiment with the scenario of an uploaded file.

    It may extend shipped scenarios only. The visitor's name of the file appears in messages alone.
    """
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
