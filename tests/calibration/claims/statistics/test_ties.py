from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from sim.core import enums as k

if TYPE_CHECKING:
    from tests.calibration.claims.statistics.conftest import Ledger


def test_trust_is_that_of_the_model(ledger: Ledger) -> None:
    from sim.core.state_pointer import handle
    from sim.rules.basics import trust_between

    province, place = ledger.actors(k.PROVINCE)[0], ledger.place("CL-CO")
    last = int(ledger.w.run["end"][0])
    ledger.tie(province, place, last, personal=0.5, institutional=0.2, visits=4)
    assert ledger.parts("trust_by_contact")[:2] == pytest.approx((0.6, 1.0))
    assert trust_between(handle(ledger.w), province, place) == pytest.approx(0.6)


def test_ties_lost_are_set_against_those_exposed(ledger: Ledger) -> None:
    province, place = ledger.actors(k.PROVINCE)[0], ledger.place("CL-CO")
    ledger.w.place["exposed"][place] = 4
    ledger.w.place["exposed"][ledger.centre("CHL")] = 10
    ledger.event(k.TIE_LOST, 5, place, province)
    ledger.event(k.TIE_LOST, 5, ledger.centre("CHL"), province)
    assert ledger.parts("ties_lost_at_turnover") == (1.0, 4.0)


def test_best_trust_is_a_mean_over_localities(ledger: Ledger) -> None:
    ledger.w.place["trust"] = 0.9
    there = ledger.w.place["country"] == ledger.country("URY")
    ledger.w.place["trust"][there] = 0.0
    ledger.w.place["trust"][ledger.centre("URY")] = 1.0
    ledger.w.place["trust"][ledger.place("UY-SA")] = 0.19
    assert ledger.value("best_trust", countries=["URY"]) == pytest.approx(0.01)


@pytest.mark.parametrize(("single", "idle", "lead"), [(0.2, 0.5, 0.2), (0.6, 0.1, 0.1)])
def test_the_lead_in_trust_is_the_lesser_of_two(
    ledger: Ledger, single: float, idle: float, lead: float
) -> None:
    place, provinces = ledger.place("CL-CO"), ledger.actors(k.PROVINCE)
    ledger.tie(provinces[0], place, 0, latest=120, visits=4, personal=0.7)
    ledger.tie(provinces[1], place, 0, latest=120, visits=1, personal=single)
    ledger.tie(provinces[2], place, 0, latest=71, visits=9, personal=idle)
    ledger.tie(provinces[3], place, 0, latest=72, visits=9, personal=1.0)  # not idle enough
    ledger.tie(provinces[4], place, 0, latest=107, visits=1, personal=0.0)  # not recent enough
    ledger.tie(provinces[5], ledger.centre("CHL"), 0, latest=120, visits=1, personal=1.0)
    assert ledger.value("trust_by_contact") == pytest.approx(lead)


def _forum(ledger: Ledger, month: int, *attending: int) -> None:
    host = ledger.actors(k.PROVINCE)[0]
    ledger.event(k.FORUM, month, ledger.centre("CHL"), host)
    for place in attending:
        ledger.event(k.VISIT_TO_CHINA, month, place, host, initiator=k.CHINA)


def test_ties_after_forums_are_compared_within_the_country_and_over_time(ledger: Ledger) -> None:
    provinces = ledger.actors(k.PROVINCE)
    first = int(ledger.w.country["first"][ledger.country("URY")])
    count = int(ledger.w.country["count"][ledger.country("URY")])
    _forum(ledger, 50, first)
    for actor, month in zip(provinces, (37, 38, 49, 50, 55, 61, 62), strict=False):
        ledger.tie(actor, first, month)
    # Three ties in the twelve months from the forum, two in the twelve before.
    assert ledger.parts("ties_after_forums") == (1.0, 1.0)
    # One new tie at each of the others takes away what attending seemed to bring.
    for place in range(first + 1, first + count):
        ledger.tie(provinces[0], place, 52)
    assert ledger.parts("ties_after_forums") == (0.0, 1.0)
    # Ties of other actors and in other countries do not count.
    ledger.tie(ledger.organisation(k.TRADE), first, 52)
    ledger.tie(provinces[1], ledger.place("CL-CO"), 52)
    assert ledger.parts("ties_after_forums") == (0.0, 1.0)


def test_forums_nobody_attends_bring_nothing(ledger: Ledger) -> None:
    _forum(ledger, 50)
    ledger.tie(ledger.actors(k.PROVINCE)[0], ledger.place("CL-CO"), 52)
    assert ledger.parts("ties_after_forums") == (0.0, 1.0)


def test_forums_near_the_ends_of_the_run_are_left_out(ledger: Ledger) -> None:
    place = ledger.place("CL-CO")
    for month in (11, 12, 120, 121):
        _forum(ledger, month, place)
    gain, forums = ledger.parts("ties_after_forums")
    assert (gain, forums) == (0.0, 2.0)
    assert np.isfinite(gain)
