"""What pointing at a square or a dot tells: who governs, ties, and projects by their stages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sim.app.watch.world_history import living_ties, projects_of
from sim.core import enums as k

if TYPE_CHECKING:
    from collections.abc import Callable

    from sim.app.watch.map_layout import Ints
    from sim.app.watch.profile import Profiles
    from sim.app.watch.recorder import Frame, Recorder
    from sim.core.state import Array

STAGES = (*k.STAGES[: k.BUILDING], "deal", *k.STAGES[k.BUILDING :])

Notes = dict[str, list[tuple[int, str]]]
"""By column, the texts that changed, with their rows."""


def tie_counts(ties: pd.DataFrame, mine: str, other: str, count: int) -> Ints:
    """Return for each place or actor the number of its ties and the other end of the strongest.

    Shape (count, 2); the other end is -1 where there is none. ``ties`` stand the strongest first.
    """
    ties = ties[ties[mine] < count]
    strongest = ties.groupby(mine)[other].first().reindex(range(count), fill_value=-1)
    return np.column_stack([np.bincount(ties[mine], minlength=count), strongest])


def stage_counts(recorder: Recorder, events: Array) -> tuple[Ints, Ints]:
    """Return the projects of every locality and of every actor that took part, by latest stage.

    Shapes (localities, stages) and (actors, stages); the stages are those of ``STAGES``.
    """
    projects = projects_of(events)
    stage = projects["stage"].map({name: i for i, name in enumerate(STAGES)}).to_numpy()
    of_places = np.zeros((len(recorder.places), len(STAGES)), dtype=np.int64)
    of_actors = np.zeros((len(recorder.state.actor), len(STAGES)), dtype=np.int64)
    local = projects["place"].between(0, len(of_places) - 1)
    np.add.at(of_places, (projects["place"][local], stage[local]), 1)
    number, count = projects.index.get_indexer(pd.Index(events["project"])), len(of_actors)
    mine = (events["actor"] >= 0) & (number >= 0)
    pairs = np.unique(number[mine] * count + events["actor"][mine])
    np.add.at(of_actors, (pairs % count, stage[pairs // count]), 1)
    return of_places, of_actors


class HoverSummary:
    """Keep the texts of one map up to date, telling only what changed."""

    def __init__(self, profiles: Profiles) -> None:
        self.session, self.profiles = profiles.session, profiles
        self._known: dict[str, Ints] = {}

    def forget(self) -> None:
        """Tell everything anew the next time, as for another world."""
        self._known.clear()

    def of(self, recorder: Recorder, frame: Frame) -> tuple[Notes, Notes]:
        """Return what changed about localities and about actors since the last call."""
        profiles, ties = self.profiles, living_ties(recorder, frame.month)
        by_place, by_actor = stage_counts(recorder, recorder.events_until(frame.month))
        place_ties = tie_counts(ties, "place", "actor", len(by_place))
        actor_ties = tie_counts(ties, "actor", "place", len(by_actor))
        since = frame.since.astype(np.int64)

        def actor_name(actor: int) -> str:
            return profiles.describer.actor(recorder.at.actor_codes[actor])

        def place_name(place: int) -> str:
            return profiles.place_name(recorder, place)

        def holder(row: int) -> str:
            return profiles.holder(recorder.places[row], int(since[row]))

        def strongest(counts: Ints, name: Callable[[int], str]) -> Callable[[int], str]:
            return lambda row: self._ties(counts[row], name)

        places = {
            "holder": self._changed("holder", since, holder),
            "ties": self._changed("place ties", place_ties, strongest(place_ties, actor_name)),
            "projects": self._changed(
                "place projects", by_place, lambda row: self._stages(by_place[row])
            ),
        }
        return places, {
            "ties": self._changed("actor ties", actor_ties, strongest(actor_ties, place_name)),
            "projects": self._changed(
                "actor projects", by_actor, lambda row: self._stages(by_actor[row])
            ),
        }

    def _changed(
        self, name: str, now: Ints, describe: Callable[[int], str]
    ) -> list[tuple[int, str]]:
        before = self._known.get(name)
        self._known[name] = now
        differ = np.full(len(now), True)
        if before is not None:
            differ = (before != now).reshape(len(now), -1).any(axis=1)
        return [(row, describe(row)) for row in np.flatnonzero(differ).tolist()]

    def _ties(self, ties: Ints, name: Callable[[int], str]) -> str:
        _ = self.session._
        count, strongest = ties.tolist()
        if count == 0:
            return _("None yet.")
        return _("{n}, the strongest with {name}", n=count, name=name(strongest))

    def _stages(self, counts: Ints) -> str:
        words = (self.profiles.stages[stage] for stage in STAGES)
        parts = [f"{word}: {n}" for word, n in zip(words, counts, strict=True) if n]
        return ", ".join(parts) or self.session._("None yet.")
