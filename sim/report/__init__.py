"""Figures, tables and pages made from runs."""

from functools import partial

from sim.core.lazy import submodule

__getattr__ = partial(submodule, __name__)
