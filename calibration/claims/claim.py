"""One causal claim of the report: what carries it and how it is checked.

The head of ``patterns.toml`` says what each field means.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, Field, StringConstraints, model_validator

from calibration.claims.statistics import STATISTICS, Statistic
from sim.scenario.intervention_fields import STRICT, Line, Month, misplaced

REPLICATES = 1
"""Runs of each world at each draw where a claim says nothing else."""


def flat(given: object) -> object:
    """Give a table of parameters dotted names where it nests them."""
    if not isinstance(given, dict):
        return given
    flat: dict[str, Any] = {}
    for name, value in given.items():
        nested = isinstance(value, dict)
        flat |= {f"{name}.{key}": item for key, item in value.items()} if nested else {name: value}
    return flat


def _said(allowed: str) -> Any:
    """Return what a field takes in words, for errors."""
    return Field(json_schema_extra={"allowed": allowed})


_Text = Annotated[
    str,
    StringConstraints(min_length=1, max_length=2000),
    _said("text of 1 to 2000 characters"),
]
_Id = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Z][0-9]{2,3}$"),
    _said("a letter and two or three digits, as in M07"),
]
_Where = Annotated[
    str, StringConstraints(pattern=r"^[\w/]+\.py:[\w.]+$"), _said("file.py:function")
]
_Names = Annotated[tuple[str, ...], Field(strict=False), _said("a list of names of parameters")]
_Replicates = Annotated[int, Field(ge=1, le=1_000)]
_Parameters = Annotated[dict[str, float], BeforeValidator(flat)]
_Interventions = Annotated[tuple[dict[str, Any], ...], Field(strict=False)]


class Change(BaseModel):
    """What is changed to see the pattern: a treated world beside a control world."""

    model_config = STRICT

    parameters: _Parameters = {}
    against: _Parameters = {}
    interventions: _Interventions = ()
    against_interventions: _Interventions = ()

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        if not any(getattr(self, name) for name in type(self).model_fields):
            raise misplaced((), "changes nothing", allowed="parameters or interventions")
        return self


class Thin(BaseModel):
    """A shorter experiment that tests run."""

    model_config = STRICT

    end: Month | None = None
    replicates: _Replicates | None = None


class ClaimExperiment(BaseModel):
    """The worlds that show a claim, with its mechanism and without."""

    model_config = STRICT

    start: Month = "2000-01"
    end: Month = "2019-12"
    replicates: _Replicates | None = None
    world: _Parameters = {}
    interventions: _Interventions = ()
    without: _Parameters
    contrast: Literal["difference", "ratio"] = "difference"
    change: Annotated[Change, Field(strict=False)] | None = None

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

    id: _Id
    title: Line
    section: Line
    claim: _Text
    pattern: _Text
    parameters: _Names
    where: Annotated[tuple[_Where, ...], Field(strict=False), _said('a list of "file.py:function"')]
    statistic: str | None = None
    args: dict[str, Any] = {}
    direction: Literal["+", "-"] | None = None
    above: float | None = None
    below: float | None = None
    experiment: Annotated[ClaimExperiment, Field(strict=False)] | None = None
    thin: Annotated[Thin, Field(strict=False)] | None = None
    not_expressed: _Text | None = None

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
        """Tell whether an interval, or a number, lies within the thresholds; nan never does."""
        above = self.above is None or low > self.above
        below = self.below is None or high < self.below
        return low <= high and above and below

    def thinned(self) -> Claim:
        """Return the claim with the shorter experiment that tests run."""
        if self.thin is None:
            return self
        changes = self.thin.model_dump(exclude_none=True)
        return self.model_copy(update={"experiment": self.trial.model_copy(update=changes)})
