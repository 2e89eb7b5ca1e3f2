"""The commands ``paradiplomacy scenarios``: list, show, check and start scenarios."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli import options, output
from sim.core.errors import InputError
from sim.core.plurals import counted

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text

    from sim.scenario.schema import Scenario
    from sim.world import World

_MOST_TOLD = 20
"""Most interventions that a check tells in words."""

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="List, show, check and start scenarios.",
    epilog=options.example("scenarios list"),
)


@app.command("list", epilog=options.example("scenarios list"))
def list_(as_json: options.Json = False) -> None:
    """List the shipped scenarios, the question each answers, and the worlds they suit."""
    from sim.scenario.schema import names, outline
    from sim.scenario.world_names import places_named

    scenarios = [outline(name) for name in names()]
    if as_json:
        fields = ("name", "title", "question", "lineage", "start", "end", "replicates")
        listed = [
            {key: getattr(s, key) for key in fields} | {"places": places_named(s)}
            for s in scenarios
        ]
        output.print_json({"scenarios": listed})
        return
    from rich.text import Text

    rows = [
        (Text(s.name, no_wrap=True), _suits(s), "".join(s.lineage[:1]), Text(s.question))
        for s in scenarios
    ]
    columns = dict.fromkeys(("name", "world", "extends", "question"), "fold")
    output.show(output.table(columns, rows))


def _suits(scenario: Scenario) -> str:
    """Say which worlds a scenario suits."""
    from sim.scenario.world_names import places_named

    return f"with {', '.join(found)}" if (found := places_named(scenario)) else "any"


@app.command(epilog=options.example("scenarios show jujuy"))
def show(
    scenario: options.Scenario,
    as_json: options.Json = False,
    as_toml: Annotated[
        bool, typer.Option("--toml", help="Print one TOML text, parents merged in.")
    ] = False,
    world: options.WorldFolder = None,
) -> None:
    """Show a scenario with everything it takes from the ones it extends."""
    from sim.scenario.schema import load

    chosen = load(scenario, world=_tables(world))
    if as_json:
        output.print_json(chosen.model_dump(exclude_none=True))
    elif as_toml:
        typer.echo(chosen.dump_toml(), nl=False)
    else:
        output.show(*_described(chosen))


def _tables(folder: Path | None) -> World | None:
    """Return the tables of a region, or None for the shipped ones, read when needed."""
    from sim.world import load_world

    return None if folder is None else load_world(folder)


def _described(scenario: Scenario) -> Iterator[str | Table]:
    """Yield a scenario as texts and tables for the terminal."""
    from sim.core.parameters import PARAMETERS

    yield f"{scenario.name}: {scenario.title}"
    if scenario.question:
        yield scenario.question
    facts = {
        "extends": " → ".join(scenario.lineage),
        "months": f"{scenario.start} to {scenario.end}, {counted(scenario.n_months, 'month')}",
        "runs": f"{scenario.replicates}, seed {scenario.seed}",
        "focus": ", ".join(scenario.focus),
        "world": _suits(scenario),
    }
    known = [(key, value) for key, value in facts.items() if value]
    yield output.table({"": "fold", " ": "fold"}, known, show_header=False)
    if scenario.parameters:
        names = dict.fromkeys(("parameter", "value", "default", "unit"), "fold")
        entries = [(PARAMETERS[name], value) for name, value in sorted(scenario.parameters.items())]
        rows = [(p.name, f"{value:g}", f"{p.default:g}", p.unit) for p, value in entries]
        yield output.table(names, rows)
    if scenario.interventions:
        names = dict.fromkeys(("from", "until", "kind", "change"), "fold")
        yield output.table(names, _interventions(scenario))


def _interventions(scenario: Scenario) -> Iterator[tuple[str | Text, ...]]:
    """Yield what changes in the middle of the run: from, until, kind and change."""
    from rich.text import Text

    from sim.report.display_names import codes_words

    for change in sorted(scenario.interventions, key=lambda c: c.month):
        fields = change.model_dump(exclude_none=True, exclude={"month", "kind", "until", "id"})
        note = fields.pop("note", None)
        words = ", ".join(f"{key} {codes_words(value)}" for key, value in fields.items())
        words = f"{words} ({note})" if note else words
        yield change.month, change.until or "", change.kind, Text(words)


@app.command(epilog=options.example("scenarios check mine.toml"))
def check(
    files: Annotated[list[str], typer.Argument(help="Scenario files, or names.")],
    as_json: options.Json = False,
    world: options.WorldFolder = None,
) -> None:
    """Check scenario files: say what each changes, or its first mistake with its line."""
    from sim.scenario.schema import load

    tables = _tables(world)
    errors: dict[str, InputError | None] = {}
    texts: dict[str, list[str]] = {}
    for file in files:
        errors[file] = None
        try:
            texts[file] = _understood(load(file, world=tables))
        except InputError as error:
            errors[file] = error
    wrong = [error for error in errors.values() if error is not None]
    if as_json:
        record = {"scenarios": [{"scenario": f, "ok": e is None} for f, e in errors.items()]}
        faults = [one.to_json() for error in wrong for one in error.errors]
        output.print_json(record | ({"errors": faults} if faults else {}))
    else:
        for file, found in texts.items():
            typer.echo("\n  ".join((f"{file}: in order", *found)))
    if wrong:
        listed = "\n".join(f"  {error}" for error in wrong)
        many = f"{len(wrong)} of {len(errors)} scenarios are wrong\n{listed}"
        raise output.stop(many if len(wrong) > 1 else str(wrong[0]), 2)


def _understood(scenario: Scenario) -> list[str]:
    """Return in words what a scenario sets otherwise than the shipped one that it builds on."""
    from sim.experiments.run_settings import changed, differences

    return differences(changed(scenario, scenario.replicates), _MOST_TOLD)


@app.command(epilog=options.example("scenarios new mine --extends jujuy"))
def new(
    name: Annotated[str, typer.Argument(help="Name of the new scenario.")],
    extends: Annotated[str, typer.Option(help="Name or file of what it builds on.")] = "baseline",
    out: Annotated[
        Path | None, typer.Option(help="File to write.", show_default="NAME.toml")
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace a scenario that the file holds.")
    ] = False,
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
    output.require_new(file, overwrite)
    if file.exists():
        outline(str(file))
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
