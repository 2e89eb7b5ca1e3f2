"""Make a posterior's central point the defaults: ``python -m tools.adopt FOLDER``.

The defaults of the free parameters in ``sim/core/parameters.toml`` are written as the medians of
the posterior, rounded to :data:`DIGITS` digits. A test holds the table to the published posterior.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import tomlkit

from calibration.inference.posterior import Posterior, read_posterior
from calibration.published import POSTERIOR
from sim.core import files
from sim.core.parameters import TABLE

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


def main(folder: Path) -> None:
    """Write the central point of the posterior in a folder into the table."""
    posterior = read_posterior(folder / POSTERIOR)
    content = with_defaults(TABLE.read_text(encoding="utf-8"), central(posterior))
    files.write_bytes(TABLE, content.encode())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
