"""The worlds of a claim as scenarios.

A claim has a world with its mechanism and one without. Where it is about a change, each of them
comes twice: treated and control. Every world is the shipped baseline with other months, parameters
and interventions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import product
from typing import TYPE_CHECKING, Any, NamedTuple

from pydantic import ValidationError

from calibration.claims.claim import Claim
from sim.scenario.problems import Problem, closest, problems_of, shown
from sim.scenario.schema import Scenario, load
from sim.scenario.world_names import unknown_names
from sim.world import World, load_world

if TYPE_CHECKING:
    from sim.core.line_finder import KeyPath

ROLES = ("with", "without", "with, control", "without, control")
"""The worlds of a claim; it has the last two if it is about a change."""

# Arguments of statistics that hold codes, with the table and column they are from.
_CODES = {
    "countries": ("countries", "iso3"),
    "high": ("countries", "iso3"),
    "low": ("countries", "iso3"),
    "localities": ("localities", "code"),
    "province": ("provinces", "code"),
    "sectors": ("sectors", "code"),
}


class Setting(NamedTuple):
    """Hold what one world sets, and the place in the claim's table that each part came from."""

    parameters: dict[str, tuple[float, KeyPath]]
    interventions: list[tuple[dict[str, Any], KeyPath]]

    def origin(self, path: KeyPath) -> KeyPath:
        """Return the place in the claim's table of a place in the scenario."""
        if len(path) > 1 and path[0] == "parameters" and path[1] in self.parameters:
            return (*self.parameters[str(path[1])][1], *path[2:])
        if len(path) > 1 and path[0] == "interventions" and isinstance(path[1], int):
            return (*self.interventions[path[1]][1], *path[2:])
        return ("experiment", *path)


@cache
def load_baseline() -> Scenario:
    """Return the shipped baseline."""
    return load("baseline")


def _roles(claim: Claim) -> tuple[str, ...]:
    return ROLES[:2] if claim.trial.change is None else ROLES


def _setting(claim: Claim, role: str) -> Setting:
    """Return what the world of a claim sets in one of :data:`ROLES`."""
    trial, above = claim.trial, ("experiment",)
    layers: list[tuple[Any, KeyPath, str, str]] = [(trial, above, "world", "interventions")]
    if trial.change is not None:
        is_control = role.endswith("control")
        fields = (
            ("against", "against_interventions") if is_control else ("parameters", layers[0][3])
        )
        layers.append((trial.change, (*above, "change"), *fields))
    if role.startswith("without"):
        layers.append((trial, above, "without", ""))
    setting = Setting({}, [])
    for part, path, values, orders in layers:
        for name, value in getattr(part, values).items():
            setting.parameters[name] = (value, (*path, values, name))
        for number, entry in enumerate(getattr(part, orders) if orders else ()):
            at = (*path, orders, number)
            setting.interventions.extend((item, at) for item in each(entry))
    return setting


def each(entry: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield interventions one by one: a list stands for one with each of its values."""
    names = [key for key, value in entry.items() if isinstance(value, list)]
    for values in product(*(entry[name] for name in names)):
        yield entry | dict(zip(names, values, strict=True))


def scenario_of(
    start: str,
    end: str,
    parameters: Mapping[str, float],
    interventions: Iterable[Mapping[str, Any]],
    base: Scenario | None = None,
) -> Scenario:
    """Return a scenario, the baseline by default, with months, parameters and interventions.

    Worlds that set the same give equal scenarios. What equals its default is set too: it is not to
    be drawn.
    """
    base = base or load_baseline()
    values = {**base.parameters, **parameters}
    changes = [item.model_dump(exclude_none=True) for item in base.interventions]
    data = base.model_dump(exclude_none=True) | {
        "start": start,
        "end": end,
        "parameters": {name: float(values[name]) for name in sorted(values)},
        "interventions": [*interventions, *changes],
    }
    return Scenario.model_validate(data)


def _scenario(claim: Claim, setting: Setting) -> Scenario:
    """Return a world as a scenario."""
    values = {name: value for name, (value, _) in setting.parameters.items()}
    orders = (item for item, _ in setting.interventions)
    return scenario_of(claim.trial.start, claim.trial.end, values, orders)


def scenarios_of(claim: Claim) -> dict[str, Scenario]:
    """Return the worlds of a claim that loaded without error, by role."""
    return {role: _scenario(claim, _setting(claim, role)) for role in _roles(claim)}


def argument_problems(claim: Claim, world: World | None = None) -> list[Problem]:
    """Return the codes among a claim's arguments that the world's tables lack."""
    tables = (world if world is not None else load_world()).tables
    found = []
    for name, given in claim.args.items():
        table, column = _CODES.get(name, ("", ""))
        for code in (given if isinstance(given, list) else [given]) if table else ():
            known = tuple(tables[table][column])
            if code not in known:
                message = f"the world has no {shown(code)} among its {table}"
                found.append(Problem(("args", name), message, nearest=closest(code, known)))
    return found


def world_problems(claim: Claim, world: World | None = None) -> list[Problem]:
    """Return the first that is wrong with the worlds of a claim, also when thinned.

    Places are those of the claim's own table.
    """
    for tried in (claim, claim.thinned()) if claim.thin else (claim,):
        for role in _roles(tried):
            setting = _setting(tried, role)
            try:
                scenario = _scenario(tried, setting)
                found = unknown_names(scenario, scenario.interventions, world)
            except ValidationError as error:
                found = problems_of(error, Scenario)
            for problem in found:
                at = setting.origin(problem.path)
                return [Problem(at, problem.message, problem.allowed, problem.nearest)]
    return []
