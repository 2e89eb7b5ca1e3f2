"""Made-up posteriors: draws from the prior, written as a calibration writes its own."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from calibration.inference.posterior import Posterior
from calibration.model_simulator import Documented, simulator


@cache
def the_simulator() -> Documented:
    """Return the simulator, made once."""
    return simulator()


def made_up(folder: Path, *, draws: int = 3, changes: Mapping[str, str] | None = None) -> Posterior:
    """Write a posterior of the present model into a folder and return it.

    Parameters
    ----------
    folder
        Where it goes.
    draws
        How many.
    changes
        What it says otherwise of how it was made.
    """
    held = the_simulator()
    made_by = {**held.identity, "model_version": "made up", "seed": 1, **(changes or {})}
    posterior = Posterior(held.prior.names, held.prior.draw(draws, 7), {}, made_by)
    folder.mkdir(parents=True, exist_ok=True)
    posterior.write(folder / "posterior.parquet")
    return posterior
