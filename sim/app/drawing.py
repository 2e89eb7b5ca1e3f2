"""How the columns of a figure are changed while a visitor looks at it."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, ParamSpec, TypeVar

import panel as pn

if TYPE_CHECKING:
    from collections.abc import Callable

P = ParamSpec("P")
R = TypeVar("R")


def drawn(method: Callable[P, R]) -> Callable[P, R]:
    """Let a method change figures, whoever calls it.

    Clicks are handled without the lock of the visitor's document, and while it is writing to the
    browser it refuses what changes in a figure. What such a method changes is held and sent as
    one when it is done.
    """

    @wraps(method)
    def held(*given: P.args, **named: P.kwargs) -> R:
        with pn.io.hold():
            return method(*given, **named)

    return held
