"""What is told of places and countries: counted in the record, and in runs made for it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

import numpy as np

from calibration.cases.observation_model import documented
from calibration.cases.observed_events import told
from calibration.cases.observed_statistics import OUTCOMES, PERIODS, counts, observed_counts
from calibration.cases.targets import load_targets
from calibration.inference.prior import Array
from calibration.inference.reference_table import Observation
from calibration.model_simulator import Documented

SIMULATOR = "calibration.validation.observed_counts:simulator"
ANYTHING = len(OUTCOMES)
"""Column that counts whatever is told of a place, of any kind."""


class ObservedCounts(Documented):
    """Make runs like the calibration's, and keep what is told of each place and country.

    ``places`` (L, 4) counts the outcomes and anything told, ``countries`` (C, 3, 3) the outcomes by
    period.
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
        anything = any_observed(documented(reading, key), reading.localities)
        places = np.column_stack([found.by_locality, anything]).astype(np.int32)
        zeros = np.zeros(len(self.statistics)), np.zeros(len(self.derived))
        return Observation(*zeros, {"places": places, "countries": found.by_country})


def simulator() -> ObservedCounts:
    """Return the simulator."""
    return ObservedCounts()


def any_observed(rows: Array, localities: int) -> Array:
    """Return how many rows of a record are of each locality (L,)."""
    place = rows["place"][rows["place"] >= 0]
    return np.bincount(place, minlength=localities)[:localities]


def observed_places() -> Array:
    """Return the outcomes, and anything, told of each locality in the report (L, 4)."""
    by_locality = observed_counts().by_locality
    return np.column_stack([by_locality, any_observed(told(), len(by_locality))])


def changed_without(gone: Array) -> Array:
    """Tell of each target whether rows of the report's record have a hand in it (K,).

    Parameters
    ----------
    gone
        Of each row of the record, whether it is left out (N,).
    """
    rows = told()
    return np.array([
        t.measure.of_record
        and t.measure.take(rows[~gone], **t.args) != t.measure.take(rows, **t.args)
        for t in load_targets()
    ])  # fmt: skip


def dropped_without(places: Array, cases: tuple[str, ...] = ()) -> Array:
    """Tell of each target whether it is dropped when places are left out (K,).

    Parameters
    ----------
    places
        Numbers of localities.
    cases
        Deep cases left out: their own targets are dropped.
    """
    own = [target.args.get("case") in cases for target in load_targets()]
    return np.asarray(changed_without(np.isin(told()["place"], places)) | np.array(own))
