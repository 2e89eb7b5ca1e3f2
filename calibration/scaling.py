"""Bring statistics to like scales."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.core.state import Array


class Scaling(NamedTuple):
    """Bring statistics to like scales: linear up to their usual size, logarithmic above.

    All are (K,): the usual size of each statistic, then its mean and standard deviation after
    that; those that never vary have ``sd`` infinite.
    """

    size: Array
    mean: Array
    sd: Array

    @classmethod
    def of(cls, statistics: Array) -> Scaling:
        """Return the scaling of a table of statistics (N, K)."""
        magnitude = np.abs(statistics)
        size = np.median(magnitude, axis=0)
        # Most rows may be zero: then what counts is how large the others are.
        size = np.where(size > 0.0, size, magnitude.mean(axis=0))
        size = np.where(size > 0.0, size, 1.0)
        bent = np.arcsinh(statistics / size)
        sd = bent.std(axis=0)
        return cls(size, bent.mean(axis=0), np.where(sd > 1e-12, sd, np.inf))

    def __call__(self, statistics: Array) -> Array:
        """Return scaled statistics (N, K)."""
        return np.asarray((np.arcsinh(statistics / self.size) - self.mean) / self.sd)
