"""What is known of a place or an actor in a month of a recorded world.

Everything is read from frames and from the events so far, so that it holds for any month the
visitor goes back to.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from sim.core import enums as k
from sim.core.calendar import month_name
from sim.core.identities import EVENT, PROJECT, text_of
from sim.engine.events import ordered_kinds
from sim.report.event_phrases import Event

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sim.app.watch.recorder import Recorder
    from sim.core.state import Array

STAGE = {kind.code: kind.stage for kind in k.EVENTS.values() if kind.stage}
"""Stage a project enters by each kind of event."""


@dataclass(frozen=True)
class Tie:
    """Hold a tie as of one month: its ends, trust, first contact and twinning (-1: none)."""

    actor: int
    place: int
    trust: float
    since: int
    twinned: int


@dataclass(frozen=True)
class Project:
    """Hold a project as of one month.

    Parameters
    ----------
    identity
        ``project_id`` of the log.
    place, sector, firm
        Indices; -1 where there is none.
    value
        US$ million; 0 if unknown.
    stage, month
        Latest stage (a value of :data:`STAGE`) and the month it was entered.
    is_deal
        Whether the deal was formed.
    """

    identity: str
    place: int
    sector: int
    firm: int
    value: float
    stage: str
    month: int
    is_deal: bool


def event_of(record: Any, recorder: Recorder) -> Event:
    """Return a record of a world's log as an event with codes instead of numbers."""
    at = recorder.at
    localities = list(at.locality)
    ordered = int(ordered_kinds(recorder.state, np.asarray(record).reshape(1))[0])
    place, project = int(record["place"]), int(record["project"])

    def code(index: int, codes: Sequence[str]) -> str | None:
        return codes[index] if 0 <= index < len(codes) else None

    return Event(
        event_id=text_of(EVENT, int(record["id"])),
        month=month_name(int(record["month"])),
        kind=k.EVENT_KINDS[int(record["kind"])],
        actor=code(int(record["actor"]), at.actor_codes),
        country=code(int(record["country"]), list(at.country)),
        locality=code(place, localities),
        initiator=k.INITIATORS[int(record["initiator"])],
        sector=code(int(record["sector"]), list(at.sector)),
        project=text_of(PROJECT, project) if project else None,
        value=float(record["value"]) or None,
        causes=tuple(
            text_of(EVENT, int(record[name]))
            for name in ("cause0", "cause1", "cause2")
            if record[name]
        ),
        order=0,
        intervention=k.INTERVENTIONS[ordered] if ordered >= 0 else None,
    )


def living_ties(recorder: Recorder, month: int) -> npt.NDArray[np.bool_]:
    """Return which of a month's ties live: some trust is left, or the pair is twinned."""
    trust = recorder.frame(month).tie_trust
    twinned = recorder.state.tie["twinned"][: len(trust)]
    living: npt.NDArray[np.bool_] = (trust > 0.0) | ((twinned >= 0) & (twinned <= month))
    return living


def ties_at(recorder: Recorder, month: int, *, place: int = -1, actor: int = -1) -> list[Tie]:
    """Return the living ties of a place or an actor in a month, the strongest first."""
    trust = recorder.frame(month).tie_trust
    table = recorder.state.tie[: len(trust)]
    mine = table["place"] == place if place >= 0 else table["actor"] == actor
    rows = np.flatnonzero(mine & living_ties(recorder, month))
    rows = rows[np.argsort(-trust[rows].astype(np.float64), kind="stable")]
    found = []
    for row in rows:
        tie = table[row]
        twinned = int(tie["twinned"])
        found.append(
            Tie(
                actor=int(tie["actor"]),
                place=int(tie["place"]),
                trust=float(trust[row]),
                since=int(tie["since"]),
                twinned=twinned if 0 <= twinned <= month else -1,
            )
        )
    return found


def twinned_pairs(recorder: Recorder, month: int) -> Array:
    """Return actor and place of every pair twinned so far, shape (pairs, 2)."""
    table = recorder.state.tie[: len(recorder.frame(month).tie_trust)]
    rows = table[(table["twinned"] >= 0) & (table["twinned"] <= month)]
    return np.column_stack([rows["actor"], rows["place"]])


def projects_of(events: Array) -> list[Project]:
    """Return the projects of some events, the one with the latest news first."""
    latest: dict[int, Project] = {}
    for record in events[np.isin(events["kind"], list(STAGE)) & (events["project"] != 0)]:
        kind, identity = int(record["kind"]), int(record["project"])
        before = latest.pop(identity, None)
        firm = int(record["actor"]) if kind in {k.MEMORANDUM, k.AWARD, k.ACQUISITION} else -1
        latest[identity] = Project(
            identity=text_of(PROJECT, identity),
            place=int(record["place"]),
            sector=int(record["sector"]),
            firm=firm if firm >= 0 or before is None else before.firm,
            value=float(record["value"]) or (before.value if before else 0.0),
            stage=STAGE[kind],
            month=int(record["month"]),
            is_deal=kind == k.DEAL or (before is not None and before.is_deal),
        )
    return list(latest.values())[::-1]


def events_of(events: Array, *, place: int = -1, actor: int = -1) -> Array:
    """Return the events of a place, or of an actor and the projects it took part in."""
    if place >= 0:
        mine = events["place"] == place
    else:
        own = events["actor"] == actor
        projects = np.unique(events["project"][own])
        mine = own | np.isin(events["project"], projects[projects != 0])
    chosen: Array = events[mine]
    return chosen
