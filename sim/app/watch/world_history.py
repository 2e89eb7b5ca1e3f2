"""What is known of places and actors in a month, read from frames and the events so far."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from sim.app.watch.recorder import Recorder
from sim.core import enums as k
from sim.core.calendar import month_name
from sim.core.identities import EVENT, PROJECT, text_of
from sim.core.state import Array
from sim.engine.events import ordered_kinds
from sim.report.event_phrases import Event
from sim.scenario.interventions import KINDS

STAGE = {kind.code: kind.stage for kind in k.EVENTS.values() if kind.stage}
"""Stage a project enters by each kind of event."""
_ENTERS = np.isin(np.arange(len(k.EVENT_KINDS)), list(STAGE))
WITH_FIRM = (k.MEMORANDUM, k.AWARD, k.ACQUISITION)


def event_of(record: Any, recorder: Recorder) -> Event:
    """Return a record of a world's log as an event with codes instead of numbers."""
    at = recorder.at
    ordered = int(ordered_kinds(recorder.state, np.asarray(record).reshape(1))[0])
    city = int(at.city_of(np.asarray(record["office"])))
    project, causes = int(record["project"]), (record[f"cause{i}"] for i in range(3))

    def code(name: str, codes: Sequence[str]) -> str | None:
        index = int(record[name])
        return codes[index] if 0 <= index < len(codes) else None

    return Event(
        event_id=text_of(EVENT, int(record["id"])),
        month=month_name(int(record["month"])),
        kind=k.EVENT_KINDS[int(record["kind"])],
        actor=code("actor", at.actor_codes),
        country=code("country", list(at.country)),
        locality=code("place", recorder.places),
        initiator=k.INITIATORS[int(record["initiator"])],
        sector=code("sector", list(at.sector)),
        project=text_of(PROJECT, project) if project else None,
        value=float(record["value"]) or None,
        causes=tuple(text_of(EVENT, int(cause)) for cause in causes if cause),
        order=0,
        intervention=tuple(KINDS)[ordered] if ordered >= 0 else None,
        city=list(at.city)[city] if city >= 0 else None,
    )


def living_ties(recorder: Recorder, month: int) -> pd.DataFrame:
    """Return the ties that live in a month, the strongest first; a city's are at its unit.

    Columns: ``actor``, ``place``, ``trust`` (0-1) and the months of the first contact ``since`` and
    the twinning ``twinned`` (-1: none so far).
    """
    trust = recorder.frame(month).tie_trust.astype(np.float64)
    table = recorder.state.tie[: len(trust)]
    twinned = np.where(table["twinned"] <= month, table["twinned"], -1)
    rows = np.flatnonzero((trust > 0.0) | (twinned >= 0))
    rows = rows[np.argsort(-trust[rows], kind="stable")]
    columns = {name: table[name][rows].astype(np.int64) for name in ("actor", "place", "since")}
    columns["place"] = recorder.state.place["unit"][columns["place"]]
    return pd.DataFrame(columns | {"trust": trust[rows], "twinned": twinned[rows]})


def project_news(events: Array) -> Array:
    """Return the events by which projects enter stages, the latest first."""
    news: Array = events[_ENTERS[events["kind"]] & (events["project"] != 0)][::-1]
    return news


def projects_of(events: Array) -> pd.DataFrame:
    """Return the projects of some events by their number, the one with the latest news first.

    Columns: ``place``, ``sector`` (-1: none), ``firm`` (nan: none yet), ``value`` in US$ million
    (nan: unknown), the latest ``stage`` of :data:`STAGE` and the ``month`` it was entered.
    """
    news = project_news(events)
    columns = ("project", "place", "sector", "month", "kind", "actor", "value")
    frame = pd.DataFrame({name: news[name] for name in columns})
    named = np.isin(news["kind"], WITH_FIRM) & (news["actor"] >= 0)

    def latest(rows: Array | slice) -> pd.DataFrame:
        return frame[rows].drop_duplicates("project").set_index("project")

    projects = latest(slice(None))
    return projects.assign(
        stage=projects["kind"].map(STAGE),
        firm=latest(named)["actor"].reindex(projects.index),
        value=latest(news["value"] != 0.0)["value"].reindex(projects.index),
    )


def events_of(events: Array, *, place: int = -1, actor: int = -1) -> Array:
    """Return the events of a place and of projects there, or of an actor and its projects."""
    if place >= 0:
        mine = events["place"] == place
    else:
        own = events["actor"] == actor
        projects = np.unique(events["project"][own])
        mine = own | np.isin(events["project"], projects[projects != 0])
    chosen: Array = events[mine]
    return chosen
