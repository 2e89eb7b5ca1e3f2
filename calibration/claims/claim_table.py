"""The table of claims: read ``patterns.toml`` and check all of it.

The fields of :class:`Claim`, :class:`Experiment`, :class:`Change` and :class:`Thin` and their
descriptions are the documentation of the format.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self, TypeVar

from pydantic import BaseModel, Field, StringConstraints, ValidationError, model_validator

from calibration.claims.locality_lists import read_lists, with_lists
from calibration.claims.statistics import STATISTICS, Statistic
from sim.core.errors import InputError
from sim.core.parameters import PARAMETERS
from sim.scenario.intervention_fields import STRICT, Line, Month, misplaced
from sim.scenario.problems import NO_SUCH_FIELD, Problem, closest, problems_of, shown
from sim.scenario.reading import Document, read_document

if TYPE_CHECKING:
    from sim.core.line_finder import KeyPath
    from sim.world import World

TABLE = Path(__file__).resolve().parents[1] / "patterns.toml"
"""The shipped table."""

REPLICATES = 40
"""Runs of each world where a claim says nothing else."""

_Text = Annotated[
    str,
    StringConstraints(min_length=1, max_length=2000),
    Field(json_schema_extra={"allowed": "text of 1 to 2000 characters"}),
]
_Id = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Z][0-9]{2,3}$"),
    Field(json_schema_extra={"allowed": "a letter and two or three digits, as in M07"}),
]
_Where = Annotated[
    str,
    StringConstraints(pattern=r"^[\w/]+\.py:[\w.]+$"),
    Field(json_schema_extra={"allowed": "file.py:function"}),
]
_Replicates = Annotated[int, Field(ge=2, le=100_000)]
_Parameters = dict[str, float]
_Interventions = Annotated[tuple[dict[str, Any], ...], Field(strict=False)]
_Model = TypeVar("_Model", bound=BaseModel)


class Change(BaseModel):
    """What is changed to see the pattern: a treated world beside a control world."""

    model_config = STRICT

    parameters: _Parameters = Field(
        default_factory=dict, description="Parameters of the treated world."
    )
    against: _Parameters = Field(
        default_factory=dict, description="Parameters of the control world; else the defaults."
    )
    interventions: _Interventions = Field(
        (), description="Interventions in the treated world, as in scenario files."
    )
    against_interventions: _Interventions = Field(
        (), description="Interventions in the control world."
    )

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        if not any(getattr(self, name) for name in type(self).model_fields):
            raise misplaced((), "changes nothing", allowed="parameters or interventions")
        return self


class Thin(BaseModel):
    """A shorter experiment that tests run."""

    model_config = STRICT

    end: Month | None = Field(None, description="Last month instead of the experiment's.")
    replicates: _Replicates | None = Field(None, description="Runs of each world instead.")


class ClaimExperiment(BaseModel):
    """The worlds that show a claim, with its mechanism and without."""

    model_config = STRICT

    start: Month = Field("2000-01", description="First month of every world.")
    end: Month = Field("2019-12", description="Last month of every world.")
    replicates: _Replicates | None = Field(
        None, description=f"Runs of each world; {REPLICATES} where left out."
    )
    world: _Parameters = Field(
        default_factory=dict, description="Parameters in every world of the claim."
    )
    interventions: _Interventions = Field(
        (), description="Interventions in every world of the claim, as in scenario files."
    )
    without: _Parameters = Field(description="Parameters that switch the mechanism off.")
    contrast: Literal["difference", "ratio"] = Field(
        "difference",
        description="How treated and control are compared: treated - control, or "
        "treated / control - 1.",
    )
    change: Change | None = Field(
        None, description="What is changed; left out, the pattern is measured in the world itself."
    )

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if not self.without:
            raise misplaced(("without",), "switches nothing off", allowed="at least one parameter")
        if self.change is None:
            if self.contrast != "difference":
                raise misplaced(("contrast",), "has nothing to compare", allowed="with a change")
            return self
        for name in ("parameters", "against"):
            both = sorted(set(self.without) & set(getattr(self.change, name)))
            if both:
                raise misplaced(("change", name, both[0]), "is also what switches the claim off")
        return self


class Claim(BaseModel):
    """One causal claim, what carries it and how it is checked."""

    model_config = STRICT

    id: _Id = Field(description="Identity.")
    title: Line = Field(description="The claim in a few words.")
    section: Line = Field(description="Where the report (Myers 2020) makes it.")
    claim: _Text = Field(description="The claim in a sentence or two.")
    pattern: _Text = Field(description="What is measured and what must hold.")
    parameters: Annotated[tuple[str, ...], Field(strict=False)] = Field(
        description="Parameters that carry it.",
        json_schema_extra={"allowed": "a list of names of parameters"},
    )
    where: Annotated[tuple[_Where, ...], Field(strict=False)] = Field(
        description="Where it lives in the code.",
        json_schema_extra={"allowed": 'a list of "file.py:function"'},
    )
    statistic: str | None = Field(None, description="Name of the statistic.")
    args: dict[str, Any] = Field(
        default_factory=dict, description="What the statistic is asked about, such as countries."
    )
    direction: Literal["+", "-"] | None = Field(
        None, description="Sign of the pattern with the mechanism minus without."
    )
    above: float | None = Field(None, description="The interval with it lies wholly above this.")
    below: float | None = Field(None, description="The interval with it lies wholly below this.")
    experiment: ClaimExperiment | None = Field(None, description="The worlds that show it.")
    thin: Thin | None = Field(None, description="A shorter experiment that tests run.")
    not_expressed: _Text | None = Field(
        None, description="Why the claim cannot be expressed at this scale."
    )

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        needed = ("statistic", "direction", "experiment")
        if self.not_expressed is not None:
            given = [n for n in (*needed, "above", "below") if getattr(self, n) is not None]
            if given:
                raise misplaced((given[0],), "does not go with 'not_expressed'")
            return self
        for name in needed:
            if getattr(self, name) is None:
                raise misplaced((name,), "is missing")
        if self.above is None and self.below is None:
            raise misplaced((), "has no threshold", allowed="'above', 'below' or both")
        if self.above is not None and self.below is not None and self.above >= self.below:
            raise misplaced(("below",), "is not larger than 'above'")
        return self

    @property
    def measure(self) -> Statistic:
        """Return the statistic of an expressed claim."""
        return STATISTICS[str(self.statistic)]

    @property
    def trial(self) -> ClaimExperiment:
        """Return the experiment of an expressed claim."""
        if self.experiment is None:
            raise ValueError(f"{self.id} is not expressed")
        return self.experiment

    def passes(self, low: float, high: float) -> bool:
        """Tell whether an interval lies wholly within the thresholds; nan never does."""
        above = self.above is None or low > self.above
        below = self.below is None or high < self.below
        return low <= high and above and below

    def thinned(self) -> Claim:
        """Return the claim with the shorter experiment that tests run."""
        if self.thin is None:
            return self
        changes = self.thin.model_dump(exclude_none=True)
        return self.model_copy(update={"experiment": self.trial.model_copy(update=changes)})


def load_claims(file: str | Path = TABLE, world: World | None = None) -> tuple[Claim, ...]:
    """Return the claims of a table, all of it checked.

    Parameters
    ----------
    file
        A TOML file of ``[[claim]]`` tables; the shipped one by default.
    world
        The tables in which interventions name countries and so on; the shipped ones by default.

    Raises
    ------
    InputError
        If something in it is wrong; it tells the file, the line and the field.
    """
    document = read_document(Path(file))
    for key in document.data:
        if key not in ("claim", "lists"):
            raise document.error((key,), "there is no such table", allowed="[lists] and [[claim]]")
    lists = read_lists(document)
    entries = document.data.get("claim")
    if not isinstance(entries, list) or not all(isinstance(e, dict) for e in entries):
        raise document.error(("claim",), "is not a list of tables", allowed="[[claim]]")
    claims: dict[str, Claim] = {}
    for number, entry in enumerate(entries):
        path = ("claim", number)
        claim = _claim(document, path, with_lists(document, path, entry, lists))
        if claim.id in claims:
            raise document.error((*path, "id"), f"{shown(claim.id)} is given twice")
        _raise_first(document, path, _problems(claim, world))
        claims[claim.id] = claim
    return tuple(claims.values())


def select_claims(claims: Sequence[Claim], ids: Iterable[str]) -> tuple[Claim, ...]:
    """Return the claims of some identities in the table's order; all if none is named.

    Raises
    ------
    InputError
        If there is no claim of an identity.
    """
    known = {claim.id: claim for claim in claims}
    wanted = [text.strip().upper() for text in ids]
    for text in wanted:
        if text not in known:
            padded = f"{text[:1]}{text[1:].zfill(2)}"
            raise InputError(
                f"there is no claim {shown(text)}",
                argument="only",
                allowed=f"an identity from {claims[0].id} to {claims[-1].id}",
                nearest=padded if padded in known else closest(text, tuple(known)),
            )
    return tuple(c for c in claims if not wanted or c.id in wanted)


def _claim(document: Document, path: KeyPath, entry: Mapping[str, Any]) -> Claim:
    """Return one claim from its table, inner tables first, so that errors name their fields."""
    data = dict(entry)
    inner = data.get("experiment")
    if isinstance(inner, dict):
        inner, at = dict(inner), (*path, "experiment")
        for name in ("world", "without"):
            _flatten(inner, name)
        if isinstance(change := inner.get("change"), dict):
            change = dict(change)
            for name in ("parameters", "against"):
                _flatten(change, name)
            inner["change"] = _validated(Change, change, document, (*at, "change"))
        data["experiment"] = _validated(ClaimExperiment, inner, document, at)
    if isinstance(data.get("thin"), dict):
        data["thin"] = _validated(Thin, data["thin"], document, (*path, "thin"))
    return _validated(Claim, data, document, path)


def _flatten(table: dict[str, Any], name: str) -> None:
    """Give a table of parameters dotted names where it nests them."""
    given = table.get(name)
    if isinstance(given, dict):
        flat: dict[str, Any] = {}
        for group, value in given.items():
            if isinstance(value, dict):
                flat |= {f"{group}.{key}": item for key, item in value.items()}
            else:
                flat[group] = value
        table[name] = flat


def _validated(
    model: type[_Model], data: dict[str, Any], document: Document, path: KeyPath
) -> _Model:
    """Return a model of the data or raise what is wrong, with its line."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        problems = problems_of(error, model)
    # A name misspelt is missing too; the misspelling tells more.
    raise _located(document, path, min(problems, key=lambda p: p.message != NO_SUCH_FIELD))


def _located(document: Document, path: KeyPath, problem: Problem) -> InputError:
    """Return a problem as an error about its line of the file."""
    return document.error(
        (*path, *problem.path), problem.message, allowed=problem.allowed, nearest=problem.nearest
    )


def _raise_first(document: Document, path: KeyPath, problems: list[Problem]) -> None:
    """Raise the first of some problems of a claim, if there is one."""
    if problems:
        raise _located(document, path, problems[0])


def _problems(claim: Claim, world: World | None) -> list[Problem]:
    """Return what is wrong with a claim's names and worlds."""
    from calibration.claims.claim_scenarios import argument_problems, world_problems

    found = [
        Problem(
            ("parameters", number),
            f"there is no parameter {shown(name)}",
            nearest=closest(name, tuple(PARAMETERS)),
        )
        for number, name in enumerate(claim.parameters)
        if name not in PARAMETERS
    ]
    if claim.experiment is None:
        return found
    if claim.statistic not in STATISTICS:
        message = f"there is no statistic {shown(claim.statistic)}"
        near = closest(claim.statistic, tuple(STATISTICS))
        return [*found, Problem(("statistic",), message, nearest=near)]
    try:
        inspect.signature(claim.measure.measure).bind(None, **claim.args)
    except TypeError as error:
        found.append(Problem(("args",), f"does not suit {claim.statistic}: {error}"))
    return found or argument_problems(claim, world) or world_problems(claim, world)
