"""The examples with which the help of commands ends."""

from __future__ import annotations

import shlex
from typing import Any

import typer

from sim.cli.main import app


def _examples(command: Any, name: tuple[str, ...] = ()) -> dict[tuple[str, ...], list[str]]:
    """Return the words of each command's example, by the command's own."""
    *_, last = (command.epilog or "").split("paradiplomacy ")
    found = {name: shlex.split(last)}
    for part, inner in getattr(command, "commands", {}).items():
        found |= _examples(inner, (*name, part))
    return found


EXAMPLES = _examples(typer.main.get_command(app))
