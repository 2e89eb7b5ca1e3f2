"""The paired runs of an experiment: each run once, added up in their order, as tables.

A run of the compiled engine holds no global lock, so that the threads of the page's pool keep
every processor busy. What is counted of a run is small; the run itself is dropped. The statistics
are those of :mod:`sim.experiments.comparison.paired_statistics`.
"""

from __future__ import annotations

import zlib
from collections import OrderedDict
from dataclasses import dataclass
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
from sim.engine.outcomes import OUTCOMES, Outcome
from sim.experiments.comparison.comparison_tables import effect_frame
from sim.experiments.comparison.paired_simulation import (
    PATHS,
    REGION_OUTCOMES,
    country_sizes,
    region_paths,
)
from sim.experiments.comparison.paired_statistics import Pairs
from sim.experiments.comparison.pairing import same_world
from sim.report.compare_text import EffectText, effect_of
from sim.world.positions import Positions

if TYPE_CHECKING:
    from collections.abc import Callable

    from sim.app.thread_pool import Cancel
    from sim.core.state import Array, State
    from sim.scenario.schema import Scenario
    from sim.world import World

PAIRS = 100
"""Pairs of runs behind a result."""
CHUNKS = ((0, 10), (10, 20), (20, 40), (40, 60), (60, 80), (80, PAIRS))
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

    ``like`` are runs that are likely to need as much room in the engine's tables as these.
    """

    def __init__(self, scenario: Scenario, world: World, like: RunCache | None = None) -> None:
        self.scenario, self.world = scenario, world
        # What the runs so far have needed: a run that begins with it need not grow.
        self.room: dict[str, int] = {} if like is None else like.room
        self.at = Positions(world)
        self.done: dict[int, RunCounts] = {}
        # One lock a chunk: a second visitor waits for the runs that a first one is making.
        self._locks = {chunk: Lock() for chunk in CHUNKS}
        self._starting = Lock()

    @cached_property
    def begun(self) -> State:
        """Return the state before the first month."""
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
        local = outcomes.by_place(w)
        region = outcomes.for_region(w, local)
        places = len(self.at.locality)
        log = w.event[: int(w.run["events"][0])]
        return RunCounts(
            region=np.array([region[o.name] for o in REGION_OUTCOMES]),
            local=np.array([local[name][:places] for name in SHOWN], dtype=np.float64),
            path=region_paths(w, self._sizes)[_PATH_ROWS],
            mark=(len(log), zlib.crc32(log.view(np.uint8).data)),
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

    Parameters
    ----------
    experiment, pairs
        What was run, and how often.
    identical
        Whether every run of the changed world is its twin's equal in everything.
    effects
        Differences for the region, one row an outcome: all of the region's and ``trust``.
    by_locality
        Differences by locality, for :data:`sim.app.what_if.experiment.SHOWN`.
    paths
        These outcomes month by month: ``year`` (the month's end on an axis of years), mean and
        band of either world, and the mean paired difference with its interval ``low`` to ``high``.
    """

    experiment: Experiment
    pairs: int
    identical: bool
    effects: pd.DataFrame
    by_locality: pd.DataFrame
    paths: pd.DataFrame

    @property
    def is_final(self) -> bool:
        """Return whether all pairs are in."""
        return self.pairs == PAIRS

    def effect(self, outcome: str) -> EffectText:
        """Return the effect on an outcome as words and numbers."""
        return effect_of(self.row(outcome))

    def row(self, outcome: str) -> Any:
        """Return the row of an outcome for the region."""
        return next(self.effects[self.effects["outcome"] == outcome].itertuples(index=False))

    def places(self, outcome: str) -> pd.DataFrame:
        """Return the differences of an outcome by locality, one row a locality."""
        return self.by_locality[self.by_locality["outcome"] == outcome].reset_index(drop=True)

    def bands(self, outcome: str) -> pd.DataFrame:
        """Return an outcome month by month, one row a month."""
        return self.paths[self.paths["outcome"] == outcome].reset_index(drop=True)


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
            reached = any(before < milestone <= len(self._pairs) for milestone in MILESTONES)
            at = self.baseline.at
            return trial_result(self.experiment, at, self._pairs) if reached else None


def trial_result(experiment: Experiment, at: Positions, runs: list[Pair]) -> TrialResult:
    """Return what pairs of runs tell, the baseline's first in each."""
    identical = all(base.same(other) for base, other in runs)

    def gathered(entries: tuple[Outcome, ...], look: Callable[[RunCounts], Array]) -> Pairs:
        shape = look(runs[0][0]).shape
        # The smallest possible difference is 1 for counts, else unknown.
        step = np.array([1.0 if entry.unit == "count" else np.nan for entry in entries])
        pairs = Pairs(shape, step.reshape(-1, *(1 for _ in shape[1:])))
        for base, other in runs:
            pairs.add(look(base), look(other))
        return pairs

    columns = {"locality": "code", "name": "name", "country": "iso3"}
    places = {name: at.localities[column].tolist() for name, column in columns.items()}
    by_place = gathered(_LOCAL, lambda run: run.local)
    region = gathered(REGION_OUTCOMES, lambda run: run.region)
    effects = effect_frame(region, REGION_OUTCOMES, {}, identical)
    last = effect_frame(gathered(_PATH, lambda run: run.path[:, -1]), _PATH, {}, identical)
    more = last[~last["outcome"].isin(effects["outcome"])]
    gaps = gathered(_PATH, lambda run: run.path).table(identical=identical)
    return TrialResult(
        experiment=experiment,
        pairs=len(runs),
        identical=identical,
        effects=pd.concat([effects, more], ignore_index=True),
        by_locality=effect_frame(by_place, _LOCAL, places, identical),
        paths=_paths(experiment.scenario.start_month, runs, gaps),
    )


def _paths(first: int, runs: list[Pair], gaps: dict[str, Array]) -> pd.DataFrame:
    """Return mean and band of either world and their difference, one row an outcome and month."""
    columns: dict[str, Array] = {}
    for side, name in enumerate(("baseline", "what_if")):
        paths = np.stack([pair[side].path for pair in runs])
        low, high = np.quantile(paths, QUANTILES, axis=0)
        columns |= {name: paths.mean(axis=0), f"{name}_low": low, f"{name}_high": high}
    for name in ("difference", "low", "high"):
        # Where no run differs nothing is known but the zero.
        columns[name] = np.where(np.isnan(gaps[name]), gaps["difference"], gaps[name])
    months = first + np.arange(gaps["low"].shape[-1])
    return pd.DataFrame(
        {
            "outcome": np.repeat(SHOWN, len(months)),
            "month": np.tile([month_name(month) for month in months.tolist()], len(SHOWN)),
            "year": np.tile(2000.0 + (months + 1) / 12.0, len(SHOWN)),
            **{name: values.ravel() for name, values in columns.items()},
        }
    )
