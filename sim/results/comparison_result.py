"""A comparison as users have it: its tables, drawn, explained and written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from sim.engine.extensions import AddedStep, EachMonth
from sim.experiments.comparison.paired_comparison import ComparisonTables, Progress, compare_tables
from sim.experiments.comparison.paired_runs import paired_runs_of
from sim.report import compare_figures, compare_page
from sim.report.explain_difference import between_of
from sim.results.written_result import WrittenResult
from sim.scenario.schema import Scenario
from sim.world import World


class Comparison(ComparisonTables, WrittenResult):
    """Hold how what-ifs differ from a baseline, draw it, explain it and write it."""

    plot_map = compare_figures.plot_map
    plot_paths = compare_figures.plot_paths
    plot_forest = compare_figures.plot_forest
    write_report = compare_page.write_report
    _repr_html_ = compare_page.notebook_html

    def explain(self, deal: str, what_if: str | None = None, replicate: int = 0) -> str:
        """Tell why a deal exists in one world only, as text."""
        label = self.label_of(what_if)
        return between_of(paired_runs_of(self.worlds, self.labels, label, replicate), deal)


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
