"""One causal claim of the report: what carries it and how it is checked.

The fields of :class:`Claim`, :class:`ClaimExperiment`, :class:`Change` and :class:`Thin` and their
descriptions are the documentation of the format of ``patterns.toml``.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, Field, StringConstraints, model_validator

from calibration.claims.statistics import STATISTICS, Statistic
from sim.scenario.intervention_fields import STRICT, Line, Month, misplaced

REPLICATES = 40
"""Runs of each world where a claim says nothing else."""


def _flat(given: object) -> object:
    """Give a table of parameters dotted names where it nests them."""
    if not isinstance(given, dict):
        return given
    flat: dict[str, Any] = {}
    for name, value in given.items():
        nested = isinstance(value, dict)
        flat |= {f"{name}.{key}": item for key, item in value.items()} if nested else {name: value}
    return flat


def _text(allowed: str, **constraints: Any) -> Any:
    """Return constraints of a text and what they say in words, for errors."""
    return (StringConstraints(**constraints), Field(json_schema_extra={"allowed": allowed}))


_Text = Annotated[str, *_text("text of 1 to 2000 characters", min_length=1, max_length=2000)]
_Id = Annotated[
    str, *_text("a letter and two or three digits, as in M07", pattern=r"^[A-Z][0-9]{2,3}$")
]
_Where = Annotated[str, *_text("file.py:function", pattern=r"^[\w/]+\.py:[\w.]+$")]
_Replicates = Annotated[int, Field(ge=2, le=100_000)]
_Parameters = Annotated[dict[str, float], BeforeValidator(_flat)]
_Interventions = Annotated[tuple[dict[str, Any], ...], Field(strict=False)]


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
    change: Annotated[Change, Field(strict=False)] | None = Field(
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
    experiment: Annotated[ClaimExperiment, Field(strict=False)] | None = Field(
        None, description="The worlds that show it."
    )
    thin: Annotated[Thin, Field(strict=False)] | None = Field(
        None, description="A shorter experiment that tests run."
    )
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
