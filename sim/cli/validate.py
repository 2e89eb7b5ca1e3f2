"""The command ``paradiplomacy validate``: judge the calibration, or set the model beside data."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.cli import output, posterior_options, validation
from sim.core.errors import InputError

if TYPE_CHECKING:
    from rich.table import Table

    from calibration.user_data import TableComparison

_NARROWEST = 110
_USUAL = 200
"""Runs, unless asked otherwise."""

_File = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE.csv",
        help="Compare the model with this table instead; its columns: unit, year (optional), "
        "sector (optional), count or value.",
    ),
]
_Outcome = Annotated[
    str | None,
    typer.Option(
        help="With --against: the model's outcome to compare.",
        show_default="deals for counts, deal_value_usd_m for values",
    ),
]
_Scenario = Annotated[
    str | None,
    typer.Option(help="A scenario's name or its file.", show_default="baseline"),
]
_Replicates = Annotated[int | None, typer.Option(help="Number of runs.", show_default="200")]
_From = Annotated[
    int | None,
    typer.Option("--from", metavar="YEAR", help="First year.", show_default="the table's"),
]
_To = Annotated[
    int | None,
    typer.Option("--to", metavar="YEAR", help="Last year.", show_default="the table's"),
]
_Complete = Annotated[
    bool,
    typer.Option("--complete", help="Units that are not in the table count as zero."),
]
_By = Annotated[
    str | None, typer.Option(metavar="LEVEL", help="country adds localities up to countries.")
]
_Within = Annotated[
    list[str] | None,
    typer.Option(metavar="ISO3", help="Keep to this country; may be repeated."),
]
_Seed = Annotated[
    int | None, typer.Option(help="Seed of the random numbers.", show_default="the scenario's")
]
_Workers = Annotated[
    int | None, typer.Option(help="Processes or threads.", show_default="all processors")
]
_Out = Annotated[
    Path | None,
    typer.Option(
        help="Folder to write to, new or empty.",
        show_default="the calibration's, or results/against-NAME-OF-FILE",
    ),
]
_World = Annotated[Path | None, typer.Option(help="Folder of another region's tables.")]


def validate(
    calibration: validation.Folder = None,
    only: validation.Only = None,
    against: _File = None,
    outcome: _Outcome = None,
    scenario: _Scenario = None,
    replicates: _Replicates = None,
    posterior: posterior_options.Posterior = None,
    first: _From = None,
    last: _To = None,
    complete: _Complete = False,
    by: _By = None,
    within: _Within = None,
    seed: _Seed = None,
    workers: _Workers = None,
    out: _Out = None,
    overwrite: output.Overwrite = False,
    world: _World = None,
    as_json: output.Json = False,
) -> None:
    """Judge the calibration by every check, or compare the model with a table of your own.

    Steps that are done are kept: the same command goes on where it stopped. Where a calibration's
    runs are not at hand, as with the published one, its verdicts are read again.
    """
    choice: dict[str, Any] = {
        "outcome": outcome, "from": first, "to": last, "complete": complete or None, "by": by,
        "within": within,
    }  # fmt: skip
    runs: dict[str, Any] = {
        "scenario": scenario, "replicates": replicates, "seed": seed, "world": world,
        "posterior": posterior,
    }  # fmt: skip
    if against is None:
        _refuse({**choice, **runs}, "belongs to --against")
        validation.judge(calibration, only or [], workers, out, overwrite, as_json)
    else:
        _refuse({"only": only}, "does not go with --against")
        _compare(
            against, choice, {**runs, "calibration": calibration}, workers, out, overwrite, as_json
        )


def _refuse(options: dict[str, Any], why: str) -> None:
    """Refuse options that do not belong to what is asked for."""
    for name, value in options.items():
        if value is not None:
            raise InputError(why, field=f"--{name}")


def _compare(
    file: Path,
    choice: dict[str, Any],
    runs: dict[str, Any],
    workers: int | None,
    out: Path | None,
    overwrite: bool,
    as_json: bool,
) -> None:
    """Compare the model with a user's table: ranks, concentration, calibration."""
    from calibration.user_data import ComparisonRequest, compare_with_table
    from sim.core.folders import free_folder
    from sim.experiments.comparison.pairing import threads
    from sim.world import load_world

    tables, many = load_world(runs["world"]), threads(workers)
    drawn = posterior_options.drawn(runs["posterior"], runs["calibration"], tables)
    outcome, first, last, complete, by, within = choice.values()
    wanted = ComparisonRequest(outcome, first, last, bool(complete), by, tuple(within or ()))
    place = out if out is not None else free_folder(f"against-{file.stem}")
    with (
        output.new_folder(place, overwrite) as folder,
        output.progress_bar(as_json, "runs") as progress,
    ):
        found = compare_with_table(
            file,
            wanted,
            scenario=runs["scenario"] or "baseline",
            replicates=posterior_options.runs(runs["replicates"], _USUAL, runs["posterior"])
            or _USUAL,
            seed=runs["seed"],
            workers=many,
            world=tables,
            draws=drawn.draws or None,
            progress=progress,
        )
        found.write(folder, overwrite=overwrite)
    if as_json:
        output.print_json({"folder": folder, **found.record})
        return
    _print(found, folder)


def _print(found: TableComparison, folder: Path) -> None:
    """Print what is compared, the scores as a table, the findings and where the files are."""
    from rich.console import Console

    from sim.report.user_data_text import finding_sentences, notices, question, settings

    console = Console(highlight=False, markup=False, emoji=False)
    if not console.is_terminal:
        console.width = max(console.width, _NARROWEST)
    console.print(question(found.record))
    console.print(settings(found.record))
    console.print(_table(found.record))
    console.print("Rank correlations with 95 % intervals; of the score less is better.")
    for sentence in (*finding_sentences(found.record), *notices(found.record)):
        console.print(f"- {sentence}")
    console.print(f"\nFiles: {folder}")


def _table(record: dict[str, Any]) -> Table:
    """Return the scores of every prediction as a table."""
    from rich import box
    from rich.table import Table

    from sim.report.interval_charts import interval_words, number_words
    from sim.report.user_data_figures import LABELS

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("prediction", no_wrap=True)
    for name in ("rank correlation", "given GDP", "in 50 %", "in 90 %", "score"):
        table.add_column(name, justify="right", no_wrap=True)
    for name, ranks in record["ranks"].items():
        partial = interval_words(ranks["partial"]) if ranks["partial"] is not None else "–"
        found = record["calibration"]["predictions"].get(name)
        cells = ["–", "–", "–"]
        if found is not None:
            cells = [f"{100.0 * share:.0f} %" for share in found["coverage"].values()]
            cells.append(number_words(found["score"]))
        table.add_row(LABELS[name], interval_words(ranks["rank"]), partial, *cells)
    return table
