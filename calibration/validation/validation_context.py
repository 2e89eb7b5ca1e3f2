"""What every step of the validation works on: a finished calibration, and means to make runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from calibration.inference.posterior import Posterior, read_posterior
from calibration.inference.prior import Array, Prior
from calibration.inference.reference_table import Rows, Simulator, Wave, build, load_simulator
from calibration.published import POSTERIOR, SIMULATOR
from sim.core.errors import InputError

Notify = Callable[[str, int, int], None]
"""Called with what is done, how much of it is done, and how much there is."""


@dataclass(frozen=True)
class ValidationContext:
    """Hold a finished calibration and what a step needs to try it.

    ``first`` are the runs from the prior that gave numbers. ``scratch`` is the folder in which
    further runs are kept, so that a stopped step goes on; ``workers`` are processes that make runs
    and threads that train networks; ``seed``, of all draws and runs, is the calibration's.
    ``comparison_runs`` are made of each model that the model is compared with.
    """

    simulator: Simulator
    prior: Prior
    first: Rows
    posterior: Posterior
    scratch: Path
    workers: int
    seed: int
    notify: Notify
    comparison_runs: int

    @classmethod
    def read(
        cls, folder: Path, scratch: Path, workers: int, notify: Notify, comparison_runs: int
    ) -> ValidationContext:
        """Return the context of the calibration in a folder; refuse one of another model."""
        posterior = read_posterior(folder / POSTERIOR)
        simulator = load_simulator(SIMULATOR)
        if other := posterior.stale(simulator.identity):
            raise InputError(
                f"belongs to another model: {', '.join(other)} differ",
                file=folder,
                allowed="a calibration of this version; make it anew with the command calibrate",
            )
        prior, seed = simulator.prior, posterior.made_by["seed"]
        first = Wave.begun(folder / "table-0").read(simulator).finite()
        return cls(
            simulator, prior, first, posterior, scratch, workers, seed, notify,
            comparison_runs,
        )  # fmt: skip

    def runs(self, name: str, values: Array, *, number: int, simulator: str = SIMULATOR) -> Rows:
        """Return runs at parameters' values (N, P), those made before among them.

        ``name`` is that of the folder they are kept in; rows of the same wave, by ``number``, share
        their random numbers; ``simulator`` is another ``module:function`` for a world that differs.
        """
        title = name.replace("-", " ")
        return build(
            Wave(self.scratch / name, number, self.seed, values),
            simulator,
            workers=self.workers,
            progress=lambda done, total: self.notify(title, done, total),
        )
