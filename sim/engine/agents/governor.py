"""Governors."""

from __future__ import annotations

from mesa.discrete_space import Cell, FixedAgent

from sim.engine.agents.base import StateAgent, StateModel
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


class Governor(StateAgent, FixedAgent):  # type: ignore[misc]
    """Hold office in one locality, on one cell of the country grid.

    A new office-holder is a new person in the same office: the agent stays, its ``key`` changes.
    """

    table = "governor"
    roles = ("governor",)

    def __init__(self, model: StateModel, index: int, code: str, name: str, cell: Cell) -> None:
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
        self._act(politics.hold_governor_office)

    def plan_journey(self) -> None:
        """Decide whether to go to China, and to whom."""
        self._act(journeys.plan_journey)

    def make_journey(self) -> None:
        """Carry out the journey."""
        self._act(journeys.make_journey)

    def receive_delegations(self) -> None:
        """Receive the worthiest delegations there is room and will for."""
        self._act(outreach.receive_delegations)

    def reset_trust_summary(self) -> None:
        """Open the books of the month on whom the office trusts."""
        self._act(ties.reset_trust_summary)

    def make_wish(self) -> None:
        """Put a project on the wish list."""
        self._act(proposals.make_wish)

    def register_wish(self) -> None:
        """Put this month's wish among the projects."""
        self._act(proposals.register_wish)

    def match_firms(self) -> None:
        """Sign memoranda with firms; let talks lapse."""
        self._act(proposals.match_firms)

    def approve_locally(self) -> None:
        """Decide on what is in local power."""
        self._act(approvals.approve_locally)

    def award_projects(self) -> None:
        """Award approved projects, by tender or directly."""
        self._act(finance.award_projects)

    def close_own_finance(self) -> None:
        """Close the finance of projects that need no bank."""
        self._act(finance.close_own_finance)

    def close_acquisitions(self) -> None:
        """Let acquisitions close; the governor has no say."""
        self._act(acquisitions.close_acquisitions)

    def carry_out_works(self) -> None:
        """Carry projects through construction."""
        self._act(works.carry_out_works)

    def update_neighbour_demonstration(self) -> None:
        """Be impressed by deals here and nearby."""
        self._act(learning.update_neighbour_demonstration)

    def clear_ended(self) -> None:
        """Take ended projects off the list."""
        self._act(learning.clear_ended)
