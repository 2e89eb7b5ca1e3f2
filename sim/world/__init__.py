"""The world as tables with sources, and what follows from them alone."""

from __future__ import annotations

from functools import partial

from sim.core.lazy import submodule
from sim.world.tables import NO_MONTH, SHIPPED, World, check_world, load_world

__all__ = ["NO_MONTH", "SHIPPED", "World", "check_world", "load_world"]

__getattr__ = partial(submodule, __name__)
