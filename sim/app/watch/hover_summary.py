"""What pointing at a square or a dot tells: who governs, ties, and projects by their stages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.app.watch.world_history import STAGE, living_ties, project_news, sites_of
from sim.core import enums as k

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from sim.app.watch.map_layout import Ints
    from sim.app.watch.profile import Profiles
    from sim.app.watch.recorder import Frame, Recorder
    from sim.core.state import Array

STAGES = (*k.STAGES[: k.BUILDING], "deal", *k.STAGES[k.BUILDING :])
_NUMBER = np.full(max(STAGE) + 1, -1, dtype=np.int64)
_NUMBER[list(STAGE)] = [STAGES.index(stage) for stage in STAGE.values()]

Notes = dict[str, list[str]]
"""Texts by column of the map, one a locality or an actor."""


def tie_counts(ties: pd.DataFrame, mine: str, other: str, count: int) -> Ints:
    """Return for each place or actor the number of its ties and the other end of the strongest.

    Shape (count, 2); the other end is -1 where there is none. ``ties`` stand the strongest first.
    """
    inside = ties[mine].to_numpy() < count
    here, there = (ties[name].to_numpy()[inside] for name in (mine, other))
    strongest = np.full(count, -1)
    # Of several written to one place the last stays.
    strongest[here[::-1]] = there[::-1]
    return np.column_stack([np.bincount(here, minlength=count), strongest])


def stage_counts(recorder: Recorder, events: Array) -> tuple[Ints, Ints]:
    """Return the projects of every locality and of every actor that took part, by latest stage.

    Shapes (localities, stages) and (actors, stages); the stages are those of ``STAGES``.
    """
    news = project_news(events)
    identity, latest = np.unique(news["project"], return_index=True)
    stage, place = _NUMBER[news["kind"][latest]], sites_of(news[::-1])[1].astype(np.int64)
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
        "ties": tie_words(place_ties, profiles.actor_names(recorder).__getitem__),
        "projects": stage_words(by_place),
    }, {
        "ties": tie_words(actor_ties, lambda place: profiles.place_name(recorder, place)),
        "projects": stage_words(by_actor),
    }
