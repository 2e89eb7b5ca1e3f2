"""The command line, one file a command."""

from functools import partial

from sim.core.lazy import submodule

__getattr__ = partial(submodule, __name__)
