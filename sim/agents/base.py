"""What all agents share: they are views of the one state."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import mesa

from sim import state
from sim.rules import basics, journeys, learning, outreach, proposals, ties

if TYPE_CHECKING:
    from sim.model import ParadiplomacyModel


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

    Attributes named like the fields of the row's table (:mod:`sim.state`) read and write the state
    itself; nothing is kept twice. Methods named like the steps of :data:`sim.timetable.STEPS`
    call the same compiled rules as the headless driver.

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
    """

    table: ClassVar[str]
    model: ParadiplomacyModel

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if "table" in vars(cls):
            for field in state.RECORDS[cls.table]:
                if not hasattr(cls, field.name):
                    setattr(cls, field.name, _view(cls.table, field))

    def __init__(self, model: ParadiplomacyModel, index: int, code: str, name: str) -> None:
        super().__init__(model)
        self.index = index
        self.code = code
        self.name = name

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.code!r})"


class ChineseActor(StateAgent):
    """Share what all Chinese actors do: travel, visit, keep up ties."""

    table = "actor"

    def seek_partner(self) -> None:
        """Decide whether and where to send a delegation this month."""
        outreach.seek_partner(self.model.handle, self.index, self.model.month)

    def make_visit(self) -> None:
        """Carry out this month's visit, or have it declined."""
        journeys.make_visit(self.model.handle, self.index, self.model.month)

    def pitch_project(self) -> None:
        """Decide whether to pitch a project on this visit."""
        proposals.pitch_project(self.model.handle, self.index, self.model.month)

    def register_pitch(self) -> None:
        """Put this month's pitch among the projects."""
        proposals.register_pitch(self.model.handle, self.index, self.model.month)

    def tend_ties(self) -> None:
        """Let ties consolidate and decay."""
        ties.tend_ties(self.model.handle, self.index, self.model.month)

    def gain_foothold(self) -> None:
        """Open offices where experience has grown."""
        learning.gain_foothold(self.model.handle, self.index, self.model.month)

    def trust_in(self, place: int) -> float:
        """Return the trust between this actor and a place, 0-1."""
        return float(basics.trust_between(self.model.handle, self.index, place))
