from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sim.core import enums as k

if TYPE_CHECKING:
    from tests.calibration.claims.statistics.conftest import Ledger


def test_memoranda_waiting_for_a_decision_do_not_count(ledger: Ledger) -> None:
    place = ledger.place("BR-SP")
    ledger.project(place, k.APPROVED)
    ledger.project(place, k.SIGNED)
    ledger.project(place, k.PROPOSED)
    for stage in (k.REFUSED, k.LAPSED, k.VETOED):
        ledger.project(place, stage, signed=5)
    ledger.project(place, k.LAPSED)  # lapsed before a memorandum
    ledger.project(place, k.LOST, signed=5, approved=9)
    ledger.project(place, k.APPROVED, level=k.CENTRAL)
    assert ledger.parts("approval_of_memoranda") == (2.0, 5.0)
    assert ledger.parts("approval_of_memoranda", local=False) == (3.0, 6.0)


def test_memoranda_are_chosen_by_sector_month_and_country(ledger: Ledger) -> None:
    for code in ("BR-SP", "CL-CO"):
        for sector in (0, 1):
            ledger.project(ledger.place(code), k.APPROVED, sector=sector, signed=60)
    ledger.project(ledger.place("CL-CO"), k.APPROVED, sector=1, signed=59)
    args = {"countries": ["CHL"], "sectors": ["renewables"], "since": "2005-01"}
    assert ledger.parts("approval_of_memoranda", **args) == (1.0, 1.0)


def test_endorsement_counts_from_the_national_approval_on(ledger: Ledger) -> None:
    place, firm = ledger.place("BR-SP"), ledger.firm(False)
    other = ledger.actors(k.FIRM)[-1]
    ledger.project(place, k.APPROVED, level=k.CENTRAL, firm=firm, signed=5, approved=10)
    ledger.project(place, k.APPROVED, firm=firm, signed=11)
    ledger.project(place, k.REFUSED, firm=firm, signed=10)  # not yet endorsed
    ledger.project(place, k.APPROVED, firm=other, signed=12)
    # One of one against one of two, in one country and period.
    assert ledger.value("approval_by_endorsement") == pytest.approx(0.5)
    # Elsewhere the firm has no agreement, and no one to be compared with.
    ledger.project(ledger.place("CL-CO"), k.REFUSED, firm=firm, signed=11)
    assert ledger.value("approval_by_endorsement") == pytest.approx(0.5)


@pytest.mark.parametrize("known", ["firm", "home"])
def test_a_tie_of_the_firm_or_its_province_a_year_old_is_established(
    ledger: Ledger, known: str
) -> None:
    place, firm = ledger.place("BR-SP"), ledger.firm(False)
    actor = firm if known == "firm" else int(ledger.w.actor["home"][firm])
    ledger.tie(actor, place, 10)
    stranger = ledger.firm(technology=True)
    ledger.project(place, k.AWARDED, firm=firm, approved=22)
    ledger.project(place, k.LOST, firm=firm, approved=21)  # the tie is too young
    ledger.project(place, k.LOST, firm=stranger, approved=30)
    ledger.project(place, k.AWARDED, firm=stranger, approved=30)
    ledger.project(place, k.APPROVED, firm=stranger)  # not decided
    # None of one against two of three, weighted 3/4.
    assert ledger.parts("tenders_lost_by_tie") == pytest.approx((-0.5, 0.75))


def test_derailed_are_local_projects_with_a_memorandum(ledger: Ledger) -> None:
    place = ledger.place("BR-SP")
    ledger.project(place, k.VETOED, signed=120)
    ledger.project(place, k.AWARDED, signed=125)
    ledger.project(place, k.VETOED, signed=119)
    ledger.project(place, k.VETOED, signed=-1)
    ledger.project(place, k.AWARDED, signed=125, level=k.CENTRAL)
    ledger.project(ledger.place("CL-CO"), k.VETOED, signed=125)
    args = {"countries": ["BRA"], "since": "2010-01"}
    assert ledger.parts("local_projects_derailed", **args) == (1.0, 2.0)
