"""Every text of the page is translated into every language, and nothing else is."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from sim.app import messages as m
from sim.app.cases.documented_record import use_studies
from sim.app.language import SOURCE, Language, languages
from sim.cli.app import case_studies

use_studies(case_studies())
OTHERS = [code for code in languages() if code != SOURCE]


def test_english_spanish_and_portuguese_are_there() -> None:
    assert {"en", "es", "pt"} <= set(languages())


@pytest.mark.parametrize("code", OTHERS)
def test_everything_is_translated_with_the_same_fields(code: str) -> None:
    """``make messages`` adds new texts; then their translations are written."""
    assert m.untranslated(m.renewed(code)) == []


@pytest.mark.parametrize("code", OTHERS)
def test_no_catalogue_holds_what_the_page_no_longer_says(code: str) -> None:
    texts = {message.text for message in m.messages()}
    catalogue = m.read_catalogue(code)
    known = {(e.id if isinstance(e.id, str) else e.id[0]) for e in catalogue if e.id}
    assert known - texts == set()
    assert not catalogue.obsolete
    assert not [entry.id for entry in catalogue if entry.id and entry.fuzzy]


@pytest.mark.parametrize("code", OTHERS)
def test_catalogues_are_written_as_the_tool_writes_them(code: str) -> None:
    from sim.app.language import FOLDER

    there = (FOLDER / code / "LC_MESSAGES" / "app.po").read_bytes()
    assert m.po_text(m.renewed(code)) == there


@pytest.mark.parametrize("code", OTHERS)
def test_sentences_begin_and_end_alike(code: str) -> None:
    """Blanks at the ends join a text to its neighbours; a full stop ends a sentence."""
    for entry in m.read_catalogue(code):
        if not isinstance(entry.id, str) or not entry.id:
            continue
        text = str(entry.string)
        assert text[:1].isspace() == entry.id[:1].isspace(), entry.id
        assert text[-1:].isspace() == entry.id[-1:].isspace(), entry.id
        assert text.endswith(".") == entry.id.endswith((".", ".”")), (entry.id, text)


@pytest.mark.parametrize("code", OTHERS)
def test_one_is_told_otherwise_than_many(code: str) -> None:
    forms = [m._forms(e.string) for e in m.read_catalogue(code) if not isinstance(e.id, str)]
    assert forms
    assert not [form for form in forms if len(set(form)) < len(form)]


@pytest.mark.parametrize(
    ("code", "one", "many"),
    [("es", "1 modificado", "2 modificados"), ("pt", "1 alterado", "2 alterados")],
)
def test_sliders_that_are_moved_are_counted(code: str, one: str, many: str) -> None:
    from sim.app.what_if.form_labels import lever_texts

    language = Language(code)
    assert lever_texts(language.text, language.number)["changed"][1:3] == [one, many]


def test_plain_and_counted_texts_are_found_and_others_are_not() -> None:
    code = 'a = f._("One {x}", x=1); b = s.n("{n} a", "{n} b", 2); _(name); other("not this")'
    calls = [texts for call in m._calls(ast.parse(code)) if (texts := m._texts(call))]
    assert sorted(calls) == [["One {x}"], ["{n} a", "{n} b"]]


def test_a_translation_that_lost_a_field_is_noticed() -> None:
    catalogue = Catalog(locale="es")
    catalogue.add("{a} meets {b}", "{a} se reúne")
    catalogue.add("Hello", "Hola")
    catalogue.add("New", None)
    assert m.untranslated(catalogue) == ["{a} meets {b}", "New"]


def test_every_call_with_a_text_is_extracted() -> None:
    """A text put together by + or an f-string would reach no catalogue."""
    for file in Path(m.APP).rglob("*.py"):
        for call in m._calls(ast.parse(file.read_text(encoding="utf-8"))):
            name = getattr(call.func, "attr", getattr(call.func, "id", ""))
            if name == "_" and call.args:
                assert not isinstance(call.args[0], ast.JoinedStr | ast.BinOp), (file, call.lineno)


def test_lessons_and_events_speak_the_visitor_s_language() -> None:
    from sim.app.lessons.lesson import lessons
    from sim.report.event_phrases import SENTENCES

    spanish = Language("es")
    title = lessons()["turnover"].title
    assert spanish.text(title) != title
    told = spanish.text(SENTENCES["twinning"], actor="Guizhou", place="Jujuy")
    assert told == "Guizhou y Jujuy firman un hermanamiento."


@pytest.mark.parametrize("code", languages())
def test_the_empty_text_stays_empty(code: str) -> None:
    assert Language(code).text("") == ""
