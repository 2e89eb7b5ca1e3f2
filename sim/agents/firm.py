"""Firms."""

from __future__ import annotations

from sim.agents.base import ChineseActor
from sim.rules import acquisitions, proposals


class Firm(ChineseActor):
    """Look for business: visit, pitch, bid, build, acquire."""

    def pitch_project(self) -> None:
        """Decide whether to pitch a project on this visit."""
        proposals.pitch_project(self.model.handle, self.index, self.model.month)

    def register_pitch(self) -> None:
        """Put this month's pitch among the projects."""
        proposals.register_pitch(self.model.handle, self.index, self.model.month)

    def seek_acquisition(self) -> None:
        """Decide whether to go after a target."""
        acquisitions.seek_acquisition(self.model.handle, self.index, self.model.month)

    def register_acquisition(self) -> None:
        """Put this month's bid among the projects."""
        acquisitions.register_acquisition(self.model.handle, self.index, self.model.month)
