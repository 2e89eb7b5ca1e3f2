"""Figures and tables of what was predicted without having been seen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Numbers = Mapping[str, Any]


def figures(numbers: Callable[..., Numbers | None]) -> list[tuple[str, str, Axes]]:
    """Return the figures of the section: section, name of the caption, and axes of each.

    Parameters
    ----------
    numbers
        Returns the numbers of a check that has certain keys, or None.
    """
    return []


def tables(numbers: Mapping[str, Numbers]) -> list[str]:
    """Return the tables of the section as HTML.

    Parameters
    ----------
    numbers
        Of its checks, by name.
    """
    return []
