"""Paired runs of the page: made once, added up in order, the same as a comparison's."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.app.thread_pool import Cancel, CancelledError
from sim.app.what_if import paired_trial
from sim.app.what_if.experiment import SHOWN, Experiment
from sim.app.what_if.paired_trial import (
    CarriedDraws,
    PairedTrial,
    RunCache,
    RunCaches,
    TrialResult,
)
from sim.core.state import POOLS
from sim.results.comparison_result import compare
from sim.world import World
from tests.app.what_if.conftest import CHUNKS, SHARED, finished

pytestmark = pytest.mark.usefixtures("_few_pairs")


def test_numbers_are_those_of_a_comparison(
    eager: Experiment, shown: TrialResult, world: World
) -> None:
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
        np.testing.assert_allclose(
            shown.bands(outcome)["difference"], path["difference"], atol=1e-12
        )


def test_order_and_threads_leave_no_trace(
    eager: Experiment, shown: TrialResult, world: World
) -> None:
    trial = PairedTrial(eager, world, RunCaches())
    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(lambda chunk: trial.work(chunk, Cancel()), reversed(CHUNKS)))
    # Whichever piece was last to be ready closed the gap and told all.
    final = [result for result in results if result is not None and result.pairs == 12]
    pd.testing.assert_frame_equal(final[0].effects, shown.effects)
    pd.testing.assert_frame_equal(final[0].bands("deals"), shown.bands("deals"))


def test_a_run_that_begins_with_room_is_the_same_run(eager: Experiment, world: World) -> None:
    plain = RunCache(eager.scenario, world)
    expected = plain.counted(CHUNKS[0], Cancel())
    start = {name: len(getattr(plain.begun, name)) for name in POOLS}
    plain.room = {name: 2 * size for name, size in start.items()}
    roomy = RunCache(eager.scenario, world, plain)
    found = roomy.counted(CHUNKS[0], Cancel())
    assert {name: len(getattr(roomy.begun, name)) for name in POOLS} == plain.room
    for one, other in zip(expected, found, strict=True):
        assert one.mark == other.mark
        np.testing.assert_array_equal(one.region, other.region)
        np.testing.assert_array_equal(one.path, other.path)


def test_something_shows_before_all_is_done(eager: Experiment, world: World) -> None:
    trial = PairedTrial(eager, world, SHARED)
    results = [trial.work(chunk, Cancel()) for chunk in CHUNKS]
    assert [None if result is None else result.pairs for result in results] == [None, 8, 12]


def test_a_baseline_is_run_once_for_all(
    eager: Experiment, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[int] = []
    original = paired_trial.simulate  # type: ignore[attr-defined]

    def counting(template: Any, seed: int, number: int) -> Any:
        made.append(number)
        return original(template, seed, number)

    monkeypatch.setattr(paired_trial, "simulate", counting)
    caches = RunCaches()
    finished(eager, world, caches)
    assert len(made) == 24
    finished(eager.with_parameter("turnover.fade", 0.9), world, caches)
    assert len(made) == 36


def test_a_caches_keeps_the_last_baselines(short: Experiment, world: World) -> None:
    caches = RunCaches(most=2)
    first, second, third = (short.with_settings(seed=seed).baseline() for seed in (1, 2, 3))
    kept = caches.runs(first, world)
    caches.runs(second, world)
    assert caches.runs(first, world) is kept
    caches.runs(third, world)
    assert len(caches) == 2
    assert caches.runs(first, world) is kept


def test_what_changes_nothing_is_identical(short: Experiment, world: World) -> None:
    shown = finished(short, world)
    assert shown.identical
    assert (shown.effects["difference"].dropna() == 0).all()
    band = shown.bands("deals")
    assert (band.low == 0).all()
    assert (band.high == 0).all()
    assert np.array_equal(band.baseline, band.what_if)


def test_bands_hold_their_means(eager: Experiment, shown: TrialResult) -> None:
    assert not shown.identical
    for outcome in SHOWN:
        band = shown.bands(outcome)
        assert (band.low <= band.difference).all()
        assert (band.difference <= band.high).all()
        np.testing.assert_allclose(band.what_if - band.baseline, band.difference, atol=1e-9)
        assert len(band.year) == eager.scenario.n_months
    visits = shown.bands("visits_to_lac")
    assert visits["difference"].iloc[-1] > 0
    assert visits["year"].iloc[[0, -1]].tolist() == [2000 + 1 / 12, 2007.0]


def test_nothing_differs_before_the_first_intervention(short: Experiment, world: World) -> None:
    change = {"month": "2004-01", "kind": "shock", "what": "fiscal", "value": 0.9}
    bands = finished(short.with_interventions([change], world), world).bands("visits_to_lac")
    before = bands[bands["month"] < change["month"]]
    assert (before[["difference", "p05", "p95"]] == 0).all(axis=None)
    assert (bands[["p05", "p95"]] != 0).any(axis=None)


def test_runs_stop_when_told_and_keep_what_is_made(
    short: Experiment, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    cancel = Cancel()
    part = RunCache(short.scenario, world)
    original = paired_trial.simulate  # type: ignore[attr-defined]

    def second_is_last(template: Any, seed: int, number: int) -> Any:
        if number == 1:
            cancel.set()
        return original(template, seed, number)

    monkeypatch.setattr(paired_trial, "simulate", second_is_last)
    with pytest.raises(CancelledError):
        part.counted(CHUNKS[0], cancel)
    assert len(part.done) == 2
    assert len(part.counted(CHUNKS[0], Cancel())) == 4


def test_trust_has_an_effect_though_it_is_no_sum(shown: TrialResult) -> None:
    row = shown.row("trust")
    assert row.difference == pytest.approx(shown.bands("trust")["difference"].iloc[-1])
    assert paired_trial.MILESTONES[-1] == shown.pairs


def test_pairs_take_draws_of_what_is_not_known_as_a_comparison_does(
    eager: Experiment, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both runs of a pair take the same draw, two pairs after one another each."""
    draws = tuple({"turnover.fade": fade, "signals.forum": 0.0} for fade in (0.2, 0.4, 0.6, 0.8))
    carried = CarriedDraws(draws + draws[:2], {"changed_since_fit": []})
    monkeypatch.setitem(paired_trial.CARRIED, "server", carried)
    caches = RunCaches()
    mine = finished(eager, world, caches)
    expected = compare(
        eager.baseline(), eager.scenario, replicates=12, world=world, draws=carried.draws
    )
    columns = ["outcome", "difference", "low", "high", "p05", "p95", "share_higher"]
    pd.testing.assert_frame_equal(
        mine.effects.iloc[: len(expected.effects)][columns], expected.effects[columns]
    )
    fixed = finished(eager.with_settings(fixed=True), world, caches)
    assert len(caches) == 2
    assert fixed.row("visits_to_lac").baseline != mine.row("visits_to_lac").baseline
