"""Time what is compared in turn, and tell how far the machine was free for it."""

from __future__ import annotations

import gc
import os
import resource
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

QUIET_LOAD = 0.5
"""Processes that waited or ran in the minute before, at most, on a quiet machine."""
QUIET_WAIT = 1.05
"""Wall over processor time of what runs on one processor, at most, on a quiet machine."""


@dataclass(frozen=True)
class Settings:
    """Hold how much is measured, up to which month (None: the scenario's), in how many rounds.

    Runs of the sweep, ``replicates`` of a run, ``pairs`` behind the variance of an effect, and how
    many ``times`` larger the larger world is.
    """

    end: str | None = None
    rounds: int = 5
    runs: int = 10_000
    replicates: int = 20
    pairs: int = 100
    times: int = 10


@dataclass(frozen=True)
class Timed:
    """Hold how long something took: by the clock, and on the processor."""

    wall: float
    processor: float


@dataclass(frozen=True)
class MeasuredValue:
    """Hold what was measured: a median with the quartiles around it, or one number.

    ``waits`` is wall over processor time where all was done on one processor, else None.
    """

    value: float
    low: float
    high: float
    waits: float | None = None
    details: Mapping[str, Any] = field(default_factory=dict)


def timed(action: Callable[[], object]) -> Timed:
    """Return how long an action takes, on the processor in this process."""
    wall, processor = time.perf_counter(), time.process_time()
    action()
    return Timed(time.perf_counter() - wall, time.process_time() - processor)


def timed_process(action: Callable[[], object]) -> Timed:
    """Return how long an action takes, on the processor in the processes that it waits for."""

    def used() -> float:
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        return usage.ru_utime + usage.ru_stime

    wall, processor = time.perf_counter(), used()
    action()
    return Timed(time.perf_counter() - wall, used() - processor)


def in_turn(rounds: int, *contenders: Callable[[], Callable[[], object]]) -> list[list[Timed]]:
    """Return the times of each contender's action in rounds in which each has its turn.

    A contender prepares its action and returns it. That is not timed, nor is it timed how what the
    one before left behind is collected.
    """
    times: list[list[Timed]] = [[] for _ in contenders]
    for _ in range(rounds):
        for taken, contender in zip(times, contenders, strict=True):
            action = contender()
            gc.collect()
            taken.append(timed(action))
            del action
    return times


def figure(values: Sequence[float], waits: float | None = None, **details: Any) -> MeasuredValue:
    """Return the median of values and their quartiles."""
    low, middle, high = np.quantile(np.asarray(values, dtype=float), (0.25, 0.5, 0.75)).tolist()
    return MeasuredValue(middle, low, high, waits, details)


def on_processor(times: Sequence[Timed], scale: float = 1.0, **details: Any) -> MeasuredValue:
    """Return the processor time of what runs on one processor."""
    return figure([one.processor * scale for one in times], waits(times), **details)


def by_clock(times: Sequence[Timed], **details: Any) -> MeasuredValue:
    """Return the time by the clock, with the processors' time among the details."""
    processor = float(np.median([one.processor for one in times]))
    return figure([one.wall for one in times], processor_s=processor, **details)


def ratio(times: Sequence[Timed], base: Sequence[Timed], **details: Any) -> MeasuredValue:
    """Return by how much one takes longer than the other on the processor, round by round."""
    pairs = zip(times, base, strict=True)
    ratios = [one.processor / other.processor for one, other in pairs]
    return figure(ratios, waits([*times, *base]), **details)


def waits(times: Sequence[Timed]) -> float:
    """Return the median of wall over processor time."""
    return float(np.median([one.wall / max(one.processor, 1e-9) for one in times]))


def load_average() -> float | None:
    """Return how many processes ran or waited in the last minute, None where it is not known."""
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else None


def waited(figures: Iterable[MeasuredValue]) -> float | None:
    """Return the median of wall over processor time of what ran on one processor, if anything."""
    known = [one.waits for one in figures if one.waits is not None]
    return float(np.median(known)) if known else None


def is_quiet(load_before: float | None, wait: float | None) -> bool:
    """Tell whether the machine was free for what was measured."""
    free = load_before is not None and load_before <= QUIET_LOAD
    return free and (wait is None or wait <= QUIET_WAIT)
