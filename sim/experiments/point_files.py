"""Read points of the space of parameters from a table that a user brings."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from sim.core.errors import InputError, nearest_name
from sim.core.parameters import PARAMETERS
from sim.core.table_reader import Column, read_table

if TYPE_CHECKING:
    import pandas as pd

FORMS = "a .csv or .parquet file whose columns are parameters, one row a point"


def read_points(path: str | Path, designs: Iterable[str] = ()) -> pd.DataFrame:
    """Return the points of a file: columns are parameters, float64.

    Parameters
    ----------
    path
        A table, as :mod:`sim.core.table_reader` reads it.
    designs
        Names the user may have meant instead, if there is no such file.

    Raises
    ------
    InputError
        If there is no such file, it cannot be read, or it does not hold valid points.
    """
    import numpy as np
    import pandas as pd

    file = Path(path)
    designs = tuple(designs)
    if not file.is_file():
        what = f"there is no design or file {str(path)!r}" if designs else "there is no such file"
        raise InputError(
            what,
            argument="design",
            allowed=", ".join((*designs, FORMS)),
            nearest=nearest_name(str(path), designs),
        )
    sheet = read_table(file, _COLUMNS, header="parameters, such as turnover.pace")
    sheet.refuse()
    if not sheet.values:
        raise InputError("holds no points", file=file, allowed=FORMS)
    return pd.DataFrame({name: np.array(v, dtype=np.float64) for name, v in sheet.values.items()})


_COLUMNS = tuple(
    Column(
        entry.name,
        "number",
        low=entry.low,
        high=entry.high,
        present=False,
        words=f"{entry.low:g} to {entry.high:g} ({entry.unit})",
    )
    for entry in PARAMETERS.values()
)
