"""The commands and the code of the documentation run, in order, as they stand but shorter."""

from __future__ import annotations

import os
import re
import runpy
import shlex
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from typer.testing import CliRunner

import sim
from calibration import user_data
from calibration.claims import claim_experiments as claims
from sim.cli import main as cli
from tests.help_examples import EXAMPLES
from tests.test_docs import LANGUAGES, PAGE_NAMES, ROOT, blocks, commands, parsed

RUNS, POINTS, RUNS_OF_A_TABLE = 2, 4, 20
"""Runs, base points of a sweep and runs beside a user's table, however many a page asks for."""

NOT_RUN = {
    "app": "serves until it is stopped; tests/app and the tests in a browser start it",
    "bench": "measures for minutes, plain Python too; tests/benchmark makes its parts smaller",
    "calibrate --out": "fits for hours; tests/calibration has a toy",
    "--calibration results/calibration": "fits for hours; tests/calibration/validation has a toy",
    "export": "runs whole worlds and many pairs; tests/app/export has shorter ones",
    "--cluster": "needs a cluster; tests/experiments/sweep/test_dask_cluster.py has one",
    "--discover": "needs the EMA workbench and many points; test_discovery.py has them",
    "dask_jobqueue": "needs SLURM",
    "dask_kubernetes": "needs Kubernetes",
}
"""What cannot run in a test, by what its text holds, and why; it is parsed all the same."""
SAMPLES = ("mine", "gcdf", "adm1", "cgit", "sisters")
"""Names of the tables that the page on users' tables shows, in its order."""
SAVED = re.compile(r"```toml\n([^`]*)```\s+Save it as `([\w.-]+)`")
"""What a page has its reader save, and as which file."""
OTHER_TOOLS = {"bash", "cd", "cp", "dask", "git", "make", "pip", "source"}
"""What begins the other lines of a shell: these change the machine or are not of this package."""


def runs_here(text: str) -> bool:
    """Tell whether a command or a block can run in a test."""
    return not any(re.search(rf"(?<![\w-]){re.escape(part)}\b", text) for part in NOT_RUN)


def shortened(words: list[str], folder: str) -> list[str]:
    """Return a command with fewer runs and points, and names in the place of placeholders."""
    most = RUNS_OF_A_TABLE if "--against" in words else RUNS
    limits = {"--replicates": most, "-n": POINTS, "--posterior": RUNS, "--draws": RUNS}
    cut = [
        str(min(int(word), limits[before])) if before in limits else word
        for before, word in zip(["", *words], words, strict=False)
    ]
    cut = [folder if word == "FOLDER" else word for word in cut]
    takes = any(option.name == "replicates" for option in parsed(words).command.params)
    is_open = words[0] != "validate" or "--against" in words
    fixed = {"--dry-run", "--resume", "--status", "--extend"} & set(words)
    if takes and is_open and not fixed and "--replicates" not in words:
        cut += ["--replicates", str(most)]
    if words[0] == "patterns":
        cut += ["--draws", str(RUNS)]
    if words[0] == "sweep" and not {"--workers", "--status"} & set(words):
        # A few runs are made here sooner than a worker starts.
        cut += ["--workers", "1"]
    return [a_deal(cut) if word in {"DEAL", "PROJECT_ID"} else word for word in cut]


def a_deal(words: list[str]) -> str:
    """Return a deal that the command can tell of: any, or one that only one world has."""
    folder = Path(words[1])
    other = words[words.index("--between") + 1] if "--between" in words else ""
    if not other:
        return str(pd.read_parquet(folder / "deals.parquet")["project_id"].iloc[0])
    if not Path(other).is_dir():
        lone = pd.read_parquet(folder / "deals_in_one_world.parquet")
        return str(
            lone[(lone["replicate"] == 0) & (lone["scenario"] == other)]["project_id"].iloc[0]
        )
    both = [
        pd.read_parquet(Path(f) / "deals.parquet").query("replicate == 0") for f in (folder, other)
    ]
    return str(min(set(both[0]["project_id"]) ^ set(both[1]["project_id"])))


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Go to a folder with the sample tables; figures and pages, the slowest, are left out."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    # As in an environment that was activated.
    monkeypatch.setenv(
        "PATH", os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    )
    for name, sample in zip(SAMPLES, blocks(ROOT / "docs" / "validate.md", "csv"), strict=True):
        (tmp_path / f"{name}.csv").write_text(sample, encoding="utf-8")
    for page in (
        "sim.report.run_page.write_report",
        "sim.results.comparison_result.Comparison.write_report",
        "calibration.user_data.comparison.write_page",
    ):
        monkeypatch.setattr(page, lambda *given: None)
    monkeypatch.setattr("sim.report.figure_workers.MOST", 0)
    monkeypatch.setattr("calibration.user_data.comparison.RIVAL_DRAWS", 40)
    return tmp_path


def shorter(function: Callable[..., Any], **most: int) -> Callable[..., Any]:
    """Return a function that makes so many runs at most, and so many points where it makes any."""

    def call(*given: Any, **named: Any) -> Any:
        least = {
            name: min(named.get(name, count), count)
            for name, count in most.items()
            if name in named or name == "replicates"
        }
        return function(*given, **{**named, **least})

    return call


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the functions that the documentation calls make few runs."""
    for name in ("run", "compare"):
        monkeypatch.setattr(sim, name, shorter(getattr(sim, name), replicates=RUNS))
    few = {"replicates": RUNS, "n": POINTS}
    monkeypatch.setattr(sim, "sweep", shorter(partial(sim.sweep, workers=1), **few))
    monkeypatch.setattr(claims, "check_claims", partial(claims.check_claims, replicates=RUNS))
    table = shorter(user_data.compare_with_table, replicates=RUNS_OF_A_TABLE)
    monkeypatch.setattr(user_data, "compare_with_table", table)


@pytest.mark.slow
@pytest.mark.usefixtures("place", "short")
@pytest.mark.parametrize("name", PAGE_NAMES)
def test_commands_and_code_of_a_page_run_in_order(name: str) -> None:
    page = ROOT / name
    for block, file in SAVED.findall(page.read_text(encoding="utf-8")):
        Path(file).write_text(block, encoding="utf-8")
    folder = run_all(commands(page, copies=True), "")
    script = Path("script.py")
    script.write_text("\n".join(filter(runs_here, blocks(page, "python"))), encoding="utf-8")
    runpy.run_path(str(script))
    run_all(commands(page, in_tables=True), folder)


def run_all(given: list[list[str]], folder: str) -> str:
    """Run commands and return the last folder they wrote to."""
    for words in given:
        if words[0] == "cp":
            subprocess.run(["bash", "-c", " ".join(words)], check=True)
        elif runs_here(" ".join(words)):
            cut = shortened(words, folder)
            done = CliRunner().invoke(cli.app, cut)
            assert done.exit_code == 0, f"{' '.join(cut)}\n{done.output}"
            folder = words[words.index("--out") + 1] if "--out" in words else folder
    return folder


@pytest.mark.slow
@pytest.mark.usefixtures("place")
def test_examples_of_the_help_run() -> None:
    # What is made new is used by the others.
    run_all(sorted(EXAMPLES.values(), key=lambda words: "new" not in words), "")


def test_whatever_does_not_run_is_still_in_the_documentation() -> None:
    texts = [" ".join(words) for name in PAGE_NAMES for words in commands(ROOT / name)]
    texts += [block for name in PAGE_NAMES for block in blocks(ROOT / name, "python")]
    texts += [" ".join(words) for words in EXAMPLES.values()]
    for part in NOT_RUN:
        assert any(part in text for text in texts), part


@pytest.mark.parametrize("name", PAGE_NAMES)
def test_every_line_of_a_shell_is_known(name: str) -> None:
    targets = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    lines = "\n".join(blocks(ROOT / name, "sh")).replace("\\\n", " ").splitlines()
    for line in filter(None, lines):
        first, *rest = shlex.split(line, comments=True)
        assert first in OTHER_TOOLS | {"paradiplomacy"}, line
        if first == "make":
            assert set(rest) <= targets, line


@pytest.mark.parametrize("name", PAGE_NAMES)
def test_every_block_is_of_a_language_that_is_tested_or_shown(name: str) -> None:
    fences = re.findall(r"^ *```(.*)$", (ROOT / name).read_text("utf-8"), re.MULTILINE)
    assert set(fences[::2]) <= LANGUAGES
    assert set(fences[1::2]) <= {""}


def test_columns_that_are_explained_are_there() -> None:
    text = (ROOT / "docs" / "compare.md").read_text("utf-8")
    table = text.split("| column | meaning |")[1].split("\n\n")[0]
    explained = {
        n
        for cell in re.findall(r"^\| (.*?) \|", table, re.MULTILINE)
        for n in re.findall(r"`(\w+)`", cell)
    }
    found = sim.compare("baseline", "no-twinning", replicates=RUNS, end="2000-03", workers=1)
    assert explained
    assert explained <= set(found.effects.columns)
