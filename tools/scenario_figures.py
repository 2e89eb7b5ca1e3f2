"""The published figures of the calibrated model: ``python -m tools.scenario_figures``.

The baseline and the scenarios of the deep cases are run at draws from the published posterior, so
that every interval holds both chance and what is not known about the parameters.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from calibration.cases.case_tables import focal_cases
from calibration.published import draws as published_draws
from sim.core import folders
from sim.report import figure_style, figures
from sim.report.figure_choice import Format
from sim.report.locality_timeline import plot_timeline
from sim.results.run_result import Run, run
from sim.scenario.reading import names
from sim.scenario.schema import Scenario, load
from tools.exit_code import reporting
from tools.manifest import REFERENCE

if TYPE_CHECKING:
    from matplotlib.axes import Axes

DRAWS = 100
BASELINE = "baseline"
FOLDER = REFERENCE / "figures"

_OF_THE_REGION: Mapping[str, tuple[Callable[[Run], Axes], str]] = {
    "deals-map": (figures.plot_map, "Deals by locality"),
    "ties": (figures.plot_ties, "Visits, twinnings and trust over time"),
    "funnel": (figures.plot_funnel, "From visits to completed projects"),
    "channels": (figures.plot_channels, "Deals by channel and level of decision"),
}


def case_scenarios() -> dict[str, Scenario]:
    """Return the scenario that is named after each deep case, by the case's first locality."""
    known = names()
    return {
        case.localities[0]: load(name.lower())
        for name, case in focal_cases().items()
        if name.lower() in known
    }


def make(
    folder: Path, draws: Sequence[Mapping[str, float]], *, end: str | None = None
) -> list[Path]:
    """Draw all figures into a folder and return their files.

    Parameters
    ----------
    folder
        Where they go.
    draws
        Sets of parameters, one a run.
    end
        Last month; the scenarios' own by default.
    """
    target = folders.make_folder(folder)
    made: list[Path] = []

    def runs_of(scenario: Scenario) -> Run:
        return run(scenario.with_overrides(end=end), replicates=len(draws), draws=draws)

    region = runs_of(load(BASELINE))
    for name, (draw, title) in _OF_THE_REGION.items():
        made += _saved(draw(region), target / name, title)
    for place, scenario in case_scenarios().items():
        drawing = plot_timeline(runs_of(scenario), place)
        made += _saved(drawing, target / scenario.name, scenario.title)
    return made


def _saved(ax: Axes, path: Path, title: str) -> list[Path]:
    """Write a drawing in every format; return the files."""
    figure = figure_style.figure_of(ax)
    return [
        figure_style.save_as(figure, path.with_name(f"{path.name}.{form}"), title)
        for form in Format
    ]


@reporting
def main(arguments: Sequence[str] | None = None) -> None:
    """Make the published figures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--out", type=Path, default=FOLDER, help="folder to write to")
    parser.add_argument("--draws", type=int, default=DRAWS, help="draws from the posterior")
    given = parser.parse_args(arguments)
    found = published_draws(given.draws)
    if found.warning is not None:
        sys.stderr.write(f"{found.warning}\n")
    for path in make(given.out, found.draws):
        sys.stdout.write(f"{path}\n")


if __name__ == "__main__":
    raise SystemExit(main())
