"""A scenario's run as users have it: its tables, drawn, explained and written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

from sim.app import dashboard
from sim.core import folders
from sim.core.errors import InputError, known_name
from sim.engine.extensions import AddedStep, EachMonth, Extensions
from sim.experiments import parameter_draws
from sim.experiments.run import LOGS_WRITTEN, Collector, Progress, RunTables
from sim.experiments.run_settings import chosen_scenario
from sim.report import figures, locality_timeline, run_page
from sim.report.biography import biography_of
from sim.report.figure_choice import Choice, Format
from sim.report.figure_workers import FigureWorkers
from sim.results.written_result import WriteOptions, WrittenResult
from sim.scenario.schema import Scenario
from sim.world import World, load_world

if TYPE_CHECKING:
    from panel.viewable import Viewable


DRIVERS = ("compiled", "mesa")


class Run(RunTables, WrittenResult):
    """Hold what came of a scenario's replicates, draw it, explain it and write it.

    Tables are pandas frames. The codebook of the documentation gives their columns with units.

    Attributes
    ----------
    scenario, world, driver
        What was run.
    per_run
        One row a replicate: its number, the outcomes of the whole region, and the number of its
        draw of parameters, where there are draws.
    manifest
        Everything needed to repeat the run.
    """

    plot_map = figures.plot_map
    plot_ties = figures.plot_ties
    plot_funnel = figures.plot_funnel
    plot_timeline = locality_timeline.plot_timeline
    plot_channels = figures.plot_channels
    figure_workers: FigureWorkers | None = None
    """Processes that draw its figures too."""
    _repr_html_ = run_page.notebook_html

    def write_report(
        self, folder: str | Path, figures: Choice = True, form: str = Format.PNG
    ) -> Path:
        """Draw the figures and write the report into a folder that is there."""
        return run_page.write_report(self, folder, figures, form, self.figure_workers)

    def write(
        self, folder: str | Path, *, logs: int = LOGS_WRITTEN, **options: Unpack[WriteOptions]
    ) -> Path:
        """Write all tables, the manifest and, if asked, the figures and the report.

        Parameters
        ----------
        folder
            Where to; made where needed.
        logs
            Runs whose event logs are written, the first ones. A log takes half a megabyte, and
            :func:`sim.experiments.saved_run.read_events` makes any other again.
        **options
            ``figures``, ``figure_format`` and ``overwrite``, as :class:`WrittenResult` takes them.

        Raises
        ------
        InputError
            As :class:`WrittenResult` does, or if ``logs`` is below zero.
        """
        if logs < 0:
            raise InputError(f"{logs} is too few", argument="logs", allowed="0 or more")
        self.manifest["logs_written"] = min(logs, self.manifest["logs_kept"])
        return super().write(folder, **options)

    def dashboard(self, language: str = "en") -> Viewable:
        """Return a view of the run's first world, month by month, for a notebook.

        Raises
        ------
        InputError
            If the page's libraries are not installed, or the run was made with code of your own.
        """
        return dashboard(self, language)

    def explain(self, deal: str, replicate: int = 0) -> str:
        """Tell how a deal came about, from first contact on, as text.

        Parameters
        ----------
        deal
            A ``project_id`` of :attr:`deals`, or its beginning.
        replicate
            Which run, from 0.

        Raises
        ------
        InputError
            If the run has no such deal.
        """
        return biography_of(self.events, deal, replicate=replicate)


def run(
    scenario: str | Path | Scenario,
    *,
    replicates: int | None = None,
    seed: int | None = None,
    driver: str = "compiled",
    parameters: Mapping[str, float] | None = None,
    end: str | None = None,
    world: World | None = None,
    draws: Sequence[Mapping[str, float]] = (),
    each_month: EachMonth | None = None,
    added_steps: Sequence[AddedStep] = (),
    agents: Mapping[str, type] | None = None,
    out: str | Path | None = None,
    progress: Progress | None = None,
) -> Run:
    """Run a scenario and return what came of it.

    Parameters
    ----------
    scenario
        A scenario, the name of a shipped one, or the path of a file.
    replicates, seed, parameters, end
        Replace what the scenario says; ``parameters`` by name.
    driver
        ``compiled`` or ``mesa``; both give the same event log.
    world
        Tables of another region.
    draws
        Parameter sets, such as draws from a posterior: replicate number r takes set r, starting
        over at the end. A parameter that the scenario or ``parameters`` sets keeps its value.
    each_month, added_steps, agents
        Code of your own (:mod:`sim.engine.extensions`): a function of the state and the month's
        number called before each month, added steps, and classes of agents for the Mesa driver.
        The manifest names it, but cannot repeat the run without it.
    out
        Folder to write to, new or empty.
    progress
        Called with (done, total) after each replicate.

    Returns
    -------
    Run
        Its tables, figures and report.

    Raises
    ------
    InputError
        If anything given is not valid.
    """
    known_name("driver", driver, DRIVERS, field="driver")
    extensions = Extensions(each_month, added_steps, agents or {})
    if extensions.agents and driver != "mesa":
        raise InputError(
            "classes of agents act in the Mesa driver only",
            argument="agents",
            allowed="driver='mesa' with them",
        )
    world = world if world is not None else load_world()
    chosen = chosen_scenario(
        scenario, world, parameters=parameters, seed=seed, replicates=replicates, end=end
    )
    known = parameter_draws.checked(draws)
    collector = Collector(chosen, world, driver, known, extensions)
    if out is not None:
        folders.prepare_folder(out)
    result = collector.collect(Run, progress)
    if out is not None:
        result.write(out)
    return result
