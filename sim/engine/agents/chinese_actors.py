"""The Chinese actors, one class a type."""

from __future__ import annotations

from sim.engine.agents.base import ChineseActor


class Province(ChineseActor):
    """Seek partners abroad, in competition with other provinces."""

    roles = ("province",)


class QuasiGovernmentalBody(ChineseActor):
    """Work abroad by mission: trade, friendship, party, diaspora or education; clear twinnings."""

    roles = ("organisation",)


class Embassy(ChineseActor):
    """Tour the country of posting, where Beijing is recognised."""

    roles = ("embassy",)


class Firm(ChineseActor):
    """Look for business: visit, pitch, bid, build, acquire."""

    roles = ("firm",)


class PolicyBank(ChineseActor):
    """Lend to states, or rarely to localities, within a yearly envelope."""

    roles = ("bank",)


class BusinessAssociation(ChineseActor):
    """Bring provinces and localities together."""

    roles = ("association",)
