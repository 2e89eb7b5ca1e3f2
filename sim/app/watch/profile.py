"""The inspector's words: who governs, ties, projects and their stages, history."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sim.app.watch import world_history
from sim.core.calendar import month_name

if TYPE_CHECKING:
    from sim.app.session import Session
    from sim.app.watch.recorder import Frame, Recorder
    from sim.app.watch.world_history import Project
    from sim.core.state import Array
    from sim.report.event_phrases import EventDescriber

MOST_ROWS = 12
MOST_EVENTS = 20

Content = dict[str, Any]


def stage_words(session: Session) -> dict[str, str]:
    """Return the stages of a project in words."""
    _ = session._
    return {
        "proposed": _("proposed"),
        "memorandum": _("memorandum signed"),
        "approved": _("approved"),
        "awarded": _("awarded"),
        "financed": _("financed"),
        "acquiring": _("purchase under way"),
        "deal": _("deal formed"),
        "construction": _("under construction"),
        "stalled": _("stalled"),
        "operating": _("completed"),
        "lapsed": _("lapsed"),
        "refused": _("refused"),
        "vetoed": _("vetoed"),
        "lost_in_tender": _("lost in tender"),
        "cancelled": _("cancelled"),
    }


class Profiles:
    """Describe places and actors of a recorded world.

    Parameters
    ----------
    session, describer
        The visitor and the visitor's language.
    """

    def __init__(self, session: Session, describer: EventDescriber) -> None:
        self.session = session
        self.describer = describer
        self.stages = stage_words(session)
        governors = session.world.governors
        rows = zip(governors["locality"], governors["start"], governors["name"], strict=True)
        self._governors = {(str(code), int(start)): str(name) for code, start, name in rows}

    def holder(self, code: str, since: int) -> str:
        """Return who governs a locality, by name where the evidence names the holder."""
        _ = self.session._
        name = self._governors.get((code, since))
        month = self.describer.month(month_name(since))
        if name is not None:
            return _("{name}, since {month}", name=name, month=month)
        return _("a governor in office since {month}", month=month)

    def target_exists(self, recorder: Recorder, target: str) -> bool:
        """Tell whether a target stands for something in the world."""
        what, _, code = target.partition(":")
        known = {"place": recorder.at.locality, "actor": recorder.at.actor}
        return what in known and code in known[what]

    def choices(self, recorder: Recorder) -> list[list[str]]:
        """Return all that can be looked at: target and name."""
        places = [[f"place:{c}", self.describer.full_place(c)] for c in recorder.at.locality]
        actors = [[f"actor:{c}", _capital(self.describer.actor(c))] for c in recorder.at.actor]
        return places + actors

    def of(self, recorder: Recorder, frame: Frame, target: str) -> Content:
        """Return what is known of a target in a month."""
        what, _, code = target.partition(":")
        if what == "place":
            return self._place(recorder, frame, code)
        return self._actor(recorder, frame, code)

    def _place(self, recorder: Recorder, frame: Frame, code: str) -> Content:
        _ = self.session._
        at, i = recorder.at, recorder.at.locality[code]
        c = int(recorder.state.place["country"][i])
        iso3 = list(at.country)[c]
        leader_month = month_name(int(frame.leader_since[c]))
        leader = self.describer.executive(iso3, leader_month) or _("an executive")
        events = world_history.events_of(recorder.events_until(frame.month), place=i)
        since = int(frame.since[i])
        return {
            "title": self.describer.full_place(code),
            "subtitle": self.describer.month(month_name(frame.month)),
            "facts": [
                [_("Governor"), self.holder(code, since)],
                [_("Of the executive's bloc"), _("yes") if frame.aligned[i] else _("no")],
                [_("Will to work with China"), f"{frame.will[i]:.2f}"],
                [
                    _("National executive"),
                    _(
                        "{name}, since {month}",
                        name=leader,
                        month=self.describer.month(leader_month),
                    ),
                ],
                [_("Authority of the units"), f"{frame.authority[c]:.2f}"],
                [_("Highest trust"), f"{frame.trust[i]:.2f}"],
                [_("Deals so far"), int(frame.deals[i])],
            ],
            "sections": [
                self._ties(recorder, frame, place=i),
                self._projects(recorder, events, with_place=False),
                self._history(recorder, events),
            ],
        }

    def _actor(self, recorder: Recorder, frame: Frame, code: str) -> Content:
        _ = self.session._
        at, a = recorder.at, recorder.at.actor[code]
        table = recorder.state.actor
        home = int(table["home"][a])
        events = world_history.events_of(recorder.events_until(frame.month), actor=a)
        facts: list[list[Any]] = []
        if home >= 0:
            facts.append([_("Home province"), self._link("actor", at.actor_codes[home])])
        facts.append([_("Deals so far"), int(frame.actor_deals[a])])
        ties = self._ties(recorder, frame, actor=a)
        facts.append([_("Living ties"), ties["count"]])
        sections = [ties]
        firms = [i for i in range(len(table)) if int(table["home"][i]) == a]
        if firms:
            rows = [
                [self._link("actor", at.actor_codes[i]), int(frame.actor_deals[i])] for i in firms
            ]
            head = [_("Firm"), _("Deals so far")]
            sections.append({"title": _("Firms at home here"), "head": head, "rows": rows})
        sections.append(self._projects(recorder, events, with_place=True))
        sections.append(self._history(recorder, events))
        return {
            "title": _capital(self.describer.actor(code)),
            "subtitle": self.describer.month(month_name(frame.month)),
            "facts": facts,
            "sections": sections,
        }

    def _link(self, what: str, code: str) -> dict[str, str]:
        name = self.describer.actor(code) if what == "actor" else self.describer.full_place(code)
        return {"text": _capital(name), "go": f"{what}:{code}"}

    def place_name(self, recorder: Recorder, place: int) -> str:
        """Return the name of a locality with its country, or of a national government."""
        codes = list(recorder.at.locality)
        if 0 <= place < len(codes):
            return self.describer.full_place(codes[place])
        country = list(recorder.at.country)[place - len(codes)] if place >= 0 else None
        return self.describer.place(None, country)

    def _place_cell(self, recorder: Recorder, place: int) -> dict[str, str] | str:
        codes = list(recorder.at.locality)
        if 0 <= place < len(codes):
            return self._link("place", codes[place])
        return _capital(self.place_name(recorder, place))

    def _ties(
        self, recorder: Recorder, frame: Frame, *, place: int = -1, actor: int = -1
    ) -> Content:
        _ = self.session._
        ties = world_history.ties_at(recorder, frame.month, place=place, actor=actor)
        rows = []
        for tie in ties[:MOST_ROWS]:
            other: dict[str, str] | str
            if place >= 0:
                other = self._link("actor", recorder.at.actor_codes[tie.actor])
            else:
                other = self._place_cell(recorder, tie.place)
            twinned = str(month_name(tie.twinned)) if tie.twinned >= 0 else "–"
            rows.append([other, f"{tie.trust:.2f}", month_name(tie.since), twinned])
        return {
            "title": _("Ties ({n}), the strongest first", n=len(ties)),
            "head": [_("With"), _("Trust"), _("Since"), _("Twinned")],
            "rows": rows,
            "none": _("None yet."),
            "count": len(ties),
        }

    def _projects(self, recorder: Recorder, events: Array, *, with_place: bool) -> Content:
        _ = self.session._
        projects = world_history.projects_of(events)
        head = [_("Sector"), _("Value"), _("Stage"), _("Since")]
        head.insert(1, _("Place") if with_place else _("Firm"))
        if self.session.has_tabs:
            head.append(_("Why?"))
        return {
            "title": _("Projects ({n}), the latest first", n=len(projects)),
            "head": head,
            "rows": [self._project(recorder, p, with_place) for p in projects[:MOST_ROWS]],
            "none": _("None yet."),
        }

    def _project(self, recorder: Recorder, project: Project, with_place: bool) -> list[Any]:
        sectors, at = list(recorder.at.sector), recorder.at
        who: dict[str, str] | str = "–"
        if with_place:
            who = self._place_cell(recorder, project.place)
        elif project.firm >= 0:
            who = self._link("actor", at.actor_codes[project.firm])
        sector = sectors[project.sector] if project.sector >= 0 else None
        row: list[Any] = [
            _capital(self.describer.sector(sector)),
            who,
            self.describer.money(project.value or None),
            self.stages[project.stage],
            month_name(project.month),
        ]
        return [*row, self._why(recorder, project)] if self.session.has_tabs else row

    def _why(self, recorder: Recorder, project: Project) -> dict[str, str] | str:
        codes = list(recorder.at.locality)
        if not 0 <= project.place < len(codes):
            return "–"
        return {
            "text": self.session._("Why?"),
            "go": f"why:{codes[project.place]}:{project.identity}",
        }

    def _history(self, recorder: Recorder, events: Array) -> Content:
        latest = events[-MOST_EVENTS:][::-1]
        items = []
        for record in latest:
            event = world_history.event_of(record, recorder)
            items.append(f"{event.month}  {self.describer.sentence(event)}")
        return {
            "title": self.session._("History, the latest first"),
            "items": items,
            "none": self.session._("Nothing has happened yet."),
        }


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
