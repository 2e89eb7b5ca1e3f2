"""The words of the inspector and of what pointing tells: who governs, ties, projects, history."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, cached_property
from typing import Any

import numpy as np
import pandas as pd

from sim.app.labels import labels
from sim.app.session import Session
from sim.app.watch import world_history
from sim.app.watch.map_layout import Ints
from sim.app.watch.recorder import Frame, Recorder
from sim.app.watch.world_history import STAGE, living_ties, project_news
from sim.core import enums as k
from sim.core.calendar import month_name
from sim.core.identities import PROJECT, text_of
from sim.core.state import Array
from sim.engine.monthly_inputs import rows_of
from sim.report.event_phrases import EventDescriber
from sim.report.phrases import capital
from sim.world.positions import Positions

MOST_ROWS = 12
MOST_EVENTS = 20

Content = dict[str, Any]
Cell = dict[str, str] | str
"""A text, or one that leads to a place or an actor."""


class Profiles:
    """Describe places and actors of a recorded world in a visitor's language."""

    def __init__(self, session: Session, describer: EventDescriber) -> None:
        self.session = session
        self.describer = describer
        self.stages = labels("stages", session._)
        governors = session.world.governors
        rows = zip(governors["locality"], governors["start"], governors["name"], strict=True)
        self._governors = {(str(code), int(start)): str(name) for code, start, name in rows}
        self._month = cache(lambda since: describer.month(month_name(since)))

    def holder(self, code: str, since: int) -> str:
        """Return who governs a locality, by name where the evidence names the holder."""
        _ = self.session._
        name, month = self._governors.get((code, since)), self._month(since)
        if name is None:
            return _("a governor in office since {month}", month=month)
        return _("{name}, since {month}", name=name, month=month)

    @cached_property
    def actor_names(self) -> list[str]:
        """Return the names of all actors, to be used inside a sentence."""
        return [self.describer.actor(code) for code in Positions(self.session.world).actor_codes]

    def choices(self, recorder: Recorder) -> list[list[str]]:
        """Return all that can be looked at: target and name."""
        places = [[f"place:{c}", self.describer.full_place(c)] for c in recorder.places]
        actors = [[f"actor:{c}", capital(self.describer.actor(c))] for c in recorder.at.actor]
        return places + actors

    def of(self, recorder: Recorder, frame: Frame, target: str) -> Content:
        """Return what is known of a target, such as ``place:CODE``, in a month."""
        what, _, code = target.partition(":")
        tell = self._place if what == "place" else self._actor
        month = self.describer.month(month_name(frame.month))
        return {"subtitle": month, **tell(recorder, frame, code)}

    def overview(self, recorder: Recorder, frame: Frame) -> Content:
        """Return what is known of the region in a month: who has the most deals."""
        _, actors = self.session._, recorder.at.actor_codes
        month = self.describer.month(month_name(frame.month))
        sides = (
            (_("Places with the most deals"), _("Place"), "place", recorder.places, frame.deals),
            (_("Chinese actors with the most deals"), _("With"), "actor", actors,
             frame.actor_deals),
        )  # fmt: skip
        sections = []
        for title, head, what, codes, deals in sides:
            first = np.argsort(-deals, kind="stable")[:MOST_ROWS].tolist()
            rows = [[self._link(what, codes[i]), int(deals[i])] for i in first if deals[i]]
            sections.append(self._table(title, [head, _("Deals so far")], rows))
        ties = len(world_history.living_ties(recorder, frame.month))
        facts = [[_("Deals so far"), int(frame.deals.sum())], [_("Living ties"), ties]]
        hint = _("Click on the map, or search")
        title, subtitle = _("The region"), f"{month}. {hint}."
        return {"title": title, "subtitle": subtitle, "facts": facts, "sections": sections}

    def _table(self, title: str, head: list[str], rows: list[list[Any]]) -> Content:
        return {"title": title, "head": head, "rows": rows, "none": self.session._("None yet.")}

    def _place(self, recorder: Recorder, frame: Frame, code: str) -> Content:
        _, tell = self.session._, self.describer
        i = recorder.at.locality[code]
        c = int(recorder.state.place["country"][i])
        start = month_name(int(frame.leader_since[c]))
        leader = tell.executive(list(recorder.at.country)[c], start) or _("an executive")
        executive = _("{name}, since {month}", name=leader, month=tell.month(start))
        events = world_history.events_of(recorder.events_until(frame.month), place=i)
        return {
            "title": tell.full_place(code),
            "facts": [
                [_("Governor"), self.holder(code, int(frame.since[i]))],
                [_("Of the executive's bloc"), _("yes") if frame.aligned[i] else _("no")],
                [_("Will to work with China"), f"{frame.will[i]:.2f}"],
                [_("National executive"), executive],
                [_("Authority of the units"), f"{frame.authority[c]:.2f}"],
                [_("Highest trust"), f"{frame.trust[i]:.2f}"],
                [_("Deals so far"), int(frame.deals[i])],
            ],
            "sections": [
                self._ties(recorder, frame, "place", i),
                self._projects(recorder, events, with_place=False),
                self._history(recorder, events),
            ],
        }

    def _actor(self, recorder: Recorder, frame: Frame, code: str) -> Content:
        _, actors = self.session._, recorder.at.actor_codes
        a = recorder.at.actor[code]
        homes = recorder.state.actor["home"].tolist()
        events = world_history.events_of(recorder.events_until(frame.month), actor=a)
        ties = self._ties(recorder, frame, "actor", a)
        facts: list[list[Any]] = [
            [_("Deals so far"), int(frame.actor_deals[a])],
            [_("Living ties"), ties["count"]],
        ]
        if homes[a] >= 0:
            facts.insert(0, [_("Home province"), self._link("actor", actors[homes[a]])])
        firms = [i for i, home in enumerate(homes) if home == a]
        rows = [[self._link("actor", actors[i]), int(frame.actor_deals[i])] for i in firms]
        at_home = self._table(_("Firms at home here"), [_("Firm"), _("Deals so far")], rows)
        return {
            "title": capital(self.describer.actor(code)),
            "facts": facts,
            "sections": [
                ties,
                *([at_home] if firms else []),
                self._projects(recorder, events, with_place=True),
                self._history(recorder, events),
            ],
        }

    def _link(self, what: str, code: str) -> dict[str, str]:
        name = self.describer.actor(code) if what == "actor" else self.describer.full_place(code)
        return {"text": capital(name), "go": f"{what}:{code}"}

    def place_name(self, recorder: Recorder, place: int) -> str:
        """Return the name of a locality with its country, or of a national government."""
        codes = recorder.places
        if 0 <= place < len(codes):
            return self.describer.full_place(codes[place])
        home = int(recorder.state.place["country"][place]) if place >= 0 else -1
        return self.describer.place(None, list(recorder.at.country)[home] if home >= 0 else None)

    def _place_cell(self, recorder: Recorder, place: int) -> Cell:
        if 0 <= place < len(recorder.places):
            return self._link("place", recorder.places[place])
        return capital(self.place_name(recorder, place))

    def _ties(self, recorder: Recorder, frame: Frame, what: str, number: int) -> Content:
        _ = self.session._
        ties = world_history.living_ties(recorder, frame.month)
        ties = ties[ties[what] == number]
        rows = []
        for tie in rows_of(ties.head(MOST_ROWS)):
            other = self._place_cell(recorder, tie.place)
            if what == "place":
                other = self._link("actor", recorder.at.actor_codes[tie.actor])
            twinned = month_name(tie.twinned) if tie.twinned >= 0 else "–"
            rows.append([other, f"{tie.trust:.2f}", month_name(tie.since), twinned])
        head = [_("With"), _("Trust"), _("Since"), _("Twinned")]
        title = _("Ties ({n}), the strongest first", n=len(ties))
        return self._table(title, head, rows) | {"count": len(ties)}

    def _projects(self, recorder: Recorder, events: Array, *, with_place: bool) -> Content:
        _ = self.session._
        projects = world_history.projects_of(events)
        head = [_("Sector"), _("Value"), _("Stage"), _("Since")]
        head.insert(1, _("Place") if with_place else _("Firm"))
        if self.session.has_tabs:
            head.append(_("Why?"))
        rows = [self.project(recorder, p, with_place) for p in rows_of(projects.head(MOST_ROWS))]
        return self._table(_("Projects ({n}), the latest first", n=len(projects)), head, rows)

    def project(self, recorder: Recorder, project: Any, with_place: bool) -> list[Any]:
        """Return a row of :func:`sim.app.watch.world_history.projects_of` as cells."""
        sectors = list(recorder.at.sector)
        who: Cell = "–"
        if with_place:
            who = self._place_cell(recorder, project.place)
        elif project.firm >= 0:
            who = self._link("actor", recorder.at.actor_codes[int(project.firm)])
        sector = sectors[project.sector] if project.sector >= 0 else None
        row: list[Any] = [
            capital(self.describer.sector(sector)),
            who,
            self.describer.money(project.value),
            self.stages[project.stage],
            month_name(project.month),
        ]
        why: Cell = "–"
        if 0 <= project.place < len(recorder.places):
            identity = text_of(PROJECT, int(project.Index))
            go = f"why:{recorder.places[project.place]}:{identity}"
            why = {"text": self.session._("Why?"), "go": go}
        return [*row, why] if self.session.has_tabs else row

    def _history(self, recorder: Recorder, events: Array) -> Content:
        latest = (world_history.event_of(e, recorder) for e in events[-MOST_EVENTS:][::-1])
        return {
            "title": self.session._("History, the latest first"),
            "items": [f"{e.month}  {self.describer.sentence(e)}" for e in latest],
            "none": self.session._("Nothing has happened yet."),
        }


STAGES = (*k.STAGES[: k.BUILDING], "deal", *k.STAGES[k.BUILDING :])
_NUMBER = np.full(max(STAGE) + 1, -1, dtype=np.int64)
_NUMBER[list(STAGE)] = [STAGES.index(stage) for stage in STAGE.values()]

Notes = dict[str, list[str]]
"""Texts by column of the map, one a locality or an actor."""


def tie_counts(ties: pd.DataFrame, mine: str, other: str, count: int) -> Ints:
    """Return for each place or actor its number of ties and who is at the strongest, or -1."""
    inside = ties[mine].to_numpy() < count
    here, there = (ties[name].to_numpy()[inside] for name in (mine, other))
    strongest = np.full(count, -1)
    # Of several written to one place the last stays.
    strongest[here[::-1]] = there[::-1]
    return np.column_stack([np.bincount(here, minlength=count), strongest])


def stage_counts(recorder: Recorder, events: Array) -> tuple[Ints, Ints]:
    """Return the projects of every locality and every actor by latest stage (n, ``STAGES``)."""
    news = project_news(events)
    identity, latest = np.unique(news["project"], return_index=True)
    stage, place = _NUMBER[news["kind"][latest]], news["place"][latest].astype(np.int64)
    of_places = np.zeros((len(recorder.places), len(STAGES)), dtype=np.int64)
    of_actors = np.zeros((len(recorder.state.actor), len(STAGES)), dtype=np.int64)
    local = (place >= 0) & (place < len(of_places))
    np.add.at(of_places, (place[local], stage[local]), 1)
    mine = events[(events["actor"] >= 0) & np.isin(events["project"], identity)]
    count, project = len(of_actors), np.searchsorted(identity, mine["project"])
    pairs = np.unique(project * count + mine["actor"])
    np.add.at(of_actors, (pairs % count, stage[pairs // count]), 1)
    return of_places, of_actors


def notes_of(profiles: Profiles, recorder: Recorder, frame: Frame) -> tuple[Notes, Notes]:
    """Return what pointing tells of localities and of actors in a month."""
    _, stages = profiles.session._, [profiles.stages[stage] for stage in STAGES]
    none, told = _("None yet."), _("{n}, the strongest with {name}")

    def tie_words(counts: Ints, name: Callable[[int], str]) -> list[str]:
        return [
            told.format(n=n, name=name(strongest)) if n else none
            for n, strongest in counts.tolist()
        ]

    def stage_words(counts: Ints) -> list[str]:
        lines = (zip(stages, row, strict=True) for row in counts.tolist())
        return [", ".join(f"{stage}: {n}" for stage, n in line if n) or none for line in lines]

    ties = living_ties(recorder, frame.month)
    by_place, by_actor = stage_counts(recorder, recorder.events_until(frame.month))
    place_ties = tie_counts(ties, "place", "actor", len(by_place))
    actor_ties = tie_counts(ties, "actor", "place", len(by_actor))
    since = zip(recorder.places, frame.since.tolist(), strict=True)
    return {
        "holder": [profiles.holder(code, month) for code, month in since],
        "ties": tie_words(place_ties, profiles.actor_names.__getitem__),
        "projects": stage_words(by_place),
    }, {
        "ties": tie_words(actor_ties, lambda place: profiles.place_name(recorder, place)),
        "projects": stage_words(by_actor),
    }
