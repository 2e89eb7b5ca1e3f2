"""The page of one visitor: its head, the tabs there are, and what its address says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module

import panel as pn
from markupsafe import Markup
from panel.viewable import Viewable

from sim.app.address import Address, read_address, write_address
from sim.app.bokeh_style import drawn
from sim.app.html_text import WIDE, render
from sim.app.language import Language, languages
from sim.app.navigation import Navigation, Notices
from sim.app.session import Session
from sim.app.tab import Tab
from sim.app.theme import PageDesign, source, style_sheet
from sim.core.version import __version__
from sim.experiments.run import RunTables
from sim.world import World

TABS = {
    "watch": "WatchTab",
    "what_if": "WhatIfTab",
    "cases": "CasesTab",
    "why": "WhyTab",
    "lessons": "LessonsTab",
}
"""The class of each tab, in the module ``sim.app.NAME.NAME_tab``, in the order of the page."""


@cache
def tab_classes() -> dict[str, Callable[[Session], Tab]]:
    """Return the classes of the tabs by name."""
    return {
        name: getattr(import_module(f"sim.app.{name}.{name}_tab"), tab)
        for name, tab in TABS.items()
    }


def tabs_of(world: World) -> list[str]:
    """Return the tabs that a world has: lessons and cases tell of places that are documented."""
    left_out = set() if world.is_shipped else {"lessons"}
    if world.documented.empty:
        left_out.add("cases")
    return [name for name in TABS if name not in left_out]


class Page:
    """Show the tabs to one visitor and keep the address in step with them."""

    def __init__(self, session: Session, address: Address | None = None) -> None:
        self.session = session
        shown = tabs_of(session.world)
        self.tabs = {name: tab(session) for name, tab in tab_classes().items() if name in shown}
        self._opened: dict[str, Viewable] = {}
        self._returns = 0
        self._holds_still = True
        self.content = pn.Column(**WIDE)
        self.notices = Notices(close=session._("Close"), **WIDE)
        self.navigation = Navigation(
            tabs=[[name, tab.title] for name, tab in self.tabs.items()],
            languages=[list(pair) for pair in languages().items()],
            language=session.language,
            labels=[
                session._("Parts of the page"),
                session._("Language"),
                session._("Large type"),
            ],
            large=address is not None and address.large,
            **WIDE,
        )
        self.navigation.on_return = self.go
        session.on_notice = lambda text, kind: self.notices.param.update(
            text=text, kind=kind, number=self.notices.number + 1
        )
        session.on_open = self.open
        session.on_touch = self._follow
        given = address if address is not None else Address()
        for name, state in given.fields.items():
            self.tabs[name].restore(state)
        if given.left_out or given.language not in ("", *languages()):
            session.notify(session._("A part of the address could not be read and is left out."))
        self.open(given.tab or next(iter(self.tabs)), {})
        self.navigation.param.watch(lambda event: self.open(event.new, {}), "active")
        self.navigation.param.watch(lambda event: self._follow(), "large")
        self._holds_still = False
        self._follow()

    @drawn
    def open(self, name: str, state: Mapping[str, str]) -> None:
        """Show a tab, restoring a state in it first if one is given; all of it changes at once."""
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
        large = self.navigation.large
        return write_address(self.session.language, self.navigation.active, states, large=large)

    @drawn
    def go(self, query: str, returns: int) -> None:
        """Show what an address says that the visitor went back or forward to."""
        given = read_address(query, self.tabs)
        self._holds_still, self._returns = True, returns
        self.navigation.large = given.large
        for name, state in given.fields.items():
            if name in self.tabs and self.tabs[name].state() != state:
                self.tabs[name].restore(state)
        self.open(given.tab or next(iter(self.tabs)), {})
        self._holds_still = False
        self._follow()

    def _follow(self) -> None:
        """Let the browser's address say what is shown."""
        if not self._holds_still:
            self.navigation.address = {"query": self.query(), "returns": self._returns}

    def template(self) -> pn.Template:
        """Return the page around its parts; it begins with :func:`opening`."""
        template = pn.Template(source("page.html"), design=PageDesign, theme=pn.theme.DefaultTheme)
        for name in ("navigation", "notices", "content"):
            template.add_panel(name, getattr(self, name))
        variables = {
            "_": self.session._,
            "opening": Markup(opening(self.session.texts, self.session.world)),
            "watch": Markup(source("connection.js")),
            "figures": Markup(source("figures.js")),
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
        self.navigation.on_return = lambda query, returns: None


def opening(texts: Language, world: World) -> str:
    """Return the beginning of a page, from its first tag to its title: it needs no visitor."""
    return render(
        "opening.html",
        _=texts.text,
        lang=texts.code,
        sheet=Markup(style_sheet()),
        **{side: texts.text(world.side(side)) for side in ("region", "sender")},
    )


def page_of(session: Session, query: str) -> Page:
    """Return the page for an address."""
    return Page(session, read_address(query, tabs_of(session.world)))


def notebook_view(run: RunTables, language: str) -> Viewable:
    """Return the view of a run's world for a notebook, without the page around it."""
    pn.extension(design=PageDesign)
    from sim.app.watch.watch_tab import WatchTab

    return WatchTab(Session(run.world, language), run.scenario).view()
