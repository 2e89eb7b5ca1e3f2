"""Every command and option that a message, a help text or a document names is there."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer

from sim.cli.main import app

ROOT = Path(__file__).parents[2]
SOURCES = sorted(
    path for part in ("sim", "calibration", "tools") for path in (ROOT / part).rglob("*.py")
)
DOCUMENTS = sorted(
    path
    for pattern in (
        "*.md",
        "docs/*.md",
        "results/*.md",
        "scenarios/*.toml",
        "calibration/**/*.toml",
        "tools/*.toml",
    )
    for path in ROOT.glob(pattern)
)
NOT_TOLD = {ROOT / "CHANGELOG.md"}
"""What tells of the past may name what is gone."""

# Style sheets name their variables alike: "--ink: black", "var(--ink)".
OPTION = re.compile(r"(?<![\w-])(?<!var\()(--[a-z][a-z0-9-]*+|-n(?= |$))(?!:)")
PHRASE = re.compile(r"\bparadiplomacy +([a-z][a-z-]*)((?: [^.`;|()\n\\]+|\\\n)*)")

OTHERS = {
    "--cpus-per-task": "sbatch",
    "--draws": "python -m tools.scenario_figures",
    "--known": "python -m tools.places.outlines",
    "--nthreads": "dask worker",
    "--nworkers": "dask worker",
    "--strict": "mypy",
    "--table": "python -m tools.places.outlines",
    "--tolerance": "python -m tools.places.outlines",
    "--work": "python -m tools.surface",
    "--write": "python -m tools.tile_map",
}
"""Options of other programs that a text names, and the program."""

OF_MODULE = {
    "sim/cli/app.py": {"app"},
    "sim/cli/calibrate.py": {"calibrate"},
    "sim/cli/compare.py": {"compare"},
    "sim/cli/explain.py": {"explain"},
    "sim/cli/patterns.py": {"patterns"},
    "sim/cli/rerun.py": {"rerun"},
    "sim/cli/run.py": {"run"},
    "sim/cli/scenarios.py": {
        "scenarios list",
        "scenarios show",
        "scenarios check",
        "scenarios new",
    },
    "sim/cli/sensitivity.py": {"sensitivity"},
    "sim/cli/sweep.py": {"sweep"},
    "sim/cli/validate.py": {"validate"},
    "sim/cli/world.py": {"world check", "world codes", "world new", "run"},
}
"""Commands whose options the texts of a module speak of."""


@cache
def options() -> dict[str, frozenset[str]]:
    """Return the options of each command, by its name."""
    found: dict[str, frozenset[str]] = {}

    def walk(command: Any, name: str) -> None:
        own = {o for p in command.params for o in (*p.opts, *p.secondary_opts) if o[0] == "-"}
        found[name] = frozenset(own | {"--help", "-h"})
        for part, inner in getattr(command, "commands", {}).items():
            walk(inner, f"{name} {part}".strip())

    walk(typer.main.get_command(app), "")
    return found


def text_of(node: ast.expr) -> str | None:
    """Return a text as it stands in the code, with a mark where something is put in."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if isinstance(node, ast.JoinedStr):
        return "".join(text_of(part) or "{}" for part in node.values)
    return None


def texts(path: Path) -> Iterator[tuple[int, str]]:
    """Yield line and text of each text of a file."""
    content = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        yield 1, content
        return
    inner: set[int] = set()
    for node in ast.walk(ast.parse(content)):
        if isinstance(node, ast.expr) and id(node) not in inner:
            text = text_of(node)
            if text is not None:
                inner.update(id(part) for part in ast.walk(node))
                yield node.lineno, text


def faults(text: str, commands: set[str]) -> Iterator[str]:
    """Yield what a text names that is not there.

    Parameters
    ----------
    text
        To look at.
    commands
        Those that it speaks of where it names none.
    """
    known = options()
    spoken_for = set()
    for phrase in PHRASE.finditer(text):
        name, rest = phrase.groups()
        group = re.match(r" ([a-z]+)", rest)
        if any(one.startswith(f"{name} ") for one in known) and group:
            name = f"{name} {group.group(1)}"
        if name not in known:
            yield f"there is no command {name!r}"
            continue
        for option in OPTION.finditer(rest):
            spoken_for.add(phrase.start(2) + option.start())
            if option.group(1) not in known[name]:
                yield f"{name} has no option {option.group(1)}"
    some = frozenset().union(*(known[name] for name in commands))
    for option in OPTION.finditer(text):
        if option.start() not in spoken_for and option.group(1) not in some | set(OTHERS):
            yield f"there is no option {option.group(1)}"


def test_every_command_and_option_that_is_named_is_there() -> None:
    found = [
        f"{path.relative_to(ROOT)}, line {line}: {fault}"
        for path in (*SOURCES, *DOCUMENTS)
        if path not in NOT_TOLD
        for line, text in texts(path)
        for fault in faults(text, OF_MODULE.get(path.relative_to(ROOT).as_posix(), set(options())))
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("go on with: paradiplomacy sweep --again {}", "sweep has no option --again"),
        ("paradiplomacy run baseline \\\n  --vary a=1,2", "run has no option --vary"),
        ("then `paradiplomacy world show mine`", "there is no command 'world show'"),
        ("paradiplomacy resume FOLDER", "there is no command 'resume'"),
        ("give --overwritten to replace it", "there is no option --overwritten"),
    ],
)
def test_what_is_not_there_would_be_noticed(text: str, fault: str) -> None:
    assert list(faults(text, set(options()))) == [fault]


def test_what_is_there_is_not_complained_of() -> None:
    text = "paradiplomacy sweep --extend mine -n 5; `paradiplomacy world check mine`; --no-draw"
    assert not list(faults(text, set(options())))


def test_each_module_speaks_of_the_options_of_its_own_commands() -> None:
    assert set().union(*OF_MODULE.values()) <= set(options())
    assert all((ROOT / name).is_file() for name in OF_MODULE)
    assert list(faults("belongs to --against", OF_MODULE["sim/cli/validate.py"])) == []
    assert list(faults("belongs to --against", OF_MODULE["sim/cli/sweep.py"]))
