"""National executives."""

from __future__ import annotations

from sim.agents.base import StateAgent
from sim.rules import (
    approvals,
    diplomacy,
    journeys,
    learning,
    outreach,
    politics,
    proposals,
    signals,
    ties,
)


class NationalExecutive(StateAgent):
    """Hold national office: stance on China, recognition, central approval, veto, own projects."""

    table = "country"

    def hold_executive_office(self) -> None:
        """Change by the calendar, then by election."""
        politics.hold_executive_office(self.model.handle, self.index, self.model.month)

    def review_recognition(self) -> None:
        """Switch recognition when due."""
        diplomacy.review_recognition(self.model.handle, self.index, self.model.month)

    def read_country_signals(self) -> None:
        """Take in authority, strain and fiscal stress of the month."""
        signals.read_country_signals(self.model.handle, self.index, self.model.month)

    def assess_country(self) -> None:
        """Settle how the country looks to Chinese actors this month."""
        outreach.assess_country(self.model.handle, self.index, self.model.month)

    def plan_state_visit(self) -> None:
        """Decide whether to approach China, and whom."""
        journeys.plan_state_visit(self.model.handle, self.index, self.model.month)

    def make_state_visit(self) -> None:
        """Carry out the state visit."""
        journeys.make_state_visit(self.model.handle, self.index, self.model.month)

    def receive_delegations(self) -> None:
        """Receive the worthiest delegations there is room for."""
        outreach.receive_delegations(self.model.handle, self.centre, self.model.month)

    def open_books(self) -> None:
        """Open the books of the month on whom the office trusts."""
        ties.open_books(self.model.handle, self.centre, self.model.month)

    def plan_project(self) -> None:
        """Plan a project of the executive's own."""
        proposals.plan_project(self.model.handle, self.index, self.model.month)

    def register_plan(self) -> None:
        """Put this month's plan among the projects."""
        proposals.register_plan(self.model.handle, self.index, self.model.month)

    def approve_centrally(self) -> None:
        """Decide on what is in central power; derail what is disliked."""
        approvals.approve_centrally(self.model.handle, self.index, self.model.month)

    def heed_country(self) -> None:
        """Be impressed by deals anywhere in the country."""
        learning.heed_country(self.model.handle, self.centre, self.model.month)

    def form_views(self) -> None:
        """Let contacts, completions and failures shape views of China."""
        learning.form_views(self.model.handle, self.index, self.model.month)

    def take_stock(self) -> None:
        """Write the month's series."""
        learning.take_stock(self.model.handle, self.index, self.model.month)
