"""Experiments: runs, and what is made of many of them."""

from functools import partial

from sim.core.lazy import submodule

__getattr__ = partial(submodule, __name__)
