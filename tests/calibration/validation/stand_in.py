"""A trial on toys: runs are made in this process and kept nowhere."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from calibration.inference.posterior import Posterior
from calibration.inference.prior import Array, Prior
from calibration.inference.reference_table import Rows, Simulator


def rows_of(made: Simulator, values: Array, number: int, seed: int = 1) -> Rows:
    """Return runs of a toy, with the random numbers of a wave."""
    runs = [made.run(values[i], seed, number * 10_000_000 + i) for i in range(len(values))]
    return Rows(
        values,
        np.array([run.vector for run in runs]),
        np.array([run.derived for run in runs]),
        {name: np.array([run.counts[name] for run in runs]) for name in made.shapes},
        [(seed, number * 10_000_000 + i) for i in range(len(values))],
    )


@dataclass
class StandIn:
    """Hold what a step reads of a trial.

    Parameters
    ----------
    simulator
        The toy.
    variants
        Other toys, by the name a step asks for.
    draws
        Number of draws from the posterior.
    comparison_runs
        Runs of each model compared; the first table has as many.
    """

    simulator: Simulator
    variants: Mapping[str, Simulator] = field(default_factory=dict)
    draws: int = 300
    comparison_runs: int = 200
    seed: int = 1
    workers: int = 1
    told: list[tuple[str, int, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.prior: Prior = self.simulator.prior
        values = self.prior.draw(self.comparison_runs, 1, 49)
        self.first = rows_of(self.simulator, values, 0)
        draws = self.prior.draw(self.draws, 1, 50)
        self.posterior = Posterior(self.prior.names, draws, {}, {})
        self.notify: Callable[..., None] = lambda *news: self.told.append(news)

    def runs(self, name: str, values: Array, *, number: int, simulator: str | None = None) -> Rows:
        """Return runs of the toy or of a variant."""
        made = self.simulator if simulator is None else self.variants[simulator]
        return rows_of(made, values, number)


def as_trial(made: StandIn) -> Any:
    """Return the stand-in as what steps take."""
    return made
