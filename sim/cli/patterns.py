"""The command ``paradiplomacy patterns``: check the claims of the report against the model."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli import options, output
from sim.core.folders import free_folder

if TYPE_CHECKING:
    from rich.table import Table

    from calibration.claims.findings import Findings

_NARROWEST = 120
_STYLES = {"shown": "green", "weak": "yellow", "not shown": "red", "contrary": "bold red"}


def patterns(
    only: Annotated[
        list[str] | None,
        typer.Option(metavar="ID", help="Check this claim alone, as in M07; may be repeated."),
    ] = None,
    draws: Annotated[int, typer.Option(min=1, help="Draws from the priors.")] = 100,
    posterior: options.Posterior = None,
    calibration: options.Calibration = None,
    replicates: Annotated[
        int | None, typer.Option(help="Runs of each world at each draw.", show_default="1 or 3")
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of the random numbers.")] = 1,
    workers: options.Workers = None,
    out: Annotated[Path | None, options.out("results/patterns")] = None,
    overwrite: options.Overwrite = False,
    as_json: options.Json = False,
) -> None:
    """Check the report's claims: each pattern with its mechanism and without; takes minutes."""
    from calibration.claims.claim_table import load_claims, select_claims
    from sim.world import load_world

    claims = select_claims(load_claims(), only or [])
    drawn = options.drawn(posterior, calibration, load_world(), priors=draws)
    with output.new_folder(out or free_folder("patterns"), overwrite, "patterns.json") as folder:
        from calibration.claims.claim_experiments import check_claims

        with output.progress_bar(quiet=as_json, what="runs") as progress:
            findings = check_claims(
                claims, draws=drawn.draws, source=drawn.source, replicates=replicates, seed=seed,
                workers=workers, progress=progress,
            )  # fmt: skip
        findings.write(folder, overwrite=overwrite)
    if as_json:
        output.print_json({"folder": folder, **findings.record()})
        return
    from sim.report.claims_page import counted_verdicts

    counts = counted_verdicts(findings.record())
    output.show(
        lambda width: _table(findings, width), counts, f"\nFiles: {folder}", narrowest=_NARROWEST
    )


def _table(findings: Findings, width: int) -> Table:
    """Return the findings as a table for a terminal of a width in columns."""
    from rich.text import Text

    from sim.report.interval_charts import interval_words, number_words

    rows = [
        (
            row["id"],
            Text(row["title"]),
            interval_words(row["with"]),
            number_words(row["without"]["value"]),
            interval_words(row["effect"]),
            "" if row["share"] is None else f"{row['share']:.0%}",
            Text(row["verdict"], style=_STYLES.get(row["verdict"], "")),
        )
        for row in findings.rows
    ]
    interval = "right" if width >= _NARROWEST else "wrapped"
    columns = {"claim": "left", "title": "text", "with [90 % of draws]": interval}
    columns |= {"without": "right", "effect [90 % of draws]": interval}
    columns |= {"shown at": "right", "verdict": "left"}
    return output.table(columns, rows)
