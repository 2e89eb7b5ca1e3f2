"""The world as tables with sources, and what follows from them alone."""

from sim.world.tables import NO_MONTH, SHIPPED, World, load_world

__all__ = ["NO_MONTH", "SHIPPED", "World", "load_world"]
