"""Embassies."""

from __future__ import annotations

from sim.engine.agents.base import ChineseActor
from sim.rules import diplomacy


class Embassy(ChineseActor):
    """Tour the country of posting, where Beijing is recognised."""

    roles = ("embassy",)

    def rotate_ambassador(self) -> None:
        """Let the ambassador be recalled; personal ties fade."""
        self._act(diplomacy.rotate_ambassador)
