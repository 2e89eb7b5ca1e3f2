"""A sensitivity analysis as users have it: its tables, drawn and written."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from sim.core import files, folders
from sim.core.errors import InputError
from sim.experiments.sensitivity.analysis import (
    SensitivityTables,
    SweepFrames,
    sensitivity_tables,
)
from sim.experiments.sensitivity.scenario_discovery import Discovery
from sim.experiments.sweep import Sweep

if TYPE_CHECKING:
    from matplotlib.axes import Axes

RECORD = "sensitivity.json"
"""The file that an analysis is known by."""


@dataclass(frozen=True, repr=False)
class Sensitivity(SensitivityTables):
    """Hold how much each parameter matters to each outcome, draw it and write it."""

    def __repr__(self) -> str:
        from sim.report.sensitivity_page import sensitivity_card

        return sensitivity_card(self)

    def _repr_html_(self) -> str:
        from sim.report.sensitivity_page import notebook_html

        return notebook_html(self)

    def plot(self, outcome: str | None = None, ax: Axes | None = None) -> Axes:
        """Draw how much each parameter matters to an outcome, with intervals, sorted."""
        from sim.report.sensitivity_bars import plot_indices

        return plot_indices(self, outcome, ax=ax)

    def write(self, folder: str | Path | None = None, *, overwrite: bool = False) -> Path:
        """Write the tables (CSV), figures (PNG and SVG), the page and, last, a summary (JSON).

        Parameters
        ----------
        folder
            Where to; made where needed. By default ``sensitivity`` in the folder of the sweep,
            where an earlier analysis is renewed.
        overwrite
            Replace an earlier analysis that the folder holds.

        Raises
        ------
        InputError, MachineError
            If the folder is not empty, and not to be overwritten, or cannot be written to; if
            none is given and the sweep is in none of this machine.
        """
        from sim.report.sensitivity_page import write_page

        if folder is None:
            if self.folder is None:
                raise InputError("the sweep is in no folder of this machine", argument="folder")
            folder, overwrite = self.folder / "sensitivity", True
        with folders.results(folder, overwrite, self.summary, mark=RECORD) as target:
            files.write_csv(target / "indices.csv", self.table)
            files.write_csv(target / "noise.csv", self.noise)
            if self.discovery is not None:
                files.write_csv(target / "boxes.csv", _box_table(self.discovery))
            write_page(self, target)
        return target


def _box_table(found: Discovery) -> pd.DataFrame:
    rows = [
        {
            "box": number,
            "coverage": box.coverage,
            "density": box.density,
            "mass": box.mass,
            "points": box.points,
            **asdict(limit),
        }
        for number, box in enumerate(found.boxes, start=1)
        for limit in box.limits
    ]
    columns = ["box", "coverage", "density", "mass", "points"]
    return pd.DataFrame(rows, columns=[*columns, "parameter", "low", "high", "chance"])


def sensitivity(
    sweep: str | Path | Sweep | SweepFrames,
    outcomes: Iterable[str] | str = (),
    method: str = "auto",
    *,
    discover: Iterable[str] | str = (),
) -> Sensitivity:
    """Return how much each parameter that a sweep varied matters to its outcomes.

    Parameters
    ----------
    sweep
        Folder or address of a sweep, or the sweep itself.
    outcomes
        Outcomes to look at; by default the first choice of
        :mod:`sim.experiments.sensitivity.monte_carlo_noise`.
    method
        ``sobol``, ``morris``, ``pawn`` or ``delta``; ``auto`` takes the one that the design was
        made for, and PAWN for any other sample.
    discover
        Conditions such as ``deals>=400``, all of which must hold: find the box of parameters in
        which they do.

    Raises
    ------
    InputError
        If something given is not valid, or a package needed is missing.
    """
    found = sensitivity_tables(sweep, outcomes, method, discover=discover)
    return Sensitivity(**vars(found))
