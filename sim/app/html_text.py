"""Prose of the page as HTML: every text is escaped here, or was by the caller."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import panel as pn

if TYPE_CHECKING:
    from collections.abc import Iterable

SHEET = """
:host { font-size: 15px; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 14px; }
caption { text-align: left; color: var(--quiet); padding: .2rem 0; }
th, td { text-align: right; padding: .2rem .35rem; border-bottom: 1px solid var(--faint); }
th[scope=row], thead th:first-child { text-align: left; font-weight: 600; }
thead th { font-weight: 600; color: var(--quiet); vertical-align: bottom; }
h2 { font-size: 1.2rem; margin: .3rem 0; } h3 { font-size: 1.05rem; margin: .2rem 0; }
p { margin: .3rem 0; } ul { margin: .2rem 0; padding-left: 1.1rem; }
@media (max-width: 600px) { table { font-size: 13px; } th, td { padding: .2rem; } }
summary { cursor: pointer; color: var(--link); padding: .35rem 0; }
"""


def html(text: str = "") -> pn.pane.HTML:
    """Return a pane of HTML whose every outside text is escaped already."""
    return pn.pane.HTML(text, stylesheets=[SHEET], sizing_mode="stretch_width", margin=(2, 5))


def paragraphs(texts: Iterable[str]) -> str:
    """Return texts as HTML paragraphs."""
    return "".join(f"<p>{escape(text)}</p>" for text in texts)


def items(texts: Iterable[str], tag: str = "ul", after: str = "") -> str:
    """Return texts as an HTML list, each followed by some HTML."""
    return f"<{tag}>" + "".join(f"<li>{escape(text)}{after}</li>" for text in texts) + f"</{tag}>"
