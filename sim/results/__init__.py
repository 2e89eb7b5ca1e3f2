"""Results as users have them: what experiments found, with its figures, cards and reports."""

from functools import partial

from sim.core.lazy import submodule

__getattr__ = partial(submodule, __name__)
