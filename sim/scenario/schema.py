"""A scenario: which months to run, how often, and what differs from the default.

A scenario is a TOML file (the shipped ones are in ``scenarios/``), read and checked here. The
fields of :class:`Scenario` and their descriptions are the documentation of the format.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import BaseModel, Field, ValidationError, model_validator

from sim.core.calendar import month_index
from sim.core.errors import InputError
from sim.core.line_finder import KeyPath
from sim.core.notebook import facts_html
from sim.core.parameters import default_values
from sim.scenario import reading
from sim.scenario.intervention_fields import (
    FIRST_MONTH,
    STRICT,
    Line,
    Month,
    Prose,
    Slug,
    misplaced,
    names_of,
)
from sim.scenario.interventions import AnyIntervention, Intervention, ParameterChange
from sim.scenario.problems import Problem, parameter_problem, problems_of, shown
from sim.scenario.reading import Layers, find, names, shipped_folder
from sim.scenario.toml_dump import dumped
from sim.scenario.world_names import places_named, unknown_names

if TYPE_CHECKING:
    from sim.world import World

__all__ = ["Scenario", "build", "find", "load", "names", "shipped_folder", "suiting"]

MOST_REPLICATES = 1_000_000
LARGEST_SEED = 2**63 - 1


class Scenario(BaseModel):
    """Hold everything that decides a run, apart from the world's tables.

    Scenarios are frozen; :meth:`with_overrides` returns a changed copy.
    """

    model_config = STRICT

    name: Slug = Field(description="Short name of the scenario; by default that of its file.")
    title: Line = Field(description="Name of the scenario in words; by default its name.")
    question: Prose = Field("", description="The question that the scenario answers.")
    lineage: Annotated[tuple[Slug, ...], Field(strict=False)] = Field(
        (),
        description="The scenarios it was built on, nearest first; filled in from 'extends'.",
        json_schema_extra={"allowed": "a list of scenario names"},
    )
    start: Month = Field(FIRST_MONTH, description="First month of the run.")
    end: Month = Field("2020-12", description="Last month of the run, inclusive.")
    seed: int = Field(
        2020,
        ge=0,
        le=LARGEST_SEED,
        description="Seed of all random numbers. What-ifs keep their parent's, so that runs pair.",
    )
    replicates: int = Field(
        20, ge=1, le=MOST_REPLICATES, description="Number of runs, each with its own draws."
    )
    focus: Annotated[tuple[str, ...], Field(strict=False)] = Field(
        (),
        description="Localities that the report looks at closely.",
        json_schema_extra=names_of("localities", "a list of ISO 3166-2 codes of localities"),
    )
    authority_index: Literal["rai", "coded"] = Field(
        "rai",
        description="Index of the authority of first-level units: the Regional Authority Index, "
        "or the one coded for this model, to see what hangs on the choice.",
    )
    wills: Literal["drawn", "documented"] = Field(
        "drawn",
        description="Will of the local heads whom the world names: drawn like everyone's, or as "
        "documented, which was coded after what they did and is for replays only.",
    )
    parameters: dict[str, float] = Field(
        default_factory=dict,
        description="Values of parameters that differ from their defaults.",
    )
    interventions: Annotated[tuple[AnyIntervention, ...], Field(strict=False)] = Field(
        (), description="What changes in the middle of the run."
    )

    @property
    def start_month(self) -> int:
        """Return the number of the first month, 0 for January 2000."""
        return month_index(self.start)

    @property
    def end_month(self) -> int:
        """Return the number of the last month, inclusive, 0 for January 2000."""
        return month_index(self.end)

    @property
    def n_months(self) -> int:
        """Return how many months the run has."""
        return self.end_month - self.start_month + 1

    @property
    def digest(self) -> str:
        """Return a hash that is the same for equal scenarios and no others."""
        return hashlib.sha256(self.dump_toml().encode()).hexdigest()

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.end < self.start:
            raise misplaced(
                ("end",),
                f'"{self.end}" is before the start "{self.start}"',
                allowed="a month not before the start",
            )
        _refuse_repeats(("focus",), self.focus)
        for name, value in self.parameters.items():
            _raise_if(parameter_problem(("parameters", name), name, value, ("parameters", name)))
        for number, change in enumerate(self.interventions):
            _check_change(self, number, change)
        _refuse_repeats(("interventions",), [c.id for c in self.interventions], "id")
        _refuse_clashes(self.interventions)
        return self

    def parameter_values(self) -> dict[str, float]:
        """Return the value of every parameter, by name, in the order of the table."""
        return default_values() | self.parameters

    def _repr_html_(self) -> str:
        """Show in a notebook what it asks and sets."""
        changes = (f"{one.month} {one.kind}" for one in self.interventions)
        facts = {
            "question": self.question,
            "builds on": " → ".join(self.lineage),
            "months": f"{self.start} to {self.end}",
            "runs": f"{self.replicates}, seed {self.seed}",
            "looks at": ", ".join(self.focus),
            "parameters set": ", ".join(f"{n} {v:g}" for n, v in self.parameters.items()),
            "interventions": ", ".join(changes),
        }
        return facts_html(f"{self.name}: {self.title}", facts)

    def with_overrides(
        self,
        *,
        parameters: Mapping[str, float] | None = None,
        seed: int | None = None,
        replicates: int | None = None,
        end: str | None = None,
    ) -> Scenario:
        """Return a copy with some values replaced.

        Parameters
        ----------
        parameters
            Values by name; parameters not named keep the scenario's values.
        seed, replicates, end
            Replacements; None keeps the scenario's.

        Raises
        ------
        InputError
            If a name or value is not accepted, or an intervention would lie after the end.
        """
        data = self.model_dump(exclude_none=True)
        changed = {name: _plain(value) for name, value in (parameters or {}).items()}
        data["parameters"] = self.parameters | changed
        given = {"seed": seed, "replicates": replicates, "end": end}
        data |= {key: _plain(value) for key, value in given.items() if value is not None}
        return build(data)

    def with_interventions(
        self, *changes: Mapping[str, Any], world: World | None = None
    ) -> Scenario:
        """Return a copy with further interventions.

        Parameters
        ----------
        changes
            The fields of each, as in a file: ``{"kind": "turnover", "country": "BRA",
            "month": "2003-01", "pace": 2}``.
        world
            The tables in which names are looked up; the shipped ones by default.

        Raises
        ------
        InputError
            If one is not valid.
        """
        data = self.model_dump(exclude_none=True)
        scenario = build(data | {"interventions": [*data["interventions"], *changes]})
        problems = unknown_names(scenario, scenario.interventions, world)
        if problems:
            raise problems[0].error()
        return scenario

    def dump_toml(self) -> str:
        """Return the scenario as a TOML text that loads to an equal scenario."""
        return dumped(self)


def build(data: Mapping[str, Any]) -> Scenario:
    """Return a scenario from its fields, as Python values; InputError if they do not make one.

    Names of countries and other rows of the world are not checked here.
    """
    try:
        return Scenario.model_validate(dict(data))
    except ValidationError as error:
        problem = problems_of(error, Scenario)[0]
    raise problem.error()


def load(name_or_path: str | Path, world: World | None = None) -> Scenario:
    """Return a scenario, given its name or its file, checked against a world.

    Parameters
    ----------
    name_or_path
        The name of a shipped scenario or the path of a TOML file.
    world
        The tables that countries, localities, actors and other names are looked up in; the
        shipped ones by default.

    Raises
    ------
    InputError
        If there is no such scenario or something in it is wrong; it tells the file, the line
        and the field.
    """
    scenario, layers = _resolved(name_or_path)
    problems = unknown_names(scenario, scenario.interventions, world)
    needed = places_named(scenario)
    if problems and needed and world is not None and reading.is_shipped(name_or_path):
        raise InputError(
            f"the scenario {scenario.name!r} needs a world with {', '.join(needed)}",
            file=world.folder,
            allowed=f"a scenario that suits it: {', '.join(suiting(world))}",
        )
    if problems:
        raise layers.error(problems)
    return scenario


@lru_cache(maxsize=4)
def suiting(world: World) -> tuple[str, ...]:
    """Return the names of the shipped scenarios that can be run on a world."""
    outlines = {name: outline(name) for name in names()}
    return tuple(n for n, s in outlines.items() if not unknown_names(s, s.interventions, world))


def outline(name_or_path: str | Path) -> Scenario:
    """Return a scenario as :func:`load` does, without looking names up in a world."""
    return _resolved(name_or_path)[0]


def _resolved(name_or_path: str | Path) -> tuple[Scenario, Layers]:
    """Return a scenario with its parents merged in, and where its parts came from."""
    layers = reading.read_layers(reading.locate(name_or_path))
    own, *parents = layers.documents
    data = layers.data
    if parents:
        if "lineage" in data:
            raise own.error(("lineage",), "goes without 'extends', which fills it in")
        data["lineage"] = [_slug(parent.data.get("name"), parent.file) for parent in parents]
    data.setdefault("name", _slug(None, own.file))
    data.setdefault("title", data["name"])
    try:
        return Scenario.model_validate(data), layers
    except ValidationError as error:
        problems = problems_of(error, Scenario, extra=("extends",))
    raise layers.error(problems)


def _slug(name: object, file: Path) -> str:
    """Return the name a file gives itself, or one made from the name of the file."""
    text = name if isinstance(name, str) else file.stem
    return re.sub(r"[^a-z0-9_-]+", "-", text.lower())[:64].strip("-_") or "scenario"


def _plain(value: Any) -> Any:
    """Return numpy's numbers as Python's own, for the strict schema."""
    return value.item() if getattr(value, "ndim", None) == 0 else value


def _raise_if(problem: Problem | None) -> None:
    """Raise a problem as an error of validation."""
    if problem is not None:
        raise misplaced(
            problem.path, problem.message, allowed=problem.allowed, nearest=problem.nearest
        )


def _check_change(scenario: Scenario, number: int, change: Intervention) -> None:
    """Check that an intervention lies within the run and sets a value that exists."""
    path = ("interventions", number)
    if not scenario.start <= change.month <= scenario.end:
        raise misplaced(
            (*path, "month"),
            f'"{change.month}" is outside the run',
            allowed=f'a month from "{scenario.start}" to "{scenario.end}"',
        )
    if isinstance(change, ParameterChange):
        at = (*path, "value")
        _raise_if(parameter_problem((*path, "parameter"), change.parameter, change.value, at))


def _refuse_repeats(
    path: tuple[str, ...], given: Iterable[str | None], field: str | None = None
) -> None:
    """Check that no text is given twice; ``field`` is its place within each element."""
    seen: set[str] = set()
    for number, text in enumerate(given):
        if text is not None and text in seen:
            place: KeyPath = (*path, number) if field is None else (*path, number, field)
            raise misplaced(place, f"{shown(text)} is given twice", allowed="each one once")
        if text is not None:
            seen.add(text)


def _refuse_clashes(changes: tuple[Intervention, ...]) -> None:
    """Check that no two interventions change one thing in one month."""
    seen: dict[tuple[str, ...], int] = {}
    for number, change in enumerate(changes):
        first = seen.setdefault(change.key, number)
        if first != number:
            raise misplaced(
                ("interventions", number),
                f"changes the same thing in {change.month} as intervention {first + 1}",
                allowed="one change of a thing in a month",
            )
