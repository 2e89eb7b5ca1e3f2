"""Firms."""

from __future__ import annotations

from sim.agents.base import ChineseActor
from sim.rules import acquisitions


class Firm(ChineseActor):
    """Look for business: visit, pitch, bid, build, acquire."""

    def seek_acquisition(self) -> None:
        """Decide whether to go after a target."""
        acquisitions.seek_acquisition(self.model.handle, self.index, self.model.month)

    def register_acquisition(self) -> None:
        """Put this month's bid among the projects."""
        acquisitions.register_acquisition(self.model.handle, self.index, self.model.month)
