"""What may change in the middle of a run, as a scenario file states it.

Each kind of intervention is one frozen schema; ``kind`` says which. The descriptions of the
fields are their documentation. Codes of countries, localities, actors and other rows of a world
are checked against its tables when a scenario is loaded (:mod:`sim.scenario.schema`), not here.
One intervention may name several places and be repeated: :mod:`sim.scenario.expansion` takes it
apart.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from sim.scenario.intervention_fields import (
    COUNTRY,
    LOCALITY,
    Change,
    Codes,
    Lasting,
    Line,
    Local,
    New,
    Office,
    Share,
    localities,
    names_of,
    new_person,
    require_one,
    whole_countries,
)


class ParameterChange(Lasting):
    """Set a parameter of the model to another value from a month on."""

    target: ClassVar[tuple[str, ...]] = ("parameter",)

    kind: Literal["parameter"] = Field(description="Set a parameter from a month on.")
    parameter: str = Field(
        description="Name of the parameter.",
        json_schema_extra=names_of("parameters", "the name of a parameter, as in turnover.fade"),
    )
    value: float = Field(description="Its new value, within the parameter's range.")


class AuthorityChange(Lasting):
    """Set or shift a country's index of local authority from a month on."""

    target: ClassVar[tuple[str, ...]] = ("country",)

    kind: Literal["authority"] = Field(description="Change how far a country is decentralized.")
    country: Codes = Field(description="The country.", json_schema_extra=COUNTRY)
    value: Share | None = Field(
        None, description="The authority index from that month on; give this or 'change'."
    )
    change: Annotated[float, Field(ge=-1.0, le=1.0)] | None = Field(
        None,
        description="What is added to the country's own index from that month on; "
        "the sum is kept within 0 and 1.",
    )

    @property
    def adds_up(self) -> bool:
        """Return whether the index is shifted further each time."""
        return self.change is not None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        require_one(self, ("value", "change"), only=True)
        return self


class GovernorChange(Office, Local):
    """Put another governor in office, or change the one who holds it."""

    target: ClassVar[tuple[str, ...]] = ("where",)
    traits: ClassVar[tuple[str, ...]] = ("will", "aligned")

    kind: Literal["governor"] = Field(description="Change the governor of a locality.")
    locality: Codes | None = localities()
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


class ExecutiveChange(Office):
    """Put another national executive in office, or change the one who holds it."""

    target: ClassVar[tuple[str, ...]] = ("country",)
    traits: ClassVar[tuple[str, ...]] = ("stance", "consolidation")

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


class RecognitionSwitch(Lasting):
    """Let a country recognise the other government from a month on."""

    target: ClassVar[tuple[str, ...]] = ("country",)

    kind: Literal["recognition"] = Field(description="Switch diplomatic recognition.")
    country: Codes = Field(description="The country.", json_schema_extra=COUNTRY)
    recognises: Literal["PRC", "Taiwan"] = Field(description="Whom it recognises from then on.")


class EnvelopeChange(Lasting):
    """Scale what the policy banks may lend from a month on."""

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


class SignalChange(Lasting):
    """Set one of the signals over time to another level."""

    target: ClassVar[tuple[str, ...]] = ("signal",)

    kind: Literal["signal"] = Field(description="Set the level of a signal.")
    signal: str = Field(
        description="The signal.",
        json_schema_extra=names_of("signals", "the name of a signal of the world"),
    )
    value: Annotated[float, Field(ge=0.0, le=1000.0)] = Field(
        description="Its level while the change holds, in the signal's own unit."
    )


class Shock(Lasting):
    """Put fiscal stress or bilateral strain on a country, or on all of them."""

    target: ClassVar[tuple[str, ...]] = ("what", "country")

    kind: Literal["shock"] = Field(description="Put stress on a country or on all of them.")
    what: Literal["fiscal", "strain"] = Field(
        description="Fiscal stress of its governments, or strain in its relations with China."
    )
    country: Codes | None = Field(
        None, description="The country; left out, all countries.", json_schema_extra=COUNTRY
    )
    value: Share = Field(description="Its level while the shock holds, 0 none to 1 full.")


class Visit(Local):
    """Let a Chinese delegation come to a locality, beside the actor's own trips."""

    target: ClassVar[tuple[str, ...]] = ("actor", "where")

    kind: Literal["visit"] = Field(description="Let a delegation come to a locality.")
    locality: Codes | None = Field(
        None, description="The locality that receives it.", json_schema_extra=LOCALITY
    )
    actor: str = Field(
        description="Who sends it. The visit does not take place if the actor is not active yet, "
        "or needs recognition that the country does not give that month.",
        json_schema_extra=names_of(
            "travelling actors",
            "the code of a province, or 'organisation:', 'firm:' or 'embassy:' and a code",
        ),
    )
    country: Codes | None = whole_countries()


class Twinning(Local):
    """Let a Chinese province and a locality sign a twinning, if they are not twinned yet."""

    target: ClassVar[tuple[str, ...]] = ("province", "where")

    kind: Literal["twinning"] = Field(description="Let a province and a locality twin.")
    locality: Codes | None = Field(
        None, description="The locality that signs.", json_schema_extra=LOCALITY
    )
    province: str = Field(
        description="The Chinese province that signs.",
        json_schema_extra=names_of("provinces", "the code of a province of the world"),
    )
    country: Codes | None = whole_countries()


class Programme(Lasting):
    """Set how strongly a national programme favours a sector."""

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


Intervention = (
    ParameterChange
    | AuthorityChange
    | GovernorChange
    | ExecutiveChange
    | RecognitionSwitch
    | EnvelopeChange
    | SignalChange
    | Shock
    | Visit
    | Twinning
    | Programme
)
"""Any intervention."""

KINDS: dict[str, type[Change]] = {
    "parameter": ParameterChange,
    "authority": AuthorityChange,
    "governor": GovernorChange,
    "executive": ExecutiveChange,
    "recognition": RecognitionSwitch,
    "envelope": EnvelopeChange,
    "signal": SignalChange,
    "shock": Shock,
    "visit": Visit,
    "twinning": Twinning,
    "programme": Programme,
}
"""The schema of each kind, by the word that names it in a scenario file."""
