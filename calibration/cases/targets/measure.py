"""What a measure is: a number taken from a record, or from a run and what is told of it."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import NamedTuple, TypeVar

from calibration.cases.observation_model import Chances
from calibration.run_reading import Reading
from sim.core.state import Array


class Found(NamedTuple):
    """Hold a run with one observation of it.

    ``rows`` is what is told of it, rows of :data:`calibration.cases.observed_events.ROW`, drawn
    with the chances of documentation.
    """

    reading: Reading
    rows: Array
    chances: Chances


class Measure(NamedTuple):
    """Describe one measure.

    ``take`` returns a number from a record's rows alone if it is ``of_record``, so that the report
    has it too, else from a :class:`Found`; further arguments are a target's.
    """

    name: str
    unit: str
    meaning: str
    of_record: bool
    take: Callable[..., float]


MEASURES: dict[str, Measure] = {}
"""Every measure by its name."""

_Take = TypeVar("_Take", bound=Callable[..., float])


def of_record(*, unit: str, needs_run: bool = False) -> Callable[[_Take], _Take]:
    """Register a function of a record's rows as a measure of the same name.

    A ValueError tells that the name is taken or that the docstring, the meaning, is missing.
    """

    def register(take: _Take) -> _Take:
        name = take.__name__
        meaning = (inspect.getdoc(take) or "").split("\n\n", 1)[0].replace("\n", " ")
        if not meaning or name in MEASURES:
            raise ValueError(f"the measure {name} stands twice or does not say what it measures")
        MEASURES[name] = Measure(name, unit, meaning, not needs_run, take)
        return take

    return register


def of_run(*, unit: str) -> Callable[[_Take], _Take]:
    """Register a function of a :class:`Found`; see :func:`of_record`."""
    return of_record(unit=unit, needs_run=True)
