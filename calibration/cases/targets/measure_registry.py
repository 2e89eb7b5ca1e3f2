"""What a measure is: a number taken from a record, or from a run and what is told of it."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, Literal, NamedTuple, TypeVar

from calibration.cases.dated_events import dated
from calibration.cases.observed_events import recorded
from calibration.external import Lists, observed_lists
from calibration.keyed_draws import Chances
from calibration.run_reading import Reading
from sim.core.state import Array


class Found(NamedTuple):
    """Hold a run with one observation of it.

    ``rows`` is what is told of it, rows of :data:`calibration.cases.observed_events.ROW`, drawn
    with the chances of documentation, ``dated`` a sample of events with their months,
    ``lists`` what lists such as others coded would hold.
    """

    reading: Reading
    rows: Array
    dated: Array
    chances: Chances
    lists: Lists


class Measure(NamedTuple):
    """Describe one measure.

    ``take`` returns a number from what it is ``of``; further arguments are a target's. That is a
    record (:data:`RECORDS`) alone, so that the real one has it too, or a ``run`` (:class:`Found`).
    """

    name: str
    unit: str
    meaning: str
    of: Literal["rows", "dated", "lists", "run"]
    take: Callable[..., float]

    def of_run(self, found: Found, **args: Any) -> float:
        """Return the number of a run."""
        return self.take(found if self.of == "run" else getattr(found, self.of), **args)


RECORDS: dict[str, Callable[[], Any]] = {
    "rows": recorded,
    "dated": dated,
    "lists": observed_lists,
}
"""What a measure may read of a run by the field of :class:`Found`, and what of the world."""

MEASURES: dict[str, Measure] = {}
"""Every measure by its name."""

_Take = TypeVar("_Take", bound=Callable[..., float])


def of_record(
    *, unit: str, of: Literal["rows", "dated", "lists", "run"] = "rows"
) -> Callable[[_Take], _Take]:
    """Register a function of a record as a measure of the same name.

    A ValueError tells that the name is taken or that the docstring, the meaning, is missing.
    """

    def register(take: _Take) -> _Take:
        name = take.__name__
        meaning = (inspect.getdoc(take) or "").split("\n\n", 1)[0].replace("\n", " ")
        if not meaning or name in MEASURES:
            raise ValueError(f"the measure {name} stands twice or does not say what it measures")
        MEASURES[name] = Measure(name, unit, meaning, of, take)
        return take

    return register


def share_true(chosen: Array) -> float:
    """Return the share of a mask that is true; a half if there is nothing."""
    return float(chosen.mean()) if len(chosen) else 0.5


def of_run(*, unit: str) -> Callable[[_Take], _Take]:
    """Register a function of a :class:`Found`; see :func:`of_record`."""
    return of_record(unit=unit, of="run")


def of_lists(*, unit: str) -> Callable[[_Take], _Take]:
    """Register a function of :class:`calibration.external.Lists`; see :func:`of_record`."""
    return of_record(unit=unit, of="lists")
