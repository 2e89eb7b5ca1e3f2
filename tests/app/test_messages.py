"""Texts are found and translated; what is not translated yet is shown in English."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from docs import catalogues as m
from sim.app import language
from sim.app.cases.documented_record import STUDIES
from sim.app.language import (
    SOURCE,
    Language,
    forms,
    languages,
    read_catalogue,
    untranslated,
)
from sim.cli.app import case_studies

STUDIES.update(case_studies())
OTHERS = [code for code in languages() if code != SOURCE]


def test_english_spanish_and_portuguese_are_there() -> None:
    assert {"en", "es", "pt"} <= set(languages())


def test_texts_are_found_in_code_and_data() -> None:
    found = {about for _text, _plural, about in m.messages()}
    assert {
        "page.py",
        "page.html",
        "lessons",
        "case studies",
        "parameters",
        "outcomes",
        "names",
    } <= found


@pytest.mark.parametrize("code", OTHERS)
def test_every_translation_has_the_fields_of_its_text(code: str) -> None:
    entries = [entry for entry in read_catalogue(code) if entry.id and all(forms(entry.string))]
    assert len(entries) > 1000
    catalogue = Catalog(locale=code)
    for entry in entries:
        catalogue.add(entry.id, entry.string)
    assert untranslated(catalogue) == []


PARTIAL = r"""
msgid ""
msgstr "Content-Type: text/plain; charset=utf-8\n"

msgid "{a} meets {b}"
msgstr "{a} se reúne con {b}"

msgid "{a} visits {b}"
msgstr "{a} visita {c}"

msgid "Open {a}"
msgstr "Abrir {a"

msgid "New"
msgstr ""

msgid "Blank"
msgstr " "

#, fuzzy
msgid "Guessed"
msgstr "Adivinado"

msgid "{n} run"
msgid_plural "{n} runs"
msgstr[0] "{n} simulación"
msgstr[1] ""
"""


@pytest.fixture
def partial(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Language]:
    """Yield Spanish from a catalogue in which little is translated rightly."""
    file = tmp_path / "es" / "LC_MESSAGES" / "app.po"
    file.parent.mkdir(parents=True)
    file.write_text(PARTIAL, encoding="utf-8")
    monkeypatch.setattr(language, "FOLDER", tmp_path)
    for kept in (language.languages, language.catalogue):
        kept.cache_clear()
    yield Language("es")
    for kept in (language.languages, language.catalogue):
        kept.cache_clear()


def test_what_is_not_translated_or_wrongly_is_shown_in_english(partial: Language) -> None:
    assert partial.code == "es"
    assert partial.text("{a} meets {b}", a="A", b="B") == "A se reúne con B"
    assert partial.text("{a} visits {b}", a="A", b="B") == "A visits B"
    assert partial.text("Open {a}", a="A") == "Open A"
    for text in ("New", "Blank", "Guessed", "Never heard of"):
        assert partial.text(text) == text
    assert [partial.number("{n} run", "{n} runs", n) for n in (1, 2)] == ["1 run", "2 runs"]
    assert [partial.number("{n} a", "{n} b", n) for n in (1, 2)] == ["1 a", "2 b"]


def test_a_release_is_told_what_a_language_lacks(
    partial: Language, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = ("{a} meets {b}", "New")
    monkeypatch.setattr(m, "FOLDER", language.FOLDER)
    monkeypatch.setattr(m, "messages", lambda: [(text, None, "here") for text in texts])
    file = language.FOLDER / "es" / "LC_MESSAGES" / "app.po"
    stale = "(the catalogue is not up to date: make messages)"
    assert m.update(write=False) == {"es": ["New", stale]}
    assert file.read_text(encoding="utf-8") == PARTIAL
    assert m.update() == {"es": ["New"]}
    assert m.update(write=False) == {"es": ["New"]}
    file.write_text(file.read_text(encoding="utf-8").replace('""\n\n', '"Nuevo"\n\n'), "utf-8")
    assert m.update(write=False) == {"es": []}


@pytest.mark.parametrize("code", OTHERS)
def test_sentences_begin_and_end_alike(code: str) -> None:
    """Blanks at the ends join a text to its neighbours; a full stop ends a sentence."""
    for entry in read_catalogue(code):
        if not isinstance(entry.id, str) or not entry.id or not entry.string:
            continue
        text = str(entry.string)
        assert text[:1].isspace() == entry.id[:1].isspace(), entry.id
        assert text[-1:].isspace() == entry.id[-1:].isspace(), entry.id
        assert text.endswith(".") == entry.id.endswith((".", ".”")), (entry.id, text)


@pytest.mark.parametrize("code", OTHERS)
def test_one_is_told_otherwise_than_many(code: str) -> None:
    counted = [forms(e.string) for e in read_catalogue(code) if not isinstance(e.id, str)]
    assert counted
    assert not [one for one in counted if all(one) and len(set(one)) < len(one)]


@pytest.mark.parametrize(
    ("code", "one", "many"),
    [("es", "1 modificado", "2 modificados"), ("pt", "1 alterado", "2 alterados")],
)
def test_sliders_that_are_moved_are_counted(code: str, one: str, many: str) -> None:
    from sim.app.what_if.what_if_widgets import slider_texts

    spoken = Language(code)
    assert slider_texts(spoken.text, spoken.number)["changed"][1:3] == [one, many]


def calls_in(code: str) -> list[ast.Call]:
    return [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Call)]


def test_plain_and_counted_texts_are_found_and_others_are_not() -> None:
    code = 'a = f._("One {x}", x=1); b = s.n("{n} a", "{n} b", 2); _(name); other("not this")'
    calls = [texts for call in calls_in(code) if (texts := m.texts_of(call))]
    assert sorted(calls) == [["One {x}"], ["{n} a", "{n} b"]]


def test_a_translation_that_lost_a_field_is_noticed() -> None:
    catalogue = Catalog(locale="es")
    catalogue.add("{a} meets {b}", "{a} se reúne")
    catalogue.add("Hello", "Hola")
    catalogue.add("New", None)
    assert untranslated(catalogue) == ["{a} meets {b}", "New"]


def test_every_call_with_a_text_is_extracted() -> None:
    """A text put together by + or an f-string would reach no catalogue."""
    for file in Path(m.APP).rglob("*.py"):
        for call in calls_in(file.read_text(encoding="utf-8")):
            name = getattr(call.func, "attr", getattr(call.func, "id", ""))
            if name == "_" and call.args:
                assert not isinstance(call.args[0], ast.JoinedStr | ast.BinOp), (file, call.lineno)


def test_lessons_and_events_speak_the_visitor_s_language() -> None:
    from sim.app.lessons.lesson import lessons
    from sim.core.enums import EVENTS

    spanish = Language("es")
    title = lessons()["turnover"].title
    assert spanish.text(title) != title
    told = spanish.text(EVENTS["twinning"].sentence, actor="Guizhou", place="Jujuy")
    assert told == "Guizhou y Jujuy firman un hermanamiento."


@pytest.mark.parametrize("code", languages())
def test_the_empty_text_stays_empty(code: str) -> None:
    assert Language(code).text("") == ""
