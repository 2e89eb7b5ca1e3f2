"""What an exchange changes at a place: differences of paired runs, and how sure they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.app.cases.place_counts import NAMES
from sim.experiments.comparison.paired_statistics import Pairs

if TYPE_CHECKING:
    from sim.app.cases.place_counts import PlaceCounts

LEAST = 5
"""Paired runs below which nothing is said of a difference."""


@dataclass(frozen=True)
class SwapEffect:
    """Hold how a number differs between two worlds.

    Parameters
    ----------
    name
        One of :data:`sim.app.cases.place_counts.NAMES`.
    before, after
        Mean number per run, without and with the exchange.
    difference, low, high
        Mean difference of paired runs and its 95 % interval.
    share_before, share_after
        Share of runs with any.
    """

    name: str
    before: float
    after: float
    difference: float
    low: float
    high: float
    share_before: float
    share_after: float

    @property
    def is_clear(self) -> bool:
        """Return whether the interval lies on one side of zero."""
        return self.low > 0.0 or self.high < 0.0


def effects(before: PlaceCounts, after: PlaceCounts) -> tuple[SwapEffect, ...]:
    """Return the difference of each number over the runs that both have; none if too few.

    Run number n of one is paired with run number n of the other.
    """
    runs = min(before.runs, after.runs)
    if runs < LEAST:
        return ()
    pairs = Pairs((len(NAMES),), 1.0)
    one, other = before.totals()[:runs], after.totals()[:runs]
    for mine, its in zip(one, other, strict=True):
        pairs.add(mine.astype(float), its.astype(float))
    table = pairs.table()
    return tuple(
        SwapEffect(
            name=name,
            before=float(table["baseline"][i]),
            after=float(table["what_if"][i]),
            difference=float(table["difference"][i]),
            low=float(table["low"][i]),
            high=float(table["high"][i]),
            share_before=float((one[:, i] > 0).mean()),
            share_after=float((other[:, i] > 0).mean()),
        )
        for i, name in enumerate(NAMES)
    )
