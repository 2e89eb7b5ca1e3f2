"""The command ``paradiplomacy calibrate``: fit the free parameters to the documented cases."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli import options, output

if TYPE_CHECKING:
    from rich.table import Table

    from calibration.calibration_pipeline import Calibration

_GO_ON = "Runs that have ended are kept; the same command with --out {} goes on."


def calibrate(
    runs: Annotated[
        int | None, typer.Option(help="Runs drawn from the prior.", show_default="12000")
    ] = None,
    truncated_runs: Annotated[
        int | None,
        typer.Option(help="Runs drawn from the truncated prior.", show_default="8000"),
    ] = None,
    predictive_runs: Annotated[
        int | None, typer.Option(help="Runs drawn from the posterior.", show_default="1000")
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of all draws and runs.")] = 1,
    networks: Annotated[
        int | None, typer.Option(help="Networks that learn the summaries.", show_default="5")
    ] = None,
    workers: options.Workers = None,
    out: Annotated[Path, typer.Option(help="Folder to write to, or to go on in.")] = Path(
        "results/calibration"
    ),
    overwrite: options.Overwrite = False,
    simulator: Annotated[str | None, typer.Option(hidden=True, metavar="MODULE:FUNCTION")] = None,
    as_json: options.Json = False,
) -> None:
    """Calibrate the free parameters to the documented cases; takes some 20 minutes.

    The same command on the same folder goes on where it stopped.
    """
    from calibration import calibration_pipeline

    settings = calibration_pipeline.usual_settings(
        runs=runs,
        truncated_runs=truncated_runs,
        predictive_runs=predictive_runs,
        seed=seed,
        networks=networks,
        workers=workers,
        simulator=simulator,
    )
    if overwrite:
        calibration_pipeline.clear(out)
    with output.resumable(_GO_ON, out), output.progress(as_json, stays=True) as notify:
        done = calibration_pipeline.calibrate(out, settings, notify)
    if as_json:
        output.print_json(_record(done, out))
    else:
        output.show(_parameters(done), narrowest=output.NARROWEST)
        output.show_verdicts(done.verdicts, out)


def _record(done: Calibration, folder: Path) -> dict[str, object]:
    return {
        "folder": folder,
        "central": done.posterior.central(),
        "checks": [
            {"check": v.check, "verdict": v.verdict, "found": v.found, "threshold": v.threshold}
            for v in done.verdicts
        ],
        "seconds": done.seconds,
        "model_version": done.posterior.made_by["model_version"],
    }


def _parameters(done: Calibration) -> Table:
    """Return the parameters with their posteriors as a table."""
    import numpy as np

    from sim.core.parameters import PARAMETERS

    found = next(v for v in done.verdicts if v.check == "contraction").numbers
    low, middle, high = np.quantile(done.posterior.values, (0.05, 0.5, 0.95), axis=0)
    rows = [
        (
            name,
            f"{PARAMETERS[name].default:.3g}" if name in PARAMETERS else "-",
            f"{middle[j]:.3g}",
            f"{low[j]:.3g} to {high[j]:.3g}",
            f"{found['contraction'][j]:.2f}",
            found["words"][j],
        )
        for j, name in enumerate(done.posterior.names)
    ]
    numbers = ("default", "median", "90 % interval", "contraction")
    columns = {"parameter": "left"} | dict.fromkeys(numbers, "right")
    return output.table(columns | {"what the data say": "left"}, rows)
