"""Codes of a world's tables as names to be read."""

from __future__ import annotations

import math
from functools import cached_property
from typing import TYPE_CHECKING

from sim.core.calendar import month_index
from sim.core.enums import FORUM

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from sim.scenario.interventions import Intervention
    from sim.world import World

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def in_english(text: str, /, **fields: object) -> str:
    """Return a text as it is written, filled in."""
    return text.format(**fields) if fields else text


def month_words(month: str, _: Callable[..., str] = in_english) -> str:
    """Return a month as ``July 2016``, or a year unchanged."""
    year, sign, number = month.partition("-")
    return _("{month} {year}", month=_(MONTHS[int(number) - 1]), year=year) if sign else year


def money(usd_m: float | None, _: Callable[..., str] = in_english) -> str:
    """Return an amount in US$ million as words, to three figures."""
    if usd_m is None or math.isnan(usd_m):
        return _("an unknown value")
    if usd_m >= 1000:
        return _("US$ {amount} billion", amount=f"{usd_m / 1000:,.1f}")
    digits = 0 if usd_m >= 10 else 1
    return _("US$ {amount} million", amount=f"{usd_m:,.{digits}f}")


def plain_word(code: str) -> str:
    """Return a code such as ``lost_in_tender`` as words."""
    return code.replace("_", " ")


class Names:
    """Look up the names of a world's places and actors; an unknown code stands for itself.

    Parameters
    ----------
    world
        Tables that names are looked up in.
    translate
        Translates a text into the reader's language and fills it in; by default into English.
    """

    def __init__(self, world: World, translate: Callable[..., str] = in_english) -> None:
        self.world = world
        self._ = translate

    @cached_property
    def localities(self) -> dict[str, str]:
        """Return the names of localities by code."""
        return _pairs(self.world.localities, "code", "name")

    @cached_property
    def countries(self) -> dict[str, str]:
        """Return the names of countries by code."""
        return _pairs(self.world.countries, "iso3", "name")

    @cached_property
    def home(self) -> dict[str, str]:
        """Return the country of each locality."""
        return _pairs(self.world.localities, "code", "iso3")

    @cached_property
    def sectors(self) -> dict[str, str]:
        """Return the names of sectors by code."""
        return _pairs(self.world.sectors, "code", "name")

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
        kind, _, home = (code or "").partition(":")
        if kind == "embassy":
            return self._("the Chinese embassy in {country}", country=self.country(home))
        if kind == "association":
            return self._(
                "the Chinese business association in {country}", country=self.country(home)
            )
        return self._("a Chinese actor") if code is None else self._(self.actors.get(code, code))

    def country(self, code: str | None) -> str:
        """Return the name of a country."""
        return self._("the region") if code is None else self._(self.countries.get(code, code))

    def place(self, locality: str | None, country: str | None) -> str:
        """Return the name of a locality, or its national level where there is none."""
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
        """Return a month as words, such as July 2016."""
        return month_words(month, self._)

    def money(self, usd_m: float | None) -> str:
        """Return an amount of US$ million as words, to three figures."""
        return money(usd_m, self._)

    def governor(self, locality: str | None, month: str) -> str | None:
        """Return the name of a documented governor who took office in a month."""
        return _holder(self.world.governors, "locality", locality, month)

    def executive(self, country: str | None, month: str) -> str | None:
        """Return the name of a documented national executive who took office in a month."""
        return _holder(self.world.executives, "iso3", country, month)

    @cached_property
    def forums(self) -> dict[str, str]:
        """Return the names of forums by the identity of the event that each leaves."""
        from sim.core.calendar import month_index
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
    rows = zip(table[code], table[name], strict=True)
    return {str(key): str(value) for key, value in rows}


def _holder(table: pd.DataFrame, column: str, code: str | None, month: str) -> str | None:
    rows = table[(table[column] == code) & (table["start"] == month_index(month))]
    return None if rows.empty else str(rows["name"].iloc[0])


def listed(value: object) -> str:
    """Return a value of an intervention's field in words, several codes with blanks between."""
    return " ".join(value) if isinstance(value, list | tuple) else str(value)


def intervention_cells(change: Intervention) -> tuple[str, str, str, str]:
    """Return an intervention as the cells of a row."""
    data = change.model_dump(exclude_none=True)
    apart = {"month", "kind", "note", "id"}
    words = ", ".join(f"{plain_word(k)}: {listed(v)}" for k, v in data.items() if k not in apart)
    return change.month, change.kind, words, change.note or ""
