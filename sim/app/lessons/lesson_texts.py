"""What the page says of a guess and of what the runs show, in plain sentences."""

from __future__ import annotations

from sim.app.html_text import render, table
from sim.app.labels import labels
from sim.app.language import Translate
from sim.app.lessons.lesson import Lesson
from sim.app.lessons.lesson_runs import (
    LARGE,
    PAIRS,
    SMALL,
    UP_MUCH,
    LessonEvidence,
    LessonFinding,
)
from sim.experiments.comparison.paired_statistics import LEVEL
from sim.report.amount_words import amount, signed_amounts
from sim.report.phrases import whole_percent


def guesses(_: Translate) -> list[str]:
    """Return what can be guessed, from a large fall to a large rise."""
    small, large = whole_percent(SMALL), whole_percent(LARGE)
    return [
        _("It falls by more than {large}", large=large),
        _("It falls by {small} to {large}", small=small, large=large),
        _("It stays about the same (less than {small} up or down)", small=small),
        _("It rises by {small} to {large}", small=small, large=large),
        _("It rises by more than {large}", large=large),
    ]


def number(value: float) -> str:
    """Return a number of events per run, with one digit where there are few."""
    return amount(value, 1 if abs(value) < 20 else 0)


def change(finding: LessonFinding, _: Translate) -> str:
    """Return a difference as a share of the usual number."""
    if not finding.usual:
        return _("from nothing") if finding.changed else _("none")
    return f"{amount(100.0 * finding.relative, 0, signed=True)} %"


def progress(pairs: int, _: Translate) -> str:
    """Return how far the runs are."""
    if not pairs:
        return _("Running both worlds…")
    if pairs < PAIRS:
        return _("{pairs} of {total} pairs of runs are in.", pairs=pairs, total=PAIRS)
    return _("All {total} pairs of runs are in.", total=PAIRS)


def explanation(
    lesson: Lesson,
    guess: int | None,
    evidence: LessonEvidence,
    _: Translate,
    heading: str | None = None,
) -> str:
    """Return the verdict on a guess, if any, what the runs show and why, as HTML."""
    contrast = lesson.experiment.contrast
    if evidence.contrast(*contrast).difference < 0:
        contrast = contrast[::-1]
    finding = evidence.finding(lesson.outcome)
    return render(
        "lessons/explanation.html",
        _=_,
        lesson=lesson,
        heading=heading or _("3. Explain"),
        guess=None if guess is None else guess - UP_MUCH // 2,
        finding=finding,
        right=finding.category - UP_MUCH // 2,
        pairs=evidence.pairs,
        level=f"{100 * LEVEL:.0f}",
        name=labels("outcomes", _)[lesson.outcome],
        names=[labels("outcomes", _)[name] for name in contrast],
        sizes=[change(evidence.finding(name), _) for name in contrast],
        ranked=evidence.contrast(*contrast).is_clear,
        change=change(finding, _),
        number=number,
        ends=signed_amounts(finding.low, finding.high),
    )


def table_head(lesson: Lesson, _: Translate) -> list[str]:
    """Return the titles of the table's columns."""
    interval = _("{level} % interval of the difference", level=f"{100 * LEVEL:.0f}")
    worlds = _(lesson.usual), _(lesson.changed)
    return [_("Per run, up to the end"), *worlds, _("Change"), interval]


def findings(lesson: Lesson, evidence: LessonEvidence, _: Translate) -> str:
    """Return what the runs show of each outcome, as an HTML table."""
    names, rows = labels("outcomes", _), []
    for name in evidence.names:
        found = evidence.finding(name)
        low, high = signed_amounts(found.low, found.high)
        reach = _("{low} to {high}", low=low, high=high)
        means = number(found.usual), number(found.changed)
        rows.append((names[name], *means, change(found, _), reach))
    return table(_("What the runs show"), table_head(lesson, _), rows)


def printed(kind: str, lesson: Lesson, language: str, _: Translate) -> str:
    """Return a page to print: the ``sheet`` for learners, without results, or the ``note``."""
    names = labels("outcomes", _)
    return render(
        f"lessons/printed_{kind}.html",
        _=_,
        lesson=lesson,
        language=language,
        guesses=guesses(_),
        head=table_head(lesson, _),
        outcomes=[names[name] for name in lesson.experiment.outcomes],
    )
