"""The story that the page opens with: how a place comes to a deal, read off the run shown."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from sim.app.cases.documented_record import MEETINGS, Fact, facts_of, first_pair
from sim.app.html_text import WIDE
from sim.app.labels import labels
from sim.app.session import Session
from sim.app.thread_pool import Cancel
from sim.app.watch.player import Player
from sim.app.watch.recorder import Frame
from sim.app.watch.watch_widgets import Story
from sim.app.why.history_choices import opening
from sim.app.why.project_history import STAGES, history_of_project
from sim.app.why.run_index import RunIndex, index_run
from sim.core.calendar import month_index, month_name
from sim.report.biography import CONTACTS, Biography
from sim.report.event_phrases import Event, EventDescriber
from sim.world import World

KEPT = 8
"""Stories kept for all visitors."""
STEPS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "contact": (tuple(sorted(CONTACTS)), MEETINGS),
    "trust": (STAGES["proposal"], ("memorandum",)),
    "twinning": (("twinning",), ("twinning",)),
    "tender": (STAGES["award"], ("tender",)),
    "loan": (STAGES["finance"], ("finance",)),
    "deal": (STAGES["deal"], ("deal",)),
}
"""Steps of the first place: kinds of events in the run, and of facts on record."""
MEANWHILE, END = "meanwhile", "end"
MOST_STEPS = len(STEPS) + 2


class Step(NamedTuple):
    """Hold a step of the story: where and when, what happened with what causes, what is on record.

    ``event`` is None where nothing of the kind happened; ``counts`` are contacts, projects and
    deals of each place up to the month.
    """

    name: str
    place: str
    month: str
    event: Event | None = None
    causes: tuple[Event, ...] = ()
    project: str | None = None
    fact: Fact | None = None
    counts: Mapping[str, tuple[int, int, int]] = {}


def _life_at(run: RunIndex, place: str) -> Biography | None:
    """Return the life of the project that the tab Why opens with, None if there is none."""
    begin = opening(run, [place])
    return None if begin is None else history_of_project(run, begin[1]).life


def _happened(run: RunIndex, place: str, life: Biography | None, name: str) -> Event | None:
    """Return the event of a step; of a deal that came to nothing, what ended it."""
    kinds, own = STEPS[name][0], life.own if life is not None else []
    if name == "contact" and life is not None and life.met is not None:
        return life.met
    if name in ("contact", "twinning"):
        own = run.at(place)
    event = next((event for event in own if event.kind in kinds), None)
    return own[-1] if name == "deal" and event is None and own else event


def _counted(run: RunIndex, place: str, month: str) -> tuple[int, int, int]:
    """Return contacts, projects and deals of a place up to a month."""
    mine = [event for event in run.at(place) if event.month <= month]
    met = sum(event.kind in CONTACTS for event in mine)
    projects = {event.project for event in mine if event.project is not None}
    return met, len(projects), sum(event.kind == "deal" for event in mine)


def story_of(run: RunIndex, world: World, places: tuple[str, str]) -> tuple[Step, ...]:
    """Return the steps of the first place as they came, then what went on at the other.

    What never happened is left out, but for the twinning, of which that is said.
    """
    here, there = places
    life = _life_at(run, here)
    found, absent = [], []
    for name, (_kinds, facts) in STEPS.items():
        event = _happened(run, here, life, name)
        fact = next((fact for fact in facts_of(world, here) if fact.kind in facts), None)
        project = None if life is None else life.project
        if event is not None:
            causes = run.causes(event)
            found.append(Step(name, here, event.month, event, causes, project, fact))
        elif name == "twinning":
            absent.append(Step(name, here, run.scenario.end, fact=fact))
    found.sort(key=lambda step: (step.month, 0 if step.event is None else step.event.order))
    month = found[-1].month if found else run.scenario.end
    counts = {place: _counted(run, place, month) for place in places}
    steps = [*found, *(step._replace(month=month) for step in absent)]
    steps.append(Step(MEANWHILE, there, month, counts=counts))
    life = _life_at(run, there)
    own = [] if life is None else life.own
    event = next((e for e in own if e.kind == "deal"), own[-1] if own else None)
    deals = (fact for fact in facts_of(world, there) if fact.kind in STEPS["deal"][1])
    end = Step(END, there, run.scenario.end, fact=next(deals, None))
    if event is not None and life is not None:
        causes = run.causes(event)
        end = end._replace(month=event.month, event=event, causes=causes, project=life.project)
    return (*steps, end)


_TOLD: OrderedDict[tuple[str, str, int], tuple[Step, ...]] = OrderedDict()


class Storyteller:
    """Tell the story of the world that a player plays, a caption at a time.

    ``lead`` is called with a place and the month of the run to go to, and whether months may fly
    by on the way; with no place when the story is left.
    """

    def __init__(
        self,
        session: Session,
        describer: EventDescriber,
        player: Player,
        lead: Callable[[str, int, bool], None],
    ) -> None:
        self.session, self.describer, self.player, self.lead = session, describer, player, lead
        self.places = first_pair(session.world)
        self.at = -1
        self.steps: tuple[Step, ...] = ()
        # Whether months may not fly by, which the browser says as soon as it has the page.
        self._still: bool | None = None
        # Month of the step shown, until the map has come to it; else -1.
        self._due = -1
        title = session._("The story of {place}", place=describer.full_place(self.places[0]))
        texts = labels("story_words", session._) | {"title": title}
        self.widget = Story(self._asked, labels=texts, css_classes=["story"], **WIDE)

    def begin(self, at: int = 0) -> None:
        """Begin to tell; what is told is made of the run in the background."""
        self.at = at
        self._say()
        scenario, world, places = self.player.recorder.scenario, self.session.world, self.places
        key = (world.digest, scenario.digest, scenario.seed)

        def work(cancel: Cancel) -> tuple[Step, ...]:
            if key not in _TOLD:
                cancel.check()
                _TOLD[key] = story_of(index_run(scenario, world, 0), world, places)
            while len(_TOLD) > KEPT:
                _TOLD.popitem(last=False)
            return _TOLD[key]

        self.session.submit(work, self._take, key="watch.story")

    def leave(self) -> None:
        """Stop telling; what was told is forgotten."""
        self.at, self.steps, self._due = -1, (), -1
        self._say()
        self.lead("", -1, False)

    def count(self, frame: Frame) -> None:
        """Show the numbers of a month."""
        if self.at < 0:
            return
        _, place = self.session._, self._step.place if self._step else self.places[0]
        number = self.player.recorder.at.locality[place]
        self.widget.numbers = [
            [_("Month shown"), self.describer.month(month_name(frame.month))],
            [_("Trust"), f"{frame.trust[number]:.2f}"],
            [_("Deals so far"), str(int(frame.deals[number]))],
            [_("Deals in the region"), f"{int(frame.deals.sum()):,}"],
        ]
        if frame.month >= self._due:
            self.arrive()

    def arrive(self) -> None:
        """Say what happens at the step: the map has come to it, or was stopped on the way."""
        self._due, self.widget.waits = -1, ""

    @property
    def _step(self) -> Step | None:
        return self.steps[self.at - 1] if 0 < self.at <= len(self.steps) else None

    def _asked(self, data: Mapping[str, Any]) -> None:
        """Do what the browser asks for: a step, or to go on to another tab."""
        step, tab = data.get("step"), data.get("open")
        world = {"scenario": self.player.recorder.scenario.name, "seed": str(self.player.seed)}
        if tab == "why":
            place = self.places[0]
            projects = [s.project for s in self.steps if s.place == place and s.project]
            self.session.open(
                "why",
                world | {"run": "0", "place": place, "what": projects[0]} if projects else world,
            )
        elif tab == "what_if":
            self.session.open("what_if")
        elif isinstance(step, int) and -1 <= step <= MOST_STEPS:
            self._still = bool(data.get("still"))
            if step < 0:
                self.leave()
            elif self.at < 0:
                self.begin(step)
            else:
                self.at = step
                self._go()
            self.session.touch()

    def _take(self, steps: tuple[Step, ...]) -> None:
        if self.at >= 0:
            self.steps = steps
            self._go()

    def _go(self) -> None:
        """Say what happens at a step and lead the player there."""
        if self.steps:
            self.at = min(self.at, len(self.steps))
        self._due = -1 if self._step is None else month_index(self._step.month)
        self._say()
        first = self.steps[0] if self.steps else None
        step = self._step or first
        if step is not None and self._still is not None:
            self.lead(step.place, month_index(step.month), not self._still)

    def _say(self) -> None:
        _, captions = self.session._, [self._intro(), *map(self._caption, self.steps)]
        waits = ""
        if self._due >= 0:
            month = self.describer.month(month_name(self._due))
            waits = _("The map is on its way to {month}.", month=month)
        self.widget.param.update(captions=captions, at=self.at, waits=waits)

    def _intro(self) -> dict[str, str]:
        _, n, place = self.session._, self.session.n, self.places[0]
        return {
            **self._words("intro"),
            "model": _(
                "What moves on the map is one run of the model, with seed {seed}: who meets whom "
                "and when is the model's. Another seed tells another story.",
                seed=self.player.seed,
            ),
            "record": n(
                "{n} event is documented of {place}.",
                "{n} events are documented of {place}.",
                len(self._facts(place)),
                place=self.describer.full_place(place),
            ),
        }

    def _facts(self, place: str) -> tuple[Fact, ...]:
        """Return what is documented of a place in the months of the run."""
        recorder = self.player.recorder
        return facts_of(self.session.world, place, recorder.first, recorder.last)

    def _words(self, name: str) -> dict[str, str]:
        tables = ("title", "story"), ("why", "story_why")
        return {part: labels(table, self.session._)[name] for part, table in tables}

    def _caption(self, step: Step) -> dict[str, str]:
        """Return what is said at a step: of the run, of the record, and why it matters."""
        _, tell = self.session._, self.describer
        place = tell.full_place(step.place)
        model = _("Nothing of this kind happens in {place}.", place=place)
        if step.event is not None:
            sentence = tell.line_sentence(step.event, step.causes, step.project)
            reason = tell.reason(step.event, step.causes)
            because = f" ({reason})." if reason else "."
            model = f"{tell.month(step.month)}: {sentence.removesuffix('.')}{because}"
        elif step.counts:
            model = self._compared(step.counts, step.month)
        record, source = _("None of this kind is dated for {place}.", place=place), ""
        if step.fact is not None:
            record = f"{step.fact.date}: {_(step.fact.label)}"
            source = f"({step.fact.source})"
        elif step.counts:
            record = self._recorded(tuple(step.counts))
        return {**self._words(step.name), "model": model, "record": record, "source": source}

    def _compared(self, counts: Mapping[str, tuple[int, int, int]], month: str) -> str:
        _, tell = self.session._, self.describer
        told = [
            _(
                "{place}: contacts {met}, projects {projects}, deals {deals}.",
                place=tell.full_place(place),
                met=met,
                projects=projects,
                deals=deals,
            )
            for place, (met, projects, deals) in counts.items()
        ]
        return " ".join([_("Up to {month}:", month=tell.month(month)), *told])

    def _recorded(self, places: Sequence[str]) -> str:
        _, tell = self.session._, self.describer
        told = []
        for place in places:
            kinds = [fact.kind for fact in self._facts(place)]
            met = sum(kind in MEETINGS for kind in kinds)
            deals = kinds.count("deal")
            words = {"place": tell.full_place(place), "met": met, "deals": deals}
            told.append(_("{place}: contacts and agreements {met}, deals {deals}.", **words))
        return " ".join(told)
