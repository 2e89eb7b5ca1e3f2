"""The tab Why."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import panel as pn

from sim.app.cases.documented_record import HISTORY
from sim.app.html_text import WIDE, html, paragraphs
from sim.app.limits import HIGHEST_SEED, REPLICATES
from sim.app.why.history_card import HistoryCard
from sim.app.why.history_choices import choices
from sim.app.why.project_history import counterpart, history_of
from sim.app.why.run_index import index_run
from sim.core.identities import EVENT, is_written
from sim.report.event_phrases import EventDescriber
from sim.scenario.schema import load, names, outline

if TYPE_CHECKING:
    from sim.app.session import Session
    from sim.app.thread_pool import Cancel
    from sim.app.why.run_index import RunIndex


def _style(basis: int) -> dict[str, Any]:
    return {"styles": {"flex": f"1 1 {basis}px"}, "margin": 4}


class WhyTab:
    """Tell a visitor how a deal of one run came about, or why there was none."""

    name = "why"

    def __init__(self, session: Session) -> None:
        self.session = session
        self.scenario, self.beside = HISTORY, ""
        self.seed = outline(HISTORY).seed
        self.run, self.place, self.key = 0, "", ""
        self.event: str | None = None
        self.runs: dict[str, RunIndex] = {}
        table = session.world.localities
        self._homes = dict(zip(table["code"].tolist(), table["iso3"].tolist(), strict=True))
        self._view: pn.Column | None = None
        self._filling = False

    @property
    def title(self) -> str:
        """Return the title of the tab."""
        return self.session._("Why")

    def view(self) -> pn.viewable.Viewable:
        """Build the tab and begin its run."""
        _ = self.session._
        self.describer = EventDescriber(self.session.world, _)
        self.card = HistoryCard(self.session, self.describer, self.session.touch)
        self.status = html()
        run = self._run_widgets()
        place = self._place_widgets()
        intro = _(
            "Choose a run and a place, and a deal there, a project that came to nothing, or a "
            "Chinese actor the place has no project with. The timeline shows what led to it; "
            "click an event, or go from cause to cause by the buttons."
        )
        self._view = pn.Column(
            html(paragraphs(intro)),
            pn.FlexBox(*run, sizing_mode="stretch_width"),
            pn.FlexBox(*place, sizing_mode="stretch_width"),
            self.status,
            self.card.view,
            **WIDE,
        )
        self._start()
        return self._view

    def _run_widgets(self) -> list[pn.widgets.Widget]:
        """Build what the run is chosen by."""
        _ = self.session._
        titles = {_(outline(name).title): name for name in names()}
        self.scenarios = pn.widgets.Select(
            label=_("Scenario"), options=titles, value=self.scenario, **_style(230)
        )
        self.seeds = pn.widgets.IntInput(
            label=_("Seed"), value=self.seed, start=0, end=HIGHEST_SEED, **_style(110)
        )
        self.numbers = pn.widgets.IntInput(
            label=_("Run"), value=self.run, start=0, end=REPLICATES - 1, **_style(90)
        )
        self.others = pn.widgets.Select(
            label=_("Set beside"),
            options={_("nothing"): "", **titles},
            value=self.beside,
            **_style(230),
        )
        widgets = [self.scenarios, self.seeds, self.numbers, self.others]
        for widget in widgets:
            widget.param.watch(self._run_changed, "value")
        return widgets

    def _place_widgets(self) -> list[pn.widgets.Widget]:
        """Build what the place and the question are chosen by."""
        _ = self.session._
        codes = self.session.world.countries["iso3"]
        countries = dict(sorted((self.describer.country(code), code) for code in codes))
        self.countries = pn.widgets.Select(label=_("Country"), options=countries, **_style(160))
        self.places = pn.widgets.Select(label=_("Place"), options={}, **_style(200))
        self.what = pn.widgets.Select(label=_("What"), groups={}, **_style(330))
        self.countries.param.watch(self._country_changed, "value")
        self.places.param.watch(self._place_changed, "value")
        self.what.param.watch(self._what_changed, "value")
        return [self.countries, self.places, self.what]

    def _run_changed(self, event: object) -> None:
        if self._filling:
            return
        self.scenario, self.beside = str(self.scenarios.value), str(self.others.value)
        self.seed = min(max(int(self.seeds.value or 0), 0), HIGHEST_SEED)
        self.run = min(max(int(self.numbers.value or 0), 0), REPLICATES - 1)
        self.event = None
        self._start()

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
        there = {
            name: run
            for name, run in self.runs.items()
            if name in scenarios and (run.scenario.seed, run.replicate) == (seed, number)
        }
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
            places = [*run.scenario.focus, *run.deals_of_places(), *self._homes]
            self.place = next(code for code in places if code in self._homes)
        self._fill_place()

    def _fill_place(self) -> None:
        """Offer what may be asked about at the place, and show what is asked."""
        run = self.runs.get(self.scenario)
        if run is None:
            return
        home = self._homes[self.place]
        mine = {
            self.describer.place(code, None): code
            for code, country in self._homes.items()
            if country == home
        }
        groups = choices(self.session, run, self.place, self.describer)
        keys = [key for group in groups.values() for key in group.values()]
        if self.key not in keys and history_of(run, self.place, self.key) is None:
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
            if event is not None:
                self.card.look(event)
        self.session.touch()

    def state(self) -> dict[str, str]:
        """Return the run, the place, what is asked about and the event looked at."""
        state = {
            "scenario": self.scenario,
            "seed": str(self.seed),
            "run": str(self.run),
            "place": self.place,
            "what": self.key,
            "beside": self.beside,
            "event": (self.card.event or "") if self._view is not None else "",
        }
        return {name: value for name, value in state.items() if value}

    def restore(self, state: Mapping[str, str]) -> None:
        """Take up a state; what is not valid is left out with a notice."""
        scenarios = set(names())
        valid: dict[str, Callable[[str], bool]] = {
            "scenario": scenarios.__contains__,
            "beside": scenarios.__contains__,
            "place": self._homes.__contains__,
            "seed": lambda text: _is_whole(text, HIGHEST_SEED),
            "run": lambda text: _is_whole(text, REPLICATES - 1),
            "event": lambda text: is_written(EVENT, text),
        }
        asked = {name: text for name, text in state.items() if text}
        good = {name: text for name, text in asked.items() if name in valid and valid[name](text)}
        if any(name in valid and name not in good for name in asked):
            self.session.say_left_out()
        self.scenario = good.get("scenario", self.scenario)
        self.beside = good.get("beside", "")
        self.place = good.get("place", self.place)
        self.seed = int(good.get("seed", self.seed))
        self.run = int(good.get("run", self.run))
        self.key = state.get("what", "")
        self.event = good.get("event")
        if self._view is not None:
            self._filling = True
            self.scenarios.value, self.others.value = self.scenario, self.beside
            self.seeds.value, self.numbers.value = self.seed, self.run
            self._filling = False
            self._start()

    def close(self) -> None:
        """Drop the runs and what was built."""
        self.runs.clear()
        self._view = None


def _is_whole(text: str, most: int) -> bool:
    """Return whether a text is a whole number up to the highest one that is valid."""
    return text.isdecimal() and len(text) <= len(str(most)) and int(text) <= most
