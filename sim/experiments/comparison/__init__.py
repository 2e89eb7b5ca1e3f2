"""Compare what-ifs with a baseline by paired runs; :mod:`.paired_comparison` is where to begin."""

from functools import partial

from sim.core.lazy import submodule

__getattr__ = partial(submodule, __name__)
