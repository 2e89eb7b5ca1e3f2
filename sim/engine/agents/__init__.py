"""The agents: one file a type; each is a view of the state whose methods call the rules."""

from sim.engine.agents.bank import PolicyBank
from sim.engine.agents.base import ChineseActor, StateAgent
from sim.engine.agents.business_association import BusinessAssociation
from sim.engine.agents.embassy import Embassy
from sim.engine.agents.executive import NationalExecutive
from sim.engine.agents.firm import Firm
from sim.engine.agents.governor import Governor
from sim.engine.agents.province import Province
from sim.engine.agents.quasi_governmental import QuasiGovernmentalBody

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
