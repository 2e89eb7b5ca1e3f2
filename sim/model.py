"""The Mesa driver: agents, the country grid, the data collector."""

from __future__ import annotations

from typing import Any, Literal

import mesa
import numpy as np
from mesa.agent import AgentSet
from mesa.discrete_space import OrthogonalMooreGrid

from sim import kinds as k
from sim.agents import (
    BusinessAssociation,
    Embassy,
    Firm,
    Governor,
    NationalExecutive,
    PolicyBank,
    Province,
    QuasiGovernmentalBody,
    StateAgent,
)
from sim.calendar import month_name
from sim.calendars import Positions, rows_of
from sim.engine import begin, with_room
from sim.handle import handle
from sim.initial import initial_state
from sim.scenario import Scenario, load
from sim.schedule import span, take_step
from sim.timetable import STEPS, VERBS, Step
from sim.world import World, load_world

_ACTOR_CLASSES: tuple[type[StateAgent], ...] = (
    Province,
    QuasiGovernmentalBody,
    Embassy,
    Firm,
    PolicyBank,
    BusinessAssociation,
)
"""Classes in the order of kinds.ACTOR_TYPES."""

_COUNTED = (
    "visit_to_lac",
    "visit_to_china",
    "twinning",
    "memorandum",
    "deal",
    "cancellation",
    "tie_lost",
)


class ParadiplomacyModel(mesa.Model):  # type: ignore[misc]
    """Run a scenario month by month on Mesa agents.

    Parameters
    ----------
    scenario
        A scenario, or the name or path of one.
    replicate
        Which replicate of the scenario to run.
    world
        Tables of the world; the shipped ones by default.
    order
        ``reverse`` lets agents act in reverse order wherever order must leave no trace; the log is
        the same.

    Attributes
    ----------
    state
        The arrays (:class:`sim.state.State`); agents are views of them.
    month
        Month about to be run, counted from January 2000.
    grid
        One cell a locality; empty cells are sea or land outside the region.
    datacollector
        Monthly counts of events, mean trust, will and views of China.

    Raises
    ------
    InputError
        If the scenario or the world is not valid.
    """

    def __init__(
        self,
        scenario: str | Scenario = "baseline",
        *,
        replicate: int = 0,
        world: World | None = None,
        order: Literal["forward", "reverse"] = "forward",
    ) -> None:
        # Mesa's own randomness is never used for results; the seed only keeps it quiet.
        super().__init__(rng=0)
        self.world = world if world is not None else load_world()
        self.settings = scenario if isinstance(scenario, Scenario) else load(scenario, self.world)
        self.replicate = replicate
        self.order = order
        self.state = begin(initial_state(self.settings, self.world), self.settings.seed, replicate)
        self.handle: Any = handle(self.state)
        self.month = self.settings.start_month
        self.positions = Positions(self.world)
        self.grid = self._grid()
        self.groups = self._groups()
        self._seen = 0
        self._counts = np.zeros(len(k.EVENT_KINDS), dtype=np.int64)
        self.datacollector = mesa.DataCollector(model_reporters=self._reporters())

    def _grid(self) -> OrthogonalMooreGrid:
        table = self.world.grid
        size = (int(table["row"].max()) + 1, int(table["col"].max()) + 1)
        return OrthogonalMooreGrid(size, torus=False, capacity=1, random=self.random)

    def _groups(self) -> dict[str, AgentSet]:
        """Create the agents; return them by the names used in the timetable."""
        at = self.positions
        cells = {r.code: self.grid[(r.row, r.col)] for r in rows_of(self.world.grid)}
        table = self.world.localities
        names = dict(zip(table["code"], table["name"], strict=True))
        governors = [
            Governor(self, i, code, str(names[code]), cells[code])
            for i, code in enumerate(at.locality)
        ]
        executives = [
            NationalExecutive(self, i, country.iso3, country.name)
            for i, country in enumerate(rows_of(self.world.countries))
        ]
        groups: dict[str, list[StateAgent]] = {
            "governor": list(governors),
            "executive": list(executives),
            "centre": list(executives),
        }
        kinds = self.state.actor["kind"]
        for a, code in enumerate(at.actor_codes):
            kind = int(kinds[a])
            agent = _ACTOR_CLASSES[kind](self, a, code, code.rpartition(":")[2])
            groups.setdefault(k.ACTOR_TYPES[kind], []).append(agent)
        return {who: AgentSet(agents, random=self.random) for who, agents in groups.items()}

    def _reporters(self) -> dict[str, Any]:
        def count(kind: str) -> Any:
            number = k.EVENT_KINDS.index(kind)
            return lambda model: int(model.counts[number])

        reporters: dict[str, Any] = {"month": lambda model: month_name(model.month - 1)}
        reporters |= {kind: count(kind) for kind in _COUNTED}
        localities = len(self.positions.locality)
        reporters["trust"] = lambda model: float(model.state.place["trust"][:localities].mean())
        reporters["will"] = lambda model: float(model.state.governor["will"].mean())
        reporters["views"] = lambda model: float(model.state.country["views"].mean())
        return reporters

    @property
    def counts(self) -> np.ndarray[Any, np.dtype[np.int64]]:
        """Return the number of events so far by kind, in the order of kinds.EVENT_KINDS."""
        events = int(self.state.run["events"][0])
        new = self.state.event["kind"][self._seen : events]
        self._counts += np.bincount(new, minlength=len(self._counts))
        self._seen = events
        return self._counts

    def step(self) -> None:
        """Run one month: every step of the timetable in order."""
        grown = with_room(self.state)
        if grown is not self.state:
            self.state, self.handle = grown, handle(grown)
        for number, step in enumerate(STEPS):
            self.state.run["step"] = number
            self._take(step)
        self.month += 1
        self.running = self.month <= self.settings.end_month
        self.datacollector.collect(self)

    def _take(self, step: Step) -> None:
        group = self.groups.get(step.who)
        if group is None:
            # The world, or something without an agent of its own, or an empty group.
            verb = VERBS.index(step.verb)
            take_step(self.handle, verb, *span(self.state, step.who), self.month)
        elif self.order == "reverse" and not step.ordered:
            for agent in reversed(list(group)):
                getattr(agent, step.verb)()
        else:
            group.do(step.verb)

    def run_to_end(self) -> None:
        """Run all months of the scenario that are left."""
        while self.month <= self.settings.end_month:
            self.step()
