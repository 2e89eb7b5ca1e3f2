"""The tab Watch: a world on real Mesa agents, month by month."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING

import panel as pn

from sim.app import limits
from sim.app.bokeh_style import drawn
from sim.app.html_text import WIDE
from sim.app.labels import labels
from sim.app.watch import map_measures, watch_texts, world_history
from sim.app.watch.hover_summary import notes_of
from sim.app.watch.map import Map
from sim.app.watch.player import Player
from sim.app.watch.profile import Profiles
from sim.app.watch.watch_widgets import Controls, Inspector, Phases, Ticker
from sim.core import enums as k
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
    """Show one visitor's world, of the baseline by default."""

    name = "watch"

    def __init__(self, session: Session, scenario: Scenario | None = None) -> None:
        self.session = session
        self.scenario = scenario if scenario is not None else load("baseline", session.world)
        self.describer = EventDescriber(session.world, session._)
        self.profiles = Profiles(session, self.describer)
        self.player = Player(session, self.scenario, self._show, self._progress)
        self.measure = next(iter(map_measures.MEASURES))
        self.speed = SPEED
        self.target = ""
        self._news: dict[int, list[list[str]]] = {}
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
        left = pn.Column(
            pn.pane.Bokeh(self.map.figure, **WIDE),
            pn.pane.HTML(watch_texts.line_legend(self.session), **WIDE),
            css_classes=["map"],
            styles={"flex": "3 1 480px", "min-width": "min(100%, 320px)"},
            **WIDE,
        )
        right = pn.Column(
            self.inspector,
            self.ticker,
            styles={"flex": "2 1 340px", "min-width": "min(100%, 300px)"},
            **WIDE,
        )
        grid = pn.FlexBox(left, right, gap="1rem", align_items="flex-start", **WIDE)
        return pn.Column(self.controls, self.phases, grid, **WIDE)

    def _build(self) -> None:
        session, recorder = self.session, self.player.recorder
        _, scales = session._, map_measures.scales(session)
        self.map = Map(session, self.choose)
        self.map.set_scale(scales[self.measure])
        self.controls = Controls(
            first=recorder.first,
            last=recorder.last,
            month=self._start,
            known=recorder.known,
            when=_("The first month is being computed…"),
            speed=self.speed,
            fastest=limits.MONTHS_A_SECOND,
            seed=self.player.seed,
            highest_seed=limits.HIGHEST_SEED,
            measure=self.measure,
            measures=[[key, scale.title] for key, scale in scales.items()],
            labels=watch_texts.control_words(session),
            **WIDE,
        )
        rows, label = watch_texts.phase_rows(session), _("Phases of the month")
        self.phases = Phases(phases=rows, labels={"phases": label}, **WIDE)
        legend = watch_texts.mark_legend(session)
        self.ticker = Ticker(title=_("What happens"), legend=legend, **WIDE)
        self.inspector = Inspector(
            content={"title": _("Click on a square, or search")},
            choices=self.profiles.choices(recorder),
            labels=labels("inspector", _),
            **WIDE,
        )
        self._built = True
        watch = self.controls.param.watch
        watch(lambda event: self.player.next(), "asked")
        watch(lambda event: self.player.seek(self.controls.sought), "moves")
        watch(lambda event: self._play(bool(event.new)), "playing")
        watch(lambda event: self._set_speed(int(event.new)), "speed")
        watch(lambda event: self._set_measure(str(event.new)), "measure")
        watch(lambda event: self._restart(self.controls.seed), "restarts")
        self.inspector.param.watch(lambda event: self._go(self.inspector.target), "choices_made")

    # --- what the visitor does

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
        if measure in map_measures.MEASURES:
            self.measure = measure
            self.map.set_scale(map_measures.scales(self.session)[measure])
            self._colour()
            self.session.touch()

    def _restart(self, seed: int) -> None:
        self._forget()
        self.player.restart(seed)
        self.controls.seed = self.player.seed
        self.session.touch()

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
        if self.player.recorder.has(target):
            self.target = target
            self.map.set_mark(target)
            self._inspect()
            self.session.touch()

    # --- showing

    def _progress(self) -> None:
        """Show how far the world has been recorded."""
        if self._built:
            known = self.player.recorder.known
            self.controls.param.update(known=known, playing=self.player.playing)

    @drawn
    def _show(self, frame: Frame) -> None:
        """Show a month everywhere."""
        playing = self.player.playing
        self._colour()
        self._draw_journeys(frame)
        self.ticker.lines = self._latest_news(frame.month)
        self.phases.param.update(
            counts=watch_texts.phase_counts(frame.events),
            milliseconds=round(1000 / self.speed) if playing else 900,
            number=self.phases.number + 1,
        )
        if not playing or time.monotonic() - self._detailed > DETAIL_SECONDS:
            self._detail()
        self.controls.param.update(
            month=frame.month,
            when=self.describer.month(month_name(frame.month)),
            known=self.player.recorder.known,
            shown=self.controls.shown + 1,
        )
        if not playing:
            self.session.touch()

    def _draw_journeys(self, frame: Frame) -> None:
        """Draw the month's journeys, and the twinned pairs if they have changed."""
        recorder = self.player.recorder
        for name, kind in (("inward", k.VISIT_TO_LAC), ("outward", k.VISIT_TO_CHINA)):
            moves = frame.events[frame.events["kind"] == kind]
            self.map.set_lines(recorder, name, moves["actor"], moves["place"])
        ties = world_history.living_ties(recorder, frame.month)
        pairs = ties[ties["twinned"] >= 0]
        if len(pairs) != self._twinned:
            self._twinned = len(pairs)
            ends = (pairs[name].to_numpy() for name in ("actor", "place"))
            self.map.set_lines(recorder, "twinned", *ends)

    def _latest_news(self, month: int) -> list[list[str]]:
        """Return the latest lines as of a month; the sentences of each month are made once."""
        recorder = self.player.recorder
        lines: list[list[str]] = []
        while month >= recorder.first and len(lines) < watch_texts.LINES:
            if month not in self._news:
                frame = recorder.frame(month)
                self._news[month] = watch_texts.month_news(recorder, frame, self.describer)
            lines += self._news[month]
            month -= 1
        return lines[: watch_texts.LINES]

    def _colour(self) -> None:
        frame = self.player.frame
        if frame is not None:
            values = map_measures.measured(self.player.recorder, frame, self.measure)
            self.map.set_values(*values)

    @drawn
    def _detail(self) -> None:
        """Renew what is read at rest: what pointing tells, and the inspector."""
        self._detailed = time.monotonic()
        frame = self.player.frame
        if frame is not None:
            self.map.set_notes(*notes_of(self.profiles, self.player.recorder, frame))
        self._inspect()

    def _inspect(self) -> None:
        """Renew the inspector and the lines of what is looked at."""
        recorder, frame = self.player.recorder, self.player.frame
        if not self.target or frame is None:
            return
        what, _, code = self.target.partition(":")
        number = (recorder.at.locality if what == "place" else recorder.at.actor)[code]
        ties = world_history.living_ties(recorder, frame.month)
        ties = ties[ties[what] == number]
        ends = (ties[name].to_numpy() for name in ("actor", "place"))
        self.map.set_lines(recorder, "own", *ends)
        self.inspector.content = self.profiles.of(recorder, frame, self.target)

    # --- the address

    def state(self) -> dict[str, str]:
        """Return month, seed, measure, speed and what is looked at."""
        player = self.player
        month = player.month if player.month >= player.recorder.first else self._start
        state = {
            "seed": str(player.seed),
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
            _ = self.session._
            self.session.notify(_("A part of the address could not be read and is left out."))
        if self._built:
            self.controls.param.update(measure=self.measure, speed=self.speed)
            if self.target:
                self.choose(self.target)

    def _take_up(self, key: str, value: str) -> None:
        recorder = self.player.recorder
        if key == "measure" and value in map_measures.MEASURES:
            self.measure = value
        elif key == "speed" and 1 <= int(value) <= limits.MONTHS_A_SECOND:
            self.speed = int(value)
        elif key == "seed" and 0 <= int(value) <= limits.HIGHEST_SEED:
            if int(value) != self.player.seed:
                (self._restart if self._built else self.player.begin)(int(value))
        elif key == "month" and recorder.first <= month_index(value) <= recorder.last:
            self._start = month_index(value)
            if self._built:
                self.player.seek(self._start)
        elif key == "look" and recorder.has(value):
            self.target = value
        else:
            raise ValueError(key)

    def _forget(self) -> None:
        self._news.clear()
        self._twinned = -1

    def close(self) -> None:
        """Stop recording and drop the world."""
        self.player.close()
        self._forget()
