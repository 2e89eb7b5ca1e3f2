"""Where two logs part, told on logs made by hand."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.core import enums as k
from sim.core.state import record_type
from sim.core.state_fields import EVENT
from sim.experiments.comparison.divergence import NOWHERE, Log, Sides, lone_deals

P = 77


def log(*events: dict[str, Any]) -> Log:
    """Return a log of events in the order given; what is not given is none."""
    result = np.zeros(len(events), dtype=record_type(EVENT))
    for name in ("actor", "place", "country", "sector"):
        result[name] = -1
    for row, event in zip(result, events, strict=True):
        for name, value in event.items():
            row[name] = value
    return Log(result)


def event(number: int, month: int, kind: int, **fields: int) -> dict[str, Any]:
    return {"id": number, "month": month, "kind": kind, **fields}


VISIT = event(1, 3, k.VISIT_TO_LAC, actor=5, place=9)
PROPOSAL = event(2, 4, k.PROPOSAL, actor=5, place=9, project=P, cause0=1)
APPROVAL = event(3, 6, k.APPROVAL_LOCAL, actor=5, place=9, project=P, cause0=2)
AWARD = event(4, 7, k.AWARD, actor=5, place=9, project=P, cause0=3)
DEAL = event(5, 8, k.DEAL, actor=5, place=9, project=P, cause0=4)
VETO = event(6, 6, k.VETO, actor=5, place=9, project=P, cause0=2, cause1=9)
EXECUTIVE = event(9, 5, k.EXECUTIVE_CHANGE, country=1)
ORDER = event(8, 2, k.INTERVENTION, country=1)


def test_equal_logs_do_not_part() -> None:
    sides = Sides(log(VISIT, PROPOSAL), log(VISIT, PROPOSAL))
    assert sides.same
    assert sides.parting is None
    assert lone_deals(sides) == []


def test_a_change_in_any_field_is_no_equal_log() -> None:
    sides = Sides(log(VISIT, PROPOSAL), log(VISIT, PROPOSAL | {"value": 3.0}))
    assert not sides.same
    assert sides.parting is None


def test_worlds_part_with_the_first_event_that_one_of_them_lacks() -> None:
    sides = Sides(
        log(VISIT, PROPOSAL, APPROVAL, AWARD, DEAL), log(VISIT, PROPOSAL, EXECUTIVE, VETO)
    )
    assert sides.parting == (1, 2)
    assert Sides(sides.logs[1], sides.logs[0]).parting == (0, 2)
    assert sides.only[0].tolist() == [False, False, True, True, True]


def test_interventions_are_not_what_worlds_part_with() -> None:
    sides = Sides(log(VISIT, PROPOSAL, APPROVAL), log(ORDER, VISIT, PROPOSAL, VETO))
    # In one month the order of the kinds decides.
    assert sides.parting == (0, 2)


def test_the_root_is_the_first_missing_event_of_an_unbroken_chain() -> None:
    with_deal = log(VISIT, PROPOSAL, APPROVAL, AWARD, DEAL)
    sides = Sides(with_deal, log(VISIT, PROPOSAL, EXECUTIVE, VETO))
    assert sides.root(0, 4) == (2, 3)
    # A missing event further back that lies behind one that both hold is no reason.
    sides = Sides(with_deal, log(PROPOSAL, APPROVAL))
    assert sides.root(0, 4) == (3, 2)


def test_a_deal_of_one_world_is_told_with_its_fate_in_the_other() -> None:
    sides = Sides(
        log(VISIT, PROPOSAL, APPROVAL, AWARD, DEAL), log(VISIT, PROPOSAL, EXECUTIVE, VETO)
    )
    (found,) = lone_deals(sides)
    assert (found.side, found.deal, found.root, found.steps) == (0, 4, 2, 3)
    assert found.instead == 3
    assert found.fate == 3
    (turned,) = lone_deals(Sides(sides.logs[1], sides.logs[0]))
    assert (turned.side, turned.deal, turned.fate) == (1, 4, 3)


def test_a_project_never_proposed_has_no_fate() -> None:
    elsewhere = event(11, 3, k.VISIT_TO_LAC, actor=5, place=2)
    (found,) = lone_deals(Sides(log(VISIT, PROPOSAL, APPROVAL, AWARD, DEAL), log(elsewhere)))
    assert (found.root, found.steps, found.fate) == (0, 5, NOWHERE)
    assert found.instead == 0


def test_what_happened_instead_is_of_the_same_month() -> None:
    later = event(11, 4, k.VISIT_TO_LAC, actor=5, place=2)
    sides = Sides(log(VISIT), log(later))
    assert sides.instead(0, 0) == NOWHERE
    another = event(12, 3, k.VISIT_TO_LAC, actor=6, place=9)
    assert Sides(log(VISIT), log(another, later)).instead(0, 0) == 0


def test_a_deal_formed_later_is_a_deal_in_both_worlds() -> None:
    late = event(15, 12, k.DEAL, actor=5, place=9, project=P)
    sides = Sides(log(PROPOSAL, DEAL), log(PROPOSAL, late))
    assert lone_deals(sides) == []
    assert sides.parting == (0, 1)
