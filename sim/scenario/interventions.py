"""What may change in the middle of a run: each kind of intervention is one class.

Its fields and their descriptions are the documentation of the kind, and the forms of the page and
the messages about files follow from them. Codes of countries, localities, actors and other rows of
a world are checked against its tables when a scenario is loaded (:mod:`sim.scenario.schema`). One
intervention may name several places and be repeated: :mod:`sim.scenario.expansion` takes it apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, Self

import numpy as np
from pydantic import Field, model_validator

from sim.core import enums as k
from sim.core.parameters import PARAMETERS
from sim.core.state import Array
from sim.scenario.intervention_fields import (
    COUNTRY,
    KINDS,
    Codes,
    Intervention,
    Lasting,
    Line,
    Local,
    New,
    Office,
    Placed,
    Share,
    localities,
    misplaced,
    names_of,
    new_person,
    one_code,
    require_one,
    whole_countries,
)
from sim.world.positions import Positions

__all__ = [
    "KINDS",
    "AnyIntervention",
    "AuthorityChange",
    "EnvelopeChange",
    "ExecutiveChange",
    "GovernorChange",
    "Intervention",
    "ParameterChange",
    "Programme",
    "RecognitionSwitch",
    "Shock",
    "SignalChange",
    "TurnoverChange",
    "Twinning",
    "Visit",
]

PACE = PARAMETERS["turnover.pace"]


class ParameterChange(Lasting):
    """Set a parameter of the model to another value from a month on."""

    label: ClassVar[str] = "Set a parameter from a month on"
    words: ClassVar[str] = "sets a parameter"
    target: ClassVar[tuple[str, ...]] = ("parameter",)
    carried_out: ClassVar[int] = k.SET_PARAMETER

    kind: Literal["parameter"] = Field(description="Set a parameter from a month on.")
    parameter: str = Field(
        description="Name of the parameter.",
        json_schema_extra=names_of("parameters", "the name of a parameter, as in turnover.fade"),
    )
    value: float = Field(description="Its new value, within the parameter's range.")

    def order(self, at: Positions) -> dict[str, float]:
        """Return the parameter and its value."""
        return {"target": list(PARAMETERS).index(self.parameter), "value": self.value}


class AuthorityChange(Lasting, Placed):
    """Set or shift a country's index of local authority from a month on, or shift a locality's."""

    label: ClassVar[str] = "Change how far a country is decentralized"
    words: ClassVar[str] = "changes local authority"
    target: ClassVar[tuple[str, ...]] = ("where",)
    either: ClassVar[tuple[str, str]] = ("country", "locality")

    kind: Literal["authority"] = Field(description="Change how far a country is decentralized.")
    country: Codes | None = Field(None, description="The country.", json_schema_extra=COUNTRY)
    value: Share | None = Field(
        None, description="The authority index from that month on; give this or 'change'."
    )
    change: Annotated[float, Field(ge=-1.0, le=1.0)] | None = Field(
        None,
        description="What is added to the country's own index from that month on; "
        "the sum is kept within 0 and 1.",
    )
    locality: Codes | None = localities(
        "The locality to whose authority 'change' is added, beside its country's; instead of "
        "'country'."
    )

    @property
    def adds_up(self) -> bool:
        """Return whether the index is shifted further each time."""
        return self.change is not None

    @property
    def is_local(self) -> bool:
        """Tell whether it acts on localities."""
        return self.locality is not None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if self.is_local and self.value is not None:
            message = "sets the index of a country, not of a locality"
            raise misplaced(("value",), message, allowed="'change' for a locality")
        require_one(self, ("value", "change"), only=True)
        return self

    def write_in(self, inputs: Mapping[str, Array], at: Positions) -> None:
        """Set or shift the index."""
        place, name, low = at.country, "authority", 0.0
        if self.is_local:
            place, name, low = at.locality, "added_authority", -1.0
        column = inputs[name][self.months, place[one_code(self.where)]]
        column[:] = self.value if self.value is not None else column + (self.change or 0.0)
        np.clip(column, low, 1.0, out=column)


class TurnoverChange(Lasting, Local):
    """Set how fast governors change in a locality or a country, from a month on."""

    label: ClassVar[str] = "Set how fast governors change"
    words: ClassVar[str] = "sets the pace of governors' turnover"
    target: ClassVar[tuple[str, ...]] = ("where",)

    kind: Literal["turnover"] = Field(description="Set how fast governors change.")
    locality: Codes | None = localities()
    pace: Annotated[float, Field(ge=0.0, le=PACE.high)] = Field(
        description="How many times faster than the law's terms governors change there, in the "
        "place of the parameter turnover.pace; 0 as everywhere. It counts for whoever takes office "
        "from then on."
    )
    country: Codes | None = whole_countries()

    def write_in(self, inputs: Mapping[str, Array], at: Positions) -> None:
        """Set the pace."""
        inputs["turnover"][self.months, self.place(at)] = self.pace


class GovernorChange(Office, Local):
    """Put another governor or mayor in office, or change the one who holds it."""

    label: ClassVar[str] = "Change the governor of a locality"
    words: ClassVar[str] = "changes the governor"
    target: ClassVar[tuple[str, ...]] = ("where",)
    traits: ClassVar[tuple[str, ...]] = ("will", "aligned")
    carried_out: ClassVar[int] = k.SET_GOVERNOR

    kind: Literal["governor"] = Field(description="Change the governor of a locality.")
    locality: Codes | None = localities(cities=True)
    name: Line | None = Field(
        None, description="Name of a new governor; left out, the one in office is changed."
    )
    will: Share | None = Field(
        None, description="Political will to work with China, 0 none to 1 full."
    )
    aligned: bool | None = Field(
        None, description="Whether the governor sides with the national executive."
    )
    country: Codes | None = whole_countries()
    new: New = new_person()

    def order(self, at: Positions) -> dict[str, float]:
        """Return the office and what becomes of it."""
        return {"target": self.place(at), **super().order(at)}


class ExecutiveChange(Office):
    """Put another national executive in office, or change the one who holds it."""

    label: ClassVar[str] = "Change the national executive of a country"
    words: ClassVar[str] = "changes the national executive"
    target: ClassVar[tuple[str, ...]] = ("country",)
    traits: ClassVar[tuple[str, ...]] = ("stance", "consolidation")
    carried_out: ClassVar[int] = k.SET_EXECUTIVE

    kind: Literal["executive"] = Field(description="Change the national executive of a country.")
    country: Codes = Field(description="The country.", json_schema_extra=COUNTRY)
    name: Line | None = Field(
        None, description="Name of a new executive; left out, the one in office is changed."
    )
    stance: Annotated[float, Field(ge=-1.0, le=1.0)] | None = Field(
        None, description="Stance on China, -1 hostile to 1 friendly."
    )
    consolidation: Share | None = Field(
        None, description="Consolidation of power in the executive, 0 none to 1 full."
    )
    new: New = new_person()

    def order(self, at: Positions) -> dict[str, float]:
        """Return the country and what becomes of its executive."""
        return {"target": at.country[one_code(self.country)], **super().order(at)}


class RecognitionSwitch(Lasting):
    """Let a country recognise the other government from a month on."""

    label: ClassVar[str] = "Switch diplomatic recognition"
    words: ClassVar[str] = "switches recognition"
    target: ClassVar[tuple[str, ...]] = ("country",)
    carried_out: ClassVar[int] = k.SET_RECOGNITION

    kind: Literal["recognition"] = Field(description="Switch diplomatic recognition.")
    country: Codes = Field(description="The country.", json_schema_extra=COUNTRY)
    recognises: Literal["PRC", "Taiwan"] = Field(description="Whom it recognises from then on.")

    def order(self, at: Positions) -> dict[str, float]:
        """Return the country and whom it recognises: 1 the People's Republic, 0 Taiwan."""
        target = at.country[one_code(self.country)]
        return {"target": target, "value": float(self.recognises == "PRC")}


class EnvelopeChange(Lasting):
    """Scale what the policy banks may lend from a month on."""

    label: ClassVar[str] = "Scale the lending of policy banks"
    words: ClassVar[str] = "scales what banks may lend"
    target: ClassVar[tuple[str, ...]] = ("bank",)

    kind: Literal["envelope"] = Field(description="Scale the yearly lending of policy banks.")
    factor: Annotated[float, Field(ge=0.0, le=100.0)] = Field(
        description="Multiplier of the yearly envelope from then on; several multiply each other."
    )
    bank: str | None = Field(
        None,
        description="The bank; left out, all banks.",
        json_schema_extra=names_of("banks", "the code of a bank of the world"),
    )

    @property
    def adds_up(self) -> bool:
        """Return whether the envelope is scaled further each time."""
        return True

    def write_in(self, inputs: Mapping[str, Array], at: Positions) -> None:
        """Scale what the bank, or all of them, may lend."""
        banks = list(at.bank.values()) if self.bank is None else [at.bank[self.bank]]
        inputs["envelope"][self.months, banks] *= self.factor


class SignalChange(Lasting):
    """Set one of the signals over time to another level."""

    label: ClassVar[str] = "Set the level of a signal"
    words: ClassVar[str] = "sets a signal"
    target: ClassVar[tuple[str, ...]] = ("signal",)

    kind: Literal["signal"] = Field(description="Set the level of a signal.")
    signal: str = Field(
        description="The signal.",
        json_schema_extra=names_of("signals", "the name of a signal of the world"),
    )
    value: Annotated[float, Field(ge=0.0, le=1000.0)] = Field(
        description="Its level while the change holds, in the signal's own unit."
    )

    def write_in(self, inputs: Mapping[str, Array], at: Positions) -> None:
        """Set the level."""
        inputs["signal"][self.months, at.signal[self.signal]] = self.value


class Shock(Lasting):
    """Put fiscal stress or bilateral strain on a country, or on all of them."""

    label: ClassVar[str] = "Put stress on a country or on all"
    words: ClassVar[str] = "puts fiscal stress or strain"
    target: ClassVar[tuple[str, ...]] = ("what", "country")

    kind: Literal["shock"] = Field(description="Put stress on a country or on all of them.")
    what: Literal["fiscal", "strain"] = Field(
        description="Fiscal stress of its governments, or strain in its relations with China."
    )
    country: Codes | None = Field(
        None, description="The country; left out, all countries.", json_schema_extra=COUNTRY
    )
    value: Share = Field(description="Its level while the shock holds, 0 none to 1 full.")

    def write_in(self, inputs: Mapping[str, Array], at: Positions) -> None:
        """Set the level in the country, or in all of them."""
        where = slice(None) if self.country is None else at.country[one_code(self.country)]
        inputs[self.what][self.months, where] = self.value


class Visit(Local):
    """Let a Chinese delegation come to a locality, beside the actor's own trips."""

    label: ClassVar[str] = "Let a delegation come to a locality"
    words: ClassVar[str] = "arranges a visit"
    target: ClassVar[tuple[str, ...]] = ("actor", "where")
    carried_out: ClassVar[int] = k.ARRANGE_VISIT

    kind: Literal["visit"] = Field(description="Let a delegation come to a locality.")
    locality: Codes | None = localities("The locality that receives it.", cities=True)
    actor: str = Field(
        description="Who sends it. The visit does not take place if the actor is not active yet, "
        "or needs recognition that the country does not give that month.",
        json_schema_extra=names_of(
            "travelling actors",
            "the code of a province, or 'organisation:', 'firm:' or 'embassy:' and a code",
        ),
    )
    country: Codes | None = whole_countries()

    def order(self, at: Positions) -> dict[str, float]:
        """Return who comes."""
        return {"target": self.place(at), "actor": at.actor[self.actor]}


class Twinning(Local):
    """Let a Chinese province and a locality sign a twinning, if they are not twinned yet."""

    label: ClassVar[str] = "Let a province and a locality twin"
    words: ClassVar[str] = "arranges a twinning"
    target: ClassVar[tuple[str, ...]] = ("province", "where")
    carried_out: ClassVar[int] = k.ARRANGE_TWINNING

    kind: Literal["twinning"] = Field(description="Let a province and a locality twin.")
    locality: Codes | None = localities("The locality that signs.", cities=True)
    province: str = Field(
        description="The Chinese province that signs.",
        json_schema_extra=names_of("provinces", "the code of a province of the world"),
    )
    country: Codes | None = whole_countries()

    def order(self, at: Positions) -> dict[str, float]:
        """Return who signs."""
        return {"target": self.place(at), "actor": at.actor[self.province]}


class Programme(Lasting):
    """Set how strongly a national programme favours a sector."""

    label: ClassVar[str] = "Set a national programme for a sector"
    words: ClassVar[str] = "sets a national programme"
    target: ClassVar[tuple[str, ...]] = ("country", "sector")

    kind: Literal["programme"] = Field(description="Set a national programme for a sector.")
    country: Codes = Field(description="The country.", json_schema_extra=COUNTRY)
    sector: str = Field(
        description="The sector it favours.",
        json_schema_extra=names_of("sectors", "the code of a sector of the world"),
    )
    value: Share = Field(
        description="Its strength while the change holds, 0 none to 1 full; it takes the place "
        "of the world's own programme."
    )

    def write_in(self, inputs: Mapping[str, Array], at: Positions) -> None:
        """Set the strength."""
        c, s = at.country[one_code(self.country)], at.sector[self.sector]
        inputs["programme"][self.months, c, s] = self.value


if TYPE_CHECKING:
    AnyIntervention = Intervention
else:
    AnyIntervention = Annotated[reduce(or_, KINDS.values()), Field(discriminator="kind")]
"""Any intervention, as scenarios are read: ``kind`` says which class judges the fields."""
