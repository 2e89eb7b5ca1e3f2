"""What a measure is: a number taken from a record, or from a run and what is told of it."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from calibration.cases.observation_model import Chances
from calibration.run_reading import Reading
from sim.core.state import Array


@dataclass(frozen=True)
class Found:
    """Hold a run with one observation of it.

    Parameters
    ----------
    reading
        The run.
    rows
        What is told of it: rows of :data:`calibration.cases.observed_events.ROW`.
    chances
        The chances of documentation they were drawn with.
    """

    reading: Reading
    rows: Array
    chances: Chances


@dataclass(frozen=True)
class Measure:
    """Describe one measure.

    Parameters
    ----------
    name, unit, meaning
        Key in :data:`MEASURES`, unit, and what is measured, in a sentence.
    of_record
        Whether it is taken from a record's rows alone, so that the report has it too; else it is
        taken from a :class:`Found`.
    take
        The function; further arguments are a target's.
    """

    name: str
    unit: str
    meaning: str
    of_record: bool
    take: Callable[..., float]


MEASURES: dict[str, Measure] = {}
"""Every measure by its name."""

_Take = TypeVar("_Take", bound=Callable[..., float])


def _register(unit: str, of_record: bool) -> Callable[[_Take], _Take]:
    def register(take: _Take) -> _Take:
        name = take.__name__
        meaning = (inspect.getdoc(take) or "").split("\n\n", 1)[0].replace("\n", " ")
        if not meaning or name in MEASURES:
            raise ValueError(f"the measure {name} stands twice or does not say what it measures")
        MEASURES[name] = Measure(name, unit, meaning, of_record, take)
        return take

    return register


def of_record(*, unit: str) -> Callable[[_Take], _Take]:
    """Register a function of a record's rows as a measure of the same name.

    Raises
    ------
    ValueError
        If the name is taken or the function has no docstring, which gives the meaning.
    """
    return _register(unit, True)


def of_run(*, unit: str) -> Callable[[_Take], _Take]:
    """Register a function of a :class:`Found`; see :func:`of_record`."""
    return _register(unit, False)
