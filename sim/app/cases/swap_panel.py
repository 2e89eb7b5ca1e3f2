"""The part of the tab that exchanges one cause at a time and shows what changes."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import panel as pn

from sim.app.cases import case_texts, counterfactual_swap
from sim.app.cases.place_figures import EffectPlot, kind_names
from sim.app.cases.place_panel import PlaceRuns
from sim.app.cases.swap_effects import SwapEffect, effects
from sim.app.html_text import html, paragraphs
from sim.core.calendar import month_name

if TYPE_CHECKING:
    from collections.abc import Callable

    from sim.app.cases.counterfactual_swap import Exchange
    from sim.app.cases.place_panel import PlacePanel
    from sim.app.session import Session
    from sim.scenario.schema import Scenario
    from sim.world import World


class ExchangePanel:
    """Give one of two places a cause of the other.

    Parameters
    ----------
    session
        The visitor.
    pair
        The two places.
    receiver
        0 or 1: which of the two is given something.
    key
        The cause to begin with, empty for none.
    """

    def __init__(
        self,
        session: Session,
        pair: tuple[PlacePanel, PlacePanel],
        receiver: int = 1,
        key: str = "",
    ) -> None:
        self.session, self.pair = session, pair
        self.tried: dict[tuple[int, str], PlaceRuns] = {}
        self.receiver, self.key = receiver, key
        self._build()
        for panel in pair:
            panel.on_runs(self._show)
        self._choose()

    @property
    def mine(self) -> PlacePanel:
        """Return the place that is given something."""
        return self.pair[self.receiver]

    @property
    def other(self) -> PlacePanel:
        """Return the place it is taken from."""
        return self.pair[1 - self.receiver]

    def choices(self) -> dict[str, Exchange]:
        """Return what the one place may be given from the other, by key."""
        found = counterfactual_swap.exchanges(self.mine.conditions, self.other.conditions)
        return {exchange.key: exchange for exchange in found}

    def _build(self) -> None:
        _ = self.session._
        self.to = pn.widgets.RadioButtonGroup(
            label=_("Place that is given something"),
            options={panel.name: i for i, panel in enumerate(self.pair)},
            value=self.receiver,
            description=_("Place that is given something"),
        )
        self.cause = pn.widgets.RadioBoxGroup(label=_("What it is given"), options={})
        self.every = pn.widgets.Button(label=_("Try all of them"))
        self.summary, self.table, self.overview = html(), html(), html()
        # Drawn once there is something to draw: most of the time to open a page goes into figures.
        self.plot: EffectPlot | None = None
        self.drawing = pn.Column(sizing_mode="stretch_width", margin=0)
        self._fill()
        self.to.param.watch(self._turned, "value")
        self.cause.param.watch(self._picked, "value")
        self.every.on_click(lambda event: self._try_all())
        left = pn.Column(
            html(f"<h3>{escape(_('Change the history of'))}</h3>"),
            self.to,
            html(f"<h3>{escape(_('by giving it'))}</h3>"),
            self.cause,
            self.every,
            self.overview,
            styles={"flex": "1 1 300px", "min-width": "0"},
        )
        right = pn.Column(
            self.summary, self.drawing, self.table, styles={"flex": "2 1 330px", "min-width": "0"}
        )
        self.view = pn.Column(
            html(f"<h2>{escape(_('Exchange one cause at a time'))}</h2>" + self._intro()),
            pn.FlexBox(left, right, gap="12px", sizing_mode="stretch_width"),
            styles={"background": "var(--paper)"},
            sizing_mode="stretch_width",
            margin=4,
        )

    def _intro(self) -> str:
        text = self.session._(
            "Everything else stays as it was, the draws of chance included: run number n with the "
            "exchange is paired with run number n without."
        )
        return f"<p>{escape(text)}</p>"

    def _fill(self) -> None:
        """Offer what the one place may be given from the other."""
        found = self.choices()
        titles = {
            case_texts.exchange_title(self.session, exchange, self.other.name): key
            for key, exchange in found.items()
        }
        if self.key not in found:
            self.key = ""
        self.cause.param.update(options=titles, value=self.key or None)

    def _turned(self, event: object) -> None:
        self.receiver = int(self.to.value)
        self.key = ""
        self._fill()
        self._choose()
        self.session.touch()

    def _picked(self, event: object) -> None:
        if self.cause.value is None or self.cause.value == self.key:
            return
        self.key = str(self.cause.value)
        self._choose()
        self.session.touch()

    def _choose(self) -> None:
        """Begin the runs of the cause chosen, unless they are there already."""
        if self.key:
            self._try(self.key)
        self._show()

    def _try_all(self) -> None:
        for key in self.choices():
            self._try(key)
        if not self.key:
            self.cause.value = next(iter(self.choices()))

    def _try(self, key: str) -> None:
        name = (self.receiver, key)
        if name in self.tried:
            return
        runs = PlaceRuns(self.session, f"cases-{self.receiver}-{key}", self._ready(key), self._show)
        self.tried[name] = runs
        runs.start()

    def _ready(self, key: str) -> Callable[[], tuple[Scenario, World, str]]:
        mine, other, exchange = self.mine, self.other, self.choices()[key]
        world = self.session.world

        def ready() -> tuple[Scenario, World, str]:
            made = counterfactual_swap.apply(
                exchange, mine.conditions, other.conditions, mine.scenario, world
            )
            return (*made, mine.code)

        return ready

    def _effects(self, key: str) -> tuple[tuple[SwapEffect, ...], int]:
        """Return the effects known by now, and how many paired runs they rest on."""
        runs = self.tried.get((self.receiver, key))
        before = self.mine.runs.run_counts
        if runs is None or runs.run_counts is None or before is None:
            return (), 0
        return effects(before, runs.run_counts), min(before.runs, runs.runs)

    def _show(self) -> None:
        """Show what is known by now of the cause chosen, and of all that were tried."""
        _ = self.session._
        self.overview.object = self._tried_table()
        if not self.key:
            self.summary.object = paragraphs([_("Choose what to give.")])
            self.table.object = ""
            self._draw(())
            return
        exchange = self.choices()[self.key]
        since = self.mine.describer.month(month_name(self.mine.since))
        first = case_texts.exchange_words(self.session, exchange, self.mine.name, since)
        found, pairs = self._effects(self.key)
        self.summary.object = paragraphs(
            [first, *case_texts.effect_words(self.session, found, self.mine.name)]
        )
        self._draw(found)
        self.table.object = case_texts.effect_table(self.session, found, pairs) if found else ""

    def _draw(self, found: tuple[SwapEffect, ...]) -> None:
        """Draw effects, or take the drawing away where there are none."""
        if not found:
            self.drawing.clear()
            return
        if self.plot is None:
            self.plot = EffectPlot(self.session)
        self.plot.update(found)
        if not len(self.drawing):
            self.drawing.append(pn.pane.Bokeh(self.plot.figure, sizing_mode="stretch_width"))

    def _tried_table(self) -> str:
        """Return deals and visits under every cause tried so far."""
        _ = self.session._
        rows: list[tuple[str, ...]] = []
        for key, exchange in self.choices().items():
            found, _pairs = self._effects(key)
            if not found:
                continue
            deal = next(effect for effect in found if effect.name == "deal")
            title = case_texts.exchange_title(self.session, exchange, self.other.name)
            if not rows:
                rows.append((_("as it was"), f"{deal.before:.1f}", f"{deal.share_before:.0%}"))
            rows.append((title, f"{deal.after:.1f}", f"{deal.share_after:.0%}"))
        if not rows:
            return ""
        head = ("", kind_names(self.session)["deal"], _("runs with a deal"))
        caption = _("Deals of {place}: mean per run", place=self.mine.name)
        return case_texts.table(caption, head, rows)

    def close(self) -> None:
        """Stop the work."""
        for runs in self.tried.values():
            runs.stop()
        self.tried.clear()
