"""What every field of a state must hold, as its unit says; checked each month in the checked build.

A unit names an interval, or the table that an index points into, -1 standing for none. The units of
records stand in :mod:`sim.core.state_fields`, those of other arrays in
:data:`sim.core.state_pointer.MATRICES`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from sim.core import enums, state_fields
from sim.core.calendar import month_name
from sim.core.parameters import PARAMETERS
from sim.core.state import POOLS, Array, State
from sim.core.state_fields import RECORDS, Field
from sim.core.state_pointer import MATRICES
from sim.rules.basics import NEVER

Interval = tuple[float, float]

_ANY = (-math.inf, math.inf)
_POSITIVE = (0.0, math.inf)
INTERVALS: dict[str, Interval] = {
    "-": _ANY,
    "log": _ANY,
    "log10": _ANY,
    "log-odds": _ANY,
    "0-1": (0.0, 1.0),
    "0/1": (0.0, 1.0),
    "authority": (0.0, 1.0),
    "probability": (0.0, 1.0),
    "share": (0.0, 1.0),
    "-1 to 1": (-1.0, 1.0),
    "-1/0/1": (-1.0, 1.0),
    "month": (-NEVER, 2.0 * NEVER),
    "bits": (0.0, 2.0 ** len(enums.ACTOR_TYPES) - 1.0),
    "count": _POSITIVE,
    "event": _POSITIVE,
    "months": _POSITIVE,
    "per month": _POSITIVE,
    "ratio": _POSITIVE,
    "row": _POSITIVE,
    "trust": _POSITIVE,
    "US$ million": _POSITIVE,
    "weight": _POSITIVE,
}
"""The values a unit allows, both ends included; what is real must be finite besides."""

ROUNDING = 1e-12
"""How far a sum of shares may go beyond its end."""

INDICES = {"order": "intervention"} | {
    name: name for name in ("actor", "country", "forum", "place", "project", "sector", "tie")
}
"""For a unit that is an index: the table whose rows it counts."""


class InvariantError(AssertionError):
    """Say that a state holds what its units do not allow."""


def interval(unit: str, rows: dict[str, int]) -> Interval:
    """Return the least and the largest value a unit allows, given the rows in use of each table.

    Raises
    ------
    KeyError
        If nothing is known of the unit.
    """
    if unit in INDICES:
        return -1.0, rows[INDICES[unit]] - 1.0
    if unit.startswith("kinds."):
        return -1.0, len(getattr(enums, unit.removeprefix("kinds."))) - 1.0
    return INTERVALS[unit]


def violations(w: State) -> list[str]:
    """Return what in a state lies outside its unit, one sentence a field; none if all is well."""
    used = {name: len(getattr(w, name)) for name in RECORDS}
    used |= {name: int(w.run[name + "s"][0]) for name in POOLS}
    return [
        f"{name} is {bad[0]:g} in {len(bad)} of {values.size} places, outside {low:g} to {high:g}"
        for name, values, (low, high), may_be_nan in _columns(w, used)
        if len(bad := _outside(values, low, high, may_be_nan))
    ]


def _columns(w: State, used: dict[str, int]) -> Iterator[tuple[str, Array, Interval, bool]]:
    """Yield every column in use: name, values, what is allowed, and whether nan is."""

    def of(where: str, field: Field, values: Array) -> tuple[str, Array, Interval, bool]:
        return f"{where}.{field.name}", values, interval(field.unit, used), "nan:" in field.meaning

    for name, fields in RECORDS.items():
        if name != "par":
            table = getattr(w, name)[: used[name]]
            yield from (of(name, field, table[field.name]) for field in fields)
    for number, field in enumerate(state_fields.SERIES):
        yield of("series", field, w.series[..., number])
    for entry, values in zip(PARAMETERS.values(), w.par_values, strict=True):
        yield entry.name, np.atleast_1d(values), (entry.low, entry.high), False
    for name, (_, _, unit) in MATRICES.items():
        yield name, getattr(w, name), interval(unit, used), False


def _outside(values: Array, low: float, high: float, may_be_nan: bool) -> Array:
    """Return the values that are not allowed."""
    wrong = ~((values >= low - ROUNDING) & (values <= high + ROUNDING) & np.isfinite(values))
    if may_be_nan:
        wrong &= ~np.isnan(values)
    result: Array = values[wrong]
    return result


def check(w: State, t: int) -> None:
    """Check a state after month ``t``.

    Raises
    ------
    InvariantError
        If a field lies outside its unit.
    """
    if found := violations(w):
        raise InvariantError(f"{month_name(t)}: {'; '.join(found)}")
