"""Where two runs part: events that only one of them has, and what follows for deals.

Two runs that share their seed and replicate number share every draw, and events carry the same
identity in both. What one log holds and the other does not is therefore a consequence of what
differs between the scenarios. Logs are record arrays of :data:`sim.core.state_fields.EVENT` in the
order of :func:`sim.engine.events.canonical_log`; events are named by their positions in them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from sim.core import enums as k
from sim.core.state import Array

NOWHERE = -1


class Log:
    """Hold the log of one run, a record array in canonical order, with what its causes need."""

    def __init__(self, events: Array) -> None:
        self.events = events

    @cached_property
    def position(self) -> dict[int, int]:
        """Return the position of each event, by identity."""
        return dict(zip(self.events["id"].tolist(), range(len(self.events)), strict=True))

    @cached_property
    def causes(self) -> tuple[list[int], ...]:
        """Return the identities of the causes of each event, one list for each place of a cause."""
        return tuple(self.events[name].tolist() for name in ("cause0", "cause1", "cause2"))

    def causes_of(self, position: int) -> list[int]:
        """Return the positions of an event's causes."""
        found = (self.position.get(causes[position], NOWHERE) for causes in self.causes)
        return [cause for cause in found if cause != NOWHERE]

    def lacks(self, other: Log) -> Array:
        """Return which events of another log this one does not hold."""
        known = self.position
        return np.array([i not in known for i in other.events["id"].tolist()], dtype=np.bool_)


class Sides:
    """Hold the logs of two runs side by side."""

    def __init__(self, one: Log, other: Log) -> None:
        self.logs = (one, other)
        self.only = (other.lacks(one), one.lacks(other))

    @property
    def same(self) -> bool:
        """Return whether the logs are equal in every field of every event."""
        one, other = (log.events for log in self.logs)
        return len(one) == len(other) and one.tobytes() == other.tobytes()

    @cached_property
    def parting(self) -> tuple[int, int] | None:
        """Return the first event that only one log holds, as the log and the position in it.

        Interventions are what the scenarios differ by; what counts is the first thing that
        comes of them. Events of the same step and kind stand in order of place and actor.
        """
        found = []
        for side, log in enumerate(self.logs):
            mine = np.flatnonzero(self.only[side] & (log.events["kind"] != k.INTERVENTION))
            if len(mine):
                event = log.events[mine[0]]
                order = tuple(int(event[name]) for name in ("month", "step", "kind", "place"))
                found.append((order, (side, int(mine[0]))))
        return min(found)[1] if found else None

    def root(self, side: int, position: int) -> tuple[int, int]:
        """Return the first missing event that led to an event that only one log holds.

        The walk goes back along the causes that are missing in the other log too; a cause that
        both logs hold is no reason for the difference. How many missing events it met comes second.
        """
        log, only = self.logs[side], self.only[side]
        seen, waiting = {position}, [position]
        while waiting:
            for cause in log.causes_of(waiting.pop()):
                if only[cause] and cause not in seen:
                    seen.add(cause)
                    waiting.append(cause)
        return min(seen), len(seen)

    def instead(self, side: int, position: int) -> int:
        """Return what the other log holds in the place of an event that it lacks, -1 if nothing.

        Looked for are, in this order, an event only the other log holds, of the same month: of
        the same project; of the same actor; at the same place and of the same kind.
        """
        event, log = self.logs[side].events[position], self.logs[1 - side].events
        month, project, actor, place, kind = (
            int(event[name]) for name in ("month", "project", "actor", "place", "kind")
        )
        first, last = np.searchsorted(log["month"], (month, month + 1))
        candidates = first + np.flatnonzero(self.only[1 - side][first:last])
        others = log[candidates]
        for applies, alike in (
            (project != 0, others["project"] == project),
            (actor >= 0, (others["actor"] == actor) & (others["project"] == 0)),
            (place >= 0, (others["place"] == place) & (others["kind"] == kind)),
        ):
            if applies and alike.any():
                return int(candidates[np.argmax(alike)])
        return NOWHERE


@dataclass(frozen=True)
class LoneDeal:
    """Hold a deal that exists in one of two runs only."""

    side: int  # which of the two runs has it
    # Positions in that run's log of the deal and of the first missing event that led to it, and how
    # many missing events lie on the way.
    deal: int
    root: int
    steps: int
    # Position in the other log of what happened in the place of ``root``, -1 if nothing.
    instead: int
    # Position in the other log of the last event of the same project, -1 if it was never proposed
    # there.
    fate: int


def lone_deals(sides: Sides) -> list[LoneDeal]:
    """Return the projects that became a deal in one of two runs only, first run first."""
    logs = [log.events for log in sides.logs]
    dealt = [_positions(log, np.flatnonzero(log["kind"] == k.DEAL)) for log in logs]
    found = []
    for side in (0, 1):
        lone = [project for project in dealt[side] if project not in dealt[1 - side]]
        other = logs[1 - side]
        fates = _positions(other, np.flatnonzero(np.isin(other["project"], lone)))
        for project in lone:
            deal = dealt[side][project]
            root, steps = sides.root(side, deal)
            instead = sides.instead(side, root)
            found.append(LoneDeal(side, deal, root, steps, instead, fates.get(project, NOWHERE)))
    return found


def _positions(log: Array, rows: Array) -> dict[int, int]:
    """Return the last of the given rows of each project."""
    return dict(zip(log["project"][rows].tolist(), rows.tolist(), strict=True))


@dataclass(frozen=True)
class RunDifference:
    """Hold how one run of a what-if differs from the baseline's."""

    same: bool  # whether the logs are equal in everything
    # The first event that only one of the two has, with the side that has it (0: baseline).
    first: tuple[int, Array] | None
    only: tuple[int, int]  # events that only the baseline, and only the what-if, has
    deals: tuple[int, int]  # deals that only the baseline, and only the what-if, has
    lone: tuple[LoneDeal, ...]  # these deals, the baseline's first
    # For each of these the deal, the root, what happened instead, the fate and the cause of the
    # fate, as records of events (n, 5); those that don't exist have the identity 0.
    rows: Array

    @classmethod
    def between(cls, one: Log, other: Log) -> RunDifference:
        """Return how two runs differ, with copies of the events it tells of."""
        sides = Sides(one, other)
        lone = lone_deals(sides)
        logs = [log.events for log in sides.logs]
        rows = np.zeros((len(lone), 5), dtype=logs[0].dtype)
        for i, deal in enumerate(lone):
            mine, there = logs[deal.side], logs[1 - deal.side]
            cause = _cause_elsewhere(sides.logs[1 - deal.side], deal.fate)
            found = [(mine, deal.deal), (mine, deal.root), (there, deal.instead)]
            for j, (log, position) in enumerate([*found, (there, deal.fate), (there, cause)]):
                if position != NOWHERE:
                    rows[i, j] = log[position]
        only = (int(sides.only[0].sum()), int(sides.only[1].sum()))
        parting = sides.parting
        first = None if parting is None else (parting[0], logs[parting[0]][parting[1]].copy())
        count = sum(deal.side == 0 for deal in lone)
        return cls(sides.same, first, only, (count, len(lone) - count), tuple(lone), rows)

    def counted(self) -> RunDifference:
        """Return the same without the deals one by one."""
        return replace(self, lone=(), rows=self.rows[:0].copy())


def _cause_elsewhere(log: Log, position: int) -> int:
    """Return the first cause of an event that lies outside its own project, -1 if none does."""
    if position == NOWHERE:
        return NOWHERE
    projects = log.events["project"]
    own = projects[position]
    return next((c for c in log.causes_of(position) if projects[c] != own), NOWHERE)
