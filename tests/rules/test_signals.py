"""Signals of China's centre: emphasis, funds, forums, the country it favours."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from sim.core import enums as k
from sim.rules import credit, signals

if TYPE_CHECKING:
    from tests.rules.conftest import Bench


def test_policy_emphasis_raises_outreach(bench: Bench) -> None:
    bench.par(signals_policy=0.7)
    found = []
    for emphasis in (0.5, 1.0, 2.0):
        bench.w.signal[bench.t, k.SIGNAL.policy_emphasis] = emphasis
        signals.read_policy(bench.h, bench.t)
        found.append(float(bench.w.run["outreach"][0]))
    assert found == pytest.approx([0.5**0.7, 1.0, 2.0**0.7])
    bench.par(signals_policy=0.0)
    signals.read_policy(bench.h, bench.t)
    assert bench.w.run["outreach"][0] == 1.0


def test_the_median_will_is_the_centre_of_the_wills_drawn(bench: Bench) -> None:
    bench.par(office_will_centre=-0.7)
    signals.read_policy(bench.h, bench.t)
    assert bench.w.run["median_will"][0] == pytest.approx(1.0 / (1.0 + np.exp(0.7)))
    bench.par(office_will_centre=0.0)
    signals.read_policy(bench.h, bench.t)
    assert bench.w.run["median_will"][0] == 0.5


def test_a_change_of_emphasis_is_an_event(bench: Bench) -> None:
    bench.w.signal[bench.t - 1, k.SIGNAL.policy_emphasis] = bench.w.signal[
        bench.t, k.SIGNAL.policy_emphasis
    ]
    signals.read_policy(bench.h, bench.t)
    assert not len(bench.events(k.POLICY_SIGNAL))
    bench.w.signal[bench.t, k.SIGNAL.policy_emphasis] += 0.3
    signals.read_policy(bench.h, bench.t)
    events = bench.events(k.POLICY_SIGNAL)
    assert events["id"].tolist() == bench.w.run["signal_event"].tolist()


def test_only_recognising_countries_are_favoured(bench: Bench) -> None:
    w = bench.w
    w.country["recognises"] = 0
    w.country["recognises"][[3, 7]] = 1
    bench.par(signals_coordination=0.1)
    seen = set()
    for t in range(bench.t, bench.t + 40):
        signals.favour_country(bench.h, t)
        seen.add(int(w.run["favoured"][0]))
    assert seen == {3, 7}


def test_without_coordination_no_country_is_favoured(bench: Bench) -> None:
    bench.w.run["favoured"] = 3
    bench.par(signals_coordination=0.0)
    signals.favour_country(bench.h, bench.t)
    assert bench.w.run["favoured"][0] == -1


def test_a_forum_is_held_in_its_month(bench: Bench) -> None:
    w = bench.w
    w.forum["month"] = bench.t + 100
    signals.call_forum(bench.h, bench.t)
    assert w.run["forum"][0] == -1
    w.forum["month"][2] = bench.t
    signals.call_forum(bench.h, bench.t)
    assert w.run["forum"][0] == 2
    event = bench.events(k.FORUM)
    assert event["actor"].tolist() == [w.forum["host"][2]]
    assert event["id"].tolist() == [w.forum["event"][2]]
    assert event["project"].tolist() == [0]


def test_every_forum_of_a_month_is_an_event_of_its_own(bench: Bench) -> None:
    w = bench.w
    w.forum["month"] = bench.t + 100
    w.forum["month"][3:6] = bench.t
    w.forum["host"][3:6] = -1
    signals.call_forum(bench.h, bench.t)
    assert (w.run["forum"][0], w.run["forums"][0]) == (3, 3)
    held = bench.events(k.FORUM)["id"].tolist()
    assert held == w.forum["event"][3:6].tolist()
    assert len(set(held)) == 3
    signals.call_forum(bench.h, bench.t + 1)
    assert (w.run["forum"][0], w.run["forums"][0]) == (-1, 0)


def test_countries_take_in_the_months_signals(bench: Bench) -> None:
    w, c, t = bench.w, 4, bench.t
    w.authority[t, c], w.strain[t, c], w.fiscal[t, c] = 0.61, 0.25, 0.5
    signals.read_country_signals(bench.h, c, t)
    country = w.country[c]
    assert (country["authority"], country["strain"], country["fiscal"]) == (0.61, 0.25, 0.5)


def test_funds_come_monthly_and_lapse_beyond_two_years(bench: Bench) -> None:
    w, bank = bench.w, bench.actors(k.BANK)[0]
    w.envelope[:, bank] = 10.0
    w.actor["budget"][bank] = 0.0
    bench.par(finance_envelope=1.0)
    for months in range(1, 31):
        credit.fund_bank(bench.h, bank, bench.t)
        assert w.actor["budget"][bank] == pytest.approx(min(10.0 * months, 240.0))
    bench.par(finance_envelope=0.5)
    credit.fund_bank(bench.h, bank, bench.t)
    assert w.actor["budget"][bank] == pytest.approx(120.0)
    bench.par(finance_envelope=0.0)
    credit.fund_bank(bench.h, bank, bench.t)
    assert w.actor["budget"][bank] == 0.0
