"""Short experiments and what they show."""

from __future__ import annotations

import pytest

from sim.app.thread_pool import Cancel
from sim.app.what_if import paired_results, run_cache
from sim.app.what_if.experiment import Experiment, from_toml
from sim.app.what_if.paired_results import PairedTrial, Shown
from sim.app.what_if.run_cache import RunCaches
from sim.world import World

CHUNKS = ((0, 4), (4, 8), (8, 12))


def english(text: str, /, **fields: object) -> str:
    """Return a text as it is, its fields filled in."""
    return text.format(**fields)


def counted(one: str, many: str, n: int, /, **fields: object) -> str:
    """Return the form of a text that goes with a number, its fields filled in."""
    return (one if n == 1 else many).format(n=n, **fields)


def finished(experiment: Experiment, world: World, shelf: RunCaches | None = None) -> Shown:
    """Return what an experiment shows when all its pairs are in."""
    trial = PairedTrial(experiment, world, RunCaches() if shelf is None else shelf)
    shown = [trial.work(chunk, Cancel()) for chunk in run_cache.CHUNKS]
    assert shown[-1] is not None
    return shown[-1]


@pytest.fixture
def _few_pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let twelve pairs be all."""
    for module in (run_cache, paired_results):
        monkeypatch.setattr(module, "CHUNKS", CHUNKS)
        monkeypatch.setattr(module, "PAIRS", CHUNKS[-1][1])
    monkeypatch.setattr(paired_results, "MILESTONES", (8, 12))


@pytest.fixture
def short(world: World) -> Experiment:
    """Return an experiment of seven years that changes nothing."""
    return from_toml(b'extends = "baseline"\nend = "2006-12"\n', world)
