"""Lessons as data: texts, the two scenarios that are compared, and what the comparison shows.

They hold no numbers of results; in which direction an outcome goes stands in them only where it is
a claim, and a test holds every claim to the model.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from sim.engine.outcomes import SERIES_COUNTS
from sim.scenario.schema import Scenario, build, load

FOLDER = Path(__file__).with_name("texts")
PLAIN = "baseline"
"""The shipped scenario that every lesson changes."""
LAST = "2020-12"
"""Last month of a lesson's runs."""

_STRICT = ConfigDict(frozen=True, extra="forbid")


class LessonExperiment(BaseModel):
    """Hold what a lesson changes, the outcomes to follow, and two whose changes are compared."""

    model_config = _STRICT

    outcomes: tuple[str, ...] = Field(min_length=2, max_length=4)
    contrast: tuple[str, str]
    country: str | None = None
    parameters: dict[str, float] = {}
    interventions: tuple[dict[str, Any], ...] = ()


class LessonClaim(BaseModel):
    """Hold in which direction an outcome goes, or that it goes ``further`` than another."""

    model_config = _STRICT

    outcome: str
    goes: Literal["up", "down", "nowhere", "further"]
    than: str | None = None


class Lesson(BaseModel):
    """Hold one lesson: texts for the learner; aims, hints and minutes for the teacher."""

    model_config = _STRICT

    name: str
    order: int
    title: str
    question: str
    story: tuple[str, ...]
    usual: str
    changed: str
    predict: str
    why: tuple[str, ...]
    sources: tuple[str, ...]
    aims: tuple[str, ...]
    hints: tuple[str, ...]
    minutes: int = Field(ge=5, le=180)
    exercises: tuple[str, ...]
    experiment: LessonExperiment
    claims: tuple[LessonClaim, ...] = Field(min_length=1)

    @property
    def outcome(self) -> str:
        """Return the outcome to predict."""
        return self.experiment.outcomes[0]

    def scenarios(self) -> tuple[Scenario, Scenario]:
        """Return the usual and the changed scenario, or InputError."""
        usual = load(PLAIN).with_overrides(end=LAST)
        data = usual.model_dump(exclude_none=True)
        data["parameters"] = usual.parameters | self.experiment.parameters
        data["interventions"] = [*data["interventions"], *self.experiment.interventions]
        return usual, build(data)

    def texts(self) -> Iterator[str]:
        """Yield every text that a learner or teacher reads."""
        yield from (self.title, self.question, *self.story, self.usual, self.changed, self.predict)
        yield from (*self.why, *self.sources, *self.aims, *self.hints, *self.exercises)


def read_lesson(file: Path) -> Lesson:
    """Read a lesson, named as its file; ValueError for a wrong field or what cannot be followed."""
    data = tomllib.loads(file.read_text(encoding="utf-8"))
    lesson = Lesson.model_validate({"name": file.stem, **data})
    unknown = [name for name in lesson.experiment.outcomes if name not in SERIES_COUNTS]
    if unknown:
        raise ValueError(f"{file.name}: {', '.join(unknown)} cannot be followed month by month")
    return lesson


@cache
def lessons() -> dict[str, Lesson]:
    """Return the lessons by name, in their order."""
    found = sorted((read_lesson(file) for file in FOLDER.glob("*.toml")), key=lambda x: x.order)
    return {lesson.name: lesson for lesson in found}
