"""Short experiments and what they show."""

from __future__ import annotations

import pytest

from sim.app.what_if import results, runs
from sim.app.what_if.experiment import Experiment, from_toml
from sim.app.what_if.results import Shown, Trial
from sim.app.what_if.runs import Shelf
from sim.app.workers import Cancel
from sim.world import World

CHUNKS = ((0, 4), (4, 8), (8, 12))


def english(text: str, /, **fields: object) -> str:
    """Return a text as it is, its fields filled in."""
    return text.format(**fields)


def counted(one: str, many: str, n: int, /, **fields: object) -> str:
    """Return the form of a text that goes with a number, its fields filled in."""
    return (one if n == 1 else many).format(n=n, **fields)


def finished(experiment: Experiment, world: World, shelf: Shelf | None = None) -> Shown:
    """Return what an experiment shows when all its pairs are in."""
    trial = Trial(experiment, world, Shelf() if shelf is None else shelf)
    shown = [trial.work(chunk, Cancel()) for chunk in runs.CHUNKS]
    assert shown[-1] is not None
    return shown[-1]


@pytest.fixture
def _few_pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let twelve pairs be all."""
    for module in (runs, results):
        monkeypatch.setattr(module, "CHUNKS", CHUNKS)
        monkeypatch.setattr(module, "PAIRS", CHUNKS[-1][1])
    monkeypatch.setattr(results, "MILESTONES", (8, 12))


@pytest.fixture
def short(world: World) -> Experiment:
    """Return an experiment of seven years that changes nothing."""
    return from_toml(b'extends = "baseline"\nend = "2006-12"\n', world)
