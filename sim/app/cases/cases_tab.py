"""The tab Two cases."""

from __future__ import annotations

from collections.abc import Mapping

import panel as pn

from sim.app.cases.counterfactual_swap import ALL, AUTHORITY, CONTINUITY, TURNOVER, WILL
from sim.app.cases.documented_record import HISTORY, documented_places, facts_of, first_pair
from sim.app.cases.place_panel import PlacePanel
from sim.app.cases.swap_panel import SwapPanel
from sim.app.html_text import WIDE, html, paragraphs
from sim.app.labels import say
from sim.app.session import Session
from sim.app.tab import Tab, one_of
from sim.report.event_phrases import EventDescriber
from sim.scenario.schema import outline

CAUSES = (AUTHORITY, WILL, CONTINUITY, TURNOVER, ALL)


class CasesTab(Tab):
    """Show a visitor two places side by side and exchange their causes."""

    name = "cases"

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        world, history = session.world, outline(HISTORY)
        self.codes = list(first_pair(world))
        # What is documented of some places is all later than the runs.
        self.known = {
            code: len(facts_of(world, code, history.start_month, history.end_month))
            for code in dict.fromkeys([*self.codes, *documented_places(world)])
        }
        self.known = {code: n for code, n in self.known.items() if n or code in self.codes}
        self.receiver, self.cause = 1, ""
        self.panels: list[PlacePanel] = []
        self.swap: SwapPanel | None = None
        self._view: pn.Column | None = None

    def view(self) -> pn.viewable.Viewable:
        """Build the tab and begin its first runs."""
        _, world = self.session._, self.session.world
        describer = EventDescriber(world, _)
        options = {
            self.session.n(
                "{place} ({n} event)",
                "{place} ({n} events)",
                count,
                place=describer.full_place(code),
            ): code
            for code, count in self.known.items()
        }
        self.selects = [
            pn.widgets.Select(
                label=title, options=options, value=code, styles={"flex": "1 1 260px"}, margin=4
            )
            for title, code in zip((_("First place"), _("Second place")), self.codes, strict=True)
        ]
        for select in self.selects:
            select.param.watch(self._chosen, "value")
        self.places = pn.FlexBox(sizing_mode="stretch_width", gap="8px", align_items="flex-start")
        self.below = pn.Column(**WIDE)
        self._view = pn.Column(
            html(paragraphs(say("notes.cases", _))),
            pn.FlexBox(*self.selects, sizing_mode="stretch_width"),
            self.places,
            self.below,
            **WIDE,
        )
        self._rebuild()
        return self._view

    def _chosen(self, event: object) -> None:
        chosen = [str(select.value) for select in self.selects]
        if chosen == self.codes:
            return
        if chosen[0] == chosen[1]:
            self.session.notify(self.session._("Choose two different places."))
            self._select()
            return
        self.codes, self.cause = chosen, ""
        self._rebuild()
        self.session.touch()

    def _select(self) -> None:
        for select, code in zip(self.selects, self.codes, strict=True):
            select.value = code

    def _rebuild(self) -> None:
        """Show the two places chosen; a place that stays is kept with its runs."""
        self._drop_swap()
        there = {panel.code: panel for panel in self.panels}
        for code in there.keys() - set(self.codes):
            there[code].runs.stop()
        for code in self.codes:
            if code not in there:
                there[code] = PlacePanel(self.session, code, self._more_runs)
                there[code].runs.start()
        one, other = self.panels = [there[code] for code in self.codes]
        self.swap = SwapPanel(self.session, (one, other), self.receiver, self.cause)
        self.places[:] = [one.view, other.view]
        self.below[:] = [self.swap.view]

    def _more_runs(self) -> None:
        if self.swap is not None:
            self.swap.show()

    def _drop_swap(self) -> None:
        if self.swap is not None:
            self.swap.close()
            self.swap = None

    def state(self) -> dict[str, str]:
        """Return the two places, which is given something, and what."""
        if self.swap is not None:
            self.receiver, self.cause = self.swap.receiver, self.swap.key
        state = {"a": self.codes[0], "b": self.codes[1], "to": "ab"[self.receiver]}
        return state | ({"give": self.cause} if self.cause else {})

    def restore(self, state: Mapping[str, str]) -> None:
        """Take up two places and a swap; what is not known is left out with a notice."""
        place = one_of(self.known)
        good = self.valid(state, {"a": place, "b": place, "to": "ab".index, "give": one_of(CAUSES)})
        codes = [good.get("a", self.codes[0]), good.get("b", self.codes[1])]
        if codes[0] != codes[1]:
            self.codes = codes
        else:
            self.session.say_left_out()
        self.receiver, self.cause = good.get("to", self.receiver), good.get("give", "")
        if self._view is not None:
            self._rebuild()
            self._select()

    def close(self) -> None:
        """Stop all work and drop what was built."""
        self._drop_swap()
        for panel in self.panels:
            panel.runs.stop()
        self.panels.clear()
        self._view = None
