"""Local heads: governors and mayors."""

from __future__ import annotations

from typing import ClassVar

from mesa.discrete_space import Cell, FixedAgent

from sim.engine.agents.base import StateAgent, StateModel
from sim.rules import basics


class LocalHead(StateAgent, FixedAgent):  # type: ignore[misc]
    """Hold a local office, on one cell of the country grid.

    A new office-holder is a new person in the same office: the agent stays, its ``key`` changes.
    """

    table = "governor"
    roles: ClassVar[tuple[str, ...]] = ("local_head",)

    def __init__(self, model: StateModel, index: int, code: str, name: str, cell: Cell) -> None:
        super().__init__(model, index, code, name)
        self.cell = cell

    @property
    def is_aligned(self) -> bool:
        """Tell whether the office-holder is of the national executive's bloc."""
        return bool(basics.is_aligned(self.model.handle, self.index))

    @property
    def trust(self) -> float:
        """Return the highest trust in any Chinese actor, 0-1."""
        return float(self.model.state.place["trust"][self.index])


class Governor(LocalHead):
    """Head a first-level unit."""

    roles = ("local_head", "governor")


class Mayor(LocalHead):
    """Head a large city, on the cell of its unit: less authority, in fewer sectors."""

    roles = ("local_head", "mayor")
