"""Tell which parameters of a sweep matter; :mod:`.analysis` is where to begin."""

from functools import partial

from sim.core.lazy import submodule

__getattr__ = partial(submodule, __name__)
