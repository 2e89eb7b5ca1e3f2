"""What the map can be coloured by."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from sim.app.labels import labels
from sim.app.session import Session
from sim.app.watch.map_layout import Floats
from sim.app.watch.recorder import Frame, Recorder
from sim.core import enums as k

MEASURES = {
    "trust": (0.0, 1.0),
    "deals": (0.0, 6.0),
    "authority": (0.0, 1.0),
    "turnover": (0.0, 8.0),
    "will": (0.0, 1.0),
}
"""Measures, and the ends of their scales of colours."""


OF_ACTORS = {"trust", "deals"}
"""Measures that provinces and firms have, too."""


class MeasureScale(NamedTuple):
    """Hold title and unit in the visitor's language, and the ends of the scale of colours.

    ``of_actors`` tells whether provinces and firms have the measure, too.
    """

    title: str
    unit: str
    low: float
    high: float
    of_actors: bool


def scales(session: Session) -> dict[str, MeasureScale]:
    """Return the scales of all measures."""
    titles, units = labels("measures", session._), labels("measure_units", session._)
    return {
        name: MeasureScale(titles[name], units[name], *ends, name in OF_ACTORS)
        for name, ends in MEASURES.items()
    }


def measured(recorder: Recorder, frame: Frame, measure: str) -> tuple[Floats, Floats, Floats]:
    """Return a measure of every locality, province (its firms' deals too) and firm; nan if none."""
    state, at = recorder.state, recorder.at
    columns: dict[str, Any] = {
        "trust": frame.trust,
        "deals": frame.deals,
        "authority": np.clip(
            frame.authority[state.place["country"][: len(frame.trust)]]
            + state.added_authority[frame.month],
            0.0,
            1.0,
        ),
        "turnover": (frame.month + 1 - frame.since.astype(np.float64)) / 12.0,
        "will": frame.will,
    }
    places: Floats = columns[measure].astype(np.float64)
    actors, provinces = np.full(len(state.actor), np.nan), len(at.province)
    if measure == "trust":
        actors[:] = 0.0
        trust = frame.tie_trust.astype(np.float64)
        np.maximum.at(actors, state.tie["actor"][: len(trust)], trust)
    elif measure == "deals":
        actors[:] = frame.actor_deals
    own = actors[:provinces]
    if measure == "deals":
        home = state.actor["home"]
        own = own + np.bincount(home[home >= 0], actors[home >= 0], minlength=provinces)
    first = at.actor_offset[k.FIRM]
    return places, own, actors[first : first + len(recorder.world.firms)]
