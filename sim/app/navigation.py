"""Parts of the page written for it: the way from tab to tab, notices, a line of status.

Texts reach the browser as texts, never as HTML.
"""

from __future__ import annotations

import param
from panel.custom import JSComponent

from sim.app.theme import source


class Navigation(JSComponent):
    """Show the tabs and the languages, pairs of name and title, and which are shown.

    ``labels`` are the accessible names of the list of tabs and of the list of languages.
    """

    tabs = param.List(default=[], item_type=list)
    languages = param.List(default=[], item_type=list)
    active = param.String(default="")
    language = param.String(default="en")
    labels = param.List(default=["Tabs", "Language"], item_type=str)

    _esm = source("navigation.js")
    _stylesheets = [source("navigation.css")]  # noqa: RUF012


class Notices(JSComponent):
    """Show the latest notice, of kind ``info`` or ``error``, until it is put away.

    Screen readers read it out. ``number`` counts notices, so that the same text can be shown twice;
    ``close`` is the accessible name of the button that puts it away.
    """

    text = param.String(default="")
    kind = param.String(default="info")
    number = param.Integer(default=0)
    close = param.String(default="Close")

    _esm = source("notices.js")
    _stylesheets = [source("notices.css")]  # noqa: RUF012


class StatusText(JSComponent):
    """Say how far something is; screen readers read it out."""

    text = param.String(default="")

    _esm = source("status.js")
    _stylesheets = ["p { margin: .3rem 0; color: var(--quiet); }"]  # noqa: RUF012
