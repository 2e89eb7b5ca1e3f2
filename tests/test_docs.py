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

import sim
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
LANGUAGES = {"apache", "sh", "python", "csv", "nginx", "text", "toml"}
"""Languages of blocks; tests/app/test_hosts.py tries the one of nginx, and text is no code.

tests/core/test_parameters.py tries the one of toml that is not on the page of scenarios.
"""
PAGE_NAMES = [str(page.relative_to(ROOT)) for page in PAGES]


@cache
def blocks(page: Path, kind: str) -> tuple[str, ...]:
    """Return the fenced blocks of a language on a page."""
    text = page.read_text(encoding="utf-8")
    return tuple(re.findall(rf"^```{kind}\n(.*?)^```$", text, re.DOTALL | re.MULTILINE))


def commands(page: Path, *, in_tables: bool = False, copies: bool = False) -> list[list[str]]:
    """Return the words of each command of this package in a page's blocks or its tables.

    A comment ends a line. What copies files can be among them, with its own name.
    """
    lines = "\n".join(blocks(page, "sh")).replace("\\\n", " ").splitlines()
    if in_tables:
        text = page.read_text(encoding="utf-8")
        lines = re.findall(r"^\|.*`(paradiplomacy [^`]+)`", text, re.MULTILINE)
    split = [shlex.split(line, comments=True) for line in lines]
    kept = {"paradiplomacy", "cp"} if copies else {"paradiplomacy"}
    chosen = [words for words in split if words and words[0] in kept]
    return [words[1:] if words[0] == "paradiplomacy" else words for words in chosen]


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
    page = ROOT / "docs" / "scenarios.md"
    rows = re.findall(r"`(\{ kind = [^`]*\})`", page.read_text("utf-8"))
    found = [*blocks(page, "toml"), *(f'extends = "baseline"\ninterventions = [{r}]' for r in rows)]
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


LINKED = [
    *PAGES,
    *(ROOT / name for name in ("CHANGELOG.md", "CODE_OF_CONDUCT.md", "SECURITY.md")),
    ROOT / "benchmarks" / "README.md",
    ROOT / "paper" / "paper.md",
]


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as the site and viewers of Markdown make them."""
    heads = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


def links(page: Path) -> list[str]:
    """Return the relative links of a page; what stands in blocks of code is none."""
    text = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.S | re.M)
    return [to for to in re.findall(r"\]\(([^)\s]+)\)", text) if "://" not in to]


def destination(page: Path, link: str) -> Path:
    """Return the file that a link leads to: of a page that the site makes, its script."""
    path = (page.parent / link.partition("#")[0]).resolve() if link[0] != "#" else page
    made = ROOT / "build"
    if path.is_relative_to(made):
        return (ROOT / "docs" / path.relative_to(made)).with_suffix(".py")
    return path


@pytest.mark.parametrize("page", LINKED, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_to_a_file_and_a_heading_of_it(page: Path) -> None:
    for link in links(page):
        path, anchor = destination(page, link), link.partition("#")[2]
        # The site has no page for a folder; the README is not in the site.
        assert path.is_file() or (path.is_dir() and page == ROOT / "README.md"), link
        assert not anchor or anchor in anchors(path), link


def test_a_link_to_nowhere_would_be_noticed() -> None:
    readme = ROOT / "README.md"
    assert "no-such-heading" not in anchors(readme)
    assert any(links(page) for page in LINKED)


def test_every_page_of_the_documentation_is_in_the_contents_of_the_site() -> None:
    index = (ROOT / "docs" / "index.md").read_text(encoding="utf-8")
    docs = [page for page in PAGES if page.is_relative_to(ROOT / "docs") and page.stem != "index"]
    scripts = (ROOT / "docs" / "tutorials").glob("*.py")
    named = [str(page.relative_to(ROOT / "docs")) for page in docs]
    named += [f"../build/tutorials/{script.stem}" for script in scripts]
    assert [name for name in named if f"\n{name}\n" not in index] == []


def test_every_public_name_is_in_the_reference() -> None:
    told = (ROOT / "docs" / "api.rst").read_text(encoding="utf-8")
    public = [name for name in dir(sim) if not name.startswith("_")]
    shown = re.findall(r"^\.\. (?:auto\w+|data):: sim\.(\w+)$", told, re.MULTILINE)
    assert public
    assert [name for name in public if name not in shown] == []


def test_the_gallery_has_twelve_figures_and_more() -> None:
    assert len(list((ROOT / "docs" / "gallery").glob("*.py"))) >= 12


def test_workflows_call_targets_that_are_there() -> None:
    targets = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    files = [*(ROOT / ".github" / "workflows").glob("*.yml"), ROOT / ".ci" / "run"]
    called = {
        target
        for file in files
        for target in re.findall(r"\bmake ([\w-]+)", file.read_text(encoding="utf-8"))
    }
    assert {"test", "lint", "docs-site", "wheel-check"} <= called <= targets
