"""The tab Why."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import panel as pn

from sim.app.cases.documented_record import HISTORY, first_pair
from sim.app.html_text import WIDE, html, paragraphs
from sim.app.labels import say
from sim.app.limits import HIGHEST_SEED, REPLICATES
from sim.app.session import Session
from sim.app.tab import Tab, one_of, where, whole
from sim.app.thread_pool import Cancel
from sim.app.why.history_card import HistoryCard
from sim.app.why.history_choices import choices, opening
from sim.app.why.project_history import counterpart, history_of
from sim.app.why.run_index import RunIndex, index_run
from sim.core.identities import EVENT, is_written
from sim.report.display_names import Names
from sim.report.event_phrases import EventDescriber
from sim.scenario.schema import load, outline, suiting


class WhyTab(Tab):
    """Tell a visitor how a deal of one run came about, or why there was none."""

    name = "why"

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.scenario, self.beside = HISTORY, ""
        self.seed = outline(HISTORY).seed
        self.run, self.place, self.key = 0, "", ""
        self.event: str | None = None
        self.runs: dict[str, RunIndex] = {}
        self._homes = Names(session.world).home
        self._view: pn.Column | None = None
        self._filling = self._from_link = False

    def view(self) -> pn.viewable.Viewable:
        """Build the tab and begin its run."""
        _ = self.session._
        self.describer = EventDescriber(self.session.world, _)
        self.card = HistoryCard(self.session, self.describer, self.session.touch)
        self.status = html()
        run = self._run_widgets()
        place = self._place_widgets()
        self._view = pn.Column(
            html(paragraphs(say("notes.why", _))),
            pn.FlexBox(*run, sizing_mode="stretch_width"),
            pn.FlexBox(*place, sizing_mode="stretch_width"),
            self.status,
            self.card.view,
            **WIDE,
        )
        self._start()
        return self._view

    def _widget(
        self,
        kind: type[Any],
        label: str,
        width: int,
        changed: Callable[[object], None],
        **values: Any,
    ) -> Any:
        """Return a widget of about so many pixels, with what is called when it is changed."""
        made = kind(label=label, styles={"flex": f"1 1 {width}px"}, margin=4, **values)
        made.param.watch(changed, "value")
        return made

    def _run_widgets(self) -> list[pn.widgets.Widget]:
        """Build what the run is chosen by."""
        _, make, changed = self.session._, self._widget, self._run_changed
        titles = {_(outline(name).title): name for name in suiting(self.session.world)}
        beside = {_("nothing"): "", **titles}
        choice, number = pn.widgets.Select, pn.widgets.IntInput
        self.scenarios = make(
            choice, _("Scenario"), 230, changed, options=titles, value=self.scenario
        )
        self.seeds = make(number, _("Seed"), 110, changed, value=self.seed)
        self.numbers = make(number, _("Run"), 90, changed, value=self.run)
        self.others = make(choice, _("Set beside"), 230, changed, options=beside, value=self.beside)
        return [self.scenarios, self.seeds, self.numbers, self.others]

    def _place_widgets(self) -> list[pn.widgets.Widget]:
        """Build what the place and the question are chosen by."""
        _, make, choice = self.session._, self._widget, pn.widgets.Select
        codes = self.session.world.countries["iso3"]
        countries = dict(sorted((self.describer.country(code), code) for code in codes))
        self.countries = make(choice, _("Country"), 160, self._country_changed, options=countries)
        self.places = make(choice, _("Place"), 200, self._place_changed, options={})
        self.what = make(choice, _("What"), 330, self._what_changed, groups={})
        return [self.countries, self.places, self.what]

    def _run_changed(self, event: object) -> None:
        if self._filling:
            return
        self.scenario, self.beside = str(self.scenarios.value), str(self.others.value)
        for widget, before, most in (
            (self.seeds, self.seed, HIGHEST_SEED),
            (self.numbers, self.run, REPLICATES - 1),
        ):
            if widget.value is None or not 0 <= widget.value <= most:
                _ = self.session._
                wrong = _("{what}: a whole number from 0 to {most}.", what=widget.label, most=most)
                self.session.notify(wrong, "error")
                self._fill({widget: before})
        self.seed, self.run = int(self.seeds.value), int(self.numbers.value)
        self.event = None
        self._start()

    def _fill(self, values: Mapping[pn.widgets.Widget, object]) -> None:
        """Show values in widgets, which are not to answer as if a visitor had chosen them."""
        self._filling = True
        for widget, value in values.items():
            widget.value = value
        self._filling = False

    def _country_changed(self, event: object) -> None:
        if self._filling:
            return
        here = [code for code, home in self._homes.items() if home == self.countries.value]
        run = self.runs.get(self.scenario)
        deals = run.deals_of_places() if run else {}
        self.place = max(here, key=lambda code: deals.get(code, 0), default="")
        self._fill_place()

    def _place_changed(self, event: object) -> None:
        if not self._filling and self.places.value:
            self.place = str(self.places.value)
            self._fill_place()

    def _what_changed(self, event: object) -> None:
        if not self._filling and self.what.value:
            self.key, self.event = str(self.what.value), None
            self._show()

    def _start(self) -> None:
        """Run what is asked about, unless it is there already."""
        scenarios = [name for name in (self.scenario, self.beside) if name]
        seed, number, world = self.seed, self.run, self.session.world
        there = {name: run for name, run in self.runs.items() if name in scenarios}
        asked = seed, number
        there = {n: r for n, r in there.items() if (r.scenario.seed, r.replicate) == asked}
        self.runs = there
        self.status.object = paragraphs(self.session._("The run is under way."))

        def work(cancel: Cancel) -> dict[str, RunIndex]:
            found = dict(there)
            for name in scenarios:
                cancel.check()
                if name not in found:
                    scenario = load(name, world=world).with_overrides(seed=seed)
                    found[name] = index_run(scenario, world, number)
            return found

        self.session.submit(work, self._take, key="why-run")

    def _take(self, runs: dict[str, RunIndex]) -> None:
        if self._view is None:
            return
        self.runs = runs
        self.status.object = ""
        run = runs.get(self.scenario)
        if run is not None and self.place not in self._homes:
            cases = [*run.scenario.focus, *first_pair(self.session.world)]
            places = [code for code in [*cases, *run.deals_of_places()] if code in self._homes]
            begin = opening(run, places) or (next(iter(places or self._homes)), self.key)
            self.place, self.key = begin[0], self.key or begin[1]
        self._fill_place()

    def _fill_place(self) -> None:
        """Offer what may be asked about at the place, and show what is asked."""
        run = self.runs.get(self.scenario)
        if run is None:
            return
        home = self._homes[self.place]
        here = [code for code, country in self._homes.items() if country == home]
        mine = {self.describer.place(code, None): code for code in here}
        groups = choices(self.session, run, self.place, self.describer)
        keys = [key for group in groups.values() for key in group.values()]
        if self.key not in keys and history_of(run, self.place, self.key) is None:
            if self.key and self._from_link:
                self.session.say_left_out()
            self.key, self.event = next(iter(keys), ""), None
        elif self.key not in keys:
            title = self.session._("From the link")
            groups = {title: {self.session._("What the link asks about"): self.key}, **groups}
        self._filling = True
        self.countries.value = home
        self.places.param.update(options=dict(sorted(mine.items())), value=self.place)
        shown = {title: group for title, group in groups.items() if group}
        self.what.param.update(groups=shown, value=self.key or None)
        self._filling = False
        self._show()

    def _show(self) -> None:
        run = self.runs.get(self.scenario)
        history = None if run is None else history_of(run, self.place, self.key)
        self.card.view.visible = history is not None
        if run is not None and history is not None:
            event = self.event
            other = self.runs.get(self.beside) if self.beside != self.scenario else None
            there = None if other is None else counterpart(history, run, other)
            self.card.show(history, run, there, other)
            if event is not None and event in history.lines:
                self.card.look(event)
            elif event is not None and self._from_link:
                self.session.say_left_out()
        self._from_link = False
        self.session.touch()

    def state(self) -> dict[str, str]:
        """Return the run, the place, what is asked about and the event looked at."""
        state = {"scenario": self.scenario, "seed": str(self.seed), "run": str(self.run)}
        state |= {"place": self.place, "what": self.key, "beside": self.beside}
        if self._view is not None:
            state["event"] = self.card.event or ""
        return {name: value for name, value in state.items() if value}

    def restore(self, state: Mapping[str, str]) -> None:
        """Take up a state; what is not valid is left out with a notice."""
        scenario = one_of(suiting(self.session.world))
        readers: dict[str, Callable[[str], Any]] = {
            "scenario": scenario,
            "beside": scenario,
            "place": one_of(self._homes),
            "seed": whole(HIGHEST_SEED),
            "run": whole(REPLICATES - 1),
            "event": where(partial(is_written, EVENT)),
            "what": str,
        }
        good = self.valid({name: text for name, text in state.items() if text}, readers)
        self.scenario = good.get("scenario", self.scenario)
        self.beside = good.get("beside", "")
        self.place = good.get("place", self.place)
        self.seed, self.run = good.get("seed", self.seed), good.get("run", self.run)
        self.key = good.get("what", "")
        self.event = good.get("event")
        self._from_link = True
        if self._view is not None:
            shown = {self.scenarios: self.scenario, self.others: self.beside}
            self._fill(shown | {self.seeds: self.seed, self.numbers: self.run})
            self._start()

    def close(self) -> None:
        """Drop the runs and what was built."""
        self.runs.clear()
        self._view = None
