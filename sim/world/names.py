"""Know what countries and localities may be called, and suggest the code that a name means.

Only codes are accepted where a place is named; a name is never turned into one silently. What is
suggested is of the country that the text or what stands beside it names, and where several places
have a name, all of them are told. A slip is looked for only in a text that no place has as its
name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from difflib import SequenceMatcher
from typing import Any, NamedTuple

from sim.core.errors import Near, folded, nearest_name

COUNTRIES, LOCALITIES = "countries", "localities"
BOTH = (COUNTRIES, LOCALITIES)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_LONGEST = 200
_SHORTEST_PART = 5
# Articles, "of" and "and" in English, Spanish and Portuguese: what a name may lack.
_SMALL = _words("the el la los las lo o a os as of de del d da do das dos di and y e et")
_SHORTENED = {"st": "saint", "ste": "saint", "sta": "santa", "sto": "santo", "rep": "republic"}
# What a locality may be said to be, with the words of the column ``type`` that this may stand for.
_KINDS = {
    "province": ("province",),
    "provincia": ("province",),
    "state": ("state",),
    "estado": ("state",),
    "department": ("department", "region"),
    "departamento": ("department", "region"),
    "departement": ("department",),
    "region": ("region", "department"),
    "regiao": ("region",),
    "parish": ("parish",),
    "parroquia": ("parish",),
    "paroquia": ("parish",),
    "district": ("district",),
    "distrito": ("district",),
    "city": ("city", "capital", "municipality"),
    "ciudad": ("city", "capital", "municipality"),
    "cidade": ("city", "capital", "municipality"),
    "municipality": ("municipality",),
    "municipio": ("municipality",),
    "comarca": ("indigenous",),
    "borough": ("borough",),
}
# Words that a name may begin with and that mean no place alone.
_COMMON = _SMALL | set(_KINDS) | _words(
    """republic republica commonwealth union total general national nacional federal capital
    central centro centre norte nord north sur sul sud south este leste east oeste west
    nuevo nueva nova novo new alto alta bajo baja gran grand grande santa santo saint san sao
    isla ilha island islas islands puerto porto port rio villa municipalidad dependencias
    autonoma autonomous costa"""
)  # fmt: skip
_CODE = re.compile(r"([A-Za-z]{1,3})[-_.][A-Za-z0-9]{1,4}|[A-Z]{2}[A-Z0-9]{1,3}")
_BETWEEN = re.compile(r"[,;:/|()\[\]]|\s[-\u2013\u2014]\s")


class NamedPlace(NamedTuple):
    """Hold one place: its code, its country's, its name, and its kind if it is a locality."""

    code: str
    country: str
    name: str
    kind: str = ""

    @property
    def level(self) -> str:
        """Return the table in which it stands."""
        return COUNTRIES if self.code == self.country else LOCALITIES


def _loose(text: str) -> str:
    """Return a text folded, with abbreviations in full and without small words."""
    words = [_SHORTENED.get(word, word) for word in folded(text.replace("&", " and ")).split()]
    return " ".join(word for word in words if word not in _SMALL) or folded(text)


def _slip(given: str, name: str) -> bool:
    """Return whether a text is a name with a slip in one word, or with other spaces.

    The first letter stands, and short words are taken as they are: ``malta`` is no slip for
    ``salta``, nor ``chine`` for ``chile``.
    """
    if given.replace(" ", "") == name.replace(" ", ""):
        return True
    words = list(zip(given.split(), name.split(), strict=False))
    differ = [pair for pair in words if pair[0] != pair[1]]
    if given.count(" ") != name.count(" ") or len(differ) != 1:
        return False
    one, other = differ[0]
    short, long = sorted((len(one), len(other)))
    if one[0] != other[0] or short < (5 if short < long else 6):
        return False
    slips = 1 if long < 9 else 2
    return SequenceMatcher(None, other, one).ratio() >= 1.0 - slips / long - 1e-9


class PlaceNames:
    """Know the names of a world's places.

    Parameters
    ----------
    cells
        Returns the cells of a column, given the table's name and the column's.
    """

    def __init__(self, cells: Callable[[str, str], Iterable[Any]]) -> None:
        def rows(table: str, *columns: str) -> Iterable[tuple[str, ...]]:
            # A table that is not in order may lack columns.
            for values in zip(*(cells(table, column) for column in columns), strict=False):
                yield tuple(map(str, values))

        self.places: dict[str, NamedPlace] = {}
        self._folded: dict[str, set[str]] = {}
        self._loose: dict[str, set[str]] = {}
        self._own: set[str] = set()
        for code, short, name in rows("countries", "iso3", "iso2", "name"):
            self._add(NamedPlace(code, code, name), code, short, name)
        for code, country, name, kind in rows("localities", "code", "iso3", "name", "type"):
            self._add(NamedPlace(code, country, name, kind.casefold()), code, name)
        for table, column in (("country_names", "iso3"), ("locality_names", "locality")):
            for code, name in rows(table, column, "name"):
                if code in self.places:
                    self._call(code, name)

    @classmethod
    def of(cls, tables: Mapping[str, Any]) -> PlaceNames:
        """Return the names in the tables of a world, frames by name."""
        return cls(lambda table, column: tables[table][column])

    def _add(self, place: NamedPlace, *names: str) -> None:
        self.places[place.code] = place
        self._own.add(_loose(place.name))
        for name in names:
            self._call(place.code, name)

    def _call(self, code: str, name: str) -> None:
        self._folded.setdefault(folded(name), set()).add(code)
        self._loose.setdefault(_loose(name), set()).add(code)

    def suggest(
        self, text: str, among: Iterable[str] = BOTH, beside: Iterable[object] = ()
    ) -> Near:
        """Return the code that a text most likely means, all it may mean, or None.

        The text stands where a code of the tables ``among`` should. A country that the
        texts ``beside`` it in its row name is the place's.
        """
        given, levels = text[:_LONGEST], set(among)
        home = set().union(*(self._named_in(str(one)) for one in beside))
        found = self.called(given)
        if not found:
            parts, inside = self._parts(given)
            home = inside & home if inside and home else inside or home
            if inside and not home:
                return None
            found = set().union(*(self._within(self.called(part), home) for part in parts))
            if not found:
                found = set().union(*(self._alike(part, home) for part in parts))
        found = self._within(found, home)
        if COUNTRIES in levels:
            named = {code for code in found if self.places[code].level == COUNTRIES}
            found = self._within(found, named)
        return self._near_places([code for code in found if self.places[code].level in levels])

    def called(self, text: str) -> set[str]:
        """Return the codes of the places that have a text as their name."""
        return (
            self._folded.get(folded(text)) or self._loose.get(_loose(text)) or self._of_kind(text)
        )

    def _of_kind(self, text: str) -> set[str]:
        """Return the localities that a text names with what they are, such as a province."""
        words = folded(text).split()
        for kind, rest in ((words[:1], words[1:]), (words[-1:], words[:-1])):
            kinds = _KINDS.get("".join(kind), ())
            named = self._loose.get(_loose(" ".join(rest)), set()) if kinds and rest else set()
            named = {code for code in named if self.places[code].level == LOCALITIES}
            if named:
                fitting = {c for c in named if set(kinds) & set(self.places[c].kind.split())}
                return fitting or named
        return set()

    def _named_in(self, text: str) -> set[str]:
        """Return the countries that a text names, alone or beside others."""
        if self._countries(text[:_LONGEST]):
            return {self.places[code].country for code in self.called(text[:_LONGEST])}
        return self._parts(text[:_LONGEST])[1]

    def _countries(self, text: str) -> set[str]:
        return {code for code in self.called(text) if self.places[code].level == COUNTRIES}

    def _localities(self, text: str, countries: set[str]) -> set[str]:
        found = self._within(self.called(text), countries)
        return {code for code in found if self.places[code].level == LOCALITIES}

    def _parts(self, text: str) -> tuple[list[str], set[str]]:
        """Return the parts of a text that name no country, and the countries of those that do."""
        code = _CODE.fullmatch(text)
        if code:
            return [text], self._countries(code[1] or "")
        parts = [part.strip() for part in _BETWEEN.split(text) if part.strip()]
        named = {part: self._countries(part) for part in parts}
        for part in parts:
            # A country and a place in another one may have the same name.
            others = [other for other in parts if other != part]
            if named[part] and any(self._localities(o, named[part]) for o in others):
                return others, named[part]
        inside = set().union(*named.values())
        rest = [part for part in parts if not named[part]]
        if inside or len(parts) > 1:
            return rest, inside
        words = text.split()
        for end in range(1, len(words)):
            for country, other in ((words[end:], words[:end]), (words[:end], words[end:])):
                if inside := self._countries(" ".join(country)):
                    return [" ".join(other)], inside
        return rest, inside

    def _within(self, codes: set[str], countries: set[str]) -> set[str]:
        """Return the codes of some countries; all if none are given."""
        return {c for c in codes if not countries or self.places[c].country in countries}

    def _alike(self, text: str, home: set[str]) -> set[str]:
        """Return the places for whose code or name a text is a slip, or begins the name of."""
        if _CODE.fullmatch(text):
            near = nearest_name(text, self._within(set(self.places), home), parts=False)
            return {near} if near is not None else set()
        start = _loose(text)
        names = {n for n in self._loose if self._within(self._loose[n], home) and _slip(start, n)}
        if not names and len(start) >= _SHORTEST_PART and not set(start.split()) <= _COMMON:
            names = {name for name in self._own if f"{name} ".startswith(f"{start} ")}
        meant = {frozenset(self._within(self._loose[name], home)) for name in names} - {frozenset()}
        return set(meant.pop()) if len(meant) == 1 else set()

    def _near_places(self, codes: list[str]) -> Near:
        """Return one code as it is, several with the names of their places."""
        if len(codes) < 2:
            return codes[0] if codes else None
        return tuple(self._described(self.places[code]) for code in self.places if code in codes)

    def _described(self, place: NamedPlace) -> str:
        home = self.places.get(place.country)
        where = "" if place.level == COUNTRIES or home is None else f", {home.name}"
        return f"{place.code} ({place.name}{where})"
