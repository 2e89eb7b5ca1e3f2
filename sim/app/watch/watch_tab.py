"""The tab Watch: a world on real Mesa agents, month by month."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import panel as pn
from panel.viewable import Viewable

from sim.app import limits
from sim.app.bokeh_style import drawn
from sim.app.html_text import WIDE
from sim.app.labels import labels
from sim.app.session import Session
from sim.app.tab import Tab, one_of, where, whole
from sim.app.theme import source
from sim.app.watch import map_measures, watch_texts, world_history
from sim.app.watch.map import Map
from sim.app.watch.player import Player
from sim.app.watch.profile import Profiles, notes_of
from sim.app.watch.recorder import Frame
from sim.app.watch.story import MOST_STEPS, Storyteller
from sim.app.watch.watch_widgets import Controls, Inspector, Phases, Ticker
from sim.core import enums as k
from sim.core.calendar import month_index, month_name
from sim.report.event_phrases import EventDescriber
from sim.report.tilemap import kinds_of
from sim.scenario.schema import Scenario, load

SPEED = 5
JOURNEY_MONTHS, TWINNING_MONTHS = 2, 12
"""Months that lines of journeys and of twinnings are drawn before they have faded."""
STORY_FRAMES = 50
"""Months shown on the way from one step of the story to the next; of more, every other or so."""
DETAIL_SECONDS = 0.4
"""Least time between two renewals of what is read at rest while months fly by."""


class WatchTab(Tab):
    """Show one visitor's world, of the baseline by default."""

    name = "watch"

    def __init__(self, session: Session, scenario: Scenario | None = None) -> None:
        super().__init__(session)
        self.scenario = scenario if scenario is not None else load("baseline", session.world)
        self.describer = EventDescriber(session.world, session._)
        self.profiles = Profiles(session, self.describer)
        self.player = Player(session, self.scenario, self._show, self._progress)
        self.measure = next(iter(map_measures.MEASURES))
        self.kinds = kinds_of(session.world)
        self.kind = self.kinds[0]
        self.speed = SPEED
        self.target = ""
        self._news: dict[int, list[list[str]]] = {}
        self._detailed = 0.0
        self._start = self.player.recorder.first
        self._built = False
        # The step of the story to begin with, -1 for none; the visitor's address may say.
        self._step: int | None = None
        self._goal, self._stride = -1, 1
        self.teller = Storyteller(session, self.describer, self.player, self._lead)

    def view(self) -> Viewable:
        """Build the tab and begin with the first month, or the one of the address."""
        self._build()
        self.map.set_mark(self.target)
        self.player.seek(self._start)
        drawing = pn.pane.Bokeh(self.map.figure, **WIDE)
        parts = [
            self.controls,
            self.phases,
            pn.Column(drawing, self.legend, css_classes=["map"], **WIDE),
            pn.Column(self.inspector, self.ticker, css_classes=["side"], **WIDE),
        ]
        if self.session.has_tabs and self.session.world.is_shipped:
            parts.insert(0, self.teller.widget)
            step = 0 if self._step is None else self._step
            if step >= 0:
                self.teller.begin(step)
        return pn.Column(*parts, stylesheets=[source("watch/tab.css")], **WIDE)

    def _build(self) -> None:
        session, recorder = self.session, self.player.recorder
        _, scales = session._, map_measures.scales(session)
        self.map = Map(session, self.choose, self.kind)
        self.map.set_scale(scales[self.measure])
        self.legend = pn.pane.HTML(watch_texts.line_legend(session, self.kind), **WIDE)
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
            kind=self.kind,
            kinds=[[kind, labels("map_kinds", _)[kind]] for kind in self.kinds],
            labels=watch_texts.control_words(session),
            css_classes=["bar"],
            **WIDE,
        )
        rows, label = watch_texts.phase_rows(session), _("Phases of the month")
        self.phases = Phases(phases=rows, labels={"phases": label}, css_classes=["phases"], **WIDE)
        legend = "   ".join(f"{mark} {name}" for name, mark, _reasons in rows)
        self.ticker = Ticker(title=_("What happens"), legend=legend, **WIDE)
        self.inspector = Inspector(
            content={"title": _("Click on the map, or search")},
            choices=self.profiles.choices(recorder),
            labels=labels("inspector", _),
            **WIDE,
        )
        self._built = True
        watch = self.controls.param.watch
        watch(lambda event: self._next(), "asked")
        watch(lambda event: self.player.seek(self.controls.sought), "moves")
        watch(lambda event: self._play(bool(event.new)), "playing")
        watch(lambda event: self._set_speed(int(event.new)), "speed")
        watch(lambda event: self._set_measure(str(event.new)), "measure")
        watch(lambda event: self._set_kind(str(event.new)), "kind")
        watch(lambda event: self._restart(self.controls.seed), "restarts")
        self.inspector.param.watch(lambda event: self._go(self.inspector.target), "choices_made")

    # --- what the visitor does

    def _play(self, playing: bool) -> None:
        self.player.playing = playing
        self.ticker.live = not playing
        if playing and self.player.month >= self.player.recorder.last:
            self.player.seek(self.player.recorder.first)
        if not playing:
            if self._goal >= 0:
                self.teller.arrive()
            self._goal = -1
            self._detail()
            self.session.touch()

    def _next(self) -> None:
        """Show the next month; on the way to a step of the story every so many."""
        left = self._goal - self.player.month
        self.player.next(1 if self._goal < 0 else max(min(self._stride, left), 0))

    def _lead(self, place: str, month: int, moving: bool) -> None:
        """Go to a step of the story, months flying by or not; without a place leave the story."""
        self._goal = -1
        self.controls.speed = limits.MONTHS_A_SECOND if place else SPEED
        if not place:
            self.controls.playing = False
            self.player.seek(self.player.month)
            return
        self.target = f"place:{place}"
        self.map.set_mark(self.target)
        months = month - self.player.month
        if moving and months > 0:
            # Nothing that was waited for holds up the months on the way.
            self.player.seek(self.player.month)
            self._goal, self._stride = month, -(-months // STORY_FRAMES)
            self.controls.playing = True
        else:
            self.controls.playing = False
            self.player.seek(month)

    def _set_speed(self, speed: int) -> None:
        self.speed = min(max(speed, 1), limits.MONTHS_A_SECOND)
        self.session.touch()

    def _set_measure(self, measure: str) -> None:
        if measure in map_measures.MEASURES:
            self.measure = measure
            self.map.set_scale(map_measures.scales(self.session)[measure])
            self._colour()
            self.session.touch()

    @drawn
    def _set_kind(self, kind: str) -> None:
        if kind in self.kinds and kind != self.map.kind:
            self.kind = kind
            self.map.set_kind(self.player.recorder, kind)
            self.legend.object = watch_texts.line_legend(self.session, kind)
            self.session.touch()

    def _restart(self, seed: int) -> None:
        self._news.clear()
        if self.teller.at >= 0:
            self.teller.leave()
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
            self._look()
            self.session.touch()

    @drawn
    def _look(self) -> None:
        """Show what is looked at, which may be nothing."""
        self.map.set_mark(self.target)
        if not self.target and self.player.frame is not None:
            none = np.zeros(0, dtype=int)
            self.map.set_lines(self.player.recorder, "own", none, none, np.zeros(0))
        self._inspect()

    # --- showing

    def _progress(self) -> None:
        """Show how far the world has been recorded."""
        if self._built:
            player = self.player
            waits = player.waiting and player.frame is not None and not player.playing
            self.controls.param.update(
                known=player.recorder.known,
                playing=player.playing,
                aim=player.aim,
                awaited=self.describer.month(month_name(player.aim)) if waits else "",
            )

    @drawn
    def _show(self, frame: Frame) -> None:
        """Show a month everywhere."""
        playing = self.player.playing
        self._colour()
        self._draw_journeys(frame)
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
            aim=self.player.aim,
            shown=self.controls.shown + 1,
        )
        self.teller.count(frame)
        if playing and 0 <= self._goal <= frame.month:
            self.controls.playing = False
        if not playing:
            self.session.touch()

    def _draw_journeys(self, frame: Frame) -> None:
        """Draw what is new: journeys and twinnings, the fainter the longer ago."""
        recorder = self.player.recorder
        since = max(frame.month - JOURNEY_MONTHS + 1, recorder.first)
        events = np.concatenate([recorder.frame(m).events for m in range(since, frame.month + 1)])
        for name, kind in (("inward", k.VISIT_TO_LAC), ("outward", k.VISIT_TO_CHINA)):
            moves = events[events["kind"] == kind][::-1]
            alpha = 1.0 - (frame.month - moves["month"]) / JOURNEY_MONTHS
            self.map.set_lines(recorder, name, moves["actor"], moves["place"], alpha)
        ties = recorder.state.tie[: len(frame.tie_trust)]
        age = frame.month - ties["twinned"]
        new = (ties["twinned"] >= 0) & (age >= 0) & (age < TWINNING_MONTHS)
        places = recorder.state.place["unit"][ties["place"][new]]
        alpha = 1.0 - age[new] / TWINNING_MONTHS
        self.map.set_lines(recorder, "twinned", ties["actor"][new], places, alpha)

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
        nothing = ["", "", self.session._("Nothing has happened yet.")]
        return lines[: watch_texts.LINES] or [nothing]

    def _colour(self) -> None:
        frame = self.player.frame
        if frame is not None:
            values = map_measures.measured(self.player.recorder, frame, self.measure)
            self.map.set_values(*values)

    @drawn
    def _detail(self) -> None:
        """Renew what is read at rest: the news, what pointing tells, and the inspector."""
        self._detailed = time.monotonic()
        if self.player.playing:
            self.session.touch()
        frame = self.player.frame
        if frame is not None:
            self.ticker.lines = self._latest_news(frame.month)
            self.map.set_notes(*notes_of(self.profiles, self.player.recorder, frame))
        self._inspect()

    def _inspect(self) -> None:
        """Renew the inspector and the lines of what is looked at."""
        recorder, frame = self.player.recorder, self.player.frame
        if frame is None:
            return
        if not self.target:
            self.inspector.content = self.profiles.overview(recorder, frame)
            return
        what, _, code = self.target.partition(":")
        number = (recorder.at.locality if what == "place" else recorder.at.actor)[code]
        ties = world_history.living_ties(recorder, frame.month)
        ties = ties[ties[what] == number]
        actors, places = (ties[name].to_numpy() for name in ("actor", "place"))
        self.map.set_lines(recorder, "own", actors, places, np.full(len(ties), 0.8))
        self.inspector.content = self.profiles.of(recorder, frame, self.target)

    # --- the address

    def state(self) -> dict[str, str]:
        """Return month, seed, measure, kind of map, speed and what is looked at."""
        player = self.player
        month = player.aim if player.aim >= player.recorder.first else self._start
        state = {
            "seed": str(player.seed),
            "month": month_name(month),
            "measure": self.measure,
            "view": self.kind,
            "speed": str(self.speed),
        }
        told = {"story": str(self.teller.at)} if self.teller.at >= 0 else {}
        return state | ({"look": self.target} if self.target else {}) | told

    def restore(self, state: Mapping[str, str]) -> None:
        """Take up a state; what is not valid is left out."""
        if self._built and self.teller.at >= 0 and "story" not in state:
            self.teller.leave()
        recorder = self.player.recorder
        readers: dict[str, Callable[[str], Any]] = {
            "measure": one_of(map_measures.MEASURES),
            "view": one_of(self.kinds),
            "speed": whole(limits.MONTHS_A_SECOND, 1),
            "seed": whole(limits.HIGHEST_SEED),
            "month": where(lambda text: recorder.first <= month_index(text) <= recorder.last),
            "story": whole(MOST_STEPS),
            "look": where(recorder.has),
        }
        good = self.valid(state, readers)
        self.measure, self.kind = good.get("measure", self.measure), good.get("view", self.kind)
        self.speed, self._step = good.get("speed", self.speed), good.get("story", -1)
        self.target, seed = good.get("look", ""), good.get("seed", self.player.seed)
        if "month" in good:
            self._start = month_index(good["month"])
        if not self._built:
            self.player.begin(seed)
            return
        if seed != self.player.seed:
            self._restart(seed)
        if "month" in good:
            self.player.seek(self._start)
        if self._step >= 0:
            self.teller.begin(self._step)
        self.controls.param.update(measure=self.measure, kind=self.kind, speed=self.speed)
        self._look()

    def close(self) -> None:
        """Stop recording and drop the world."""
        self.player.close()
        self._news.clear()
