"""Embassies."""

from __future__ import annotations

from sim.agents.base import ChineseActor
from sim.rules import diplomacy


class Embassy(ChineseActor):
    """Tour the country of posting, where Beijing is recognised."""

    def rotate_ambassador(self) -> None:
        """Let the ambassador be recalled; personal ties fade."""
        diplomacy.rotate_ambassador(self.model.handle, self.index, self.model.month)
