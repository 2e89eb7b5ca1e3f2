"""The tab Watch: a world on real Mesa agents, month by month."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import panel as pn

from sim.app import limits
from sim.app.bokeh_style import drawn
from sim.app.watch import map_measures, news_ticker, world_history
from sim.app.watch.hover_summary import HoverSummary
from sim.app.watch.map import Map
from sim.app.watch.player import Player
from sim.app.watch.profile import Profiles
from sim.app.watch.watch_texts import (
    control_words,
    inspector_words,
    line_legend,
    mark_legend,
    phase_rows,
)
from sim.app.watch.watch_widgets import Controls, Inspector, Phases, Ticker
from sim.core.calendar import month_index, month_name
from sim.report.event_phrases import EventDescriber
from sim.scenario.schema import load

if TYPE_CHECKING:
    from panel.viewable import Viewable

    from sim.app.session import Session
    from sim.app.watch.recorder import Frame
    from sim.scenario.schema import Scenario

SPEED = 5
DETAIL_SECONDS = 0.4
"""Least time between two renewals of what is read at rest while months fly by."""


class WatchTab:
    """Show one visitor's world.

    Parameters
    ----------
    session
        The visitor.
    scenario
        What to run; the baseline by default.
    """

    name = "watch"

    def __init__(self, session: Session, scenario: Scenario | None = None) -> None:
        self.session = session
        self.scenario = scenario if scenario is not None else load("baseline", session.world)
        self.describer = EventDescriber(session.world, session._)
        self.profiles = Profiles(session, self.describer)
        self.hover_summary = HoverSummary(session, self.describer, self.profiles)
        self.player = Player(session, self.scenario, self._show, self._progress)
        self.measure = map_measures.MEASURES[0]
        self.speed = SPEED
        self.target = ""
        self._lines_by_month: dict[int, list[list[str]]] = {}
        self._twinned = -1
        self._detailed = 0.0
        self._start = self.player.recorder.first
        self._built = False

    @property
    def title(self) -> str:
        """Return the tab's title."""
        return self.session._("Watch")

    def view(self) -> Viewable:
        """Build the tab and begin with the first month, or the one of the address."""
        self._build()
        self.map.set_mark(self.target)
        self.player.seek(self._start)
        wide = {"sizing_mode": "stretch_width", "margin": 0}
        legend = pn.pane.HTML(line_legend(self.session), **wide)
        left = pn.Column(
            pn.pane.Bokeh(self.map.figure, **wide), legend, css_classes=["map"], **wide
        )
        right = pn.Column(self.inspector, self.ticker, **wide)
        grid = pn.FlexBox(left, right, gap="1rem", align_items="flex-start", **wide)
        left.styles = {"flex": "3 1 480px", "min-width": "min(100%, 320px)"}
        right.styles = {"flex": "2 1 340px", "min-width": "min(100%, 300px)"}
        return pn.Column(self.controls, self.phases, grid, **wide)

    def _build(self) -> None:
        session, recorder = self.session, self.player.recorder
        wide = {"sizing_mode": "stretch_width", "margin": 0}
        self.map = Map(session, self.choose)
        self.map.set_scale(map_measures.scales(session)[self.measure])
        self.controls = Controls(
            first=recorder.first,
            last=recorder.last,
            month=self._start,
            known=recorder.known,
            when=session._("The first month is being computed…"),
            speed=self.speed,
            fastest=limits.MONTHS_A_SECOND,
            seed=self.player.seed,
            highest_seed=limits.HIGHEST_SEED,
            measure=self.measure,
            measures=[[key, scale.title] for key, scale in map_measures.scales(session).items()],
            labels=control_words(session),
            **wide,
        )
        self.phases = Phases(
            phases=phase_rows(session), labels={"phases": session._("Phases of the month")}, **wide
        )
        self.ticker = Ticker(title=session._("What happens"), legend=mark_legend(session), **wide)
        self.inspector = Inspector(
            content={"title": session._("Click on a square, or search")},
            choices=self.profiles.choices(recorder),
            labels=inspector_words(session),
            **wide,
        )
        self._built = True
        self._listen()

    def _listen(self) -> None:
        watch = self.controls.param.watch
        watch(lambda event: self.player.next(), "asked")
        watch(lambda event: self.player.seek(self.controls.sought), "moves")
        watch(lambda event: self._play(bool(event.new)), "playing")
        watch(lambda event: self._set_speed(int(event.new)), "speed")
        watch(lambda event: self._set_measure(str(event.new)), "measure")
        watch(lambda event: self._restart(self.controls.seed), "restarts")
        self.inspector.param.watch(lambda event: self._go(self.inspector.target), "choices_made")

    def _play(self, playing: bool) -> None:
        self.player.playing = playing
        self.ticker.live = not playing
        if playing and self.player.month >= self.player.recorder.last:
            self.player.seek(self.player.recorder.first)
        if not playing:
            self._detail()
            self.session.touch()

    def _set_speed(self, speed: int) -> None:
        self.speed = min(max(speed, 1), limits.MONTHS_A_SECOND)
        self.session.touch()

    def _set_measure(self, measure: str) -> None:
        if measure not in map_measures.MEASURES:
            return
        self.measure = measure
        self.map.set_scale(map_measures.scales(self.session)[measure])
        self._colour()
        self.session.touch()

    def _restart(self, seed: int) -> None:
        self._forget()
        self.player.restart(seed)
        self.controls.seed = self.player.seed
        self.session.touch()

    def _forget(self) -> None:
        self._lines_by_month.clear()
        self._twinned = -1
        self.hover_summary.forget()

    def _go(self, target: str) -> None:
        """Look at what was chosen, or ask the tab Why about a project."""
        what, _, code = target.partition(":")
        place, _, project = code.partition(":")
        if what == "why" and place in self.player.recorder.at.locality:
            world = {"scenario": self.scenario.name, "seed": str(self.player.seed), "run": "0"}
            self.session.open("why", world | {"place": place, "what": project})
        else:
            self.choose(target)

    def choose(self, target: str) -> None:
        """Look at a place or an actor, such as ``place:CODE``."""
        if not self.profiles.target_exists(self.player.recorder, target):
            return
        self.target = target
        self.map.set_mark(target)
        self._inspect()
        self.session.touch()

    def _progress(self) -> None:
        """Show how far the world has been recorded."""
        if not self._built:
            return
        recorder = self.player.recorder
        self.controls.param.update(known=recorder.known, playing=self.player.playing)

    @drawn
    def _show(self, frame: Frame) -> None:
        """Show a month everywhere."""
        recorder = self.player.recorder
        self._colour()
        pairs = world_history.twinned_pairs(recorder, frame.month)
        changed = len(pairs) != self._twinned
        self._twinned = len(pairs)
        self.map.set_arcs(recorder, pairs if changed else None, frame.events)
        self.ticker.lines = news_ticker.ticker(
            recorder, frame.month, self.describer, self._lines_by_month
        )
        self.phases.param.update(
            counts=news_ticker.phases_of(frame.events),
            milliseconds=round(1000 / self.speed) if self.player.playing else 900,
            number=self.phases.number + 1,
        )
        if not self.player.playing or time.monotonic() - self._detailed > DETAIL_SECONDS:
            self._detail()
        self.controls.param.update(
            month=frame.month,
            when=self.describer.month(month_name(frame.month)),
            known=recorder.known,
            shown=self.controls.shown + 1,
        )
        if not self.player.playing:
            self.session.touch()

    def _colour(self) -> None:
        recorder = self.player.recorder
        if recorder.first <= self.player.month <= recorder.known:
            frame = recorder.frame(self.player.month)
            self.map.set_values(
                map_measures.of_localities(recorder, frame, self.measure),
                map_measures.of_provinces(recorder, frame, self.measure),
                map_measures.of_firms(recorder, frame, self.measure),
            )

    @drawn
    def _detail(self) -> None:
        """Renew what is read at rest: what pointing tells, and the inspector."""
        self._detailed = time.monotonic()
        recorder = self.player.recorder
        if recorder.first <= self.player.month <= recorder.known:
            frame = recorder.frame(self.player.month)
            self.map.set_notes(*self.hover_summary.of(recorder, frame))
        self._inspect()

    def _inspect(self) -> None:
        """Renew the inspector and the lines of what is looked at."""
        recorder = self.player.recorder
        if not self.target or not recorder.first <= self.player.month <= recorder.known:
            return
        frame = recorder.frame(self.player.month)
        what, _, code = self.target.partition(":")
        number = (recorder.at.locality if what == "place" else recorder.at.actor)[code]
        ties = world_history.ties_at(recorder, frame.month, **{what: number})
        actors = np.array([tie.actor for tie in ties], dtype=np.int64)
        places = np.array([tie.place for tie in ties], dtype=np.int64)
        self.map.set_own(recorder, actors, places)
        self.inspector.content = self.profiles.of(recorder, frame, self.target)

    def state(self) -> dict[str, str]:
        """Return month, seed, measure, speed and what is looked at."""
        month = (
            self.player.month if self.player.month >= self.player.recorder.first else self._start
        )
        state = {
            "seed": str(self.player.seed),
            "month": month_name(month),
            "measure": self.measure,
            "speed": str(self.speed),
        }
        return state | ({"look": self.target} if self.target else {})

    def restore(self, state: Mapping[str, str]) -> None:
        """Take up a state; what is not valid is left out."""
        left_out = False
        for key, value in state.items():
            try:
                self._take_up(key, value)
            except ValueError:
                left_out = True
        if left_out:
            self.session.notify(
                self.session._("A part of the address could not be read and is left out.")
            )

    def _take_up(self, key: str, value: str) -> None:
        recorder = self.player.recorder
        if key == "measure" and value in map_measures.MEASURES:
            self.measure = value
            if self._built:
                self.controls.measure = value
        elif key == "speed" and 1 <= int(value) <= limits.MONTHS_A_SECOND:
            self.speed = int(value)
            if self._built:
                self.controls.speed = self.speed
        elif key == "seed" and 0 <= int(value) <= limits.HIGHEST_SEED:
            if int(value) != self.player.seed:
                self._reseed(int(value))
        elif key == "month" and recorder.first <= month_index(value) <= recorder.last:
            self._start = month_index(value)
            if self._built:
                self.player.seek(self._start)
        elif key == "look" and self.profiles.target_exists(recorder, value):
            self.target = value
            if self._built:
                self.choose(value)
        else:
            raise ValueError(key)

    def _reseed(self, seed: int) -> None:
        if self._built:
            self._restart(seed)
        else:
            scenario = self.scenario.with_overrides(seed=seed)
            self.player = Player(self.session, scenario, self._show, self._progress)

    def close(self) -> None:
        """Stop recording and drop the world."""
        self.player.close()
        self._forget()
