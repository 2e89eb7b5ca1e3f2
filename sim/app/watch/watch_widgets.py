"""Parts of the tab that are written for it: the controls, the month's phases, news, the inspector.

They use the browser's own buttons, sliders and lists, which the keyboard and screen readers know.
Texts reach the browser as texts, never as HTML.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import param
from panel.custom import JSComponent

from sim.app.navigation import Component
from sim.app.theme import source

_SHEET = source("watch/parts.css")


class Controls(JSComponent):
    """Play, step, rewind, speed, seed, measure and kind of map.

    While playing, the browser asks for the next month (``asked``) once it is due and the last one
    (``shown``) is drawn: a slow browser is never sent more than it can show, one that has left
    asks for nothing. ``aim`` is the month that is to be shown, ``awaited`` in words until it is
    recorded; ``sought`` is where the visitor went, and counts in ``moves``.
    """

    playing = param.Boolean(default=False)
    asked = param.Integer(default=0)
    shown = param.Integer(default=0)
    month = param.Integer(default=0)
    first = param.Integer(default=0)
    last = param.Integer(default=0)
    known = param.Integer(default=0)
    when = param.String(default="")
    aim = param.Integer(default=0)
    awaited = param.String(default="")
    sought = param.Integer(default=0)
    moves = param.Integer(default=0)
    speed = param.Integer(default=5)
    fastest = param.Integer(default=20)
    seed = param.Integer(default=0)
    highest_seed = param.Integer(default=0)
    restarts = param.Integer(default=0)
    measure = param.String(default="trust")
    measures = param.List(default=[], item_type=list)
    kind = param.String(default="map")
    kinds = param.List(default=[], item_type=list)
    labels = param.Dict(default={})

    _esm = "controls.js"
    # Others are gathered for a while, which would hold up every month that is asked for.
    _priority_changes = ["asked", "playing", "sought", "moves"]  # noqa: RUF012
    _stylesheets = [_SHEET]  # noqa: RUF012


class Phases(JSComponent):
    """Show the phases of the month (title, mark, steps), lit one after the other as they ran."""

    phases = param.List(default=[], item_type=list)
    counts = param.List(default=[], item_type=int)
    number = param.Integer(default=0)
    milliseconds = param.Integer(default=600)
    labels = param.Dict(default={})

    _esm = "phases.js"
    _stylesheets = [_SHEET]  # noqa: RUF012


class Ticker(JSComponent):
    """List the latest news: month, mark and sentence of each, read out while ``live``."""

    lines = param.List(default=[], item_type=list)
    title = param.String(default="")
    legend = param.String(default="")
    live = param.Boolean(default=True)

    _esm = "ticker.js"
    _stylesheets = [_SHEET]  # noqa: RUF012


class Inspector(JSComponent):
    """Show what is known of a place or actor (:mod:`sim.app.watch.profile`), and lead on to others.

    ``target`` is what the visitor chose, such as ``place:CODE``; ``choices_made`` counts choices.
    """

    content = param.Dict(default={})
    choices = param.List(default=[], item_type=list)
    target = param.String(default="")
    choices_made = param.Integer(default=0)
    labels = param.Dict(default={})

    _esm = "inspector.js"
    _stylesheets = [_SHEET]  # noqa: RUF012


class Story(Component):
    """Tell the story over the map, one caption at a time.

    Each of the ``captions`` has ``title``, ``why``, ``model`` (what happens in the run) and
    ``record`` (what is documented); ``at`` is the one shown, below 0 none. ``numbers`` are pairs
    of name and value. While it ``waits`` for the map, that is said in place of what happens.
    ``asked`` is called with what the browser wishes: the number of a ``step``
    and whether the map is to be ``still`` on the way, or the tab to ``open``.
    """

    captions = param.List(default=[], item_type=dict)
    at = param.Integer(default=-1)
    waits = param.String(default="")
    numbers = param.List(default=[], item_type=list)
    labels = param.Dict(default={})

    _esm = "story.js"
    _stylesheets = [_SHEET]  # noqa: RUF012

    def _take(self, data: Mapping[str, Any], *callbacks: Callable[..., object]) -> None:
        callbacks[0](data)
