"""Business associations of the diaspora."""

from __future__ import annotations

from sim.engine.agents.base import ChineseActor
from sim.rules import journeys


class BusinessAssociation(ChineseActor):
    """Bring provinces and localities together."""

    roles = ("association",)

    def plan_introduction(self) -> None:
        """Decide whom to bring together this month."""
        self._act(journeys.plan_introduction)

    def make_introduction(self) -> None:
        """Bring them together."""
        self._act(journeys.make_introduction)
