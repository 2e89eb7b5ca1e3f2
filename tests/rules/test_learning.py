"""What deals teach: neighbours, firms, the public."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from sim.core import enums as k
from sim.rules import learning

if TYPE_CHECKING:
    from tests.rules.conftest import Bench


def neighbours(bench: Bench, i: int) -> set[int]:
    start = bench.w.neighbour_start
    return set(bench.w.neighbour[start[i] : start[i + 1]].tolist())


def test_neighbourhood_goes_both_ways(bench: Bench) -> None:
    for i in range(bench.localities):
        assert i not in neighbours(bench, i)
        assert all(i in neighbours(bench, n) for n in neighbours(bench, i))


def test_a_deal_impresses_its_place_and_its_neighbours_only(bench: Bench) -> None:
    w = bench.w
    bench.par(learning_demonstration=0.4)
    i = next(i for i in range(bench.localities) if len(neighbours(bench, i)) >= 4)
    w.place["deals_now"][i] = w.run["deals_now"][0] = 1
    w.place["deal_near"][[i, *neighbours(bench, i)]] = bench.t
    w.place["deal_event"][i] = 44
    for g in range(bench.localities):
        learning.update_neighbour_demonstration(bench.h, g, bench.t)
    seen = w.place["demonstration"][: bench.localities]
    assert set(np.flatnonzero(seen)) == {i} | neighbours(bench, i)
    assert seen[i] == pytest.approx(0.4)
    assert seen[list(neighbours(bench, i))] == pytest.approx(0.2)
    assert set(w.place["demonstration_event"][list(neighbours(bench, i))].tolist()) == {44}
    assert w.place["demonstration"].max() <= 1.0


def test_a_deal_anywhere_in_the_country_impresses_its_centre(bench: Bench) -> None:
    w, c = bench.w, bench.country()
    last = int(w.country["first"][c] + w.country["count"][c]) - 1
    bench.par(learning_demonstration=0.2, learning_forgetting=0.5)
    w.place["deals_now"][last] = w.run["deals_now"][0] = 2
    w.place["deal_event"][last] = 44
    bench.step("update_country_demonstration")
    seen = w.place["demonstration"][len(w.governor) :]
    assert np.flatnonzero(seen).tolist() == [c]
    assert seen[c] == pytest.approx(0.4)
    assert w.place["demonstration_event"][len(w.governor) + c] == 44
    w.run["deals_now"] = 0
    bench.step("update_country_demonstration")
    assert seen[c] == pytest.approx(0.2)


def test_impressions_fade(bench: Bench) -> None:
    bench.w.place["demonstration"][0] = 0.5
    bench.par(learning_forgetting=0.1)
    learning.update_neighbour_demonstration(bench.h, 0, bench.t)
    assert bench.w.place["demonstration"][0] == pytest.approx(0.45)


def test_offices_open_where_experience_has_grown(bench: Bench) -> None:
    c, a = bench.country(), bench.actors(k.FIRM)[0]
    bench.w.office[a] = -1
    bench.par(learning_office=1.0)
    learning.gain_foothold(bench.h, a, bench.t)
    assert (bench.w.office[a] == -1).all()
    bench.w.experience[a, c] = bench.w.actor["unhoused"][a] = 1.0
    for _ in range(2):
        learning.gain_foothold(bench.h, a, bench.t)
    assert np.flatnonzero(bench.w.office[a] >= 0).tolist() == [c]
    assert len(bench.events(k.OFFICE_OPENED)) == 1


def views(bench: Bench, c: int, **counts: int) -> tuple[float, float]:
    """Return views of China and reputation after a month with some successes and failures."""
    bench.w.country["views"][c], bench.w.country["reputation"][c] = 0.1, 0.5
    for name in ("failures", "completions", "contacts"):
        bench.w.country[name][c] = counts.get(name, 0)
    learning.form_views(bench.h, c, bench.t)
    assert not any(bench.w.country[n][c] for n in ("failures", "completions", "contacts"))
    return float(bench.w.country["views"][c]), float(bench.w.country["reputation"][c])


def test_contacts_completions_and_failures_shape_views_and_reputation(bench: Bench) -> None:
    c = bench.country()
    plain = views(bench, c)
    assert views(bench, c, contacts=3)[0] > plain[0]
    assert views(bench, c, completions=1)[1] > plain[1]
    worse = views(bench, c, failures=1)
    assert worse[0] < plain[0]
    assert worse[1] < plain[1]
    worst = views(bench, c, failures=500)
    assert worst[0] >= -1.0
    assert worst[1] >= 0.0
    best = views(bench, c, contacts=10**6, completions=500)
    assert best[0] <= 1.0
    assert best[1] <= 1.0


def test_recent_deals_are_forgotten_slowly(bench: Bench) -> None:
    c = bench.country()
    bench.w.country["local_deals"][c] = bench.w.country["central_deals"][c] = 2.0
    learning.form_views(bench.h, c, bench.t)
    assert bench.w.country["local_deals"][c] == pytest.approx(2.0 * learning.RECENT)
    assert bench.w.country["central_deals"][c] == pytest.approx(2.0 * learning.RECENT)


@pytest.mark.parametrize(
    "ended", [(0,), (4,), (2,), (0, 1), (3, 4), (0, 2, 4), (0, 1, 2, 3, 4), ()]
)
def test_ended_projects_leave_the_list(bench: Bench, ended: tuple[int, ...]) -> None:
    i = bench.place(bench.country())
    rows = [bench.project(i, k.BUILDING) for _ in range(5)]
    for n in ended:
        bench.w.project["stage"][rows[n]] = k.OPERATING if n % 2 else k.CANCELLED
    learning.clear_ended(bench.h, i, i + 1, bench.t)
    assert bench.open_projects(i) == [rows[n] for n in range(4, -1, -1) if n not in ended]


def test_stock_is_taken_of_what_there_is(bench: Bench) -> None:
    c = bench.country()
    w = bench.w
    first, count = int(w.country["first"][c]), int(w.country["count"][c])
    places = slice(first, first + count)
    w.place["trust"][places] = 0.0
    w.place["trust"][first] = 0.8
    w.governor["will"][places] = 0.25
    w.governor["bloc"][places] = w.country["bloc"][c]
    w.governor["bloc"][first] += 1
    w.place["deals_now"][first] = 3
    bench.project(first, k.BUILDING)
    bench.project(first, k.PROPOSED)
    w.country["views"][c] = 0.3
    learning.record_series(bench.h, c, bench.t)
    from sim.core.state_fields import SERIES

    row = dict(zip([f.name for f in SERIES], w.series[bench.t, c].tolist(), strict=True))
    assert row["trust"] == pytest.approx(0.8 / count)
    assert row["will"] == pytest.approx(0.25)
    assert row["aligned"] == pytest.approx((count - 1) / count)
    assert row["open_projects"] == 2.0
    assert row["views"] == pytest.approx(0.3)
    assert w.place["deals_now"][first] == 0
