"""Parts of the tab that are written for it: the controls, the month's phases, news, the inspector.

They use the browser's own buttons, sliders and lists, which the keyboard and screen readers know.
Texts reach the browser as texts, never as HTML.
"""

from __future__ import annotations

from pathlib import Path

import param
from panel.custom import JSComponent

FOLDER = Path(__file__).parent
_SHEET = (FOLDER / "parts.css").read_text(encoding="utf-8")


def _script(name: str) -> str:
    return (FOLDER / f"{name}.js").read_text(encoding="utf-8")


class Controls(JSComponent):
    """Play, step, rewind, speed, seed and measure.

    While playing, the browser asks for the next month as soon as it is due and the last one is
    drawn; a slow browser is thus never sent more than it can show, and one that has left
    asks for nothing.

    Parameters
    ----------
    playing
        Whether the browser asks for months.
    asked, shown
        Counts of the months asked for and sent.
    month, first, last, known
        Month shown, ends of the scenario, last month recorded.
    when
        The month shown, in words.
    sought
        Month the visitor went to; the count in ``moves`` tells one wish from the next.
    speed
        Months a second.
    seed, restarts
        Seed wished for, and how often a new world was asked for.
    measure, measures
        What the map is coloured by; pairs of name and title.
    labels
        Texts by name.
    """

    playing = param.Boolean(default=False)
    asked = param.Integer(default=0)
    shown = param.Integer(default=0)
    month = param.Integer(default=0)
    first = param.Integer(default=0)
    last = param.Integer(default=0)
    known = param.Integer(default=0)
    when = param.String(default="")
    sought = param.Integer(default=0)
    moves = param.Integer(default=0)
    speed = param.Integer(default=5)
    fastest = param.Integer(default=20)
    seed = param.Integer(default=0)
    highest_seed = param.Integer(default=0)
    restarts = param.Integer(default=0)
    measure = param.String(default="trust")
    measures = param.List(default=[], item_type=list)
    labels = param.Dict(default={})

    _esm = _script("controls")
    # Others are gathered for a while, which would hold up every month that is asked for.
    _priority_changes = ["asked", "playing", "sought", "moves"]  # noqa: RUF012
    _stylesheets = [_SHEET]  # noqa: RUF012


class Phases(JSComponent):
    """Show the phases of the month, lit one after the other as they ran.

    Parameters
    ----------
    phases
        Title and mark of each.
    counts
        Events each left in the month shown.
    number
        Counts the months shown.
    milliseconds
        How long a month stays in view.
    """

    phases = param.List(default=[], item_type=list)
    counts = param.List(default=[], item_type=int)
    number = param.Integer(default=0)
    milliseconds = param.Integer(default=600)
    labels = param.Dict(default={})

    _esm = _script("phases")
    _stylesheets = [_SHEET]  # noqa: RUF012


class Ticker(JSComponent):
    """List the latest news.

    Parameters
    ----------
    lines
        Month, mark and sentence of each, the latest first.
    title, legend
        Heading, and the meaning of the marks.
    live
        Whether screen readers read news out: not while months fly by.
    """

    lines = param.List(default=[], item_type=list)
    title = param.String(default="")
    legend = param.String(default="")
    live = param.Boolean(default=True)

    _esm = _script("ticker")
    _stylesheets = [_SHEET]  # noqa: RUF012


class Inspector(JSComponent):
    """Show what is known of a place or an actor, and lead on to others.

    Parameters
    ----------
    content
        Title, subtitle, facts and sections; see :mod:`sim.app.watch.profile`.
    choices
        Pairs of target and name that can be searched.
    target
        What the visitor chose, such as ``place:CODE`` or ``actor:CODE``.
    choices_made
        Counts choices, so that the same can be chosen again.
    """

    content = param.Dict(default={})
    choices = param.List(default=[], item_type=list)
    target = param.String(default="")
    choices_made = param.Integer(default=0)
    labels = param.Dict(default={})

    _esm = _script("inspector")
    _stylesheets = [_SHEET]  # noqa: RUF012
