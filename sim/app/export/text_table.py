"""Texts in every language of the page, each kept once and named by its number."""

from __future__ import annotations

from typing import Any

from sim.app.language import Language, languages
from sim.world import World


class TextTable:
    """Number texts; the same text in all languages has one number."""

    def __init__(self, world: World) -> None:
        self.languages = {code: Language(code, world) for code in languages()}
        self._numbers: dict[tuple[str, ...], int] = {}

    def number(self, *texts: str) -> int:
        """Return the number of a text, given in the order of the languages."""
        return self._numbers.setdefault(texts, len(self._numbers))

    def put(self, text: str) -> int:
        """Return the number of a text of the catalogues."""
        return self.number(*(language.text(text) for language in self.languages.values()))

    def columns(self) -> dict[str, list[str]]:
        """Return the texts of each language in the order of their numbers."""
        columns: Any = zip(*self._numbers, strict=True)
        return dict(zip(self.languages, map(list, columns), strict=True))
