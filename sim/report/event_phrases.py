"""Events as sentences, and the words by which they are named as reasons.

The templates of events are those of :data:`sim.core.enums.EVENTS`; each is translated before it is
filled in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sim.core.calendar import month_index
from sim.core.enums import EVENTS
from sim.report.display_names import Names
from sim.report.phrases import capital
from sim.scenario.interventions import KINDS

ORDERS = {kind: model.words for kind, model in KINDS.items()}
"""What a scenario orders, by the kind of intervention."""

ORDERED = {kind: f"The scenario {order}, in {{place}}." for kind, order in ORDERS.items()}
"""What happened where a scenario ordered it, by the kind of intervention."""

SETTLED = 12
"""Months after which an office-holder counts as settled in."""


@dataclass(frozen=True)
class Event:
    """Hold one row of the event log."""

    event_id: str
    month: str
    kind: str
    actor: str | None
    country: str | None
    locality: str | None
    initiator: str = "none"
    sector: str | None = None
    project: str | None = None
    value: float | None = None
    causes: tuple[str, ...] = ()
    order: int = 0
    intervention: str | None = None
    city: str | None = None


GO_BETWEEN = {
    EVENTS["introduction"].sentence: "{actor} calls on {place} to introduce a partner.",
    EVENTS["introduction"].reason: "a call of {actor} on {place}",
}
"""Templates for an association, which is not introduced but introduces."""


def of_office(text: str, event: Event) -> str:
    """Return a template for the office that an event is about, a governor's or a mayor's."""
    if event.actor is not None and event.actor.startswith("association:"):
        text = GO_BETWEEN.get(text, text)
    return text if event.city is None else text.replace("governor", "mayor")


class EventDescriber(Names):
    """Put events into words, with the names of a world, in a reader's language."""

    def proposer(self, event: Event, causes: Sequence[Event]) -> tuple[str, str]:
        """Return who proposes a project, and where as words that follow the verb."""
        place = self.place(event.locality, event.country, event.city)
        where = self._(" in {place}", place=place)
        if event.initiator != "lac":
            return self.actor(event.actor), where
        # What follows from national politics and contacts alone is the executive's own plan.
        national = bool(causes) and all(cause.locality is None for cause in causes)
        if national or event.locality is None:
            country = self.country(event.country)
            return self._("the national executive of {country}", country=country), where
        return self.office(event), ""

    def office(self, event: Event) -> str:
        """Return the office at which something happened: a governor's, a mayor's, the centre's."""
        if event.locality is None:
            country = self.country(event.country)
            return self._("the national executive of {country}", country=country)
        place = self.place(event.locality, event.country, event.city)
        if event.city:
            return self._("the mayor of {place}", place=place)
        return self._("the governor of {place}", place=place)

    def fields(self, event: Event, project: str, causes: Sequence[Event]) -> dict[str, str]:
        """Return what templates may be filled with."""
        proposer, where = self.proposer(event, causes)
        holder = ""
        if event.kind == "governor_change":
            known = None if event.city else self.governor(event.locality, event.month)
            new = self._("a new mayor") if event.city else self._("a new governor")
            holder = known or new
        elif event.kind == "executive_change":
            known = self.executive(event.country, event.month)
            holder = known or self._("a new national executive")
        return {
            "actor": self.actor(event.actor),
            "place": self.place(event.locality, event.country, event.city),
            "country": self.country(event.country),
            "sector": self.sector(event.sector),
            "value": self.money(event.value),
            "project": project,
            "proposer": proposer,
            "office": self.office(event),
            "where": where,
            "holder": holder,
            "forum": self.forum(event.event_id) if event.kind == "forum" else self._("a forum"),
        }

    def sentence(self, event: Event, causes: Sequence[Event] = (), project: str = "") -> str:
        """Return what happened as a sentence; of an intervention, what it did.

        The causes tell who proposed a project; ``project`` names one of another place.
        """
        project = project or self._("the project")
        order = event.intervention
        template = EVENTS[event.kind].sentence if order is None else ORDERED[order]
        template = of_office(template, event)
        return capital(self._(template, **self.fields(event, project, causes)))

    def line_sentence(self, event: Event, causes: Sequence[Event], project: str | None) -> str:
        """Return what happened as a sentence of the life of a project."""
        words = ""
        if event.project not in (None, project):
            words = self._(
                "another project in {place} ({sector})",
                place=self.place(event.locality, event.country, event.city),
                sector=self.sector(event.sector),
            )
        return self.sentence(event, causes, words)

    def name(self, event: Event) -> str:
        """Return how an event is named as the reason for another."""
        fields = self.fields(event, self._("the project"), ())
        return self._(of_office(EVENTS[event.kind].reason, event), **fields)

    def reason(self, event: Event, causes: Sequence[Event]) -> str:
        """Return causes as one phrase, such as ``after the forum (November 2016)``.

        An office-holder who has been in office for a while is the setting, not the occasion.
        """
        words = []
        for cause in causes:
            month = self.month(cause.month)
            setting = of_office(EVENTS[cause.kind].setting, cause)
            if setting and month_index(event.month) - month_index(cause.month) >= SETTLED:
                words.append(self._("{setting} {month}", setting=self._(setting), month=month))
            else:
                words.append(self._("after {what} ({month})", what=self.name(cause), month=month))
        return "; ".join(words)
