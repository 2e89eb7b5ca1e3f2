"""The tab Why."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import TYPE_CHECKING, Any

import panel as pn

from sim.app.cases.documented_record import HISTORY
from sim.app.html_text import html
from sim.app.limits import HIGHEST_SEED, REPLICATES
from sim.app.why import story_texts
from sim.app.why.counterfactual import compare_stories
from sim.app.why.run_index import account_of
from sim.app.why.story_card import StoryCard
from sim.app.why.story_choices import choices, first_choice, story_of
from sim.core.identities import EVENT, is_written
from sim.report.event_phrases import EventDescriber
from sim.scenario.schema import load, names, outline

if TYPE_CHECKING:
    from sim.app.session import Session
    from sim.app.thread_pool import Cancel
    from sim.app.why.run_index import Account


class WhyTab:
    """Tell how a deal of one run came about, or why there was none.

    Parameters
    ----------
    session
        The visitor.
    """

    name = "why"

    def __init__(self, session: Session) -> None:
        self.session = session
        self.scenario, self.beside = HISTORY, ""
        self.seed = outline(HISTORY).seed
        self.run, self.place, self.key = 0, "", ""
        self.event: str | None = None
        self.accounts: dict[str, Account] = {}
        self._homes = dict(
            zip(
                session.world.localities["code"].tolist(),
                session.world.localities["iso3"].tolist(),
                strict=True,
            )
        )
        self._view: pn.Column | None = None
        self._filling = False

    @property
    def title(self) -> str:
        """Return the title of the tab."""
        return self.session._("Why")

    def view(self) -> pn.viewable.Viewable:
        """Build the tab and begin its run."""
        self.describer = EventDescriber(self.session.world, self.session._)
        self.card = StoryCard(self.session, self.describer, self.session.touch)
        self.status = html()
        self._build_widgets()
        self._view = pn.Column(
            html(self._intro()),
            pn.FlexBox(
                self.scenarios, self.seeds, self.runs, self.others, sizing_mode="stretch_width"
            ),
            pn.FlexBox(self.countries, self.places, self.what, sizing_mode="stretch_width"),
            self.status,
            self.card.view,
            sizing_mode="stretch_width",
            margin=0,
        )
        self._start()
        return self._view

    def _intro(self) -> str:
        text = self.session._(
            "Choose a run and a place, and a deal there, a project that came to nothing, or a "
            "Chinese actor the place has no project with. The timeline shows what led to it; "
            "click an event, or go from cause to cause by the buttons."
        )
        return f"<p>{escape(text)}</p>"

    def _build_widgets(self) -> None:
        _ = self.session._
        titles = {_(outline(name).title): name for name in names()}

        def style(basis: int) -> dict[str, Any]:
            return {"styles": {"flex": f"1 1 {basis}px"}, "margin": 4}

        self.scenarios = pn.widgets.Select(
            label=_("Scenario"), options=titles, value=self.scenario, **style(230)
        )
        self.seeds = pn.widgets.IntInput(
            label=_("Seed"), value=self.seed, start=0, end=HIGHEST_SEED, **style(110)
        )
        self.runs = pn.widgets.IntInput(
            label=_("Run"), value=self.run, start=0, end=REPLICATES - 1, **style(90)
        )
        self.others = pn.widgets.Select(
            label=_("Set beside"),
            options={_("nothing"): "", **titles},
            value=self.beside,
            **style(230),
        )
        table = self.session.world.countries
        countries = {self.describer.country(code): code for code in table["iso3"]}
        self.countries = pn.widgets.Select(
            label=_("Country"), options=dict(sorted(countries.items())), **style(160)
        )
        self.places = pn.widgets.Select(label=_("Place"), options={}, **style(200))
        self.what = pn.widgets.Select(label=_("What"), groups={}, **style(330))
        for widget in (self.scenarios, self.seeds, self.runs, self.others):
            widget.param.watch(self._run_changed, "value")
        self.countries.param.watch(self._country_changed, "value")
        self.places.param.watch(self._place_changed, "value")
        self.what.param.watch(self._what_changed, "value")

    # --- what the visitor changes

    def _run_changed(self, event: object) -> None:
        if self._filling:
            return
        self.scenario, self.beside = str(self.scenarios.value), str(self.others.value)
        self.seed = min(max(int(self.seeds.value or 0), 0), HIGHEST_SEED)
        self.run = min(max(int(self.runs.value or 0), 0), REPLICATES - 1)
        self.event = None
        self._start()

    def _country_changed(self, event: object) -> None:
        if self._filling:
            return
        here = [code for code, home in self._homes.items() if home == self.countries.value]
        deals = self._account.deals_of_places() if self._account else {}
        self.place = max(here, key=lambda code: deals.get(code, 0), default="")
        self._fill_place()

    def _place_changed(self, event: object) -> None:
        if self._filling or not self.places.value:
            return
        self.place = str(self.places.value)
        self._fill_place()

    def _what_changed(self, event: object) -> None:
        if self._filling or not self.what.value:
            return
        self.key, self.event = str(self.what.value), None
        self._show()

    # --- the run

    @property
    def _account(self) -> Account | None:
        return self.accounts.get(self.scenario)

    def _start(self) -> None:
        """Run what is asked about, unless it is there already."""
        wanted = [name for name in (self.scenario, self.beside) if name]
        seed, run = self.seed, self.run
        held = {
            name: account
            for name, account in self.accounts.items()
            if name in wanted and (account.scenario.seed, account.replicate) == (seed, run)
        }
        self.accounts = held
        world = self.session.world
        self.status.object = f"<p>{escape(self.session._('The run is under way.'))}</p>"

        def work(cancel: Cancel) -> dict[str, Account]:
            found = dict(held)
            for name in wanted:
                cancel.check()
                if name not in found:
                    scenario = load(name, world=world).with_overrides(seed=seed)
                    found[name] = account_of(scenario, world, run)
            return found

        self.session.submit(work, self._take, key="why-run")

    def _take(self, accounts: dict[str, Account]) -> None:
        if self._view is None:
            return
        self.accounts = accounts
        self.status.object = ""
        account = self._account
        if account is None:
            return
        if self.place not in self._homes:
            focus = [code for code in account.scenario.focus if code in self._homes]
            most = list(account.deals_of_places())
            self.place = next(iter([*focus, *most, *self._homes]))
        self._fill_place()

    def _fill_place(self) -> None:
        """Offer what may be asked about at the place, and show what is asked."""
        account = self._account
        if account is None:
            return
        home = self._homes[self.place]
        mine = {
            self.describer.place(code, None): code
            for code, country in self._homes.items()
            if country == home
        }
        groups = choices(self.session, account, self.place, self.describer)
        keys = {key for group in groups.values() for key in group.values()}
        if self.key not in keys and story_of(account, self.place, self.key) is None:
            self.key, self.event = first_choice(groups), None
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
        account = self._account
        story = None if account is None else story_of(account, self.place, self.key)
        self.card.view.visible = story is not None
        if account is not None and story is not None:
            wanted = self.event
            other = self.accounts.get(self.beside) if self.beside else None
            more = []
            if other is not None and self.beside != self.scenario:
                beside = compare_stories(story, account, other)
                more = story_texts.comparison_words(self.session, beside, self.describer, other)
            self.card.show(story, account, more)
            if wanted is not None:
                self.card.look(wanted)
        self.session.touch()

    # --- the address

    def state(self) -> dict[str, str]:
        """Return the run, the place, what is asked about and the event looked at."""
        state = {
            "scenario": self.scenario,
            "seed": str(self.seed),
            "run": str(self.run),
            "place": self.place,
            "what": self.key,
        }
        if self.beside:
            state["beside"] = self.beside
        if self._view is not None and self.card.event is not None:
            state["event"] = self.card.event
        return {name: value for name, value in state.items() if value}

    def restore(self, state: Mapping[str, str]) -> None:
        """Take up a state; what is not valid is left out with a notice."""
        known = set(names())
        scenario, beside = state.get("scenario", self.scenario), state.get("beside", "")
        place = state.get("place", self.place)
        seed = _whole(state.get("seed"), self.seed, HIGHEST_SEED)
        run = _whole(state.get("run"), self.run, REPLICATES - 1)
        event = state.get("event", "")
        good = scenario in known and (not beside or beside in known)
        good = good and (not place or place in self._homes) and None not in (seed, run)
        if not good or (event and not is_written(EVENT, event)):
            self.session.notify(self.session._("A part of the link is not known and is left out."))
        self.scenario = scenario if scenario in known else self.scenario
        self.beside = beside if beside in known else ""
        self.place = place if place in self._homes else self.place
        self.seed = self.seed if seed is None else seed
        self.run = self.run if run is None else run
        self.key = state.get("what", "")
        self.event = event if is_written(EVENT, event) else None
        if self._view is not None:
            self._filling = True
            self.scenarios.value, self.others.value = self.scenario, self.beside
            self.seeds.value, self.runs.value = self.seed, self.run
            self._filling = False
            self._start()

    def close(self) -> None:
        """Drop the runs and what was built."""
        self.accounts.clear()
        self._view = None


def _whole(text: str | None, usual: int, most: int) -> int | None:
    """Return a whole number from a text, the usual one without a text, None if it is not valid."""
    if text is None:
        return usual
    if not text.isdecimal() or len(text) > len(str(most)) or int(text) > most:
        return None
    return int(text)
