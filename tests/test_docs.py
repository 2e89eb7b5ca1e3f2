"""What the documentation says to type is understood, and its examples run."""

from __future__ import annotations

import re
import shlex
from functools import cache
from pathlib import Path
from typing import Any

import click
import pytest
import typer
from typer.testing import CliRunner

from sim.cli import app
from sim.experiments.comparison.worlds import REGION_OUTCOMES

ROOT = Path(__file__).parents[1]
PAGES = sorted(
    [*ROOT.glob("README.md"), ROOT / "results" / "README.md", *(ROOT / "docs").glob("*.md")]
)
PAGE_NAMES = [str(page.relative_to(ROOT)) for page in PAGES]


@cache
def blocks(page: Path, kind: str) -> tuple[str, ...]:
    """Return the fenced blocks of a language on a page."""
    text = page.read_text(encoding="utf-8")
    return tuple(re.findall(rf"^```{kind}\n(.*?)^```$", text, re.DOTALL | re.MULTILINE))


def commands(page: Path) -> list[list[str]]:
    """Return the words of each command of this package on a page; a comment ends a line."""
    lines = "\n".join(blocks(page, "sh")).replace("\\\n", " ").splitlines()
    split = [shlex.split(line, comments=True) for line in lines]
    return [words[1:] for words in split if words[:1] == ["paradiplomacy"] and "..." not in words]


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


ALL = [(page, words) for page in PAGES for words in commands(page)]


@pytest.mark.parametrize(
    ("page", "words"), ALL, ids=[f"{p.name}: {' '.join(w)}"[:90] for p, w in ALL]
)
def test_every_command_and_option_exists_and_takes_its_value(page: Path, words: list[str]) -> None:
    parsed(words)


def test_an_option_that_does_not_exist_would_be_noticed() -> None:
    with pytest.raises(Exception, match="No such option"):
        parsed(["run", "baseline", "--no-such-option"])


@pytest.mark.parametrize("page", PAGES, ids=PAGE_NAMES)
def test_python_blocks_are_python(page: Path) -> None:
    for block in blocks(page, "python"):
        compile(block, str(page), "exec")


@pytest.mark.slow
@pytest.mark.parametrize(
    "words",
    [words for words in commands(ROOT / "docs" / "validate.md") if "--against" in words],
    ids=" ".join,
)
def test_the_sample_table_does_for_every_command_on_its_page(
    words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (sample,) = blocks(ROOT / "docs" / "validate.md", "csv")
    monkeypatch.chdir(tmp_path)
    Path("mine.csv").write_text(sample, encoding="utf-8")
    done = CliRunner().invoke(app, [*words, "--replicates", "20"])
    assert done.exit_code == 0, done.output


def test_the_number_of_outcomes_is_the_one_there_is() -> None:
    text = (ROOT / "docs" / "compare.md").read_text(encoding="utf-8")
    assert re.findall(r"of (\d+) outcomes", text) == [str(len(REGION_OUTCOMES))]
