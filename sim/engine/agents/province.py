"""Chinese provinces."""

from __future__ import annotations

from sim.engine.agents.base import ChineseActor
from sim.rules import ties


class Province(ChineseActor):
    """Seek partners abroad, in competition with other provinces; sign twinnings."""

    roles = ("province",)

    def consider_twinning(self) -> None:
        """Sign at most one twinning with a locality it knows."""
        self._act(ties.consider_twinning)

    def link_universities(self) -> None:
        """Let universities of twinned pairs link."""
        self._act(ties.link_universities)
