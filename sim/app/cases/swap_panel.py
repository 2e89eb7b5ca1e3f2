"""The part of the tab that exchanges one cause at a time and shows what changes."""

from __future__ import annotations

import panel as pn

from sim.app import limits
from sim.app.cases import case_texts, counterfactual_swap
from sim.app.cases.counterfactual_swap import Swap
from sim.app.cases.place_counts import SwapEffect, effects
from sim.app.cases.place_figures import EffectPlot
from sim.app.cases.place_panel import PlacePanel, PlaceRuns
from sim.app.html_text import WIDE, heading, html, paragraphs, table
from sim.app.labels import say
from sim.app.session import Session
from sim.core.calendar import month_name
from sim.report.phrases import whole_percent
from sim.scenario.schema import Scenario
from sim.world import World


class SwapPanel:
    """Give one of two places, number ``receiver``, a cause of the other.

    It begins with the cause ``key``, or with the first that there is.
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
        self._choose()

    @property
    def mine(self) -> PlacePanel:
        """Return the place that is given something."""
        return self.pair[self.receiver]

    @property
    def other(self) -> PlacePanel:
        """Return the place it is taken from."""
        return self.pair[1 - self.receiver]

    def choices(self) -> dict[str, Swap]:
        """Return what the one place may be given from the other, by key."""
        found = counterfactual_swap.swaps(self.mine.conditions, self.other.conditions)
        return {swap.key: swap for swap in found}

    def _build(self) -> None:
        _ = self.session._
        to = _("Place that is given something")
        self.to = pn.widgets.RadioButtonGroup(
            label=to,
            options={panel.name: i for i, panel in enumerate(self.pair)},
            value=self.receiver,
            description=to,
        )
        self.cause = pn.widgets.RadioBoxGroup(label=_("What it is given"), options={})
        self.every = pn.widgets.Button(label=_("Try all of them"))
        self.summary, self.table, self.overview = html(), html(), html()
        # Drawn once there is something to draw: most of the time to open a page goes into figures.
        self.plot: EffectPlot | None = None
        self.drawing = pn.Column(**WIDE)
        self._fill()
        self.to.param.watch(self._turned, "value")
        self.cause.param.watch(self._picked, "value")
        self.every.on_click(self._try_all)
        left = pn.Column(
            html(heading(3, _("Change the history of"))),
            self.to,
            html(heading(3, _("by giving it"))),
            self.cause,
            self.every,
            self.overview,
            styles={"flex": "1 1 300px", "min-width": "0"},
        )
        right = pn.Column(
            self.summary, self.drawing, self.table, styles={"flex": "2 1 330px", "min-width": "0"}
        )
        self.view = pn.Column(
            html(heading(2, _("Exchange one cause at a time")) + paragraphs(say("notes.swap", _))),
            pn.FlexBox(left, right, gap="12px", sizing_mode="stretch_width"),
            styles={"background": "var(--paper)"},
            sizing_mode="stretch_width",
            margin=4,
        )

    def _fill(self) -> None:
        """Offer what the one place may be given from the other."""
        found = self.choices()
        titles = {
            case_texts.swap_title(self.session, swap, self.other.name): key
            for key, swap in found.items()
        }
        if self.key not in found:
            if self.key:
                names = {"place": self.other.name, "other": self.mine.name}
                self.session.notify(say("notes.no_swap", self.session._, **names))
            self.key = next(iter(found))
        self.cause.param.update(options=titles, value=self.key)

    def _turned(self, event: object) -> None:
        self.receiver = int(self.to.value)
        self.key = self.key if self.key in self.choices() else ""
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
        self._try(self.key)
        self.show()

    def _try_all(self, event: object) -> None:
        for key in self.choices():
            self._try(key)

    def _try(self, key: str) -> None:
        if (self.receiver, key) in self.tried:
            return
        mine, other, swap = self.mine, self.other, self.choices()[key]
        world = self.session.world

        def ready() -> tuple[Scenario, World, str]:
            made = counterfactual_swap.apply(
                swap, mine.conditions, other.conditions, mine.scenario, world
            )
            return (*made, mine.code)

        runs = PlaceRuns(self.session, f"cases-{self.receiver}-{key}", ready, self.show)
        self.tried[self.receiver, key] = runs
        runs.start()

    def _effects(self, key: str) -> tuple[tuple[SwapEffect, ...], int]:
        """Return the effects known by now, and how many paired runs they rest on."""
        runs = self.tried.get((self.receiver, key))
        before = self.mine.runs.counts
        if runs is None or runs.counts is None or before is None:
            return (), 0
        return effects(before, runs.counts), min(before.runs, runs.runs)

    def show(self) -> None:
        """Show what is known by now of the cause chosen, and of all that were tried."""
        self.overview.object = self._tried_table()
        found, pairs = self._effects(self.key)
        self._draw(found)
        session, judged = self.session, pairs >= limits.CASE_RUNS
        told = case_texts.effect_table(session, found, pairs, judged=judged) if found else ""
        self.table.object = told
        mine, swap = self.mine, self.choices()[self.key]
        since = mine.describer.month(month_name(mine.conditions.since))
        told = case_texts.swap_text(session, swap, found, mine.name, since, judged=judged)
        self.summary.object = told

    def _draw(self, found: tuple[SwapEffect, ...]) -> None:
        """Draw effects, or take the drawing away where there are none."""
        if found and not len(self.drawing):
            self.plot = self.plot or EffectPlot(self.session)
            self.drawing.append(pn.pane.Bokeh(self.plot.figure, sizing_mode="stretch_width"))
        if not found:
            self.drawing.clear()
        elif self.plot is not None:
            self.plot.update(found)

    def _tried_table(self) -> str:
        """Return deals under every cause tried so far."""
        _ = self.session._
        rows: list[tuple[str, ...]] = []
        for key, swap in self.choices().items():
            deal = next((e for e in self._effects(key)[0] if e.name == "deal"), None)
            if deal is None:
                continue
            if not rows:
                before = f"{deal.before:.1f}", whole_percent(deal.share_before)
                rows.append((_("as it was"), *before))
            title = case_texts.swap_title(self.session, swap, self.other.name)
            rows.append((title, f"{deal.after:.1f}", whole_percent(deal.share_after)))
        if not rows:
            return ""
        head = ("", case_texts.kind_names(self.session)["deal"], _("runs with a deal"))
        return table(_("Deals of {place}: mean per run", place=self.mine.name), head, rows)

    def close(self) -> None:
        """Stop the work."""
        for runs in self.tried.values():
            runs.stop()
        self.tried.clear()
