"""A recorded world as columns of a file: values of every month, events with their sentences.

Values are whole numbers, as differences from the month before, so that they compress well.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sim.app.export.text_table import TextTable
from sim.app.labels import label_tables
from sim.app.watch.map_measures import MEASURES, measured
from sim.app.watch.watch_texts import MARKS, NEWS, PHASE_OF
from sim.app.watch.world_history import event_of
from sim.core import enums as k
from sim.engine.timetable import PHASES
from sim.report.event_phrases import EventDescriber
from sim.report.phrases import capital

if TYPE_CHECKING:
    from sim.app.export.run_recorder import RunRecorder
    from sim.app.watch.map_layout import Ints
    from sim.core.state import Array
    from sim.report.event_phrases import Event

QUANTUM = {"deals": 1.0, "turnover": 1.0 / 12.0}
"""What a step of a measure's whole numbers stands for, where it is not ``FINE``."""
FINE = 0.005
LINES = {k.VISIT_TO_LAC: "inward", k.VISIT_TO_CHINA: "outward", k.TWINNING: "twinned"}
"""Kinds of events that are drawn as lines between their actor and their place."""


class EventWriter:
    """Put the events of one world into words of every language."""

    def __init__(self, recorder: RunRecorder, texts: TextTable) -> None:
        self.recorder, self.texts = recorder, texts
        self.describers = [
            EventDescriber(recorder.world, language.text) for language in texts.languages.values()
        ]
        self.known: dict[str, Event] = {}

    def sentence(self, event: Event) -> int:
        """Return the number of what happened as a sentence."""
        return self.texts.number(*(self._sentence(tell, event) for tell in self.describers))

    @staticmethod
    def _sentence(tell: EventDescriber, event: Event) -> str:
        place = tell.place(event.locality, event.country, event.city)
        return tell.sentence(event, (), tell._("the project in {place}", place=place))

    def reason(self, event: Event) -> int:
        """Return the number of what it followed from; of nothing, that of an empty text."""
        causes = [self.known[cause] for cause in event.causes if cause in self.known]
        return self.texts.number(*(tell.reason(event, causes) for tell in self.describers))

    def projects(self, events: Array) -> dict[str, list[int]]:
        """Return the number of each event's project (-1: none), and sector and value of each.

        Projects count in the order of their first events; values are texts, -1 if unknown.
        """
        named = events[events["project"] != 0]
        _, first, number = np.unique(named["project"], return_index=True, return_inverse=True)
        order = np.argsort(np.argsort(first))
        mine = np.full(len(events), -1, dtype=np.int64)
        mine[events["project"] != 0] = order[number]
        sectors, values = list(self.recorder.at.sector), [-1] * len(first)
        for project, value in zip(order[number].tolist(), named["value"].tolist(), strict=True):
            if value:
                values[project] = self.texts.number(
                    *(tell.money(value) for tell in self.describers)
                )
        names = [
            self.texts.number(*(capital(tell.sector(code)) for tell in self.describers))
            for code in [*sectors, None]
        ]
        sector = named["sector"][np.sort(first)].astype(np.int64)
        return {"number": mine.tolist(), "sector": [names[s] for s in sector], "value": values}

    def columns(self, events: Array) -> dict[str, list[int]]:
        """Return the columns of events; place and actor are -1 where there is none."""
        rows = []
        for record in events:
            event = event_of(record, self.recorder)
            self.known[event.event_id] = event
            rows.append((self.sentence(event), self.reason(event)))
        said, why = (list(column) for column in zip(*rows, strict=True)) if rows else ([], [])
        places = np.where(events["place"] < len(self.recorder.places), events["place"], -1)
        news = NEWS[events["kind"]]
        return {
            "month": _differences(events["month"] - self.recorder.first),
            "kind": events["kind"].tolist(),
            "place": places.tolist(),
            "actor": events["actor"].tolist(),
            "project": self.projects(events),
            "mark": PHASE_OF[events["step"]].tolist(),
            "news": news.tolist(),
            "sentence": said,
            "reason": why,
        }


def _differences(values: Array) -> list[Any]:
    found: list[Any] = np.diff(values.astype(np.int64), axis=0, prepend=0 * values[:1]).tolist()
    return found


def monthly_values(recorder: RunRecorder) -> dict[str, list[list[int]]]:
    """Return every measure of localities, provinces, then firms, in whole quanta, month by month.

    The first row holds values, each later one what is added to the row before. Where a measure says
    nothing of a province or firm the value is -1.
    """
    found = {}
    for name in MEASURES:
        rows: list[Ints] = []
        for frame in recorder.frames:
            scaled = np.concatenate(measured(recorder, frame, name)) / QUANTUM.get(name, FINE)
            whole = np.rint(np.nan_to_num(scaled, nan=-1.0))
            # A trace is not nothing, which has a colour of its own.
            rows.append(np.where((scaled > 0) & (whole == 0), 1, whole).astype(np.int64))
        found[name] = _differences(np.array(rows))
    return found


def tie_columns(recorder: RunRecorder, texts: TextTable) -> dict[str, Any]:
    """Return the ties that ever were: whose, their trust by month in hundredths, as differences.

    A city's ties are at its unit, those of national governments at a number that ``other`` names.
    ``twinned`` is -1 of a tie that never was.
    """
    names = [EventDescriber(recorder.world, one.text) for one in texts.languages.values()]
    others = {
        str(recorder.at.centre(number)): texts.number(
            *(capital(tell.place(None, iso)) for tell in names)
        )
        for iso, number in recorder.at.country.items()
    }
    count = len(recorder.frames[-1].tie_trust)
    table, trust = recorder.state.tie[:count], np.zeros((len(recorder.frames), count))
    for row, frame in zip(trust, recorder.frames, strict=True):
        row[: len(frame.tie_trust)] = frame.tie_trust
    return {
        "actor": table["actor"].tolist(),
        "place": recorder.state.place["unit"][table["place"]].tolist(),
        "other": others,
        "since": table["since"].tolist(),
        "twinned": table["twinned"].tolist(),
        # A trace of trust is a living tie.
        "trust": _differences(np.ceil(100.0 * trust - 0.001)),
    }


def world_columns(recorder: RunRecorder, texts: TextTable) -> dict[str, Any]:
    """Return one recorded world as JSON takes it."""
    scenario = recorder.scenario
    events = recorder.events_until(recorder.last)
    return {
        "title": texts.put(scenario.title),
        "question": texts.put(scenario.question),
        "seed": scenario.seed,
        "run": recorder.replicate,
        "focus": next(iter(scenario.focus), ""),
        "first": recorder.first,
        "months": len(recorder.frames),
        "values": monthly_values(recorder),
        "events": EventWriter(recorder, texts).columns(events),
        "ties": tie_columns(recorder, texts),
    }


def actors_of(recorder: RunRecorder, texts: TextTable) -> dict[str, list[int]]:
    """Return of each actor its name, the province it is at home in, and where it is on the map.

    Provinces are the first actors and are at home in none (-1), as what is national. The map counts
    localities, provinces, firms and the central state; who is not drawn on it is at -1.
    """
    names = [EventDescriber(recorder.world, one.text) for one in texts.languages.values()]
    table, at = recorder.state.actor, recorder.at
    number, firm = np.arange(len(table)), table["kind"] == k.FIRM
    places, provinces, first = len(recorder.places), len(at.province), at.actor_offset[k.FIRM]
    state = places + provinces + len(recorder.world.firms)
    drawn = np.where(table["home"] >= 0, places + table["home"], state)
    drawn = np.where(number < provinces, places + number, drawn)
    drawn = np.where(firm, places + provinces + number - first, drawn)
    drawn[(table["kind"] == k.EMBASSY) | (table["kind"] == k.ASSOCIATION)] = -1
    return {
        "name": [
            texts.number(*(capital(tell.actor(code)) for tell in names)) for code in at.actor_codes
        ],
        "home": table["home"].tolist(),
        "node": drawn.tolist(),
    }


def marks(texts: TextTable) -> list[list[Any]]:
    """Return mark and name of each phase of the month."""
    titles = label_tables()["phases"]
    return [[MARKS[phase], texts.put(titles[phase])] for phase in PHASES]
