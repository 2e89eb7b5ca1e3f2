"""The agents: one file a type; each is a view of the state whose methods call the rules."""

from sim.agents.association import BusinessAssociation
from sim.agents.bank import PolicyBank
from sim.agents.base import ChineseActor, StateAgent
from sim.agents.embassy import Embassy
from sim.agents.executive import NationalExecutive
from sim.agents.firm import Firm
from sim.agents.governor import Governor
from sim.agents.province import Province
from sim.agents.quasi_governmental import QuasiGovernmentalBody

__all__ = [
    "BusinessAssociation",
    "ChineseActor",
    "Embassy",
    "Firm",
    "Governor",
    "NationalExecutive",
    "PolicyBank",
    "Province",
    "QuasiGovernmentalBody",
    "StateAgent",
]
