"""Chinese provinces."""

from __future__ import annotations

from sim.agents.base import ChineseActor
from sim.rules import ties


class Province(ChineseActor):
    """Seek partners abroad, in competition with other provinces; sign twinnings."""

    def consider_twinning(self) -> None:
        """Sign at most one twinning with a locality it knows."""
        ties.consider_twinning(self.model.handle, self.index, self.model.month)

    def link_universities(self) -> None:
        """Let universities of twinned pairs link."""
        ties.link_universities(self.model.handle, self.index, self.model.month)
