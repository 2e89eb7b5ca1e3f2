"""National executives."""

from __future__ import annotations

from sim.engine.agents.base import StateAgent


class NationalExecutive(StateAgent):
    """Hold national office: stance on China, recognition, central approval, veto, own projects."""

    table = "country"
    roles = ("executive", "centre")
