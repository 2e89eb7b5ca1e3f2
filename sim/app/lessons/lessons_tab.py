"""The tab Lessons: choose one, commit to a guess, run both worlds, compare and understand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from html import escape
from io import BytesIO
from typing import TYPE_CHECKING

import panel as pn

from sim.app.html_text import items, paragraphs
from sim.app.language import Translate
from sim.app.lessons import lesson_texts
from sim.app.lessons.lesson import Lesson, lessons
from sim.app.lessons.lesson_charts import LessonChart, caption
from sim.app.lessons.lesson_runs import CHUNKS, UP_MUCH, LessonEvidence, LessonRuns
from sim.app.lessons.lesson_widgets import Guess, LessonList, Results
from sim.app.lessons.sheet import course, exercise_sheet, teacher_note

if TYPE_CHECKING:
    from sim.app.session import Session
    from sim.app.thread_pool import Job

_WIDE = {"sizing_mode": "stretch_width", "margin": 0}
_PROSE = """
h2 { font-size: 1.35rem; margin: .8rem 0 .3rem; }
h3 { font-size: 1.08rem; margin: 1rem 0 .3rem; border-bottom: 1px solid #8a8a8a; }
p, li { max-width: 46rem; margin: .4rem 0; line-height: 1.5; }
ul, ol { margin: .3rem 0; padding-left: 1.3rem; }
.question { font-size: 1.05rem; font-weight: 600; }
.caption { font-weight: 600; font-size: .95rem; }
.verdict { font-size: 1.15rem; font-weight: 600; border-left: 6px solid var(--blue);
  padding: .3rem .8rem; background: var(--paper); }
small { color: var(--quiet); font-size: .88rem; }
summary { cursor: pointer; font-weight: 600; padding: .5rem 0; min-height: 28px; }
"""


@dataclass(frozen=True)
class _LessonParts:
    """Hold what of a lesson's view changes."""

    guess: Guess
    results: Results
    bands: LessonChart
    run: pn.Column
    explanation: pn.pane.HTML


class LessonsTab:
    """Lead a visitor through lessons.

    Parameters
    ----------
    session
        The visitor.
    """

    name = "lessons"

    def __init__(self, session: Session) -> None:
        self.session = session
        self.lesson = next(iter(lessons().values()))
        self.guess: int | None = None
        self.evidence: LessonEvidence | None = None
        self._trial: LessonRuns | None = None
        self._jobs: list[Job] = []
        self._row: LessonList | None = None
        self._body: pn.Column | None = None
        self._parts: _LessonParts | None = None

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
        name, text = state.get("lesson", self.lesson.name), state.get("guess")
        known = name in lessons()
        guess = _guess_of(text)
        if not known or (text is not None and guess is None):
            self.session.notify(self.session._("A part of the link is not known and is left out."))
        self._choose(lessons()[name] if known else self.lesson, guess if known else None)

    def close(self) -> None:
        """Stop the runs and drop what was made."""
        self._stop()
        self.evidence = self._parts = self._row = self._body = None

    def view(self) -> pn.viewable.Viewable:
        """Build the tab; begin the runs if a guess came with the address."""
        _ = self.session._
        self._row = LessonList(
            lessons=[[lesson.name, _(lesson.title)] for lesson in lessons().values()],
            active=self.lesson.name,
            label=_("Lessons"),
            **_WIDE,
        )
        self._row.param.watch(lambda event: self._pick(event.new), "active")
        self._body = pn.Column(**_WIDE)
        self._build()
        return pn.Column(self._row, self._body, **_WIDE)

    # --- choosing

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
        if self._row is not None:
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

    # --- running

    def _run(self) -> None:
        parts = self._parts
        if parts is None or self.guess is None:
            return
        _ = self.session._
        parts.guess.committed = self.guess
        parts.results.param.update(progress=lesson_texts.progress(0, _), rows=[])
        parts.run.visible = True
        self._trial = trial = LessonRuns(self.lesson, self.session.world)
        self._jobs = [
            self.session.submit(
                partial(trial.work, chunk), partial(self._receive, trial), key=f"lessons.{number}"
            )
            for number, chunk in enumerate(CHUNKS)
        ]

    def _stop(self) -> None:
        for job in self._jobs:
            job.cancel()
        self._jobs, self._trial = [], None

    def _receive(self, trial: LessonRuns, evidence: LessonEvidence) -> None:
        """Show the runs made so far; two threads may hand over in either order."""
        if trial is not self._trial or self._parts is None:
            return
        if self.evidence is not None and evidence.pairs <= self.evidence.pairs:
            return
        self.evidence = evidence
        _, parts = self.session._, self._parts
        parts.bands.show(evidence)
        parts.results.param.update(
            head=lesson_texts.table_head(self.lesson, _),
            rows=lesson_texts.table_rows(evidence, _),
            progress=lesson_texts.progress(evidence.pairs, _),
        )
        if evidence.is_final and self.guess is not None:
            parts.guess.answer = evidence.finding(self.lesson.outcome).category
            parts.explanation.object = self._explanation(self.guess, evidence)
            parts.explanation.visible = True

    # --- building

    def _build(self) -> None:
        """Build the view of the lesson."""
        body, lesson, _ = self._body, self.lesson, self.session._
        if body is None:
            return
        self._parts = parts = self._made()
        body[:] = [
            _html(
                f"<h2>{escape(_(lesson.title))}</h2>"
                f'<p class="question">{escape(_(lesson.question))}</p>'
                + paragraphs(_(text) for text in lesson.story)
                + f"<h3>{escape(_('1. Predict'))}</h3>"
            ),
            parts.guess,
            parts.run,
            parts.explanation,
            _html(self._note()),
            self._downloads(),
        ]
        if self.guess is not None:
            self._run()

    def _made(self) -> _LessonParts:
        _ = self.session._
        guess = Guess(
            self._commit,
            question=_(self.lesson.predict),
            choices=lesson_texts.guesses(_),
            texts={
                "commit": _("Commit to this guess and run"),
                "again": _("Guess again"),
                "mine": _("your guess"),
                "right": _("what the model shows"),
                "choose": _("Choose an answer first."),
            },
            **_WIDE,
        )
        results = Results(caption=_("What the runs show"), **_WIDE)
        bands = LessonChart(self.lesson, _)
        run = pn.Column(
            _html(
                f"<h3>{escape(_('2. Run'))}</h3>"
                f'<p class="caption">{escape(caption(self.lesson, _))}</p>'
            ),
            pn.pane.Bokeh(bands.plot, **_WIDE),
            results,
            visible=False,
            **_WIDE,
        )
        explanation = _html("")
        explanation.visible = False
        return _LessonParts(guess, results, bands, run, explanation)

    def _explanation(self, guess: int, evidence: LessonEvidence) -> str:
        _, lesson = self.session._, self.lesson
        sources = "".join(f"<li>{escape(_(text))}</li>" for text in lesson.sources)
        return (
            f"<h3>{escape(_('3. Explain'))}</h3>"
            '<p class="verdict" role="status">'
            f"{escape(lesson_texts.verdict(guess, evidence, _))}</p>"
            + paragraphs(lesson_texts.shown(lesson, evidence, _))
            + paragraphs(_(text) for text in lesson.why)
            + f"<p><small>{escape(_('Sources'))}</small></p>"
            + f"<ul style='font-size:.85em'>{sources}</ul>"
        )

    def _note(self) -> str:
        """Return the teacher's note, behind a line that opens it."""
        _, lesson = self.session._, self.lesson
        minutes = _("Time: about {minutes} minutes.", minutes=lesson.minutes)
        return (
            f"<details><summary>{escape(_('Teacher’s note'))}</summary><p>{escape(minutes)}</p>"
            f"<p><b>{escape(_('Aims'))}</b></p>{items(_(text) for text in lesson.aims)}"
            f"<p><b>{escape(_('Course of the lesson'))}</b></p>{items(course(_))}"
            f"<p><b>{escape(_('Hints'))}</b></p>{items(_(text) for text in lesson.hints)}"
            "</details>"
        )

    def _downloads(self) -> pn.FlexBox:
        _ = self.session._
        return pn.FlexBox(
            self._download(_("Exercise sheet to print"), "sheet", exercise_sheet),
            self._download(_("Teacher’s note to print"), "note", teacher_note),
            **_WIDE,
        )

    def _download(
        self, label: str, kind: str, make: Callable[[Lesson, str, Translate], str]
    ) -> pn.widgets.FileDownload:
        session, lesson = self.session, self.lesson

        def made() -> BytesIO:
            return BytesIO(make(lesson, session.language, session._).encode())

        return pn.widgets.FileDownload(
            callback=made,
            filename=f"{lesson.name}-{kind}-{session.language}.html",
            label=label,
            margin=(6, 8, 6, 0),
        )


def _guess_of(text: str | None) -> int | None:
    """Return the guess that an address names, None if there is none or no such one."""
    return int(text) if text in [str(number) for number in range(UP_MUCH + 1)] else None


def _html(text: str) -> pn.pane.HTML:
    return pn.pane.HTML(text, stylesheets=[_PROSE], **_WIDE)
