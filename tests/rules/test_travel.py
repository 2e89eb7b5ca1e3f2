"""Closed borders, meetings online and help in a pandemic."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from sim.core import enums as k
from sim.rules import learning, travel

if TYPE_CHECKING:
    from tests.rules.conftest import Bench


def plan_trips(bench: Bench, i: int) -> list[int]:
    """Let every province plan a visit to a place, and its governor and centre a journey."""
    w = bench.w
    provinces = bench.actors(k.PROVINCE)
    w.actor["trip_place"][provinces] = i
    w.actor["invited_to"][provinces] = i
    w.governor["trip_actor"][i] = provinces[0]
    w.country["trip_actor"][w.place["country"][i]] = provinces[1]
    return provinces


def left(bench: Bench, provinces: list[int], i: int) -> int:
    """Return how many of the trips planned are still to be made."""
    w = bench.w
    count = int((w.actor["trip_place"][provinces] >= 0).sum())
    count += int(w.governor["trip_actor"][i] >= 0)
    return count + int(w.country["trip_actor"][w.place["country"][i]] >= 0)


@pytest.mark.parametrize(("level", "virtual"), [(1.0, 1.0), (0.0, 0.0), (0.0, 1.0)])
def test_closed_borders_stop_every_trip(bench: Bench, level: float, virtual: float) -> None:
    i = bench.place(bench.country())
    bench.w.signal[bench.t, k.SIGNAL.travel] = level
    bench.par(outreach_virtual=virtual)
    provinces = plan_trips(bench, i)
    travel.close_borders(bench.h, bench.t)
    trips = len(provinces) + 2
    assert left(bench, provinces, i) == (trips if level else 0)
    assert len(bench.events(k.VIRTUAL_MEETING)) == (1.0 - level) * virtual * trips
    if not level:
        assert (bench.w.actor["invited_to"][provinces] == -1).all()


def test_some_trips_are_made_where_borders_are_half_closed(bench: Bench) -> None:
    i = bench.place(bench.country())
    bench.par(outreach_virtual=0.5)
    found = []
    for level in (0.2, 0.8):
        bench.w.signal[bench.t, k.SIGNAL.travel] = level
        provinces = plan_trips(bench, i)
        travel.close_borders(bench.h, bench.t)
        found.append(left(bench, provinces, i))
    assert 0 < found[0] < found[1] < len(provinces) + 2


def test_a_meeting_online_builds_less(bench: Bench) -> None:
    i, a = bench.place(bench.country()), bench.actors(k.PROVINCE)[0]
    bench.par(outreach_virtual=1.0, tie_virtual=0.25, tie_contact=0.4)
    bench.w.signal[bench.t, k.SIGNAL.travel] = 0.0
    assert travel.is_prevented(bench.h, a, i, k.CHINA, bench.t)
    assert bench.trust(a, i) == pytest.approx(0.1)


def test_help_goes_to_places_known(bench: Bench) -> None:
    i, a = bench.place(bench.country()), bench.actors(k.PROVINCE)[0]
    other = bench.place(bench.country(), 1)
    bench.par(donation_rate=1.0, tie_virtual=0.5, tie_contact=0.4, views_donation=0.1)
    bench.w.signal[:, k.SIGNAL.relief] = 1.0
    travel.donate(bench.h, a, bench.t)
    assert not len(bench.events(k.DONATION))  # it knows nobody
    bench.tie(a, other, 0.01)
    bench.tie(a, i, 0.5)
    travel.donate(bench.h, a, bench.t)
    assert bench.events(k.DONATION)["place"].tolist() == [i]
    assert bench.trust(a, i) == pytest.approx(0.6)
    c = int(bench.w.place["country"][i])
    bench.par(views_gain=0.0, views_decay=0.0)
    learning.form_views(bench.h, c, bench.t)
    assert bench.w.country["views"][c] == pytest.approx(0.1)
    bench.w.signal[:, k.SIGNAL.relief] = 0.0
    travel.donate(bench.h, a, bench.t)
    assert len(bench.events(k.DONATION)) == 1


@pytest.mark.slow
def test_the_pandemic_stops_visits_until_travel_resumes() -> None:
    import sim

    with_it, without = (
        sim.run(sim.load(name).with_overrides(end="2023-12", replicates=5)).events
        for name in ("outlook", "no-pandemic")
    )

    def visits(log: object, first: str, last: str) -> int:
        table = log[log["kind"].isin(["visit_to_lac", "visit_to_china"])]  # type: ignore[index]
        return int(table["month"].between(first, last).sum())

    usual = visits(with_it, "2019-04", "2019-12")
    assert usual == visits(without, "2019-04", "2019-12")
    assert visits(with_it, "2020-04", "2020-12") < 0.15 * usual
    assert visits(without, "2020-04", "2020-12") > 0.7 * usual
    assert visits(with_it, "2023-04", "2023-12") > 0.4 * usual
    assert np.isin(["donation", "virtual_meeting"], with_it["kind"].unique()).all()
    assert not np.isin(["donation", "virtual_meeting"], without["kind"].unique()).any()


@pytest.mark.slow
def test_the_outlook_begins_as_the_history() -> None:
    import sim

    history = sim.run(sim.load("baseline").with_overrides(replicates=2)).events
    outlook = sim.run(sim.load("outlook").with_overrides(replicates=2)).events
    begins = outlook[outlook["month"] <= "2020-12"]
    assert outlook["month"].max() == "2035-12"
    assert history["event_id"].tolist() == begins["event_id"].tolist()
