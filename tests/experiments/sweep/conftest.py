"""What the tests of sweeps share: a small sweep, its numbers, and workers that misbehave."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sim.experiments.sweep import Sweep, local_pool, sweep

Small = Callable[..., Sweep]
Misbehave = Callable[[str], None]

VARY = {"turnover.fade": (0.2, 0.9), "authority.effect": (0.0, 1.0)}
SIZES = {"design": "lhs", "n": 6, "replicates": 5, "end": "2000-06", "chunk": 5}

WORKER = """
import os, pathlib, signal, sys, time
from sim.experiments.sweep import chunk_runs as work
from sim.experiments.sweep import local_pool as worker

here = pathlib.Path(__file__).parent
simulate, add = work.simulate, work.Store.add
(here / f"worker-{os.getpid()}").touch()

def kill():
    os.kill(os.getpid(), signal.SIGKILL)

def first_time(name):
    try:
        (here / name).touch(exist_ok=False)
    except FileExistsError:
        return False
    return True

def before_run(fade, replicate):
    pass

def before_write(chunk):
    pass

BODY

def run(w, seed, replicate):
    if w.run["end"][0] > w.run["start"][0]:
        before_run(w.par["turnover_fade"][0], replicate)
    return simulate(w, seed, replicate)

def write(store, address, chunk, runs, beside):
    before_write(chunk)
    return add(store, address, chunk, runs, beside)

work.simulate, work.Store.add = run, write
worker.main(*sys.argv[1:])
"""


@pytest.fixture
def small() -> Small:
    """Return a function that runs 30 runs of half a year, in six chunks, in this process."""
    return run_small


def run_small(out: Path | str, vary: Any = VARY, **changes: Any) -> Sweep:
    workers = {} if "cluster" in changes else {"workers": 1}
    return sweep("baseline", vary, out=out, **{**SIZES, **workers, **changes})


@pytest.fixture(scope="session")
def reference(tmp_path_factory: pytest.TempPathFactory) -> Sweep:
    """Return the small sweep, finished; leave it as it is."""
    return run_small(tmp_path_factory.mktemp("sweeps") / "reference")


@pytest.fixture
def misbehave(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Misbehave:
    """Return a function that makes local workers define ``before_run`` or ``before_write`` anew.

    They may call ``kill()``, and ``first_time(name)`` is true once over all workers.
    """

    def define(body: str) -> None:
        script = tmp_path / "worker.py"
        script.write_text(WORKER.replace("BODY", textwrap.dedent(body)), encoding="utf-8")
        monkeypatch.setattr(local_pool, "COMMAND", (sys.executable, str(script)))

    return define


def names(folder: Path | str, table: str = "runs") -> list[str]:
    """Return the names of the files of a table; each ends in a hash of its content."""
    return sorted(path.name for path in (Path(folder) / table).glob("*"))


@pytest.fixture
def files() -> Callable[..., list[str]]:
    """Return a function from a sweep's folder to the names of its files of runs."""
    return names
