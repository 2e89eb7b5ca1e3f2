"""A ledger: the state of a run in which only what a test writes down has happened."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from calibration.claims.statistics import STATISTICS
from calibration.run_reading import Reading
from sim.core import enums as k
from sim.core.state import State
from sim.engine.compiled import new_run_state


class Ledger:
    """Hold a state without history, and shorthands to write one.

    Parameters
    ----------
    template
        The state before the first month.
    """

    def __init__(self, template: State) -> None:
        w = new_run_state(template, 1, 0)
        shared = ("accord", "authority", "added_authority", "sector")
        self.w = w._replace(**{name: getattr(w, name).copy() for name in shared})
        self.localities = int(w.run["localities"][0])

    def country(self, code: str) -> int:
        return int(Reading(self.w).rows_named("country", [code])[0])

    def place(self, code: str) -> int:
        return int(Reading(self.w).rows_named("locality", [code])[0])

    def centre(self, code: str) -> int:
        return int(self.w.country["centre"][self.country(code)])

    def actors(self, kind: int) -> list[int]:
        return [int(a) for a in np.flatnonzero(self.w.actor["kind"] == kind)]

    def organisation(self, mission: int) -> int:
        mine = (self.w.actor["kind"] == k.ORGANISATION) & (self.w.actor["mission"] == mission)
        return int(np.flatnonzero(mine)[0])

    def firm(self, technology: bool) -> int:
        actor = self.w.actor
        mine = (actor["kind"] == k.FIRM) & (actor["technology"] == technology)
        return int(np.flatnonzero(mine & (actor["home"] >= 0))[0])

    def event(self, kind: int, month: int, place: int, actor: int = -1, **fields: Any) -> int:
        """Write down an event and return its identity."""
        n = int(self.w.run["events"][0])
        self.w.run["events"] = n + 1
        given = {"id": 1000 + 7 * n, "kind": kind, "month": month, "place": place, "actor": actor}
        given |= {"country": int(self.w.place["country"][place]), "sector": -1} | fields
        for name, value in given.items():
            self.w.event[name][n] = value
        return int(given["id"])

    def visits(self, number: int, place: int, actor: int, month: int = 0) -> list[int]:
        """Write down a number of visits in months that follow each other."""
        return [self.event(k.VISIT_TO_LAC, month + i, place, actor) for i in range(number)]

    def journeys(self, number: int, place: int, actor: int, month: int = 0) -> None:
        """Write down a number of a governor's own journeys in months that follow each other."""
        for i in range(number):
            self.event(k.VISIT_TO_CHINA, month + i, place, actor, initiator=k.LAC)

    def tie(self, actor: int, place: int, since: int, **fields: Any) -> int:
        """Write down a tie and return its row."""
        row = int(self.w.run["ties"][0])
        self.w.run["ties"] = row + 1
        given = {"actor": actor, "place": place, "since": since, "latest": since, "visits": 1}
        given |= {
            "country": int(self.w.place["country"][place]),
            "twinned": -1,
            "firm_request_of": -1,
        }
        given |= {"kind": int(self.w.actor["kind"][actor]), "initiator": k.CHINA} | fields
        for name, value in given.items():
            self.w.tie[name][row] = value
        self.w.tie_of[actor, place] = row
        return row

    def project(self, place: int, stage: int, **fields: Any) -> int:
        """Write down a project that took a month for each stage up to the one it reached."""
        j = int(self.w.run["projects"][0])
        self.w.run["projects"] = j + 1
        given = {
            "place": place, "country": int(self.w.place["country"][place]), "stage": stage,
            "level": k.LOCAL, "channel": k.PROVINCE, "initiator": k.LAC, "actor": -1, "firm": 0,
            "sector": 0, "value": float(self.w.sector["value"][0]), "proposed": 0, "ended": -1,
        } | fields  # fmt: skip
        passed = {"signed": k.SIGNED, "approved": k.APPROVED, "awarded": k.AWARDED,
                  "dealt": k.FINANCED, "started": k.BUILDING}  # fmt: skip
        for delay, (name, least) in enumerate(passed.items(), start=1):
            reached = least <= stage <= k.OPERATING
            given.setdefault(name, given["proposed"] + delay if reached else -1)
        for name, value in given.items():
            self.w.project[name][j] = value
        return j

    def deals(self, number: int, place: int, **fields: Any) -> None:
        """Write down a number of deals."""
        for _ in range(number):
            self.project(place, k.FINANCED, **fields)

    def parts(self, name: str, **args: Any) -> tuple[float, ...]:
        """Return the parts of a statistic."""
        return STATISTICS[name].parts(Reading(self.w), args)

    def value(self, name: str, **args: Any) -> float:
        """Return the value of a statistic over this run alone."""
        return float(STATISTICS[name].value(np.array(self.parts(name, **args))))


@pytest.fixture
def ledger(template: State) -> Ledger:
    """Return an empty ledger of January 2000 to December 2010."""
    return Ledger(template)
