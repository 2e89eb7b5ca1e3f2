"""A sensitivity analysis as users have it: its tables, drawn and written."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

import pandas as pd

from sim.core import files, folders
from sim.core.errors import InputError
from sim.experiments.data_package import ColumnMeanings, write_dictionary
from sim.experiments.sensitivity.analysis import (
    SensitivityTables,
    SweepFrames,
    sensitivity_tables,
)
from sim.experiments.sensitivity.scenario_discovery import Discovery
from sim.experiments.sweep import Sweep
from sim.report import sensitivity_bars, sensitivity_page
from sim.report.figure_choice import Choice, Format

RECORD = "sensitivity.json"
"""The file that an analysis is known by."""


@dataclass(frozen=True, repr=False)
class Sensitivity(SensitivityTables):
    """Hold how much each parameter matters to each outcome, draw it and write it."""

    __repr__ = sensitivity_page.sensitivity_card
    _repr_html_ = sensitivity_page.notebook_html
    plot = sensitivity_bars.plot_indices

    def write(
        self,
        folder: str | Path | None = None,
        *,
        figures: Choice = True,
        figure_format: str = Format.PNG,
        overwrite: bool = False,
    ) -> Path:
        """Write the tables (CSV), figures, the page and, last, a summary (JSON).

        Parameters
        ----------
        folder
            Where to; made where needed. By default ``sensitivity`` in the folder of the sweep,
            where an earlier analysis is renewed.
        figures, figure_format
            Which figures (:data:`sim.report.figure_choice.SENSITIVITY`), and ``png`` or ``svg``.
        overwrite
            Replace an earlier analysis that the folder holds.

        Raises
        ------
        InputError, MachineError
            If the folder is not empty, and not to be overwritten, or cannot be written to; if
            none is given and the sweep is in none of this machine.
        """
        if folder is None:
            if self.folder is None:
                raise InputError("the sweep is in no folder of this machine", argument="folder")
            folder, overwrite = self.folder / "sensitivity", True
        with folders.results(folder, overwrite, self.summary, mark=RECORD) as target:
            files.write_csv(target / "indices.csv", self.table)
            files.write_csv(target / "noise.csv", self.noise)
            if self.discovery is not None:
                files.write_csv(target / "boxes.csv", _box_table(self.discovery))
            title = f"Sensitivity, {self.method.name}: {self.method.words}"
            write_dictionary(target, title, ColumnMeanings(self.world))
            sensitivity_page.write_page(self, target, figures, figure_format)
        return target


def _box_table(found: Discovery) -> pd.DataFrame:
    """Return one row a box and limit."""
    columns = ["coverage", "density", "mass", "points"]
    rows = [
        {"box": number, **{name: getattr(box, name) for name in columns}, **asdict(limit)}
        for number, box in enumerate(found.boxes, start=1)
        for limit in box.limits
    ]
    return pd.DataFrame(rows, columns=["box", *columns, "parameter", "low", "high", "chance"])


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

    Returns
    -------
    Sensitivity
        A table of indices with intervals, what chance adds to them, figures and a page.

    Raises
    ------
    InputError
        If something given is not valid, or a package needed is missing.
    """
    found = sensitivity_tables(sweep, outcomes, method, discover=discover)
    return Sensitivity(**vars(found))
