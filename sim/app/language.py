"""The page's languages: English in the code, others as catalogues in folders of ``locale``.

A text that a catalogue does not translate, or with other fields, is shown in English.
"""

from __future__ import annotations

import gettext
from collections.abc import Callable
from functools import cache
from io import BytesIO
from pathlib import Path
from string import Formatter
from typing import TYPE_CHECKING

from sim.experiments.sender_words import sender_words
from sim.report.line_breaks import unbroken

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog

    from sim.world import World

FOLDER = Path(__file__).parent / "locale"
SOURCE = "en"
LONGEST_HEADER = 200


Translate = Callable[..., str]
"""Translates a text, then fills in its fields, given by name."""
TranslateCount = Callable[..., str]
"""Translates the form, singular or plural, that goes with a number ``n``, then fills it in."""


def _file(code: str) -> Path:
    return FOLDER / code / "LC_MESSAGES" / "app.po"


@cache
def languages() -> dict[str, str]:
    """Return each language's own name by its code, English first."""
    from babel import Locale

    codes = [SOURCE, *sorted(p.name for p in FOLDER.iterdir() if _file(p.name).is_file())]
    names = {code: str(Locale.parse(code).get_language_name(code)) for code in codes}
    return {code: name[:1].upper() + name[1:] for code, name in names.items()}


def read_catalogue(code: str) -> Catalog:
    """Return the catalogue of a language as it stands in its file."""
    from babel.messages.pofile import read_po

    with _file(code).open("rb") as stream:
        return read_po(stream, locale=code)


@cache
def catalogue(code: str) -> gettext.NullTranslations:
    """Return the translations into a language; into English, the texts as they are."""
    if code == SOURCE or code not in languages():
        return gettext.NullTranslations()
    from babel.messages.mofile import write_mo

    read = read_catalogue(code)
    for text in untranslated(read):
        read.delete(text)
    compiled = BytesIO()
    write_mo(compiled, read)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def untranslated(catalogue: Catalog) -> list[str]:
    """Return the texts that have no translation, or one with other fields."""
    return [
        forms(message.id)[0]
        for message in catalogue
        if message.id
        and not (all(map(str.strip, forms(message.string))) and _fits(message.id, message.string))
    ]


def forms(text: str | tuple[str, ...] | list[str] | None) -> list[str]:
    """Return the forms of a text or of its translation: one, or one a plural."""
    if text is None or isinstance(text, str):
        return [text or ""]
    return list(text)


def _fits(original: str | tuple[str, ...] | list[str], translated: object) -> bool:
    """Return whether every form has the fields of the form that it translates."""
    originals = forms(original)
    given = forms(translated)  # type: ignore[arg-type]
    try:
        wanted = [fields_of(originals[min(i, len(originals) - 1)]) for i in range(len(given))]
        return [fields_of(form) for form in given] == wanted
    except ValueError:
        # A brace that stands alone.
        return False


def fields_of(text: str) -> set[str]:
    """Return the names of the fields of a text; nothing else may stand in braces."""
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def chosen(*wanted: str) -> str:
    """Return the first language wanted that there is, else English."""
    return next((code for code in wanted if code in languages()), SOURCE)


def preferred(header: str) -> list[str]:
    """Return the languages that a browser asks for in ``Accept-Language``, the dearest first.

    >>> preferred("de;q=0.5, es-MX, en;q=0.7")
    ['es', 'en', 'de']
    """
    found = []
    for part in header[:LONGEST_HEADER].split(","):
        name, _, weight = part.partition(";q=")
        try:
            found.append((-float(weight or 1), name.strip().partition("-")[0].lower()))
        except ValueError:
            continue
    return [name for _, name in sorted(found, key=lambda pair: pair[0])]


class Language:
    """Translate the page's texts into a language of :func:`languages`; English for any other.

    With a world, they speak of its sender and region.
    """

    def __init__(self, code: str = SOURCE, world: World | None = None) -> None:
        self.code = chosen(code)
        self._catalogue = catalogue(self.code)
        self._words = sender_words(world)

    def text(self, text: str, /, **fields: object) -> str:
        """Return a text translated and filled in."""
        # A catalogue keeps its own head under the empty text.
        translated = self._catalogue.gettext(text) if text else ""
        translated = self._words(translated, self.code, text)
        return unbroken(translated.format(**fields) if fields else translated)

    def number(self, one: str, many: str, n: int, /, **fields: object) -> str:
        """Return the form of a text that goes with a number, filled in with it as ``n``."""
        translated = self._catalogue.ngettext(one, many, n)
        return unbroken(self._words(translated, self.code, one).format(n=n, **fields))
