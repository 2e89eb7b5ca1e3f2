"""The commands ``paradiplomacy world``: check and copy a region's tables."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.cli import options, output
from sim.core.errors import InputError
from sim.core.plurals import counted

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Check the tables of a region, or start those of another one.",
)

_Folder = Annotated[
    Path | None, typer.Argument(metavar="DIR", help="Folder of tables; else the shipped one.")
]


@app.command()
def check(folder: _Folder = None, as_json: options.Json = False) -> None:
    """Read every table, check it, sums and places of localities too, and say what it holds."""
    from sim.world import SHIPPED, check_world

    world = check_world(folder)
    if as_json:
        rows = {name: len(table) for name, table in world.tables.items()}
        place = SHIPPED if folder is None else folder
        output.print_json({"folder": place, "digest": world.digest, "rows": rows})
        return
    width = max(len(name) for name in world.tables)
    for name, table in world.tables.items():
        typer.echo(f"{name:<{width}}  {len(table):>6,} {'row' if len(table) == 1 else 'rows'}")
    typer.echo(f"All tables are in order. Digest {world.digest[:12]}.")


@app.command()
def new(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder to make.")],
    times: Annotated[
        int,
        typer.Option(help="Put each country and actor there so many times, to measure speed."),
    ] = 1,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace tables there by the shipped ones.")
    ] = False,
) -> None:
    """Copy the shipped tables into a new folder, as a start for another region."""
    from sim.core.files import write_bytes
    from sim.core.folders import make_folder, prepare_folder
    from sim.world.enlargement import enlarged_tables

    tables = enlarged_tables(times)
    held = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
    if overwrite and (others := sorted(held - set(tables))):
        raise InputError(
            f"holds {others[0]!r}, which is not a table", file=folder, allowed="a folder of tables"
        )
    made = make_folder(folder) if overwrite else prepare_folder(folder)
    for name, content in tables.items():
        write_bytes(made / name, content)
    typer.echo(f"Copied {counted(len(tables), 'table')} to {made}.")
    typer.echo(f"Edit them, then: paradiplomacy world check {made}")
    typer.echo(f"and run a scenario on them: paradiplomacy run baseline --world {made}")
