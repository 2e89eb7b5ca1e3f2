"""Quasi-governmental bodies."""

from __future__ import annotations

from sim.engine.agents.base import ChineseActor
from sim.rules import ties


class QuasiGovernmentalBody(ChineseActor):
    """Work abroad by mission: trade, friendship, party, diaspora, aid or education."""

    roles = ("organisation",)

    def open_institute(self) -> None:
        """Open Confucius Institutes towards the centre's target, if education is its mission."""
        self._act(ties.open_institute)
