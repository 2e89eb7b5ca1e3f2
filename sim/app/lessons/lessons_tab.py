"""The tab Lessons: choose one, commit to a guess, run both worlds, compare and understand."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from html import escape
from io import BytesIO
from typing import TYPE_CHECKING

import panel as pn

from sim.app.html_text import WIDE, html, render, table
from sim.app.labels import labels
from sim.app.lessons import lesson_texts
from sim.app.lessons.lesson import Lesson, lessons
from sim.app.lessons.lesson_runs import CHUNKS, UP_MUCH, LessonEvidence, LessonRuns
from sim.app.lessons.lesson_widgets import Guess, LessonChart, LessonList
from sim.app.navigation import StatusText

if TYPE_CHECKING:
    from sim.app.session import Session
    from sim.app.thread_pool import Job


class LessonsTab:
    """Lead a visitor through lessons."""

    name = "lessons"

    def __init__(self, session: Session) -> None:
        self.session = session
        self.lesson = next(iter(lessons().values()))
        self.guess: int | None = None
        self.evidence: LessonEvidence | None = None
        self._runs: LessonRuns | None = None
        self._jobs: list[Job] = []
        self._body: pn.Column | None = None

    @property
    def title(self) -> str:
        """Return the tab's title."""
        return self.session._("Lessons")

    def state(self) -> dict[str, str]:
        """Return the lesson and the guess."""
        state = {"lesson": self.lesson.name}
        return state if self.guess is None else state | {"guess": str(self.guess)}

    def restore(self, state: Mapping[str, str]) -> None:
        """Take up a lesson and a guess; what there is not is left out with a notice."""
        lesson, text = lessons().get(state.get("lesson", self.lesson.name)), state.get("guess")
        guess = int(text) if text in [str(number) for number in range(UP_MUCH + 1)] else None
        if lesson is None or (text is not None and guess is None):
            self.session.say_left_out()
        self._choose(lesson or self.lesson, guess if lesson is not None else None)

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
        self._row.param.watch(lambda event: self._pick(event.new), "active")
        self._body = pn.Column(**WIDE)
        self._build()
        return pn.Column(self._row, self._body, **WIDE)

    def _pick(self, name: str) -> None:
        """Take up the lesson whose button was pressed."""
        if name in lessons() and name != self.lesson.name:
            self._choose(lessons()[name], None)
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
        self._question = Guess(
            self._commit,
            question=_(lesson.predict),
            choices=lesson_texts.guesses(_),
            texts=labels("guess", _),
            **WIDE,
        )
        self._chart, self._status, self._table = LessonChart(lesson, _), StatusText(**WIDE), html()
        head, caption = _("2. Run"), lesson_texts.caption(lesson, _)
        self._result = pn.Column(
            html(
                f'<div class="lesson"><h3>{escape(head)}</h3>'
                f'<p class="caption">{escape(caption)}</p></div>'
            ),
            pn.pane.Bokeh(self._chart.plot, **WIDE),
            self._status,
            self._table,
            visible=False,
            **WIDE,
        )
        self._explanation = html()
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
        ]
        if self.guess is not None:
            self._run()

    def _download(self, label: str, kind: str) -> pn.widgets.FileDownload:
        session, lesson = self.session, self.lesson

        def made() -> BytesIO:
            page = lesson_texts.printed(kind, lesson, session.language, session._)
            return BytesIO(page.encode())

        return pn.widgets.FileDownload(
            callback=made,
            filename=f"{lesson.name}-{kind}-{session.language}.html",
            label=label,
            margin=(6, 8, 6, 0),
        )

    def _run(self) -> None:
        if self._body is None or self.guess is None:
            return
        self._question.committed = self.guess
        self._status.text = lesson_texts.progress(0, self.session._)
        self._result.visible = True
        self._runs = runs = LessonRuns(self.lesson, self.session.world)
        self._jobs = [
            self.session.submit(
                partial(runs.work, chunk), partial(self._receive, runs), key=f"lessons.{number}"
            )
            for number, chunk in enumerate(CHUNKS)
        ]

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
        self._table.object = table(
            _("What the runs show"),
            lesson_texts.table_head(lesson, _),
            lesson_texts.table_rows(evidence, _),
        )
        if evidence.is_final and self.guess is not None:
            self._question.answer = evidence.finding(lesson.outcome).category
            self._explanation.object = lesson_texts.explanation(lesson, self.guess, evidence, _)
