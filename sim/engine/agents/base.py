"""What all agents share: they are views of the one state."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, Protocol

import mesa

from sim.core import state
from sim.rules import basics, journeys, learning, outreach, proposals, ties


class StateModel(Protocol):
    """Say what agents need of the model: the state, the month, and what the rules take."""

    state: state.State
    handle: Any
    month: int

    def ready(self) -> Any:
        """Return what the rules take for the state, with room for what they may write."""


def _view(table: str, field: state.Field) -> property:
    """Return a property that reads and writes a field of the agent's row in a table."""

    def read(agent: Any) -> int | float:
        value: int | float = getattr(agent.model.state, table)[field.name][agent.index].item()
        return value

    def write(agent: Any, value: float) -> None:
        getattr(agent.model.state, table)[field.name][agent.index] = value

    return property(read, write, doc=f"{field.meaning} ({field.unit})")


class StateAgent(mesa.Agent):  # type: ignore[misc]
    """View one row of the state as a Mesa agent.

    Attributes named like the fields of the row's table (:mod:`sim.core.state`) read and write the
    state itself; nothing is kept twice. Methods named like the steps of
    :data:`sim.engine.timetable.STEPS` call the same compiled rules as the headless driver.

    Parameters
    ----------
    model
        The model.
    index
        Row in the table.
    code
        Code of the country, locality or actor in the world's tables.
    name
        Its name.

    Attributes
    ----------
    table
        The table of the state that holds its row.
    roles
        Names under which the timetable calls it.

    Raises
    ------
    InputError
        If the state has no such row, the row is another type's, or an agent acts for it already.
    """

    table: ClassVar[str]
    roles: ClassVar[tuple[str, ...]] = ()
    model: StateModel

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if "table" in vars(cls):
            for field in state.RECORDS[cls.table]:
                if not hasattr(cls, field.name):
                    setattr(cls, field.name, _view(cls.table, field))

    def __init__(self, model: StateModel, index: int, code: str, name: str) -> None:
        # The model asks for the row when the agent is registered with it.
        self.index = index
        self.code = code
        self.name = name
        super().__init__(model)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.code!r})"

    def _act(self, rule: Callable[[Any, int, int], Any], index: int | None = None) -> None:
        """Carry out a rule in the month the model is at, for the own row or another."""
        handle = self.model.ready()
        rule(handle, self.index if index is None else index, self.model.month)

    def remove(self) -> None:
        """Take the agent out of the model: it takes no step any more, from the next one on.

        Its row stays in the state, and with it what it was and did: ties and projects remain,
        delegations still head for an office without a governor, where nobody receives them.
        """
        super().remove()


class ChineseActor(StateAgent):
    """Share what all Chinese actors do: travel, visit, keep up ties."""

    table = "actor"

    def remove(self) -> None:
        """Take the agent out of the model, and call off the journey it had planned."""
        super().remove()
        self.trip_place = -1

    def seek_partner(self) -> None:
        """Decide whether and where to send a delegation this month."""
        self._act(outreach.seek_partner)

    def make_visit(self) -> None:
        """Carry out this month's visit, or have it declined."""
        self._act(journeys.make_visit)

    def pitch_project(self) -> None:
        """Decide whether to pitch a project on this visit."""
        self._act(proposals.pitch_project)

    def register_pitch(self) -> None:
        """Put this month's pitch among the projects."""
        self._act(proposals.register_pitch)

    def update_ties(self) -> None:
        """Let ties consolidate and decay."""
        self._act(ties.update_ties)

    def gain_foothold(self) -> None:
        """Open offices where experience has grown."""
        self._act(learning.gain_foothold)

    def trust_in(self, place: int) -> float:
        """Return the trust between this actor and a place, 0-1.

        Raises
        ------
        IndexError
            If there is no such place.
        """
        if not 0 <= place < len(self.model.state.place):
            raise IndexError(f"there is no place {place}")
        return float(basics.trust_between(self.model.handle, self.index, place))
