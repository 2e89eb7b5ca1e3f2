"""What a change of office-holder costs, and how pairs differ, at draws from the priors."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from calibration.inference.prior import free_parameters
from calibration.run_reading import Reading
from sim.core import enums as k
from sim.engine.compiled import simulate
from sim.engine.initial_state import initial_state
from sim.experiments.parameter_draws import with_parameters
from sim.scenario.schema import load
from sim.world import load_world
from tools.turnover_study import NOTHING_LOST

pytestmark = pytest.mark.slow  # some hundred runs of the whole region

DRAWS, REPLICATES = 5, 3


@cache
def readings(**changes: float) -> list[list[Reading]]:
    """Return the runs of each draw from the priors, by changed parameters."""
    prior, base = free_parameters(), load("baseline").with_overrides(end="2016-12")
    template = initial_state(base, load_world())
    changed = {name.replace("__", "."): value for name, value in changes.items()}
    found = []
    for drawn in prior.draw(DRAWS, 11):
        values = {**dict(zip(prior.names, map(float, drawn), strict=True)), **changed}
        begun = with_parameters(template, base.with_overrides(parameters=values))
        found.append([Reading(simulate(begun, 5, n)) for n in range(REPLICATES)])
    return found


def with_nothing_lost(**changes: float) -> list[list[Reading]]:
    lost = {name.replace(".", "__"): value for name, value in NOTHING_LOST.items()}
    return readings(**lost, **changes)


def mean_deals(runs: list[Reading]) -> float:
    return float(np.mean([len(reading.negotiated) for reading in runs]))


def test_what_is_lost_at_a_change_lowers_deals_with_the_wills_as_they_are() -> None:
    kept, lost = with_nothing_lost(), readings(turnover__fade=0.9)
    for one, other in zip(kept, lost, strict=True):
        for here, there in zip(one, other, strict=True):
            for name in ("key", "will", "bloc"):
                assert np.array_equal(here.w.governor[name], there.w.governor[name])
        assert mean_deals(other) < 0.9 * mean_deals(one)


def test_memory_is_part_of_what_is_lost() -> None:
    """Where nothing hangs on memory, fading costs a smaller share of deals."""

    def kept(need: float) -> float:
        before = with_nothing_lost(memory__need=need, office__will_effect=0.0)
        after = readings(turnover__fade=1.0, memory__need=need, office__will_effect=0.0)
        shares = [mean_deals(b) / mean_deals(a) for a, b in zip(before, after, strict=True)]
        return float(np.mean(shares))

    assert kept(1.0) < kept(0.0)


def test_frequent_changes_cost_little_by_redrawing_wills_alone() -> None:
    slow, fast = {"turnover__pace": 0.5}, {"turnover__pace": 4.0}

    def kept(one: list[list[Reading]], other: list[list[Reading]]) -> float:
        return float(
            np.mean([mean_deals(b) / mean_deals(a) for a, b in zip(one, other, strict=True)])
        )

    as_it_is = kept(readings(**slow), readings(**fast))
    by_wills = kept(with_nothing_lost(**slow), with_nothing_lost(**fast))
    assert as_it_is < by_wills - 0.02
    assert by_wills > 0.85


def test_few_pairs_carry_the_more_visits_the_more_pairs_differ() -> None:
    def share(spread: float) -> float:
        shares = []
        for reading in (r for runs in readings(pair__spread=spread) for r in runs):
            rows = reading.local_visits
            rows = rows[reading.w.actor["kind"][rows["actor"]] == k.PROVINCE]
            pairs = rows["actor"].astype(np.int64) * 10_000 + rows["place"]
            counts = np.sort(np.unique(pairs, return_counts=True)[1])[::-1]
            shares.append(counts[: max(1, len(counts) // 20)].sum() / counts.sum())
        return float(np.mean(shares))

    assert share(0.0) + 0.02 < share(2.0)


def test_a_twinned_tie_keeps_more_of_its_memory() -> None:
    memory: dict[bool, list[float]] = {True: [], False: []}
    for reading in (r for runs in readings() for r in runs):
        ties, governors = reading.local_ties, reading.w.governor
        # Provinces' ties that no contact renewed since the latest change.
        old = (ties["kind"] == k.PROVINCE) & (ties["latest"] < governors["since"][ties["place"]])
        for twinned in memory:
            memory[twinned] += ties["memory"][old & ((ties["twinned"] >= 0) == twinned)].tolist()
    assert np.mean(memory[True]) > 1.2 * np.mean(memory[False])
