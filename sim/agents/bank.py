"""Policy banks."""

from __future__ import annotations

from sim.agents.base import ChineseActor
from sim.rules import finance, signals


class PolicyBank(ChineseActor):
    """Lend to states, or rarely to localities, within a yearly envelope."""

    def fund_bank(self) -> None:
        """Receive the part of the envelope due this month."""
        signals.fund_bank(self.model.handle, self.index, self.model.month)

    def lend(self) -> None:
        """Lend to the projects preferred until the funds are spent."""
        finance.lend(self.model.handle, self.index, self.model.month)
