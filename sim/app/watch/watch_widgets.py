"""Parts of the tab that are written for it: the controls, the month's phases, news, the inspector.

They use the browser's own buttons, sliders and lists, which the keyboard and screen readers know.
Texts reach the browser as texts, never as HTML.
"""

from __future__ import annotations

import param
from panel.custom import JSComponent

from sim.app.theme import source

_SHEET = source("watch/parts.css")


class Controls(JSComponent):
    """Play, step, rewind, speed, seed and measure.

    While playing, the browser asks for the next month as soon as it is due and the last one is
    drawn; a slow browser is thus never sent more than it can show, and one that has left
    asks for nothing.

    Parameters
    ----------
    asked, shown
        Counts of the months asked for and sent, ``playing`` or not.
    month, first, last, known
        Month shown (``when`` in words), ends of the scenario, last month recorded.
    sought
        Month the visitor went to; the count in ``moves`` tells one wish from the next.
    speed, fastest
        Months a second.
    seed, restarts
        Seed wished for, and how often a new world was asked for.
    measure, measures
        What the map is coloured by; pairs of name and title.
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

    _esm = "controls.js"
    # Others are gathered for a while, which would hold up every month that is asked for.
    _priority_changes = ["asked", "playing", "sought", "moves"]  # noqa: RUF012
    _stylesheets = [_SHEET]  # noqa: RUF012


class Phases(JSComponent):
    """Show the phases of the month (title, mark, steps), lit one after the other as they ran.

    ``counts`` are the events each left in the month shown, which is in view for ``milliseconds``;
    ``number`` counts the months shown.
    """

    phases = param.List(default=[], item_type=list)
    counts = param.List(default=[], item_type=int)
    number = param.Integer(default=0)
    milliseconds = param.Integer(default=600)
    labels = param.Dict(default={})

    _esm = "phases.js"
    _stylesheets = [_SHEET]  # noqa: RUF012


class Ticker(JSComponent):
    """List the latest news: month, mark and sentence of each, the latest first.

    Screen readers read news out while it is ``live``: not while months fly by.
    """

    lines = param.List(default=[], item_type=list)
    title = param.String(default="")
    legend = param.String(default="")
    live = param.Boolean(default=True)

    _esm = "ticker.js"
    _stylesheets = [_SHEET]  # noqa: RUF012


class Inspector(JSComponent):
    """Show what is known of a place or an actor, and lead on to others.

    ``content`` is as :mod:`sim.app.watch.profile` makes it, ``choices`` are pairs of target and
    name that can be searched, ``target`` is what the visitor chose, such as ``place:CODE``;
    ``choices_made`` counts choices, so that the same can be chosen again.
    """

    content = param.Dict(default={})
    choices = param.List(default=[], item_type=list)
    target = param.String(default="")
    choices_made = param.Integer(default=0)
    labels = param.Dict(default={})

    _esm = "inspector.js"
    _stylesheets = [_SHEET]  # noqa: RUF012
