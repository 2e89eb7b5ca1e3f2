"""What a visitor can take away: tables as CSV, the figure, the report, the scenario."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path
from textwrap import shorten
from typing import TYPE_CHECKING

import pandas as pd

from sim.app.what_if.run_cache import PAIRS
from sim.core.provenance import model_version
from sim.experiments.comparison.paired_comparison import ComparisonTables, compare_tables
from sim.report import figure_style
from sim.report.compare_page import write_report

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from sim.app.thread_pool import Cancel
    from sim.app.what_if.experiment import Experiment
    from sim.app.what_if.paired_results import OutcomeBands, Shown
    from sim.world import World

COLUMNS = (
    "runs",
    "baseline",
    "what_if",
    "difference",
    "low",
    "high",
    "p_value",
    "p_adjusted",
    "distinguishable",
)
"""Columns of the CSV file behind those that say of what a row tells."""


def csv_of(shown: Shown) -> bytes:
    """Return what is shown as one CSV file.

    A row tells of the region, of a locality (ISO 3166-2) or of a month; ``of`` says which.
    """
    region = shown.effects.assign(of="region")
    places = shown.by_locality.assign(of="locality")
    months = shown.paths().assign(of="month", runs=shown.pairs)
    frame = pd.concat([region, places, months], ignore_index=True)
    columns = ["of", "country", "locality", "name", "month", "outcome", "unit", *COLUMNS]
    text = frame[columns].to_csv(index=False, lineterminator="\n", float_format="%.10g")
    return text.encode()


def figure_of(shown: Shown, outcome: str, label: str, form: str = "png") -> bytes:
    """Return the bands of an outcome as a drawing.

    Parameters
    ----------
    shown
        What is known.
    outcome, label
        The outcome, and its name with its unit.
    form
        ``png`` or ``svg``.
    """
    experiment = shown.experiment
    bands = shown.bands[outcome]
    scale = scale_of(outcome)
    figure = figure_style.new_figure(10.0, 7.4)
    upper = figure.add_axes((0.09, 0.47, 0.88, 0.42))
    lower = figure.add_axes((0.09, 0.1, 0.88, 0.27))
    _draw_worlds(upper, bands, scale)
    _draw_difference(lower, bands, scale)
    scenario = experiment.scenario
    for ax in (upper, lower):
        figure_style.tidy(ax)
        figure_style.year_axis(ax, scenario.start_month, scenario.end_month)
    # A title is a visitor's own words: matplotlib must not read it as a formula.
    title = shorten(scenario.title, 72, placeholder="…").replace("$", r"\$")
    figure_style.set_title(upper, title, f"{label} · compared with {experiment.against}")
    lower.set_title(
        "Difference, with its 95 % interval", loc="left", fontsize=figure_style.LABEL_SIZE
    )
    figure.text(
        0.995,
        0.006,
        f"{scenario.start} to {scenario.end} · seed {scenario.seed} · {shown.pairs} paired runs "
        f"· model {model_version()}",
        ha="right",
        va="bottom",
        fontsize=figure_style.STAMP_SIZE,
        color="#6a6a6a",
    )
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"figure.{form}"
        figure_style.save_as(figure, file, f"What if: {label}")
        return file.read_bytes()


def _draw_worlds(ax: Axes, bands: OutcomeBands, scale: float) -> None:
    worlds = (
        (
            "baseline",
            figure_style.QUIET,
            "--",
            bands.baseline,
            bands.baseline_low,
            bands.baseline_high,
        ),
        ("what if", figure_style.BLUE, "-", bands.what_if, bands.what_if_low, bands.what_if_high),
    )
    for name, colour, line, mean, low, high in worlds:
        ax.fill_between(
            bands.year,
            scale * low,
            scale * high,
            color=colour,
            alpha=figure_style.BAND,
            linewidth=0,
        )
        ax.plot(
            bands.year,
            scale * mean,
            color=colour,
            linestyle=line,
            linewidth=2.2,
            label=f"{name}: mean, and where 9 runs in 10 lie",
        )
    figure_style.legend(ax)


def _draw_difference(ax: Axes, bands: OutcomeBands, scale: float) -> None:
    ax.fill_between(
        bands.year,
        scale * bands.low,
        scale * bands.high,
        color=figure_style.BLUE,
        alpha=figure_style.BAND,
        linewidth=0,
    )
    ax.plot(bands.year, scale * bands.difference, color=figure_style.BLUE, linewidth=2.0)
    ax.axhline(0.0, color=figure_style.INK, linewidth=1.0)
    ax.set_xlabel("year")


def scale_of(outcome: str) -> float:
    """Return what an outcome is multiplied by where it is shown: amounts in billions."""
    return 0.001 if outcome == "deal_value_usd_m" else 1.0


def report_of(experiment: Experiment, world: World, cancel: Cancel) -> bytes:
    """Return the report of a comparison as one HTML page.

    The runs are made again, with all that the report tells beside what the page shows.

    Raises
    ------
    CancelledError
        If it was cancelled between two pairs of runs.
    """

    def progress(_done: int, _total: int) -> None:
        cancel.check()

    comparison = compare_tables(
        ComparisonTables,
        experiment.baseline(),
        experiment.scenario,
        replicates=PAIRS,
        world=world,
        workers=1,
        progress=progress,
    )
    with tempfile.TemporaryDirectory() as folder:
        return write_report(comparison, folder).read_bytes()


def toml_of(experiment: Experiment) -> bytes:
    """Return the scenario as a file that loads to an equal scenario."""
    return experiment.scenario.dump_toml().encode()


def as_file(content: bytes) -> io.BytesIO:
    """Return bytes as what a download takes."""
    return io.BytesIO(content)
