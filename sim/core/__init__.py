"""Foundations: parameters, state, keyed draws, compiled-code support, files and errors."""

from __future__ import annotations

from functools import partial

from sim.core.lazy import submodule

__getattr__ = partial(submodule, __name__)
