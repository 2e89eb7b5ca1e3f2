"""The engine: timetable, dispatch, the two drivers, initial state and monthly inputs."""

from __future__ import annotations

from functools import partial

from sim.core.lazy import submodule

__getattr__ = partial(submodule, __name__)
