"""The agents: each is a view of the state; its methods, one a step, call the rules."""

from sim.engine.agents.base import ChineseActor, StateAgent
from sim.engine.agents.chinese_actors import (
    BusinessAssociation,
    Embassy,
    Firm,
    PolicyBank,
    Province,
    QuasiGovernmentalBody,
)
from sim.engine.agents.executive import NationalExecutive
from sim.engine.agents.governor import Governor, LocalHead, Mayor

__all__ = [
    "BusinessAssociation",
    "ChineseActor",
    "Embassy",
    "Firm",
    "Governor",
    "LocalHead",
    "Mayor",
    "NationalExecutive",
    "PolicyBank",
    "Province",
    "QuasiGovernmentalBody",
    "StateAgent",
]
