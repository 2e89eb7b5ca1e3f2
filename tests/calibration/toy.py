"""Toys with the interface of the simulator: one like the model, one whose posterior is known."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from calibration.inference.prior import Array, Prior, prior_of
from calibration.inference.reference_table import Observation
from sim.core.parameters import Parameter

_PRIORS = ("uniform(0, 1)", "loguniform(0.01, 1)", "beta(2, 2)")


def _parameter(number: int, text: str) -> Parameter:
    return Parameter(f"toy.p{number:02d}", "share", 0.0, 1.0, 0.5, "A toy.", "a toy", text)


class CountsToy:
    """Twelve parameters and 36 counts that say little about some of them.

    Two parameters enter nowhere, two enter by their sum alone.
    """

    def __init__(self) -> None:
        parameters = [_parameter(i, _PRIORS[i % 3]) for i in range(12)]
        self.prior: Prior = prior_of(parameters)
        self.statistics = tuple(f"count_{k}" for k in range(36))
        self.derived: tuple[str, ...] = ("next_count",)
        self.shapes: Mapping[str, tuple[int, ...]] = {"locality": (4, 3)}
        self.identity = {"toy": "counts"}
        rng = np.random.default_rng(7)
        mix = rng.normal(0.0, 0.45, (36, 12)) * (rng.random((36, 12)) < 0.3)
        mix[:, [3, 7]] = 0.0
        mix[:, 9] = mix[:, 8]
        self.mix = mix
        self.base = rng.uniform(-0.5, 2.0, 36)
        self.observed = self.run(self.prior.draw(1, 5)[0], 1, 123_456).vector

    def means(self, values: Array) -> Array:
        """Return the expected counts (N, 36) at values (N, 12)."""
        return np.asarray(np.exp(self.base + self.prior.scores(values) @ self.mix.T))

    def run(self, values: Array, seed: int, replicate: int) -> Observation:
        """Return one run."""
        return self.observed_at(self.means(values[None, :])[0], seed, replicate)

    def observed_at(self, row: Array, seed: int, replicate: int) -> Observation:
        """Return one run at its expected counts (36,)."""
        rng = np.random.Generator(np.random.Philox(key=[seed, replicate]))
        # Counts that vary more than a Poisson's.
        vector = rng.poisson(row * rng.gamma(4.0, 0.25, len(row))).astype(float)
        later = rng.poisson(row[:1] * 3.0).astype(float)
        counts = {"locality": vector[:12].astype(np.int32).reshape(4, 3)}
        return Observation(vector, later, counts)


class MortalToy(CountsToy):
    """Counts whose run 60 kills its process, the first few times (a number in a file)."""

    def __init__(self, file: str) -> None:
        super().__init__()
        self.file = Path(file)

    def run(self, values: Array, seed: int, replicate: int) -> Observation:
        """Return one run."""
        if replicate == 60 and (left := int(self.file.read_text(encoding="ascii"))):
            self.file.write_text(str(left - 1), encoding="ascii")
            os._exit(9)
        return super().run(values, seed, replicate)


class LinearToy:
    """Four parameters with standard normal scores, six normal statistics linear in them.

    The posterior of the scores is normal with :meth:`posterior`.
    """

    def __init__(self) -> None:
        self.prior: Prior = prior_of([_parameter(i, "uniform(0, 1)") for i in range(4)])
        self.statistics = tuple(f"number_{k}" for k in range(6))
        self.derived: tuple[str, ...] = ()
        self.shapes: Mapping[str, tuple[int, ...]] = {}
        self.identity = {"toy": "linear"}
        rng = np.random.default_rng(3)
        self.mix = rng.normal(0.0, 1.0, (6, 4)) * np.array([1.5, 0.8, 0.3, 0.0])
        self.noise = np.linspace(0.5, 1.5, 6)
        self.observed = self.run(self.prior.draw(1, 9)[0], 1, 123_456).vector

    def run(self, values: Array, seed: int, replicate: int) -> Observation:
        """Return one run."""
        return self.observed_at(self.means(values[None, :])[0], seed, replicate)

    def means(self, values: Array) -> Array:
        """Return the expected numbers (N, 6) at values (N, 4)."""
        return np.asarray(self.prior.scores(values) @ self.mix.T)

    def observed_at(self, row: Array, seed: int, replicate: int) -> Observation:
        """Return one run at its expected numbers (6,)."""
        rng = np.random.Generator(np.random.Philox(key=[seed, replicate]))
        vector = row + self.noise * rng.normal(size=6)
        return Observation(vector, np.empty(0), {})

    def posterior(self, vector: Array) -> tuple[Array, Array]:
        """Return mean (4,) and covariance (4, 4) of the scores given the statistics."""
        weighted = self.mix.T / self.noise**2
        covariance = np.linalg.inv(np.eye(4) + weighted @ self.mix)
        return covariance @ (weighted @ vector), covariance


def rows_of(toy: Any, rows: int, seed: int = 1, stream: int = 0) -> tuple[Array, Array, Array]:
    """Return values (N, P), statistics (N, K) and derived numbers (N, Q) of runs from the prior."""
    values = toy.prior.draw(rows, seed, stream)
    # Scores of all rows at once: they take longer than all else.
    runs = [toy.observed_at(row, seed + stream, i) for i, row in enumerate(toy.means(values))]
    return values, np.array([r.vector for r in runs]), np.array([r.derived for r in runs])


counts_toy = CountsToy
linear_toy = LinearToy
