"""Policy banks."""

from __future__ import annotations

from sim.engine.agents.base import ChineseActor
from sim.rules import finance, signals


class PolicyBank(ChineseActor):
    """Lend to states, or rarely to localities, within a yearly envelope."""

    roles = ("bank",)

    def fund_bank(self) -> None:
        """Receive the part of the envelope due this month."""
        self._act(signals.fund_bank)

    def lend(self) -> None:
        """Lend to the projects preferred until the funds are spent."""
        self._act(finance.lend)
