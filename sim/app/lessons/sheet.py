"""Exercise sheets and teacher's notes: one self-contained page each, made to be printed."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from sim.app.html_text import items, paragraphs
from sim.app.language import Translate
from sim.app.lessons.lesson_texts import guesses, outcome_names, table_head

if TYPE_CHECKING:
    from sim.app.lessons.lesson import Lesson

BOX = "☐"


def _css() -> str:
    return Path(__file__).with_name("sheet.css").read_text(encoding="utf-8")


def _section(title: str, body: str) -> str:
    return f"<section><h2>{escape(title)}</h2>{body}</section>"


def _page(language: str, title: str, body: str) -> str:
    return (
        f'<!DOCTYPE html>\n<html lang="{escape(language)}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_css()}</style></head>"
        f"<body><main>{body}</main></body></html>\n"
    )


def exercise_sheet(lesson: Lesson, language: str, _: Translate) -> str:
    """Return the sheet for learners: the question, a place for the guess, a table to fill in.

    It holds neither results nor the explanation.
    """
    lines = '<div class="line"></div>'
    head = [cell for i, cell in enumerate(table_head(lesson, _)) if i < 4]
    names = outcome_names(_)
    cells = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in head)
    rows = "".join(
        f'<tr><th scope="row">{escape(names[name])}</th><td></td><td></td><td></td></tr>'
        for name in lesson.experiment.outcomes
    )
    table = f"<table><thead><tr>{cells}</tr></thead><tbody>{rows}</tbody></table>"
    choices = "".join(f'<li class="box">{BOX} {escape(text)}</li>' for text in guesses(_))
    title = _(lesson.title)
    body = (
        f'<p class="who">{escape(_("Name"))}: <span></span> {escape(_("Date"))}: <span></span></p>'
        f'<p class="kind">{escape(_("Exercise sheet"))}</p><h1>{escape(title)}</h1>'
        f'<p class="question">{escape(_(lesson.question))}</p>'
        + paragraphs(_(text) for text in lesson.story)
        + _section(
            _("1. Predict"),
            paragraphs([_(lesson.predict)])
            + f"<ul class='boxes'>{choices}</ul><p>{escape(_('My reason:'))}</p>{2 * lines}",
        )
        + _section(_("2. Run and write down"), table)
        + _section(
            _("3. Explain"),
            items((_(text) for text in lesson.exercises), "ol", 3 * lines),
        )
    )
    return _page(language, f"{_('Exercise sheet')}: {title}", body)


def teacher_note(lesson: Lesson, language: str, _: Translate) -> str:
    """Return the note for teachers: aims, time, the explanation, hints and sources."""
    title = _(lesson.title)
    body = (
        f'<p class="kind">{escape(_("Teacher’s note"))}</p><h1>{escape(title)}</h1>'
        f'<p class="question">{escape(_(lesson.question))}</p>'
        f"<p>{escape(_('Time: about {minutes} minutes.', minutes=lesson.minutes))}</p>"
        + _section(_("Aims"), items(_(text) for text in lesson.aims))
        + _section(_("Course of the lesson"), items(course(_), "ol"))
        + _section(_("Why"), paragraphs(_(text) for text in lesson.why))
        + _section(_("Hints"), items(_(text) for text in lesson.hints))
        + _section(_("Exercises"), items((_(text) for text in lesson.exercises), "ol"))
        + _section(_("Sources"), items(_(text) for text in lesson.sources))
    )
    return _page(language, f"{_('Teacher’s note')}: {title}", body)


def course(_: Translate) -> list[str]:
    """Return the steps that every lesson takes."""
    return [
        _("Read the question and the story; everyone commits to a guess and gives a reason."),
        _("Run both worlds. Watch the bands: which differences are larger than the runs' spread?"),
        _("Compare the guess with the result, then read the explanation and its sources."),
        _("Work on the exercise sheet, alone or in pairs, and discuss."),
    ]
