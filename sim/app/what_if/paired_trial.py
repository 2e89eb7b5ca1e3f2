"""The paired runs of an experiment: each run once, added up in their order, as tables.

A run of the compiled engine holds no global lock, so that the threads of the page's pool keep
every processor busy. What is counted of a run is small; the run itself is dropped. The statistics
are those of :mod:`sim.experiments.comparison.paired_statistics`. Both runs of a pair take the same
draw of uncertain parameters, unless these are held fixed.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from threading import Lock
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from sim.app.limits import BASELINES
from sim.app.thread_pool import Cancel
from sim.app.what_if.experiment import SHOWN, Experiment, opening
from sim.core.calendar import month_name
from sim.core.state import POOLS, Array, State, grown
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
    with_common_draw,
)
from sim.experiments.comparison.paired_statistics import Pairs
from sim.experiments.comparison.pairing import same_world
from sim.experiments.parameter_draws import with_parameters
from sim.report.compare_text import EffectText, effect_of
from sim.scenario.schema import Scenario
from sim.world import World
from sim.world.positions import Positions

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
    """Hold what is counted of one run: for the region (R,), by locality (O, L), by month (O, T).

    Runs with equal events have equal marks.
    """

    region: Array
    local: Array
    path: Array
    mark: tuple[int, int]

    def same(self, other: RunCounts) -> bool:
        """Return whether two runs are equal in every event and count."""
        return self.mark == other.mark and np.array_equal(self.region, other.region, equal_nan=True)


Pair = tuple[RunCounts, RunCounts]


class CarriedDraws(NamedTuple):
    """Hold draws of parameters that fit the evidence and their source, or why there are none."""

    draws: tuple[Mapping[str, float], ...] = ()
    source: Mapping[str, Any] = MappingProxyType({"fixed_because": "none_published"})

    @property
    def each(self) -> int:
        """Return how many pairs, one after the other, take a draw."""
        return -(-PAIRS // len(self.draws)) if self.draws else 1


CARRIED: dict[str, CarriedDraws] = {"server": CarriedDraws()}
"""What pairs of runs take unless an experiment holds its parameters fixed."""
FIXED = CarriedDraws((), MappingProxyType({"fixed_because": "asked"}))


def carried_by(experiment: Experiment) -> CarriedDraws:
    """Return the draws that an experiment's pairs of runs take."""
    known = CARRIED["server"]
    return FIXED if experiment.fixed and known.draws else known


class RunCache:
    """Count the runs of one scenario, each at most once, whichever thread asks first.

    ``like`` are runs of the same months that need about as much room in the engine's tables.
    """

    def __init__(
        self,
        scenario: Scenario,
        world: World,
        like: RunCache | None = None,
        carried: CarriedDraws = FIXED,
    ) -> None:
        self.scenario, self.world, self._like, self.carried = scenario, world, like, carried
        # What the runs so far have needed: a run that begins with it need not grow.
        self.room: dict[str, int] = {} if like is None else like.room
        self.at: Positions = Positions(world) if like is None else like.at
        self._sizes = country_sizes(self.at)
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

    def counted(self, chunk: tuple[int, int], cancel: Cancel) -> list[RunCounts]:
        """Return the runs of a chunk; if it is cancelled between two runs, those made are kept."""
        with self._starting:
            for pool, needed in self.room.items():
                while len(getattr(self.begun, pool)) < needed:
                    self.begun = grown(self.begun, pool)
            begun = self.begun
        with self._locks[chunk]:
            for number in range(*chunk):
                if number not in self.done:
                    cancel.check()
                    final = simulate(self._drawn(begun, number), self.scenario.seed, number)
                    self.room = {p: max(self.room.get(p, 0), len(getattr(final, p))) for p in POOLS}
                    self.done[number] = self._counts(final)
        return [self.done[number] for number in range(*chunk)]

    def _drawn(self, begun: State, number: int) -> State:
        """Return the state before the first month of a run, its parameters drawn."""
        if not self.carried.draws:
            return begun
        draw = self.carried.draws[number // self.carried.each]
        like = self if self._like is None else self._like
        return with_parameters(begun, with_common_draw(self.scenario, like.scenario, draw))

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
        self._kept: OrderedDict[tuple[str, str, int], RunCache] = OrderedDict()
        self._lock = Lock()

    def runs(
        self,
        scenario: Scenario,
        world: World,
        carried: CarriedDraws = FIXED,
        like: RunCache | None = None,
    ) -> RunCache:
        """Return the runs of a baseline, or of what all visitors see, those made earlier too."""
        key = (scenario.digest, world.digest, len(carried.draws))
        with self._lock:
            if key not in self._kept:
                self._kept[key] = RunCache(scenario, world, like, carried)
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
    """Hold what is known after a number of pairs, the baseline's run first in each.

    Nothing is called distinguishable before all pairs are in: there is one look and no more.
    ``effects`` has a row an outcome of the region, and ``trust``; differences by place and month
    are worked out when asked for. The worlds are ``identical`` if all pairs are equal.
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

    @property
    def carried(self) -> CarriedDraws:
        """Return the draws that the pairs take."""
        return carried_by(self.experiment)

    def effect(self, outcome: str) -> EffectText:
        """Return the effect on an outcome as words and numbers."""
        return effect_of(self.row(outcome))

    def row(self, outcome: str) -> Any:
        """Return the row of an outcome for the region."""
        return next(row for row in rows_of(self.effects) if row.outcome == outcome)

    def places(self, outcome: str) -> pd.DataFrame:
        """Return the differences of an outcome of ``SHOWN`` by locality, one row a locality."""
        if outcome not in self._places:
            number, table = SHOWN.index(outcome), self.at.localities
            columns = {"locality": "code", "name": "name", "country": "iso3"}
            places = {name: table[column].tolist() for name, column in columns.items()}
            entry = _LOCAL[number : number + 1]
            each = self.carried.each
            pairs = _gathered(self.runs, entry, lambda run: run.local[number, None], each)
            found = effect_frame(pairs, entry, places, self.identical)
            found["distinguishable"] &= self.is_final
            self._places[outcome] = found
        return self._places[outcome]

    def bands(self, outcome: str) -> pd.DataFrame:
        """Return an outcome of ``SHOWN`` by month: means, bands and the paired difference.

        ``year`` is the month's end on an axis of years; ``low`` to ``high`` is the interval of the
        mean difference, and between ``p05`` and ``p95`` nine pairs in ten lie.
        """
        number = SHOWN.index(outcome)
        columns: dict[str, Array] = {}
        for side, name in enumerate(("baseline", "what_if")):
            paths = np.stack([pair[side].path[number] for pair in self.runs])
            low, high = np.quantile(paths, QUANTILES, axis=0)
            columns |= {name: paths.mean(axis=0), f"{name}_low": low, f"{name}_high": high}
        entry, each = _PATH[number : number + 1], self.carried.each
        pairs = _gathered(self.runs, entry, lambda run: run.path[number, None], each)
        gaps = {name: values[0] for name, values in pairs.table(identical=self.identical).items()}
        for name in ("difference", "low", "high", "p05", "p95"):
            # Where no run differs nothing is known but the zero.
            columns[name] = np.where(np.isnan(gaps[name]), gaps["difference"], gaps[name])
        months = self.experiment.scenario.start_month + np.arange(len(gaps["low"]))
        names = [month_name(month) for month in months.tolist()]
        year = 2000.0 + (months + 1) / 12.0
        return pd.DataFrame({"outcome": outcome, "month": names, "year": year, **columns})


class PairedTrial:
    """Make the paired runs of an experiment, a chunk at a time, on any number of threads."""

    def __init__(
        self, experiment: Experiment, world: World, caches: RunCaches = RUN_CACHES
    ) -> None:
        self.experiment = experiment
        carried = carried_by(experiment)
        self.baseline = caches.runs(experiment.baseline(), world, carried)
        # A world that is the baseline's under another name need not be run again.
        same = same_world(self.baseline.scenario, experiment.scenario)
        if same:
            self.what_if = self.baseline
        elif experiment.scenario == opening().scenario:
            self.what_if = caches.runs(experiment.scenario, world, carried, self.baseline)
        else:
            self.what_if = RunCache(experiment.scenario, world, self.baseline, carried)
        self._found: dict[int, list[Pair]] = {}
        self._pairs: list[Pair] = []
        self._lock = Lock()

    def work(self, chunk: tuple[int, int], cancel: Cancel) -> TrialResult | None:
        """Make the pairs of a chunk; return what is known if enough pairs are in.

        Pairs are added up in their order, so that nothing depends on the number of threads.
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
    each = carried_by(experiment).each
    region = _gathered(runs, REGION_OUTCOMES, lambda run: run.region, each)
    effects = effect_frame(region, REGION_OUTCOMES, {}, identical)
    ends = _gathered(runs, _PATH, lambda run: run.path[:, -1], each)
    last = effect_frame(ends, _PATH, {}, identical)
    more = last[~last["outcome"].isin(effects["outcome"])]
    effects = pd.concat([effects, more], ignore_index=True)
    effects["distinguishable"] &= len(runs) == PAIRS
    return TrialResult(experiment, at, runs, identical, effects)


def _gathered(
    runs: Sequence[Pair],
    entries: tuple[Outcome, ...],
    look: Callable[[RunCounts], Array],
    each: int,
) -> Pairs:
    """Return the paired statistics of what is looked at in every run, outcomes first."""
    base, other = (np.stack([look(pair[side]) for pair in runs]) for side in (0, 1))
    return Pairs.of(base, other, steps_of(entries, base.ndim - 1), each=each)
