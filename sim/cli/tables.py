"""The command ``paradiplomacy tables``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.cli import options, output
from sim.core.errors import InputError, nearest_beside
from sim.core.plurals import counted

_Folder = Annotated[
    str,
    typer.Argument(metavar="FOLDER", help="Folder of a run, a comparison, a sweep or an analysis."),
]
_Form = Annotated[
    str,
    options.choice("--form", ("csv", "stata"), "CSV, or .dta files for Stata and R's haven."),
]
_Only = Annotated[
    str | None, typer.Option(metavar="NAMES", help="Tables to write, with commas between.")
]
_Out = Annotated[
    Path | None, typer.Option(help="Folder to write to.", show_default="FOLDER/tables-FORM")
]


def tables(
    folder: _Folder,
    form: _Form = "csv",
    only: _Only = None,
    out: _Out = None,
    overwrite: options.Overwrite = False,
) -> None:
    """Write the tables of results as CSV or for Stata and R, with what each column means."""
    from sim.results.table_export import RECORD, export_tables

    if out is None and "://" in folder:
        raise InputError("is needed for an address", argument="out", allowed="a folder")
    if "://" not in folder and not Path(folder).is_dir():
        near = nearest_beside(Path(folder))
        raise InputError("there is no such folder", file=folder, nearest=near)
    place = Path(folder) / f"tables-{form}" if out is None else out
    names = [name.strip() for name in (only or "").split(",") if name.strip()]
    with output.new_folder(place, overwrite, RECORD):
        written = export_tables(folder, place, form, only=names, overwrite=overwrite)
    typer.echo(f"Wrote {counted(len(written), 'table')} with datapackage.json\n\nFiles: {place}")
