"""What the map can be coloured by."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.core import enums as k

if TYPE_CHECKING:
    from sim.app.session import Session
    from sim.app.watch.map_layout import Floats
    from sim.app.watch.recorder import Frame, Recorder

MEASURES = ("trust", "deals", "authority", "turnover", "will")


class MeasureScale(NamedTuple):
    """Hold title and unit in the visitor's language, and the ends of the scale of colours."""

    title: str
    unit: str
    low: float
    high: float


def scales(session: Session) -> dict[str, MeasureScale]:
    """Return the scales of all measures."""
    _ = session._
    trust, office = (
        _("highest trust in a Chinese actor, 0 to 1"),
        _("will to work with China, 0 to 1"),
    )
    authority = _("authority of first-level units, 0 to 1")
    years = _("years the governor has been in office")
    return {
        "trust": MeasureScale(_("Trust"), trust, 0.0, 1.0),
        "deals": MeasureScale(_("Deals"), _("deals so far"), 0.0, 6.0),
        "authority": MeasureScale(_("Authority"), authority, 0.0, 1.0),
        "turnover": MeasureScale(_("Turnover"), years, 0.0, 8.0),
        "will": MeasureScale(_("Governor's will"), office, 0.0, 1.0),
    }


def measured(recorder: Recorder, frame: Frame, measure: str) -> tuple[Floats, Floats, Floats]:
    """Return a measure of every locality, province and firm; nan where it says nothing of them.

    A province's deals are its own and those of the firms at home there.
    """
    state, at = recorder.state, recorder.at
    places = {
        "trust": frame.trust,
        "deals": frame.deals,
        "authority": frame.authority[state.place["country"][: len(frame.trust)]],
        "turnover": (frame.month + 1 - frame.since.astype(np.float64)) / 12.0,
        "will": frame.will,
    }[measure].astype(np.float64)
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
