"""What a statistic is, and how a number follows from what is measured in single runs.

Measuring a run gives a few numbers that may be averaged over runs, its parts; the value is a
function of their averages. A share, say, has the parts (how many of them, how many in all) and the
value ``ratio``: the share over all runs together, defined as soon as one of them has any.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

if TYPE_CHECKING:
    from calibration.run_reading import Reading

Array = np.ndarray[Any, Any]
Parts = tuple[float, ...]
Measure = Callable[..., Parts]
Value = Callable[[Array], Array]

_Measure = TypeVar("_Measure", bound=Measure)


@dataclass(frozen=True)
class Statistic:
    """Describe one statistic.

    Parameters
    ----------
    name
        Key in :data:`STATISTICS`.
    unit
        Unit of the value.
    meaning
        What is measured, in a sentence.
    measure
        Returns the K parts of one run, all finite, from its reading and the claim's arguments.
    value
        Returns numbers of shape (...,) from averages of parts, of shape (..., K).
    """

    name: str
    unit: str
    meaning: str
    measure: Measure
    value: Value

    def parts(self, reading: Reading, arguments: dict[str, Any]) -> Parts:
        """Return the parts of one run.

        Raises
        ------
        ValueError
            If one of them is not a finite number: averages over runs would be lost.
        """
        found = tuple(float(part) for part in self.measure(reading, **arguments))
        if not np.isfinite(found).all():
            raise ValueError(f"the statistic {self.name} has parts that are no numbers: {found}")
        return found


STATISTICS: dict[str, Statistic] = {}
"""Every statistic by its name."""


def statistic(*, unit: str, value: Value) -> Callable[[_Measure], _Measure]:
    """Register a function that measures a run as a statistic of the same name.

    Parameters
    ----------
    unit
        Unit of the value.
    value
        From averages of parts (..., K) to numbers (...,).

    Raises
    ------
    ValueError
        If the name is taken or the function has no docstring, which gives the meaning.
    """

    def register(measure: _Measure) -> _Measure:
        name = measure.__name__
        meaning = (inspect.getdoc(measure) or "").split("\n\n", 1)[0].replace("\n", " ")
        if not meaning:
            raise ValueError(f"the statistic {name} does not say what it measures")
        if name in STATISTICS:
            raise ValueError(f"there are two statistics {name}")
        STATISTICS[name] = Statistic(name, unit, meaning, measure, value)
        return measure

    return register


def divided(part: Array, whole: Array) -> Array:
    """Return part over whole, nan where the whole is zero."""
    unknown = np.full(np.broadcast_shapes(part.shape, whole.shape), np.nan)
    known: Array = np.divide(part, whole, out=unknown, where=whole != 0.0)
    return known


def mean(parts: Array) -> Array:
    """Return the one part there is."""
    return parts[..., 0]


def ratio(parts: Array) -> Array:
    """Return a/b of parts (a, b)."""
    return divided(parts[..., 0], parts[..., 1])


def gap(parts: Array) -> Array:
    """Return a - b of parts (a, b)."""
    return parts[..., 0] - parts[..., 1]


def difference_of_ratios(parts: Array) -> Array:
    """Return a/b - c/d of parts (a, b, c, d)."""
    return ratio(parts[..., :2]) - ratio(parts[..., 2:])


def least(parts: Array) -> Array:
    """Return the smallest of the parts."""
    lowest: Array = parts.min(axis=-1)
    return lowest


def least_ratio(parts: Array) -> Array:
    """Return the least of a/b, c/d ... of parts (a, b, c, d, ...)."""
    lowest: Array = np.min(
        [ratio(parts[..., i : i + 2]) for i in range(0, parts.shape[-1], 2)], axis=0
    )
    return lowest


def smaller_share(parts: Array) -> Array:
    """Return the smaller of the shares a/(a + b) and b/(a + b) of parts (a, b)."""
    return divided(np.minimum(parts[..., 0], parts[..., 1]), parts[..., 0] + parts[..., 1])


def least_lead(parts: Array) -> Array:
    """Return the least of a/b - c/d, a/b - e/f ... of parts (a, b, c, d, e, f, ...)."""
    first = ratio(parts[..., :2])
    pairs = range(2, parts.shape[-1], 2)
    leads = [first - ratio(parts[..., i : i + 2]) for i in pairs]
    lowest: Array = np.min(leads, axis=0)
    return lowest
