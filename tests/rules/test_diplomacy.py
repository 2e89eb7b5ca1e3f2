"""Recognition, embassies and ambassadors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from sim.core import enums as k
from sim.core.state_pointer import handle
from sim.rules import diplomacy

if TYPE_CHECKING:
    from tests.rules.conftest import Bench


def test_ambassadors_take_their_ties_with_them(bench: Bench) -> None:
    c = bench.country()
    a = int(bench.w.country["embassy"][c])
    row = bench.tie(a, bench.place(c), 0.8, 0.2)
    bench.par(turnover_ambassador_tenure=1.0, turnover_fade=0.5, turnover_transition=0.0)
    diplomacy.rotate_ambassador(bench.h, a, bench.t)
    assert bench.w.tie["personal"][row] == pytest.approx(0.4)
    assert bench.w.tie["institutional"][row] == 0.2
    assert bench.events(k.AMBASSADOR_ROTATION)["actor"].tolist() == [a]
    bench.w.country["recognises"][c] = 0
    diplomacy.rotate_ambassador(bench.h, a, bench.t)
    assert len(bench.events(k.AMBASSADOR_ROTATION)) == 1


def past_the_calendars(bench: Bench) -> int:
    """Return a country that recognises Taiwan, in a month that no calendar covers."""
    c = bench.country()
    w = bench.w
    w.country["recognition_until"][c] = bench.t - 1
    w.country["recognises"][c] = 0
    w.country["next_recognition"][c] = w.country["last_recognition"][c]
    return c


def test_past_the_calendar_a_country_switches_by_chance(bench: Bench) -> None:
    c = past_the_calendars(bench)
    w = bench.w

    def switches(rate: float) -> int:
        bench.par(recognition_switch_rate=rate)
        count = 0
        for t in range(bench.t, bench.t + 300):
            w.country["recognises"][c] = 0
            diplomacy.review_recognition(bench.h, c, t)
            count += int(w.country["recognises"][c])
        return count

    assert switches(0.0) == 0
    assert 5 < switches(0.05) < 25


def test_recognition_follows_the_calendar_while_it_lasts(bench: Bench) -> None:
    c = past_the_calendars(bench)
    bench.par(recognition_switch_rate=1.0)
    bench.w.country["recognition_until"][c] = bench.t
    diplomacy.review_recognition(bench.h, c, bench.t)
    assert bench.w.country["recognises"][c] == 0
    bench.w.country["recognition_until"][c] = bench.t - 1
    diplomacy.review_recognition(bench.h, c, bench.t)
    assert bench.w.country["recognises"][c] == 1
    assert len(bench.events(k.RECOGNITION_SWITCH)) == 1


def test_a_country_that_turns_to_taiwan_sends_the_embassys_people_home(bench: Bench) -> None:
    w, c = bench.w, bench.country()
    embassy, i = int(w.country["embassy"][c]), bench.place(c)
    rows = [bench.tie(embassy, place, 0.8, 0.3) for place in (i, int(w.country["centre"][c]))]
    others = bench.tie(0, i, 0.8, 0.3)
    diplomacy.switch_recognition(bench.h, c, bench.t, 1, 0)
    assert (w.tie["personal"][rows] == 0.8).all(), "nothing switches"
    diplomacy.switch_recognition(bench.h, c, bench.t, 0, 0)
    assert (w.tie["personal"][rows] == 0.0).all()
    assert (w.tie["institutional"][rows] == 0.3).all()
    assert w.tie["personal"][others] == 0.8
    w.tie["personal"][rows] = 0.6
    diplomacy.switch_recognition(bench.h, c, bench.t, 1, 0)
    assert (w.tie["personal"][rows] == 0.6).all(), "an embassy that opens loses nothing"


def test_an_order_on_recognition_has_the_last_word(bench: Bench) -> None:
    """Neither the calendar nor readiness undoes an order in its own month."""
    c = past_the_calendars(bench)
    w = bench.w._replace(intervention=np.zeros(1, bench.w.intervention.dtype))
    w.intervention["event"] = 88
    w.country["recognises"][c] = 1
    w.country["recognition_order"][c] = 0
    bench.par(recognition_switch_rate=1.0)
    diplomacy.review_recognition(handle(w), c, bench.t)
    assert w.country["recognises"][c] == 0
    assert bench.events(k.RECOGNITION_SWITCH)["cause0"].tolist() == [88]
    diplomacy.review_recognition(handle(w), c, bench.t + 1)
    assert w.country["recognises"][c] == 1
