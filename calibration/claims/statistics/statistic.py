"""What a statistic is, and how a number follows from what is measured in single runs.

Measuring a run gives a few numbers that may be averaged over runs, its parts; the value is a
function of their averages. A share, say, has the parts (how many of them, how many in all) and the
value ``ratio``: the share over all runs together, defined as soon as one of them has any.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np

from calibration.run_reading import Reading
from sim.core.state import Array

Parts = tuple[float, ...]
_Function = TypeVar("_Function", bound=Callable[..., Any])


@dataclass(frozen=True)
class Statistic:
    """Describe one statistic.

    ``measure`` returns the K parts of one run, all finite, from its reading and the claim's
    arguments, ``value`` numbers (...,) from averages of parts (..., K), in the unit.
    """

    name: str
    unit: str
    meaning: str
    measure: Callable[..., Parts]
    value: Callable[[Array], Array]

    def parts(self, reading: Reading, arguments: dict[str, Any]) -> Parts:
        """Return the parts of one run; a ValueError if one is not finite, as averages were lost."""
        found = tuple(float(part) for part in self.measure(reading, **arguments))
        if not np.isfinite(found).all():
            raise ValueError(f"the statistic {self.name} has parts that are no numbers: {found}")
        return found


STATISTICS: dict[str, Statistic] = {}
"""Every statistic by its name."""


def statistic(*, unit: str, value: Callable[[Array], Array]) -> Callable[[_Function], _Function]:
    """Register a function that measures a run as a statistic of the same name.

    A ValueError tells that the name is taken or that there is no docstring, which gives the
    meaning.
    """
    return lambda measure: _registered(measure, measure, unit, value)


def yearly(*, unit: str, field: str = "month") -> Callable[[_Function], _Function]:
    """Register a function that selects records of a run as a statistic: their number a year.

    ``field`` holds the month that counts. The statistic takes the arguments ``since``, ``until``,
    ``countries`` and ``localities`` of :func:`count_a_year`.
    """

    def register(select: _Function) -> _Function:
        def measure(
            reading: Reading,
            since: str | None = None,
            until: str | None = None,
            countries: Sequence[str] | None = None,
            localities: Sequence[str] | None = None,
        ) -> Parts:
            rows = reading.chosen(
                select(reading),
                field=field,
                since=since,
                until=until,
                countries=countries,
                localities=localities,
            )
            return count_a_year(reading, rows, since, until)

        return _registered(select, measure, unit, mean)

    return register


def count_a_year(
    reading: Reading, rows: Array, since: str | None = None, until: str | None = None
) -> Parts:
    """Return how many records there are for each year of the run between two months."""
    return (len(rows) / reading.years_from(since, until),)


def _registered(
    named: _Function, measure: Callable[..., Parts], unit: str, value: Callable[[Array], Array]
) -> _Function:
    name, text = named.__name__, inspect.getdoc(named)
    if not text:
        raise ValueError(f"the statistic {name} does not say what it measures")
    if name in STATISTICS:
        raise ValueError(f"there are two statistics {name}")
    meaning = text.split("\n\n", 1)[0].replace("\n", " ")
    STATISTICS[name] = Statistic(name, unit, meaning, measure, value)
    return named


def share_of(chosen: Array) -> Parts:
    """Return the parts of a share: how many are true, and how many there are."""
    return chosen.sum(), len(chosen)


def sums_by_group(part: Array, groups: Sequence[Array], whole: Array | None = None) -> Parts:
    """Return (a, b, c, d, ...): the sums of ``part`` and ``whole`` in each group of cases.

    Groups are masks; by default each case counts as one in the whole.
    """
    of = np.ones(len(part)) if whole is None else whole
    return tuple(cases[group].sum() for group in groups for cases in (part, of))


def divided(part: Array, whole: Array) -> Array:
    """Return part over whole, nan where the whole is zero."""
    unknown = np.full(np.broadcast_shapes(part.shape, whole.shape), np.nan)
    return np.asarray(np.divide(part, whole, out=unknown, where=whole != 0.0))


def _ratios(parts: Array) -> Array:
    """Return a/b, c/d, ... of parts (a, b, c, d, ...)."""
    return divided(parts[..., ::2], parts[..., 1::2])


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
    return gap(_ratios(parts))


def least(parts: Array) -> Array:
    """Return the smallest of the parts."""
    return np.asarray(parts.min(axis=-1))


def least_ratio(parts: Array) -> Array:
    """Return the least of a/b, c/d ... of parts (a, b, c, d, ...)."""
    return least(_ratios(parts))


def smaller_share(parts: Array) -> Array:
    """Return the smaller of the shares a/(a + b) and b/(a + b) of parts (a, b)."""
    return divided(np.minimum(parts[..., 0], parts[..., 1]), parts[..., 0] + parts[..., 1])


def least_lead(parts: Array) -> Array:
    """Return the least of a/b - c/d, a/b - e/f ... of parts (a, b, c, d, e, f, ...)."""
    ratios = _ratios(parts)
    return least(ratios[..., :1] - ratios[..., 1:])


# --- how two things go together within one run

UNDEFINED: Parts = (0.0, 0.0)
"""Parts of what is not defined in a run, (x, 1) where it is: the ratio of the averages is then the
mean over the runs in which it is defined."""


def slope(outcome: Array, cause: Array, *controls: Array) -> Parts:
    """Return the least-squares coefficient of an outcome on a cause, given controls.

    All are vectors of one length; a constant is always among the controls.
    """
    known = np.column_stack([np.ones(len(cause)), *controls])
    both = np.column_stack([outcome, cause])
    both = both - known @ np.linalg.lstsq(known, both, rcond=None)[0]
    spread = float(both[:, 1] @ both[:, 1])
    if spread <= 1e-9 * max(1.0, float(cause @ cause)):
        return UNDEFINED
    return float(both[:, 0] @ both[:, 1]) / spread, 1.0


def rank_correlation(a: Array, b: Array) -> Parts:
    """Return the rank correlation of two vectors (Spearman), undefined if one is constant."""
    from scipy.stats import rankdata

    x, y = rankdata(a), rankdata(b)
    x, y = x - x.mean(), y - y.mean()
    scale = float(np.sqrt((x @ x) * (y @ y)))
    return UNDEFINED if scale == 0.0 else (float(x @ y) / scale, 1.0)


def within_strata(treated: Array, success: Array, stratum: Array) -> Parts:
    """Return the parts of the difference in success between treated and others within strata.

    The value is the weighted mean over strata of the difference of two shares, with the weights of
    Mantel and Haenszel (1959), n1 n0 / (n1 + n0): strata with few of one kind hardly count.
    ``treated`` and ``success`` are masks of the cases, ``stratum`` whole numbers from 0 on.
    """
    if not len(stratum):
        return UNDEFINED
    cells = 4 * stratum + 2 * treated.astype(np.int64) + success.astype(np.int64)
    size = 4 * (int(stratum.max()) + 1)
    table = np.bincount(cells, minlength=size).reshape(-1, 2, 2).astype(np.float64)
    other, chosen = table[:, 0].sum(axis=1), table[:, 1].sum(axis=1)
    both = (other > 0) & (chosen > 0)
    other, chosen, table = other[both], chosen[both], table[both]
    weight = other * chosen / (other + chosen)
    difference = table[:, 1, 1] / chosen - table[:, 0, 1] / other
    return float(weight @ difference), float(weight.sum())
