"""The command ``paradiplomacy validate``: set the model beside data."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.errors import InputError

if TYPE_CHECKING:
    from rich.table import Table

    from calibration.against.comparison import Against

_NARROWEST = 110

_File = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE.csv",
        help="Table with the columns unit, year (optional), sector (optional), count or value.",
    ),
]
_Outcome = Annotated[
    str | None,
    typer.Option(
        help="The model's outcome to compare.",
        show_default="deals for counts, deal_value_usd_m for values",
    ),
]
_Scenario = Annotated[str, typer.Option(help="A scenario's name or its file.")]
_Replicates = Annotated[int, typer.Option(help="Number of runs.")]
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
_Workers = Annotated[int | None, typer.Option(help="Threads.", show_default="all processors")]
_Out = Annotated[
    Path | None,
    typer.Option(
        help="Folder to write to, new or empty.", show_default="results/against-NAME-OF-FILE"
    ),
]
_World = Annotated[Path | None, typer.Option(help="Folder of another region's tables.")]
_Json = Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")]


def validate(
    against: _File = None,
    outcome: _Outcome = None,
    scenario: _Scenario = "baseline",
    replicates: _Replicates = 200,
    first: _From = None,
    last: _To = None,
    complete: _Complete = False,
    by: _By = None,
    within: _Within = None,
    seed: _Seed = None,
    workers: _Workers = None,
    out: _Out = None,
    world: _World = None,
    as_json: _Json = False,
) -> None:
    """Compare the model with a table of your own: ranks, concentration, calibration."""
    from sim import cli

    file = _given(against)
    from calibration.against.comparison import Wanted, compare_with_table
    from sim.experiments.comparison.pairing import threads
    from sim.files import free_folder
    from sim.world import load_world

    tables, many = load_world(world), threads(workers)
    wanted = Wanted(outcome, first, last, complete, by, tuple(within or ()))
    place = out if out is not None else free_folder(f"against-{file.stem}")
    with cli.new_folder(place) as folder, cli.progress_bar(as_json, "runs") as progress:
        found = compare_with_table(
            file,
            wanted,
            scenario=scenario,
            replicates=replicates,
            seed=seed,
            workers=many,
            world=tables,
            progress=progress,
        )
        found.write(folder)
    if as_json:
        from sim.files import plain

        typer.echo(json.dumps(plain({"folder": folder, **found.record}), allow_nan=False))
        return
    _print(found, folder)


def _given(file: Path | None) -> Path:
    """Return the table to compare with."""
    if file is None:
        raise InputError(
            "there is nothing to compare the model with",
            field="--against",
            allowed="a CSV file with the columns unit, year (optional), sector (optional), and "
            "count or value",
        )
    return file


def _print(found: Against, folder: Path) -> None:
    """Print what is compared, the scores as a table, the findings and where the files are."""
    from rich.console import Console

    from sim.report.against_words import notices, question, said

    console = Console(highlight=False, markup=False, emoji=False)
    if not console.is_terminal:
        console.width = max(console.width, _NARROWEST)
    console.print(question(found.record))
    console.print(_table(found.record))
    console.print("Rank correlations with 95 % intervals; of the score less is better.")
    for sentence in (*said(found.record), *notices(found.record)):
        console.print(f"- {sentence}")
    console.print(f"\nFiles: {folder}")


def _table(record: dict[str, Any]) -> Table:
    """Return the scores of every prediction as a table."""
    from rich import box
    from rich.table import Table

    from sim.report.against import LABELS
    from sim.report.intervals import interval_words, number_words

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
