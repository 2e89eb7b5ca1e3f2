"""The worlds of a claim as scenarios.

A claim has a world with its mechanism and one without. Where it is about a change, each of them
comes twice: treated and control. Every world is the shipped baseline with other months, parameters
and interventions.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import product
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from sim.core.parameters import PARAMETERS
from sim.scenario.problems import Problem, closest, problems_of, shown
from sim.scenario.schema import Scenario, load
from sim.scenario.world_names import unknown_names
from sim.world import World, load_world

if TYPE_CHECKING:
    from calibration.claims.claim_table import Claim
    from sim.scenario.toml_lines import KeyPath

BASELINE = "baseline"

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


@dataclass(frozen=True)
class Setting:
    """Hold what one world sets, and the place in the claim's table each part came from.

    Parameters
    ----------
    start, end
        First and last month.
    parameters
        Value and origin by name.
    interventions
        Intervention and origin, in order.
    """

    start: str
    end: str
    parameters: dict[str, tuple[float, KeyPath]]
    interventions: tuple[tuple[dict[str, Any], KeyPath], ...]

    def origin(self, path: KeyPath) -> KeyPath:
        """Return the place in the claim's table of a place in the scenario."""
        if len(path) > 1 and path[0] == "parameters" and path[1] in self.parameters:
            return (*self.parameters[str(path[1])][1], *path[2:])
        if len(path) > 1 and path[0] == "interventions" and isinstance(path[1], int):
            return (*self.interventions[path[1]][1], *path[2:])
        return ("experiment", *path)

    def scenario(self) -> Scenario:
        """Return the world as a scenario; equal worlds give equal scenarios.

        Raises
        ------
        pydantic.ValidationError
            If it is not one.
        """
        base = load_baseline()
        own = {name: value for name, (value, _) in self.parameters.items()}
        values = base.parameters | own
        differing = {
            name: float(values[name])
            for name in sorted(values)
            if name not in PARAMETERS or values[name] != PARAMETERS[name].default
        }
        changes = [item.model_dump(exclude_none=True) for item in base.interventions]
        data = base.model_dump(exclude_none=True) | {
            "start": self.start,
            "end": self.end,
            "parameters": differing,
            "interventions": [*(item for item, _ in self.interventions), *changes],
        }
        return Scenario.model_validate(data)


@cache
def load_baseline() -> Scenario:
    """Return the shipped baseline."""
    return load(BASELINE)


def settings_of(claim: Claim) -> dict[str, Setting]:
    """Return what each world of a claim sets, by its role in :data:`ROLES`."""
    trial = claim.trial
    change = trial.change
    above: KeyPath = ("experiment",)
    common = _from(trial.world, (*above, "world"))
    everywhere = _expanded(trial.interventions, (*above, "interventions"))
    off = _from(trial.without, (*above, "without"))

    def setting(name: str, without: dict[str, tuple[float, KeyPath]]) -> Setting:
        changed: dict[str, tuple[float, KeyPath]] = {}
        added: tuple[tuple[dict[str, Any], KeyPath], ...] = ()
        if change is not None:
            side = "parameters" if name == "treated" else "against"
            orders = "interventions" if name == "treated" else "against_interventions"
            changed = _from(getattr(change, side), (*above, "change", side))
            added = _expanded(getattr(change, orders), (*above, "change", orders))
        parameters = common | changed | without
        return Setting(trial.start, trial.end, parameters, (*everywhere, *added))

    settings = [setting("treated", {}), setting("treated", off)]
    if change is not None:
        settings += [setting("control", {}), setting("control", off)]
    return dict(zip(ROLES, settings, strict=False))


def scenarios_of(claim: Claim) -> dict[str, Scenario]:
    """Return the worlds of a claim that loaded without error, by role."""
    return {role: setting.scenario() for role, setting in settings_of(claim).items()}


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
    """Return what is wrong with the worlds of a claim, also when thinned.

    Places are those of the claim's own table.
    """
    for tried in (claim, claim.thinned()) if claim.thin else (claim,):
        for setting in settings_of(tried).values():
            try:
                scenario = setting.scenario()
            except ValidationError as error:
                found = problems_of(error, Scenario)
            else:
                found = unknown_names(scenario, scenario.interventions, world)
            if found:
                first = found[0]
                at = setting.origin(first.path)
                return [Problem(at, first.message, first.allowed, first.nearest)]
    return []


def _from(values: dict[str, float], path: KeyPath) -> dict[str, tuple[float, KeyPath]]:
    return {name: (value, (*path, name)) for name, value in values.items()}


def _expanded(
    entries: tuple[dict[str, Any], ...], path: KeyPath
) -> tuple[tuple[dict[str, Any], KeyPath], ...]:
    """Return interventions one by one.

    A list in the place of a value stands for one intervention with each of its values.
    """
    return tuple(
        (item, (*path, number)) for number, entry in enumerate(entries) for item in _each(entry)
    )


def _each(entry: dict[str, Any]) -> Iterator[dict[str, Any]]:
    names = [key for key, value in entry.items() if isinstance(value, list)]
    for values in product(*(entry[name] for name in names)):
        yield entry | dict(zip(names, values, strict=True))
