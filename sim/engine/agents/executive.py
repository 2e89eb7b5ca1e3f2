"""National executives."""

from __future__ import annotations

from sim.engine.agents.base import StateAgent
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
    roles = ("executive", "centre")

    def hold_executive_office(self) -> None:
        """Change by the calendar, then by election."""
        self._act(politics.hold_executive_office)

    def review_recognition(self) -> None:
        """Switch recognition when due."""
        self._act(diplomacy.review_recognition)

    def read_country_signals(self) -> None:
        """Take in authority, strain and fiscal stress of the month."""
        self._act(signals.read_country_signals)

    def assess_country(self) -> None:
        """Settle how the country looks to Chinese actors this month."""
        self._act(outreach.assess_country)

    def plan_state_visit(self) -> None:
        """Decide whether to approach China, and whom."""
        self._act(journeys.plan_state_visit)

    def make_state_visit(self) -> None:
        """Carry out the state visit."""
        self._act(journeys.make_state_visit)

    def receive_delegations(self) -> None:
        """Receive the worthiest delegations there is room for."""
        self._act(outreach.receive_delegations, self.centre)

    def reset_trust_summary(self) -> None:
        """Open the books of the month on whom the office trusts."""
        self._act(ties.reset_trust_summary, self.centre)

    def plan_project(self) -> None:
        """Plan a project of the executive's own."""
        self._act(proposals.plan_project)

    def register_plan(self) -> None:
        """Put this month's plan among the projects."""
        self._act(proposals.register_plan)

    def approve_centrally(self) -> None:
        """Decide on what is in central power; derail what is disliked."""
        self._act(approvals.approve_centrally)

    def update_country_demonstration(self) -> None:
        """Be impressed by deals anywhere in the country."""
        self._act(learning.update_country_demonstration, self.centre)

    def form_views(self) -> None:
        """Let contacts, completions and failures shape views of China."""
        self._act(learning.form_views)

    def record_series(self) -> None:
        """Write the month's series."""
        self._act(learning.record_series)
