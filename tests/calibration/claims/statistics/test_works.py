from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from sim.core import enums as k

if TYPE_CHECKING:
    from tests.calibration.claims.statistics.conftest import Ledger


def test_months_lost_are_those_neither_built_nor_waiting_to_begin(ledger: Ledger) -> None:
    place = ledger.place("BR-SP")
    ledger.project(place, k.OPERATING, started=20, ended=44, built=24)
    ledger.project(place, k.CANCELLED, started=20, ended=35, built=5)
    # At work to the end of the run, month 131.
    ledger.project(place, k.STALLED, started=121, built=8)
    ledger.project(place, k.OPERATING, started=20, ended=99, built=1, finance=k.LOCAL_LOAN)
    ledger.project(place, k.FINANCED)
    assert ledger.parts("months_lost_in_construction") == (12.0, 3.0)
    assert ledger.parts("months_lost_in_construction", since="2010-01") == (2.0, 1.0)


def test_months_lost_agree_with_the_log_of_a_run(finished_stalls: tuple[float, float]) -> None:
    from_projects, from_log = finished_stalls
    assert from_log > 0.0
    assert from_projects == pytest.approx(from_log)


@pytest.fixture
def finished_stalls(request: pytest.FixtureRequest) -> tuple[float, float]:
    """Return the months lost in a run as measured, and as the log tells them.

    A work builds in every month after the first but those from a stop to the month in which it
    resumes or ends.
    """
    from calibration.claims.statistics import STATISTICS
    from calibration.run_reading import Reading

    reading = Reading(request.getfixturevalue("finished"))
    lost = STATISTICS["months_lost_in_construction"].measure(reading)[0]
    kept = reading.projects[reading.projects["started"] >= 0]
    kept = kept[(kept["finance"] != k.LOCAL_LOAN) & (kept["channel"] != k.BY_ACQUISITION)]
    told = 0.0
    for project in kept:
        mine = reading.log[reading.log["project"] == project["key"]]
        stops = mine[(mine["kind"] == k.FUNDS_WITHHELD) | (mine["kind"] == k.STALL)]
        ends = mine[(mine["kind"] == k.RESUME) | (mine["month"] == project["ended"])]
        for month in stops["month"]:
            later = ends["month"][ends["month"] > month]
            last = later.min() if len(later) else reading.end
            told += last - month + 1
        resumed = mine["kind"] == k.RESUME
        # The month of a cancellation at work is not built in, nor lost to a stop.
        cancelled = project["stage"] == k.CANCELLED
        stopped = len(stops) > resumed.sum()
        told += float(cancelled and not stopped)
    return lost, told


def test_direct_loans_are_told_from_sovereign_ones(ledger: Ledger) -> None:
    place = ledger.place("BR-SP")
    ledger.project(place, k.AWARDED, needs_loan=1, finance=k.LOCAL_LOAN, awarded=60)
    ledger.project(place, k.FINANCED, needs_loan=1, finance=k.SOVEREIGN, awarded=60)
    ledger.project(place, k.FINANCED, needs_loan=1, finance=k.SOVEREIGN, awarded=60)
    ledger.project(place, k.FINANCED, needs_loan=0, finance=k.OWN, awarded=60)
    ledger.project(place, k.FINANCED, needs_loan=1, finance=k.SOVEREIGN, level=k.CENTRAL)
    ledger.project(place, k.FINANCED, needs_loan=1, finance=k.LOCAL_LOAN, awarded=59)
    assert ledger.parts("direct_share_of_loans") == (2.0, 4.0)
    assert ledger.parts("direct_share_of_loans", since="2005-01") == (1.0, 3.0)
    assert ledger.parts("direct_loans_per_local_deal") == (1.0, 4.0)


def test_cancellations_count_if_the_public_brought_them(ledger: Ledger) -> None:
    place = ledger.place("BR-SP")
    visible = ledger.w.sector["visibility"]
    most, least = int(np.argmax(visible)), int(np.argmin(visible))
    for sector, number in ((most, 4), (least, 2)):
        for _ in range(number):
            ledger.project(place, k.SIGNED, sector=sector)
    for kind, sector in (
        (k.BACKLASH, most), (k.REFERENDUM, most), (k.STALL, most), (k.BACKLASH, least),
    ):  # fmt: skip
        cause = ledger.event(kind, 5, place, sector=sector)
        ledger.event(k.CANCELLATION, 5, place, sector=sector, cause0=cause)
    assert ledger.parts("cancelled_by_visibility") == (2.0, 4.0, 1.0, 2.0)


def test_votes_are_compared_between_halves_of_the_projects(ledger: Ledger) -> None:
    order = np.argsort(ledger.w.place["market"][: ledger.localities])
    small, medium, large = (int(order[i]) for i in (3, 300, -1))
    for place, number in ((small, 2), (medium, 1), (large, 2)):
        for _ in range(number):
            ledger.project(place, k.APPROVED)
    ledger.event(k.REFERENDUM, 9, small)
    ledger.event(k.REFERENDUM, 9, medium)
    # The median project stands in the medium place, which counts as large.
    assert ledger.parts("voted_down_by_size") == (1.0, 2.0, 1.0, 3.0)


def test_backlashes_are_compared_by_size_within_the_sector(ledger: Ledger) -> None:
    place, median = ledger.place("BR-SP"), ledger.w.sector["value"]
    for sector in (0, 3):
        for factor in (0.5, 2.0, 3.0):
            ledger.project(place, k.SIGNED, sector=sector, value=factor * float(median[sector]))
    for sector, factor in ((0, 2.0), (3, 3.0), (3, 0.5)):
        value = factor * float(median[sector])
        ledger.event(k.BACKLASH, 7, place, sector=sector, value=value)
    assert ledger.parts("backlash_by_deal_size") == (2.0, 4.0, 1.0, 2.0)
