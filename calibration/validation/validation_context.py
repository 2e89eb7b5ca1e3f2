"""What every step of the validation works on: a finished calibration, and means to make runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from calibration.checks import load_thresholds
from calibration.inference.posterior import Posterior, read_posterior
from calibration.inference.prior import Array, Prior
from calibration.inference.reference_table import Rows, Simulator, Wave, build, load_simulator
from calibration.published import POSTERIOR, SIMULATOR
from sim.core.errors import InputError

Notify = Callable[[str, int, int], None]
"""Called with what is done, how much of it is done, and how much there is."""


def quiet(what: str, done: int, total: int) -> None:
    """Tell nothing."""


@dataclass(frozen=True)
class ValidationContext:
    """Hold a finished calibration and what a step needs to try it.

    Parameters
    ----------
    simulator
        What was calibrated.
    prior, box
        The full prior and its part from which the second table was drawn.
    first, second, predicted
        Runs from the prior, from the box and from the posterior; only rows that gave numbers.
    posterior
        The result.
    scratch
        Folder in which further runs are kept, so that a stopped step goes on.
    workers
        Processes that make runs, threads that train networks.
    seed
        Of all draws and runs: the calibration's.
    notify
        Told of progress.
    """

    simulator: Simulator
    prior: Prior
    box: Prior
    first: Rows
    second: Rows
    predicted: Rows
    posterior: Posterior
    scratch: Path
    workers: int = 1
    seed: int = 1
    notify: Notify = quiet

    @property
    def thresholds(self) -> Mapping[str, Mapping[str, Any]]:
        """Return the thresholds by check."""
        return load_thresholds()

    @classmethod
    def read(cls, folder: Path, *, workers: int, scratch: Path) -> ValidationContext:
        """Return the trial of the calibration in a folder.

        Raises
        ------
        InputError
            If there is no posterior, its tables are gone, or it belongs to another model.
        """
        posterior = read_posterior(folder / POSTERIOR)
        simulator = load_simulator(SIMULATOR)
        if other := posterior.stale(simulator.identity):
            raise InputError(
                f"belongs to another model: {', '.join(other)} differ",
                file=folder,
                allowed="a calibration of this version; make it anew with the command calibrate",
            )
        box = simulator.prior.truncated(*posterior.made_by["box"])
        first, second, predicted = (_table(folder / f"table-{n}", simulator) for n in range(3))
        return cls(
            simulator,
            simulator.prior,
            box,
            first,
            second,
            predicted,
            posterior,
            scratch,
            workers,
            posterior.made_by["seed"],
        )

    def runs(self, name: str, values: Array, *, number: int, simulator: str = SIMULATOR) -> Rows:
        """Return runs at parameters' values, those made before among them.

        Parameters
        ----------
        name
            Of the folder they are kept in.
        values
            Of the parameters (N, P).
        number
            Of the wave: rows of the same number and wave share their random numbers.
        simulator
            ``module:function``; another one than the calibrated for a world that differs.
        """
        wave = Wave(self.scratch / name, number, self.seed, values)
        title = name.replace("-", " ")
        return build(
            wave,
            simulator,
            workers=self.workers,
            progress=lambda done, total: self.notify(title, done, total),
        )


def _table(folder: Path, simulator: Simulator) -> Rows:
    return Wave.begun(folder).read(simulator).finite()
