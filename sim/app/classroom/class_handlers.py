"""The two addresses of a class: ``class`` for the teacher and ``join`` for the students.

Each gives a light page, which asks by ``POST`` for what has changed and sends what was pressed,
JSON in and out. Keys travel in bodies, never in addresses.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from datetime import date
from typing import Any
from urllib.parse import urlsplit
from zlib import crc32

import segno
from markupsafe import Markup
from tornado.web import HTTPError, RequestHandler

from sim.app import gate, hosts, limits
from sim.app.classroom.class_register import (
    OPEN,
    REVEALED,
    ClassRegister,
    ClassSession,
    FullError,
    code_of,
)
from sim.app.html_text import render
from sim.app.language import Language, chosen, languages, preferred
from sim.app.lessons import lesson_texts
from sim.app.lessons.lesson import Lesson, lessons
from sim.app.theme import source, style_sheet


class ClassHandler(RequestHandler):
    """Give one of the two pages, and answer what it asks."""

    role = ""

    def initialize(self, register: ClassRegister, language: str, names: Sequence[str] = ()) -> None:
        """Take the classes, the language by default, and the machine's names."""
        self.register, self.names = register, names
        wanted = self.get_query_argument("lang", "")
        accepted = preferred(self.request.headers.get("Accept-Language", ""))
        self.texts = Language(chosen(wanted, language, *accepted))
        self._ = self.texts.text

    def get(self) -> None:
        """Give the page."""
        nonce = secrets.token_urlsafe(16)
        large = self.role == "teacher" or bool(self.get_query_argument("projector", ""))
        title = self._("A class") if self.role == "teacher" else self._("Predict with your class")
        page = self.page(
            "page",
            role=self.role,
            title=title,
            stage=Markup(self.begin()),
            languages=languages().items(),
            large=large,
            script=Markup(source("classroom/classroom.js")),
        )
        ancestors = self.application.settings["frame_ancestors"]
        self.set_header(gate.POLICY, gate.light_policy(nonce, ancestors))
        self.set_header("Cache-Control", "no-store")
        page = page.replace("<script>", f'<script nonce="{nonce}">')
        self.write(page.replace("<style>", f'<style nonce="{nonce}">'))

    def post(self) -> None:
        """Answer what the page asks."""
        origin = self.request.headers.get("Origin")
        if origin is not None and not gate.is_from_here(self, origin):
            raise HTTPError(403)
        if len(self.request.body) > limits.CLASS_BODY_BYTES:
            raise HTTPError(413)
        try:
            given = json.loads(self.request.body)
        except (ValueError, RecursionError):
            raise HTTPError(400) from None
        if not isinstance(given, dict) or not all(isinstance(x, str) for x in given.values()):
            raise HTTPError(400)
        self.set_header("Cache-Control", "no-store")
        self.write(self.answer(given))

    def begin(self) -> str:
        """Return what the page shows to who is in no class."""
        raise NotImplementedError

    def answer(self, given: dict[str, str]) -> dict[str, Any]:
        """Return what has changed for a page."""
        raise NotImplementedError

    def page(self, name: str, **values: Any) -> str:
        """Return a template of the classroom filled in."""
        # The first line of the page's style sheet holds the palette.
        sheet = style_sheet().partition("\n")[0] + source("classroom/classroom.css")
        return render(
            f"classroom/{name}.html",
            _=self._,
            n=self.texts.number,
            choices=lesson_texts.guesses(self._),
            language=self.texts.code,
            sheet=Markup(sheet),
            **values,
        )

    def model_answer(self, lesson: Lesson | None, guess: int | None = None) -> dict[str, Any]:
        """Return what the model answers, as values of the templates."""
        if lesson is None:
            return {"ready": False}
        evidence = self.register.answer(lesson)
        if evidence is None:
            known = self.register.evidence.get(lesson.name)
            pairs = known.pairs if known is not None else 0
            return {"ready": False, "progress": lesson_texts.progress(pairs, self._)}
        finding = evidence.finding(lesson.outcome)
        return {
            "ready": True,
            "right": finding.category,
            "reach": finding.categories,
            "explained": Markup(
                lesson_texts.explanation(lesson, guess, evidence, self._, self._("Why"))
            ),
            "findings": Markup(lesson_texts.findings(lesson, evidence, self._)),
        }

    def said(self, made: ClassSession) -> str:
        """Return what is read out of how far the question is."""
        _ = self._
        return {
            "waiting": _("No question is open yet."),
            "open": _("The question is open."),
            "closed": _("The question is closed."),
            "revealed": _("The model’s answer is shown."),
        }[made.phase]


class TeacherHandler(ClassHandler):
    """Let a teacher lead a class."""

    role = "teacher"

    def begin(self) -> str:
        """Return how to begin a class."""
        return self.page("teacher", led=None, full=False, kept=False)

    def answer(self, given: dict[str, str]) -> dict[str, Any]:
        """Do what was pressed; return what has changed for the teacher's page."""
        register, action = self.register, given.get("do", "")
        led, full, kept = register.led_by(given.get("key", "")), False, {}
        if led is None and action == "start":
            try:
                led = register.start(self._joins_at(given.get("at", "")))
            except FullError:
                full = True
        elif led is not None:
            if action in {"sheet", "end"} and led.asked:
                kept = {"file": self._sheet(led), "name": "class.html"}
            self._step(led, action, given.get("lesson", ""))
            led = led if action != "end" else None
        if led is None:
            said = self._("The class has ended.") if given.get("key") else ""
            stage = self.page("teacher", led=None, full=full, kept=bool(kept))
            return {"kept": {}, "said": said, "shown": {}, "stage": stage, "live": "", **kept}
        stage = f"{led.code} {led.number} {led.phase}"
        made: dict[str, Any] = {"kept": {"key": led.key}, "said": self.said(led)}
        if given.get("stage") != stage:
            made["stage"] = self._stage(led)
        values = self.model_answer(led.lesson) if led.phase == REVEALED else {}
        made["live"] = self.page("teacher_live", led=led, counts=led.counts(), **values)
        live = str(crc32(made["live"].encode()))
        if given.get("live") == live:
            del made["live"]
        made |= {**kept, "at_once": True} if kept else {}
        return made | {"shown": {"stage": stage, "live": live}}

    def _step(self, led: ClassSession, action: str, lesson: str) -> None:
        if action == "open" and lesson in lessons():
            led.ask(lessons()[lesson])
            self.register.compute(lessons()[lesson])
        elif action == "close":
            led.close()
        elif action == "reveal" and led.lesson is not None:
            led.reveal()
            # Made when the question was opened, unless that failed.
            self.register.compute(led.lesson)
        elif action == "end":
            self.register.end(led)

    def _stage(self, led: ClassSession) -> str:
        """Return how to join, the question, and the buttons."""
        address = f"{led.join}#{led.code}"
        picture = segno.make(address, error="m").svg_inline(omitsize=True, border=2)
        return self.page(
            "teacher",
            led=led,
            address=address,
            picture=Markup(picture),
            lessons=lessons().values(),
            chosen=self._chosen(led),
            is_local=hosts.is_loopback(urlsplit(led.join).hostname or ""),
        )

    def _sheet(self, led: ClassSession) -> str:
        """Return questions asked, predictions and answers as a page that stands alone."""
        rounds = [
            {"lesson": asked.lesson, "students": asked.students, "counts": asked.counts}
            | self.model_answer(asked.lesson)
            for asked in led.asked.values()
        ]
        return self.page("sheet", date=date.today().isoformat(), rounds=rounds)

    def _chosen(self, led: ClassSession) -> str:
        """Return the lesson that is offered first: the one after the last, or the page's."""
        names = list(lessons())
        if led.lesson is not None:
            return names[(names.index(led.lesson.name) + 1) % len(names)]
        wanted = self.get_query_argument("lesson", "")
        return wanted if wanted in names else names[0]

    def _joins_at(self, address: str) -> str:
        """Return the students' address, beside the teacher's as a browser shows that."""
        try:
            found = hosts.seen_by_others(address, self.names)
        except ValueError:
            raise HTTPError(400) from None
        return found.rpartition("/")[0] + "/join"


class StudentHandler(ClassHandler):
    """Let a student join and predict."""

    role = "student"

    def begin(self) -> str:
        """Return where to type the code."""
        return self.page("student", met=None, code="", wrong="", ended=False)

    def answer(self, given: dict[str, str]) -> dict[str, Any]:
        """Do what was pressed; return what has changed for a student's page."""
        _, register = self._, self.register
        code, student = code_of(given.get("code", "")[:20]), given.get("student", "")
        met, wrong, ended = register.joined_by(code), "", False
        if met is None and given.get("do") == "join":
            wrong = _("There is no class with this code.")
        elif met is None:
            code, ended = "", bool(student)
        elif student not in met.students:
            try:
                student = met.admit(register.clock())
            except FullError:
                met, wrong = None, _("The class is full.")
        if met is None:
            stage = self.page("student", met=None, code=code, wrong=wrong, ended=ended)
            return {"kept": {}, "said": "", "shown": {}, "stage": stage}
        return {"kept": {"code": code, "student": student}} | self._in_class(met, student, given)

    def _in_class(self, met: ClassSession, student: str, given: dict[str, str]) -> dict[str, Any]:
        met.students[student] = self.register.clock()
        if given.get("do") == "predict" and given.get("guess", "").isdecimal():
            met.predict(student, int(given["guess"]))
        guess = met.guesses.get(student)
        values = self.model_answer(met.lesson, guess) if met.phase == REVEALED else {}
        known = f"{met.code} {met.number} {met.phase} {guess} {values.get('ready', False)}"
        said = self.said(met)
        if met.phase == OPEN and guess is not None:
            said = self._("Your prediction is in. You may change it until the question is closed.")
        made: dict[str, Any] = {"said": said, "shown": {"stage": known}}
        if given.get("stage") != known:
            made["stage"] = self.page("student", met=met, mine=guess, counts=met.counts(), **values)
        return made


def routes(
    prefix: str, register: ClassRegister, language: str, names: Sequence[str]
) -> list[tuple[str, type[ClassHandler], dict[str, Any]]]:
    """Return the two addresses, for the server; the prefix is one of a regular expression."""
    given = {"register": register, "language": language, "names": names}
    return [(f"{prefix}/class", TeacherHandler, given), (f"{prefix}/join", StudentHandler, given)]
