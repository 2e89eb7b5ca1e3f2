"""What the documentation says to type is understood; tests/test_docs_run.py runs it."""

from __future__ import annotations

import re
import shlex
from functools import cache
from pathlib import Path
from typing import Any

import click
import pytest
import typer

from sim.cli.main import app
from sim.experiments.comparison.paired_simulation import REGION_OUTCOMES
from sim.scenario.schema import load

ROOT = Path(__file__).parents[1]
PAGES = sorted(
    [
        *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "results/README.md")),
        *(ROOT / "docs").rglob("*.md"),
    ]
)
LANGUAGES = {"sh", "python", "csv", "nginx", "text", "toml"}
"""Languages of blocks; tests/app/test_hosts.py tries the one of nginx, and text is no code.

tests/core/test_parameters.py tries the one of toml that is not on the page of scenarios.
"""
PAGE_NAMES = [str(page.relative_to(ROOT)) for page in PAGES]


@cache
def blocks(page: Path, kind: str) -> tuple[str, ...]:
    """Return the fenced blocks of a language on a page."""
    text = page.read_text(encoding="utf-8")
    return tuple(re.findall(rf"^```{kind}\n(.*?)^```$", text, re.DOTALL | re.MULTILINE))


def commands(page: Path, *, in_tables: bool = False) -> list[list[str]]:
    """Return the words of each command of this package in a page's blocks or its tables.

    A comment ends a line.
    """
    lines = "\n".join(blocks(page, "sh")).replace("\\\n", " ").splitlines()
    if in_tables:
        text = page.read_text(encoding="utf-8")
        lines = re.findall(r"^\|.*`(paradiplomacy [^`]+)`", text, re.MULTILINE)
    split = [shlex.split(line, comments=True) for line in lines]
    return [words[1:] for words in split if words[:1] == ["paradiplomacy"]]


def parsed(words: list[str]) -> click.Context:
    """Return the context that a command's words make, without running it."""
    command: Any = typer.main.get_command(app)
    context: Any = command.make_context("paradiplomacy", ["--help"], resilient_parsing=True)
    while hasattr(command, "get_command"):
        name, *words = words
        found = command.get_command(context, name)
        assert found is not None, f"there is no command {name}"
        command = found
        if hasattr(command, "get_command"):
            context = command.make_context(name, ["--help"], parent=context, resilient_parsing=True)
    made: click.Context = command.make_context(name, words, parent=context)
    return made


ALL = [
    (page, words) for page in PAGES for words in (*commands(page), *commands(page, in_tables=True))
]


@pytest.mark.parametrize(
    ("page", "words"), ALL, ids=[f"{p.name}: {' '.join(w)}"[:90] for p, w in ALL]
)
def test_every_command_and_option_exists_and_takes_its_value(page: Path, words: list[str]) -> None:
    parsed(words)


def test_every_scenario_of_the_page_about_them_loads(tmp_path: Path) -> None:
    found = blocks(ROOT / "docs" / "scenarios.md", "toml")
    assert found
    for number, block in enumerate(found):
        file = tmp_path / f"example-{number}.toml"
        file.write_text(block, encoding="utf-8")
        scenario = load(file)
        assert scenario.interventions or scenario.authority_index != "rai"


def test_an_option_that_does_not_exist_would_be_noticed() -> None:
    with pytest.raises(Exception, match="No such option"):
        parsed(["run", "baseline", "--no-such-option"])


@pytest.mark.parametrize("page", PAGES, ids=PAGE_NAMES)
def test_python_blocks_are_python(page: Path) -> None:
    for block in blocks(page, "python"):
        compile(block, str(page), "exec")


def test_the_number_of_outcomes_is_the_one_there_is() -> None:
    text = (ROOT / "docs" / "compare.md").read_text(encoding="utf-8")
    assert re.findall(r"of (\d+) outcomes", text) == [str(len(REGION_OUTCOMES))]
