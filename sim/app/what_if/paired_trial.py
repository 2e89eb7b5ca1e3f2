"""The paired runs of an experiment: each run once, added up in their order, as tables.

A run of the compiled engine holds no global lock, so that the threads of the page's pool keep
every processor busy. What is counted of a run is small; the run itself is dropped. The statistics
are those of :mod:`sim.experiments.comparison.paired_statistics`.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from functools import cached_property
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sim.app.limits import BASELINES
from sim.app.what_if.experiment import SHOWN, Experiment
from sim.core.calendar import month_name
from sim.core.state import POOLS, grown
from sim.engine import outcomes
from sim.engine.compiled import simulate
from sim.engine.initial_state import initial_state
from sim.engine.monthly_inputs import rows_of
from sim.engine.outcomes import OUTCOMES, Outcome
from sim.experiments.comparison.comparison_tables import effect_frame, steps_of
from sim.experiments.comparison.paired_simulation import (
    PATHS,
    REGION_OUTCOMES,
    country_sizes,
    region_paths,
    with_parameters,
)
from sim.experiments.comparison.paired_statistics import Pairs
from sim.experiments.comparison.pairing import same_world
from sim.report.compare_text import EffectText, effect_of
from sim.world.positions import Positions

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sim.app.thread_pool import Cancel
    from sim.core.state import Array, State
    from sim.scenario.schema import Scenario
    from sim.world import World

PAIRS = 100
"""Pairs of runs behind a result."""
CHUNKS = (*((n, n + 5) for n in range(0, 20, 5)), *((n, n + 10) for n in range(20, PAIRS, 10)))
"""Runs that are one piece of work: the first are short, so that something shows at once."""
MILESTONES = (20, 60, PAIRS)
"""Numbers of pairs at which what is known so far is shown."""
QUANTILES = (0.05, 0.95)
"""Ends of the bands: nine runs in ten lie within."""

_LOCAL = tuple(next(o for o in OUTCOMES if o.name == name) for name in SHOWN)
_PATH = tuple(next(o for o in PATHS if o.name == name) for name in SHOWN)
_PATH_ROWS = [PATHS.index(outcome) for outcome in _PATH]


@dataclass(frozen=True)
class RunCounts:
    """Hold what is counted of one run; runs with equal events have equal marks.

    Shapes: outcomes for the region (R,), by locality (O, L) and month by month (O, T), the last
    two for :data:`sim.app.what_if.experiment.SHOWN`.
    """

    region: Array
    local: Array
    path: Array
    mark: tuple[int, int]

    def same(self, other: RunCounts) -> bool:
        """Return whether two runs are equal in every event and count."""
        return self.mark == other.mark and np.array_equal(self.region, other.region, equal_nan=True)


Pair = tuple[RunCounts, RunCounts]


class RunCache:
    """Count the runs of one scenario, each at most once, whichever thread asks first.

    ``like`` are runs of the same months that are likely to need as much room in the engine's
    tables as these.
    """

    def __init__(self, scenario: Scenario, world: World, like: RunCache | None = None) -> None:
        self.scenario, self.world, self._like = scenario, world, like
        # What the runs so far have needed: a run that begins with it need not grow.
        self.room: dict[str, int] = {} if like is None else like.room
        self.at: Positions = Positions(world) if like is None else like.at
        self.done: dict[int, RunCounts] = {}
        # One lock a chunk: a second visitor waits for the runs that a first one is making.
        self._locks = {chunk: Lock() for chunk in CHUNKS}
        self._starting = Lock()

    @cached_property
    def begun(self) -> State:
        """Return the state before the first month; other parameters alone are quickly put in."""
        like = self._like
        if like is not None and like.scenario.interventions == self.scenario.interventions:
            return with_parameters(like.begun, self.scenario)
        return initial_state(self.scenario, self.world)

    @cached_property
    def _sizes(self) -> Array:
        return country_sizes(self.at)

    def counted(self, chunk: tuple[int, int], cancel: Cancel) -> list[RunCounts]:
        """Return the runs of a chunk, from the first up to but not including the last.

        If it is cancelled between two runs, those made are kept.
        """
        with self._starting:
            for pool, needed in self.room.items():
                while len(getattr(self.begun, pool)) < needed:
                    self.begun = grown(self.begun, pool)
            begun = self.begun
        with self._locks[chunk]:
            for number in range(*chunk):
                if number not in self.done:
                    cancel.check()
                    final = simulate(begun, self.scenario.seed, number)
                    self.room = {p: max(self.room.get(p, 0), len(getattr(final, p))) for p in POOLS}
                    self.done[number] = self._counts(final)
        return [self.done[number] for number in range(*chunk)]

    def _counts(self, w: State) -> RunCounts:
        counted = outcomes.count_events(w)
        local = outcomes.by_place(w, counted)
        region = outcomes.for_region(w, local, counted)
        places = len(self.at.locality)
        words = w.event[: int(w.run["events"][0])].view(np.uint64)
        return RunCounts(
            region=np.array([region[o.name] for o in REGION_OUTCOMES]),
            local=np.array([local[name][:places] for name in SHOWN], dtype=np.float64),
            path=region_paths(w, self._sizes, counted)[_PATH_ROWS],
            # Identities are drawn from so many that no two logs add up to the same by chance.
            mark=(len(words), int(words.sum())),
        )


class RunCaches:
    """Keep the runs of the ``most`` baselines asked for last, for all visitors."""

    def __init__(self, most: int = BASELINES) -> None:
        self.most = most
        self._kept: OrderedDict[tuple[str, str], RunCache] = OrderedDict()
        self._lock = Lock()

    def runs(self, scenario: Scenario, world: World) -> RunCache:
        """Return the runs of a baseline, those made earlier with them."""
        key = (scenario.digest, world.digest)
        with self._lock:
            if key not in self._kept:
                self._kept[key] = RunCache(scenario, world)
            self._kept.move_to_end(key)
            while len(self._kept) > self.most:
                self._kept.popitem(last=False)
            return self._kept[key]

    def __len__(self) -> int:
        return len(self._kept)


RUN_CACHES = RunCaches()
"""Baselines of this server."""


@dataclass(frozen=True)
class TrialResult:
    """Hold what is known after a number of pairs.

    What is told of places and months is worked out for the outcomes that are asked for.

    Parameters
    ----------
    experiment, at, runs
        What was run, on which tables, and what was counted, the baseline's first in each pair.
    identical
        Whether every run of the changed world is its twin's equal in everything.
    effects
        Differences for the region, one row an outcome: all of the region's and ``trust``.
    """

    experiment: Experiment
    at: Positions
    runs: tuple[Pair, ...]
    identical: bool
    effects: pd.DataFrame
    _places: dict[str, pd.DataFrame] = field(default_factory=dict, init=False, repr=False)

    @property
    def pairs(self) -> int:
        """Return the number of pairs."""
        return len(self.runs)

    @property
    def is_final(self) -> bool:
        """Return whether all pairs are in."""
        return self.pairs == PAIRS

    def effect(self, outcome: str) -> EffectText:
        """Return the effect on an outcome as words and numbers."""
        return effect_of(self.row(outcome))

    def row(self, outcome: str) -> Any:
        """Return the row of an outcome for the region."""
        return self.rows[outcome]

    @cached_property
    def rows(self) -> dict[str, Any]:
        """Return the rows of ``effects`` by outcome."""
        return {row.outcome: row for row in rows_of(self.effects)}

    def places(self, outcome: str) -> pd.DataFrame:
        """Return the differences of an outcome of ``SHOWN`` by locality, one row a locality."""
        if outcome not in self._places:
            number, table = SHOWN.index(outcome), self.at.localities
            columns = {"locality": "code", "name": "name", "country": "iso3"}
            places = {name: table[column].tolist() for name, column in columns.items()}
            entry = _LOCAL[number : number + 1]
            pairs = _gathered(self.runs, entry, lambda run: run.local[number, None])
            self._places[outcome] = effect_frame(pairs, entry, places, self.identical)
        return self._places[outcome]

    def bands(self, outcome: str) -> pd.DataFrame:
        """Return an outcome of ``SHOWN`` month by month.

        Columns: ``year`` (the month's end on an axis of years), mean and band of either world, and
        the mean paired difference with its interval ``low`` to ``high``.
        """
        number = SHOWN.index(outcome)
        columns: dict[str, Array] = {}
        for side, name in enumerate(("baseline", "what_if")):
            paths = np.stack([pair[side].path[number] for pair in self.runs])
            low, high = np.quantile(paths, QUANTILES, axis=0)
            columns |= {name: paths.mean(axis=0), f"{name}_low": low, f"{name}_high": high}
        pairs = _gathered(self.runs, _PATH[number : number + 1], lambda run: run.path[number, None])
        gaps = {name: values[0] for name, values in pairs.table(identical=self.identical).items()}
        for name in ("difference", "low", "high"):
            # Where no run differs nothing is known but the zero.
            columns[name] = np.where(np.isnan(gaps[name]), gaps["difference"], gaps[name])
        months = self.experiment.scenario.start_month + np.arange(len(gaps["low"]))
        names = [month_name(month) for month in months.tolist()]
        year = 2000.0 + (months + 1) / 12.0
        return pd.DataFrame({"outcome": outcome, "month": names, "year": year, **columns})


class PairedTrial:
    """Make the paired runs of an experiment, a chunk at a time, on any number of threads.

    The runs of its baseline are kept in ``caches``.
    """

    def __init__(
        self, experiment: Experiment, world: World, caches: RunCaches = RUN_CACHES
    ) -> None:
        self.experiment = experiment
        self.baseline = caches.runs(experiment.baseline(), world)
        # A world that is the baseline's under another name need not be run again.
        same = same_world(self.baseline.scenario, experiment.scenario)
        self.what_if = (
            self.baseline if same else RunCache(experiment.scenario, world, self.baseline)
        )
        self._found: dict[int, list[Pair]] = {}
        self._pairs: list[Pair] = []
        self._lock = Lock()

    def work(self, chunk: tuple[int, int], cancel: Cancel) -> TrialResult | None:
        """Make the pairs of a chunk; return what is known if enough pairs are in.

        Pairs are added up in their order, whoever made them first, so that the numbers do not
        depend on the number of threads.
        """
        made = self.baseline.counted(chunk, cancel), self.what_if.counted(chunk, cancel)
        with self._lock:
            self._found[chunk[0]] = list(zip(*made, strict=True))
            before = len(self._pairs)
            while len(self._pairs) in self._found:
                self._pairs += self._found.pop(len(self._pairs))
            if not any(before < milestone <= len(self._pairs) for milestone in MILESTONES):
                return None
            known = tuple(self._pairs)
        return trial_result(self.experiment, self.baseline.at, known)


def trial_result(experiment: Experiment, at: Positions, runs: tuple[Pair, ...]) -> TrialResult:
    """Return what pairs of runs tell, the baseline's first in each."""
    identical = all(base.same(other) for base, other in runs)
    region = _gathered(runs, REGION_OUTCOMES, lambda run: run.region)
    effects = effect_frame(region, REGION_OUTCOMES, {}, identical)
    last = effect_frame(_gathered(runs, _PATH, lambda run: run.path[:, -1]), _PATH, {}, identical)
    more = last[~last["outcome"].isin(effects["outcome"])]
    effects = pd.concat([effects, more], ignore_index=True)
    return TrialResult(experiment, at, runs, identical, effects)


def _gathered(
    runs: Sequence[Pair], entries: tuple[Outcome, ...], look: Callable[[RunCounts], Array]
) -> Pairs:
    """Return the paired statistics of what is looked at in every run, outcomes first."""
    base, other = (np.stack([look(pair[side]) for pair in runs]) for side in (0, 1))
    return Pairs.of(base, other, steps_of(entries, base.ndim - 1))
