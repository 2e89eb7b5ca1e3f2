"""What runs hold of one place: events by run, kind and month, and what an exchange changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from sim.core import enums as k
from sim.core.state import Array, State
from sim.engine.compiled import simulate
from sim.engine.initial_state import initial_state
from sim.experiments.comparison.paired_statistics import Pairs
from sim.report.run_summaries import Spread, spread
from sim.scenario.schema import Scenario
from sim.world import World
from sim.world.positions import Positions

NAMES = ("visit_to_lac", "visit_to_china", "memorandum", "twinning", "deal")
"""Kinds of events that are counted."""
LEAST = 5
"""Paired runs below which nothing is said of a difference."""
_COLUMN = np.full(len(k.EVENT_KINDS), -1, dtype=np.int64)
_COLUMN[[k.EVENTS[name].code for name in NAMES]] = np.arange(len(NAMES))


class PreparedRuns(NamedTuple):
    """Hold a scenario, its state before the first month, and the number of the place looked at."""

    scenario: Scenario
    template: State
    place: int


@dataclass(frozen=True)
class PlaceCounts:
    """Hold events of one place from a month on by run, kind (:data:`NAMES`) and month (R, K, T)."""

    start: int
    counts: Array

    @property
    def runs(self) -> int:
        """Return the number of runs."""
        return len(self.counts)

    def with_more(self, runs: Sequence[Array]) -> PlaceCounts:
        """Return the counts with those of further runs, (K, T) each."""
        return PlaceCounts(self.start, np.concatenate([self.counts, np.stack(runs)]))

    def of(self, *names: str) -> Array:
        """Return how many of some kinds each run has (R,)."""
        return np.asarray(self._by_month(names).sum(axis=1))

    def so_far(self, *names: str) -> Spread:
        """Return how many of some kinds there are up to each month (T,), over runs."""
        return spread(np.cumsum(self._by_month(names), axis=1))

    def _by_month(self, names: Sequence[str]) -> Array:
        """Return how many of some kinds each run has in each month (R, T)."""
        columns = [NAMES.index(name) for name in names]
        return np.asarray(self.counts[:, columns].sum(axis=1, dtype=np.int64))

    def share_by(self, name: str) -> Array:
        """Return the share of runs with a first event of a kind up to each month (T,)."""
        seen = np.cumsum(self._by_month((name,)), axis=1) > 0
        return np.asarray(seen.mean(axis=0)) if self.runs else np.zeros(self.counts.shape[2])

    def middle_first(self, name: str) -> int | None:
        """Return the median first month of a kind, the earlier of two, over runs that have it."""
        mine = self._by_month((name,)) > 0
        firsts = np.sort(np.argmax(mine, axis=1)[mine.any(axis=1)])
        return None if not len(firsts) else self.start + int(firsts[(len(firsts) - 1) // 2])


def prepare(scenario: Scenario, world: World, code: str) -> PreparedRuns:
    """Return a scenario ready to run, looked at from one locality, or raise KeyError."""
    place = Positions(world).locality[code]
    return PreparedRuns(scenario, initial_state(scenario, world), place)


def no_runs(scenario: Scenario) -> PlaceCounts:
    """Return the counts of no run of a scenario."""
    shape = (0, len(NAMES), scenario.n_months)
    return PlaceCounts(scenario.start_month, np.zeros(shape, dtype=np.uint16))


def count_run(prepared: PreparedRuns, replicate: int) -> Array:
    """Run a replicate and return the events of the place, by kind and month (K, T)."""
    scenario = prepared.scenario
    w = simulate(prepared.template, scenario.seed, replicate)
    log = w.event[: int(w.run["events"][0])]
    mine = log[log["place"] == prepared.place]
    column = _COLUMN[mine["kind"]]
    counted = column >= 0
    counts = np.zeros((len(NAMES), scenario.n_months), dtype=np.uint16)
    np.add.at(counts, (column[counted], mine["month"][counted] - scenario.start_month), 1)
    return counts


class SwapEffect(NamedTuple):
    """Hold how the mean number per run of a kind (:data:`NAMES`) differs with an exchange.

    ``difference`` is the mean over paired runs, with its 95 % interval and the pairs ``needed`` to
    tell it from none; nine ``pairs`` in ten lie between ``p05`` and ``p95``, and ``raised`` and
    ``lowered`` are shares of them. ``share_before`` and ``share_after`` are those of runs with any.
    """

    name: str
    before: float
    after: float
    difference: float
    low: float
    high: float
    needed: float
    p05: float
    p95: float
    raised: float
    lowered: float
    share_before: float
    share_after: float
    pairs: float

    @property
    def is_clear(self) -> bool:
        """Return whether the interval lies on one side of zero."""
        return self.low > 0.0 or self.high < 0.0


def effects(before: PlaceCounts, after: PlaceCounts) -> tuple[SwapEffect, ...]:
    """Return the difference of each number over the runs that both have; none if too few."""
    runs = min(before.runs, after.runs)
    if runs < LEAST:
        return ()
    one, other = (each.counts[:runs].sum(axis=2, dtype=float) for each in (before, after))
    table = Pairs.of(one, other, 1.0).table()
    told = ("baseline", "what_if", "difference", "low", "high", "runs_to_tell", "p05", "p95")
    columns = [table[name] for name in (*told, "share_higher", "share_lower")]
    columns += [(one > 0).mean(axis=0), (other > 0).mean(axis=0), table["runs"]]
    return tuple(
        SwapEffect(name, *row)
        for name, row in zip(NAMES, np.column_stack(columns).tolist(), strict=True)
    )
