"""The texts around the map: the month's phases and news, legends, words of the controls."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import numpy as np

from sim.app import limits
from sim.app.labels import labels
from sim.app.watch.world_history import event_of
from sim.core import enums as k
from sim.engine.timetable import PHASES, STEPS
from sim.report.figure_style import BLUE, GREEN, INK, VERMILLION

if TYPE_CHECKING:
    from sim.app.session import Session
    from sim.app.watch.recorder import Frame, Recorder
    from sim.core.state import Array
    from sim.report.event_phrases import EventDescriber

LINES = 14
"""Lines of news."""
MARKS = {
    "politics": "▲",
    "signals": "◇",
    "outreach": "○",
    "ties": "◎",
    "projects": "●",
    "learning": "□",
}
"""Mark of each phase; the shape carries the meaning, not a colour."""
_NEWS = np.array([k.EVENTS[name].news for name in k.EVENT_KINDS])
_PHASE = np.array([PHASES.index(step.phase) for step in STEPS])


def phase_rows(session: Session) -> list[list[str]]:
    """Return title, mark and the reasons of the steps of every phase."""
    names = labels("phases", session._)
    rows = []
    for phase in PHASES:
        reasons = dict.fromkeys(session._(step.reason) for step in STEPS if step.phase == phase)
        rows.append([names[phase], MARKS[phase], "; ".join(reasons)])
    return rows


def mark_legend(session: Session) -> str:
    """Return what the marks of the news mean."""
    names = labels("phases", session._)
    return "   ".join(f"{MARKS[phase]} {names[phase]}" for phase in PHASES)


def phase_counts(events: Array) -> list[int]:
    """Return how many events each phase of a month left, in the order of the phases."""
    counts: list[int] = np.bincount(_PHASE[events["step"]], minlength=len(PHASES)).tolist()
    return counts


def notable(events: Array, most: int = LINES) -> Array:
    """Return the events of a month that are told: the most important, in their order."""
    ranks = _NEWS[events["kind"]]
    chosen = np.flatnonzero(ranks)
    best = chosen[np.argsort(ranks[chosen], kind="stable")][:most]
    found: Array = events[np.sort(best)]
    return found


def month_news(recorder: Recorder, frame: Frame, describer: EventDescriber) -> list[list[str]]:
    """Return the month's lines, the latest first: month, mark and sentence of each."""
    lines = []
    for record in notable(frame.events)[::-1]:
        event = event_of(record, recorder)
        mark = MARKS[PHASES[_PHASE[int(record["step"])]]]
        place = describer.place(event.locality, event.country)
        project = describer._("the project in {place}", place=place)
        sentence = describer.sentence(event, (), project)
        lines.append([describer.month(event.month), mark, sentence])
    return lines


def control_words(session: Session) -> dict[str, str | list[str]]:
    """Return the texts of the controls; of ``pace`` one for each speed, the slowest first."""
    speeds = range(1, limits.MONTHS_A_SECOND + 1)
    pace = [session.n("{n} month a second", "{n} months a second", speed) for speed in speeds]
    return {**labels("controls", session._), "pace": pace}


def line_legend(session: Session) -> str:
    """Return the legend of the lines as HTML; its texts are the page's own, escaped."""
    _ = session._
    lines = (
        (BLUE, "", _("twinned")),
        (VERMILLION, "", _("visit from China this month")),
        (GREEN, "6 4", _("journey to China this month")),
        (INK, "", _("ties of what you look at")),
    )
    parts = [
        '<span style="margin-right:1rem;white-space:nowrap">'
        '<svg width="30" height="10" aria-hidden="true">'
        f'<line x1="0" y1="5" x2="30" y2="5" stroke="{colour}" stroke-width="2.5" '
        f'stroke-dasharray="{dash}"/></svg> {escape(text)}</span>'
        for colour, dash, text in lines
    ]
    note = _(
        "Each square is a first-level unit; the squares with two letters are provinces; "
        "each dot is a firm."
    )
    return f"<div>{''.join(parts)}</div><div>{escape(note)}</div>"
