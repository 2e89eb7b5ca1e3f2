"""What inference needs of a simulator: a prior, runs at given parameters, and what was observed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, Protocol

from calibration.inference.prior import Array, Prior


class Observation(NamedTuple):
    """Hold what is kept of one run.

    Parameters
    ----------
    vector
        The summary statistics as documented (K,).
    derived
        Quantities not among the statistics whose posterior is wanted (Q,).
    counts
        Further whole numbers by name, int32, each with the shape the simulator names.
    """

    vector: Array
    derived: Array
    counts: Mapping[str, Array]


class Simulator(Protocol):
    """Make runs and name what comes of them."""

    @property
    def prior(self) -> Prior:
        """Return the prior of the free parameters."""

    @property
    def statistics(self) -> tuple[str, ...]:
        """Return the names of the statistics (K)."""

    @property
    def derived(self) -> tuple[str, ...]:
        """Return the names of the derived quantities (Q)."""

    @property
    def shapes(self) -> Mapping[str, tuple[int, ...]]:
        """Return the shape of each kind of counts, by name."""

    @property
    def identity(self) -> Mapping[str, str]:
        """Return what decides a run beside parameters, seed and replicate: versions, scenario."""

    @property
    def observed(self) -> Array:
        """Return the documented statistics (K,)."""

    def run(self, values: Array, seed: int, replicate: int) -> Observation:
        """Return one run at the parameters' values (P,)."""
