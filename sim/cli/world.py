"""The commands ``paradiplomacy world``: check, start and list a region's tables."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.cli import options, output
from sim.core.errors import InputError
from sim.core.plurals import counted

if TYPE_CHECKING:
    from sim.world import World

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Check the tables of a region, list their codes, or start those of another one.",
    epilog=options.example("world check"),
)

_Folder = Annotated[
    Path | None, typer.Argument(metavar="DIR", help="Folder of tables; else the shipped one.")
]


@app.command(epilog=options.example("world check my-region"))
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


@app.command(epilog=options.example("world codes my-region"))
def codes(
    folder: _Folder = None,
    of: Annotated[
        str | None, typer.Option(metavar="KIND", help="Only one kind, such as localities.")
    ] = None,
    as_json: options.Json = False,
) -> None:
    """List what scenarios may name: countries, localities, sectors, signals and actors."""
    from sim.core.errors import known_name
    from sim.world import load_world

    found = _codes(load_world(folder))
    if of is not None:
        found = {of: found[known_name("kind", of, found, field="--of")]}
    if as_json:
        output.print_json(found)
        return
    from rich.text import Text

    rows = [
        (kind, Text(row["code"], no_wrap=True), row["name"], row["about"])
        for kind, listed in found.items()
        for row in listed
    ]
    output.show(output.table(dict.fromkeys(("kind", "code", "name", "about"), "fold"), rows))


def _codes(world: World) -> dict[str, list[dict[str, str]]]:
    """Return code, name and a fact of each row that scenarios may name, by kind."""
    from sim.core.enums import ACTOR_TYPES, EMBASSY, FIRM, ORGANISATION, PROVINCE
    from sim.world.actors import actor_names

    names = dict(zip(world.countries["iso3"], world.countries["name"], strict=True))
    countries = world.countries.assign(code=world.countries["iso3"], about=world.countries["iso2"])
    signals = world.signals.assign(code=world.signals["signal"])
    signals["about"] = [f"{a:g} to {b:g}" for a, b in signals[["low", "high"]].to_numpy()]
    worth = world.sectors["value_usd_m"].map("US$ {:g}m".format)
    frames = {
        "countries": countries,
        "localities": world.localities.assign(about=world.localities["iso3"].map(names)),
        "sectors": world.sectors.assign(about=worth),
        "signals": signals,
        "banks": world.banks.assign(about=""),
    }
    columns = ["code", "name", "about"]
    found: Any = {kind: frame[columns].to_dict("records") for kind, frame in frames.items()}
    for kind, many in (
        (PROVINCE, "provinces"),
        (FIRM, "firms"),
        (ORGANISATION, "organisations"),
        (EMBASSY, "embassies"),
    ):
        actors = actor_names(world)[kind].items()
        found[many] = [dict(zip(columns, (*one, ACTOR_TYPES[kind]), strict=True)) for one in actors]
    return dict(found)


@app.command(epilog=options.example("world new my-region"))
def new(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder to make.")],
    start: Annotated[
        str,
        options.choice(
            "--from",
            ("lac", "sender", "empty"),
            "Which rows of the shipped tables to keep: all, those of the sender, or none.",
        ),
    ] = "lac",
    times: Annotated[
        int,
        typer.Option(help="Put each country and actor there so many times, to measure speed."),
    ] = 1,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace tables there by new ones.")
    ] = False,
) -> None:
    """Make the tables of another region, with a README of every table, column, unit and rule."""
    from sim.core.files import write_bytes
    from sim.core.folders import make_folder, prepare_folder
    from sim.world.new_world import README, starting_files

    files = starting_files(start, times)
    held = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
    if overwrite and (others := sorted(held - set(files))):
        raise InputError(
            f"holds {others[0]!r}, which is not a table", file=folder, allowed="a folder of tables"
        )
    made = make_folder(folder) if overwrite else prepare_folder(folder)
    for name, content in files.items():
        write_bytes(made / name, content)
    typer.echo(f"Wrote {counted(len(files) - 1, 'table')} to {made}, and {README}, which tells of")
    typer.echo(f"them. Edit them, then: paradiplomacy world check {made}")
    typer.echo(f"and run a scenario on them: paradiplomacy run baseline --world {made}")
