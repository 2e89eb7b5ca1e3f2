"""What is on record of places and countries: counted in the report, and in runs made for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property

import numpy as np

from calibration.cases.observation_model import documented
from calibration.cases.observed_events import recorded
from calibration.cases.observed_statistics import OUTCOMES, PERIODS, counts, observed_counts
from calibration.cases.targets import load_targets
from calibration.cases.targets.measure_registry import RECORDS
from calibration.inference.fit import Draws, fit
from calibration.inference.prior import Array
from calibration.inference.reference_table import Observation, Rows
from calibration.model_simulator import Documented
from calibration.validation.validation_context import ValidationContext

SIMULATOR = f"{__name__}:simulator"
ANYTHING = len(OUTCOMES)
"""Column that counts whatever is on record of a place, of any kind."""
RUNS = 400
"""Predictive runs of one fit."""
NETWORKS = 2
"""Fewer than the calibration's: there are many fits."""


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


def changed_without(gone: Callable[[Array], Array]) -> Array:
    """Return whether each target (K,) changes if rows of the records are left out.

    ``gone`` tells which of some rows (N,) are. The lists of the second tier hold all places, so
    their targets are taken to change.
    """
    found = np.array([target.tier != 1 for target in load_targets()])
    for i, target in enumerate(load_targets()):
        if not found[i] and target.measure.of != "run":
            rows = RECORDS[target.measure.of]()
            whole, left = (
                target.measure.take(part, **target.args) for part in (rows, rows[~gone(rows)])
            )
            found[i] = whole != left
    return found


def dropped_without(places: Array, cases: tuple[str, ...] = ()) -> Array:
    """Return whether each target (K,) is dropped when places, by number, are left out.

    The own targets of ``cases``, deep cases left out, are dropped too.
    """
    own = [target.args.get("case") in cases for target in load_targets()]
    return np.asarray(changed_without(lambda rows: np.isin(rows["place"], places)) | np.array(own))


def posterior_given(context: ValidationContext, rows: Rows, observed: Array, count: int) -> Draws:
    """Return draws from a posterior given some statistics, by a fit of its own.

    ``rows`` are of the first table, which was drawn from the prior: nothing that is held out has a
    hand in the fit, not even by the box of the second table.
    """
    found = fit(
        context.prior,
        rows,
        context.simulator.derived,
        seed=context.seed,
        networks=NETWORKS,
        workers=context.workers,
        check=False,
    )
    return found.draws(observed, count, context.seed)


def predicted_without(
    context: ValidationContext,
    name: str,
    dropped: Array,
    number: int,
    *,
    rows: Rows | None = None,
    observed: Array | None = None,
) -> dict[str, Array]:
    """Return what is on record in runs from a posterior fitted without the targets dropped (K,).

    ``name`` is that of the folder of runs, ``number`` that of the wave; the table and what was
    observed are the calibration's unless others are given.
    """
    kept = np.flatnonzero(~dropped)
    targets = (context.simulator.observed if observed is None else observed)[kept]
    rows = context.first if rows is None else rows
    rows = rows._replace(statistics=rows.statistics[:, kept])
    values = posterior_given(context, rows, targets, RUNS).values
    return dict(context.runs(name, values, number=number, simulator=SIMULATOR).counts)
