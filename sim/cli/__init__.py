"""The command line, one file a command."""

from __future__ import annotations

from functools import partial

from sim.core.lazy import submodule

__getattr__ = partial(submodule, __name__)
