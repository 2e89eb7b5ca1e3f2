"""The command ``paradiplomacy patterns``: check the claims of the report against the model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.cli import output
from sim.core.folders import free_folder

if TYPE_CHECKING:
    from rich.table import Table

    from calibration.claims.findings import Findings

_NARROWEST = 120


def patterns(
    only: Annotated[
        list[str] | None,
        typer.Option(metavar="ID", help="Check this claim alone, as in M07; may be repeated."),
    ] = None,
    replicates: Annotated[
        int | None, typer.Option(help="Runs of each world.", show_default="40")
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of the random numbers.")] = 1,
    workers: Annotated[
        int | None, typer.Option(help="Number of threads.", show_default="all processors")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(help="Folder to write to, new or empty.", show_default="results/patterns"),
    ] = None,
    overwrite: output.Overwrite = False,
    as_json: output.Json = False,
) -> None:
    """Check the report's claims: each pattern with its mechanism and without; takes minutes."""
    from calibration.claims.claim_table import load_claims, select_claims

    claims = select_claims(load_claims(), only or [])
    place = out if out is not None else free_folder("patterns")
    with output.new_folder(place, overwrite, "patterns.json") as folder:
        from calibration.claims.claim_experiments import check_claims

        with output.progress_bar(quiet=as_json, what="runs") as progress:
            findings = check_claims(
                claims, replicates=replicates, seed=seed, workers=workers, progress=progress
            )
        findings.write(folder, overwrite=overwrite)
    if as_json:
        output.print_json({"folder": folder, **findings.record()})
        return
    _print(findings, folder)


def _print(findings: Findings, folder: Path) -> None:
    """Print the findings as a table, the verdicts counted, and where the files are."""
    from rich.console import Console

    from sim.report.claims_page import counted_verdicts

    console = Console(highlight=False, markup=False, emoji=False)
    if not console.is_terminal:
        console.width = max(console.width, _NARROWEST)
    console.print(_table(findings.rows, console.width >= _NARROWEST))
    console.print(counted_verdicts(findings.counts))
    console.print(f"\nFiles: {folder}")


def _table(rows: Sequence[Mapping[str, Any]], wide: bool) -> Table:
    """Return the findings as a table."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    from sim.report.claims_page import interval_words, number_words

    styles = {"shown": "green", "weak": "yellow", "not shown": "red", "contrary": "bold red"}
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("claim", no_wrap=True)
    table.add_column("title", ratio=1)
    for name in ("with [95 % interval]", "without", "effect [95 % interval]"):
        table.add_column(name, justify="right", no_wrap=wide or name == "without")
    table.add_column("verdict", no_wrap=True)
    for row in rows:
        table.add_row(
            row["id"],
            Text(row["title"]),
            interval_words(row["with"]),
            number_words(row["without"]["value"]),
            interval_words(row["effect"]),
            Text(row["verdict"], style=styles.get(row["verdict"], "")),
        )
    return table
