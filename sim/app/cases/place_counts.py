"""What runs hold of one place: how many of each event in each month, and what follows from it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from sim.core import enums as k
from sim.report.run_summaries import Spread, spread

if TYPE_CHECKING:
    from sim.core.state import Array, State
    from sim.scenario.schema import Scenario
    from sim.world import World

NAMES = ("visit_to_lac", "visit_to_china", "memorandum", "twinning", "deal")
"""Kinds of events that are counted."""
_COLUMN = np.full(len(k.EVENT_KINDS), -1, dtype=np.int64)
_COLUMN[[k.EVENTS[name].code for name in NAMES]] = np.arange(len(NAMES))


@dataclass(frozen=True)
class PreparedRuns:
    """Hold a scenario ready to run, and the place to look at.

    Parameters
    ----------
    template
        State before the first month.
    place
        Number of the locality.
    seed, start, months
        Seed; first month from January 2000; number of months.
    """

    template: State
    place: int
    seed: int
    start: int
    months: int


@dataclass(frozen=True)
class PlaceCounts:
    """Hold what runs made of one place.

    Parameters
    ----------
    start
        First month, from January 2000.
    counts
        Events by run, kind (:data:`NAMES`) and month (R, K, T).
    """

    start: int
    counts: Array

    @property
    def runs(self) -> int:
        """Return the number of runs."""
        return len(self.counts)

    @property
    def months(self) -> int:
        """Return the number of months."""
        return int(self.counts.shape[2])

    def with_more(self, counts: Array) -> PlaceCounts:
        """Return the chronicle with further runs."""
        return replace(self, counts=np.concatenate([self.counts, counts]))

    def totals(self) -> Array:
        """Return how many of each kind each run has (R, K)."""
        return np.asarray(self.counts.sum(axis=2, dtype=np.int64))

    def per_run(self) -> dict[str, Spread]:
        """Return the number of each kind in a run: middle and 90 % interval over runs."""
        totals = self.totals()
        return {name: spread(totals[:, i]) for i, name in enumerate(NAMES)}

    def of(self, *names: str) -> Array:
        """Return how many of some kinds each run has (R,)."""
        totals: Array = self.totals()[:, [NAMES.index(name) for name in names]].sum(axis=1)
        return totals

    def so_far(self, *names: str) -> Spread:
        """Return how many of some kinds there are up to each month (T,), over runs."""
        columns = [NAMES.index(name) for name in names]
        summed = self.counts[:, columns].sum(axis=1, dtype=np.int64)
        return spread(np.cumsum(summed, axis=1))

    def share_by(self, name: str) -> Array:
        """Return the share of runs with a first event of a kind up to each month (T,)."""
        seen = np.cumsum(self.counts[:, NAMES.index(name)], axis=1, dtype=np.int64) > 0
        return np.asarray(seen.mean(axis=0)) if self.runs else np.zeros(self.months)

    def share(self, name: str) -> float:
        """Return the share of runs with any event of a kind."""
        return float(self.share_by(name)[-1])

    def middle_first(self, name: str) -> int | None:
        """Return the median first month of a kind among the runs that have it, None if none has.

        The month counts from January 2000; of two middle ones it is the earlier.
        """
        mine = self.counts[:, NAMES.index(name)] > 0
        firsts = np.sort(np.argmax(mine, axis=1)[mine.any(axis=1)])
        return None if not len(firsts) else self.start + int(firsts[(len(firsts) - 1) // 2])


def empty(prepared: PreparedRuns) -> PlaceCounts:
    """Return a chronicle without runs."""
    return PlaceCounts(prepared.start, np.zeros((0, len(NAMES), prepared.months), dtype=np.uint16))


def joined(counts: Sequence[Array]) -> Array:
    """Return the counts of several batches of runs as one."""
    return np.concatenate(counts)


def prepare(scenario: Scenario, world: World, code: str) -> PreparedRuns:
    """Return a scenario ready to run on a world, looked at from one locality.

    Raises
    ------
    KeyError
        If the world has no such locality.
    """
    from sim.engine.initial_state import initial_state
    from sim.world.positions import Positions

    place = Positions(world).locality[code]
    template = initial_state(scenario, world)
    return PreparedRuns(template, place, scenario.seed, scenario.start_month, scenario.n_months)


def count_runs(prepared: PreparedRuns, replicates: Iterable[int]) -> Array:
    """Run replicates and return the events of the place, by run, kind and month (R, K, T)."""
    from sim.engine.compiled import simulate

    found = [_counted(simulate(prepared.template, prepared.seed, r), prepared) for r in replicates]
    shape = (0, len(NAMES), prepared.months)
    return np.stack(found) if found else np.zeros(shape, dtype=np.uint16)


def _counted(w: State, prepared: PreparedRuns) -> Array:
    log = w.event[: int(w.run["events"][0])]
    mine = log[log["place"] == prepared.place]
    column = _COLUMN[mine["kind"]]
    kept = column >= 0
    cells = column[kept] * prepared.months + mine["month"][kept] - prepared.start
    counts = np.bincount(cells, minlength=len(NAMES) * prepared.months)
    return counts.reshape(len(NAMES), prepared.months).astype(np.uint16)
