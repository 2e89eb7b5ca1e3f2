"""Make a posterior's central point the defaults: ``python -m tools.adopt FOLDER``.

The defaults of the free parameters in ``sim/core/parameters.toml`` are written as the medians of
the posterior, rounded to :data:`DIGITS` digits. A test holds the table to the published posterior.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import tomlkit

from calibration.inference.posterior import Posterior, read_posterior
from calibration.published import POSTERIOR
from sim.core import files, provenance
from sim.core.parameters import TABLE
from tools.exit_code import reporting

DIGITS = 3


def central(posterior: Posterior) -> dict[str, float]:
    """Return the central point as it is written: rounded to :data:`DIGITS` digits."""
    return {name: float(f"{value:.{DIGITS}g}") for name, value in posterior.central().items()}


def with_defaults(table: str, values: Mapping[str, float]) -> str:
    """Return the text of the parameter table with other defaults and all else as it is.

    Raises
    ------
    KeyError
        If a parameter is not in the table.
    """
    document: Any = tomlkit.parse(table)
    for name, value in values.items():
        group, what = name.split(".")
        document[group][what]["default"] = value
    return tomlkit.dumps(document)


@reporting
def main(arguments: Sequence[str] | None = None) -> None:
    """Write the central point of the posterior in a folder into the table, and that it is one."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("folder", type=Path, help="folder of a calibration")
    posterior = read_posterior(parser.parse_args(arguments).folder / POSTERIOR)
    values = central(posterior)
    content = with_defaults(TABLE.read_text(encoding="utf-8"), values)
    files.write_bytes(TABLE, content.encode())
    fitted = {"behaviour": posterior.made_by["behaviour"], "defaults": values}
    files.write_json(provenance.FITTED, fitted)


if __name__ == "__main__":
    raise SystemExit(main())
