"""Codes of a world's tables, and outcomes, as names to be read."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import TYPE_CHECKING

from sim.core.calendar import month_index
from sim.core.enums import FORUM
from sim.experiments.sender_words import sender_words
from sim.report.phrases import capital, catalogue
from sim.world import World

if TYPE_CHECKING:
    import pandas as pd

    from sim.engine.outcomes import Outcome
    from sim.scenario.interventions import Intervention

MINUS = "−"
MONTHS: list[str] = catalogue()["calendar"]["months"]


def plain_word(code: str) -> str:
    """Return a code such as ``lost_in_tender`` as words."""
    return code.replace("_", " ")


@dataclass(frozen=True)
class OutcomeLabel:
    """Say how one outcome for the region is shown: its words, number format, scale and unit."""

    name: str
    words: str
    pattern: str = "{:,.0f}"
    scale: float = 1.0
    unit: str = ""

    @property
    def with_unit(self) -> str:
        """Return the words with the unit."""
        return f"{self.words}, {self.unit}" if self.unit else self.words


CARD_OUTCOMES = tuple(OutcomeLabel(**row) for row in catalogue()["outcomes"])
"""Outcomes on the cards, in order."""
_ON_CARD = {label.name: label for label in CARD_OUTCOMES}
_UNITS = {"count": "", "ratio": "", "share": "%", "0-1": "0 to 1", "-1 to 1": f"{MINUS}1 to 1"}


@cache
def _outcomes() -> dict[str, Outcome]:
    from sim.engine.outcomes import OUTCOMES, REGION

    return {outcome.name: outcome for outcome in (*OUTCOMES, *REGION)}


def outcome_label(name: str, world: World | None = None) -> OutcomeLabel:
    """Return how an outcome is shown where it stands apart; those off the cards by meaning.

    With a world it speaks of its sender.
    """
    spoken, words = sender_words(world), catalogue()["outcome_words"]
    if name in _ON_CARD and name not in words:
        return replace(_ON_CARD[name], words=spoken(_ON_CARD[name].words))
    outcome = _outcomes()[name]
    return OutcomeLabel(
        name,
        spoken(words.get(name, capital(outcome.meaning))),
        scale=100.0 if outcome.unit == "share" else 1.0,
        unit=_UNITS.get(outcome.unit, outcome.unit),
    )


def outcome_meaning(name: str, world: World | None) -> str:
    """Return what an outcome is in a world, with its unit; its name if that is not known."""
    known, spoken = _outcomes().get(name), sender_words(world)
    return name if known is None else f"{spoken(known.meaning)} ({known.unit})"


class Names:
    """Look up the names of a world's places and actors; an unknown code stands for itself.

    ``translate`` puts a text into the reader's language and fills it in; by default into English.
    """

    def __init__(self, world: World, translate: Callable[..., str] | None = None) -> None:
        self.world = world
        self._ = translate or sender_words(world).filled
        self.localities = _pairs(world.localities, "code", "name")
        self.cities = _pairs(world.cities, "code", "name")
        self.countries = _pairs(world.countries, "iso3", "name")
        self.home = _pairs(world.localities, "code", "iso3")
        units = _pairs(world.cities, "code", "locality")
        self.home |= {code: self.home[unit] for code, unit in units.items()}
        self.sectors = _pairs(world.sectors, "code", "name")

    @cached_property
    def actors(self) -> dict[str, str]:
        """Return the names of Chinese actors by code."""
        names = _pairs(self.world.provinces, "code", "name")
        for kind, article, table in (
            ("organisation", "the ", self.world.organisations),
            ("firm", "", self.world.firms),
            ("bank", "", self.world.banks),
        ):
            pairs = _pairs(table, "code", "name")
            names |= {f"{kind}:{code}": article + name for code, name in pairs.items()}
        return names

    def actor(self, code: str | None) -> str:
        """Return the name of a Chinese actor, to be used inside a sentence."""
        if code is None:
            return self._("a Chinese actor")
        kind, _, home = code.partition(":")
        if kind == "embassy":
            return self._("the Chinese embassy in {country}", country=self.country(home))
        if kind == "association":
            return self._(
                "the Chinese business association in {country}", country=self.country(home)
            )
        return self._(self.actors.get(code, code))

    def country(self, code: str | None) -> str:
        """Return the name of a country."""
        return self._("the region") if code is None else self._(self.countries.get(code, code))

    def place(self, locality: str | None, country: str | None, city: str | None = None) -> str:
        """Return the name of a city or a locality, or the national level where there is none."""
        if city is None and locality in self.cities:
            city = locality
        if city is not None:
            return self._("{name} (city)", name=self.cities.get(city, city))
        if locality is not None:
            return self.localities.get(locality, locality)
        if country is None:
            return self._("the region")
        return self._("the national government of {country}", country=self.country(country))

    def full_place(self, locality: str) -> str:
        """Return the name of a locality with its country."""
        home = self.home.get(locality)
        return f"{self.place(locality, home)}, {self.country(home)}"

    def sector(self, code: str | None) -> str:
        """Return the name of a sector, to be used inside a sentence."""
        if code is None:
            return self._("unnamed")
        name = self.sectors.get(code, plain_word(code))
        return self._(name if name[1:2].isupper() else name[:1].lower() + name[1:])

    def month(self, month: str) -> str:
        """Return a month as ``July 2016``, or a year unchanged."""
        year, sign, number = month.partition("-")
        if not sign:
            return year
        return self._("{month} {year}", month=self._(MONTHS[int(number) - 1]), year=year)

    def money(self, usd_m: float | None) -> str:
        """Return an amount of US$ million as words, to three figures."""
        if usd_m is None or math.isnan(usd_m):
            return self._("an unknown value")
        if usd_m >= 1000:
            return self._("US$ {amount} billion", amount=f"{usd_m / 1000:,.1f}")
        digits = 0 if usd_m >= 10 else 1
        return self._("US$ {amount} million", amount=f"{usd_m:,.{digits}f}")

    def governor(self, locality: str | None, month: str) -> str | None:
        """Return the name of a documented governor who took office in a month."""
        return self._holders["governors"].get((str(locality), month_index(month)))

    def executive(self, country: str | None, month: str) -> str | None:
        """Return the name of a documented national executive who took office in a month."""
        return self._holders["executives"].get((str(country), month_index(month)))

    @cached_property
    def _holders(self) -> dict[str, dict[tuple[str, int], str]]:
        columns = {"governors": "locality", "executives": "iso3"}
        return {table: _holders(self.world.tables[table], name) for table, name in columns.items()}

    @cached_property
    def forums(self) -> dict[str, str]:
        """Return the names of forums by the identity of the event that each leaves."""
        from sim.core.identities import EVENT, text_of
        from sim.core.rng import event_identity, key_of
        from sim.engine.monthly_inputs import forum_calendar
        from sim.scenario.intervention_fields import LAST_MONTH

        table = forum_calendar(self.world, month_index(LAST_MONTH) + 1)
        hosts = set(self.world.provinces["code"])
        found = {}
        for month, name, place in zip(table["month"], table["name"], table["place"], strict=True):
            host = key_of("actor", place) if place in hosts else 0
            key = key_of("forum", month, name)
            number = event_identity(FORUM, int(month), host, 0, key)
            found[text_of(EVENT, int(number))] = str(name)
        return found

    def forum(self, event_id: str) -> str:
        """Return the name of the forum that an event is about."""
        return self._(self.forums.get(event_id, "a forum"))


def _pairs(table: pd.DataFrame, code: str, name: str) -> dict[str, str]:
    return dict(zip(table[code].astype(str), table[name].astype(str), strict=True))


def _holders(table: pd.DataFrame, column: str) -> dict[tuple[str, int], str]:
    """Return the names of office-holders by place and month of taking office."""
    # Of several the first stays.
    rows = table[::-1]
    starts = zip(rows[column].astype(str), rows["start"].tolist(), strict=True)
    return dict(zip(starts, rows["name"].astype(str), strict=True))


def codes_words(value: object) -> str:
    """Return a value of an intervention's field in words, several codes with blanks between."""
    return " ".join(value) if isinstance(value, list | tuple) else str(value)


def intervention_cells(change: Intervention) -> tuple[str, str, str, str]:
    """Return month, kind, what changes and why of an intervention."""
    data = change.model_dump(exclude_none=True, exclude={"month", "kind", "note", "id"})
    words = ", ".join(f"{plain_word(name)}: {codes_words(v)}" for name, v in data.items())
    return change.month, change.kind, words, change.note or ""
