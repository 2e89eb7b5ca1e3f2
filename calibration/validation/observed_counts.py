"""What is on record of places and countries: counted in the report, and in runs made for it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from calibration.cases.observation_model import documented
from calibration.cases.observed_events import recorded
from calibration.cases.observed_statistics import OUTCOMES, PERIODS, counts, observed_counts
from calibration.cases.targets import load_targets
from calibration.inference.fit import fit
from calibration.inference.prior import Array
from calibration.inference.reference_table import Observation, Rows
from calibration.model_simulator import Documented

if TYPE_CHECKING:
    from calibration.validation.validation_context import ValidationContext

SIMULATOR = f"{__name__}:simulator"
ANYTHING = len(OUTCOMES)
"""Column that counts whatever is on record of a place, of any kind."""
RUNS = 400
"""Predictive runs of one fit."""
NETWORKS = 2
"""Fewer than the calibration's: there are many fits."""
MOST_ROWS = 4_000
"""Rows of the second table that a refit is taught and recalibrated with."""


class ObservedCounts(Documented):
    """Make runs like the calibration's, and keep what is on record of each place and country.

    ``places`` (L, 4) counts the outcomes and anything at all, ``countries`` (C, 3, 3) the outcomes
    by period.
    """

    def __init__(self) -> None:
        super().__init__()
        localities, outcomes = self.shapes["by_locality"]
        self.shapes: Mapping[str, tuple[int, ...]] = {
            "places": (localities, outcomes + 1),
            "countries": (self.shapes["by_country"][0], len(PERIODS) + 1, outcomes),
        }

    @cached_property
    def identity(self) -> Mapping[str, str]:
        """Return what decides a run."""
        return {**super().identity, "kept": "told"}

    def run(self, values: Array, seed: int, replicate: int) -> Observation:
        """Return one run at the parameters' values (P,), without statistics."""
        reading, key = self.finished(values, seed, replicate)
        found = counts(reading, key)
        anything = _any_recorded(documented(reading, key), reading.localities)
        places = np.column_stack([found.by_locality, anything]).astype(np.int32)
        zeros = np.zeros(len(self.statistics)), np.zeros(len(self.derived))
        return Observation(*zeros, {"places": places, "countries": found.by_country})


def simulator() -> ObservedCounts:
    """Return the simulator."""
    return ObservedCounts()


def _any_recorded(rows: Array, localities: int) -> Array:
    """Return how many rows of a record are of each locality (L,)."""
    place = rows["place"][rows["place"] >= 0]
    return np.bincount(place, minlength=localities)[:localities]


def observed_places() -> Array:
    """Return the outcomes, and anything, on record of each locality in the report (L, 4)."""
    by_locality = observed_counts().by_locality
    return np.column_stack([by_locality, _any_recorded(recorded(), len(by_locality))])


def changed_without(gone: Array) -> Array:
    """Return whether each target (K,) changes if rows of the report's record (N,) are left out."""
    rows = recorded()
    return np.array([
        t.measure.of_record
        and t.measure.take(rows[~gone], **t.args) != t.measure.take(rows, **t.args)
        for t in load_targets()
    ])  # fmt: skip


def dropped_without(places: Array, cases: tuple[str, ...] = ()) -> Array:
    """Return whether each target (K,) is dropped when places, by number, are left out.

    The own targets of ``cases``, deep cases left out, are dropped too.
    """
    own = [target.args.get("case") in cases for target in load_targets()]
    return np.asarray(changed_without(np.isin(recorded()["place"], places)) | np.array(own))


def predicted_without(
    context: ValidationContext,
    name: str,
    dropped: Array,
    number: int,
    *,
    tables: tuple[Rows, Rows] | None = None,
    observed: Array | None = None,
) -> dict[str, Array]:
    """Return what is on record in runs from a posterior fitted without the targets dropped (K,).

    ``name`` is that of the folder of runs, ``number`` that of the wave; first and second table and
    what was observed are the calibration's unless others are given.
    """
    kept = np.flatnonzero(~dropped)
    first, second = tables or (context.first, context.second)
    targets = (context.simulator.observed if observed is None else observed)[kept]
    rows = second.chosen(np.arange(min(MOST_ROWS, len(second.values))))
    more = first.chosen(context.box.contains(first.values))
    rows, more = (part._replace(statistics=part.statistics[:, kept]) for part in (rows, more))
    found = fit(
        context.box,
        rows,
        context.simulator.derived,
        more=more,
        seed=context.seed,
        networks=NETWORKS,
        workers=context.workers,
    )
    values = found.draws(targets, RUNS, context.seed).values
    return dict(context.runs(name, values, number=number, simulator=SIMULATOR).counts)
