"""The commands ``paradiplomacy scenarios``: list, show, check and start scenarios."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.cli import output
from sim.core.errors import InputError
from sim.core.plurals import counted

if TYPE_CHECKING:
    from rich.table import Table

    from sim.scenario.schema import Scenario

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="List, show, check and start scenarios.",
)

_World = Annotated[Path | None, typer.Option(help="Folder of another region's tables.")]


def _print(*parts: Any) -> None:
    """Print tables and texts, the texts as they are."""
    from rich.console import Console

    console = Console(highlight=False, markup=False, emoji=False)
    for part in parts:
        console.print(part)


def _table(*columns: str, title: str | None = None) -> Table:
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, title=title, title_justify="left", pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def _fields(scenario: Scenario) -> dict[str, Any]:
    """Return a scenario's fields for printing as JSON."""
    return scenario.model_dump(exclude_none=True)


@app.command("list")
def list_(as_json: output.Json = False) -> None:
    """List the shipped scenarios and the question each answers."""
    from sim.scenario.schema import names, outline

    scenarios = [outline(name) for name in names()]
    if as_json:
        kept = ("name", "title", "question", "lineage", "start", "end", "replicates")
        listed = [{key: getattr(s, key) for key in kept} for s in scenarios]
        output.print_json({"scenarios": listed})
        return
    from rich.text import Text

    table = _table("name", "extends", "question")
    for scenario in scenarios:
        parent = scenario.lineage[0] if scenario.lineage else ""
        table.add_row(Text(scenario.name, no_wrap=True), parent, Text(scenario.question))
    _print(table)


@app.command()
def show(
    scenario: Annotated[str, typer.Argument(help="A scenario's name or the path of its file.")],
    as_json: output.Json = False,
    as_toml: Annotated[
        bool, typer.Option("--toml", help="Print one TOML text, parents merged in.")
    ] = False,
    world: _World = None,
) -> None:
    """Show a scenario with everything it takes from the ones it extends."""
    from sim.scenario.schema import load

    chosen = load(scenario, world=_tables(world))
    if as_json:
        output.print_json(_fields(chosen))
    elif as_toml:
        typer.echo(chosen.dump_toml(), nl=False)
    else:
        _print(*_described(chosen))


def _tables(folder: Path | None) -> Any:
    """Return the tables of a region, or None for the shipped ones, read when needed."""
    if folder is None:
        return None
    from sim.world import load_world

    return load_world(folder)


def _described(scenario: Scenario) -> list[Any]:
    """Return a scenario as texts and tables for the terminal."""
    from sim.core.parameters import PARAMETERS

    months = f"{scenario.start} to {scenario.end}, {counted(scenario.n_months, 'month')}"
    parts: list[Any] = [f"{scenario.name}: {scenario.title}"]
    if scenario.question:
        parts.append(scenario.question)
    facts = _table("", "")
    facts.show_header = False
    for key, value in {
        "extends": " → ".join(scenario.lineage),
        "months": months,
        "runs": f"{scenario.replicates}, seed {scenario.seed}",
        "focus": ", ".join(scenario.focus),
    }.items():
        if value:
            facts.add_row(key, value)
    parts.append(facts)
    if scenario.parameters:
        table = _table("parameter", "value", "default", "unit")
        for name, number in sorted(scenario.parameters.items()):
            entry = PARAMETERS[name]
            table.add_row(name, f"{number:g}", f"{entry.default:g}", entry.unit)
        parts.append(table)
    if scenario.interventions:
        parts.append(_interventions(scenario))
    return parts


def _interventions(scenario: Scenario) -> Table:
    """Return a table of what changes in the middle of the run."""
    from rich.text import Text

    from sim.report.display_names import listed

    table = _table("from", "until", "kind", "change")
    for change in sorted(scenario.interventions, key=lambda c: c.month):
        fields = change.model_dump(exclude_none=True, exclude={"month", "kind", "until", "id"})
        note = fields.pop("note", None)
        words = ", ".join(f"{key} {listed(value)}" for key, value in fields.items())
        until = change.until or ""
        table.add_row(
            change.month, until, change.kind, Text(f"{words} ({note})" if note else words)
        )
    return table


@app.command()
def check(
    files: Annotated[list[str], typer.Argument(help="Scenario files, or names.")],
    as_json: output.Json = False,
    world: _World = None,
) -> None:
    """Check scenario files; the first mistake in each is reported with its line."""
    from sim.scenario.schema import load

    tables = _tables(world)
    errors: dict[str, InputError | None] = {}
    for file in files:
        errors[file] = None
        try:
            load(file, world=tables)
        except InputError as error:
            errors[file] = error
    wrong = [error for error in errors.values() if error is not None]
    if as_json:
        faults = [one.to_json() for error in wrong for one in error.errors]
        record = {"scenarios": [{"scenario": f, "ok": e is None} for f, e in errors.items()]}
        output.print_json(record | ({"errors": faults} if faults else {}))
    else:
        for file in (file for file, error in errors.items() if error is None):
            typer.echo(f"{file}: in order")
    if wrong:
        listed = "\n".join(f"  {error}" for error in wrong)
        many = f"{len(wrong)} of {len(errors)} scenarios are wrong\n{listed}"
        raise output.stop(many if len(wrong) > 1 else str(wrong[0]), 2)


@app.command()
def new(
    name: Annotated[str, typer.Argument(help="Name of the new scenario.")],
    extends: Annotated[str, typer.Option(help="Name or file of what it builds on.")] = "baseline",
    out: Annotated[
        Path | None, typer.Option(help="File to write.", show_default="NAME.toml")
    ] = None,
) -> None:
    """Write a commented scenario file that explains every field, to start from."""
    from sim.core.files import write_text
    from sim.scenario.reading import is_path
    from sim.scenario.schema import build, names, outline
    from sim.scenario.writing import starter

    build({"name": name, "title": name})
    if name in names():
        raise InputError(f"a scenario {name!r} comes with the package", allowed="another name")
    file = out if out is not None else Path(f"{name}.toml")
    if file.exists():
        raise InputError("is there already", file=file, allowed="the path of a new file")
    parent = outline(extends)
    # The new file names a parent by its path from there.
    reference = _relative(Path(extends), file.parent) if is_path(extends) else extends
    write_text(file, starter(name, parent, reference))
    typer.echo(f"Wrote {file}. Edit it, then: paradiplomacy scenarios check {file}")


def _relative(path: Path, folder: Path) -> str:
    """Return a path as seen from a folder, or in full where there is no way from it."""
    import os

    try:
        return Path(os.path.relpath(path.resolve(), folder.resolve())).as_posix()
    except ValueError:
        return path.resolve().as_posix()
