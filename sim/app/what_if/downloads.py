"""What a visitor can take away, made on the pool when it is asked for: tables, figure, report."""

from __future__ import annotations

import asyncio
import io
import tempfile
from collections.abc import Callable
from pathlib import Path
from textwrap import shorten

import pandas as pd
import panel as pn

from sim.app.session import Session
from sim.app.thread_pool import Cancel
from sim.app.what_if import paired_trial
from sim.app.what_if.experiment import SHOWN, Experiment
from sim.app.what_if.paired_trial import TrialResult
from sim.app.what_if.result_sentences import scale_of
from sim.app.what_if.what_if_widgets import sheets
from sim.core.provenance import model_version
from sim.experiments.comparison.paired_comparison import ComparisonTables, compare_tables
from sim.report import figure_style
from sim.report.compare_page import write_report
from sim.world import World

COLUMNS = (
    *("of", "country", "locality", "name", "month", "outcome", "unit"),
    *("runs", "baseline", "what_if", "difference", "low", "high", "p05", "median", "p95"),
    *("share_higher", "share_lower", "p_value", "p_adjusted", "distinguishable"),
)
"""Columns of the CSV file, first those that say of what a row tells."""


class DownloadButtons:
    """Make a visitor's buttons that hand over a file."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._waiting: set[asyncio.Future[bytes]] = set()

    def button(
        self, label: str, filename: str, make: Callable[[Cancel], bytes]
    ) -> pn.widgets.FileDownload:
        """Return a button; ``make`` makes the file's content on the pool."""

        async def content() -> io.BytesIO:
            future: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

            def refuse(error: Exception) -> None:
                self._session.notify(str(error), "error")
                future.cancel()

            self._waiting.add(future)
            try:
                self._session.submit(
                    make,
                    lambda made: None if future.done() else future.set_result(made),
                    refuse,
                    key=f"what_if.file.{filename}",
                )
                return io.BytesIO(await future)
            finally:
                self._waiting.discard(future)

        return pn.widgets.FileDownload(
            callback=content,
            filename=filename,
            label=label,
            margin=(4, 8, 4, 0),
            stylesheets=sheets("download"),
        )

    def close(self) -> None:
        """Let go of files that nobody waits for any more."""
        for future in list(self._waiting):
            future.cancel()


def csv_of(result: TrialResult) -> bytes:
    """Return what is known as a CSV file; ``of`` says what a row is of: region, place, month."""
    region = result.effects.assign(of="region")
    places = [result.places(outcome).assign(of="locality") for outcome in SHOWN]
    months = [result.bands(outcome).assign(of="month", runs=result.pairs) for outcome in SHOWN]
    frame = pd.concat([region, *places, *months], ignore_index=True)[list(COLUMNS)]
    return frame.to_csv(index=False, lineterminator="\n", float_format="%.10g").encode()


def figure_of(result: TrialResult, outcome: str, label: str, form: str = "png") -> bytes:
    """Return the bands of an outcome as a PNG or SVG drawing; ``label`` names it with its unit."""
    scenario = result.experiment.scenario
    figure = figure_style.new_figure(10.0, 7.4)
    upper = figure.add_axes((0.09, 0.47, 0.88, 0.42))
    lower = figure.add_axes((0.09, 0.1, 0.88, 0.27))
    bands, scale = result.bands(outcome), scale_of(outcome)
    for column, name, colour in (
        ("baseline", "baseline", figure_style.QUIET),
        ("what_if", "what if", figure_style.BLUE),
    ):
        numbers = scale * bands[[column, f"{column}_low", f"{column}_high"]].to_numpy().T
        words = f"{name}: mean, and where 9 runs in 10 lie"
        figure_style.band(upper, bands["year"], tuple(numbers), colour, words)
    upper.lines[0].set_linestyle("--")
    figure_style.legend(upper)
    gaps = scale * bands[["difference", "p05", "p95"]].to_numpy().T
    figure_style.band(lower, bands["year"], tuple(gaps), figure_style.BLUE)
    lower.axhline(0.0, color=figure_style.INK, linewidth=1.0)
    lower.set_xlabel("year")
    for ax in (upper, lower):
        figure_style.tidy(ax)
        figure_style.year_axis(ax, scenario.start_month, scenario.end_month)
    # A title is a visitor's own words: matplotlib must not read it as a formula.
    title, against = (
        shorten(one.title, 72, placeholder="…").replace("$", r"\$")
        for one in (scenario, result.experiment.baseline())
    )
    figure_style.set_title(upper, title, f"{label} · compared with “{against}”")
    lower.set_title(
        "Difference: mean, and where 9 pairs of runs in 10 lie",
        loc="left",
        fontsize=figure_style.LABEL_SIZE,
    )
    figure_style.small_print(
        upper,
        f"{scenario.start} to {scenario.end} · seed {scenario.seed} · {result.pairs} paired runs "
        f"· model {model_version()}",
    )
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"figure.{form}"
        figure_style.save_as(figure, file, f"What if: {label}")
        return file.read_bytes()


def report_of(experiment: Experiment, world: World, cancel: Cancel) -> bytes:
    """Return the report of a comparison, whose runs are made again, as one HTML page."""
    carried = paired_trial.carried_by(experiment)
    comparison = compare_tables(
        ComparisonTables,
        experiment.baseline(),
        experiment.scenario,
        replicates=paired_trial.PAIRS,
        world=world,
        workers=1,
        draws=carried.draws,
        progress=lambda _done, _total: cancel.check(),
    )
    comparison.manifest["drawn_from"] = dict(carried.source)
    with tempfile.TemporaryDirectory() as folder:
        return write_report(comparison, folder).read_bytes()
