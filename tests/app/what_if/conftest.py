"""Short experiments and what they show."""

from __future__ import annotations

import pytest

from sim.app.thread_pool import Cancel
from sim.app.what_if import paired_trial
from sim.app.what_if.experiment import Experiment, from_toml
from sim.app.what_if.paired_trial import PairedTrial, RunCaches, TrialResult
from sim.experiments.comparison import paired_statistics
from sim.world import World

CHUNKS = ((0, 4), (4, 8), (8, 12))
SHARED = RunCaches()
"""Runs of baselines that tests share."""


def english(text: str, /, **fields: object) -> str:
    """Return a text as it is, its fields filled in."""
    return text.format(**fields)


def counted(one: str, many: str, n: int, /, **fields: object) -> str:
    """Return the form of a text that goes with a number, its fields filled in."""
    return (one if n == 1 else many).format(n=n, **fields)


def finished(experiment: Experiment, world: World, caches: RunCaches | None = None) -> TrialResult:
    """Return what an experiment shows when all its pairs are in."""
    trial = PairedTrial(experiment, world, SHARED if caches is None else caches)
    results = [trial.work(chunk, Cancel()) for chunk in paired_trial.CHUNKS]
    assert results[-1] is not None
    return results[-1]


def reduce_pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let twelve pairs be all."""
    monkeypatch.setattr(paired_trial, "CHUNKS", CHUNKS)
    monkeypatch.setattr(paired_trial, "PAIRS", CHUNKS[-1][1])
    monkeypatch.setattr(paired_trial, "MILESTONES", (8, 12))
    monkeypatch.setattr(paired_statistics, "LEAST", 2)


@pytest.fixture
def _few_pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    reduce_pairs(monkeypatch)


@pytest.fixture(scope="session")
def short(world: World) -> Experiment:
    """Return an experiment of seven years that changes nothing."""
    return from_toml(b'extends = "baseline"\nend = "2006-12"\n', world)


@pytest.fixture(scope="session")
def eager(short: Experiment) -> Experiment:
    """Return an experiment in which provinces travel more."""
    return short.with_parameter("outreach.province_rate", 0.09)


@pytest.fixture(scope="session")
def shown(eager: Experiment, world: World) -> TrialResult:
    """Return what is known of it after all pairs."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        reduce_pairs(monkeypatch)
        return finished(eager, world)
