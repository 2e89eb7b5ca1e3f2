"""How fast everything is: measured side by side in one call and held against the bars."""

from functools import partial

from sim.core.lazy import submodule

__getattr__ = partial(submodule, __name__)
