"""Firms that buy their way in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from sim.core import enums as k
from sim.rules import acquisitions, proposals

if TYPE_CHECKING:
    from tests.rules.conftest import Bench


@pytest.fixture
def firm(bench: Bench) -> int:
    """Return a firm that buys, in sectors that can be bought."""
    a = int(np.flatnonzero(bench.w.actor["acquirer"] > 0.0)[0])
    bench.w.actor["acquirer"][a] = 1.0
    bench.w.actor["active_since"][a] = 0
    bench.w.signal[:, k.SIGNAL.acquisition_wave] = 1.0
    return a


def sought(bench: Bench, firm: int, months: int = 100) -> int:
    count = 0
    for t in range(bench.t, bench.t + months):
        acquisitions.seek_acquisition(bench.h, firm, t)
        count += int(bench.w.actor["target_place"][firm] >= 0)
    return count


def test_acquisitions_come_in_waves_from_those_with_an_appetite(bench: Bench, firm: int) -> None:
    bench.par(acquisition_rate=0.2)
    plain = sought(bench, firm)
    bench.w.signal[:, k.SIGNAL.acquisition_wave] = 3.0
    assert sought(bench, firm) > plain > 0
    bench.w.actor["acquirer"][firm] = 0.0
    assert sought(bench, firm) == 0
    bench.w.actor["acquirer"][firm] = 1.0
    bench.w.actor["active_since"][firm] = 10**6
    assert sought(bench, firm) == 0
    bench.w.actor["active_since"][firm] = 0
    bench.par(acquisition_rate=0.0)
    assert sought(bench, firm) == 0


def test_targets_lie_where_the_sector_is_endowed(bench: Bench, firm: int) -> None:
    w, c = bench.w, bench.country()
    sector = int(acquisitions.target_sector(bench.h, firm, bench.t))
    assert w.strength[firm, sector] * w.sector["acquisition"][sector] > 0.0
    w.country["tender"] = 0.5
    w.endowment[:] = 0.0
    w.endowment[int(w.country["first"][c])] = 1.0
    bench.par(acquisition_rate=1e9)
    for t in range(bench.t, bench.t + 20):
        acquisitions.seek_acquisition(bench.h, firm, t)
        assert w.actor["target_place"][firm] == w.country["first"][c]
    w.sector["acquisition"] = 0.0
    assert acquisitions.target_sector(bench.h, firm, bench.t) == -1
    acquisitions.seek_acquisition(bench.h, firm, bench.t)
    assert w.actor["target_place"][firm] == -1


def test_a_firm_buys_in_all_its_sectors_that_can_be_bought(bench: Bench, firm: int) -> None:
    w = bench.w
    w.strength[firm] = 0.0
    w.strength[firm, [1, 4, 7]] = 1.0
    w.sector["acquisition"] = 0.0
    w.sector["acquisition"][[1, 4]] = 0.2, 0.6
    chosen = [int(acquisitions.target_sector(bench.h, firm, t)) for t in range(400)]
    assert set(chosen) == {1, 4}
    assert chosen.count(4) / 400 == pytest.approx(0.75, abs=0.06)


def test_open_economies_draw_acquisitions(bench: Bench, firm: int) -> None:
    w = bench.w
    w.actor["target_sector"][firm] = 1
    w.endowment[:] = 1.0
    w.place["market"] = w.place["trust"] = 0.0
    w.experience[firm] = 0.0
    w.country["tender"] = 0.2
    w.country["tender"][0] = 0.8
    first, end = int(w.country["first"][0]), int(w.country["first"][0] + w.country["count"][0])

    def share(openness: float) -> float:
        bench.par(acquisition_openness=openness)
        chosen = np.array([acquisitions.target_place(bench.h, firm, t) for t in range(300)])
        return float(((chosen >= first) & (chosen < end)).mean())

    of_all = (end - first) / bench.localities
    assert share(0.0) == pytest.approx(of_all, abs=0.05)
    assert share(2.0) == pytest.approx(16 * of_all / (1 + 15 * of_all), abs=0.09)


def test_an_acquisition_bypasses_the_locality(bench: Bench, firm: int) -> None:
    c = bench.country()
    i = bench.place(c)
    w = bench.w
    w.governor["will"][i] = 0.0
    w.actor["target_place"][firm], w.actor["target_sector"][firm] = i, 1
    acquisitions.register_acquisition(bench.h, firm, bench.t)
    project = w.project[0]
    assert (project["stage"], project["level"]) == (k.ACQUIRING, k.NO_LEVEL)
    bench.par(acquisition_closing=1.0)
    acquisitions.close_acquisitions(bench.h, i, i + 1, bench.t)
    assert bench.stage(0) == k.ACQUIRING
    bench.t += 1
    acquisitions.close_acquisitions(bench.h, i, i + 1, bench.t)
    assert bench.stage(0) == k.FINANCED
    assert bench.events(k.ACQUISITION)["actor"].tolist() == [firm]
    assert len(bench.events(k.DEAL)) == 1
    assert w.project["finance"][0] == k.OWN
    assert w.country["local_deals"][c] == w.country["central_deals"][c] == 0.0


def test_a_pitch_and_a_bid_of_one_firm_in_one_month_are_two_projects(
    bench: Bench, firm: int
) -> None:
    w, i = bench.w, bench.place(bench.country())
    bench.tie(firm, i, 0.5)
    w.actor["target_place"][firm], w.actor["target_sector"][firm] = i, 1
    w.actor["pitch_place"][firm], w.actor["pitch_sector"][firm] = i, 1
    proposals.register_pitch(bench.h, firm, bench.t)
    acquisitions.register_acquisition(bench.h, firm, bench.t)
    assert w.run["projects"][0] == 2
    assert w.project["key"][0] != w.project["key"][1]
    assert len(set(bench.events(k.PROPOSAL)["id"].tolist())) == 2


def test_an_acquisition_waits_until_it_closes(bench: Bench, firm: int) -> None:
    i = bench.place(bench.country())
    bench.w.actor["target_place"][firm], bench.w.actor["target_sector"][firm] = i, 1
    acquisitions.register_acquisition(bench.h, firm, bench.t)
    bench.par(acquisition_closing=0.0)
    for t in range(bench.t + 1, bench.t + 50):
        acquisitions.close_acquisitions(bench.h, i, i + 1, t)
    assert bench.stage(0) == k.ACQUIRING


def test_acquirers_prefer_places_that_have_become_known(bench: Bench, firm: int) -> None:
    w, c = bench.w, bench.country()
    first, count = int(w.country["first"][c]), int(w.country["count"][c])
    places = slice(first, first + count)
    w.actor["target_sector"][firm] = 1
    w.country["tender"] = 0.5
    w.endowment[:] = 0.0
    w.endowment[places, 1] = 0.5
    w.place["market"][places] = w.place["trust"][places] = 0.0
    w.place["trust"][first + 1] = 1.0

    def share(pull: float) -> float:
        bench.par(acquisition_trust=pull)
        chosen = [int(acquisitions.target_place(bench.h, firm, t)) for t in range(600)]
        assert set(chosen) <= set(range(first, first + count))
        return chosen.count(first + 1) / len(chosen)

    assert share(0.0) == pytest.approx(1.0 / count, abs=0.05)
    weight = float(np.exp(3.0))
    assert share(3.0) == pytest.approx(weight / (weight + count - 1), abs=0.06)
