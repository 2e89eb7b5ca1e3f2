"""What may change in the middle of a run, as a scenario file states it.

Each kind of intervention is one frozen schema; ``kind`` says which. The descriptions of the
fields are their documentation. Codes of countries, localities, actors and other rows of a world
are checked against its tables when a scenario is loaded (:mod:`sim.scenario.schema`), not here.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)
from pydantic_core import PydanticCustomError

from sim.core.calendar import month_index

FIRST_MONTH = "2000-01"
LAST_MONTH = "2060-12"

STRICT = ConfigDict(
    frozen=True,
    extra="forbid",
    # A switch is not a number and a number in quotes is not one either.
    strict=True,
    allow_inf_nan=False,
    use_attribute_docstrings=False,
)


def _month(text: str) -> str:
    """Return the month unchanged if it exists and lies within the model's calendar."""
    try:
        index = month_index(text)
    except ValueError:
        raise PydanticCustomError("month", "is not a month") from None
    if not month_index(FIRST_MONTH) <= index <= month_index(LAST_MONTH):
        raise PydanticCustomError("month", "is outside the model's calendar")
    return text


def misplaced(path: tuple[str | int, ...], message: str, **hints: Any) -> PydanticCustomError:
    """Return an error about one field, for validators that look at several.

    Parameters
    ----------
    path
        Where the field is, below the model that is validated.
    message
        What is wrong with it, in words.
    hints
        ``allowed`` or ``nearest``, as in :class:`sim.core.errors.InputError`.
    """
    return PydanticCustomError("misplaced", "{what}", {"what": message, "path": path, **hints})


def names_of(table: str, allowed: str) -> dict[str, Any]:
    """Return the mark of a field that holds a name from a table."""
    return {"names": table, "allowed": allowed}


MONTH_WORDS = f'a month in quotes, from "{FIRST_MONTH}" to "{LAST_MONTH}"'
Month = Annotated[str, AfterValidator(_month), Field(json_schema_extra={"allowed": MONTH_WORDS})]
Slug = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z0-9](?:[a-z0-9_-]*[a-z0-9])?$", max_length=64),
    Field(json_schema_extra={"allowed": "small letters, digits and hyphens, as in my-scenario"}),
]
Line = Annotated[
    str,
    StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$"),
    Field(json_schema_extra={"allowed": "one line of text of at most 200 characters"}),
]
Prose = Annotated[
    str,
    StringConstraints(max_length=4000),
    Field(json_schema_extra={"allowed": "text of at most 4000 characters"}),
]
Share = Annotated[float, Field(ge=0.0, le=1.0)]

_COUNTRY = names_of("countries", "an ISO 3166-1 code of three letters from the world's countries")
_LOCALITY = names_of("localities", "an ISO 3166-2 code from the world's localities")


class _Change(BaseModel):
    """Hold what every intervention has."""

    model_config = STRICT

    # The fields that say what is changed: two changes of one thing in one month clash.
    target: ClassVar[tuple[str, ...]] = ()

    month: Month = Field(description="First month in which the change holds.")
    id: Slug | None = Field(None, description="Short name of the intervention, unique.")
    note: Prose | None = Field(None, description="Why the change is made; for readers only.")

    @property
    def month_index(self) -> int:
        """Return the month's number, 0 for January 2000."""
        return month_index(self.month)

    @property
    def key(self) -> tuple[str, ...]:
        """Return what is changed and when, the same for two changes that clash."""
        parts = (getattr(self, name) for name in self.target)
        return (self.month, type(self).__name__, *("" if p is None else str(p) for p in parts))


class _Lasting(_Change):
    """Hold what interventions that end by themselves have."""

    until: Month | None = Field(
        None, description="Last month in which the change holds; left out, it holds to the end."
    )

    @property
    def until_index(self) -> int | None:
        """Return the last month's number, or None if the change holds to the end."""
        return None if self.until is None else month_index(self.until)

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> Self:
        if self.until is not None and self.until < self.month:
            raise misplaced(
                ("until",),
                f'"{self.until}" is before the month "{self.month}" in which the change starts',
                allowed="a month not before the start, or nothing",
            )
        return self


def _require_one(change: _Change, names: tuple[str, ...], *, only: bool) -> None:
    """Check that at least one, or exactly one, of several fields is given."""
    given = [name for name in names if getattr(change, name) is not None]
    if given and not (only and len(given) > 1):
        return
    words = " or ".join(f"'{name}'" for name in names)
    if given:
        raise misplaced((given[-1],), f"give only one of {words}", allowed=f"one of {words}")
    raise misplaced((), f"give {'' if only else 'at least one of '}{words}", allowed=words)


class ParameterChange(_Change):
    """Set a parameter of the model to another value from a month on."""

    target: ClassVar[tuple[str, ...]] = ("parameter",)

    kind: Literal["parameter"] = Field(description="Set a parameter from a month on.")
    parameter: str = Field(
        description="Name of the parameter.",
        json_schema_extra=names_of("parameters", "the name of a parameter, as in turnover.fade"),
    )
    value: float = Field(description="Its new value, within the parameter's range.")


class AuthorityChange(_Change):
    """Set or shift a country's index of local authority from a month on."""

    target: ClassVar[tuple[str, ...]] = ("country",)

    kind: Literal["authority"] = Field(description="Change how far a country is decentralized.")
    country: str = Field(description="The country.", json_schema_extra=_COUNTRY)
    value: Share | None = Field(
        None, description="The authority index from that month on; give this or 'change'."
    )
    change: Annotated[float, Field(ge=-1.0, le=1.0)] | None = Field(
        None,
        description="What is added to the country's own index from that month on; "
        "the sum is kept within 0 and 1.",
    )

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        _require_one(self, ("value", "change"), only=True)
        return self


class GovernorChange(_Change):
    """Put another governor in office, or change the one who holds it."""

    target: ClassVar[tuple[str, ...]] = ("locality",)

    kind: Literal["governor"] = Field(description="Change the governor of a locality.")
    locality: str = Field(description="The locality.", json_schema_extra=_LOCALITY)
    name: Line | None = Field(
        None, description="Name of a new governor; left out, the one in office is changed."
    )
    will: Share | None = Field(
        None, description="Political will to work with China, 0 none to 1 full."
    )
    aligned: bool | None = Field(
        None, description="Whether the governor sides with the national executive."
    )

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        _require_one(self, ("name", "will", "aligned"), only=False)
        return self


class ExecutiveChange(_Change):
    """Put another national executive in office, or change the one who holds it."""

    target: ClassVar[tuple[str, ...]] = ("country",)

    kind: Literal["executive"] = Field(description="Change the national executive of a country.")
    country: str = Field(description="The country.", json_schema_extra=_COUNTRY)
    name: Line | None = Field(
        None, description="Name of a new executive; left out, the one in office is changed."
    )
    stance: Annotated[float, Field(ge=-1.0, le=1.0)] | None = Field(
        None, description="Stance on China, -1 hostile to 1 friendly."
    )
    consolidation: Share | None = Field(
        None, description="Consolidation of power in the executive, 0 none to 1 full."
    )

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        _require_one(self, ("name", "stance", "consolidation"), only=False)
        return self


class RecognitionSwitch(_Change):
    """Let a country recognise the other government from a month on."""

    target: ClassVar[tuple[str, ...]] = ("country",)

    kind: Literal["recognition"] = Field(description="Switch diplomatic recognition.")
    country: str = Field(description="The country.", json_schema_extra=_COUNTRY)
    recognises: Literal["PRC", "Taiwan"] = Field(description="Whom it recognises from then on.")


class EnvelopeChange(_Change):
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


class SignalChange(_Lasting):
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


class Shock(_Lasting):
    """Put fiscal stress or bilateral strain on a country, or on all of them."""

    target: ClassVar[tuple[str, ...]] = ("what", "country")

    kind: Literal["shock"] = Field(description="Put stress on a country or on all of them.")
    what: Literal["fiscal", "strain"] = Field(
        description="Fiscal stress of its governments, or strain in its relations with China."
    )
    country: str | None = Field(
        None, description="The country; left out, all countries.", json_schema_extra=_COUNTRY
    )
    value: Share = Field(description="Its level while the shock holds, 0 none to 1 full.")


class Visit(_Change):
    """Let a Chinese delegation come to a locality, beside the actor's own trips."""

    target: ClassVar[tuple[str, ...]] = ("actor", "locality")

    kind: Literal["visit"] = Field(description="Let a delegation come to a locality.")
    locality: str = Field(description="The locality that receives it.", json_schema_extra=_LOCALITY)
    actor: str = Field(
        description="Who sends it. The visit does not take place if the actor is not active yet, "
        "or needs recognition that the country does not give that month.",
        json_schema_extra=names_of(
            "travelling actors",
            "the code of a province, or 'organisation:', 'firm:' or 'embassy:' and a code",
        ),
    )


class Twinning(_Change):
    """Let a Chinese province and a locality sign a twinning, if they are not twinned yet."""

    target: ClassVar[tuple[str, ...]] = ("province", "locality")

    kind: Literal["twinning"] = Field(description="Let a province and a locality twin.")
    locality: str = Field(description="The locality that signs.", json_schema_extra=_LOCALITY)
    province: str = Field(
        description="The Chinese province that signs.",
        json_schema_extra=names_of("provinces", "the code of a province of the world"),
    )


class Programme(_Lasting):
    """Set how strongly a national programme favours a sector."""

    target: ClassVar[tuple[str, ...]] = ("country", "sector")

    kind: Literal["programme"] = Field(description="Set a national programme for a sector.")
    country: str = Field(description="The country.", json_schema_extra=_COUNTRY)
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

KINDS: dict[str, type[_Change]] = {
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
