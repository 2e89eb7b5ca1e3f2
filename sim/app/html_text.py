"""Prose and tables of the page as HTML; templates escape every text that is put into them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

import panel as pn
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from sim.app.theme import FOLDER, source
from sim.report.line_breaks import unbroken

WIDE: dict[str, Any] = {"sizing_mode": "stretch_width", "margin": 0}
"""As wide as there is room, without a margin."""


TEMPLATES = Environment(
    loader=FileSystemLoader(FOLDER), autoescape=True, trim_blocks=True, undefined=StrictUndefined
)


def render(template: str, **values: object) -> str:
    """Return a template, a file under ``sim/app``, filled in; it translates by the value ``_``."""
    return unbroken(TEMPLATES.get_template(template).render(values))


def html(text: str = "", margin: Any = (2, 5)) -> pn.pane.HTML:
    """Return a pane of HTML whose every outside text is escaped already."""
    sheets = [source("prose.css")]
    return pn.pane.HTML(text, stylesheets=sheets, sizing_mode="stretch_width", margin=margin)


def paragraphs(*texts: str) -> str:
    """Return texts as HTML paragraphs."""
    return "".join(f"<p>{escape(text)}</p>" for text in texts)


def heading(level: int, text: str) -> str:
    """Return a text as an HTML heading."""
    return f"<h{level}>{escape(text)}</h{level}>"


def table(caption: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return an HTML table of texts, the first column naming the rows."""
    return render("table.html", caption=caption, head=head, rows=rows)
