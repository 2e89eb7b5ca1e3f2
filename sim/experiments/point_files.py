"""Read points of the space of parameters from a CSV or Parquet file."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from sim.errors import InputError, nearest_name
from sim.parameters import PARAMETERS

if TYPE_CHECKING:
    import pandas as pd

FORMS = "a .csv or .parquet file whose columns are parameters, one row a point"


def read_points(path: str | Path, designs: Iterable[str] = ()) -> pd.DataFrame:
    """Return the points of a file: columns are parameters, float64.

    Parameters
    ----------
    path
        A CSV file with a line of names, or a Parquet file.
    designs
        Names the user may have meant instead, if there is no such file.

    Raises
    ------
    InputError
        If there is no such file, it cannot be read, or it does not hold valid points.
    """
    file = Path(path)
    designs = tuple(designs)
    if not file.is_file():
        what = f"there is no design or file {str(path)!r}" if designs else "there is no such file"
        raise InputError(
            what,
            field="--design",
            allowed=", ".join((*designs, FORMS)),
            nearest=nearest_name(str(path), designs),
        )
    points = _parquet(file) if file.suffix.lower() in {".parquet", ".pq"} else _csv(file)
    _check_names(points, file)
    if points.empty:
        raise InputError("holds no points", file=file, allowed=FORMS)
    for name in points.columns:
        points[name] = _checked(points[name], file)
    return points.astype("float64")


def _csv(file: Path) -> pd.DataFrame:
    import pandas as pd

    try:
        # Without a header, so that a column named twice is seen as such.
        raw = pd.read_csv(
            file, header=None, dtype=str, skip_blank_lines=False, encoding="utf-8-sig"
        )
    except (ValueError, UnicodeDecodeError, OSError) as error:
        raise InputError("cannot be read as CSV", file=file, allowed=FORMS) from error
    names = [str(name).strip() for name in raw.iloc[0]]
    points = raw.iloc[1:].reset_index(drop=True)
    points.columns = pd.Index(names)
    return points


def _parquet(file: Path) -> pd.DataFrame:
    import pyarrow as pa
    from pyarrow import parquet

    try:
        table = parquet.read_table(file, use_threads=False)
        points: pd.DataFrame = table.to_pandas(use_threads=False)
    except (pa.ArrowInvalid, OSError) as error:
        raise InputError("cannot be read as Parquet", file=file, allowed=FORMS) from error
    return points.reset_index(drop=True)


def _check_names(points: pd.DataFrame, file: Path) -> None:
    names = [str(name) for name in points.columns]
    for name in names:
        if name not in PARAMETERS:
            raise InputError(
                f"there is no parameter {name!r}",
                file=file,
                line=1,
                field="columns",
                nearest=nearest_name(name, PARAMETERS),
            )
        if names.count(name) > 1:
            raise InputError(f"has {name} twice", file=file, line=1, field="columns")


def _checked(column: pd.Series, file: Path) -> pd.Series:
    """Return one parameter's values, each known and in its range."""
    import pandas as pd

    entry = PARAMETERS[str(column.name)]
    numbers = pd.to_numeric(column, errors="coerce")
    wrong = ~numbers.between(entry.low, entry.high)
    if not wrong.any():
        return numbers
    first = int(wrong.to_numpy().argmax())
    given = column.iloc[first]
    if pd.isna(given):
        what = "no value is given"
    elif pd.isna(numbers.iloc[first]):
        what = f"{given!r} is not a number"
    else:
        what = f"{numbers.iloc[first]:g} is out of range"
    raise InputError(
        what,
        file=file,
        line=first + 2,
        field=entry.name,
        allowed=f"{entry.low:g} to {entry.high:g} ({entry.unit})",
    )
