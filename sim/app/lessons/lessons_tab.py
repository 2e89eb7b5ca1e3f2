"""The tab Lessons: choose one, commit to a guess, run both worlds, compare and understand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from io import BytesIO
from typing import Any
from urllib.parse import urlencode

import panel as pn
import param
from bokeh.models import ColumnDataSource, Range1d

from sim.app.bokeh_style import add_tips, describe, draw_worlds, drawn, plot_of_years
from sim.app.html_text import WIDE, html, render
from sim.app.labels import labels
from sim.app.language import Translate
from sim.app.lessons import lesson_texts
from sim.app.lessons.lesson import Lesson, lessons
from sim.app.lessons.lesson_runs import CHUNKS, UP_MUCH, LessonEvidence, LessonRuns
from sim.app.navigation import Component, StatusText
from sim.app.session import Session
from sim.app.tab import Tab, whole
from sim.app.theme import source
from sim.app.thread_pool import Job

_WORLDS = ("usual", "changed")


class LessonList(Component):
    """Show the lessons, pairs of name and title, as a list of buttons with an accessible name."""

    lessons = param.List(default=[], item_type=list)
    active = param.String(default="")
    label = param.String(default="")

    _esm = source("lessons/lesson_list.js")
    _stylesheets = [source("lessons/lesson_list.css")]  # noqa: RUF012


class Guess(Component):
    """Ask for a guess, ``on_guess(number)`` or -1 to take it back; committed, it stands.

    ``committed`` and ``answer`` are the numbers of the guess and of the right one, -1 while there
    is none; ``texts`` are ``commit``, ``again``, ``mine``, ``right`` and ``choose``.
    """

    question = param.String(default="")
    choices = param.List(default=[], item_type=str)
    committed = param.Integer(default=-1)
    answer = param.Integer(default=-1)
    texts = param.Dict(default={})

    _esm = source("lessons/guess.js")
    _stylesheets = [source("lessons/guess.css")]  # noqa: RUF012

    def _take(self, data: Mapping[str, Any], *callbacks: Callable[..., object]) -> None:
        guess = data.get("guess")
        if isinstance(guess, int) and not isinstance(guess, bool):
            callbacks[0](guess)


class LessonChart:
    """Draw the outcome to predict in both worlds over time, with bands."""

    def __init__(self, lesson: Lesson, _: Translate) -> None:
        self.lesson = lesson
        columns = [f"{world}{end}" for world in _WORLDS for end in ("", "_low", "_high")]
        # Something to begin with, so that the axes have ends.
        empty = {name: [0.0, 0.0] for name in columns}
        self.source = ColumnDataSource({"year": [2000.0, 2021.0], **empty})
        self.plot = plot_of_years(330, Range1d(2000.0, 2021.0))
        worlds = {"usual": _(lesson.usual), "changed": _(lesson.changed)}
        lines = draw_worlds(self.plot, self.source, worlds)
        tips = [(words, f"@{world}{{0,0.0}}") for world, words in worlds.items()]
        add_tips(self.plot, lines[-1:], [(_("year"), "@year{0.0}"), *tips], "vline")
        self.plot.xaxis.axis_label = _("year")
        self.plot.yaxis.axis_label = outcome = labels("outcomes", _)[lesson.outcome]
        describe(self.plot, f"{_(lesson.title)}: {outcome}")

    @drawn
    def show(self, evidence: LessonEvidence) -> None:
        """Put the numbers of the runs made so far into the drawing."""
        means, (low, high) = evidence.bands(self.lesson.outcome)
        columns = {"year": evidence.years}
        for i, world in enumerate(_WORLDS):
            columns |= {world: means[i], f"{world}_low": low[i], f"{world}_high": high[i]}
        self.source.data = columns


class LessonsTab(Tab):
    """Lead a visitor through lessons."""

    name = "lessons"

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.lesson = next(iter(lessons().values()))
        self.guess: int | None = None
        self.evidence: LessonEvidence | None = None
        self._runs: LessonRuns | None = None
        self._jobs: list[Job] = []
        self._body: pn.Column | None = None

    def state(self) -> dict[str, str]:
        """Return the lesson and the guess."""
        state = {"lesson": self.lesson.name}
        return state if self.guess is None else state | {"guess": str(self.guess)}

    def restore(self, state: Mapping[str, str]) -> None:
        """Take up a lesson and a guess; what there is not is left out with a notice."""
        good = self.valid(state, {"lesson": lessons().__getitem__, "guess": whole(UP_MUCH)})
        is_known = "lesson" in good or "lesson" not in state
        self._choose(good.get("lesson", self.lesson), good.get("guess") if is_known else None)

    def close(self) -> None:
        """Stop the runs and drop what was made."""
        self._stop()
        self.evidence = self._body = None

    def view(self) -> pn.viewable.Viewable:
        """Build the tab; begin the runs if a guess came with the address."""
        _ = self.session._
        self._row = LessonList(
            lessons=[[lesson.name, _(lesson.title)] for lesson in lessons().values()],
            active=self.lesson.name,
            label=_("Lessons"),
            **WIDE,
        )
        self._row.param.watch(self._pick, "active")
        self._body = pn.Column(**WIDE)
        self._build()
        return pn.Column(self._row, self._body, **WIDE)

    def _pick(self, event: param.parameterized.Event) -> None:
        """Take up the lesson whose button was pressed."""
        if event.new in lessons() and event.new != self.lesson.name:
            self._choose(lessons()[event.new], None)
            self.session.touch()

    def _choose(self, lesson: Lesson, guess: int | None) -> None:
        if (lesson, guess) == (self.lesson, self.guess):
            return
        self._stop()
        self.lesson, self.guess, self.evidence = lesson, guess, None
        if self._body is not None:
            self._row.active = lesson.name
            self._build()

    def _commit(self, guess: int) -> None:
        """Take a guess and run, or with -1 take the guess back."""
        if guess == -1:
            self._choose(self.lesson, None)
        elif 0 <= guess <= UP_MUCH and self.guess is None:
            self.guess = guess
            self._run()
        self.session.touch()

    def _build(self) -> None:
        """Show the lesson, and run it if there is a guess already."""
        if self._body is None:
            return
        _, lesson = self.session._, self.lesson
        words = {"question": _(lesson.predict), "texts": labels("guess", _)}
        self._question = Guess(
            self._commit, choices=lesson_texts.guesses(_), **words, **{**WIDE, "margin": (0, 5)}
        )
        self._chart, self._status, self._table = LessonChart(lesson, _), StatusText(**WIDE), html()
        name = labels("outcomes", _)[lesson.outcome]
        self._result = pn.Column(
            html(render("lessons/run_head.html", _=_, name=name)),
            pn.pane.Bokeh(self._chart.plot, **WIDE),
            self._status,
            self._table,
            visible=False,
            **WIDE,
        )
        self._explanation = html()
        about = {"lang": self.session.language, "lesson": lesson.name}
        self._body[:] = [
            html(render("lessons/story.html", _=_, lesson=lesson)),
            self._question,
            self._result,
            self._explanation,
            html(render("lessons/note.html", _=_, lesson=lesson)),
            pn.FlexBox(
                self._download(_("Exercise sheet to print"), "sheet"),
                self._download(_("Teacher’s note to print"), "note"),
                **WIDE,
            ),
            html(render("lessons/class_link.html", _=_, address=f"class?{urlencode(about)}")),
        ]
        if self.guess is not None:
            self._run()

    def _download(self, label: str, kind: str) -> pn.widgets.FileDownload:
        session, lesson = self.session, self.lesson

        def made() -> BytesIO:
            page = lesson_texts.printed(kind, lesson, session.language, session._)
            return BytesIO(page.encode())

        name = f"{lesson.name}-{kind}-{session.language}.html"
        return pn.widgets.FileDownload(
            callback=made, filename=name, label=label, margin=(6, 8, 6, 0)
        )

    def _run(self) -> None:
        if self._body is None or self.guess is None:
            return
        self._question.committed = self.guess
        self._status.text = lesson_texts.progress(0, self.session._)
        self._result.visible = True
        self._runs = runs = LessonRuns(self.lesson, self.session.world)
        for number, chunk in enumerate(CHUNKS):
            work, done = partial(runs.work, chunk), partial(self._receive, runs)
            self._jobs.append(self.session.submit(work, done, key=f"lessons.{number}"))

    def _stop(self) -> None:
        for job in self._jobs:
            job.cancel()
        self._jobs, self._runs = [], None

    def _receive(self, runs: LessonRuns, evidence: LessonEvidence) -> None:
        """Show the runs made so far; two threads may hand over in either order."""
        if runs is not self._runs or self._body is None:
            return
        if self.evidence is not None and evidence.pairs <= self.evidence.pairs:
            return
        self.evidence = evidence
        _, lesson = self.session._, self.lesson
        self._chart.show(evidence)
        self._status.text = lesson_texts.progress(evidence.pairs, _)
        self._table.object = lesson_texts.findings(lesson, evidence, _)
        if evidence.is_final and self.guess is not None:
            self._question.answer = evidence.finding(lesson.outcome).category
            self._explanation.object = lesson_texts.explanation(lesson, self.guess, evidence, _)
