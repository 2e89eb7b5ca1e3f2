"""Run a world on Mesa agents and keep what each month looked like, to be shown again at once.

Frames are only ever appended, by one thread; the page reads those that are there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from sim.app import limits
from sim.app.thread_pool import Cancel
from sim.core import enums as k
from sim.core.state import Array, State
from sim.engine.events import canonical_log
from sim.scenario.schema import Scenario
from sim.world import World
from sim.world.positions import Positions

if TYPE_CHECKING:
    from sim.engine.model import ParadiplomacyModel

Small = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Frame:
    """Hold the end of one month; months count from January 2000, indices and trust are 0-1."""

    month: int
    trust: Small  # the highest in any Chinese actor, by locality
    will: Small  # the governor's, by locality
    since: npt.NDArray[np.int16]  # when the governor took office
    aligned: npt.NDArray[np.bool_]  # whether the governor is of the national executive's bloc
    deals: npt.NDArray[np.int16]  # so far, by locality
    actor_deals: npt.NDArray[np.int16]  # so far, by actor
    authority: Small  # of first-level units, by country
    leader_since: npt.NDArray[np.int16]  # when the executive took office, by country
    tie_trust: npt.NDArray[np.float16]  # of every tie, in the order of the state's
    events: Array  # the month's, in canonical order

    @property
    def nbytes(self) -> int:
        """Return the memory of the arrays, in bytes."""
        arrays = (getattr(self, name) for name in self.__slots__ if name != "month")
        return sum(int(array.nbytes) for array in arrays)


class Recorder:
    """Run one world as far as asked and keep its frames."""

    def __init__(self, scenario: Scenario, world: World) -> None:
        self.scenario = scenario
        self.world = world
        self.at = Positions(world)
        self.places = list(self.at.locality)
        self.frames: list[Frame] = []
        self.first = scenario.start_month
        self.last = min(scenario.end_month, self.first + limits.MONTHS - 1)
        self.nbytes = 0
        self._model: ParadiplomacyModel | None = None
        self._seen = 0

    def has(self, target: str) -> bool:
        """Tell whether a target such as ``place:CODE`` or ``actor:CODE`` is in the world."""
        what, _, code = target.partition(":")
        return code in {"place": self.at.locality, "actor": self.at.actor}.get(what, {})

    @property
    def known(self) -> int:
        """Return the last month that was recorded; the month before the first if none was."""
        return self.first + len(self.frames) - 1

    @property
    def is_full(self) -> bool:
        """Tell whether no further month may be recorded."""
        return self.known >= self.last or self.nbytes > limits.FRAME_BYTES

    @property
    def state(self) -> State:
        """Return the arrays as far as the world has been run."""
        assert self._model is not None
        return self._model.state

    def frame(self, month: int) -> Frame:
        """Return a recorded month."""
        return self.frames[month - self.first]

    def advance(
        self, to: int, cancel: Cancel | None = None, each: Callable[[], None] | None = None
    ) -> None:
        """Run until a month has been recorded; ``each`` is called after every month."""
        if self._model is None:
            from sim.engine.model import ParadiplomacyModel

            self._model = ParadiplomacyModel(self.scenario, world=self.world)
        while self.known < to and not self.is_full:
            if cancel is not None:
                cancel.check()
            self._model.step()
            self._keep(self._model.month - 1)
            if each is not None:
                each()

    def _keep(self, month: int) -> None:
        """Keep what the world looks like at the end of a month."""
        self.frames.append(self._look(month))
        self.nbytes += self.frames[-1].nbytes

    def _look(self, month: int) -> Frame:
        w = self.state
        localities = len(self.places)
        place, governor, country = w.place[:localities], w.governor[:localities], w.country
        ties = w.tie[: int(w.run["ties"][0])]
        events = self._new_events(w)
        deals = events[events["kind"] == k.DEAL]
        here = deals["place"][(deals["place"] >= 0) & (deals["place"] < localities)]
        dealt = np.bincount(here, minlength=localities)
        actors = np.bincount(deals["actor"][deals["actor"] >= 0], minlength=len(w.actor))
        if self.frames:
            dealt = dealt + self.frames[-1].deals
            actors = actors + self.frames[-1].actor_deals
        trust = 1.0 - (1.0 - ties["personal"]) * (1.0 - ties["institutional"])
        return Frame(
            month=month,
            trust=place["trust"].astype(np.float32),
            will=governor["will"].astype(np.float32),
            since=governor["since"].astype(np.int16),
            aligned=governor["bloc"] == country["bloc"][place["country"]],
            deals=dealt.astype(np.int16),
            actor_deals=actors.astype(np.int16),
            authority=country["authority"].astype(np.float32),
            leader_since=country["since"].astype(np.int16),
            tie_trust=trust.astype(np.float16),
            events=events,
        )

    def _new_events(self, w: State) -> Array:
        """Return the events since the last look, in canonical order."""
        end = int(w.run["events"][0])
        run: Any = w.run.copy()
        run["events"] = end - self._seen
        new = w._replace(event=w.event[self._seen : end], run=run)
        self._seen = end
        return canonical_log(new)

    def events_until(self, month: int) -> Array:
        """Return all events up to a recorded month."""
        kind = self.state.event.dtype
        parts = [np.zeros(0, kind), *(f.events for f in self.frames[: month - self.first + 1])]
        # As plain bytes, since numpy takes long to compare types of records.
        return np.concatenate([part.view(f"V{kind.itemsize}") for part in parts]).view(kind)
