"""What all rules share: choice, chance, trust, authority."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest

from sim.core import decisions as d
from sim.core import enums as k
from sim.core.rng import draw
from sim.rules import basics

if TYPE_CHECKING:
    from tests.rules.conftest import Bench

MONTHS = 4000


def winners(bench: Bench, weights: dict[int, float]) -> list[int]:
    """Return the alternative that arrives first in each of many months."""
    chosen = []
    for t in range(MONTHS):
        best, winner = math.inf, -1
        for key, weight in weights.items():
            u = draw(bench.w.run, d.ACTOR_COUNTRY, 5, key, t)
            arrival = basics.exponential_arrival(u, weight, best)
            if arrival < best:
                best, winner = arrival, key
        chosen.append(winner)
    return chosen


def test_logistic() -> None:
    assert basics.logistic(0.0) == 0.5
    assert basics.logistic(2.0) + basics.logistic(-2.0) == pytest.approx(1.0)
    assert basics.logistic(-800.0) == pytest.approx(0.0)


def test_the_race_is_won_in_proportion_to_weight(bench: Bench) -> None:
    chosen = np.array(winners(bench, {1: 1.0, 2: 2.0, 3: 5.0}))
    shares = [(chosen == key).mean() for key in (1, 2, 3)]
    assert shares == pytest.approx([1 / 8, 2 / 8, 5 / 8], abs=0.03)


def test_a_new_alternative_changes_only_the_choices_it_wins(bench: Bench) -> None:
    before = winners(bench, {1: 1.0, 2: 2.0})
    after = winners(bench, {1: 1.0, 2: 2.0, 3: 1.0})
    assert all(new in (old, 3) for old, new in zip(before, after, strict=True))
    assert 0.2 < after.count(3) / MONTHS < 0.3


def test_the_order_of_alternatives_changes_no_choice(bench: Bench) -> None:
    assert winners(bench, {1: 1.0, 2: 2.0, 3: 0.5}) == winners(bench, {3: 0.5, 2: 2.0, 1: 1.0})


def test_the_shortcut_of_the_race_is_never_wrong(bench: Bench) -> None:
    for t in range(500):
        u = draw(bench.w.run, d.ACTOR_COUNTRY, 1, 1, t)
        best = draw(bench.w.run, d.ACTOR_COUNTRY, 1, 2, t)
        arrival = basics.exponential_arrival(u, 1.5, best)
        assert (arrival < best) == (-math.log(u) / 1.5 < best)


def test_no_bound_is_below_what_it_bounds() -> None:
    for x in np.linspace(0.0, 4.0, 41).tolist():
        for y in (0.0, 0.3, 1.0, 1.7, 4.0):
            assert basics.elastic_at_most(x, y) * basics.MARGIN >= basics.elastic(x, y)
            assert basics.power_at_most(x / 4.0, 1.0 + y) * basics.MARGIN >= (1.0 + y) ** (x / 4.0)
        for z in (x, -x, 0.99, 1.0):
            assert basics.exponential_at_most(z) * basics.MARGIN >= math.exp(z)


def test_the_bell_is_standard_normal(bench: Bench) -> None:
    run = bench.w.run
    sample = np.array([basics.normal_draw(run, 14, 15, 3, 4, t) for t in range(MONTHS)])
    assert sample.mean() == pytest.approx(0.0, abs=0.06)
    assert sample.std() == pytest.approx(1.0, abs=0.05)
    assert (np.abs(sample) < 1.96).mean() == pytest.approx(0.95, abs=0.02)


def test_waiting_times_are_geometric(bench: Bench) -> None:
    run = bench.w.run
    waits = [basics.waiting_time(draw(run, 1, 2, 3, t), 0.2) for t in range(MONTHS)]
    assert min(waits) == 1
    assert np.mean(waits) == pytest.approx(5.0, rel=0.06)
    assert basics.waiting_time(0.5, 0.0) == basics.NEVER
    assert basics.waiting_time(0.5, 1.0) == 1


@pytest.mark.parametrize(
    ("personal", "institutional", "trust"),
    [(0.0, 0.0, 0.0), (0.4, 0.0, 0.4), (0.0, 0.7, 0.7), (0.5, 0.5, 0.75), (1.0, 0.2, 1.0)],
)
def test_either_stock_of_trust_suffices(
    bench: Bench, personal: float, institutional: float, trust: float
) -> None:
    i = bench.place(bench.country())
    bench.tie(0, i, personal, institutional)
    assert bench.trust(0, i) == pytest.approx(trust, abs=1e-8)


def test_strangers_have_no_trust(bench: Bench) -> None:
    assert bench.trust(0, bench.place(bench.country())) == 0.0


def test_authority_effect_draws_countries_to_the_mean(bench: Bench) -> None:
    w = bench.w
    w.country["consolidation"] = 0.0
    mean = float(w.run["mean_authority"][0])

    def spread(effect: float) -> list[float]:
        bench.par(authority_effect=effect)
        return [float(basics.local_authority(bench.h, c)) for c in range(len(w.country))]

    assert spread(0.0) == pytest.approx([mean] * len(w.country), abs=1e-8)
    assert spread(1.0) == pytest.approx(w.country["authority"].tolist(), abs=1e-8)
    assert np.ptp(spread(0.0)) < np.ptp(spread(0.5)) < np.ptp(spread(1.0))


def test_a_consolidated_executive_overrides_local_authority(bench: Bench) -> None:
    c = bench.country()
    bench.par(authority_consolidation=0.75)
    found = []
    for consolidation in (0.0, 0.5, 1.0):
        bench.w.country["consolidation"][c] = consolidation
        found.append(float(basics.local_authority(bench.h, c)))
    assert found[0] > found[1] > found[2]
    assert found[2] == pytest.approx(0.25 * found[0], abs=1e-8)
    bench.par(authority_consolidation=0.0)
    assert basics.local_authority(bench.h, c) == pytest.approx(found[0], abs=1e-8)


def test_alignment_is_sharing_the_executives_bloc(bench: Bench) -> None:
    c = bench.country()
    i = bench.place(c)
    assert basics.is_aligned(bench.h, i)
    bench.w.governor["bloc"][i] += 1
    assert not basics.is_aligned(bench.h, i)


def test_offices_count_from_the_month_they_open(bench: Bench) -> None:
    bench.w.office[:, :] = -1
    assert not basics.has_office(bench.h, 0, 0, 100)
    bench.w.office[0, 0] = 50
    assert not basics.has_office(bench.h, 0, 0, 49)
    assert basics.has_office(bench.h, 0, 0, 50)


def test_centres_follow_the_local_offices(bench: Bench) -> None:
    offices = len(bench.w.governor)
    assert bench.localities < offices
    assert not basics.is_centre(bench.h, offices - 1)
    assert basics.is_centre(bench.h, offices)


def test_an_event_keeps_what_it_is_given(bench: Bench) -> None:
    i = bench.place(bench.country())
    before = int(bench.w.run["events"][0])
    identity = basics.record(bench.h, k.DEAL, bench.t, 3, i, k.LAC, 2, 99, 12.5, 7, 8, 9)
    row = bench.w.event[before]
    given = {"id": identity, "kind": k.DEAL, "month": bench.t, "actor": 3, "place": i,
             "initiator": k.LAC, "sector": 2, "project": 99, "value": 12.5, "cause0": 7,
             "cause1": 8, "cause2": 9}  # fmt: skip
    assert {name: row[name] for name in given} == given
    assert row["country"] == bench.w.place["country"][i]
    assert bench.w.run["events"][0] == before + 1
    assert identity != basics.record(bench.h, k.DEAL, bench.t, 3, i, k.LAC, 2, 98, 0.0, 0, 0, 0)


def test_governors_act_on_their_own_will_as_far_as_it_counts(bench: Bench) -> None:
    g = bench.place(bench.country())
    median = float(bench.w.run["median_will"][0])

    def acted(will: float, effect: float) -> float:
        bench.w.governor["will"][g] = will
        bench.par(office_will_effect=effect)
        return float(basics.will_of(bench.h, g))

    for will in (0.0, 0.3, 1.0):
        assert acted(will, 1.0) == pytest.approx(will, abs=1e-12)
        assert acted(will, 0.0) == pytest.approx(median, abs=1e-12)
        assert acted(will, 0.5) == pytest.approx((will + median) / 2.0)
