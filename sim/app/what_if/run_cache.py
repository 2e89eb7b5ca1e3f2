"""Run scenarios for the page: each run once, a baseline's kept for all visitors.

A run of the compiled engine holds no global lock, so that the threads of the page's pool keep
every processor busy. What is counted of a run is small; the run itself is dropped.
"""

from __future__ import annotations

import zlib
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np

from sim.app.limits import BASELINES
from sim.app.what_if.experiment import SHOWN
from sim.core.state import POOLS, grown
from sim.engine import outcomes
from sim.engine.compiled import simulate
from sim.engine.initial_state import initial_state
from sim.engine.monthly_inputs import Positions
from sim.experiments.comparison.paired_simulation import (
    PATHS,
    REGION_OUTCOMES,
    country_sizes,
    region_paths,
)

if TYPE_CHECKING:
    from sim.app.thread_pool import Cancel
    from sim.core.state import Array, State
    from sim.scenario.schema import Scenario
    from sim.world import World

PAIRS = 100
"""Pairs of runs behind a result."""
CHUNKS = ((0, 10), (10, 20), (20, 40), (40, 60), (60, 80), (80, PAIRS))
"""Runs that are one piece of work: the first are short, so that something shows at once."""

_PATHS_SHOWN = [[o.name for o in PATHS].index(name) for name in SHOWN]


@dataclass(frozen=True)
class RunCounts:
    """Hold what is counted of one run.

    Shapes: outcomes for the region (R,), by locality (O, L) and month by month (O, T), the last
    two for :data:`sim.app.what_if.experiment.SHOWN`. Runs with equal events have equal marks.
    """

    region: Array
    local: Array
    path: Array
    mark: tuple[int, int]


class RunCache:
    """Count the runs of one scenario, each at most once, whichever thread asks first.

    Parameters
    ----------
    scenario
        The scenario.
    world
        Tables it runs on.
    like
        Runs that are likely to need as much room as these.
    """

    def __init__(self, scenario: Scenario, world: World, like: RunCache | None = None) -> None:
        self.scenario, self.world = scenario, world
        # What the runs so far have needed: a run that begins with it need not grow.
        self.room: dict[str, int] = {} if like is None else like.room
        self.at = Positions(world)
        self._done: dict[int, RunCounts] = {}
        # One lock a chunk: a second visitor waits for the runs that a first one is making.
        self._locks = {chunk: Lock() for chunk in CHUNKS}
        self._starting = Lock()

    @cached_property
    def _initial(self) -> State:
        return initial_state(self.scenario, self.world)

    def _template(self) -> State:
        w = self._initial
        for pool, needed in self.room.items():
            while len(getattr(w, pool)) < needed:
                w = grown(w, pool)
        self._initial = w
        return w

    @cached_property
    def _sizes(self) -> Array:
        return country_sizes(self.at)

    @property
    def made(self) -> int:
        """Return how many runs have been made."""
        return len(self._done)

    def counted(self, chunk: tuple[int, int], cancel: Cancel) -> list[RunCounts]:
        """Return the runs of a chunk, from the first up to but not including the last.

        Raises
        ------
        CancelledError
            If it was cancelled between two runs; those made are kept.
        """
        with self._starting:
            template = self._template()
        with self._locks[chunk]:
            for number in range(*chunk):
                if number in self._done:
                    continue
                cancel.check()
                final = simulate(template, self.scenario.seed, number)
                self.room = {p: max(self.room.get(p, 0), len(getattr(final, p))) for p in POOLS}
                self._done[number] = self._look(final)
        return [self._done[number] for number in range(*chunk)]

    def _look(self, w: State) -> RunCounts:
        local = outcomes.by_place(w)
        region = outcomes.for_region(w, local)
        places = len(self.at.locality)
        log = w.event[: int(w.run["events"][0])]
        return RunCounts(
            region=np.array([region[o.name] for o in REGION_OUTCOMES]),
            local=np.array([local[name][:places] for name in SHOWN], dtype=np.float64),
            path=region_paths(w, self._sizes)[_PATHS_SHOWN],
            mark=(len(log), zlib.crc32(log.view(np.uint8).data)),
        )


class RunCaches:
    """Keep the runs of the baselines asked for last, for all visitors.

    Parameters
    ----------
    most
        How many baselines are kept.
    """

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


def same_start(runs: Sequence[RunCounts], others: Sequence[RunCounts]) -> bool:
    """Return whether runs are equal, pair by pair, in every event and count."""
    return all(
        one.mark == other.mark and np.array_equal(one.region, other.region, equal_nan=True)
        for one, other in zip(runs, others, strict=True)
    )
