"""A comparison as users have it: its tables, drawn, explained and written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sim.engine.extensions import AddedStep, EachMonth
from sim.experiments.comparison.paired_comparison import ComparisonTables, Progress, compare_tables
from sim.results.written_result import WrittenResult
from sim.scenario.schema import Scenario
from sim.world import World

if TYPE_CHECKING:
    from matplotlib.axes import Axes


class Comparison(ComparisonTables, WrittenResult):
    """Hold how what-ifs differ from a baseline, draw it, explain it and write it."""

    def _repr_html_(self) -> str:
        from sim.report.compare_page import notebook_html

        return notebook_html(self)

    def plot_map(
        self, outcome: str = "deals", what_if: str | None = None, ax: Axes | None = None
    ) -> Axes:
        """Draw the difference of an outcome by locality on the country grid."""
        from sim.report import compare_figures

        return compare_figures.plot_map(self, outcome, what_if, ax=ax)

    def plot_paths(
        self,
        metrics: Sequence[str] | None = None,
        what_if: str | None = None,
        ax: Axes | None = None,
    ) -> Axes:
        """Draw differences over time with their 95 % bands, of one or all what-ifs."""
        from sim.report import compare_figures

        return compare_figures.plot_paths(self, metrics, what_if, ax=ax)

    def plot_forest(
        self,
        outcomes: Sequence[str] | None = None,
        what_if: str | None = None,
        ax: Axes | None = None,
    ) -> Axes:
        """Draw the effects on all outcomes, sorted, with those in grey that may be none."""
        from sim.report import compare_figures

        return compare_figures.plot_forest(self, outcomes, what_if, ax=ax)

    def explain(self, deal: str, what_if: str | None = None, replicate: int = 0) -> str:
        """Tell why a deal exists in one world only, as text."""
        from sim.experiments.comparison.paired_runs import paired_runs_of
        from sim.report.explain_difference import between_of

        return between_of(
            paired_runs_of(self.worlds, self.labels, self.label_of(what_if), replicate), deal
        )

    def write_report(self, folder: Path) -> None:
        """Draw the figures and write the report into a folder that is there."""
        from sim.report.compare_page import write_report

        write_report(self, folder)


def compare(
    baseline: str | Path | Scenario,
    *what_ifs: str | Path | Scenario,
    replicates: int | None = None,
    seed: int | None = None,
    overrides: Mapping[str, float] | None = None,
    end: str | None = None,
    world: World | None = None,
    workers: int | None = None,
    draws: Sequence[Mapping[str, float]] = (),
    each_month: EachMonth | None = None,
    added_steps: Sequence[AddedStep] = (),
    out: str | Path | None = None,
    progress: Progress | None = None,
) -> Comparison:
    """Compare what-ifs with a baseline by paired runs.

    Parameters
    ----------
    baseline, what_ifs
        Scenarios, names of shipped ones, or paths of files. All run over the same months, and
        with the seed and the number of replicates of the baseline.
    replicates, seed, overrides, end
        Replace what the scenarios say, in all of them; ``overrides`` are parameters by name.
    world
        Tables of another region.
    workers
        Threads; all processors by default. The numbers don't depend on it.
    draws
        Parameter sets shared by all scenarios, one a replicate, starting over at the end; a
        parameter that a scenario or ``overrides`` sets keeps its value there.
    each_month, added_steps
        Code of your own, as :func:`sim.results.run_result.run` takes it, in every run of every
        scenario; several threads call it at once.
    out
        Folder to write to, new or empty.
    progress
        Called with (done, total) after each replicate.

    Raises
    ------
    InputError
        If anything given is not valid or the scenarios cannot be paired.
    """
    result = compare_tables(
        Comparison,
        baseline,
        *what_ifs,
        replicates=replicates,
        seed=seed,
        overrides=overrides,
        end=end,
        world=world,
        workers=workers,
        draws=draws,
        each_month=each_month,
        added_steps=added_steps,
        out=out,
        progress=progress,
    )
    if out is not None:
        result.write(out)
    return result
