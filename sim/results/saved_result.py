"""Results read back from the folder they were written to, drawn and explained as before."""

from __future__ import annotations

from pathlib import Path

from sim.core.errors import InputError
from sim.experiments.comparison.saved_comparison import read_comparison
from sim.experiments.saved_run import read_manifest, read_run
from sim.experiments.sweep import Sweep
from sim.experiments.sweep.storage import place_of
from sim.experiments.sweep.sweep_store import PLAN
from sim.results.comparison_result import Comparison
from sim.results.run_result import Run
from sim.world import World


def open(folder: str | Path, world: World | None = None) -> Run | Comparison | Sweep:  # noqa: A001
    """Return the run, comparison or sweep that a folder holds.

    Parameters
    ----------
    folder
        Where it was written; of a sweep, its address too.
    world
        The tables that a run or a comparison was made on; the shipped ones by default. A sweep
        keeps its own.

    Raises
    ------
    InputError
        If the folder holds none of these, something in it is missing, damaged or changed, or it
        was made on other tables than ``world``.
    """
    place = place_of(folder)
    if PLAN in place.names(""):
        return Sweep(folder)
    if "manifest.json" not in place.names(""):
        raise InputError(
            "holds no run, comparison or sweep",
            file=folder,
            allowed=f"a folder with a manifest.json or {PLAN}, as run, compare and sweep write it",
        )
    manifest = read_manifest(folder)
    if manifest.get("kind") != "comparison":
        return read_run(folder, manifest, world, Run)
    found = read_comparison(folder, manifest, world, Comparison)
    found.folder = Path(folder)
    return found
