"""A small workbench: the state of a month in which nothing has happened yet."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.core import enums as k
from sim.core.state import State
from sim.core.state_pointer import handle
from sim.engine.compiled import ensure_capacity, new_run_state
from sim.engine.dispatch import programme_of_month, take_step
from sim.engine.extensions import with_own_tables
from sim.engine.initial_state import firms_from
from sim.engine.timetable import STEPS, VERBS
from sim.rules import credit, proposals, ties
from sim.rules.basics import trust_between


class Bench:
    """Hold a state whose offices are filled, and shorthands to set up a situation.

    Parameters
    ----------
    template
        The state before the first month.
    """

    def __init__(self, template: State) -> None:
        w = ensure_capacity(new_run_state(template, 1, 0))
        # Situations are set up in calendars and tables too, which runs share.
        self.w = with_own_tables(w)
        self.h = handle(self.w)
        self.t = int(self.w.run["start"][0])
        self.localities = int(self.w.run["localities"][0])
        self._programme = programme_of_month(self.w)
        # Pairs are alike, nothing hangs on memory and every trip planned is made, but where a test
        # says otherwise.
        self.par(pair_spread=0.0, pair_choice=0.0, memory_need=0.0, outreach_powerless=0.0)
        self.take("politics", "signals")
        self.t += 1

    def take(self, *phases: str) -> None:
        """Take all steps of some phases in the month the bench is at."""
        for number, step in enumerate(STEPS):
            if step.phase in phases:
                self.w.run["step"] = number
                verb, first, end = (int(x) for x in self._programme[number])
                take_step(self.h, verb, first, end, self.t)

    def step(self, verb: str) -> None:
        """Take every step of one verb in the month the bench is at."""
        for number, step in enumerate(STEPS):
            if step.verb == verb:
                _, first, end = self._programme[number]
                take_step(self.h, VERBS.index(verb), int(first), int(end), self.t)

    def use(self, **tables: np.ndarray[Any, Any]) -> None:
        """Put other tables in the place of those the state has."""
        self.w = self.w._replace(**{name: table.view(type(getattr(self.w, name)))
                                    for name, table in tables.items()})  # fmt: skip
        self.h = handle(self.w)

    def par(self, **values: float) -> None:
        """Set parameters by the names of their fields, out of their range too."""
        for name, value in values.items():
            assert name in (self.w.par.dtype.names or ())
            self.w.par[name] = value

    def strengthen(self, firms: Any, sectors: Any, value: float) -> None:
        """Set the strength of firms in a sector, or in those of a slice."""
        w = self.w
        w.strength[firms, sectors] = value
        first, end = (int(w.run[name][0]) for name in ("first_firm", "end_firm"))
        w.firm_from[...] = firms_from(w.strength, first, end)

    def actors(self, kind: int) -> list[int]:
        return [int(a) for a in np.flatnonzero(self.w.actor["kind"] == kind)]

    def organisation(self, mission: int) -> int:
        chosen = (self.w.actor["kind"] == k.ORGANISATION) & (self.w.actor["mission"] == mission)
        return int(np.flatnonzero(chosen)[0])

    def country(self, least: int = 3) -> int:
        """Return a recognising country with several localities and nothing special about it."""
        w = self.w
        chosen = (w.country["count"] >= least) & (w.country["recognises"] == 1)
        c = int(np.flatnonzero(chosen)[0])
        for name, value in {
            "consolidation": 0.0, "stance": 0.0, "strain": 0.0, "fiscal": 0.0, "reputation": 1.0,
            "security": 0.0, "local_deals": 0.0, "central_deals": 0.0, "tender": 0.0,
            "restraint": 1.0,
        }.items():  # fmt: skip
            w.country[name][c] = value
        w.programme[:, c] = 0.0
        return c

    def place(self, c: int, which: int = 0) -> int:
        """Return a locality of a country, its governor willing and aligned."""
        i = int(self.w.country["first"][c]) + which
        self.w.governor["will"][i] = 1.0
        self.w.governor["bloc"][i] = self.w.country["bloc"][c]
        return i

    def tie(
        self, actor: int, place: int, personal: float, institutional: float = 0.0, **fields: float
    ) -> int:
        """Open a tie, or take the one there is, and set its trust and other fields."""
        row = int(ties.open_tie(self.h, actor, place, self.t - 1, k.CHINA))
        self.w.tie["personal"][row] = personal
        self.w.tie["institutional"][row] = institutional
        self.w.tie["event"][row] = self.w.tie["first_event"][row] = 77
        for name, value in fields.items():
            self.w.tie[name][row] = value
        return row

    def meet_centre(self, c: int) -> None:
        """Let a country's national government know a province, without any trust."""
        centre = int(self.w.country["centre"][c])
        self.tie(0, centre, 0.0)
        self.w.place["trusted"][centre] = 0

    def trust(self, actor: int, place: int) -> float:
        return float(trust_between(self.h, actor, place))

    def project(self, place: int, stage: int, sector: int = 0, **fields: Any) -> int:
        """Put a project on a place's list that reached a stage in the month before."""
        w = self.w
        origin = 1000 + int(w.run["projects"][0])
        value = float(fields.pop("value", 100.0))
        j = int(proposals.add_project(self.h, self.t - 1, place, sector, origin, value, 0, 0))
        before = self.t - 1
        given = {
            "stage": stage, "level": k.LOCAL, "channel": k.PROVINCE, "initiator": k.LAC,
            "firm": int(w.run["first_firm"][0]), "lapses": 10**6, "work": 10**6,
            "event": 77, "first_event": 77,
        } | fields  # fmt: skip
        for name, first in (("signed", k.SIGNED), ("approved", k.APPROVED),
                            ("awarded", k.AWARDED), ("dealt", k.FINANCED),
                            ("started", k.BUILDING)):  # fmt: skip
            if stage >= first:
                given.setdefault(name, before)
        for name, value_ in given.items():
            w.project[name][j] = value_
        credit.ask_bank(self.h, j, fields.get("bank", -1))
        return j

    def open_projects(self, place: int) -> list[int]:
        """Return the open projects of a place in the order of the list."""
        rows = self.w.project["nth_open"][: int(self.w.run["open_projects"][0])]
        return [int(j) for j in rows if self.w.project["place"][j] == place]

    def forget_projects(self) -> None:
        """Leave no project open."""
        self.w.run["open_projects"] = 0
        self.w.country["open_projects"][:] = 0
        self.w.actor["first_loan"][:] = -1

    def events(self, kind: int) -> np.ndarray[Any, Any]:
        """Return the events of a kind in the month the bench is at."""
        log = self.w.event[: int(self.w.run["events"][0])]
        chosen: np.ndarray[Any, Any] = log[(log["kind"] == kind) & (log["month"] == self.t)]
        return chosen

    def stage(self, j: int) -> int:
        return int(self.w.project["stage"][j])


@pytest.fixture
def bench(template: State) -> Bench:
    return Bench(template)
