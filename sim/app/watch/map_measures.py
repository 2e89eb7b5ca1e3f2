"""What the map can be coloured by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from sim.core import enums as k

if TYPE_CHECKING:
    from collections.abc import Callable

    from sim.app.session import Session
    from sim.app.watch.recorder import Frame, Recorder

Floats = npt.NDArray[np.float64]

MEASURES = ("trust", "deals", "authority", "turnover", "will")


@dataclass(frozen=True)
class MeasureScale:
    """Describe how a measure is shown.

    Parameters
    ----------
    title, unit
        In the visitor's language.
    low, high
        Ends of the scale of colours.
    """

    title: str
    unit: str
    low: float
    high: float


def scales(session: Session) -> dict[str, MeasureScale]:
    """Return the scales of all measures."""
    _ = session._
    return {
        "trust": MeasureScale(_("Trust"), _("highest trust in a Chinese actor, 0 to 1"), 0.0, 1.0),
        "deals": MeasureScale(_("Deals"), _("deals so far"), 0.0, 6.0),
        "authority": MeasureScale(
            _("Authority"), _("authority of first-level units, 0 to 1"), 0.0, 1.0
        ),
        "turnover": MeasureScale(
            _("Turnover"), _("years the governor has been in office"), 0.0, 8.0
        ),
        "will": MeasureScale(_("Governor's will"), _("will to work with China, 0 to 1"), 0.0, 1.0),
    }


def of_localities(recorder: Recorder, frame: Frame, measure: str) -> Floats:
    """Return a measure for every locality in one month."""
    if measure == "authority":
        country = recorder.state.place["country"][: len(frame.trust)]
        return np.asarray(frame.authority[country], dtype=np.float64)
    of_frame: dict[str, Callable[[], npt.NDArray[np.generic]]] = {
        "trust": lambda: frame.trust,
        "deals": lambda: frame.deals,
        "turnover": lambda: (frame.month + 1 - frame.since.astype(np.float64)) / 12.0,
        "will": lambda: frame.will,
    }
    return of_frame[measure]().astype(np.float64)


def of_provinces(recorder: Recorder, frame: Frame, measure: str) -> Floats:
    """Return a measure for every province; nan where it says nothing about provinces.

    A province's deals are its own and those of the firms at home there.
    """
    provinces = len(recorder.at.province)
    values = of_actors(recorder, frame, measure)
    if measure == "deals":
        home = recorder.state.actor["home"]
        inside = home >= 0
        return values[:provinces] + np.bincount(home[inside], values[inside], minlength=provinces)
    return values[:provinces]


def of_firms(recorder: Recorder, frame: Frame, measure: str) -> Floats:
    """Return a measure for every firm; nan where it says nothing about firms."""
    first = recorder.at.actor_offset[k.FIRM]
    return of_actors(recorder, frame, measure)[first : first + len(recorder.world.firms)]


def of_actors(recorder: Recorder, frame: Frame, measure: str) -> Floats:
    """Return a measure for every Chinese actor; nan where it says nothing about actors."""
    actors = len(recorder.state.actor)
    if measure == "deals":
        return frame.actor_deals.astype(np.float64)
    if measure == "trust":
        most = np.zeros(actors)
        trust = frame.tie_trust.astype(np.float64)
        np.maximum.at(most, recorder.state.tie["actor"][: len(trust)], trust)
        return most
    return np.full(actors, np.nan)
