"""Make a posterior's central point the defaults: ``python -m calibration.adopt FOLDER``.

The defaults of the free parameters in ``sim/core/parameters.py`` are written as the medians of the
posterior, rounded to :data:`DIGITS` digits. A test holds the table to the published posterior.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from pathlib import Path

from calibration.inference.posterior import Posterior, read_posterior
from calibration.published import POSTERIOR
from sim.core import files, parameters

DIGITS = 3
_TABLE = Path(parameters.__file__).resolve()


def central(posterior: Posterior) -> dict[str, float]:
    """Return the central point as it is written: rounded to :data:`DIGITS` digits."""
    return {name: float(f"{value:.{DIGITS}g}") for name, value in posterior.central().items()}


def with_defaults(source: str, values: Mapping[str, float]) -> str:
    """Return the text of the parameter table with other defaults.

    Raises
    ------
    ValueError
        If a parameter is not in the table.
    """
    for name, value in values.items():
        entry = (
            rf'((?:_free|Parameter)\("{re.escape(name)}", "[^"]*", [-\d.e]+, [-\d.e]+, )[-\d.e]+'
        )
        source, found = re.subn(entry, rf"\g<1>{value!r}", source)
        if found != 1:
            raise ValueError(f"{name} is not in the table")
    return source


def main(folder: Path) -> None:
    """Write the central point of the posterior in a folder into the table."""
    posterior = read_posterior(folder / POSTERIOR)
    content = with_defaults(_TABLE.read_text(encoding="utf-8"), central(posterior))
    files.write_bytes(_TABLE, content.encode())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
