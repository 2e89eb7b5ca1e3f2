"""The tab Two cases."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import TYPE_CHECKING

import panel as pn

from sim.app.cases.counterfactual_swap import ALL, AUTHORITY, CONTINUITY, TURNOVER, WILL
from sim.app.cases.documented_record import HISTORY, documented_places, facts_of, first_pair
from sim.app.cases.place_panel import PlacePanel
from sim.app.cases.swap_panel import ExchangePanel
from sim.app.html_text import html
from sim.report.event_phrases import EventDescriber
from sim.scenario.schema import load

if TYPE_CHECKING:
    from sim.app.session import Session

CAUSES = (AUTHORITY, WILL, CONTINUITY, TURNOVER, ALL)


class CasesTab:
    """Show two places side by side and exchange their causes.

    Parameters
    ----------
    session
        The visitor.
    """

    name = "cases"

    def __init__(self, session: Session) -> None:
        self.session = session
        world = session.world
        self.codes = list(first_pair(world))
        self.known = [*dict.fromkeys([*self.codes, *documented_places(world)])]
        self.receiver, self.cause = 1, ""
        self.panels: list[PlacePanel] = []
        self.exchange: ExchangePanel | None = None
        self._view: pn.Column | None = None

    @property
    def title(self) -> str:
        """Return the title of the tab."""
        return self.session._("Two cases")

    def view(self) -> pn.viewable.Viewable:
        """Build the tab and begin its first runs."""
        _ = self.session._
        world, history = self.session.world, load(HISTORY, world=self.session.world)
        months = history.start_month, history.end_month
        describer = EventDescriber(world, self.session._)
        options = {
            self.session.n(
                "{place} ({n} event)",
                "{place} ({n} events)",
                len(facts_of(world, code, *months)),
                place=describer.full_place(code),
            ): code
            for code in self.known
        }
        titles = (_("First place"), _("Second place"))
        self.selects = [
            pn.widgets.Select(
                label=title, options=options, value=code, styles={"flex": "1 1 260px"}, margin=4
            )
            for title, code in zip(titles, self.codes, strict=True)
        ]
        for select in self.selects:
            select.param.watch(self._chosen, "value")
        self.places = pn.FlexBox(sizing_mode="stretch_width", gap="8px", align_items="flex-start")
        self.below = pn.Column(sizing_mode="stretch_width", margin=0)
        self._view = pn.Column(
            html(self._intro()),
            pn.FlexBox(*self.selects, sizing_mode="stretch_width"),
            self.places,
            self.below,
            sizing_mode="stretch_width",
            margin=0,
        )
        self._rebuild()
        return self._view

    def _intro(self) -> str:
        text = self.session._(
            "Above stands what is documented of each place, with its source. Below, on the same "
            "axis, stands what the model makes of it when its history is run again and again. "
            "Further down one cause at a time moves from one place to the other."
        )
        return f"<p>{escape(text)}</p>"

    def _chosen(self, event: object) -> None:
        wanted = [str(select.value) for select in self.selects]
        if wanted == self.codes:
            return
        if wanted[0] == wanted[1]:
            self.session.notify(self.session._("Choose two different places."))
            for select, code in zip(self.selects, self.codes, strict=True):
                select.value = code
            return
        self.codes, self.cause = wanted, ""
        self._rebuild()
        self.session.touch()

    def _rebuild(self) -> None:
        """Show the two places chosen; a place that stays is kept with its runs."""
        old = {panel.code: panel for panel in self.panels}
        self._drop_exchange()
        for panel in self.panels:
            if panel.code not in self.codes:
                panel.close()
        panels = []
        for code in self.codes:
            if code not in old:
                old[code] = PlacePanel(self.session, code, code)
                old[code].runs.start()
            panels.append(old[code])
        self.panels = panels
        self.exchange = ExchangePanel(
            self.session, (panels[0], panels[1]), self.receiver, self.cause
        )
        self.places[:] = [panel.view for panel in panels]
        self.below[:] = [self.exchange.view]

    def _drop_exchange(self) -> None:
        if self.exchange is not None:
            self.exchange.close()
            self.exchange = None
        for panel in self.panels:
            panel.forget_listeners()

    def state(self) -> dict[str, str]:
        """Return the two places, which is given something, and what."""
        if self.exchange is not None:
            self.receiver, self.cause = self.exchange.receiver, self.exchange.key
        state = {"a": self.codes[0], "b": self.codes[1], "to": "ab"[self.receiver]}
        return state | ({"give": self.cause} if self.cause else {})

    def restore(self, state: Mapping[str, str]) -> None:
        """Take up two places and an exchange; what is not known is left out with a notice."""
        codes = [state.get("a", self.codes[0]), state.get("b", self.codes[1])]
        known = set(self.known)
        to, cause = state.get("to", "ab"[self.receiver]), state.get("give", "")
        good = set(codes) <= known and codes[0] != codes[1]
        if not good or to not in ("a", "b") or cause not in ("", *CAUSES):
            self.session.notify(self.session._("A part of the link is not known and is left out."))
        if good:
            self.codes = codes
        self.receiver = 0 if to == "a" else 1
        self.cause = cause if cause in CAUSES else ""
        if self._view is not None:
            self._rebuild()
            for select, code in zip(self.selects, self.codes, strict=True):
                select.value = code

    def close(self) -> None:
        """Stop all work and drop what was built."""
        self._drop_exchange()
        for panel in self.panels:
            panel.close()
        self.panels.clear()
        self._view = None
