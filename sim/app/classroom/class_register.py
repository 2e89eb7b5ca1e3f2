"""Classes that run: who has joined, the question that is open, what was predicted.

All of it is held in memory alone, bounded in number and time, and dropped with the class.
"""

from __future__ import annotations

import secrets
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from sim.app import limits
from sim.app.lessons.lesson import Lesson
from sim.app.lessons.lesson_runs import CHUNKS, UP_MUCH, LessonEvidence, LessonRuns
from sim.app.thread_pool import Cancel, Job, RefusedError, ThreadPool
from sim.world import World

LETTERS = "BCDFGHJKMNPQRSTVWXZ23456789"
"""What a code is made of: nothing that reads like another letter, and no vowels."""
CODE_LENGTH = 8
"""Characters of a code: 280 billion codes, so that hours of guessing hardly meet a class."""
WAITING, OPEN, CLOSED, REVEALED = "waiting", "open", "closed", "revealed"
"""How far a question is: none asked yet, open for predictions, closed, the answer shown."""


class FullError(Exception):
    """Report that there is no room for one more class or student."""


@dataclass(frozen=True)
class Question:
    """Hold a question whose answer was shown: lesson, students in the class, guesses by number."""

    lesson: Lesson
    students: int
    counts: tuple[int, ...]


@dataclass
class ClassSession:
    """Hold one class: students join with the ``code``, the teacher leads with the ``key``.

    ``begun`` and ``seen`` are when it began and when the teacher was last heard of.
    """

    join: str
    begun: float
    seen: float
    code: str = field(
        default_factory=lambda: "".join(secrets.choice(LETTERS) for _ in range(CODE_LENGTH))
    )
    key: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    lesson: Lesson | None = None
    phase: str = WAITING
    number: int = 0
    students: dict[str, float] = field(default_factory=dict)
    guesses: dict[str, int] = field(default_factory=dict)
    asked: dict[str, Question] = field(default_factory=dict)

    def admit(self, at: float) -> str:
        """Return the key of a new student; if all is full who is silent goes, or FullError."""
        if len(self.students) >= limits.CLASS_STUDENTS:
            silent = min(self.students, key=lambda student: self.students[student])
            if at - self.students[silent] < limits.CLASS_SILENT_SECONDS:
                raise FullError
            del self.students[silent]
            self.guesses.pop(silent, None)
        student = secrets.token_urlsafe(12)
        self.students[student] = at
        return student

    def predict(self, student: str, guess: int) -> bool:
        """Take a student's guess, which replaces an earlier one; return whether it counts."""
        counts = self.phase == OPEN and student in self.students and 0 <= guess <= UP_MUCH
        if counts:
            self.guesses[student] = guess
        return counts

    def ask(self, lesson: Lesson) -> None:
        """Open a lesson's question; what was predicted before is forgotten."""
        self.lesson, self.phase, self.number = lesson, OPEN, self.number + 1
        self.guesses.clear()

    def close(self) -> None:
        """Take no more guesses."""
        if self.phase == OPEN:
            self.phase = CLOSED

    def reveal(self) -> None:
        """Show the answer, and keep how many predicted what."""
        if self.lesson is not None and self.phase in {OPEN, CLOSED}:
            self.phase = REVEALED
            question = Question(self.lesson, len(self.students), self.counts())
            self.asked[self.lesson.name] = question

    def counts(self) -> tuple[int, ...]:
        """Return how many predict each answer."""
        found = Counter(self.guesses.values())
        return tuple(found[number] for number in range(UP_MUCH + 1))


def code_of(text: str) -> str:
    """Return the code that somebody typed, as it is kept.

    >>> code_of(" k7qf-m3xw ")
    'K7QFM3XW'
    """
    return "".join(letter for letter in text.upper() if letter in LETTERS)


class ClassRegister:
    """Hold all classes, and the answers to the lessons' questions, which no class changes."""

    def __init__(
        self, world: World, pool: ThreadPool, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.world, self.pool, self.clock = world, pool, clock
        self.evidence: dict[str, LessonEvidence] = {}
        self._classes: dict[str, ClassSession] = {}
        self._computed: set[str] = set()

    def start(self, join: str) -> ClassSession:
        """Begin a class whose students open an address; FullError if there are too many."""
        self.drop_ended()
        if len(self._classes) >= limits.CLASSES:
            raise FullError
        now = self.clock()
        made = ClassSession(join, now, now)
        self._classes[made.code] = made
        return made

    def drop_ended(self) -> None:
        """Forget the classes whose time is up, or whose teacher has left."""
        now = self.clock()
        for made in list(self._classes.values()):
            is_over = now - made.begun >= limits.CLASS_SECONDS
            if is_over or now - made.seen >= limits.CLASS_UNLED_SECONDS:
                self.end(made)

    def led_by(self, key: str) -> ClassSession | None:
        """Return the class of a teacher, who is thereby heard of."""
        self.drop_ended()
        found = next((made for made in self._classes.values() if made.key == key), None)
        if found is not None:
            found.seen = self.clock()
        return found

    def joined_by(self, code: str) -> ClassSession | None:
        """Return the class of a code."""
        self.drop_ended()
        return self._classes.get(code)

    def end(self, made: ClassSession) -> None:
        """Forget a class and all that is in it."""
        self._classes.pop(made.code, None)

    def compute(self, lesson: Lesson) -> None:
        """Let the pool make a lesson's runs, unless they are made or being made."""
        if lesson.name in self._computed:
            return
        self._computed.add(lesson.name)
        runs = LessonRuns(lesson, self.world)

        def work(chunk: tuple[int, int], cancel: Cancel) -> LessonEvidence:
            made = runs.work(chunk, cancel)
            made.finding(lesson.outcome)  # loads what intervals need, before the server has to
            return made

        def keep(made: LessonEvidence) -> None:
            known = self.evidence.get(lesson.name)
            if known is None or known.pairs < made.pairs:
                self.evidence[lesson.name] = made

        def failed(error: Exception) -> None:
            self._computed.discard(lesson.name)

        try:
            for chunk in CHUNKS:
                self.pool.submit(("class", lesson.name), Job(partial(work, chunk), keep, failed))
        except RefusedError as error:
            failed(error)

    def answer(self, lesson: Lesson) -> LessonEvidence | None:
        """Return all runs of a lesson, or None while some are still being made."""
        found = self.evidence.get(lesson.name)
        return found if found is not None and found.is_final else None
