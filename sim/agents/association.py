"""Business associations of the diaspora."""

from __future__ import annotations

from sim.agents.base import ChineseActor
from sim.rules import journeys


class BusinessAssociation(ChineseActor):
    """Bring provinces and localities together."""

    def plan_introduction(self) -> None:
        """Decide whom to bring together this month."""
        journeys.plan_introduction(self.model.handle, self.index, self.model.month)

    def make_introduction(self) -> None:
        """Bring them together."""
        journeys.make_introduction(self.model.handle, self.index, self.model.month)
