"""The paired runs of a lesson: both worlds with the same draws, month by month."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from threading import Lock
from typing import NamedTuple

import numpy as np

from sim.app.lessons.lesson import Lesson
from sim.app.thread_pool import Cancel
from sim.core.calendar import month_index
from sim.core.state import Array, State
from sim.engine import outcomes
from sim.engine.compiled import simulate
from sim.engine.initial_state import initial_state
from sim.engine.outcomes import SERIES_METRICS
from sim.experiments.comparison.paired_statistics import LEVEL
from sim.world import World
from sim.world.positions import Positions

PAIRS = 30
"""Pairs of runs behind a lesson."""
CHUNK = 5
"""Pairs that are one piece of work."""
CHUNKS = tuple((first, min(first + CHUNK, PAIRS)) for first in range(0, PAIRS, CHUNK))
SMALL, LARGE = 0.1, 0.4
"""Shares of the usual number up to which a change counts as none, and from which as large."""
DOWN_MUCH, DOWN, NONE, UP, UP_MUCH = range(5)
"""What can be guessed, in order."""
BAND = (5.0, 95.0)
"""Percentiles between which nine runs of ten lie."""


class LessonFinding(NamedTuple):
    """Hold what pairs of runs show of an outcome: means, their difference, its 95 % interval."""

    usual: float
    changed: float
    difference: float
    low: float
    high: float

    @property
    def relative(self) -> float:
        """Return the difference as a share of the usual number; nan if that is zero."""
        return self.difference / self.usual if self.usual else float("nan")

    @property
    def is_clear(self) -> bool:
        """Return whether the interval leaves out zero."""
        return self.low > 0 or self.high < 0

    @property
    def category(self) -> int:
        """Return which guess would have been right."""
        if not self.usual:
            return NONE if not self.difference else UP_MUCH
        return category_of(self.relative)

    @property
    def categories(self) -> range:
        """Return which guesses the interval reaches."""
        if not self.usual:
            return range(self.category, self.category + 1)
        low, high = (category_of(end / self.usual) for end in (self.low, self.high))
        return range(low, high + 1)

    @property
    def is_one_category(self) -> bool:
        """Return whether the whole interval lies in the range of one guess."""
        return list(self.categories) == [self.category]


def category_of(relative: float) -> int:
    """Return which guess names a relative change."""
    return int(np.searchsorted((-LARGE, -SMALL, SMALL, LARGE), relative))


def finding_of(usual: Array, changed: Array) -> LessonFinding:
    """Return what paired numbers (R,) show, with Student's interval of the mean difference."""
    from scipy.stats import t

    gap = changed - usual
    reach = float("nan")
    if len(gap) > 1:
        error = gap.std(ddof=1) / np.sqrt(len(gap))
        reach = float(t.ppf(0.5 + LEVEL / 2, len(gap) - 1) * error)
    mean = float(gap.mean())
    return LessonFinding(
        float(usual.mean()), float(changed.mean()), mean, mean - reach, mean + reach
    )


@dataclass(frozen=True)
class LessonEvidence:
    """Hold the pairs of runs made so far, outcomes and the time of each month (T,).

    ``paths`` are counts so far by world (usual, changed), pair, outcome and month (2, R, O, T).
    """

    names: tuple[str, ...]
    years: Array
    paths: Array

    @property
    def pairs(self) -> int:
        """Return how many pairs there are."""
        return int(self.paths.shape[1])

    @property
    def is_final(self) -> bool:
        """Return whether all pairs are in."""
        return self.pairs >= PAIRS

    def finding(self, name: str) -> LessonFinding:
        """Return what the ends of the runs show of an outcome."""
        at_end = self.paths[:, :, self.names.index(name), -1]
        return finding_of(at_end[0], at_end[1])

    def contrast(self, one: str, other: str) -> LessonFinding:
        """Return by how much one outcome's change is larger, as a share of its usual number."""

        def sizes(name: str) -> Array:
            usual, changed = self.paths[:, :, self.names.index(name), -1].astype(float)
            gap = changed - usual
            return np.asarray(np.sign(gap.mean()) * gap / max(float(usual.mean()), 1e-9))

        return finding_of(sizes(other), sizes(one))

    def bands(self, name: str) -> tuple[Array, Array]:
        """Return means (2, T), and the lower and upper ends of the bands (2, 2, T)."""
        paths = self.paths[:, :, self.names.index(name)]
        return paths.mean(axis=1), np.percentile(paths, BAND, axis=1)


class LessonRuns:
    """Make the pairs of runs of a lesson, a chunk at a time, in any order and thread."""

    def __init__(self, lesson: Lesson, world: World) -> None:
        self.lesson, self.world = lesson, world
        self.scenarios = lesson.scenarios()
        self._paths: dict[int, Array] = {}
        self._lock = Lock()

    @cached_property
    def _begun(self) -> tuple[State, State]:
        usual, changed = self.scenarios
        return initial_state(usual, self.world), initial_state(changed, self.world)

    @cached_property
    def _countries(self) -> Array | slice:
        code = self.lesson.experiment.country
        return slice(None) if code is None else np.array([Positions(self.world).country[code]])

    def work(self, chunk: tuple[int, int], cancel: Cancel) -> LessonEvidence:
        """Make the pairs of a chunk and return all that have been made."""
        with self._lock:
            begun, seed = self._begun, self.scenarios[0].seed
        for number in range(*chunk):
            cancel.check()
            pair = np.stack([self._path(simulate(state, seed, number)) for state in begun])
            with self._lock:
                self._paths[number] = pair
        return self.evidence()

    def evidence(self) -> LessonEvidence:
        """Return all pairs made so far, in the order of their numbers."""
        with self._lock:
            paths = np.stack([self._paths[number] for number in sorted(self._paths)], axis=1)
        first = month_index(self.scenarios[0].start)
        years = 2000.0 + (first + 1 + np.arange(paths.shape[-1])) / 12.0
        return LessonEvidence(self.lesson.experiment.outcomes, years, paths)

    def _path(self, w: State) -> Array:
        """Return each outcome so far, month by month (O, T)."""
        monthly = outcomes.monthly(w)[int(w.run["start"][0]) :, self._countries]
        columns = [SERIES_METRICS.index(name) for name in self.lesson.experiment.outcomes]
        return np.cumsum(monthly.sum(axis=1)[:, columns], axis=0).T
