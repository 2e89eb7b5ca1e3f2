"""A comparison as users have it: its tables, drawn, explained and written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from sim.core.errors import InputError
from sim.engine.extensions import AddedStep, EachMonth
from sim.experiments.comparison.paired_comparison import ComparisonTables, Progress, compare_tables
from sim.experiments.comparison.pairing import loaded
from sim.experiments.comparison.saved_comparison import paired_runs_of, read_paired_runs
from sim.report import compare_figures, compare_page
from sim.report.explain_difference import between_of
from sim.results.written_result import WrittenResult
from sim.scenario.schema import Scenario
from sim.world import World


class Comparison(ComparisonTables, WrittenResult):
    """Hold how what-ifs differ from a baseline, draw it, explain it and write it.

    Differences are a what-if less the baseline, in the unit of the outcome. "Comparing what-ifs"
    in the documentation explains the columns.

    Attributes
    ----------
    baseline
        Its scenario.
    what_ifs
        The scenario of each what-if, by its name.
    world
        The tables they ran on.
    per_run
        One row a scenario and replicate, with the outcomes of the whole region.
    manifest
        Everything needed to repeat the comparison.
    """

    plot_map = compare_figures.plot_map
    plot_paths = compare_figures.plot_paths
    plot_forest = compare_figures.plot_forest
    write_report = compare_page.write_report
    _repr_html_ = compare_page.notebook_html
    folder: Path | None = None
    """Where it was read from, if it was."""

    def explain(self, deal: str, what_if: str | None = None, replicate: int = 0) -> str:
        """Tell why a deal exists in one world only, as text.

        Parameters
        ----------
        deal
            A ``project_id`` of :attr:`deals_in_one_world`, or its beginning.
        what_if
            Name of a what-if, by default the first.
        replicate
            Which pair of runs, from 0.

        Raises
        ------
        InputError
            If there is no such what-if, or the pair has no such deal.
        """
        label = self.label_of(what_if)
        if self.folder is not None:
            return between_of(read_paired_runs(self.folder, label, replicate, self.world), deal)
        return between_of(paired_runs_of(self.worlds, self.labels, label, replicate), deal)


def compare(
    baseline: str | Path | Scenario,
    *what_ifs: str | Path | Scenario,
    replicates: int | None = None,
    seed: int | None = None,
    parameters: Mapping[str, float] | None = None,
    end: str | None = None,
    world: World | None = None,
    workers: int | None = None,
    draws: Sequence[Mapping[str, float]] = (),
    fixed: bool = False,
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
    replicates, seed, parameters, end
        Replace what the scenarios say, in all of them; ``parameters`` by name.
    world
        Tables of another region.
    workers
        Threads; all processors by default. The numbers don't depend on it.
    draws
        Parameter sets shared by all scenarios, each for one replicate or several in a row; a
        parameter that a scenario or ``parameters`` sets keeps its value there. By default those of
        the published posterior, if it is of the present model
        (:func:`calibration.published.carried`).
    fixed
        Whether to hold the parameters at the scenarios' values instead.
    each_month, added_steps
        Code of your own, as :func:`sim.results.run_result.run` takes it, in every run of every
        scenario; several threads call it at once.
    out
        Folder to write to, new or empty.
    progress
        Called with (done, total) after each replicate.

    Returns
    -------
    Comparison
        Differences of each outcome, where the worlds part, figures and report.

    Raises
    ------
    InputError
        If anything given is not valid or the scenarios cannot be paired.
    """
    from calibration.published import carried

    base, *others = loaded((baseline, *what_ifs), world)
    if draws and fixed:
        raise InputError("excludes draws", field="fixed", allowed="one of the two")
    runs = base.replicates if replicates is None else replicates
    drawn, source = (draws, {}) if draws else carried(runs, world, fixed=fixed)
    result = compare_tables(
        Comparison,
        base,
        *others,
        replicates=replicates,
        seed=seed,
        parameters=parameters,
        end=end,
        world=world,
        workers=workers,
        draws=drawn,
        each_month=each_month,
        added_steps=added_steps,
        out=out,
        progress=progress,
    )
    if source:
        result.manifest["drawn_from"] = dict(source)
    if out is not None:
        result.write(out)
    return result
