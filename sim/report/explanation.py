"""Events and lives of projects as data, for programs."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from sim.report.biography import Life, headline
from sim.report.event_phrases import Event, EventDescriber

_COLUMN = {"actor": "chinese_actor", "project": "project_id", "value": "value_usd_m"}


def event_record(event: Event) -> dict[str, Any]:
    """Return an event by the names of the columns of the log, for machines."""
    return {_COLUMN.get(name, name): v for name, v in asdict(event).items() if name != "order"}


def life_record(life: Life, names: EventDescriber) -> dict[str, Any]:
    """Return a life for machines: each event, what was decided, and the events it came of."""
    what, how = headline(life, names)
    steps = [
        {
            "event": event_record(line.event),
            "lane": line.lane,
            "decision": names.line_sentence(line.event, line.causes, life.project),
            "causes": [event_record(cause) for cause in line.causes],
        }
        for line in life.lines
    ]
    return {
        "project_id": life.project,
        "what": what,
        "how": how,
        "steps": steps,
        "contacts_left_out": life.left_out,
    }
