"""The ticker: what is worth telling of a month, in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.app.watch.world_history import event_of
from sim.core import enums as k
from sim.engine.timetable import PHASES, STEPS

if TYPE_CHECKING:
    from sim.app.watch.recorder import Frame, Recorder
    from sim.core.state import Array
    from sim.report.event_phrases import EventDescriber

LINES = 14
"""Lines of the ticker."""

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


def phases_of(events: Array) -> list[int]:
    """Return how many events each phase of a month left, in the order of the phases."""
    counts = np.bincount(_PHASE[events["step"]], minlength=len(PHASES))
    return [int(count) for count in counts]


def notable(events: Array, most: int = LINES) -> Array:
    """Return the events of a month that are told: the most important, in their order."""
    ranks = _NEWS[events["kind"]]
    chosen = np.flatnonzero(ranks)
    best = chosen[np.argsort(ranks[chosen], kind="stable")][:most]
    notable_events: Array = events[np.sort(best)]
    return notable_events


def lines_of(recorder: Recorder, frame: Frame, describer: EventDescriber) -> list[list[str]]:
    """Return the month's lines, the latest first: month, mark and sentence of each."""
    lines = []
    for record in notable(frame.events):
        event = event_of(record, recorder)
        mark = MARKS[PHASES[_PHASE[int(record["step"])]]]
        place = describer.place(event.locality, event.country)
        project = describer._("the project in {place}", place=place)
        sentence = describer.sentence(event, (), project)
        lines.append([describer.month(event.month), mark, sentence])
    return lines[::-1]


def ticker(
    recorder: Recorder,
    month: int,
    describer: EventDescriber,
    lines_by_month: dict[int, list[list[str]]],
) -> list[list[str]]:
    """Return the latest lines as of a month; ``lines_by_month`` keeps the sentences of months."""
    lines: list[list[str]] = []
    while month >= recorder.first and len(lines) < LINES:
        if month not in lines_by_month:
            lines_by_month[month] = lines_of(recorder, recorder.frame(month), describer)
        lines += lines_by_month[month]
        month -= 1
    return lines[:LINES]
