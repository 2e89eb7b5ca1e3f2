"""What pointing at a square or a dot tells: who governs, ties, and projects by their stages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.app.watch.world_history import STAGE, living_ties
from sim.core import enums as k

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sim.app.session import Session
    from sim.app.watch.geometry import Ints
    from sim.app.watch.profile import Profiles
    from sim.app.watch.recorder import Frame, Recorder
    from sim.report.event_phrases import EventDescriber

STAGES = (*k.STAGES[: k.BUILDING], "deal", *k.STAGES[k.BUILDING :])
_NUMBER = np.full(max(STAGE) + 1, -1, dtype=np.int64)
_NUMBER[list(STAGE)] = [STAGES.index(stage) for stage in STAGE.values()]

Notes = dict[str, list[tuple[int, str]]]
"""By column, the texts that changed, with their rows."""


def ties_of(recorder: Recorder, month: int) -> tuple[Ints, Ints]:
    """Return the living ties of every locality and of every actor in a month.

    Returns
    -------
    tuple
        Shapes (localities, 2) and (actors, 2): number of ties, and the other end of the
        strongest, -1 if there is none.
    """
    frame = recorder.frame(month)
    table = recorder.state.tie[: len(frame.tie_trust)]
    localities = len(recorder.at.locality)
    living = np.flatnonzero(living_ties(recorder, month))
    # The last that is written stays: the strongest.
    living = living[np.argsort(frame.tie_trust[living], kind="stable")]
    actor = table["actor"][living].astype(np.int64)
    place = table["place"][living].astype(np.int64)
    local = place < localities

    def count(mine: Ints, other: Ints, squares: int) -> Ints:
        strongest = np.full(squares, -1, dtype=np.int64)
        strongest[mine] = other
        return np.column_stack([np.bincount(mine, minlength=squares), strongest])

    return (
        count(place[local], actor[local], localities),
        count(actor, place, len(recorder.state.actor)),
    )


def projects_of(recorder: Recorder, month: int) -> tuple[Ints, Ints]:
    """Return the projects so far of every locality and of every actor, by their latest stage.

    An actor's projects are those it took part in.

    Returns
    -------
    tuple
        Shapes (localities, stages) and (actors, stages); the stages are those of ``STAGES``.
    """
    events = recorder.events_until(month)
    events = events[events["project"] != 0]
    localities, actors = len(recorder.at.locality), len(recorder.state.actor)
    of_places = np.zeros((localities, len(STAGES)), dtype=np.int64)
    of_actors = np.zeros((actors, len(STAGES)), dtype=np.int64)
    news = events[np.isin(events["kind"], list(STAGE))][::-1]
    identity, latest = np.unique(news["project"], return_index=True)
    stage = _NUMBER[news["kind"][latest]]
    place = news["place"][latest].astype(np.int64)
    local = (place >= 0) & (place < localities)
    np.add.at(of_places, (place[local], stage[local]), 1)
    mine = events[(events["actor"] >= 0) & np.isin(events["project"], identity)]
    project = np.searchsorted(identity, mine["project"])
    pairs = np.unique(project * actors + mine["actor"])
    np.add.at(of_actors, (pairs % actors, stage[pairs // actors]), 1)
    return of_places, of_actors


class HoverSummary:
    """Keep the texts of one map up to date, telling only what changed.

    Parameters
    ----------
    session, describer, profiles
        The visitor, and the visitor's words.
    """

    def __init__(self, session: Session, describer: EventDescriber, profiles: Profiles) -> None:
        self.session = session
        self.describer = describer
        self.profiles = profiles
        self._known: dict[str, Ints] = {}

    def forget(self) -> None:
        """Tell everything anew the next time, as for another world."""
        self._known.clear()

    def of(self, recorder: Recorder, frame: Frame) -> tuple[Notes, Notes]:
        """Return what changed about localities and about actors since the last call."""
        codes, at = list(recorder.at.locality), recorder.at
        of_places, of_actors = ties_of(recorder, frame.month)
        by_place, by_actor = projects_of(recorder, frame.month)

        def holder(row: int) -> str:
            return self.profiles.holder(codes[row], int(frame.since[row]))

        def actor_name(actor: int) -> str:
            return self.describer.actor(at.actor_codes[actor])

        def place_name(place: int) -> str:
            return self.profiles.place_name(recorder, place)

        since = frame.since.astype(np.int64)
        return (
            {
                "holder": self._changed("holder", since, holder),
                "ties": self._changed(
                    "place ties", of_places, lambda row: self._ties(of_places[row], actor_name)
                ),
                "projects": self._changed(
                    "place projects", by_place, lambda row: self._stages(by_place[row])
                ),
            },
            {
                "ties": self._changed(
                    "actor ties", of_actors, lambda row: self._ties(of_actors[row], place_name)
                ),
                "projects": self._changed(
                    "actor projects", by_actor, lambda row: self._stages(by_actor[row])
                ),
            },
        )

    def _changed(
        self, name: str, now: Ints, describe: Callable[[int], str]
    ) -> list[tuple[int, str]]:
        before = self._known.get(name)
        self._known[name] = now
        if before is None:
            rows: Sequence[int] = range(len(now))
        else:
            differ = (before != now).reshape(len(now), -1).any(axis=1)
            rows = [int(row) for row in np.flatnonzero(differ)]
        return [(row, describe(row)) for row in rows]

    def _ties(self, ties: Ints, name: Callable[[int], str]) -> str:
        _ = self.session._
        count, strongest = (int(value) for value in ties)
        if count == 0:
            return _("None yet.")
        return _("{n}, the strongest with {name}", n=count, name=name(strongest))

    def _stages(self, counts: Ints) -> str:
        parts = [
            f"{self.profiles.stages[stage]}: {count}"
            for stage, count in zip(STAGES, counts, strict=True)
            if count
        ]
        return ", ".join(parts) or self.session._("None yet.")
