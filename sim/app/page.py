"""The page of one visitor: its head, the tabs there are, and what its address says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Protocol

import panel as pn
from markupsafe import Markup

from sim.app.address import Address, read_address, write_address
from sim.app.html_text import WIDE
from sim.app.language import languages
from sim.app.navigation import Navigation, Notices
from sim.app.session import Session
from sim.app.theme import PageDesign, source, style_sheet
from sim.core.version import __version__

if TYPE_CHECKING:
    from panel.viewable import Viewable

    from sim.experiments.run import RunTables

TABS = {
    "watch": "WatchTab",
    "what_if": "WhatIfTab",
    "cases": "CasesTab",
    "why": "WhyTab",
    "lessons": "LessonsTab",
}
"""The class of each tab, in the module ``sim.app.NAME.NAME_tab``, in the order of the page."""


class Tab(Protocol):
    """Describe what the page asks of a tab."""

    name: str

    @property
    def title(self) -> str:
        """Return the tab's title in the visitor's language."""

    def view(self) -> Viewable:
        """Build what is shown; called once, when the tab is first opened."""

    def state(self) -> dict[str, str]:
        """Return what of the tab belongs into the address."""

    def restore(self, state: Mapping[str, str]) -> None:
        """Take up a state; ignore what is not valid."""

    def close(self) -> None:
        """Stop work and drop memory: the visitor has left."""


@cache
def tab_classes() -> dict[str, Callable[[Session], Tab]]:
    """Return the classes of the tabs by name."""
    return {
        name: getattr(import_module(f"sim.app.{name}.{name}_tab"), tab)
        for name, tab in TABS.items()
    }


class Page:
    """Show the tabs to one visitor and keep the address in step with them."""

    def __init__(self, session: Session, address: Address | None = None) -> None:
        self.session = session
        self.tabs = {name: tab(session) for name, tab in tab_classes().items()}
        self._opened: dict[str, Viewable] = {}
        self._location: pn.io.location.Location | None = None
        self.content = pn.Column(**WIDE)
        self.notices = Notices(close=session._("Close"), **WIDE)
        self.navigation = Navigation(
            tabs=[[name, tab.title] for name, tab in self.tabs.items()],
            languages=[list(pair) for pair in languages().items()],
            language=session.language,
            labels=[session._("Parts of the page"), session._("Language")],
            **WIDE,
        )
        session.on_notice = self._notice
        session.on_open = self.open
        session.on_touch = self._follow
        given = address if address is not None else Address()
        for name, state in given.fields.items():
            self.tabs[name].restore(state)
        if given.left_out:
            session.notify(session._("A part of the address could not be read and is left out."))
        self.open(given.tab or next(iter(self.tabs)), {})
        self.navigation.param.watch(lambda event: self.open(event.new, {}), "active")

    def open(self, name: str, state: Mapping[str, str]) -> None:
        """Show a tab, restoring a state in it first if one is given."""
        if name not in self.tabs:
            return
        tab = self.tabs[name]
        if state:
            tab.restore(state)
        if name not in self._opened:
            self._opened[name] = tab.view()
        view = self._opened[name]
        if list(self.content) != [view]:
            self.content[:] = [view]
        self.navigation.active = name
        self._follow()

    def query(self) -> str:
        """Return the query string that brings the page back as it is."""
        states = {name: self.tabs[name].state() for name in self._opened}
        return write_address(self.session.language, self.navigation.active, states)

    def attach(self, location: pn.io.location.Location) -> None:
        """Let the browser's address follow from now on."""
        self._location = location
        self._follow()

    def _follow(self) -> None:
        if self._location is not None:
            query = self.query()
            if self._location.search != query:
                self._location.search = query

    def _notice(self, text: str, kind: str) -> None:
        self.notices.param.update(text=text, kind=kind, number=self.notices.number + 1)

    def template(self) -> pn.Template:
        """Return the page around its parts."""
        template = pn.Template(
            source("page.html"), design=PageDesign, theme=pn.theme.DefaultTheme, location=True
        )
        for name in ("navigation", "notices", "content"):
            template.add_panel(name, getattr(self, name))
        variables = {
            "_": self.session._,
            "lang": self.session.language,
            "sheet": Markup(style_sheet()),
            "watch": Markup(source("connection.js")),
            "version": __version__,
        }
        for name, value in variables.items():
            template.add_variable(name, value)
        return template

    def close(self) -> None:
        """Stop the visitor's work and drop what was built."""
        for tab in self.tabs.values():
            tab.close()
        self.session.close()
        self.content.clear()
        self._opened.clear()
        self.tabs.clear()
        self._location = None


def page_of(session: Session, query: str) -> Page:
    """Return the page for an address."""
    return Page(session, read_address(query, TABS))


def notebook_view(run: RunTables, language: str) -> Viewable:
    """Return the view of a run's world for a notebook, without the page around it."""
    pn.extension(design=PageDesign)
    from sim.app.watch.watch_tab import WatchTab

    return WatchTab(Session(run.world, language), run.scenario).view()
