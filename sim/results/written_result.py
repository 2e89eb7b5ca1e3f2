"""What a run and a comparison share as results: written whole, with figures and report."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypedDict

from sim.core import folders
from sim.experiments.data_package import describe_result
from sim.experiments.stopwatch import Stopwatch
from sim.report.figure_choice import Choice, Format
from sim.world import World


class WriteOptions(TypedDict, total=False):
    """Hold how a result is written, as :meth:`WrittenResult.write` takes it."""

    figures: Choice
    figure_format: str
    overwrite: bool


class WrittenResult:
    """Write the tables of a result with its figures, its report and its manifest."""

    manifest: dict[str, Any]
    world: World
    stopwatch: Stopwatch

    def write_tables(self, folder: Path) -> None:
        """Write all tables into a folder that is there."""
        raise NotImplementedError

    def write_report(
        self, folder: str | Path, figures: Choice = True, form: str = Format.PNG
    ) -> Path:
        """Draw the figures and write the report into a folder that is there."""
        raise NotImplementedError

    def write(
        self,
        folder: str | Path,
        *,
        figures: Choice = True,
        figure_format: str = Format.PNG,
        overwrite: bool = False,
    ) -> Path:
        """Write all tables, the manifest and, if asked, the figures and the report.

        The manifest is written last: a folder that has one is whole.

        Parameters
        ----------
        folder
            Where to; made where needed.
        figures
            Which figures to draw for the report (:mod:`sim.report.figure_choice`): the usual ones,
            ``all``, ``none`` or names. False leaves out the report too.
        figure_format
            ``png`` or ``svg``.
        overwrite
            Replace earlier results that the folder holds.

        Raises
        ------
        InputError
            If there is no such figure or format, or the folder is not empty, and not to be
            overwritten, or cannot be written to.
        """
        self.stopwatch.resume()
        with folders.results(folder, overwrite, self.manifest) as target:
            self.write_tables(target)
            if figures is not False:
                self.write_report(target, figures, figure_format)
                self.stopwatch.lap("figures")
            self.manifest["seconds"] = self.stopwatch.seconds
            describe_result(target, self.manifest, self.world)
        return target
