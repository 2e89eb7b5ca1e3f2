"""The Mesa driver: agents, the country grid, the data collector."""

from __future__ import annotations

import copyreg
from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from typing import Any, Literal, NoReturn

import mesa
import numpy as np
from mesa.agent import AgentSet
from mesa.discrete_space import Cell, OrthogonalMooreGrid

from sim.core import enums as k
from sim.core.calendar import month_name
from sim.core.errors import InputError, nearest_name
from sim.core.jit import CHECKED
from sim.core.notebook import facts_html
from sim.core.state_pointer import handle
from sim.engine import invariants
from sim.engine.agents import (
    BusinessAssociation,
    Embassy,
    Firm,
    Governor,
    Mayor,
    NationalExecutive,
    PolicyBank,
    Province,
    QuasiGovernmentalBody,
    StateAgent,
)
from sim.engine.compiled import ensure_capacity, new_run_state
from sim.engine.dispatch import span, take_step
from sim.engine.extensions import AddedStep, EachMonth, Extensions, call_each_month
from sim.engine.initial_state import initial_state
from sim.engine.mesa_batch import batch_iteration, runner_gives_rng, seed_of
from sim.engine.monthly_inputs import rows_of
from sim.engine.timetable import STEPS, VERBS, Step
from sim.scenario.schema import Scenario, load
from sim.world import World, load_world
from sim.world.positions import Positions

AGENT_CLASSES: dict[str, type[StateAgent]] = {
    "governor": Governor,
    "mayor": Mayor,
    "executive": NationalExecutive,
    "province": Province,
    "organisation": QuasiGovernmentalBody,
    "embassy": Embassy,
    "firm": Firm,
    "bank": PolicyBank,
    "association": BusinessAssociation,
}
"""The shipped class of each type of agent."""


class ParadiplomacyModel(mesa.Model):  # type: ignore[misc]
    """Run a scenario month by month on Mesa agents.

    The model is at the outset of its first month when it is made: offices are filled, and the data
    collector holds a row of it. ``running`` is false once the last month has been run, and a
    further ``step`` changes nothing. The timetable calls whoever is registered with the model, in
    the order of their rows: an agent that is removed takes no step any more, one that is added for
    a row without an agent takes its steps. Agents of other classes take their ``step`` at the end
    of the month.

    Parameters
    ----------
    scenario
        A scenario, or the name or path of one.
    rng
        Seed of the random numbers in place of the scenario's: a whole number, or anything else that
        Mesa takes for ``rng``, from which one is drawn. The older name ``seed`` does as well.
    replicate
        Which replicate of the scenario to run; by default 0, or the number of the iteration in
        Mesa's ``batch_run`` where that gives no ``rng``.
    end, parameters
        Replace what the scenario says: the last month (YYYY-MM), and parameters by name.
    world
        Tables of the world; the shipped ones by default.
    order
        ``reverse`` lets agents act in reverse order wherever order must leave no trace; the log is
        the same.
    agent_reporters, agenttype_reporters
        What the data collector takes from agents each month, as Mesa's ``DataCollector`` has it;
        nothing by default, as it takes longer than the month itself. An attribute that an agent
        lacks counts as None.
    each_month
        Called before each month with the state and the month's number; it may write to the state.
    added_steps
        Steps added to the timetable (:class:`sim.engine.extensions.AddedStep`).
    agents
        Classes by type, such as ``{"governor": MyGovernor}``, in place of the shipped ones; each a
        subclass of the shipped one (:data:`AGENT_CLASSES`), whose methods the timetable calls.

    Attributes
    ----------
    state
        The arrays (:class:`sim.core.state.State`); agents are views of them.
    month
        Month about to be run, counted from January 2000.
    grid
        One cell a locality, with its governor and its mayors; empty cells are sea or land outside
        the region.
    datacollector
        Monthly counts of events, mean trust, will and views of China; the first row is the outset,
        under the month before the first.

    Raises
    ------
    InputError
        If the scenario, the world, the seed or what is added is not valid.
    """

    def __init__(
        self,
        scenario: str | Scenario = "baseline",
        *,
        rng: Any = None,
        replicate: int | None = None,
        end: str | None = None,
        parameters: Mapping[str, float] | None = None,
        world: World | None = None,
        order: Literal["forward", "reverse"] = "forward",
        agent_reporters: Mapping[str, Any] | None = None,
        agenttype_reporters: Mapping[type[mesa.Agent], Mapping[str, Any]] | None = None,
        each_month: EachMonth | None = None,
        added_steps: Sequence[AddedStep] = (),
        agents: Mapping[str, type[StateAgent]] | None = None,
        **older: Any,
    ) -> None:
        world = world if world is not None else load_world()
        chosen = scenario if isinstance(scenario, Scenario) else load(scenario, world)
        settings = chosen.with_overrides(parameters=parameters, seed=seed_of(rng, older), end=end)
        iteration = batch_iteration()
        replicate = _replicate_number(replicate, iteration, rng)
        # Results never use Mesa's own randomness; who does has another stream each replicate.
        super().__init__(rng=[settings.seed, replicate])
        self.extensions = Extensions(each_month, added_steps, agents or {})
        self._classes: dict[str, Any] = AGENT_CLASSES | _checked_classes(self.extensions.agents)
        self.world, self.settings = world, settings
        self.replicate, self.order = replicate, order
        self.state = new_run_state(initial_state(settings, world), settings.seed, replicate)
        self.handle: Any = handle(self.state)
        self.month = settings.start_month
        self.positions = Positions(world)
        self.extensions.check(self.positions.signal)
        self._seen, self._is_stepping = 0, False
        self._identities = count(1)
        self._of_row: dict[tuple[str, int], StateAgent] = {}
        self._acting: dict[str, list[Any]] | None = None
        self.grid = self._grid()
        self._populate()
        self._counts = np.zeros(len(k.EVENT_KINDS), dtype=np.int64)
        self.datacollector = self._collector(agent_reporters or {}, agenttype_reporters or {})
        # A runner that counts steps instead of rows would take the row before the last.
        counts_steps = not hasattr(self.datacollector, "_collection_steps")
        self._stops_late = iteration is not None and counts_steps
        self.datacollector.collect(self)

    def __reduce_ex__(self, protocol: Any) -> NoReturn:
        """Refuse to be copied or pickled.

        Raises
        ------
        TypeError
            Always.
        """
        raise TypeError(
            f"a {type(self).__name__} cannot be copied or pickled; make another with the same "
            "scenario, rng and replicate, and step it as far"
        )

    def _grid(self) -> OrthogonalMooreGrid:
        # Mesa remembers neighbourhoods for ever, and with them the models they belong to.
        for method in ("get_neighborhood", "_neighborhood"):
            getattr(getattr(Cell, method, None), "cache_clear", lambda: None)()
        table = self.world.grid
        size = (int(table["row"].max()) + 1, int(table["col"].max()) + 1)
        grid = OrthogonalMooreGrid(size, torus=False, random=self.random)
        # It also keeps a way to pickle each grid's cells, which this model has no use for.
        copyreg.dispatch_table.pop(grid.cell_klass, None)
        return grid

    def _populate(self) -> None:
        """Create the agents, one a row of the state."""
        at = self.positions
        cells = {r.code: self.grid[(r.row, r.col)] for r in rows_of(self.world.grid)}
        table = self.world.localities
        names = dict(zip(table["code"], table["name"], strict=True))
        for i, code in enumerate(at.locality):
            self._classes["governor"](self, i, code, str(names[code]), cells[code])
        for i, city in enumerate(rows_of(at.cities), len(at.locality)):
            self._classes["mayor"](self, i, city.code, city.name, cells[city.locality])
        for i, country in enumerate(rows_of(self.world.countries)):
            self._classes["executive"](self, i, country.iso3, country.name)
        kinds = self.state.actor["kind"]
        for a, code in enumerate(at.actor_codes):
            cls = self._classes[k.ACTOR_TYPES[int(kinds[a])]]
            cls(self, a, code, code.rpartition(":")[2])

    def register_agent(self, agent: mesa.Agent) -> None:
        """Register an agent; Mesa calls this when one is made.

        Raises
        ------
        InputError
            If the agent is to act for a row that it cannot have.
        """
        # Up to Mesa 3.4 identities are counted in a table that keeps each model for ever.
        getattr(mesa.Agent, "_ids", {}).pop(self, None)
        if isinstance(agent, StateAgent):
            self._check_row(agent)
            self._of_row[agent.table, agent.index] = agent
        super().register_agent(agent)
        agent.unique_id = next(self._identities)
        self._acting = None

    def deregister_agent(self, agent: mesa.Agent) -> None:
        """Let an agent go; Mesa calls this when one is removed."""
        super().deregister_agent(agent)
        if isinstance(agent, StateAgent):
            del self._of_row[agent.table, agent.index]
        self._acting = None

    def _check_row(self, agent: StateAgent) -> None:
        row = f"row {agent.index} of {agent.table}"
        rows = getattr(self.state, agent.table)
        if not 0 <= agent.index < len(rows):
            raise InputError(
                f"an agent views a row of the state, and there is no {row}",
                allowed=f"0 to {len(rows) - 1}",
            )
        role = agent.roles[-1]
        if agent.table == "actor":
            role = k.ACTOR_TYPES[int(rows["kind"][agent.index])]
        elif agent.table == "governor":
            role = "governor" if agent.index < len(self.positions.locality) else "mayor"
        if role not in agent.roles:
            raise InputError(f"{row} is of type {role}, which {type(agent).__name__} is not")
        if (held := self._of_row.get((agent.table, agent.index))) is not None:
            raise InputError(f"{held!r} acts for {row} already; remove that agent first")

    def _members(self) -> dict[str, list[Any]]:
        """Return the registered agents by the names of the timetable, in the order of identity.

        Agents of other classes are under ``other``, in the order in which they were made.
        """
        if self._acting is None:
            acting: dict[str, list[Any]] = {}
            mine = sorted(self._of_row.values(), key=lambda agent: agent.index)
            for agent in mine:
                for who in agent.roles:
                    acting.setdefault(who, []).append(agent)
            acting["other"] = [a for a in self.agents if not isinstance(a, StateAgent)]
            self._acting = acting
        return self._acting

    @property
    def groups(self) -> dict[str, AgentSet]:
        """Return the registered agents by the names of the timetable, in the order of identity."""
        return {
            who: AgentSet(agents, random=self.random)
            for who, agents in self._members().items()
            if agents
        }

    def _repr_html_(self) -> str:
        """Show in a notebook which month is about to be run, and who acts."""
        members = {who: len(agents) for who, agents in self.groups.items()}
        return facts_html(f"{self.settings.title}, {month_name(self.month)}", members)

    def _collector(
        self,
        agent_reporters: Mapping[str, Any],
        agenttype_reporters: Mapping[type[mesa.Agent], Mapping[str, Any]],
    ) -> mesa.DataCollector:
        def asked(reporters: Mapping[str, Any]) -> dict[str, Any]:
            return {name: _reporter(given) for name, given in reporters.items()}

        return mesa.DataCollector(
            model_reporters=self._reporters(),
            agent_reporters=asked(agent_reporters),
            agenttype_reporters={cls: asked(own) for cls, own in agenttype_reporters.items()},
        )

    def _reporters(self) -> dict[str, Any]:
        def number_of(code: int) -> Any:
            return lambda model: int(model.counts[code])

        reporters: dict[str, Any] = {"month": lambda model: month_name(model.month - 1)}
        reporters |= {e.name: number_of(e.code) for e in k.EVENTS.values() if e.monthly}
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

    @property
    def _is_over(self) -> bool:
        return not self.settings.start_month <= self.month <= self.settings.end_month

    def ready(self) -> Any:
        """Return what the rules take for the state, with room for what they may write.

        Raises
        ------
        RuntimeError
            If all months have been run: the state has no later ones.
        """
        if not self._is_stepping:
            if self._is_over:
                raise RuntimeError(
                    f"the run ended with {self.settings.end}; nobody can act after that"
                )
            self._make_room()
        return self.handle

    def _make_room(self) -> None:
        grown = ensure_capacity(self.state)
        if grown is not self.state:
            self.state, self.handle = grown, handle(grown)

    def step(self) -> None:
        """Run one month: every step of the timetable in order; nothing after the last month."""
        if self._is_over:
            self.running = False
            return
        self._make_room()
        if self.extensions.each_month is not None:
            call_each_month(self.extensions.each_month, self.state, self.month)
            self._make_room()
        self._is_stepping = True
        try:
            for number, step in enumerate(STEPS):
                self.state.run["step"] = number
                self._take(step)
                for added in self.extensions.added_steps:
                    if added.number == number:
                        self._take_added(added)
            self._call("other", "step", is_reverse=False)
        finally:
            self._is_stepping = False
        if CHECKED:
            invariants.check(self.state, self.month)
        self.month += 1
        self.running = self._stops_late or not self._is_over
        self.datacollector.collect(self)

    def _take(self, step: Step) -> None:
        if step.who == "world":
            verb = VERBS.index(step.verb)
            take_step(self.handle, verb, *span(self.state, step.who), self.month)
        else:
            self._call(step.who, step.verb, self.order == "reverse" and not step.ordered)

    def _take_added(self, step: AddedStep) -> None:
        """Take a step that a user added, with as much room as a month needs before and after."""
        self._make_room()
        given = step.given(self.state, self.month, self.positions.signal)
        if step.who == "world":
            step.take(self.handle, *span(self.state, step.who), self.month, given)
        else:
            is_reverse = self.order == "reverse" and not step.is_ordered
            for agent in self._acting_now(step.who, is_reverse):
                index = agent.centre if step.who == "centre" else agent.index
                step.rule(self.handle, index, self.month, *given)
        self._make_room()

    def _call(self, who: str, verb: str, is_reverse: bool) -> None:
        """Call a method of every agent of a group."""
        for agent in self._acting_now(who, is_reverse):
            getattr(agent, verb)()

    def _acting_now(self, who: str, is_reverse: bool) -> Iterator[Any]:
        """Yield every agent of a group that is still registered when its turn comes."""
        members = self._members()
        agents = members.get(who, [])
        for agent in reversed(agents) if is_reverse else agents:
            if members is self._acting or agent in self.agents:
                yield agent

    def run_to_end(self) -> None:
        """Run all months of the scenario that are left."""
        while not self._is_over:
            self.step()


def _replicate_number(given: int | None, iteration: int | None, rng: Any) -> int:
    """Return the number of the replicate that is asked for, or that a batch is at.

    Raises
    ------
    InputError
        If it is below zero.
    """
    if given is None:
        given = (iteration or 0) if rng is None or not runner_gives_rng() else 0
    if given < 0:
        raise InputError(f"{given} is below zero", field="replicate", allowed="0 or more")
    return int(given)


def _checked_classes(given: Mapping[str, Any]) -> dict[str, type[StateAgent]]:
    """Return classes of agents by type; refuse those that cannot take the shipped ones' place."""
    for who, cls in given.items():
        if who not in AGENT_CLASSES:
            raise InputError(
                f"there is no type of agent {who!r}",
                argument="agents",
                allowed=", ".join(AGENT_CLASSES),
                nearest=nearest_name(who, AGENT_CLASSES),
            )
        base = AGENT_CLASSES[who]
        if not (isinstance(cls, type) and issubclass(cls, base)):
            raise InputError(
                f"{cls!r} cannot act as {who}",
                argument="agents",
                allowed=f"a subclass of {base.__module__}.{base.__name__}",
            )
        cls.warn_of_slips(base)
    return dict(given)


def _reporter(reporter: Any) -> Any:
    """Return a reporter on agents; an attribute that an agent lacks counts as None."""
    if isinstance(reporter, str):
        return lambda agent: getattr(agent, reporter, None)
    return reporter
