"""The texts around the map: the month's phases and news, legends, words of the controls."""

from __future__ import annotations

import numpy as np

from sim.app.html_text import render
from sim.app.labels import labels, say
from sim.app.limits import MONTHS_A_SECOND
from sim.app.session import Session
from sim.app.theme import GROUND
from sim.app.watch.recorder import Frame, Recorder
from sim.app.watch.world_history import event_of
from sim.core import enums as k
from sim.core.state import Array
from sim.engine.timetable import PHASES, STEPS
from sim.report.event_phrases import EventDescriber
from sim.report.figure_style import BLUE, GREEN, INK, VERMILLION

LINES = 14
"""Lines of news."""
LINES_DRAWN = (
    ("twinned", BLUE, ""),
    ("inward", VERMILLION, ""),
    ("outward", GREEN, "6 4"),
    ("own", INK, ""),
)
"""Sorts of lines on the map with colour and dashes."""
MARKS = {
    "politics": "▲",
    "signals": "◇",
    "outreach": "○",
    "ties": "◎",
    "projects": "●",
    "learning": "□",
}
"""Mark of each phase; the shape carries the meaning, not a colour."""
NEWS = np.array([k.EVENTS[name].news for name in k.EVENT_KINDS])
PHASE_OF = np.array([PHASES.index(step.phase) for step in STEPS])


def phase_rows(session: Session) -> list[list[str]]:
    """Return title, mark and the reasons of the steps of every phase."""
    names = labels("phases", session._)
    rows = []
    for phase in PHASES:
        reasons = dict.fromkeys(session._(step.reason) for step in STEPS if step.phase == phase)
        rows.append([names[phase], MARKS[phase], "; ".join(reasons)])
    return rows


def phase_counts(events: Array) -> list[int]:
    """Return how many events each phase of a month left, in the order of the phases."""
    counts: list[int] = np.bincount(PHASE_OF[events["step"]], minlength=len(PHASES)).tolist()
    return counts


def notable(events: Array, most: int = LINES) -> Array:
    """Return the events of a month that are told: the most important, in their order."""
    ranks = NEWS[events["kind"]]
    chosen = np.flatnonzero(ranks)
    best = chosen[np.argsort(ranks[chosen], kind="stable")][:most]
    found: Array = events[np.sort(best)]
    return found


def month_news(recorder: Recorder, frame: Frame, describer: EventDescriber) -> list[list[str]]:
    """Return the month's lines, the latest first: month, mark and sentence of each."""
    lines = []
    for record in notable(frame.events)[::-1]:
        event = event_of(record, recorder)
        mark = MARKS[PHASES[PHASE_OF[int(record["step"])]]]
        place = describer.place(event.locality, event.country)
        project = describer._("the project in {place}", place=place)
        sentence = describer.sentence(event, (), project)
        lines.append([describer.month(event.month), mark, sentence])
    return lines


def control_words(session: Session) -> dict[str, str | list[str]]:
    """Return the texts of the controls; of ``pace`` one for each speed, the slowest first."""
    speeds = range(1, MONTHS_A_SECOND + 1)
    pace = [session.n("{n} month a second", "{n} months a second", speed) for speed in speeds]
    return {**labels("controls", session._), "pace": pace}


def line_legend(session: Session, kind: str) -> str:
    """Return the legend of the lines as HTML."""
    _ = session._
    words, note = labels("exported", _), say(f"notes.{kind}", _)
    return render(
        "watch/line_legend.html", ground=GROUND, lines=LINES_DRAWN, words=words, note=note
    )
