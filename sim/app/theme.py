"""How the page looks: the palette of the figures, the system's type, one style sheet.

Colours of text reach the contrast of 4.5 : 1 on their ground that WCAG 2.2 AA asks for; lines and
marks that carry meaning reach 3 : 1.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from panel.theme import Design, Inherit
from panel.viewable import Viewable

from sim.report import figure_style

FOLDER = Path(__file__).parent
GROUND = "#f4f4f1"
FONT = "system-ui, -apple-system, 'Segoe UI', 'Noto Sans', 'Liberation Sans', Arial, sans-serif"
PALETTE = (
    "INK", "QUIET", "FAINT", "PAPER", "BLUE", "VERMILLION", "GREEN", "SKY", "ORANGE", "PURPLE",
)  # fmt: skip
COLOURS = {name.lower(): getattr(figure_style, name) for name in PALETTE} | {
    "ground": GROUND,
    "link": "#005a8f",
    "red": "#b03a00",
}


@cache
def source(file: str) -> str:
    """Return a script or style sheet that stands beside the page's code."""
    return (FOLDER / file).read_text(encoding="utf-8")


def style_sheet() -> str:
    """Return the page's style sheet, the colours as custom properties in front."""
    colours = "".join(f"--{name}:{value};" for name, value in COLOURS.items())
    return f":root{{{colours}--font:{FONT};}}\n{source('app.css')}"


class PageDesign(Design):
    """Give every part of the page, which live behind shadow roots, the same style sheet."""

    modifiers = {Viewable: {"stylesheets": [Inherit, source("parts.css")]}}  # noqa: RUF012
