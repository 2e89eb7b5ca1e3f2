"""Load a world: a folder with one CSV file per table of the schema."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Container, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from sim.core.errors import InputError, Near, nearest_beside, nearest_name, refuse
from sim.core.notebook import facts_html
from sim.core.table_reader import NO_MONTH, UserTable, read_table
from sim.world.checks import check_links, check_sheet
from sim.world.geography import check_geography
from sim.world.names import PlaceNames
from sim.world.table_schemas import TABLES, TableSchema

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["NO_MONTH", "SHIPPED", "World", "check_world", "load_world"]

_FEW = 5
"""Most countries by which a region is called."""
SHIPPED = Path(__file__).parent / "lac"
"""Folder of the world that comes with the package."""


@dataclass(frozen=True, eq=False)
class World:
    """Hold the tables of a world; read them, don't change them.

    ``world.countries`` is short for ``world.tables["countries"]``.

    Parameters
    ----------
    folder
        Folder they were read from.
    tables
        For each table of the schema a frame with its columns in the schema's order and its
        rows in the file's. Text is str (blank is ""), required whole numbers are int64,
        other numbers float64 (blank is NaN), months int64 (blank is ``NO_MONTH``).
    digest
        SHA-256 of all files on which runs depend, in hexadecimal; line ends don't count.
    """

    folder: Path
    tables: Mapping[str, pd.DataFrame]
    digest: str

    def __getattr__(self, name: str) -> pd.DataFrame:
        """Return the table of that name."""
        # Copying asks for attributes before "tables" is there.
        if name in TABLES:
            return self.__dict__["tables"][name]  # type: ignore[no-any-return]
        raise AttributeError(f"a world has no table {name!r}", name=name, obj=self)

    def side(self, which: str) -> str:
        """Return what texts call a side, ``region`` or ``sender``, as ``sides.csv`` says.

        A region without a name there is called by its countries if they are few.
        """
        named = dict(zip(self.sides["side"], self.sides["name"], strict=True))
        countries = sorted(self.countries["name"])
        few = which == "region" and len(countries) <= _FEW
        return str(named.get(which) or (", ".join(countries) if few else f"the {which}"))

    @property
    def is_shipped(self) -> bool:
        """Whether runs find in it what they find in the shipped world, to which fits belong."""
        return self.digest == load_world().digest

    def __repr__(self) -> str:
        """Say which world it is in one line."""
        sizes = f"{len(self.countries)} countries, {len(self.localities)} localities"
        return f"World({str(self.folder)!r}, {sizes}, digest={self.digest[:12]!r})"

    def _repr_html_(self) -> str:
        """Show in a notebook which tables it has."""
        rows = {name: f"{len(table):,} rows" for name, table in self.tables.items()}
        return facts_html(f"World {self.folder.name}, digest {self.digest[:12]}", rows)


def load_world(path: Path | str | None = None) -> World:
    """Read and check a world.

    Parameters
    ----------
    path
        Its folder; None stands for the one shipped with the package, which is read once.

    Raises
    ------
    InputError
        If a file is missing or anything in it breaks the schema.
    """
    return _shipped() if path is None else _load(Path(path))


def check_world(path: Path | str | None = None) -> World:
    """Read a world as :func:`load_world` does, and compare its localities with what is around them.

    Their sums must be those of their countries, their points inside their outlines.
    """
    return _load(SHIPPED if path is None else Path(path), check_geography)


@lru_cache(maxsize=1)
def _shipped() -> World:
    return _load(SHIPPED)


def _load(folder: Path, *more: Callable[[Mapping[str, UserTable]], None]) -> World:
    if not folder.is_dir():
        raise InputError(
            "this folder of a world does not exist", file=folder, nearest=nearest_beside(folder)
        )
    contents = _read_files(folder)
    sheets = {name: _read(table, folder, contents) for name, table in TABLES.items()}
    for name, table in TABLES.items():
        check_sheet(table, sheets[name])
    names = cache(lambda: PlaceNames(lambda table, column: sheets[table].cells.get(column, ())))
    for table in TABLES.values():
        check_links(table, sheets, names)
    for check in more:
        check(sheets)
    faults = [fault for sheet in sheets.values() for fault in sheet.faults]
    faults += _unknown_tables(folder, {fault.nearest for fault in faults})
    if faults:
        refuse(faults)
    return World(folder, {n: _frame(TABLES[n], s) for n, s in sheets.items()}, _digest(contents))


def _read_files(folder: Path) -> dict[str, bytes]:
    """Return what the files hold, of those that can be read."""
    contents: dict[str, bytes] = {}
    for name in TABLES:
        with suppress(OSError):
            contents[name] = (folder / f"{name}.csv").read_bytes()
    return contents


def _read(table: TableSchema, folder: Path, contents: Mapping[str, bytes]) -> UserTable:
    """Return a table with what is wrong with it, a missing file among that."""
    path = folder / f"{table.name}.csv"
    if path.exists() or path.is_symlink():
        content = contents.get(table.name)
        return read_table(path, table.fields, content=content, may_be_empty=table.may_be_empty)
    near = nearest_name(path.name, _other_tables(folder))
    if not table.of_runs and near is None:
        header = ",".join(table.columns).encode()
        return read_table(path, table.fields, content=header, may_be_empty=True)
    sheet = UserTable(path, "", [], whole=False)
    sheet.fault(
        "this table of the world is missing",
        allowed=f"a CSV file with the columns {', '.join(table.columns)}",
        nearest=near,
    )
    return sheet


def _other_tables(folder: Path) -> list[str]:
    """Return the names of the CSV files of a folder that are no tables of a world."""
    files = (p.name for p in folder.glob("*") if p.suffix.lower() == ".csv" and p.is_file())
    return sorted(set(files) - {f"{name}.csv" for name in TABLES})


def _unknown_tables(folder: Path, told: Container[Near]) -> Iterator[InputError]:
    """Yield a fault for each CSV file that nothing reads, but for those told of already."""
    for name in _other_tables(folder):
        if name not in told:
            yield InputError(
                "no table of a world has this name, so nothing reads it",
                file=folder / name,
                allowed="CSV files of the names that README.md of `paradiplomacy world new` lists; "
                "other data in a folder of its own",
                nearest=nearest_name(name, (f"{table}.csv" for table in TABLES)),
            )


def _digest(contents: Mapping[str, bytes]) -> str:
    """Return the SHA-256 of all files that runs depend on, the same whatever the line ends."""
    total = hashlib.sha256()
    for name in sorted(name for name in contents if TABLES[name].of_runs):
        content = contents[name].replace(b"\r\n", b"\n")
        total.update(f"{name} {len(content)}\n".encode())
        total.update(content)
    return total.hexdigest()


def _frame(table: TableSchema, sheet: UserTable) -> pd.DataFrame:
    import numpy as np
    import pandas as pd

    columns: dict[str, object] = {}
    for described in table.fields:
        values = sheet.values[described.name]
        if described.kind in ("text", "date"):
            columns[described.name] = pd.Series(values, dtype="str")
        elif described.kind == "number" or (described.kind != "month" and not described.required):
            columns[described.name] = np.array(values, dtype=np.float64)
        else:
            columns[described.name] = np.array(values, dtype=np.int64)
    return pd.DataFrame(columns)
