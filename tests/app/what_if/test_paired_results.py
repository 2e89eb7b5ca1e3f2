"""Paired runs of the page: made once, added up in order, the same as a comparison's."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.app.thread_pool import Cancel, CancelledError
from sim.app.what_if import paired_results, run_cache
from sim.app.what_if.experiment import SHOWN, Experiment
from sim.app.what_if.paired_results import PairedTrial, Shown
from sim.app.what_if.run_cache import RunCache, RunCaches
from sim.core.state import POOLS
from sim.results.comparison_result import compare
from sim.world import World
from tests.app.what_if.conftest import CHUNKS, finished

pytestmark = pytest.mark.usefixtures("_few_pairs")


@pytest.fixture
def eager(short: Experiment) -> Experiment:
    return short.with_parameter("outreach.province_rate", 0.09)


def test_numbers_are_those_of_a_comparison(eager: Experiment, world: World) -> None:
    shown = finished(eager, world)
    expected = compare(eager.baseline(), eager.scenario, replicates=12, world=world, workers=1)
    columns = ["outcome", "difference", "low", "high", "p_value", "distinguishable"]
    mine = shown.effects.iloc[: len(expected.effects)]
    pd.testing.assert_frame_equal(mine[columns], expected.effects[columns])
    for outcome in SHOWN:
        rows = expected.by_locality[expected.by_locality["outcome"] == outcome]
        pd.testing.assert_frame_equal(
            shown.places(outcome)[["locality", "difference", "distinguishable"]],
            rows[["locality", "difference", "distinguishable"]].reset_index(drop=True),
        )
        path = expected.paths[expected.paths["metric"] == outcome]
        np.testing.assert_allclose(shown.bands[outcome].difference, path["difference"])


def test_order_and_threads_leave_no_trace(eager: Experiment, world: World) -> None:
    alone = finished(eager, world)
    trial = PairedTrial(eager, world, RunCaches())
    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(lambda chunk: trial.work(chunk, Cancel()), reversed(CHUNKS)))
    # Whichever piece was last to be ready closed the gap and told all.
    final = [shown for shown in found if shown is not None and shown.pairs == 12]
    pd.testing.assert_frame_equal(final[0].effects, alone.effects)
    pd.testing.assert_frame_equal(final[0].paths(), alone.paths())


def test_a_run_that_begins_with_room_is_the_same_run(eager: Experiment, world: World) -> None:
    plain = RunCache(eager.scenario, world)
    expected = plain.counted(CHUNKS[0], Cancel())
    start = {name: len(getattr(plain._initial, name)) for name in POOLS}
    plain.room = {name: 2 * size for name, size in start.items()}
    roomy = RunCache(eager.scenario, world, plain)
    found = roomy.counted(CHUNKS[0], Cancel())
    assert {name: len(getattr(roomy._initial, name)) for name in POOLS} == plain.room
    for one, other in zip(expected, found, strict=True):
        assert one.mark == other.mark
        np.testing.assert_array_equal(one.region, other.region)
        np.testing.assert_array_equal(one.path, other.path)


def test_something_shows_before_all_is_done(eager: Experiment, world: World) -> None:
    trial = PairedTrial(eager, world, RunCaches())
    shown = [trial.work(chunk, Cancel()) for chunk in CHUNKS]
    assert [None if s is None else s.pairs for s in shown] == [None, 8, 12]


def test_a_baseline_is_run_once_for_all(
    eager: Experiment, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[int] = []
    original = run_cache.simulate  # type: ignore[attr-defined]

    def counting(template: Any, seed: int, number: int) -> Any:
        made.append(number)
        return original(template, seed, number)

    monkeypatch.setattr(run_cache, "simulate", counting)
    shelf = RunCaches()
    finished(eager, world, shelf)
    assert len(made) == 24
    finished(eager.with_parameter("turnover.fade", 0.9), world, shelf)
    assert len(made) == 36


def test_a_shelf_keeps_the_last_baselines(short: Experiment, world: World) -> None:
    shelf = RunCaches(most=2)
    first, second, third = (short.with_seed(seed).baseline() for seed in (1, 2, 3))
    kept = shelf.runs(first, world)
    shelf.runs(second, world)
    assert shelf.runs(first, world) is kept
    shelf.runs(third, world)
    assert len(shelf) == 2
    assert shelf.runs(first, world) is kept


def test_what_changes_nothing_is_identical(short: Experiment, world: World) -> None:
    shown = finished(short, world)
    assert shown.identical
    assert (shown.effects["difference"].dropna() == 0).all()
    band = shown.bands["deals"]
    assert (band.low == 0).all()
    assert (band.high == 0).all()
    assert np.array_equal(band.baseline, band.what_if)


def test_bands_hold_their_means(eager: Experiment, world: World) -> None:
    shown = finished(eager, world)
    assert not shown.identical
    for band in shown.bands.values():
        assert (band.low <= band.difference).all()
        assert (band.difference <= band.high).all()
        np.testing.assert_allclose(band.what_if - band.baseline, band.difference, atol=1e-9)
        assert len(band.year) == eager.scenario.n_months
    assert shown.bands["visits_to_lac"].difference[-1] > 0
    assert shown.bands["visits_to_lac"].year[[0, -1]].tolist() == [2000 + 1 / 12, 2007.0]


def test_runs_stop_when_told_and_keep_what_is_made(
    short: Experiment, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    cancel = Cancel()
    part = RunCache(short.scenario, world)
    original = run_cache.simulate  # type: ignore[attr-defined]

    def second_is_last(template: Any, seed: int, number: int) -> Any:
        if number == 1:
            cancel.set()
        return original(template, seed, number)

    monkeypatch.setattr(run_cache, "simulate", second_is_last)
    with pytest.raises(CancelledError):
        part.counted(CHUNKS[0], cancel)
    assert part.made == 2
    assert len(part.counted(CHUNKS[0], Cancel())) == 4


def test_trust_has_an_effect_though_it_is_no_sum(eager: Experiment, world: World) -> None:
    shown: Shown = finished(eager, world)
    row = shown.row("trust")
    assert row.difference == pytest.approx(shown.bands["trust"].difference[-1])
    assert paired_results.MILESTONES[-1] == shown.pairs
