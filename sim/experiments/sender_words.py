"""Texts are written of China and Latin America; in another world they speak of its own sides.

The words are exchanged in a text before its fields are filled in, after it is translated, so that
catalogues stay as they are. Names in a world's tables are left alone: a bank is called what it is.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.scenario.schema import Scenario
    from sim.world import World

_FORMS: dict[str, Any] = tomllib.loads(
    Path(__file__).with_suffix(".toml").read_text(encoding="utf-8")
)
"""The sides of which texts are ``written``; of each side what speaks of it, by language."""
_SAID = ("title", "question")
"""Texts of a scenario."""
_STARTS = re.compile(r"(?:^|[.!?:] )[“\"¿]?$")


class SenderWords:
    """Exchange the words for China in texts for those of a world's own sender, the region's too.

    A sender is called as ``sides.csv`` says, and what belongs to it by the ``adjective`` there;
    without one it is "of" the sender.
    """

    def __init__(self, world: World | None) -> None:
        self._world = world
        self._forms: list[dict[str, dict[str, str]]] = []
        if world is None:
            return
        name, region = world.side("sender"), world.side("region")
        for side, written in _FORMS["written"].items():
            self._forms += [_FORMS[side]] if world.side(side) != written else []
        named = dict(zip(world.sides["side"], world.sides["name"], strict=True))
        is_another = named.get("sender", _FORMS["written"]["sender"]) != _FORMS["written"]["sender"]
        if is_another and "adjective" not in named:
            self._forms.insert(0, _FORMS["without_adjective"])
        adjective = str(named.get("adjective", named.get("sender", "foreign")))
        given = {"name": name, "adjective": adjective, "one": _one(adjective), "region": region}
        self._given = given

    def __call__(self, text: str, language: str = "en", original: str | None = None) -> str:
        """Return a text, or its translation from an ``original``, that speaks of the sender."""
        forms = {
            form: words for each in self._forms for form, words in each.get(language, {}).items()
        }
        if not forms or (text if original is None else original) in self._names:
            return text
        instead = {f"form{number}": words for number, words in enumerate(forms.values())}

        def exchanged(found: re.Match[str]) -> str:
            owned = {key: text for key, text in found.groupdict().items() if text}
            owned |= {f"one_{key}": _one(text) for key, text in owned.items()}
            words = instead[found.lastgroup or ""].format(**self._given, **owned)
            at_start = _STARTS.search(found.string[: found.start()]) and found[0][0].isupper()
            return words[:1].upper() + words[1:] if at_start else words

        named = (f"(?P<form{number}>{form})" for number, form in enumerate(forms))
        return re.sub("|".join(named), exchanged, text)

    def filled(self, text: str, /, **fields: object) -> str:
        """Return an English text that speaks of the sender, filled in."""
        text = self(text)
        return text.format(**fields) if fields else text

    def scenario(self, scenario: Scenario) -> Scenario:
        """Return a scenario whose title and question speak of the sender if they are shipped."""
        spoken = self._spoken({name: getattr(scenario, name) for name in _SAID})
        return scenario.model_copy(update=spoken) if spoken else scenario

    def record(self, record: Mapping[str, Any]) -> dict[str, Any]:
        """Return a manifest or plan whose scenario's title and question do the same."""
        scenario = record["scenario"]
        return {**record, "scenario": scenario | self._spoken({n: scenario[n] for n in _SAID})}

    def _spoken(self, texts: Mapping[str, str]) -> dict[str, str]:
        """Return those of a scenario's texts that are shipped, as they speak of the sender."""
        shipped = _shipped_texts() if self._forms else ()
        return {name: self(text) for name, text in texts.items() if text in shipped}

    @cached_property
    def _names(self) -> frozenset[str]:
        """Return the names in the world's tables; signals are the model's own."""
        tables = {} if self._world is None else self._world.tables
        found = {
            str(cell)
            for table, rows in tables.items()
            for column in {"name", "label"} & set(rows.columns)
            for cell in rows[column]
            if table != "signals"
        }
        return frozenset(found | {f"the {name}" for name in found})


def _one(words: str) -> str:
    """Return words behind "a" or "an"."""
    return f"{'an' if words[0] in 'AEIOUaeiou' else 'a'} {words}"


@lru_cache(maxsize=8)
def sender_words(world: World | None) -> SenderWords:
    """Return the words of a world's sender; where no world is known, those that are written."""
    return SenderWords(world)


@lru_cache(maxsize=1)
def _shipped_texts() -> frozenset[str]:
    from sim.scenario.schema import names, outline

    return frozenset(text for each in map(outline, names()) for text in (each.title, each.question))
