"""What all interventions share: types of fields, when they hold, where they act.

One intervention may name several places and be repeated: :mod:`sim.scenario.expansion` takes it
apart.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Self, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PlainValidator,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import PydanticCustomError

from sim.core.calendar import month_index
from sim.core.enums import ANNOUNCE
from sim.core.state import Array
from sim.world.positions import Positions

FIRST_MONTH = "2000-01"
LAST_MONTH = "2060-12"
LONGEST = 732
"""Months of the model's calendar."""
ALL = "all"
"""Stands for every country or locality of a world."""

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

    The path is that below the model that is validated; hints are ``allowed`` or ``nearest``, as in
    :class:`sim.core.errors.InputError`.
    """
    return PydanticCustomError("misplaced", "{what}", {"what": message, "path": path, **hints})


def _codes(given: object) -> str | tuple[str, ...]:
    """Return a code, or several, each given once."""
    if isinstance(given, str):
        return given
    if not isinstance(given, list | tuple) or not all(isinstance(code, str) for code in given):
        raise PydanticCustomError("codes_type", "is not a code or a list of codes")
    if not given or len(set(given)) < len(given):
        raise PydanticCustomError("codes", "is empty or names one twice")
    return tuple(given)


def _unset(value: object) -> bool:
    """Return whether a field is left out, and so out of a dump."""
    return value is None


def names_of(table: str, allowed: str) -> dict[str, Any]:
    """Return the mark of a field that holds a name from a table."""
    return {"names": table, "allowed": allowed}


def places_of(table: str, allowed: str) -> dict[str, Any]:
    """Return the mark of a field that holds one or more names from a table, or all of them."""
    return names_of(table, f'{allowed}, a list of them, or "{ALL}"') | {"several": True}


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
Months = Annotated[int, Field(ge=1, le=LONGEST)]
Codes = Annotated[str | tuple[str, ...], PlainValidator(_codes), WithJsonSchema({"type": "string"})]
"""The code of a place, several of them, or :data:`ALL`."""
New = Annotated[bool | None, AfterValidator(lambda given: given or None)]

COUNTRY = places_of("countries", "an ISO 3166-1 code of three letters from the world's countries")
LOCALITY = places_of("localities", "an ISO 3166-2 code from the world's localities")
LOCALITY_OR_CITY = places_of(
    "localities", "an ISO 3166-2 code from the world's localities, the code of a city"
) | {"cities": True}
"""The mark of a field that may hold cities too, which are meant only where they are named."""


def localities(description: str = "The locality.", *, cities: bool = False) -> Any:
    """Return the field of the localities, or the cities too, that something acts on."""
    marks = LOCALITY_OR_CITY if cities else LOCALITY
    return Field(None, description=description, json_schema_extra=marks, exclude_if=_unset)


def whole_countries() -> Any:
    """Return the field of the countries all of whose localities are meant."""
    return Field(
        None,
        description="The country whose localities are all meant; instead of 'locality'.",
        json_schema_extra=COUNTRY,
        exclude_if=_unset,
    )


def new_person() -> Any:
    """Return the field that puts a new person in office."""
    return Field(
        None,
        description="Whether a new person without a name takes office; what is not given is drawn.",
        exclude_if=_unset,
    )


class Intervention(BaseModel):
    """Hold what every intervention has.

    A kind is a subclass: it says its fields, and in the methods ``write_in`` and ``order`` what it
    does to a run. Its name in a scenario is the word that its field ``kind`` allows.

    Attributes
    ----------
    label
        What it does, in a few words: its name on the page.
    words
        What a scenario does by it, as in "The scenario changes the governor".
    target
        The fields that say what is changed: two changes of one thing in one month clash.
    carried_out
        What the rules carry out, of :data:`sim.core.enums.ORDERS`.
    """

    model_config = STRICT

    if TYPE_CHECKING:
        kind: str

    label: ClassVar[str]
    words: ClassVar[str]
    target: ClassVar[tuple[str, ...]] = ()
    carried_out: ClassVar[int] = ANNOUNCE

    month: Month = Field(description="First month in which the change holds.")
    id: Slug | None = Field(None, description="Short name of the intervention, unique.")
    note: Prose | None = Field(None, description="Why the change is made; for readers only.")
    until: Month | None = Field(
        None,
        description="Last month in which it is repeated; goes with 'every'.",
        exclude_if=_unset,
    )
    every: Months | None = Field(
        None,
        description="Months after which it is repeated, up to 'until' or the end of the run.",
        exclude_if=_unset,
    )

    @classmethod
    def __pydantic_init_subclass__(cls, **options: Any) -> None:
        if (kind := cls.model_fields.get("kind")) is not None:
            KINDS[str(get_args(kind.annotation)[0])] = cls

    @property
    def month_index(self) -> int:
        """Return the month's number, 0 for January 2000."""
        return month_index(self.month)

    @property
    def until_index(self) -> int | None:
        """Return the last month's number, or None if the change goes on to the end."""
        return None if self.until is None else month_index(self.until)

    @property
    def key(self) -> tuple[str, ...]:
        """Return what is changed and when, the same for two changes that clash."""
        parts = (getattr(self, name) for name in self.target)
        return (self.month, type(self).__name__, *("" if p is None else str(p) for p in parts))

    @property
    def months(self) -> slice:
        """Return the months in which a plain one holds, as a part of an axis of months."""
        return slice(self.month_index, None if self.until is None else month_index(self.until) + 1)

    @property
    def is_local(self) -> bool:
        """Tell whether it acts on localities, one by one, and not on countries."""
        return False

    def write_in(self, inputs: Mapping[str, Array], at: Positions) -> None:
        """Write a plain one into what is known month by month; many have nothing to write.

        ``inputs`` are matrices by month, named as in :class:`sim.core.state.State`; ``at``
        says where the rows of the world stand in them.
        """

    def order(self, at: Positions) -> dict[str, float]:
        """Return what the rules are told of a plain one beside its kind, month, place and key.

        These are fields of :data:`sim.core.state_fields.INTERVENTION`: ``target``, ``actor``,
        ``replaces``, ``value`` and ``second``.
        """
        return {}

    def place(self, at: Positions) -> int:
        """Return the place that a plain one is about: a locality, city or centre, -1 if none."""
        if (locality := getattr(self, "locality", None)) is not None:
            return at.local_office[one_code(locality)]
        country = getattr(self, "country", None)
        return -1 if country is None else at.centre(at.country[one_code(country)])

    def spans(self, end: int) -> list[tuple[int, int | None]]:
        """Return the first and last month of each time it is made, by number, in a run to ``end``.

        The last month is None where the change holds to the end, or acts once.
        """
        last = end if self.until_index is None else min(end, self.until_index)
        first = self.month_index
        starts = [first] if self.every is None else range(first, last + 1, self.every)
        return [(start, None) for start in starts]

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> Self:
        if self.until is not None and self.until < self.month:
            raise misplaced(
                ("until",),
                f'"{self.until}" is before the month "{self.month}" in which the change starts',
                allowed="a month not before the start, or nothing",
            )
        return self

    @model_validator(mode="after")
    def _is_repeated_with_sense(self) -> Self:
        if self.until is not None and self.every is None:
            raise misplaced(
                ("until",),
                "says how long to repeat what happens at once",
                allowed="'until' together with 'every'",
            )
        return self


KINDS: dict[str, type[Intervention]] = {}
"""The class of each kind, by the word that names it in a scenario file; it enters by itself."""


class Lasting(Intervention):
    """Hold what interventions have that hold for a time."""

    until: Month | None = Field(
        None, description="Last month in which the change holds; left out, it holds to the end."
    )
    lasts: Months | None = Field(
        None,
        description="Months for which the change holds; with 'every', each time.",
        exclude_if=_unset,
    )

    @property
    def adds_up(self) -> bool:
        """Return whether two such changes that hold at once are more than one."""
        return False

    def spans(self, end: int) -> list[tuple[int, int | None]]:
        """Return the first and last month of each time it holds; see :class:`Intervention`."""
        until = self.until_index
        if self.lasts is None:
            return [(start, until) for start, _ in super().spans(end)]
        ends = [(start, start + self.lasts - 1) for start, _ in super().spans(end)]
        return [(start, last if until is None else min(last, until)) for start, last in ends]

    @model_validator(mode="after")
    def _is_repeated_with_sense(self) -> Self:
        if self.every is not None and self.lasts is None and not self.adds_up:
            raise misplaced(
                ("every",),
                "repeats what holds all the time",
                allowed="'every' together with 'lasts', the months for which it holds each time",
            )
        if self.every is not None and self.lasts is not None and self.lasts > self.every:
            raise misplaced(
                ("lasts",),
                f"{self.lasts} months are longer than the {self.every} after which it is repeated",
                allowed="at most as many months as 'every'",
            )
        return self


class Placed(Intervention):
    """Hold what interventions have that act on localities or on countries, one or the other."""

    if TYPE_CHECKING:
        locality: Codes | None
        country: Codes | None

    either: ClassVar[tuple[str, str]] = ("locality", "country")

    @property
    def where(self) -> str | tuple[str, ...] | None:
        """Return the localities, or the countries."""
        return self.country if self.locality is None else self.locality

    @model_validator(mode="after")
    def _is_somewhere(self) -> Self:
        if self.where is None:
            first, second = self.either
            marks: Any = type(self).model_fields[first].json_schema_extra
            allowed = f"{marks['allowed']}; or '{second}'"
            raise misplaced((first,), "is missing", allowed=allowed)
        require_one(self, self.either, only=True)
        return self


class Local(Placed):
    """Hold what interventions have that act on localities, or on all of a country."""

    @property
    def is_local(self) -> bool:
        """Tell that it acts on localities."""
        return True


class Office(Intervention):
    """Hold what interventions have that may put another person in office."""

    if TYPE_CHECKING:
        name: str | None
        new: bool | None

    traits: ClassVar[tuple[str, ...]] = ()

    @property
    def holders(self) -> str | tuple[str, ...] | None:
        """Return the place whose office it is, or several; None for all offices of a country."""
        is_local = "locality" in type(self).model_fields
        found: str | tuple[str, ...] | None = getattr(self, "locality" if is_local else "country")
        return found

    @property
    def replaces(self) -> bool:
        """Return whether a new person takes office."""
        return self.name is not None or self.new is True

    def order(self, at: Positions) -> dict[str, float]:
        """Return whether a new person takes office, and with which traits; nan if not given."""
        traits = (getattr(self, name) for name in self.traits)
        value, second = (math.nan if trait is None else float(trait) for trait in traits)
        return {"replaces": int(self.replaces), "value": value, "second": second}

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        require_one(self, ("name", "new", *self.traits), only=False)
        many = len(codes_in(self.holders)) != 1 or self.every is not None
        if self.name is not None and many:
            raise misplaced(
                ("name",),
                f"{self.name!r} would take office more than once",
                allowed="'new = true' for several new persons, who have no names",
            )
        return self


def codes_in(codes: str | tuple[str, ...] | None) -> tuple[str, ...]:
    """Return the codes that a field names one by one, none if it stands for all or is left out."""
    if codes is None or codes == ALL:
        return ()
    return (codes,) if isinstance(codes, str) else codes


def one_code(codes: Codes | None) -> str:
    """Return the code of a plain intervention's place; TypeError if it is not plain."""
    if not isinstance(codes, str):
        raise TypeError(f"{codes!r} is not the code of one place")
    return codes


def require_one(change: Intervention, names: tuple[str, ...], *, only: bool) -> None:
    """Check that at least one, or exactly one, of several fields is given."""
    given = [name for name in names if getattr(change, name) is not None]
    if given and not (only and len(given) > 1):
        return
    words = " or ".join(f"'{name}'" for name in names)
    if given:
        raise misplaced((given[-1],), f"give only one of {words}", allowed=f"one of {words}")
    raise misplaced((), f"give {'' if only else 'at least one of '}{words}", allowed=words)
