"""How the page looks: the palette of the figures, the system's type, one style sheet.

Colours of text reach the contrast of 4.5 : 1 on their ground that WCAG 2.2 AA asks for; lines and
marks that carry meaning reach 3 : 1.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from panel.theme import Design, Inherit
from panel.viewable import Viewable

from sim.report.figure_style import (
    BLUE,
    FAINT,
    GREEN,
    INK,
    ORANGE,
    PAPER,
    PURPLE,
    QUIET,
    SKY,
    VERMILLION,
)

GROUND = "#f4f4f1"
LINK = "#005a8f"
RED = "#b03a00"
FONT = "system-ui, -apple-system, 'Segoe UI', 'Noto Sans', 'Liberation Sans', Arial, sans-serif"

COLOURS = {
    "ink": INK,
    "quiet": QUIET,
    "faint": FAINT,
    "paper": PAPER,
    "ground": GROUND,
    "blue": BLUE,
    "vermillion": VERMILLION,
    "green": GREEN,
    "sky": SKY,
    "orange": ORANGE,
    "purple": PURPLE,
    "link": LINK,
    "red": RED,
}


@cache
def style_sheet() -> str:
    """Return the page's style sheet, the colours as custom properties in front."""
    colours = "".join(f"--{name}:{value};" for name, value in COLOURS.items())
    file = Path(__file__).with_name("app.css")
    return f":root{{{colours}--font:{FONT};}}\n{file.read_text(encoding='utf-8')}"


@cache
def part_sheet() -> str:
    """Return the style sheet for every part of the page, which live behind shadow roots."""
    return Path(__file__).with_name("parts.css").read_text(encoding="utf-8")


class PageDesign(Design):
    """Give every part of the page the same style sheet."""

    modifiers = {Viewable: {"stylesheets": [Inherit, part_sheet()]}}  # noqa: RUF012
