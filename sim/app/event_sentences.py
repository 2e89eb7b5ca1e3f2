"""Events as sentences in the visitor's language.

The templates are those of :mod:`sim.report.event_phrases`; each is translated before it is filled
in.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sim.core.calendar import month_index
from sim.report.display_names import MONTHS, Names
from sim.report.event_phrases import REASONS, SETTINGS, SETTLED, template

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sim.app.language import Translate
    from sim.report.biography import Life, Line
    from sim.report.event_phrases import Event
    from sim.world import World


class EventDescriber:
    """Tell events in the visitor's language.

    Parameters
    ----------
    world
        Tables that names are looked up in.
    translate
        Translates a template and fills it in.
    """

    def __init__(self, world: World, translate: Translate) -> None:
        self.names = Names(world)
        self._ = translate

    def month(self, month: str) -> str:
        """Return a month as words, such as July 2016."""
        year, _, number = month.partition("-")
        name = self._(MONTHS[int(number) - 1])
        return self._("{month} {year}", month=name, year=year)

    def money(self, usd_m: float | None) -> str:
        """Return an amount of US$ million as words, to three figures."""
        if usd_m is None or math.isnan(usd_m):
            return self._("an unknown value")
        if usd_m >= 1000:
            return self._("US$ {amount} billion", amount=f"{usd_m / 1000:,.1f}")
        digits = 0 if usd_m >= 10 else 1
        return self._("US$ {amount} million", amount=f"{usd_m:,.{digits}f}")

    def country(self, code: str | None) -> str:
        """Return the name of a country."""
        return self._(self.names.country(code))

    def place(self, locality: str | None, country: str | None) -> str:
        """Return the name of a locality, or its national level where there is none."""
        if locality is not None:
            return self.names.place(locality, country)
        if country is None:
            return self._("the region")
        return self._("the national government of {country}", country=self.country(country))

    def full_place(self, locality: str) -> str:
        """Return the name of a locality with its country."""
        home = self.names.home.get(locality)
        return f"{self.names.place(locality, home)}, {self.country(home)}"

    def sector(self, code: str | None) -> str:
        """Return the name of a sector, to be used inside a sentence."""
        return self._(self.names.sector(code))

    def actor(self, code: str | None) -> str:
        """Return the name of a Chinese actor, to be used inside a sentence."""
        kind, _, home = (code or "").partition(":")
        if kind == "embassy":
            return self._("the Chinese embassy in {country}", country=self.country(home))
        if kind == "association":
            return self._(
                "the Chinese business association in {country}", country=self.country(home)
            )
        return self._(self.names.actor(code))

    def proposer(self, event: Event, causes: Sequence[Event]) -> tuple[str, str]:
        """Return who proposes a project, and where as words that follow the verb."""
        place, country = self.place(event.locality, event.country), self.country(event.country)
        if event.initiator != "lac":
            return self.actor(event.actor), self._(" in {place}", place=place)
        # What follows from national politics and contacts alone is the executive's own plan.
        national = bool(causes) and all(cause.locality is None for cause in causes)
        if national or event.locality is None:
            executive = self._("the national executive of {country}", country=country)
            return executive, self._(" in {place}", place=place)
        return self._("the governor of {place}", place=place), ""

    def fields(self, event: Event, project: str, causes: Sequence[Event]) -> dict[str, str]:
        """Return what templates may be filled with."""
        proposer, where = self.proposer(event, causes)
        holder = ""
        if event.kind == "governor_change":
            named = self.names.governor(event.locality, event.month)
            holder = named or self._("a new governor")
        elif event.kind == "executive_change":
            named = self.names.executive(event.country, event.month)
            holder = named or self._("a new national executive")
        forum = self.names.forum(event.event_id) if event.kind == "forum" else "a forum"
        return {
            "actor": self.actor(event.actor),
            "place": self.place(event.locality, event.country),
            "country": self.country(event.country),
            "sector": self.sector(event.sector),
            "value": self.money(event.value),
            "project": project,
            "proposer": proposer,
            "where": where,
            "holder": holder,
            "forum": self._(forum),
        }

    def sentence(self, event: Event, causes: Sequence[Event] = (), project: str = "") -> str:
        """Return what happened as a sentence; ``project`` names a project of another place."""
        project = project or self._("the project")
        text = self._(template(event), **self.fields(event, project, causes))
        return text[:1].upper() + text[1:]

    def line_sentence(self, line: Line, life: Life) -> str:
        """Return a line of a life as a sentence."""
        event = line.event
        words = ""
        if event.project not in (None, life.project):
            words = self._(
                "another project in {place} ({sector})",
                place=self.place(event.locality, event.country),
                sector=self.sector(event.sector),
            )
        return self.sentence(event, line.causes, words)

    def reason(self, event: Event, cause: Event) -> str:
        """Return a cause as a phrase, such as ``after the forum (November 2016)``.

        An office-holder who has been in office for a while is the setting, not the occasion.
        """
        month = self.month(cause.month)
        since = month_index(event.month) - month_index(cause.month)
        if cause.kind in SETTINGS and since >= SETTLED:
            return self._("{setting} {month}", setting=self._(SETTINGS[cause.kind]), month=month)
        what = self._(REASONS[cause.kind], **self.fields(cause, self._("the project"), ()))
        return self._("after {what} ({month})", what=what, month=month)
