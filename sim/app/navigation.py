"""Parts of the page written for it: what all have, the way from tab to tab, notices, status.

Texts reach the browser as texts; what it says is only taken if it can be an answer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import param
from panel.custom import JSComponent

from sim.app.theme import source


class Component(JSComponent):
    """Be a part whose script stands beside the code, and tell callbacks what the browser says."""

    __abstract = True

    def __init__(self, *callbacks: Callable[..., object], **params: Any) -> None:
        super().__init__(**params)
        self._callbacks = callbacks

    def _handle_msg(self, data: Any) -> None:
        if isinstance(data, Mapping):
            self._take(data, *self._callbacks)

    def _take(self, data: Mapping[str, Any], *callbacks: Callable[..., object]) -> None:
        """Judge what the browser says, and call back if it can be an answer."""


class Navigation(Component):
    """Show the tabs and the languages, pairs of name and title, and which are shown.

    ``labels`` name both lists and the switch of ``large`` type. The browser's address is kept at
    ``address["query"]``: what a visitor does makes an entry of the history, what follows renews it.
    ``on_return`` takes the query that the visitor went back or forward to, and counts it.
    """

    tabs = param.List(default=[], item_type=list)
    languages = param.List(default=[], item_type=list)
    active = param.String(default="")
    language = param.String(default="en")
    labels = param.List(default=["Tabs", "Language", "Large type"], item_type=str)
    large = param.Boolean(default=False)
    address = param.Dict(default={"query": "", "returns": 0})

    _esm = source("navigation.js")
    _stylesheets = [source("navigation.css")]  # noqa: RUF012
    on_return: Callable[[str, int], None] = staticmethod(lambda query, returns: None)

    def _take(self, data: Mapping[str, Any], *callbacks: Callable[..., object]) -> None:
        query, returns = data.get("query"), data.get("returns")
        if isinstance(query, str) and isinstance(returns, int):
            self.on_return(query, returns)


class Notices(JSComponent):
    """Show the latest notice, ``info`` or ``error``, until it is closed; ``number`` counts them."""

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
