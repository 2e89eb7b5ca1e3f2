"""From paired runs to what the page shows: bands over time, differences by locality, effects.

The statistics are those of :mod:`sim.experiments.comparison.paired_statistics`.
"""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sim.app.what_if.experiment import SHOWN, Experiment
from sim.app.what_if.run_cache import (
    CHUNKS,
    PAIRS,
    RUN_CACHES,
    RunCache,
    RunCaches,
    RunCounts,
    same_start,
)
from sim.core.calendar import month_name
from sim.engine.outcomes import OUTCOMES, Outcome
from sim.experiments.comparison.comparison_tables import effect_frame
from sim.experiments.comparison.paired_simulation import PATHS, REGION_OUTCOMES
from sim.experiments.comparison.paired_statistics import Pairs
from sim.experiments.comparison.pairing import same_world
from sim.report.compare_text import EffectText, effect_of

if TYPE_CHECKING:
    from sim.app.thread_pool import Cancel
    from sim.core.state import Array
    from sim.world import World

MILESTONES = (20, 60, PAIRS)
"""Numbers of pairs at which what is known so far is shown."""
QUANTILES = (0.05, 0.95)
"""Ends of the bands: nine runs in ten lie within."""

_LOCAL = tuple(next(o for o in OUTCOMES if o.name == name) for name in SHOWN)
_PATH = tuple(next(o for o in PATHS if o.name == name) for name in SHOWN)


@dataclass(frozen=True)
class OutcomeBands:
    """Hold one outcome month by month; all of shape (T,).

    Parameters
    ----------
    year
        End of each month on an axis of years.
    baseline, baseline_low, baseline_high
        Mean of the baseline's runs and the band that nine runs in ten lie in.
    what_if, what_if_low, what_if_high
        The same of the changed world.
    difference, low, high
        Mean paired difference and its 95 % interval.
    """

    year: Array
    baseline: Array
    baseline_low: Array
    baseline_high: Array
    what_if: Array
    what_if_low: Array
    what_if_high: Array
    difference: Array
    low: Array
    high: Array


@dataclass(frozen=True)
class Shown:
    """Hold what is known after a number of pairs.

    Parameters
    ----------
    experiment
        What was run.
    pairs
        Number of pairs of runs.
    identical
        Whether every run of the changed world is its twin's equal in everything.
    effects
        Differences for the region, one row an outcome: all of the region's and ``trust``.
    by_locality
        Differences by locality, for :data:`sim.app.what_if.experiment.SHOWN`.
    bands
        Each of these outcomes month by month.
    """

    experiment: Experiment
    pairs: int
    identical: bool
    effects: pd.DataFrame
    by_locality: pd.DataFrame
    bands: dict[str, OutcomeBands]

    @property
    def is_final(self) -> bool:
        """Return whether all pairs are in."""
        return self.pairs == PAIRS

    def effect(self, outcome: str) -> EffectText:
        """Return the effect on an outcome as words and numbers."""
        return effect_of(self.row(outcome))

    def row(self, outcome: str) -> Any:
        """Return the row of an outcome for the region."""
        rows = self.effects[self.effects["outcome"] == outcome]
        return next(rows.itertuples(index=False))

    def places(self, outcome: str) -> pd.DataFrame:
        """Return the differences of an outcome by locality, one row a locality."""
        rows = self.by_locality[self.by_locality["outcome"] == outcome]
        return rows.reset_index(drop=True)

    def paths(self) -> pd.DataFrame:
        """Return all bands as one table, one row an outcome and month."""
        first = self.experiment.scenario.start_month
        frames = []
        for name, bands in self.bands.items():
            months = [month_name(first + t) for t in range(len(bands.year))]
            columns = {key: values for key, values in vars(bands).items() if key != "year"}
            frames.append(pd.DataFrame({"outcome": name, "month": months, **columns}))
        return pd.concat(frames, ignore_index=True)


class PairedTrial:
    """Make the paired runs of an experiment, a chunk at a time, on any number of threads.

    Parameters
    ----------
    experiment
        What is run.
    world
        Tables both scenarios run on.
    shelf
        Where the baseline's runs are kept.
    """

    def __init__(self, experiment: Experiment, world: World, shelf: RunCaches = RUN_CACHES) -> None:
        self.experiment = experiment
        self.baseline = shelf.runs(experiment.baseline(), world)
        # A world that is the baseline's under another name need not be run again.
        same = same_world(self.baseline.scenario, experiment.scenario)
        self.what_if = (
            self.baseline if same else RunCache(experiment.scenario, world, self.baseline)
        )
        self._found: dict[tuple[int, int], tuple[list[RunCounts], list[RunCounts]]] = {}
        self._tally: _Tally | None = None
        self._lock = Lock()

    def work(self, chunk: tuple[int, int], cancel: Cancel) -> Shown | None:
        """Make the pairs of a chunk; return what is known if enough pairs are in.

        Pairs are added up in their order, whoever made them first, so that the numbers do not
        depend on the number of threads.

        Raises
        ------
        CancelledError
            If it was cancelled between two runs.
        """
        base, other = (runs.counted(chunk, cancel) for runs in (self.baseline, self.what_if))
        with self._lock:
            self._found[chunk] = (base, other)
            before = 0 if self._tally is None else self._tally.pairs
            if self._tally is None:
                self._tally = _Tally(self.experiment, self.baseline)
            while self._tally.next_chunk in self._found:
                self._tally.add(*self._found.pop(self._tally.next_chunk))
            after = self._tally.pairs
            if any(before < milestone <= after for milestone in MILESTONES):
                return self._tally.shown()
            return None


class _Tally:
    """Add up pairs of runs in their order."""

    def __init__(self, experiment: Experiment, baseline: RunCache) -> None:
        self.experiment, self.at = experiment, baseline.at
        self.pairs = 0
        self.identical = True
        months, places = experiment.scenario.n_months, len(self.at.locality)
        self.region = Pairs((len(REGION_OUTCOMES),), _step(REGION_OUTCOMES))
        self.last = Pairs((len(_PATH),), _step(_PATH))
        self.local = Pairs((len(_LOCAL), places), _step(_LOCAL)[:, None])
        self.path = Pairs((len(_PATH), months), _step(_PATH)[:, None])
        # Shapes (side, run, outcome, month).
        self.paths = np.empty((2, PAIRS, len(_PATH), months))

    @property
    def next_chunk(self) -> tuple[int, int] | None:
        """Return the chunk whose turn it is, None after the last."""
        return next((chunk for chunk in CHUNKS if chunk[0] == self.pairs), None)

    def add(self, runs: list[RunCounts], others: list[RunCounts]) -> None:
        self.identical = self.identical and same_start(runs, others)
        for base, other in zip(runs, others, strict=True):
            self.region.add(base.region, other.region)
            self.local.add(base.local, other.local)
            self.path.add(base.path, other.path)
            self.last.add(base.path[:, -1], other.path[:, -1])
            self.paths[0, self.pairs], self.paths[1, self.pairs] = base.path, other.path
            self.pairs += 1

    def shown(self) -> Shown:
        table = self.at.localities
        places = {
            "locality": table["code"].tolist(),
            "name": table["name"].tolist(),
            "country": table["iso3"].tolist(),
        }
        for_region = {o.name for o in REGION_OUTCOMES}
        own = effect_frame(self.region, REGION_OUTCOMES, {}, self.identical)
        last = effect_frame(self.last, _PATH, {}, self.identical)
        more = last[~last["outcome"].isin(for_region)]
        return Shown(
            experiment=self.experiment,
            pairs=self.pairs,
            identical=self.identical,
            effects=pd.concat([own, more], ignore_index=True),
            by_locality=effect_frame(self.local, _LOCAL, places, self.identical),
            bands=self._bands(),
        )

    def _bands(self) -> dict[str, OutcomeBands]:
        table = self.path.table(identical=self.identical)
        known = self.paths[:, : self.pairs]
        low, high = np.quantile(known, QUANTILES, axis=1)
        mean = known.mean(axis=1)
        first, months = self.experiment.scenario.start_month, mean.shape[-1]
        year = 2000.0 + (first + 1 + np.arange(months)) / 12.0
        return {
            name: OutcomeBands(
                year,
                *(part[0, i] for part in (mean, low, high)),
                *(part[1, i] for part in (mean, low, high)),
                # Where no run differs nothing is known but the zero.
                *(
                    np.where(np.isnan(table[key][i]), table["difference"][i], table[key][i])
                    for key in ("difference", "low", "high")
                ),
            )
            for i, name in enumerate(SHOWN)
        }


def _step(outcomes: tuple[Outcome, ...]) -> Array:
    """Return the smallest possible difference of each outcome: 1 for counts, else unknown."""
    return np.array([1.0 if outcome.unit == "count" else np.nan for outcome in outcomes])
