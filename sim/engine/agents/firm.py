"""Firms."""

from __future__ import annotations

from sim.engine.agents.base import ChineseActor
from sim.rules import acquisitions


class Firm(ChineseActor):
    """Look for business: visit, pitch, bid, build, acquire."""

    roles = ("firm",)

    def seek_acquisition(self) -> None:
        """Decide whether to go after a target."""
        self._act(acquisitions.seek_acquisition)

    def register_acquisition(self) -> None:
        """Put this month's bid among the projects."""
        self._act(acquisitions.register_acquisition)
