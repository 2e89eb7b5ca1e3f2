"""Where a line may not break: between a number and its unit."""

from __future__ import annotations

import re
import textwrap
from typing import Any

NO_BREAK = "\u00a0"
_UNITS = "million|billion|mil|millones|milhões|bilhões"
_JOINED = re.compile(rf"(?<=[\d}}]) (?=%|(?:{_UNITS})\b)|(?<=US\$) (?=[\d{{]|[mb]illion\b)")
"""Spaces between a number, or the field that holds one, and what it counts."""


def unbroken(text: str) -> str:
    r"""Return a text, or a page of HTML, whose numbers stay on one line with their units.

    >>> unbroken("10 % of US$ 100 million").split(" ")
    ['10\xa0%', 'of', 'US$\xa0100\xa0million']
    """
    return _JOINED.sub(NO_BREAK, text)


def wrap(text: str, width: int, **layout: Any) -> list[str]:
    """Return a text in lines as :func:`textwrap.wrap` does, numbers on one line with their units.

    Spaces that do not break become plain ones, as everywhere in a terminal.
    """
    lines = textwrap.wrap(unbroken(text), width, **layout)
    return [line.replace(NO_BREAK, " ") for line in lines]
