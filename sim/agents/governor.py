"""Governors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mesa.discrete_space import Cell, FixedAgent

from sim.agents.base import StateAgent
from sim.rules import (
    acquisitions,
    approvals,
    basics,
    finance,
    journeys,
    learning,
    outreach,
    politics,
    proposals,
    ties,
    works,
)

if TYPE_CHECKING:
    from sim.model import ParadiplomacyModel


class Governor(StateAgent, FixedAgent):  # type: ignore[misc]
    """Hold office in one locality, on one cell of the country grid.

    A new office-holder is a new person in the same office: the agent stays, its ``key`` changes.
    """

    table = "governor"

    def __init__(
        self, model: ParadiplomacyModel, index: int, code: str, name: str, cell: Cell
    ) -> None:
        super().__init__(model, index, code, name)
        self.cell = cell

    @property
    def is_aligned(self) -> bool:
        """Tell whether the governor is of the national executive's bloc."""
        return bool(basics.is_aligned(self.model.handle, self.index))

    @property
    def trust(self) -> float:
        """Return the highest trust in any Chinese actor, 0-1."""
        return float(self.model.state.place["trust"][self.index])

    def hold_governor_office(self) -> None:
        """Change by documented history, then by the country's rule."""
        politics.hold_governor_office(self.model.handle, self.index, self.model.month)

    def plan_journey(self) -> None:
        """Decide whether to go to China, and to whom."""
        journeys.plan_journey(self.model.handle, self.index, self.model.month)

    def make_journey(self) -> None:
        """Carry out the journey."""
        journeys.make_journey(self.model.handle, self.index, self.model.month)

    def receive_delegations(self) -> None:
        """Receive the worthiest delegations there is room and will for."""
        outreach.receive_delegations(self.model.handle, self.index, self.model.month)

    def open_books(self) -> None:
        """Open the books of the month on whom the office trusts."""
        ties.open_books(self.model.handle, self.index, self.model.month)

    def make_wish(self) -> None:
        """Put a project on the wish list."""
        proposals.make_wish(self.model.handle, self.index, self.model.month)

    def register_wish(self) -> None:
        """Put this month's wish among the projects."""
        proposals.register_wish(self.model.handle, self.index, self.model.month)

    def match_firms(self) -> None:
        """Sign memoranda with firms; let talks lapse."""
        proposals.match_firms(self.model.handle, self.index, self.model.month)

    def approve_locally(self) -> None:
        """Decide on what is in local power."""
        approvals.approve_locally(self.model.handle, self.index, self.model.month)

    def award_projects(self) -> None:
        """Award approved projects, by tender or directly."""
        finance.award_projects(self.model.handle, self.index, self.model.month)

    def close_own_finance(self) -> None:
        """Close the finance of projects that need no bank."""
        finance.close_own_finance(self.model.handle, self.index, self.model.month)

    def close_acquisitions(self) -> None:
        """Let acquisitions close; the governor has no say."""
        acquisitions.close_acquisitions(self.model.handle, self.index, self.model.month)

    def carry_out_works(self) -> None:
        """Carry projects through construction."""
        works.carry_out_works(self.model.handle, self.index, self.model.month)

    def heed_neighbours(self) -> None:
        """Be impressed by deals here and nearby."""
        learning.heed_neighbours(self.model.handle, self.index, self.model.month)

    def clear_ended(self) -> None:
        """Take ended projects off the list."""
        learning.clear_ended(self.model.handle, self.index, self.model.month)
